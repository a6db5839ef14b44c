//! The person's editor: a file with the draft, the terminal lent to it, the text that comes back. The connection goes on meanwhile.
//!
//! While it is open nothing of the terminal is read here, so the editor gets every byte that is typed.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::process::ExitStatus;

use protocol::position::Address;
use rustix::process::{Pid, Signal as Number, getpid, kill_process};
use tempfile::NamedTempFile;
use tokio::process::{Child, Command};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{App, EXIT_HANG_UP, EXIT_TERMINATE, Work};
use crate::model::words::{Words, fill};
use crate::update::{Edited, Msg};

/// A text from an editor in bytes; a longer one stays in its file, and its name is told.
pub(super) const EDITED_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Signs by which a command is more than a program and its arguments, so that a shell has to stay with it.
const SHELL_SIGNS: &str = "|&;<>()$`\"'=*?[#~%\\\n";

/// An editor that is open.
#[derive(Debug)]
pub(super) struct Editing {
    child: Child,
    file: NamedTempFile,
    room: Option<Address>,
    signals: Signals,
}

/// The signals that end or stop the program; the thread that looks for them otherwise rests with the terminal.
#[derive(Debug)]
struct Signals {
    hang_up: Signal,
    terminate: Signal,
    suspend: Signal,
}

/// What happens while an editor is open.
#[derive(Debug)]
pub(super) enum Happened {
    /// It was left.
    Left(io::Result<ExitStatus>),
    /// The program has to end with this code.
    End(u8),
    /// The editor stops itself and its whole group, which is ours too.
    Stop,
}

impl Editing {
    /// Writes the draft into a file that nobody else can read and opens the editor on it.
    fn open(room: Option<Address>, text: &str) -> io::Result<Self> {
        let mut file = tempfile::Builder::new()
            .prefix("chat-tui-")
            .suffix(".txt")
            .tempfile()?;
        if !text.is_empty() {
            file.write_all(text.as_bytes())?;
            file.write_all(b"\n")?;
        }
        file.flush()?;
        let signals = Signals {
            hang_up: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            suspend: signal(SignalKind::from_raw(Number::TSTP.as_raw()))?,
        };
        let editor = editor();
        // A shell in between would be ended by a Ctrl+C that the editor takes.
        let exec = if editor.contains(|c| SHELL_SIGNS.contains(c)) {
            ""
        } else {
            "exec "
        };
        let line = format!("{exec}{editor} \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &line, "editor"]).arg(file.path());
        Ok(Self {
            child: command.spawn()?,
            file,
            room,
            signals,
        })
    }

    /// The next thing to happen. May be dropped before.
    pub(super) async fn next(&mut self) -> Happened {
        let Signals {
            hang_up,
            terminate,
            suspend,
        } = &mut self.signals;
        tokio::select! {
            biased;
            left = self.child.wait() => Happened::Left(left),
            _ = terminate.recv() => Happened::End(EXIT_TERMINATE),
            _ = hang_up.recv() => Happened::End(EXIT_HANG_UP),
            _ = suspend.recv() => Happened::Stop,
        }
    }

    /// What the person left in the file.
    fn text(self, status: io::Result<ExitStatus>, words: &Words) -> Edited {
        match status {
            Ok(status) if status.success() => {}
            Ok(status) => return Edited::Failed(status.to_string()),
            Err(error) => return Edited::Failed(words.system(&error)),
        }
        match read(&self.file, words) {
            Ok(text) => Edited::Text(Some(text)),
            // What was written there is worth more than a tidy directory.
            Err(why) => match self.file.keep() {
                Ok((_, path)) => Edited::Failed(format!("{why} ({})", path.display())),
                Err(error) => Edited::Failed(format!("{why} ({error})")),
            },
        }
    }

    fn end(&self) {
        let pid = self.child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(pid) = pid.and_then(Pid::from_raw) {
            match kill_process(pid, Number::TERM) {
                // It has ended already.
                Ok(()) | Err(_) => {}
            }
        }
    }
}

impl App {
    /// Lends the terminal to the person's editor.
    pub(super) fn edit(&mut self, room: Option<Address>, text: &str) {
        let opened = match self.terminal.lend() {
            Ok(()) => Editing::open(room.clone(), text),
            Err(error) => Err(error),
        };
        match opened {
            Ok(editing) => self.editing = Some(editing),
            Err(error) => {
                self.take_terminal_back();
                let edited = Edited::Failed(error.to_string());
                self.work
                    .push_back(Work::Model(Msg::Edited { room, edited }));
            }
        }
    }

    /// Something happened while an editor is open.
    pub(super) fn editor_happened(&mut self, happened: Happened) {
        match happened {
            Happened::Left(status) => {
                self.take_terminal_back();
                if let Some(editing) = self.editing.take() {
                    let room = editing.room.clone();
                    let edited = editing.text(status, self.model.words());
                    self.work
                        .push_back(Work::Model(Msg::Edited { room, edited }));
                }
            }
            Happened::End(code) => {
                if let Some(editing) = &self.editing {
                    editing.end();
                }
                self.end = Some(code);
            }
            // The shell sees the group stopped only when its leader is; who continues it continues the editor too.
            Happened::Stop => {
                if let Err(error) = kill_process(getpid(), Number::STOP) {
                    self.work
                        .push_back(Work::Model(Msg::Trouble(error.to_string())));
                }
            }
        }
    }

    fn take_terminal_back(&mut self) {
        if let Err(error) = self.terminal.take_back() {
            self.work
                .push_back(Work::Model(Msg::Trouble(error.to_string())));
        }
        self.restore_title();
    }
}

/// The command that the person chose for editing.
fn editor() -> String {
    let chosen = |name| {
        std::env::var(name)
            .ok()
            .filter(|value| !value.trim().is_empty())
    };
    chosen("VISUAL")
        .or_else(|| chosen("EDITOR"))
        .unwrap_or_else(|| "vi".to_owned())
}

/// The text of the file, which the editor may have put anew in its place.
fn read(file: &NamedTempFile, words: &Words) -> Result<String, String> {
    let open = File::open(file.path()).map_err(|error| words.system(&error))?;
    let mut bytes = Vec::new();
    open.take(EDITED_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| words.system(&error))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > EDITED_BYTES_MAX {
        return Err(fill(words.edited_long, &[&EDITED_BYTES_MAX.to_string()]));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        fill(words.edited_not_utf8, &[&(at + 1).to_string()])
    })
}
