//! What keys can do, while one does not read with them.

/// What a key can do. Which of it makes sense depends on what has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Send, take, go in.
    Enter,
    /// A new line in the text.
    Newline,
    /// Complete; the next field.
    Tab,
    /// The candidate or field before.
    BackTab,
    /// A row up; what was sent before.
    Up,
    /// A row down.
    Down,
    /// A grapheme to the left.
    Left,
    /// A grapheme to the right.
    Right,
    /// A word to the left.
    WordLeft,
    /// A word to the right.
    WordRight,
    /// The start of the line.
    Home,
    /// The end of the line; there already, the newest message.
    End,
    /// The grapheme before the caret goes.
    Backspace,
    /// The grapheme after the caret goes.
    Delete,
    /// The word before the caret goes.
    DeleteWord,
    /// The line up to the caret goes.
    KillToStart,
    /// The line from the caret goes.
    KillToEnd,
    /// The last change is taken back.
    Undo,
    /// The change taken back is made again.
    Redo,
    /// A screen up.
    PageUp,
    /// A screen down.
    PageDown,
    /// Closes what is open; else the newest message.
    Escape,
    /// The tab of this number, from 1.
    Room(u8),
    /// The next tab.
    NextRoom,
    /// The tab before.
    PreviousRoom,
    /// The next tab with something new.
    NextUnread,
    /// The tab that was shown before.
    LastRoom,
    /// The way to another room.
    Switch,
    /// Looks through what was said.
    Search,
    /// Shows what speaks to the person.
    Mentions,
    /// Connects now.
    Retry,
    /// Shows the members.
    Members,
    /// Reads with keys.
    Read,
    /// The unread line.
    Unread,
    /// Shows the links on the screen.
    Links,
    /// Shows the log alone.
    Bare,
    /// Releases the mouse, or takes it.
    Mouse,
    /// Sends the failed text again.
    Again,
    /// Takes the failed text back to edit.
    TakeBack,
    /// Shows the help.
    Help,
    /// Suspends the program.
    Suspend,
    /// Clears the text; leaves.
    Clear,
    /// Leaves, with an empty text.
    Leave,
    /// Writes in the person's editor.
    Editor,
    /// Answers the newest message of somebody else; again, the one before it.
    Reply,
    /// Begins a binding of two keys.
    First,
}
