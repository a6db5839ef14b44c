//! Standard input, output and error, each behind a thread of its own: one that waits for a slow pipe holds nobody else up.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::fd::{AsFd, BorrowedFd};

use rustix::event::{PollFd, PollFlags, poll};
use tokio::sync::{mpsc, oneshot};

/// Bytes of one read.
pub const CHUNK_BYTES: usize = 64 * 1024;

/// Chunks of the input that wait to be taken; at it nothing more is read.
pub const CHUNKS_WAITING_MAX: usize = 2;

/// Lines that wait to be written; at it whoever has one more waits, and nothing more is taken from the server.
pub const LINES_WAITING_MAX: usize = 256;

/// What comes from standard input.
#[derive(Debug)]
pub enum Chunk {
    /// It has so many lines; told before the first bytes, and only of a file.
    Counted(u64),
    /// The next bytes.
    Bytes(Vec<u8>),
    /// There are no more.
    End,
    /// There are no more that can be read.
    Failed(String),
}

/// Reads standard input. The thread is left alone at the end: a read that waits cannot be called back.
pub fn input(count: bool) -> io::Result<mpsc::Receiver<Chunk>> {
    let (chunks, receiver) = mpsc::channel(CHUNKS_WAITING_MAX);
    let mut file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    std::thread::Builder::new()
        .name("input".to_owned())
        .spawn(move || {
            if count
                && let Some(lines) = count_lines(&file)
                && chunks.blocking_send(Chunk::Counted(lines)).is_err()
            {
                return;
            }
            loop {
                let chunk = read(&mut file);
                let more = matches!(chunk, Chunk::Bytes(_));
                if chunks.blocking_send(chunk).is_err() || !more {
                    return;
                }
            }
        })?;
    Ok(receiver)
}

fn read(file: &mut File) -> Chunk {
    let mut bytes = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut bytes) {
            Ok(0) => return Chunk::End,
            Ok(length) => {
                bytes.truncate(length);
                return Chunk::Bytes(bytes);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // Whoever shares the pipe may have made it non-blocking.
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                if let Err(error) = ready(file.as_fd(), PollFlags::IN) {
                    return Chunk::Failed(error.to_string());
                }
            }
            Err(error) => return Chunk::Failed(error.to_string()),
        }
    }
}

/// The lines from where a file stands to its end, without moving it. Nothing where it is no file.
fn count_lines(file: &File) -> Option<u64> {
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut at = rustix::fs::tell(file).ok()?;
    let mut bytes = vec![0; CHUNK_BYTES];
    let mut lines = 0;
    let mut last = b'\n';
    loop {
        let length = rustix::io::pread(file, &mut bytes, at).ok()?;
        let read = bytes.get(..length).unwrap_or_default();
        let Some(&end) = read.last() else {
            return Some(lines + u64::from(last != b'\n'));
        };
        last = end;
        lines += read
            .iter()
            .map(|&byte| u64::from(byte == b'\n'))
            .sum::<u64>();
        at += u64::try_from(length).ok()?;
    }
}

/// One of the two ways out.
#[derive(Debug)]
pub struct Sink {
    lines: mpsc::Sender<Vec<u8>>,
    broken: News<io::Error>,
    done: oneshot::Receiver<()>,
}

/// Nothing that is sent is written any more.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed;

impl Sink {
    /// Standard output.
    pub fn output() -> io::Result<Self> {
        Self::of(
            "output",
            File::from(io::stdout().as_fd().try_clone_to_owned()?),
        )
    }

    /// Standard error.
    pub fn error() -> io::Result<Self> {
        Self::of(
            "error",
            File::from(io::stderr().as_fd().try_clone_to_owned()?),
        )
    }

    fn of(name: &str, mut file: File) -> io::Result<Self> {
        let (lines, mut receiver) = mpsc::channel::<Vec<u8>>(LINES_WAITING_MAX);
        let (break_off, broken) = oneshot::channel();
        let (finish, done) = oneshot::channel();
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                while let Some(line) = receiver.blocking_recv() {
                    if let Err(error) = write(&mut file, &line) {
                        receiver.close();
                        // Who does not listen for the reason learns of it from the closed channel.
                        return drop(break_off.send(error));
                    }
                }
                finish.send(()).unwrap_or(());
            })?;
        Ok(Self {
            lines,
            broken: News(Some(broken)),
            done,
        })
    }

    /// Hands over a line, when there is room for it.
    pub async fn send(&self, line: Vec<u8>) -> Result<(), Closed> {
        self.lines.send(line).await.map_err(|_closed| Closed)
    }

    /// Waits for the error that ended the writing. Without one it waits for ever.
    pub async fn broken(&mut self) -> io::Error {
        self.broken.next().await
    }

    /// Waits until everything is written, or nothing can be.
    pub async fn finish(self) {
        drop(self.lines);
        // An error means that the thread broke off, which ends the wait as well.
        self.done.await.unwrap_or(());
    }
}

