//! Bytes from the terminal, cut into keys, pastes, mouse events and replies.
//!
//! It never reads a clock and never waits: whoever feeds it asks for the [`deadline`](Decoder::deadline)
//! and calls [`expire`](Decoder::expire). A reply, whole or broken off, never becomes text. A control
//! key always gets through, whatever was left open before it, except inside a paste.

use std::collections::VecDeque;
use std::mem;
use std::time::Duration;

use super::event::TerminalEvent;
use crate::key::{Code, Key};
use crate::text::cells::Probe;

mod finish;
mod keys;
mod replies;
#[cfg(test)]
mod tests;

/// Silence after which an ESC byte is the Escape key and not the beginning of something.
pub const ESCAPE_WAIT: Duration = Duration::from_millis(30);

/// Silence after which a begun key sequence or character is given up.
pub const SEQUENCE_WAIT: Duration = Duration::from_millis(100);

/// Silence after which a paste whose end was lost is over, and a reply without an end is forgotten.
pub const PASTE_WAIT: Duration = Duration::from_secs(1);

/// Bytes of one paste; what follows until its end is dropped and the event says so.
pub const PASTE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Bytes of one key sequence or reply that are kept; a longer one is swallowed whole.
pub const SEQUENCE_BYTES_MAX: usize = 1024;

const ESC: u8 = 0x1B;
const BEL: u8 = 0x07;
const PASTE_END: &[u8] = b"\x1b[201~";

/// Cuts the byte stream of one terminal; the bytes may come in any pieces.
#[derive(Debug)]
pub struct Decoder {
    state: State,
    /// The bytes of the sequence, character or reply that is open.
    held: Vec<u8>,
    paste: Vec<u8>,
    paste_cut: bool,
    /// When the last byte came.
    last: Duration,
    /// Probes whose cursor report is still to come, in the order of drawing.
    probes: VecDeque<Probe>,
    events: Vec<TerminalEvent>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ground,
    /// The first bytes of a character; with Alt held if an ESC stood before it.
    Character {
        alt: bool,
    },
    Escape,
    /// After `ESC O`.
    SingleShift,
    /// After `ESC [`.
    Control,
    /// After `ESC [ [`: a function key of the Linux console, one byte more.
    ConsoleKey,
    /// After `ESC [ M`: a mouse report in the oldest encoding, so many bytes more.
    OldMouse(u8),
    /// After `ESC ]`, `ESC P`, `ESC X`, `ESC ^` or `ESC _`: a reply of any length.
    Text,
    /// After an ESC in [`Text`](Self::Text).
    TextEscape,
    /// Inside a paste, after so many bytes of its end mark.
    Paste(usize),
}

impl Decoder {
    /// A decoder that takes as many cursor reports for widths as there are `probes`.
    ///
    /// The probes must not be drawn in the first row: a report of that row looks like Shift-F3.
    pub fn new(probes: &[Probe]) -> Self {
        Self {
            state: State::Ground,
            held: Vec::new(),
            paste: Vec::new(),
            paste_cut: false,
            last: Duration::ZERO,
            probes: probes.iter().copied().collect(),
            events: Vec::new(),
        }
    }

    /// Takes what was read at `now`; a wait that is over by then ends first.
    pub fn feed(&mut self, bytes: &[u8], now: Duration) -> Vec<TerminalEvent> {
        let mut events = self.expire(now);
        if !bytes.is_empty() {
            self.last = now;
        }
        for &byte in bytes {
            self.byte(byte);
        }
        events.append(&mut self.events);
        events
    }

    /// When [`expire`](Self::expire) has something to do, if no byte comes before.
    pub fn deadline(&self) -> Option<Duration> {
        let wait = match self.state {
            State::Ground => return None,
            State::Escape => ESCAPE_WAIT,
            State::Text if self.held.len() > 2 => PASTE_WAIT,
            State::TextEscape | State::Paste(_) => PASTE_WAIT,
            State::Character { .. }
            | State::SingleShift
            | State::Control
            | State::ConsoleKey
            | State::OldMouse(_)
            | State::Text => SEQUENCE_WAIT,
        };
        Some(self.last.saturating_add(wait))
    }

