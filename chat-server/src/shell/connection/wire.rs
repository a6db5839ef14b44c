//! The client's bytes as frames. tungstenite judges each frame; between two messages nothing of it is kept, so an idle connection costs
//! no buffer. Touches no socket.

use std::io::{self, Cursor, Read, Write};

use bytes::Bytes;
use protocol::close::CloseCode;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::OpCode;
use tokio_tungstenite::tungstenite::protocol::{
    CloseFrame, Role, WebSocketConfig, WebSocketContext,
};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;

/// Bytes that tungstenite takes at once; most frames of a chat fit.
const READ_BUFFER_BYTES: usize = 1024;

/// tungstenite's own write buffer: nothing stays in it.
const WRITE_BUFFER_BYTES: usize = 0;

/// Bytes that may stay in tungstenite's write buffer; a control frame has at most 131.
const WRITE_BUFFER_BYTES_MAX: usize = 1024;

/// Every setting of the protocol, none left to the library; `frame_bytes` is the longest frame of a client.
fn config(frame_bytes: usize) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_message_size(Some(frame_bytes))
        .max_frame_size(Some(frame_bytes))
        .accept_unmasked_frames(false)
}

/// What reading gave.
#[derive(Debug)]
pub(crate) enum Frame {
    /// A text.
    Text(Utf8Bytes),
    /// A ping or pong.
    Control,
    /// A part of a message that goes on.
    Part,
    /// No frame is whole.
    Nothing,
    /// The client closes; `true` is its goodbye.
    Close(bool),
    /// The client broke the protocol.
    Broken(CloseCode),
    /// The connection is gone.
    Lost,
}

/// A frame and the bytes that it took.
#[derive(Debug)]
pub(crate) struct Step {
    /// The frame.
    pub(crate) frame: Frame,
    /// Bytes that are done with.
    pub(crate) used: usize,
    /// What is to be written for it: a pong, the reply to a close.
    pub(crate) answer: Option<Bytes>,
}

/// Where a client's stream of frames is.
#[derive(Debug)]
pub(crate) struct Decoder {
    frame_bytes: usize,
    /// tungstenite's state: only while a message has come in part, or while several frames come together.
    context: Option<Box<WebSocketContext>>,
    /// A message has begun and not ended.
    in_message: bool,
}

impl Decoder {
    /// At the start of a stream; `frame_bytes` is the longest frame and message.
    pub(crate) const fn new(frame_bytes: usize) -> Self {
        Self {
            frame_bytes,
            context: None,
            in_message: false,
        }
    }

    /// Takes the first frame of `bytes`. Only whole frames are taken, but what is too long or wrong is told by its head.
    pub(crate) fn next(&mut self, bytes: &[u8]) -> Step {
        let mut cursor = Cursor::new(bytes);
        let (header, length) = match FrameHeader::parse(&mut cursor) {
            Ok(Some(head)) => head,
            Ok(None) => return Step::without_answer(Frame::Nothing),
            Err(error) => return Step::without_answer(broken(&error)),
        };
        let head = usize::try_from(cursor.position()).unwrap_or(usize::MAX);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let used = if length > self.frame_bytes {
            head
        } else {
            head.saturating_add(length)
        };
        let Some(frame) = bytes.get(..used) else {
            return Step::without_answer(Frame::Nothing);
        };
        if let OpCode::Data(_) = header.opcode {
            self.in_message = !header.is_final;
        }
        self.take(frame)
    }

    /// Gives back what is not needed until more bytes come.
    pub(crate) fn rest(&mut self) {
        if !self.in_message {
            self.context = None;
        }
    }

    fn take(&mut self, frame: &[u8]) -> Step {
        let config = Some(config(self.frame_bytes));
        let context = self
            .context
            .get_or_insert_with(|| Box::new(WebSocketContext::new(Role::Server, config)));
        let mut wire = Wire {
            frame,
            answer: Vec::new(),
        };
        let got = next(context, &mut wire);
        Step {
            frame: got,
            used: frame.len(),
            answer: (!wire.answer.is_empty()).then(|| wire.answer.into()),
        }
    }
}

impl Step {
    const fn without_answer(frame: Frame) -> Self {
        Self {
            frame,
            used: 0,
            answer: None,
        }
    }
}

fn next(context: &mut WebSocketContext, wire: &mut Wire<'_>) -> Frame {
    match context.read(wire) {
        Ok(Message::Text(text)) => Frame::Text(text),
        Ok(Message::Binary(_) | Message::Frame(_)) => Frame::Broken(CloseCode::BadFrame),
        Ok(Message::Ping(_) | Message::Pong(_)) => match context.flush(wire) {
            Ok(()) => Frame::Control,
            Err(error) => broken(&error),
        },
        Ok(Message::Close(frame)) => {
            let goodbye = frame.is_some_and(|frame| u16::from(frame.code) == 1000);
            // It gives the reply; the error only says that the protocol ends here.
            drop(context.flush(wire));
            Frame::Close(goodbye)
        }
        Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => Frame::Part,
        Err(error) => broken(&error),
    }
}

/// A close frame.
pub(crate) fn close(code: CloseCode) -> Bytes {
    let mut wire = Wire {
        frame: &[],
        answer: Vec::new(),
    };
    let frame = CloseFrame {
        code: code.code().into(),
        reason: code.reason().into(),
    };
    let mut context = WebSocketContext::new(Role::Server, Some(config(0)));
    // It is written into memory, and nothing was said before it.
    drop(context.close(&mut wire, Some(frame)));
    wire.answer.into()
}

fn broken(error: &Error) -> Frame {
    match error {
        Error::Capacity(_) => Frame::Broken(CloseCode::FrameTooLarge),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)
        | Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Io(_)
        | Error::Tls(_)
        | Error::WriteBufferFull(_)
        | Error::AttackAttempt
        | Error::Url(_)
        | Error::Http(_)
        | Error::HttpFormat(_) => Frame::Lost,
        Error::Utf8(_) | Error::Protocol(_) => Frame::Broken(CloseCode::BadFrame),
    }
}

/// One frame to read, and memory to write to.
struct Wire<'a> {
    frame: &'a [u8],
    answer: Vec<u8>,
}

impl Read for Wire<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.frame.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.frame.read(buffer)
    }
}

impl Write for Wire<'_> {
    fn write(&mut self, frames: &[u8]) -> io::Result<usize> {
        self.answer.write(frames)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By its debug text, so that a setting that a newer library adds fails here and is looked at.
    #[test]
    fn no_setting_is_the_librarys() {
        assert_eq!(
            format!("{:?}", config(16_384)),
            "WebSocketConfig { read_buffer_size: 1024, write_buffer_size: 0, max_write_buffer_size: 1024, \
             max_message_size: Some(16384), max_frame_size: Some(16384), accept_unmasked_frames: false }"
        );
    }
}
