//! The frames that one connection writes now, and how far it is. Never waits.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice};

use bytes::Bytes;

use crate::shell::socket::Socket;

/// Pieces that one system call writes at most.
const SLICES_MAX: usize = 64;

/// System calls in one go; then the task looks at its other duties first.
const WRITES_MAX: usize = 8;

/// Entries of an idle queue for which memory is kept; a longer one gives its memory back when it is empty.
const ENTRIES_KEPT: usize = 4;

/// The connection's own frames that may wait; at it nothing more is read, since each frame read may cost an answer.
const OWN_FRAMES_MAX: usize = 16;

/// One entry of the queue.
#[derive(Debug)]
pub(crate) enum Entry {
    /// Whole frames from the hub.
    Frames(Bytes),
    /// Whole frames of the connection's own (pings, pongs, close frames), not counted.
    Own(Bytes),
    /// The hub wants to know when everything before this was written.
    Mark,
}

/// The queue in front of the socket. Whoever adds to it adds whole frames.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    queue: VecDeque<Entry>,
    /// Bytes of the first entry that are written already.
    offset: usize,
    /// Own frames added since the queue was last empty.
    own: usize,
    /// The socket takes nothing more until it says so.
    blocked: bool,
}

/// What one go of writing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wrote {
    /// Bytes of any kind that moved on: nothing but progress is to be read from it, as an encrypted socket moves them twice.
    pub(crate) bytes: usize,
    /// Bytes of the hub's frames.
    pub(crate) counted: usize,
    /// The hub's pieces that ended with them.
    pub(crate) pieces: usize,
    /// Marks that were reached.
    pub(crate) marks: usize,
}

impl Writer {
    /// Adds an entry.
    pub(crate) fn push(&mut self, entry: Entry) {
        self.own += usize::from(matches!(entry, Entry::Own(_)));
        self.queue.push_back(entry);
    }

    /// Whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Whether the socket is to be waited for.
    pub(crate) fn is_blocked(&self) -> bool {
        self.blocked
    }

    /// Whether so many own frames wait that reading is to stop.
    pub(crate) fn is_crowded(&self) -> bool {
        self.own >= OWN_FRAMES_MAX
    }

    /// Drops everything but an entry that is written in part, as a frame cannot be left in the middle.
    pub(crate) fn drop_unstarted(&mut self) {
        self.queue.truncate(usize::from(self.offset > 0));
    }

    /// Writes what the socket takes, as far as one go goes.
    pub(crate) fn write(&mut self, socket: &mut Socket) -> io::Result<Wrote> {
        let mut wrote = Wrote {
            bytes: socket.flush()?,
            ..Wrote::default()
        };
        self.blocked = false;
        for _ in 0..WRITES_MAX {
            self.pass_marks(&mut wrote);
            if self.queue.is_empty() {
                break;
            }
            match self.write_once(socket) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(bytes) => self.advance(bytes, &mut wrote),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.blocked = true;
                    break;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.pass_marks(&mut wrote);
        // What an encrypted socket took and the system did not is waited for like anything else.
        self.blocked |= socket.wants_write();
        if self.queue.is_empty() {
            self.own = 0;
            if self.queue.capacity() > ENTRIES_KEPT {
                self.queue = VecDeque::new();
            }
        }
        Ok(wrote)
    }

    fn write_once(&self, socket: &mut Socket) -> io::Result<usize> {
        let mut pieces = self.queue.iter().map(|entry| match entry {
            Entry::Frames(bytes) | Entry::Own(bytes) => bytes.as_ref(),
            Entry::Mark => &[],
        });
        let first = pieces.next().unwrap_or_default();
        let first = first.get(self.offset..).unwrap_or_default();
        if self.queue.len() == 1 {
            return socket.try_write(first);
        }
        let mut slices = [IoSlice::new(&[]); SLICES_MAX];
        let mut count = 0;
        for (slice, piece) in slices.iter_mut().zip(std::iter::once(first).chain(pieces)) {
            *slice = IoSlice::new(piece);
            count += 1;
        }
        socket.try_write_vectored(slices.get(..count).unwrap_or_default())
    }

    fn advance(&mut self, mut bytes: usize, wrote: &mut Wrote) {
        wrote.bytes += bytes;
        while let Some(entry) = self.queue.front() {
            let (length, counted) = match entry {
                Entry::Frames(frames) => (frames.len(), true),
                Entry::Own(frames) => (frames.len(), false),
                Entry::Mark => (0, false),
            };
            let step = bytes.min(length.saturating_sub(self.offset));
            self.offset += step;
            bytes -= step;
            if counted {
                wrote.counted += step;
            }
            if self.offset < length {
                return;
            }
            wrote.marks += usize::from(matches!(entry, Entry::Mark));
            wrote.pieces += usize::from(counted);
            self.offset = 0;
            self.queue.pop_front();
        }
    }

    fn pass_marks(&mut self, wrote: &mut Wrote) {
        while matches!(self.queue.front(), Some(Entry::Mark)) {
            wrote.marks += 1;
            self.queue.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writer() -> Writer {
        let mut writer = Writer::default();
        writer.push(Entry::Frames(Bytes::from_static(b"one")));
        writer.push(Entry::Mark);
        writer.push(Entry::Own(Bytes::from_static(b"ping")));
        writer.push(Entry::Frames(Bytes::from_static(b"two")));
        writer
    }

    #[test]
    fn progress_counts_the_hubs_bytes_and_passes_marks() {
        let mut writer = writer();
        let mut wrote = Wrote::default();
        writer.advance(2, &mut wrote);
        assert_eq!(
            wrote,
            Wrote {
                bytes: 2,
                counted: 2,
                pieces: 0,
                marks: 0
            }
        );
        writer.advance(6, &mut wrote);
        assert_eq!(
            wrote,
            Wrote {
                bytes: 8,
                counted: 4,
                pieces: 1,
                marks: 1
            }
        );
        assert_eq!((writer.queue.len(), writer.offset), (1, 1));
    }

    #[test]
    fn a_frame_that_was_begun_is_not_dropped() {
        let mut writer = writer();
        writer.advance(1, &mut Wrote::default());
        writer.drop_unstarted();
        assert_eq!(writer.queue.len(), 1);
        writer.advance(2, &mut Wrote::default());
        writer.push(Entry::Own(Bytes::from_static(b"close")));
        writer.drop_unstarted();
        assert!(writer.is_empty());
    }

    #[test]
    fn so_many_own_frames_stop_reading() {
        let mut writer = Writer::default();
        for _ in 0..OWN_FRAMES_MAX {
            assert!(!writer.is_crowded());
            writer.push(Entry::Own(Bytes::from_static(b"pong")));
        }
        assert!(writer.is_crowded());
    }
}
