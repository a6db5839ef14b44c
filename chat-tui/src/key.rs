//! Keys as the rest of the program sees them: no terminal, no crate's type.

/// One key press; releases and repeats-as-releases never reach the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// What was pressed.
    pub code: Code,
    /// Control was held.
    pub ctrl: bool,
    /// Alt (Meta, Option) was held.
    pub alt: bool,
    /// Shift was held; for characters it is already in the character, so it is set for other keys only.
    pub shift: bool,
}

/// What was pressed, without its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// A character as typed (`A`, `ㅋ`, `한`); with Control the lower-case letter.
    Char(char),
    /// Enter or Return.
    Enter,
    /// Tab; Shift-Tab is this with `shift`.
    Tab,
    /// Backspace.
    Backspace,
    /// Escape.
    Esc,
    /// Cursor left.
    Left,
    /// Cursor right.
    Right,
    /// Cursor up.
    Up,
    /// Cursor down.
    Down,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Insert.
    Insert,
    /// Delete.
    Delete,
    /// Function key 1 to 35.
    F(u8),
}

impl Key {
    /// The key without any modifier.
    pub const fn plain(code: Code) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    /// The character with Control held.
    pub const fn ctrl(c: char) -> Self {
        Self {
            code: Code::Char(c),
            ctrl: true,
            alt: false,
            shift: false,
        }
    }

    /// The character with Alt held.
    pub const fn alt(c: char) -> Self {
        Self {
            code: Code::Char(c),
            ctrl: false,
            alt: true,
            shift: false,
        }
    }
}
