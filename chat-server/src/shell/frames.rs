//! Events as WebSocket frames, ready to be written: encoded once, whoever gets them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use protocol::codec::encode_event;
use protocol::event::Event;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

/// Scratch memory above which it is given back after use, in bytes.
const SCRATCH_BYTES_KEPT: usize = 256 * 1024;

/// A server's ping without a payload, as a whole frame (RFC 6455, section 5.5.2).
pub(crate) const PING: Bytes = Bytes::from_static(&[0x89, 0x00]);

/// Memory that a piece of frames takes besides its bytes.
const PIECE_BYTES: usize = 96;

/// Encodes events, and keeps its scratch memory between two uses.
#[derive(Debug, Default)]
pub(crate) struct Encoder {
    json: Vec<u8>,
    frames: Vec<u8>,
    held: Arc<AtomicUsize>,
}

/// Frames that are in memory until the last handle to them is gone, and as long are counted: once, however many handles there are.
struct Counted {
    frames: Box<[u8]>,
    held: Arc<AtomicUsize>,
}

impl Counted {
    fn bytes(&self) -> usize {
        self.frames.len() + PIECE_BYTES
    }
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.frames
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.held.fetch_sub(self.bytes(), Ordering::Relaxed);
    }
}

impl Encoder {
    /// One text frame for each event, unmasked as a server's frames are, in one piece of memory.
    pub(crate) fn encode<'a>(&mut self, events: impl IntoIterator<Item = &'a Event>) -> Bytes {
        self.frames.clear();
        for event in events {
            self.json.clear();
            encode_event(event, &mut self.json);
            if !self.json.is_empty() {
                self.add_frame();
            }
        }
        let bytes = if self.frames.is_empty() {
            Bytes::new()
        } else {
            let counted = Counted {
                frames: self.frames.as_slice().into(),
                held: Arc::clone(&self.held),
            };
            self.held.fetch_add(counted.bytes(), Ordering::Relaxed);
            Bytes::from_owner(counted)
        };
        for scratch in [&mut self.json, &mut self.frames] {
            if scratch.capacity() > SCRATCH_BYTES_KEPT {
                *scratch = Vec::new();
            }
        }
        bytes
    }

    /// Memory that all frames take which were encoded here and not yet written or dropped everywhere, in bytes.
    pub(crate) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    fn add_frame(&mut self) {
        let header = FrameHeader {
            opcode: OpCode::Data(Data::Text),
            ..FrameHeader::default()
        };
        let start = self.frames.len();
        let length = u64::try_from(self.json.len()).unwrap_or(u64::MAX);
        match header.format(length, &mut self.frames) {
            Ok(()) => self.frames.extend_from_slice(&self.json),
            // Writing to memory does not fail; half a frame must not go out in any case.
            Err(_) => self.frames.truncate(start),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::event::Done;

    fn done(reference: u64) -> Event {
        Event::Done(Done {
            reference: Some(reference),
        })
    }

    #[test]
    fn events_become_whole_frames_in_one_piece() {
        let bytes = Encoder::default().encode(&[done(1), Event::Unknown, done(2)]);
        let mut expected = Vec::new();
        for number in 1..=2 {
            let json = format!("{{\"type\":\"done\",\"ref\":{number}}}");
            expected.push(0x81);
            expected.push(u8::try_from(json.len()).unwrap());
            expected.extend_from_slice(json.as_bytes());
        }
        assert_eq!(bytes, expected);
    }

    #[test]
    fn frames_are_counted_once_until_the_last_handle_is_gone() {
        let mut encoder = Encoder::default();
        let first = encoder.encode(&[done(1)]);
        let handles = [first.clone(), first.slice(3..)];
        assert_eq!(encoder.held(), first.len() + PIECE_BYTES);
        drop(first);
        let second = encoder.encode(&[done(2)]);
        assert_eq!(encoder.held(), 2 * (second.len() + PIECE_BYTES));
        drop(handles);
        assert_eq!(encoder.held(), second.len() + PIECE_BYTES);
        drop(second);
        assert_eq!(encoder.held(), 0);
    }

    #[test]
    fn a_long_event_has_the_long_length() {
        let text = "x".repeat(3_000);
        let event = Event::Nick(protocol::event::NickChanged {
            reference: None,
            nick: text,
            owned: false,
            former: None,
        });
        let mut encoder = Encoder::default();
        let bytes = encoder.encode([&event]);
        let length = bytes.len() - 4;
        assert_eq!(bytes[0..2], [0x81, 126]);
        assert_eq!(
            u16::from_be_bytes([bytes[2], bytes[3]]),
            u16::try_from(length).unwrap()
        );
        assert_eq!(encoder.encode([&Event::Unknown]), Bytes::new());
    }
}
