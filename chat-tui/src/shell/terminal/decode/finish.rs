//! What a whole sequence, reply or paste means.

use std::mem;

use termina::{Event, Parser};

use super::{Decoder, ESC, SEQUENCE_BYTES_MAX, State, keys, replies};
use crate::key::{Code, Key};
use crate::shell::terminal::event::{Reply, TerminalEvent};
use crate::shell::terminal::modes::PROBE_ROW;

impl Decoder {
    pub(super) fn finish_control(&mut self, last: u8) {
        let held = mem::take(&mut self.held);
        self.state = State::Ground;
        let body = held.get(2..).unwrap_or_default();
        let whole = held.len() < SEQUENCE_BYTES_MAX;
        match (body, last) {
            _ if !whole => {}
            (b"200", b'~') => {
                self.state = State::Paste(0);
                self.paste.clear();
                self.paste_cut = false;
            }
            (b"", b'I') => self.events.push(TerminalEvent::Focus(true)),
            (b"", b'O') => self.events.push(TerminalEvent::Focus(false)),
            ([b'?', ..], b'c') => {
                self.probes.clear();
                self.events.push(TerminalEvent::Reply(Reply::Attributes));
            }
            (_, b'R') => self.cursor_report(body),
            ([b'<', ..], b'M' | b'm') => self.push_sequence(body, last),
            ([b'2', b'7', b';', rest @ ..], b'~') => self.other_key(rest),
            ([b'0'..=b'9', ..] | [], b'A'..=b'H' | b'M' | b'P'..=b'S' | b'Z' | b'u' | b'~')
                if body.iter().all(|byte| (b'0'..=b';').contains(byte)) =>
            {
                self.push_sequence(body, last);
            }
            // Replies to questions that nobody asked, and keys that nobody has.
            _ => {}
        }
    }

    /// `CSI row ; column R`: a width, if one is due, or F3 with modifiers.
    fn cursor_report(&mut self, body: &[u8]) {
        match (replies::cursor(body), body) {
            (Some((row, column)), _) if row != 1 => {
                let probe = self.probes.pop_front();
                // A glyph that wrapped to another row tells no width.
                if let (Some(probe), PROBE_ROW) = (probe, row) {
                    let width = Reply::Width(probe, column.saturating_sub(1));
                    self.events.push(TerminalEvent::Reply(width));
                }
            }
            (_, [] | [b'1', b';', ..]) => {
                let modifiers = body.get(1..).unwrap_or_default();
                let body: Vec<u8> = b"13".iter().chain(modifiers).copied().collect();
                self.push_sequence(&body, b'~');
            }
            _ => {}
        }
    }

    /// `CSI 27 ; modifiers ; code ~`, which xterm sends for keys that have no sequence of their own.
    fn other_key(&mut self, rest: &[u8]) {
        let mut parts = rest.splitn(2, |&byte| byte == b';');
        if let (Some(modifiers), Some(code)) = (parts.next(), parts.next()) {
            let body = [code, modifiers].join(&b';');
            self.push_sequence(&body, b'u');
        }
    }

    pub(super) fn finish_key(&mut self) {
        let held = mem::take(&mut self.held);
        self.state = State::Ground;
        self.push_parsed(&held);
    }

    pub(super) fn finish_text(&mut self) {
        let held = mem::take(&mut self.held);
        self.state = State::Ground;
        if let [ESC, b']', body @ ..] = held.as_slice() {
            let reply = replies::background(body);
            self.events.extend(reply.map(TerminalEvent::Reply));
        }
    }

    pub(super) fn finish_paste(&mut self) {
        let mut bytes = mem::take(&mut self.paste);
        let cut = mem::take(&mut self.paste_cut);
        self.state = State::Ground;
        if cut {
            // The last character may be cut in two.
            while bytes.last().is_some_and(|byte| byte & 0xC0 == 0x80) {
                bytes.pop();
            }
            bytes.pop_if(|byte| *byte >= 0xC0);
        }
        let text = String::from_utf8_lossy(&bytes)
            .replace("\r\n", "\n")
            .replace('\r', "\n");
        self.events.push(TerminalEvent::Paste { text, cut });
    }

    fn push_sequence(&mut self, body: &[u8], last: u8) {
        let sequence = [b"\x1b[", body, &[last]].concat();
        self.push_parsed(&sequence);
    }

    /// Lets the parser name one whole sequence; anything but exactly one event is dropped.
    fn push_parsed(&mut self, sequence: &[u8]) {
        // A parser for each sequence: what one leaves behind must not spoil the next.
        let mut parser = Parser::default();
        parser.parse(sequence, false);
        let event = match (parser.pop(), parser.pop()) {
            (Some(Event::Key(key)), None) => keys::key(key).map(TerminalEvent::Key),
            (Some(Event::Mouse(mouse)), None) => keys::mouse(mouse).map(TerminalEvent::Mouse),
            _ => None,
        };
        self.events.extend(event);
    }

    pub(super) fn push_key(&mut self, key: Key) {
        self.events.push(TerminalEvent::Key(key));
    }

    pub(super) fn push_char(&mut self, c: char, alt: bool) {
        self.push_key(Key {
            alt,
            ..Key::plain(Code::Char(c))
        });
    }
}
