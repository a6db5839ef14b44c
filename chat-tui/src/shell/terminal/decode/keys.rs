//! From the parser's keys and mouse events to ours, and from control bytes to keys.

use termina::event::{
    KeyCode, KeyEvent, KeyEventKind, Modifiers, MouseButton, MouseEvent, MouseEventKind,
};

use crate::key::{Code, Key};
use crate::shell::terminal::event::{Mouse, MouseKind};

/// The key of a byte below space or of DEL.
pub(super) fn control(byte: u8) -> Key {
    match byte {
        b'\r' => Key::plain(Code::Enter),
        b'\t' => Key::plain(Code::Tab),
        0x7F => Key::plain(Code::Backspace),
        0x1B => Key::plain(Code::Esc),
        0x00 => Key::ctrl(' '),
        // 0x01 to 0x1A are letters, 0x1C to 0x1F are `\ ] ^ _`.
        other => Key::ctrl(char::from(other | 0x40).to_ascii_lowercase()),
    }
}

/// Our key, or nothing for releases, bare modifiers, media keys and shortcuts of the desktop.
pub(super) fn key(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let held = |modifiers| event.modifiers.intersects(modifiers);
    if held(Modifiers::SUPER | Modifiers::HYPER) {
        return None;
    }
    let ctrl = held(Modifiers::CONTROL);
    let alt = held(Modifiers::ALT | Modifiers::META);
    let mut shift = held(Modifiers::SHIFT);
    let code = match event.code {
        KeyCode::Char(c) => Code::Char(letter(c, ctrl, shift)?),
        KeyCode::Enter => Code::Enter,
        KeyCode::Tab | KeyCode::BackTab => Code::Tab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Escape => Code::Esc,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::Insert => Code::Insert,
        KeyCode::Delete => Code::Delete,
        KeyCode::Function(n) => Code::F(n),
        KeyCode::KeypadBegin
        | KeyCode::CapsLock
        | KeyCode::ScrollLock
        | KeyCode::NumLock
        | KeyCode::PrintScreen
        | KeyCode::Pause
        | KeyCode::Menu
        | KeyCode::Null
        | KeyCode::Modifier(_)
        | KeyCode::Media(_) => return None,
    };
    if event.code == KeyCode::BackTab {
        shift = true;
    }
    if matches!(code, Code::Char(_)) {
        shift = false;
    }
    Some(Key {
        code,
        ctrl,
        alt,
        shift,
    })
}

/// The character as the program names it; keyboard protocols report the unshifted one beside Shift.
fn letter(c: char, ctrl: bool, shift: bool) -> Option<char> {
    if c.is_control() {
        return None;
    }
    let mut cased: (Option<char>, Option<char>) = (None, None);
    if ctrl {
        let mut lower = c.to_lowercase();
        cased = (lower.next(), lower.next());
    } else if shift {
        let mut upper = c.to_uppercase();
        cased = (upper.next(), upper.next());
    }
    match cased {
        (Some(one), None) => Some(one),
        _ => Some(c),
    }
}

/// Our mouse event; motion, drags and other buttons' presses mean nothing here.
pub(super) fn mouse(event: MouseEvent) -> Option<Mouse> {
    let kind = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => MouseKind::Press,
        MouseEventKind::Up(_) => MouseKind::Release,
        MouseEventKind::ScrollUp => MouseKind::WheelUp,
        MouseEventKind::ScrollDown => MouseKind::WheelDown,
        MouseEventKind::Down(MouseButton::Right | MouseButton::Middle)
        | MouseEventKind::Drag(_)
        | MouseEventKind::Moved
        | MouseEventKind::ScrollLeft
        | MouseEventKind::ScrollRight => return None,
    };
    Some(Mouse {
        kind,
        column: event.column,
        row: event.row,
    })
}
