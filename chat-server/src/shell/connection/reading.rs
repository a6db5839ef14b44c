//! What a client sends: from its socket to the hub's inbox. Waits for nothing but room there.

use std::cell::RefCell;
use std::io::ErrorKind;

use protocol::close::CloseCode;
use protocol::codec::decode_request;
use protocol::request::Request;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::Instant;

use super::wire::{Frame, Step};
use super::{Connection, End};
use crate::engine::Input;
use crate::shell::hub_task::ToHub;

/// Bytes read at once, into memory that all connections of a thread share. More than that, and less than a frame, is kept for a connection.
const READ_BYTES: usize = 8 * 1024;

/// Reads in one go; then the task looks at its other duties first.
const READS_MAX: usize = 4;

/// Hellos of one connection, since each may cost a signature check; one more ends it with [`CloseCode::Flood`].
const HELLOS_MAX: u8 = 32;

thread_local! {
    static READ_INTO: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ_BYTES].into());
}

/// Why reading stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stopped {
    /// There is nothing more, or nothing more is to be read now.
    Enough,
    /// The hub's inbox is full.
    InboxFull,
}

impl Connection {
    pub(super) fn may_read(&self) -> bool {
        !self.outbox.is_paused() && self.outbox.ahead_left() > 0 && !self.outbox.is_crowded()
    }

    /// Takes what came. Waits for room in the inbox where that is full: a hub that has too much to do slows down those who bring it more.
    pub(super) async fn read(&mut self, now: Instant) -> Result<(), End> {
        while (self.unread || self.has_more) && self.may_read() {
            let stopped =
                READ_INTO.with_borrow_mut(|read_into| self.read_for_now(read_into, now))?;
            match stopped {
                Stopped::Enough => break,
                Stopped::InboxFull => {
                    let Ok(permit) = self.hub.reserve().await else {
                        return Err(End::Told(CloseCode::Restart));
                    };
                    if let Some(held) = self.held.take() {
                        permit.send(*held);
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes what can be taken without waiting.
    fn read_for_now(&mut self, read_into: &mut [u8], now: Instant) -> Result<Stopped, End> {
        for _ in 0..READS_MAX {
            if self.has_more {
                let stopped = self.take_begun(now)?;
                if stopped == Stopped::InboxFull || self.has_more {
                    return Ok(stopped);
                }
            }
            if !self.unread {
                break;
            }
            let came = match self.outbox.read(read_into) {
                Ok(0) => return Err(End::Lost),
                Ok(came) => came,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.unread = false;
                    break;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => return Err(End::Lost),
            };
            let came = read_into.get(..came).unwrap_or_default();
            let stopped = if self.begun.is_empty() {
                let (used, stopped) = self.take(came, now)?;
                self.begun
                    .extend_from_slice(came.get(used..).unwrap_or_default());
                stopped
            } else {
                self.begun.extend_from_slice(came);
                self.take_begun(now)?
            };
            if stopped == Stopped::InboxFull || self.has_more {
                return Ok(stopped);
            }
        }
        Ok(Stopped::Enough)
    }

    fn take_begun(&mut self, now: Instant) -> Result<Stopped, End> {
        let bytes = std::mem::take(&mut self.begun);
        let (used, stopped) = self.take(&bytes, now)?;
        // Of its own size, since a long frame before it is to leave nothing.
        self.begun = bytes.get(used..).unwrap_or_default().to_vec();
        Ok(stopped)
    }

    /// Takes the whole frames of `bytes`, as far as that may be now; gives how many bytes those were.
    fn take(&mut self, bytes: &[u8], now: Instant) -> Result<(usize, Stopped), End> {
        let mut used = 0;
        let mut stopped = Stopped::Enough;
        self.has_more = false;
        loop {
            let rest = bytes.get(used..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            if !self.may_read() {
                self.has_more = true;
                break;
            }
            let Step {
                frame,
                used: step,
                answer,
            } = self.decoder.next(rest);
            used += step;
            if let Some(answer) = answer {
                self.outbox.push_own(answer);
            }
            self.pulse
                .heard(matches!(frame, Frame::Text(_) | Frame::Control), now);
            match frame {
                Frame::Text(text) => {
                    stopped = self.request(&text)?;
                    if stopped == Stopped::InboxFull {
                        self.has_more = true;
                        break;
                    }
                }
                Frame::Control | Frame::Part => {}
                Frame::Nothing => break,
                Frame::Close(goodbye) => return Err(End::Closed(goodbye)),
                Frame::Broken(code) => return Err(End::Broken(code)),
                Frame::Lost => return Err(End::Lost),
            }
        }
        self.decoder.rest();
        Ok((used, stopped))
    }

    /// Hands a request over, or keeps it until there is room.
    fn request(&mut self, text: &str) -> Result<Stopped, End> {
        let input = match decode_request(text) {
            Ok(Request::Hello(hello)) => {
                self.hellos += 1;
                if self.hellos > HELLOS_MAX {
                    return Err(End::Broken(CloseCode::Flood));
                }
                let Ok(local) = self.outbox.local_addr() else {
                    return Err(End::Lost);
                };
                match self.facts.check(&hello, self.nonce, local) {
                    Ok(introduction) => {
                        self.pulse.introduced();
                        self.ticket.introduced();
                        Input::Introduced {
                            conn: self.conn,
                            introduction,
                        }
                    }
                    Err(error) => Input::Refused {
                        conn: self.conn,
                        error,
                    },
                }
            }
            Ok(request) => Input::Request {
                conn: self.conn,
                request,
            },
            Err(error) => Input::Refused {
                conn: self.conn,
                error,
            },
        };
        self.outbox.run_ahead();
        match self.hub.try_send(ToHub::Input(input)) {
            Ok(()) => Ok(Stopped::Enough),
            Err(TrySendError::Full(input)) => {
                self.held = Some(Box::new(input));
                Ok(Stopped::InboxFull)
            }
            Err(TrySendError::Closed(_)) => Err(End::Told(CloseCode::Restart)),
        }
    }
}