/// Writes the whole line, in one call where the other side takes it.
fn write(file: &mut File, mut line: &[u8]) -> io::Result<()> {
    while !line.is_empty() {
        match file.write(line) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(length) => line = line.get(length..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                ready(file.as_fd(), PollFlags::OUT)?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What a thread tells at most once.
#[derive(Debug)]
pub struct News<T>(Option<oneshot::Receiver<T>>);

impl<T> News<T> {
    /// Waits for it; for ever where it was told before, or never will be. May be dropped before it is ready.
    pub async fn next(&mut self) -> T {
        if let Some(receiver) = &mut self.0 {
            let told = receiver.await;
            self.0 = None;
            if let Ok(news) = told {
                return news;
            }
        }
        std::future::pending().await
    }
}

/// Tells when nobody reads standard output any more, also while nothing is written.
pub fn watch_output() -> io::Result<News<()>> {
    let (close, closed) = oneshot::channel();
    let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    std::thread::Builder::new()
        .name("output watch".to_owned())
        .spawn(move || {
            let gone = PollFlags::ERR | PollFlags::HUP;
            // What cannot be watched shows at the next write.
            while let Ok(flags) = ready(file.as_fd(), PollFlags::empty()) {
                if flags.intersects(gone) {
                    return close.send(()).unwrap_or(());
                }
                if !flags.is_empty() {
                    return;
                }
            }
        })?;
    Ok(News(Some(closed)))
}

fn ready(file: BorrowedFd<'_>, flags: PollFlags) -> io::Result<PollFlags> {
    let mut files = [PollFd::from_borrowed_fd(file, flags)];
    match poll(&mut files, None) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(files
            .iter()
            .fold(PollFlags::empty(), |all, file| all | file.revents())),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, SeekFrom};

    use super::*;

    #[track_caller]
    fn counted(content: &str, from: u64) -> Option<u64> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content.as_bytes()).unwrap();
        file.seek(SeekFrom::Start(from)).unwrap();
        let lines = count_lines(&file);
        assert_eq!(file.stream_position().unwrap(), from);
        lines
    }

    #[test]
    fn a_file_is_counted_from_where_it_stands_without_being_moved() {
        assert_eq!(counted("", 0), Some(0));
        assert_eq!(counted("one\ntwo\n", 0), Some(2));
        assert_eq!(counted("one\ntwo", 0), Some(2));
        assert_eq!(counted("one\ntwo", 4), Some(1));
        assert_eq!(counted(&"x\n".repeat(CHUNK_BYTES), 0), Some(65_536));
        let (reader, _writer) = io::pipe().unwrap();
        assert_eq!(
            count_lines(&File::from(std::os::fd::OwnedFd::from(reader))),
            None
        );
    }

    #[tokio::test]
    async fn lines_are_written_and_then_it_is_done() {
        let (mut reader, writer) = io::pipe().unwrap();
        let sink = Sink::of("test", File::from(std::os::fd::OwnedFd::from(writer))).unwrap();
        sink.send(b"one\n".to_vec()).await.unwrap();
        sink.send(b"two\n".to_vec()).await.unwrap();
        sink.finish().await;
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "one\ntwo\n");
    }

    #[tokio::test]
    async fn a_closed_pipe_is_told_and_does_not_hold_up_the_end() {
        let (reader, writer) = io::pipe().unwrap();
        let mut sink = Sink::of("test", File::from(std::os::fd::OwnedFd::from(writer))).unwrap();
        drop(reader);
        sink.send(b"one\n".to_vec()).await.unwrap();
        assert_eq!(sink.broken().await.kind(), ErrorKind::BrokenPipe);
        assert_eq!(sink.send(b"two\n".to_vec()).await, Err(Closed));
        sink.finish().await;
    }

    #[tokio::test]
    async fn what_a_thread_tells_is_told_once() {
        let (tell, told) = oneshot::channel();
        let mut news = News(Some(told));
        tell.send(7).unwrap();
        assert_eq!(news.next().await, 7);
        let mut next = polled_once(news.next());
        assert!(next.is_none());
        let (tell, told) = oneshot::channel::<u8>();
        let mut news = News(Some(told));
        drop(tell);
        for _ in 0..2 {
            next = polled_once(news.next());
            assert!(next.is_none());
        }
    }

    /// Polls once.
    fn polled_once<T>(future: impl Future<Output = T>) -> Option<T> {
        use futures_util::FutureExt as _;
        future.now_or_never()
    }

    #[tokio::test]
    async fn a_pipe_that_nobody_reads_holds_at_most_so_many_lines() {
        let (reader, writer) = io::pipe().unwrap();
        let sink = Sink::of("test", File::from(std::os::fd::OwnedFd::from(writer))).unwrap();
        // One line is larger than the pipe, so that the thread is held up with it.
        sink.send(vec![b'x'; 1 << 20]).await.unwrap();
        let mut sent = 0;
        while sink.lines.try_send(b"y\n".to_vec()).is_ok() {
            sent += 1;
            assert!(sent <= LINES_WAITING_MAX + 1);
        }
        assert!(sent >= LINES_WAITING_MAX - 1);
        drop(reader);
        sink.finish().await;
    }
}
