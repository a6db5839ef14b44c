//! A pseudo-terminal with a program in it and a terminal emulator that reads and answers it.
//!
//! Nothing here waits for a time: every wait is for output, an exit or the deadline that fails the test.

use std::io::{Read, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

mod emulator;
mod programs;

pub(crate) use emulator::{Answers, Screen, cursors_after_frames};
pub(crate) use programs::{chat_server, example};

use emulator::Emulator;

/// Everything a test waits for comes long before; on a loaded machine too.
const DEADLINE: Duration = Duration::from_secs(20);

/// A running program and what its terminal shows.
pub(crate) struct Pty {
    shared: Arc<Shared>,
    writer: Option<SharedWriter>,
    master: Option<Box<dyn MasterPty + Send>>,
    reader: Option<JoinHandle<()>>,
    pid: Pid,
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// By itself, with this code.
    Code(u32),
    /// By a signal of this name.
    Killed(String),
}

type SharedWriter = Arc<Mutex<Box<dyn Write + Send>>>;

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    emulator: Emulator,
    paused: bool,
    hanging_up: bool,
    exit: Option<Exit>,
}

impl Pty {
    /// Starts the program in a terminal of that size, with no environment but this.
    pub(crate) fn spawn(
        program: &str,
        args: &[&str],
        env: &[(&str, &str)],
        (columns, rows): (u16, u16),
        answers: Answers,
    ) -> Self {
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("PATH", std::env::var("PATH").unwrap_or_default());
        for (name, value) in env {
            command.env(name, value);
        }
        let pair = native_pty_system()
            .openpty(size(columns, rows))
            .expect("a pseudo-terminal");
        let mut child = pair.slave.spawn_command(command).expect("a program");
        drop(pair.slave);
        let pid = child.process_id().and_then(|id| i32::try_from(id).ok());
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                emulator: Emulator::new(columns, rows, answers),
                paused: false,
                hanging_up: false,
                exit: None,
            }),
            changed: Condvar::new(),
        });
        let writer: SharedWriter =
            Arc::new(Mutex::new(pair.master.take_writer().expect("a writer")));
        let reader = {
            let (shared, writer) = (Arc::clone(&shared), Arc::clone(&writer));
            let output = pair.master.try_clone_reader().expect("a reader");
            thread::spawn(move || shared.read(output, &writer))
        };
        {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let status = child.wait().expect("an exit status");
                let exit = status.signal().map_or_else(
                    || Exit::Code(status.exit_code()),
                    |name| Exit::Killed(name.to_owned()),
                );
                guard(&shared.state).exit = Some(exit);
                shared.changed.notify_all();
            });
        }
        Self {
            shared,
            writer: Some(writer),
            master: Some(pair.master),
            reader: Some(reader),
            pid: pid.and_then(Pid::from_raw).expect("a process id"),
        }
    }

    /// Types.
    pub(crate) fn send(&self, bytes: impl AsRef<[u8]>) {
        let writer = self.writer.as_ref().expect("no hang-up before");
        guard(writer)
            .write_all(bytes.as_ref())
            .expect("a terminal that takes keys");
    }

    /// Waits until the screen is as the test wants it, and returns it.
    #[track_caller]
    pub(crate) fn wait_for(&self, what: &str, wanted: impl Fn(&Screen) -> bool) -> Screen {
        let (state, timeout) = self
            .shared
            .changed
            .wait_timeout_while(guard(&self.shared.state), DEADLINE, |state| {
                !wanted(&state.emulator.screen())
            })
            .unwrap_or_else(PoisonError::into_inner);
        let screen = state.emulator.screen();
        assert!(
            !timeout.timed_out(),
            "no {what}; exit {:?}, cursor {:?}, screen:\n{}",
            state.exit,
            screen.cursor,
            screen.lines.join("\n")
        );
        screen
    }

    /// Waits until a row holds the text.
    #[track_caller]
    pub(crate) fn wait_for_text(&self, text: &str) -> Screen {
        self.wait_for(&format!("{text:?}"), |screen| screen.shows(text))
    }

    /// Expects that nothing is written for so long.
    #[track_caller]
    pub(crate) fn assert_silent(&self, duration: Duration) {
        let state = guard(&self.shared.state);
        let before = state.emulator.written();
        let (state, timeout) = self
            .shared
            .changed
            .wait_timeout_while(state, duration, |state| state.emulator.written() == before)
            .unwrap_or_else(PoisonError::into_inner);
        assert!(
            timeout.timed_out(),
            "{} bytes were written",
            state.emulator.written() - before
        );
    }

    /// What the terminal shows now.
    pub(crate) fn screen(&self) -> Screen {
        guard(&self.shared.state).emulator.screen()
    }

    /// Gives the answers that were held back, and from now on each at once.
    pub(crate) fn answer(&self) {
        let held = guard(&self.shared.state).emulator.release();
        self.send(held);
    }

    /// Changes the size; the program is told by the system.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        guard(&self.shared.state).emulator.resize(columns, rows);
        self.master
            .as_ref()
            .expect("no hang-up before")
            .resize(size(columns, rows))
            .expect("a terminal that can be resized");
    }

    /// The terminal stops reading what the program writes, or reads on.
    pub(crate) fn pause(&self, paused: bool) {
        guard(&self.shared.state).paused = paused;
        self.shared.changed.notify_all();
    }

    /// The modes of the terminal device (line by line or raw, echo, signals), all that there are.
    pub(crate) fn modes(&self) -> String {
        let master = self.master.as_ref().expect("no hang-up before");
        format!("{:?}", master.get_termios().expect("the modes"))
    }

    /// The program's process.
    pub(crate) fn pid(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    /// Sends the program a signal.
    pub(crate) fn kill(&self, signal: Signal) {
        kill_process(self.pid, signal).expect("a running program");
    }

    /// Closes the terminal, as when its window is closed or a connection is lost.
    ///
    /// The program must draw something when its terminal is resized.
    pub(crate) fn hang_up(&mut self) {
        let (columns, rows) = {
            let mut state = guard(&self.shared.state);
            state.hanging_up = true;
            state.emulator.size()
        };
        // The reader holds the terminal open until it reads something.
        self.resize(columns, rows - 1);
        if let Some(reader) = self.reader.take() {
            reader.join().expect("a reader that did not panic");
        }
        self.writer = None;
        self.master = None;
    }

    /// Waits for the end of the program.
    #[track_caller]
    pub(crate) fn wait_exit(&self) -> Exit {
        let (state, _) = self
            .shared
            .changed
            .wait_timeout_while(guard(&self.shared.state), DEADLINE, |state| {
                state.exit.is_none()
            })
            .unwrap_or_else(PoisonError::into_inner);
        let screen = state.emulator.screen();
        let exit = state.exit.clone();
        drop(state);
        exit.unwrap_or_else(|| panic!("no exit; screen:\n{}", screen.lines.join("\n")))
    }

    /// Waits for the end of the program and reads everything it wrote.
    #[track_caller]
    pub(crate) fn finish(mut self) -> (Exit, Screen) {
        let exit = self.wait_exit();
        if let Some(reader) = self.reader.take() {
            reader.join().expect("a reader that did not panic");
        }
        (exit, self.screen())
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        self.pause(false);
        if guard(&self.shared.state).exit.is_none() {
            match kill_process(self.pid, Signal::KILL) {
                // It may have ended in between.
                Ok(()) | Err(_) => {}
            }
        }
    }
}

impl Shared {
    fn read(&self, mut output: Box<dyn Read + Send>, writer: &SharedWriter) {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let state = guard(&self.state);
            let going = self.changed.wait_while(state, |state| state.paused);
            drop(going.unwrap_or_else(PoisonError::into_inner));
            let Ok(read @ 1..) = output.read(&mut buffer) else {
                return;
            };
            let mut state = guard(&self.state);
            if state.hanging_up {
                return;
            }
            let answers = state.emulator.take(buffer.get(..read).unwrap_or_default());
            drop(state);
            self.changed.notify_all();
            if !answers.is_empty() && guard(writer).write_all(&answers).is_err() {
                return;
            }
        }
    }
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
