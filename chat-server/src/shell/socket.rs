//! The socket under a connection, plain or encrypted, with calls that never wait. Knows nothing of frames.
//!
//! A plain socket is written to as it is. An encrypted one keeps two buffers of its own, both bounded: at most one record that
//! has not all come, and at most [`TLS_WRITE_BYTES_MAX`] that the system has not taken.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustix::net::{RecvFlags, recv};
use tokio::io::{AsyncWrite, Interest};
use tokio::net::TcpStream;
use tokio_rustls::rustls::ServerConnection;
use tokio_rustls::server::TlsStream;

/// Bytes that are encrypted ahead of what the system takes; nothing more is taken until all of them are with the system.
const TLS_WRITE_BYTES_MAX: usize = 16 * 1024;

/// System calls of one read that bring nothing to read, as half a record or an empty one; then the task looks at its other duties.
const TLS_READS_MAX: usize = 8;

/// A socket that was connected, and where it is encrypted has the TLS handshake behind it.
#[derive(Debug)]
pub(crate) enum Socket {
    /// What is written is what others on the way see.
    Plain(TcpStream),
    /// TLS. In a box, since plain connections need no room for it.
    Tls(Box<TlsSocket>),
}

/// A socket with the state of its encryption.
#[derive(Debug)]
pub(crate) struct TlsSocket {
    stream: TcpStream,
    tls: ServerConnection,
}

impl From<TcpStream> for Socket {
    fn from(stream: TcpStream) -> Self {
        Self::Plain(stream)
    }
}

impl From<TlsStream<TcpStream>> for Socket {
    fn from(stream: TlsStream<TcpStream>) -> Self {
        let (stream, mut tls) = stream.into_inner();
        tls.set_buffer_limit(Some(TLS_WRITE_BYTES_MAX));
        Self::Tls(Box::new(TlsSocket { stream, tls }))
    }
}

impl Socket {
    /// The socket below, which alone knows addresses and readiness.
    pub(crate) fn stream(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(socket) => &socket.stream,
        }
    }

    /// The address at which the client came in.
    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.stream().local_addr()
    }

    /// Whether something may be there to read that came before the socket was handed over, so that it does not say so itself.
    pub(crate) fn may_hold_unread(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    /// Whether there is something to read. What was read and not yet asked for is no reason to be ready: who stops before
    /// `WouldBlock` has to come back by itself.
    pub(crate) fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_read_ready(cx)
    }

    /// Whether something can be written.
    pub(crate) fn poll_write_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_write_ready(cx)
    }

    /// Reads what the client sent, after decryption.
    pub(crate) fn try_read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => read_short(stream, buffer),
            Self::Tls(socket) => socket.try_read(buffer),
        }
    }

    /// Writes as much as is taken now. Of an encrypted socket this is before encryption; what the system does not take at once
    /// stays for [`flush`](Self::flush).
    pub(crate) fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.try_write(bytes),
            Self::Tls(socket) => socket.try_write(&[IoSlice::new(bytes)]),
        }
    }

    /// As [`try_write`](Self::try_write), from several places.
    pub(crate) fn try_write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.try_write_vectored(pieces),
            Self::Tls(socket) => socket.try_write(pieces),
        }
    }

    /// Whether bytes that were taken still wait here for the system.
    pub(crate) fn wants_write(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Tls(socket) => socket.tls.wants_write(),
        }
    }

    /// Hands the system what waits here, as far as it takes it now; gives how much that was.
    pub(crate) fn flush(&mut self) -> io::Result<usize> {
        match self {
            Self::Plain(_) => Ok(0),
            Self::Tls(socket) => socket.flush(),
        }
    }

    /// Tells the client that nothing more comes, after everything that was taken. Ready when the system has it.
    pub(crate) fn poll_hang_up(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Self::Tls(socket) = self {
            socket.tls.send_close_notify();
            socket.flush()?;
            while socket.tls.wants_write() {
                ready!(socket.stream.poll_write_ready(cx))?;
                socket.flush()?;
            }
        }
        let stream = match self {
            Self::Plain(stream) => stream,
            Self::Tls(socket) => &mut socket.stream,
        };
        Pin::new(stream).poll_shutdown(cx)
    }
}

impl TlsSocket {
    fn try_read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for _ in 0..TLS_READS_MAX {
            match self.tls.reader().read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                read => return read,
            }
            // Only with nothing left to read, so that what is decrypted is never more than what one call brings.
            self.tls.read_tls(&mut Raw(&self.stream))?;
            if let Err(error) = self.tls.process_new_packets() {
                // The client is told why where it still listens.
                drop(self.tls.write_tls(&mut Raw(&self.stream)));
                return Err(io::Error::new(ErrorKind::InvalidData, error));
            }
        }
        match self.tls.reader().read(buffer) {
            // The socket was not read to its end, so it is still ready, and this is tried again.
            Err(error) if error.kind() == ErrorKind::WouldBlock => Err(error),
            read => read,
        }
    }

    fn try_write(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        if self.tls.wants_write() {
            self.flush()?;
            if self.tls.wants_write() {
                return Err(ErrorKind::WouldBlock.into());
            }
        }
        let taken = self.tls.writer().write_vectored(pieces)?;
        self.flush()?;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<usize> {
        let mut moved = 0;
        while self.tls.wants_write() {
            match self.tls.write_tls(&mut Raw(&self.stream)) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(bytes) => moved += bytes,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(moved)
    }
}

/// Reads, and takes less than was asked for as the sign that nothing more is there, which spares the call that would say so.
fn read_short(stream: &TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    let mut last = None;
    let read = stream.try_io(Interest::READABLE, || {
        let read = recv(stream, &mut *buffer, RecvFlags::empty())?.0;
        if (1..buffer.len()).contains(&read) {
            last = Some(read);
            // To the runtime: it is to wait for the next sign of readiness. One that came meanwhile counts.
            return Err(ErrorKind::WouldBlock.into());
        }
        Ok(read)
    });
    last.map_or(read, Ok)
}

/// The socket as rustls wants it.
struct Raw<'a>(&'a TcpStream);

impl Read for Raw<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(buffer)
    }
}

impl Write for Raw<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(pieces)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
