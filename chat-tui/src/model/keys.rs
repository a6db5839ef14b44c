//! Every key and what it does: the one table, from which the help is drawn too.

pub mod reading;

use crate::key::{Code, Key};
use crate::model::words::Words;
use crate::text::jamo::keys_of;

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

/// Keys that do the same.
#[derive(Debug)]
pub struct Binding {
    /// The key that has to be pressed before, for those of two.
    pub after: Option<Key>,
    /// Any of these.
    pub keys: &'static [Key],
    /// What they do.
    pub action: Action,
    /// What the help says; neighbours that say the same share a line. Nothing for what nobody asks.
    pub help: Option<fn(&Words) -> &'static str>,
}

const fn bind(
    keys: &'static [Key],
    action: Action,
    help: Option<fn(&Words) -> &'static str>,
) -> Binding {
    Binding {
        after: None,
        keys,
        action,
        help,
    }
}

/// The same behind a first key.
const fn bind_after(
    first: Key,
    keys: &'static [Key],
    action: Action,
    help: Option<fn(&Words) -> &'static str>,
) -> Binding {
    Binding {
        after: Some(first),
        keys,
        action,
        help,
    }
}

const fn with_alt(code: Code) -> Key {
    Key {
        alt: true,
        ..Key::plain(code)
    }
}

const fn with_ctrl(code: Code) -> Key {
    Key {
        ctrl: true,
        ..Key::plain(code)
    }
}

const fn with_shift(code: Code) -> Key {
    Key {
        shift: true,
        ..Key::plain(code)
    }
}

/// Every binding, in the order of the help.
pub const BINDINGS: &[Binding] = &[
    bind(
        &[Key::plain(Code::Enter)],
        Action::Enter,
        Some(|w| w.help_send),
    ),
    bind(
        &[
            with_alt(Code::Enter),
            Key::ctrl('j'),
            with_shift(Code::Enter),
        ],
        Action::Newline,
        Some(|w| w.help_newline),
    ),
    bind(
        &[Key::plain(Code::Tab)],
        Action::Tab,
        Some(|w| w.help_complete),
    ),
    bind(&[with_shift(Code::Tab)], Action::BackTab, None),
    bind(&[Key::plain(Code::Up)], Action::Up, Some(|w| w.help_recall)),
    bind(&[Key::plain(Code::Down)], Action::Down, None),
    bind(&[Key::plain(Code::Left)], Action::Left, None),
    bind(&[Key::plain(Code::Right)], Action::Right, None),
    bind(
        &[with_ctrl(Code::Left), Key::alt('b')],
        Action::WordLeft,
        Some(|w| w.help_words),
    ),
    bind(
        &[with_ctrl(Code::Right), Key::alt('f')],
        Action::WordRight,
        Some(|w| w.help_words),
    ),
    bind(
        &[Key::plain(Code::Home), Key::ctrl('a')],
        Action::Home,
        Some(|w| w.help_ends),
    ),
    bind(
        &[Key::plain(Code::End), Key::ctrl('e')],
        Action::End,
        Some(|w| w.help_ends),
    ),
    bind(
        &[Key::plain(Code::Backspace), Key::ctrl('h')],
        Action::Backspace,
        None,
    ),
    bind(&[Key::plain(Code::Delete)], Action::Delete, None),
    bind(
        &[
            Key::ctrl('w'),
            with_alt(Code::Backspace),
            with_ctrl(Code::Backspace),
        ],
        Action::DeleteWord,
        Some(|w| w.help_delete),
    ),
    bind(
        &[Key::ctrl('u')],
        Action::KillToStart,
        Some(|w| w.help_delete),
    ),
    bind(
        &[with_alt(Code::Delete)],
        Action::KillToEnd,
        Some(|w| w.help_delete),
    ),
    bind(
        &[Key::alt('z'), Key::ctrl('_')],
        Action::Undo,
        Some(|w| w.help_undo),
    ),
    bind(&[Key::alt('y')], Action::Redo, Some(|w| w.help_undo)),
    bind(
        &[Key::plain(Code::PageUp)],
        Action::PageUp,
        Some(|w| w.help_scroll),
    ),
    bind(
        &[Key::plain(Code::PageDown)],
        Action::PageDown,
        Some(|w| w.help_scroll),
    ),
    bind(
        &[Key::plain(Code::Esc)],
        Action::Escape,
        Some(|w| w.help_bottom),
    ),
    bind(&[Key::alt('1')], Action::Room(1), Some(|w| w.help_tab)),
    bind(&[Key::alt('2')], Action::Room(2), None),
    bind(&[Key::alt('3')], Action::Room(3), None),
    bind(&[Key::alt('4')], Action::Room(4), None),
    bind(&[Key::alt('5')], Action::Room(5), None),
    bind(&[Key::alt('6')], Action::Room(6), None),
    bind(&[Key::alt('7')], Action::Room(7), None),
    bind(&[Key::alt('8')], Action::Room(8), None),
    bind(&[Key::alt('9')], Action::Room(9), None),
    bind(
        &[Key::ctrl('n'), with_alt(Code::Right)],
        Action::NextRoom,
        Some(|w| w.help_tabs),
    ),
    bind(
        &[Key::ctrl('p'), with_alt(Code::Left)],
        Action::PreviousRoom,
        Some(|w| w.help_tabs),
    ),
    bind(&[Key::ctrl('k')], Action::Switch, Some(|w| w.help_switch)),
    bind(&[Key::alt('a')], Action::NextUnread, Some(|w| w.help_new)),
    bind(
        &[Key::alt('/')],
        Action::LastRoom,
        Some(|w| w.help_last_room),
    ),
    bind(&[Key::ctrl('f')], Action::Search, Some(|w| w.help_search)),
    bind(
        &[Key::alt('m')],
        Action::Mentions,
        Some(|w| w.help_mentions),
    ),
    bind(
        &[Key::plain(Code::F(2))],
        Action::Members,
        Some(|w| w.help_members),
    ),
    bind(&[Key::alt('v')], Action::Read, Some(|w| w.help_read)),
    bind(
        &[Key::alt('u')],
        Action::Unread,
        Some(|w| w.help_unread_line),
    ),
    bind(&[Key::alt('o')], Action::Links, Some(|w| w.help_links)),
    bind(
        &[Key::plain(Code::F(4))],
        Action::Bare,
        Some(|w| w.help_bare),
    ),
    bind(
        &[Key::plain(Code::F(6))],
        Action::Mouse,
        Some(|w| w.help_mouse),
    ),
    bind(&[Key::alt('r')], Action::Reply, Some(|w| w.help_answer)),
    bind_after(
        Key::ctrl('x'),
        &[Key::ctrl('e')],
        Action::Editor,
        Some(|w| w.help_editor),
    ),
    bind(&[Key::alt('s')], Action::Again, Some(|w| w.help_failed)),
    bind(&[Key::alt('e')], Action::TakeBack, Some(|w| w.help_failed)),
    bind(&[Key::ctrl('r')], Action::Retry, Some(|w| w.help_retry)),
    bind(
        &[Key::plain(Code::F(1))],
        Action::Help,
        Some(|w| w.help_help),
    ),
    bind(&[Key::ctrl('z')], Action::Suspend, Some(|w| w.help_suspend)),
    bind(&[Key::ctrl('c')], Action::Clear, Some(|w| w.help_clear)),
    bind(&[Key::ctrl('d')], Action::Leave, Some(|w| w.help_leave)),
];

