//! The WebSocket protocol over one raw socket: tungstenite reads, and what it writes by itself (pongs, close replies) goes to
//! the end of the same queue as everything else, so that it never lands inside a frame.

use std::io::{self, Read, Write};

use bytes::Bytes;
use protocol::close::CloseCode;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::{
    CloseFrame, Role, WebSocketConfig, WebSocketContext,
};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use super::socket::Socket;
use super::writer::Writer;

#[cfg(any(test, feature = "fuzzing"))]
#[expect(clippy::unwrap_used, reason = "what does not hold must fail")]
pub(crate) mod fuzzing;

/// Bytes read at once. It is allocated for each connection for as long as it lasts; most frames of a chat fit.
const READ_BUFFER_BYTES: usize = 1024;

/// tungstenite's own write buffer: nothing stays in it, as the queue takes whatever it is given.
const WRITE_BUFFER_BYTES: usize = 0;

/// Bytes that may stay in tungstenite's write buffer; a control frame has at most 131.
const WRITE_BUFFER_BYTES_MAX: usize = 1024;

/// Every setting of the protocol, none left to the library; `frame_bytes` is the longest frame of a client.
pub(crate) fn config(frame_bytes: usize) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_message_size(Some(frame_bytes))
        .max_frame_size(Some(frame_bytes))
        .accept_unmasked_frames(false)
}

/// The server's side of a connection that was upgraded, with what was read behind the handshake.
pub(crate) fn context(read: &Bytes, frame_bytes: usize) -> WebSocketContext {
    let config = Some(config(frame_bytes));
    if read.is_empty() {
        WebSocketContext::new(Role::Server, config)
    } else {
        WebSocketContext::from_partially_read(read.to_vec(), Role::Server, config)
    }
}

/// What reading gave.
#[derive(Debug)]
pub(crate) enum Frame {
    /// A text.
    Text(Utf8Bytes),
    /// A ping or pong.
    Control,
    /// Nothing more for now.
    Nothing,
    /// The client closes; `true` is its goodbye.
    Close(bool),
    /// The client broke the protocol.
    Broken(CloseCode),
    /// The connection is gone.
    Lost,
}

/// Reads the next message; `heard` grows by what came from the socket.
pub(crate) fn read(
    context: &mut WebSocketContext,
    socket: &mut Socket,
    writer: &mut Writer,
    heard: &mut usize,
) -> Frame {
    let mut wire = Wire {
        socket,
        writer,
        heard,
    };
    next(context, &mut wire)
}

fn next(context: &mut WebSocketContext, wire: &mut (impl Read + Write)) -> Frame {
    match context.read(wire) {
        Ok(Message::Text(text)) => Frame::Text(text),
        Ok(Message::Binary(_) | Message::Frame(_)) => Frame::Broken(CloseCode::BadFrame),
        Ok(Message::Ping(_) | Message::Pong(_)) => Frame::Control,
        Ok(Message::Close(frame)) => {
            let goodbye = frame.is_some_and(|frame| u16::from(frame.code) == 1000);
            // The reply goes to the queue; the error only says that the protocol ends here.
            drop(context.flush(wire));
            Frame::Close(goodbye)
        }
        Err(error) => broken(&error),
    }
}

/// Adds a close frame at the end of the queue.
pub(crate) fn close(
    context: &mut WebSocketContext,
    socket: &mut Socket,
    writer: &mut Writer,
    code: CloseCode,
) {
    let mut wire = Wire {
        socket,
        writer,
        heard: &mut 0,
    };
    let frame = CloseFrame {
        code: code.code().into(),
        reason: code.reason().into(),
    };
    // It fails only where the client has closed before, and then nobody waits for it.
    drop(context.close(&mut wire, Some(frame)));
}

fn broken(error: &Error) -> Frame {
    match error {
        Error::Io(error) if error.kind() == io::ErrorKind::WouldBlock => Frame::Nothing,
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

struct Wire<'a> {
    socket: &'a mut Socket,
    writer: &'a mut Writer,
    heard: &'a mut usize,
}

impl Read for Wire<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.socket.try_read(buffer)?;
        *self.heard += bytes;
        Ok(bytes)
    }
}

impl Write for Wire<'_> {
    fn write(&mut self, frames: &[u8]) -> io::Result<usize> {
        self.writer.push_own(Bytes::copy_from_slice(frames));
        Ok(frames.len())
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
