//! A program in a pseudo-terminal: what is typed into it, and when what it writes can be read.

use std::io::{Read as _, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::process;

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Bytes of one read from the terminal.
const READ_BYTES: usize = 64 * 1024;

/// A running program in a terminal; killed when dropped.
pub(crate) struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    output: Receiver<Chunk>,
    /// What was read and not yet looked for.
    seen: Vec<u8>,
}

/// What one read gave, and when: taken by the thread that reads, so that nobody's waking up counts.
struct Chunk {
    at: Instant,
    bytes: Vec<u8>,
}

impl Terminal {
    /// Starts a program in so many columns and rows; the moment before it was started.
    pub(crate) fn start(command: CommandBuilder, size: (u16, u16)) -> (Self, Instant) {
        let pty = native_pty_system().openpty(pty_size(size)).unwrap();
        let mut reader = pty.master.try_clone_reader().unwrap();
        let keyboard = pty.master.take_writer().unwrap();
        let (tell, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; READ_BYTES];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                let chunk = Chunk {
                    at: Instant::now(),
                    bytes: buffer[..n].to_vec(),
                };
                if tell.send(chunk).is_err() {
                    return;
                }
            }
        });
        let started = Instant::now();
        let child = pty.slave.spawn_command(command).unwrap();
        let terminal = Self {
            child,
            master: pty.master,
            keyboard,
            output,
            seen: Vec::new(),
        };
        (terminal, started)
    }

    /// Types; the moment before.
    pub(crate) fn types(&mut self, keys: &[u8]) -> Instant {
        let now = Instant::now();
        self.keyboard.write_all(keys).unwrap();
        self.keyboard.flush().unwrap();
        now
    }

    /// Waits until the program has written these bytes, and forgets all up to them; when the last one of them could be read.
    pub(crate) fn wait_for(&mut self, bytes: &[u8]) -> Instant {
        self.wait_until(bytes, PATIENCE).unwrap_or_else(|| {
            let wanted = String::from_utf8_lossy(bytes).into_owned();
            let last = String::from_utf8_lossy(&self.seen).into_owned();
            panic!("{wanted:?} was not written; the last bytes are {last:?}")
        })
    }

    /// The same for so long; nothing where it was not written meanwhile.
    pub(crate) fn wait_until(&mut self, bytes: &[u8], patience: Duration) -> Option<Instant> {
        let deadline = Instant::now() + patience;
        let mut at = Instant::now();
        loop {
            if let Some(found) = find(&self.seen, bytes) {
                self.seen.drain(..found + bytes.len());
                return Some(at);
            }
            let kept = self.seen.len().saturating_sub(bytes.len() - 1);
            self.seen.drain(..kept);
            let left = deadline.saturating_duration_since(Instant::now());
            let chunk = self.chunk(left)?;
            at = chunk.at;
            self.seen.extend(chunk.bytes);
        }
    }

    /// Takes what is written until nothing is for so long; how many bytes, and when the last ones could be read.
    pub(crate) fn settle(&mut self, quiet: Duration) -> (usize, Option<Instant>) {
        let mut bytes = self.seen.len();
        self.seen.clear();
        let mut last = None;
        while let Some(chunk) = self.chunk(quiet) {
            bytes += chunk.bytes.len();
            last = Some(chunk.at);
        }
        (bytes, last)
    }

    /// The same, once something was written at all.
    pub(crate) fn answer(&mut self, quiet: Duration) -> (usize, Option<Instant>) {
        self.seen.clear();
        let first = self.chunk(PATIENCE).unwrap();
        let (bytes, last) = self.settle(quiet);
        (bytes + first.bytes.len(), last.or(Some(first.at)))
    }

    fn chunk(&mut self, patience: Duration) -> Option<Chunk> {
        match self.output.recv_timeout(patience) {
            Ok(chunk) => Some(chunk),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("the program has ended"),
        }
    }

    /// Changes the size.
    pub(crate) fn resize(&mut self, size: (u16, u16)) {
        self.master.resize(pty_size(size)).unwrap();
    }

    /// What the kernel says of the program.
    pub(crate) fn process(&self) -> process::Process {
        process::Process(self.child.process_id().unwrap())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn pty_size((columns, rows): (u16, u16)) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
