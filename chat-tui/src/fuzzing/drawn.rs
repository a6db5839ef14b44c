//! What reaches the terminal: cells without control characters, and no sequence but those that this program writes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Run;
use crate::shell::terminal::encode::{Frame, encode};
use crate::view::view;

/// A link's address in bytes.
const LINK_BYTES_MAX: usize = 20_000;

impl Run {
    pub(super) fn draw(&mut self) {
        let (columns, rows) = self.model.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        let caret = view(&self.model, &self.session, &mut buffer);
        if let Some((x, y)) = caret {
            assert!(x < columns && y < rows, "{x},{y} on {columns}x{rows}");
        }
        let next = Frame {
            buffer,
            caret,
            extra: std::mem::take(&mut self.title),
        };
        let mut out = Vec::new();
        encode(self.frame.as_ref(), &next, &mut out);
        self.frame = Some(next);
        check(std::str::from_utf8(&out).expect("UTF-8"));
    }
}

/// Walks through what is written: printable text, moves, and our own sequences.
fn check(out: &str) {
    let mut rest = out.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => match rest.next() {
                Some('[') => {
                    let end = rest.find(|c| !matches!(c, '0'..='9' | ';' | '?'));
                    assert!(
                        end.is_some_and(|end| "ABCDGHJKhlm".contains(end)),
                        "{end:?} ends a sequence"
                    );
                }
                Some(']') => string(&mut rest),
                other => panic!("ESC {other:?}"),
            },
            '\r' | '\n' | '\u{8}' => {}
            c => assert!(!c.is_control() && !is_bidi(c), "{c:?} in {out:?}"),
        }
    }
}

/// A title or a link, which end with ESC \.
fn string(rest: &mut std::str::Chars<'_>) {
    let mut length = 0;
    loop {
        match rest.next() {
            Some('\u{1b}') => {
                assert_eq!(rest.next(), Some('\\'));
                return;
            }
            Some(c) => assert!(!c.is_control() && !is_bidi(c), "{c:?} in a title or link"),
            None => panic!("a string without an end"),
        }
        length += 1;
        assert!(length <= LINK_BYTES_MAX);
    }
}

const fn is_bidi(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
