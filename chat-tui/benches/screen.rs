//! What the screen costs: the real `chat-tui` in a pseudo-terminal, at a real server in this process.
//!
//! `cargo bench -p chat-tui` prints the table: the time from the start to the first whole frame, from a key to its echo, memory,
//! and what an idle screen does. CPU and wake-ups are the kernel's own accounting.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on says where and ends"
)]
#![expect(clippy::print_stdout, reason = "printing is what a benchmark is for")]
#![expect(
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::unchecked_time_subtraction,
    reason = "a benchmark reads the clock, and idleness is a time in which nothing is done"
)]

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use chat_server::{Config, Server};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tokio_util::sync::CancellationToken;

/// Starts that are timed.
const STARTS: usize = 20;

/// Keys that are timed.
const KEYS: usize = 500;

/// How long an idle screen is watched.
const IDLE: Duration = Duration::from_secs(5);

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The end of a frame: the end of synchronized output.
const FRAME_END: &[u8] = b"\x1b[?2026l";

fn main() {
    let url = serve();
    let mut first_frames: Vec<Duration> = (0..STARTS)
        .map(|n| Screen::start(&url, &format!("me{n}")).1)
        .collect();
    print_times("first frame", &mut first_frames);

    let (mut screen, _) = Screen::start(&url, "me");
    screen.wait_for(b"members");
    screen.settle();
    let mut echoes: Vec<Duration> = (0..KEYS).map(|_| screen.echo()).collect();
    print_times("key to echo", &mut echoes);

    screen.settle();
    println!("{:<16} {:>9.1} MB", "memory", screen.resident_mb());
    let before = screen.activity();
    std::thread::sleep(IDLE);
    let after = screen.activity();
    println!(
        "{:<16} {:>9.3} ms of CPU, {} wake-ups, {} bytes written in {} s",
        "idle",
        (after.cpu - before.cpu).as_secs_f64() * 1e3,
        after.switches - before.switches,
        screen.drain(),
        IDLE.as_secs()
    );
}

fn print_times(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |per_cent: usize| {
        times
            .get((times.len() - 1) * per_cent / 100)
            .unwrap()
            .as_secs_f64()
            * 1e3
    };
    println!(
        "{what:<16} {:>9.3} ms p50, {:.3} ms p99, {:.3} ms max",
        at(50),
        at(99),
        at(100)
    );
}

/// A server in a thread of this process that ends with it; its URL.
fn serve() -> String {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let server = Server::bind(Config::default()).unwrap();
            tell.send(format!("ws://{}", server.local_addr())).unwrap();
            server.run(CancellationToken::new()).await.unwrap();
        });
    });
    told.recv().unwrap()
}

/// A `chat-tui` in a pseudo-terminal; killed when dropped.
struct Screen {
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    seen: Vec<u8>,
    _state: tempfile::TempDir,
}

/// What a process did so far.
struct Activity {
    cpu: Duration,
    switches: u64,
}

impl Screen {
    /// Starts the program, each time with a new key; the time until its first frame was whole.
    fn start(url: &str, nick: &str) -> (Self, Duration) {
        let state = tempfile::tempdir().unwrap();
        let size = PtySize {
            rows: 28,
            cols: 100,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pty = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_chat-tui"));
        command.args(["--server", url, "--room", "lobby", "--nick", nick]);
        command.env("CHAT_TUI_STATE", state.path());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let mut reader = pty.master.try_clone_reader().unwrap();
        let keyboard = pty.master.take_writer().unwrap();
        let (tell, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if tell.send(buffer.get(..n).unwrap().to_vec()).is_err() {
                    return;
                }
            }
        });
        let started = Instant::now();
        let child = pty.slave.spawn_command(command).unwrap();
        let mut screen = Self {
            child,
            _master: pty.master,
            keyboard,
            output,
            seen: Vec::new(),
            _state: state,
        };
        screen.wait_for(FRAME_END);
        (screen, started.elapsed())
    }

    /// Waits until the program has written these bytes, and forgets all up to them.
    fn wait_for(&mut self, bytes: &[u8]) {
        loop {
            let at = self
                .seen
                .windows(bytes.len())
                .position(|window| window == bytes);
            if let Some(at) = at {
                self.seen.drain(..at + bytes.len());
                return;
            }
            let output = self.output.recv_timeout(PATIENCE).unwrap();
            self.seen.extend(output);
        }
    }

    /// The time from a key until its character is written.
    fn echo(&mut self) -> Duration {
        self.seen.clear();
        let started = Instant::now();
        self.keyboard.write_all(b"x").unwrap();
        self.keyboard.flush().unwrap();
        while !self.seen.contains(&b'x') {
            let output = self.output.recv_timeout(PATIENCE).unwrap();
            self.seen.extend(output);
        }
        let elapsed = started.elapsed();
        self.keyboard.write_all(b"\x7f").unwrap();
        self.settle();
        elapsed
    }

    /// Takes output until there is none for a while.
    fn settle(&mut self) {
        while self.output.recv_timeout(Duration::from_millis(20)) != Err(RecvTimeoutError::Timeout)
        {
        }
    }

    /// Bytes that were written since the last look.
    fn drain(&mut self) -> usize {
        self.output.try_iter().map(|output| output.len()).sum()
    }

    fn proc(&self, file: &str) -> String {
        let id = self.child.process_id().unwrap();
        std::fs::read_to_string(format!("/proc/{id}/{file}")).unwrap()
    }

    fn resident_mb(&self) -> f64 {
        field(&self.proc("status"), "VmRSS:") as f64 / 1024.0
    }

    /// Of all threads together.
    fn activity(&self) -> Activity {
        let id = self.child.process_id().unwrap();
        let mut activity = Activity {
            cpu: Duration::ZERO,
            switches: 0,
        };
        for task in std::fs::read_dir(format!("/proc/{id}/task")).unwrap() {
            let task = task.unwrap().path();
            let status = std::fs::read_to_string(task.join("status")).unwrap();
            activity.switches += field(&status, "voluntary_ctxt_switches:");
            let stat = std::fs::read_to_string(task.join("schedstat")).unwrap();
            activity.cpu += Duration::from_nanos(stat.split(' ').next().unwrap().parse().unwrap());
        }
        activity
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn field(status: &str, name: &str) -> u64 {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}