/// What a key does, whichever layout is switched on; nothing where it only types.
pub fn action(key: Key) -> Option<Action> {
    let key = on_latin_keys(key);
    let is_first = |binding: &Binding| binding.after == Some(key);
    if BINDINGS.iter().any(is_first) {
        return Some(Action::First);
    }
    bound(None, key)
}

/// What a key does behind the first one of two; where it is not the second, what it does alone.
pub fn second_action(first: Key, key: Key) -> Option<Action> {
    bound(Some(on_latin_keys(first)), on_latin_keys(key)).or_else(|| action(key))
}

fn bound(after: Option<Key>, key: Key) -> Option<Action> {
    BINDINGS
        .iter()
        .find(|binding| binding.after == after && binding.keys.contains(&key))
        .map(|binding| binding.action)
}

/// The same key with the Latin layout, where it is one with Control or Alt.
fn on_latin_keys(key: Key) -> Key {
    match pressed(key).as_slice() {
        [one] => *one,
        [] | [..] => key,
    }
}

/// The keys with Control or Alt that were pressed, on the Latin layout: what an input method composed of several is several again.
/// Any other key is itself, as it types.
pub fn pressed(key: Key) -> Vec<Key> {
    if key.ctrl || key.alt {
        taken_apart(key)
    } else {
        vec![key]
    }
}

/// The keys that were pressed for a character, on the Latin layout, whatever was held: `어` is d and j, for a mode in which letters are
/// commands.
pub fn taken_apart(key: Key) -> Vec<Key> {
    let Code::Char(c) = key.code else {
        return vec![key];
    };
    let is_command = key.ctrl || key.alt;
    let letters = keys_of(c.encode_utf8(&mut [0; 4]));
    let pressed = letters.chars().map(|c| Key {
        code: Code::Char(if is_command {
            c.to_ascii_lowercase()
        } else {
            c
        }),
        ..key
    });
    pressed.collect()
}

/// How a key is called in the help.
pub fn name(key: Key) -> String {
    let mut name = String::new();
    for (is_held, modifier) in [
        (key.ctrl, "Ctrl+"),
        (key.alt, "Alt+"),
        (key.shift, "Shift+"),
    ] {
        if is_held {
            name.push_str(modifier);
        }
    }
    let code = match key.code {
        Code::Char(c) => return name + &c.to_uppercase().to_string(),
        Code::F(number) => return name + &format!("F{number}"),
        Code::Enter => "Enter",
        Code::Tab => "Tab",
        Code::Backspace => "Backspace",
        Code::Esc => "Esc",
        Code::Left => "Left",
        Code::Right => "Right",
        Code::Up => "Up",
        Code::Down => "Down",
        Code::Home => "Home",
        Code::End => "End",
        Code::PageUp => "PageUp",
        Code::PageDown => "PageDown",
        Code::Insert => "Insert",
        Code::Delete => "Delete",
    };
    name + code
}

#[cfg(test)]
mod tests;
