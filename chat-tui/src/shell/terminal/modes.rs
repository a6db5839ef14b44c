//! The bytes that turn a terminal into ours and back: each mode stands here once, on and off.

use crossterm::Command;
use crossterm::cursor::Show;
use crossterm::terminal::{
    DisableLineWrap, EnableLineWrap, EnterAlternateScreen, LeaveAlternateScreen,
};

use crate::text::cells::Probe;

/// The row, counted from 1, in which probes are drawn: a report of row 1 could be Shift-F3.
pub(super) const PROBE_ROW: u16 = 2;

/// What the program asks of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Take mouse clicks and the wheel (the terminal's own selection then needs Shift or Option).
    pub mouse: bool,
    /// Ask for unambiguous keys (Shift+Enter); some terminals break input methods over it.
    pub keyboard_flags: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mouse: true,
            keyboard_flags: true,
        }
    }
}

const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";

/// Turns the terminal into ours: title kept, own screen, no wrapping at the edge, modes on.
///
/// `?1007` would turn the wheel into arrow keys while the mouse is released, so it is kept and
/// turned off.
pub(super) fn enter(options: Options) -> String {
    let mouse = if options.mouse { MOUSE_ON } else { "" };
    let flags = if options.keyboard_flags {
        "\x1b[>1u"
    } else {
        ""
    };
    let (screen, wrap) = (ansi(EnterAlternateScreen), ansi(DisableLineWrap));
    format!("\x1b[22;0t{screen}{wrap}\x1b[?2004h\x1b[?1004h\x1b[?1007s\x1b[?1007l{mouse}{flags}")
}

/// Undoes [`enter`], last first; every mode is named whether or not it is on at that moment.
pub(super) fn leave(options: Options) -> String {
    let flags = if options.keyboard_flags {
        "\x1b[<u"
    } else {
        ""
    };
    let (wrap, cursor, screen) = (ansi(EnableLineWrap), ansi(Show), ansi(LeaveAlternateScreen));
    format!(
        "{flags}{MOUSE_OFF}\x1b[?1007r\x1b[?1004l\x1b[?2004l{wrap}\x1b[m{cursor}{screen}\x1b[23;0t"
    )
}

/// Sets the modes of [`enter`] once more, without what is kept on a stack (title, cursor, flags).
pub(super) fn again(options: Options) -> String {
    let mouse = if options.mouse { MOUSE_ON } else { MOUSE_OFF };
    let flags = if options.keyboard_flags {
        "\x1b[=1u"
    } else {
        ""
    };
    let wrap = ansi(DisableLineWrap);
    format!("\x1b[?1047h{wrap}\x1b[?2004h\x1b[?1004h\x1b[?1007l{mouse}{flags}")
}

/// Asks what the terminal draws how wide, its background and, last, its attributes.
pub(super) fn ask(probes: &[Probe]) -> String {
    let mut bytes = format!("\x1b[{PROBE_ROW}H");
    for probe in probes {
        bytes.push('\r');
        bytes.push_str(probe.glyph());
        bytes.push_str("\x1b[6n");
    }
    bytes.push_str("\x1b[H\x1b[2J\x1b]11;?\x1b\\\x1b[c");
    bytes
}

/// A command's bytes. Those of crossterm that need its event reader are written out here instead.
fn ansi(command: impl Command) -> String {
    let mut bytes = String::new();
    // Writing into a string cannot fail.
    command.write_ansi(&mut bytes).unwrap_or_default();
    bytes
}

/// Takes or releases the mouse.
pub(super) fn mouse(on: bool) -> &'static str {
    if on { MOUSE_ON } else { MOUSE_OFF }
}