    /// Ends what has waited too long.
    pub fn expire(&mut self, now: Duration) -> Vec<TerminalEvent> {
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            self.give_up();
        }
        mem::take(&mut self.events)
    }

    fn byte(&mut self, byte: u8) {
        match self.state {
            State::Ground => self.ground(byte, false),
            State::Character { alt } => self.character(byte, alt),
            State::Escape => self.escape(byte),
            State::SingleShift => self.single_shift(byte),
            State::Control => self.control_sequence(byte),
            State::ConsoleKey => {
                self.keep(byte);
                self.finish_key();
            }
            State::OldMouse(left) => {
                self.keep(byte);
                if left > 1 {
                    self.state = State::OldMouse(left - 1);
                } else {
                    self.finish_key();
                }
            }
            State::Text => self.text(byte),
            State::TextEscape if byte == b'\\' => self.finish_text(),
            State::TextEscape => {
                // The reply was broken off; its ESC begins something new.
                self.begin(State::Escape, &[ESC]);
                self.byte(byte);
            }
            State::Paste(matched) => self.paste(byte, matched),
        }
    }

    fn ground(&mut self, byte: u8, alt: bool) {
        self.state = State::Ground;
        self.held.clear();
        match byte {
            ESC if !alt => self.begin(State::Escape, &[ESC]),
            0..=0x1F | 0x7F => self.push_key(Key {
                alt,
                ..keys::control(byte)
            }),
            _ => self.character(byte, alt),
        }
    }

    fn character(&mut self, byte: u8, alt: bool) {
        self.held.push(byte);
        match str::from_utf8(&self.held) {
            Ok(text) => {
                let c = text.chars().next();
                self.state = State::Ground;
                self.held.clear();
                // C1 controls are characters that nobody types.
                if let Some(c) = c.filter(|c| !c.is_control()) {
                    self.push_char(c, alt);
                }
            }
            Err(error) if error.error_len().is_none() => self.state = State::Character { alt },
            Err(_) => {
                let broken_off = self.held.len() > 1;
                self.state = State::Ground;
                self.held.clear();
                self.push_char(char::REPLACEMENT_CHARACTER, alt);
                if broken_off {
                    self.ground(byte, false);
                }
            }
        }
    }

    fn escape(&mut self, byte: u8) {
        let next = match byte {
            ESC => {
                self.push_key(Key::plain(Code::Esc));
                return;
            }
            b'[' => State::Control,
            b'O' => State::SingleShift,
            b']' | b'P' | b'X' | b'^' | b'_' => State::Text,
            _ => {
                self.ground(byte, true);
                return;
            }
        };
        self.begin(next, &[ESC, byte]);
    }

    fn single_shift(&mut self, byte: u8) {
        match byte {
            // The keypad in application mode, which another program may have left on.
            b'M' | b'X' | b'j'..=b'y' => {
                self.state = State::Ground;
                let key = match byte {
                    b'M' => Key::plain(Code::Enter),
                    _ => Key::plain(Code::Char(char::from(byte - 0x40))),
                };
                self.push_key(key);
            }
            0x20..=0x7E => {
                self.keep(byte);
                self.finish_key();
            }
            _ => self.interrupted(byte),
        }
    }

    fn control_sequence(&mut self, byte: u8) {
        let alone = self.held.len() == 2;
        // rxvt ends some keys with `$`; elsewhere only the `y` of a mode report follows one.
        let ended_before = self.held.last() == Some(&b'$') && byte != b'y';
        match byte {
            _ if ended_before => self.interrupted(byte),
            0x20..=0x3F => self.keep(byte),
            b'[' if alone => {
                self.keep(byte);
                self.state = State::ConsoleKey;
            }
            b'M' if alone => {
                self.keep(byte);
                self.state = State::OldMouse(3);
            }
            0x40..=0x7E => self.finish_control(byte),
            _ => self.interrupted(byte),
        }
    }

    fn text(&mut self, byte: u8) {
        match byte {
            BEL => self.finish_text(),
            ESC => self.state = State::TextEscape,
            // No reply holds control characters: somebody lost patience with a broken one.
            0..=0x1F | 0x7F => self.interrupted(byte),
            _ => self.keep(byte),
        }
    }

    fn paste(&mut self, byte: u8, matched: usize) {
        if PASTE_END.get(matched) == Some(&byte) {
            self.state = State::Paste(matched + 1);
            if matched + 1 == PASTE_END.len() {
                self.finish_paste();
            }
            return;
        }
        for &held in PASTE_END.iter().take(matched) {
            self.keep_pasted(held);
        }
        if byte == ESC {
            self.state = State::Paste(1);
        } else {
            self.state = State::Paste(0);
            self.keep_pasted(byte);
        }
    }

    /// The open sequence ends without its end, and `byte` stands for itself.
    fn interrupted(&mut self, byte: u8) {
        self.give_up();
        self.byte(byte);
    }

    fn give_up(&mut self) {
        match self.state {
            State::Ground | State::ConsoleKey | State::OldMouse(_) | State::TextEscape => {}
            State::Character { alt } => self.push_char(char::REPLACEMENT_CHARACTER, alt),
            State::Escape => self.push_key(Key::plain(Code::Esc)),
            State::SingleShift | State::Control | State::Text => {
                // Nothing but the introducer came, so it was Alt with that character.
                if let [ESC, c] = *self.held.as_slice() {
                    self.push_char(char::from(c), true);
                }
            }
            State::Paste(_) => self.finish_paste(),
        }
        self.state = State::Ground;
        self.held.clear();
    }

    fn begin(&mut self, state: State, introducer: &[u8]) {
        self.state = state;
        self.held.clear();
        self.held.extend_from_slice(introducer);
    }

    fn keep(&mut self, byte: u8) {
        if self.held.len() < SEQUENCE_BYTES_MAX {
            self.held.push(byte);
        }
    }

    fn keep_pasted(&mut self, byte: u8) {
        if self.paste.len() < PASTE_BYTES_MAX {
            self.paste.push(byte);
        } else {
            self.paste_cut = true;
        }
    }
}
