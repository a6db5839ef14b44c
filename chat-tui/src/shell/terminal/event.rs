//! What a terminal can tell the program.

use crate::key::Key;
use crate::text::cells::Probe;

/// Anything that arrives from the terminal, in the order in which it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TerminalEvent {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted; line ends are line feeds, other control characters are as they came.
    Paste {
        /// The text, at most [`PASTE_BYTES_MAX`](super::decode::PASTE_BYTES_MAX) bytes.
        text: String,
        /// More was pasted than fits, and the rest was dropped.
        cut: bool,
    },
    /// The window got (`true`) or lost the focus.
    Focus(bool),
    /// A mouse button or the wheel.
    Mouse(Mouse),
    /// The size may have changed; the next frame is drawn whole.
    Resize {
        /// Width in cells.
        columns: u16,
        /// Height in cells.
        rows: u16,
    },
    /// An answer to a question of the set-up; it may come late or never.
    Reply(Reply),
    /// The system asks for something.
    Signal(Signal),
    /// The terminal is gone; nothing follows, and nothing can be written any more.
    HangUp,
}

/// An answer of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The probe's glyph moved the cursor by that many columns.
    Width(Probe, u16),
    /// The background colour.
    Background {
        /// Red.
        r: u8,
        /// Green.
        g: u8,
        /// Blue.
        b: u8,
    },
    /// The last question was answered: no other answer of the set-up follows.
    Attributes,
}

/// A mouse event; cells are counted from 0 at the top left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    /// What happened.
    pub kind: MouseKind,
    /// Cells from the left.
    pub column: u16,
    /// Cells from the top.
    pub row: u16,
}

/// What the mouse did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseKind {
    /// The left button went down.
    Press,
    /// A button came up.
    Release,
    /// The wheel turned away from the person.
    WheelUp,
    /// The wheel turned towards the person.
    WheelDown,
}

/// A wish of the system that the program's loop carries out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: end, with exit code 130.
    Interrupt,
    /// SIGTERM: end, with exit code 143.
    Terminate,
    /// SIGHUP: end, with exit code 129.
    HangUp,
    /// SIGQUIT: end, with exit code 131.
    Quit,
    /// SIGTSTP: call [`Terminal::stop`](super::Terminal::stop).
    Suspend,
}
