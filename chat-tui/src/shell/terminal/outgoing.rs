//! What is still to be written: set-up bytes, the frame on its way, and the newest one behind it.
//!
//! It never writes and never waits. Frames do not queue up: while one is on its way, the newest
//! replaces the one behind it, and what is drawn next starts from what was really written.

use ratatui::buffer::Buffer;

use super::encode::{Frame, encode};

/// Out-of-band bytes (title, bell, clipboard) that wait behind a terminal that does not read; those
/// of a further frame are dropped whole.
pub const EXTRA_BYTES_MAX: usize = 256 * 1024;

/// Bytes and frames between the program and a terminal.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    /// What the terminal shows once `pending` is written.
    previous: Option<Frame>,
    /// The terminal no longer shows `previous`.
    stale: bool,
    next: Option<Frame>,
    /// The cells of a frame that was replaced, for a later one.
    spare: Option<Buffer>,
    pending: Vec<u8>,
    written: usize,
    /// `pending` is a set-up of which nothing was written; the first frame goes into the same write.
    opening: bool,
}

impl Outgoing {
    /// Begins with set-up bytes, which wait for the first frame or for [`chunk`](Self::chunk).
    pub(super) fn open(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
        self.opening = true;
    }

    /// Nothing of the set-up was written yet.
    pub(super) fn is_opening(&self) -> bool {
        self.opening
    }

    /// Takes the newest frame and gives back a buffer that is no longer needed, if there is one.
    pub(super) fn show(&mut self, mut frame: Frame) -> Option<Buffer> {
        let replaced = self.next.take().map(|replaced| {
            let mut extra = replaced.extra;
            if extra.len() + frame.extra.len() <= EXTRA_BYTES_MAX {
                extra.append(&mut frame.extra);
            }
            frame.extra = extra;
            replaced.buffer
        });
        self.next = Some(frame);
        replaced.or_else(|| self.spare.take())
    }

    /// Writes `bytes` beside the frames, in the order of the calls.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// The next frame is drawn whole: something else may have changed the screen.
    pub(super) fn forget(&mut self) {
        self.stale = true;
    }

    /// Draws the last frame once more if no newer one waits.
    pub(super) fn redraw(&mut self) {
        self.stale = true;
        if self.next.is_none() {
            self.next = self.previous.take();
        }
    }

    /// Drops the frame that waits, if any; one that is on its way stays, as it may be half written.
    pub(super) fn drop_next(&mut self) {
        self.next = None;
    }

    /// Drops everything, written or not.
    pub(super) fn clear(&mut self) {
        *self = Self {
            previous: self.previous.take(),
            stale: true,
            ..Self::default()
        };
    }

    /// What to write next; empty when the terminal shows the newest frame.
    pub(super) fn chunk(&mut self) -> &[u8] {
        if (self.pending.is_empty() || self.opening)
            && let Some(mut next) = self.next.take()
        {
            let previous = self.previous.as_ref().filter(|_| !self.stale);
            encode(previous, &next, &mut self.pending);
            next.extra = Vec::new();
            self.spare = self.previous.replace(next).map(|frame| frame.buffer);
            self.stale = false;
        }
        self.pending.get(self.written..).unwrap_or_default()
    }

    /// So many bytes of the last [`chunk`](Self::chunk) are written.
    pub(super) fn wrote(&mut self, bytes: usize) {
        self.opening = false;
        self.written += bytes;
        if self.written >= self.pending.len() {
            self.written = 0;
            self.pending.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &str, extra: &str) -> Frame {
        Frame {
            buffer: Buffer::with_lines([text]),
            caret: None,
            extra: extra.into(),
        }
    }

    /// Writes everything, at most `at_once` bytes at a time, and returns it.
    fn drain(outgoing: &mut Outgoing, at_once: usize) -> String {
        let mut all = Vec::new();
        loop {
            let chunk = outgoing.chunk();
            let taken: Vec<u8> = chunk.iter().copied().take(at_once).collect();
            if taken.is_empty() {
                return String::from_utf8(all).unwrap();
            }
            outgoing.wrote(taken.len());
            all.extend(taken);
        }
    }

    const FIRST: &str = "\x1b[?2026h\x1b[m\x1b[2J\x1b[Habcd\x1b[?25l\x1b[?2026l";

    #[test]
    fn the_first_frame_is_in_the_same_write_as_the_set_up() {
        let mut outgoing = Outgoing::default();
        outgoing.open(b"SETUP");
        outgoing.show(frame("abcd", ""));
        assert!(outgoing.is_opening());
        let chunk = outgoing.chunk().to_vec();
        assert_eq!(String::from_utf8(chunk).unwrap(), format!("SETUP{FIRST}"));
        outgoing.wrote(1);
        assert!(!outgoing.is_opening());
    }

    #[test]
    fn the_set_up_does_not_wait_for_a_frame() {
        let mut outgoing = Outgoing::default();
        outgoing.open(b"SETUP");
        assert_eq!(drain(&mut outgoing, 3), "SETUP");
        outgoing.show(frame("abcd", ""));
        assert_eq!(drain(&mut outgoing, 3), FIRST);
    }

    #[test]
    fn the_newest_frame_wins_and_starts_from_what_was_written() {
        let mut outgoing = Outgoing::default();
        assert_eq!(outgoing.show(frame("abcd", "")), None);
        let written = outgoing.chunk().len() - 1;
        outgoing.wrote(written);
        assert_eq!(outgoing.show(frame("aXcd", "1")), None);
        for text in ["aYYY", "aYcd"] {
            assert!(outgoing.show(frame(text, "2")).is_some(), "spare buffer");
        }
        assert_eq!(outgoing.chunk(), b"l", "the first frame ends first");
        assert_eq!(
            drain(&mut outgoing, 9),
            "l122\x1b[?2026h\x1b[1;2HY\x1b[?2026l"
        );
        assert_eq!(drain(&mut outgoing, 9), "");
    }

    #[test]
    fn extra_bytes_beyond_the_limit_are_dropped_whole() {
        let mut outgoing = Outgoing::default();
        outgoing.show(frame("abcd", &"x".repeat(EXTRA_BYTES_MAX - 2)));
        outgoing.show(frame("abcd", "yyy"));
        outgoing.show(frame("abcd", "zz"));
        let all = drain(&mut outgoing, usize::MAX);
        assert_eq!(all.matches('x').count(), EXTRA_BYTES_MAX - 2);
        assert_eq!((all.matches('y').count(), all.matches('z').count()), (0, 2));
    }

    #[test]
    fn a_stale_screen_is_drawn_whole() {
        let mut outgoing = Outgoing::default();
        outgoing.show(frame("abcd", "bell"));
        drain(&mut outgoing, 9);
        outgoing.forget();
        assert_eq!(drain(&mut outgoing, 9), "", "only with the next frame");
        outgoing.show(frame("abcd", ""));
        assert_eq!(drain(&mut outgoing, 9), FIRST);
        outgoing.redraw();
        assert_eq!(drain(&mut outgoing, 9), FIRST, "at once");
    }
}
