//! The programs that are measured, and how each gets into the room: ours, and those that are installed beside it.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;
use tempfile::TempDir;

use crate::process::{Server, free_address, program};
use crate::talker::Talker;
use crate::terminal::Terminal;
use crate::texts::{ROOM, Texts};

/// How often somebody says something until the screen shows it, and how long each time is waited.
const CALLS: usize = 50;
const CALL_WAIT: Duration = Duration::from_millis(200);

/// A program for chatting in a terminal.
pub(crate) struct Client {
    pub(crate) name: &'static str,
    /// The file to run, where it is not ours.
    file: Option<&'static str>,
    /// Asks it for its version.
    version: &'static [&'static str],
    /// Writes what it is configured by, and returns what it is called with.
    configure: fn(&Path, SocketAddr, &str) -> Vec<String>,
    /// What is written once its first screen is drawn.
    first_frame: &'static [u8],
    /// What ends each frame, where something does.
    pub(crate) frame_end: Option<&'static [u8]>,
    /// Keys that bring the room to the front.
    enter: &'static [u8],
}

/// Ours first. The others speak IRC; each has the few lines of settings that get it into a channel, and else its defaults.
pub(crate) const CLIENTS: &[Client] = &[
    Client {
        name: "chat-tui",
        file: None,
        version: &["--version"],
        configure: |_, address, nick| {
            let url = format!("ws://{address}");
            ["--server", &url, "--room", ROOM, "--nick", nick]
                .map(str::to_owned)
                .to_vec()
        },
        first_frame: b"\x1b[?2026l",
        frame_end: Some(b"\x1b[?2026l"),
        enter: b"",
    },
    Client {
        name: "WeeChat",
        file: Some("weechat"),
        version: &["--version"],
        configure: |files, address, nick| {
            let url = format!("irc://{nick}@{address}/#{ROOM}");
            vec!["--dir".to_owned(), files.to_str().unwrap().to_owned(), url]
        },
        first_frame: b"weechat",
        frame_end: None,
        enter: b"",
    },
    Client {
        name: "irssi",
        file: Some("irssi"),
        version: &["--version"],
        configure: irssi,
        first_frame: b"https://irssi.org",
        frame_end: None,
        enter: b"\x1b2",
    },
    Client {
        name: "tiny",
        file: Some("tiny"),
        version: &["--version"],
        configure: tiny,
        first_frame: b"mentions",
        frame_end: None,
        enter: b"\x1b3",
    },
];

fn irssi(files: &Path, address: SocketAddr, nick: &str) -> Vec<String> {
    let (host, port) = (address.ip(), address.port());
    let config = format!(
        "servers = ( {{ address = \"{host}\"; chatnet = \"bench\"; port = \"{port}\"; autoconnect = \"yes\"; }} );\n\
         chatnets = {{ bench = {{ type = \"IRC\"; nick = \"{nick}\"; }}; }};\n\
         channels = ( {{ name = \"#{ROOM}\"; chatnet = \"bench\"; autojoin = \"yes\"; }} );\n\
         settings = {{ core = {{ nick = \"{nick}\"; user_name = \"{nick}\"; real_name = \"{nick}\"; }}; }};\n"
    );
    std::fs::write(files.join("config"), config).unwrap();
    vec![format!("--home={}", files.to_str().unwrap())]
}

fn tiny(files: &Path, address: SocketAddr, nick: &str) -> Vec<String> {
    let (host, port) = (address.ip(), address.port());
    let config = format!(
        "servers:\n  - addr: {host}\n    port: {port}\n    tls: false\n    realname: {nick}\n    nicks: [{nick}]\n    \
         join: [\"#{ROOM}\"]\ndefaults:\n  nicks: [{nick}]\n  realname: {nick}\n  join: []\n  tls: false\n"
    );
    let file = files.join("config.yml");
    std::fs::write(&file, config).unwrap();
    vec!["--config".to_owned(), file.to_str().unwrap().to_owned()]
}

impl Client {
    /// The file to run; nothing where it is not installed.
    pub(crate) fn program(&self) -> Option<String> {
        let Some(file) = self.file else {
            return Some(env!("CARGO_BIN_EXE_chat-tui").to_owned());
        };
        program(file).map(|path| path.to_str().unwrap().to_owned())
    }

    /// Its name with its version, as it tells it.
    pub(crate) fn title(&self) -> String {
        let told = self
            .program()
            .and_then(|program| Command::new(program).args(self.version).output().ok());
        let told = told.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let told = told.unwrap_or_default();
        let number = told
            .split_whitespace()
            .find(|word| word.contains('.') && word.contains(|c: char| c.is_ascii_digit()));
        format!("{} {}", self.name, number.unwrap_or_default())
    }

    /// Whether it chats by `chat-server`.
    pub(crate) const fn is_ours(&self) -> bool {
        self.file.is_none()
    }
}

/// One client at one server, with files of its own.
pub(crate) struct Seat<'a> {
    pub(crate) client: &'a Client,
    pub(crate) address: SocketAddr,
    nick: String,
    files: TempDir,
}

impl<'a> Seat<'a> {
    /// Somebody who was never here.
    pub(crate) fn new(client: &'a Client, address: SocketAddr, nick: &str) -> Self {
        let files = tempfile::tempdir().unwrap();
        Self {
            client,
            address,
            nick: nick.to_owned(),
            files,
        }
    }

    /// Starts the program and waits until its first screen is drawn; how long that took, and since when.
    pub(crate) fn start(&self, size: (u16, u16)) -> (Terminal, Duration, Instant) {
        let files = self.files.path();
        let mut command = CommandBuilder::new(self.client.program().unwrap());
        command.args((self.client.configure)(files, self.address, &self.nick));
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", files);
        command.env("CHAT_TUI_STATE", files);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let (mut terminal, started) = Terminal::start(command, size);
        let drawn = terminal.wait_for(self.client.first_frame);
        (terminal, drawn - started, started)
    }

    /// Starts the program and waits until it shows what is said in the room.
    pub(crate) fn enter(&self, size: (u16, u16), texts: &mut Texts) -> (Terminal, Talker) {
        let (mut terminal, _, _) = self.start(size);
        let mut talker = self.talker("jieun");
        for _ in 0..CALLS {
            terminal.types(self.client.enter);
            let (text, mark) = texts.next();
            talker.say(&[text]);
            if terminal.wait_until(&mark, CALL_WAIT).is_some() {
                return (terminal, talker);
            }
        }
        panic!("{} does not show what is said", self.client.name);
    }

    /// Somebody else in the room.
    pub(crate) fn talker(&self, nick: &str) -> Talker {
        if self.client.is_ours() {
            Talker::chat(self.address, nick)
        } else {
            Talker::irc(self.address, nick)
        }
    }
}

/// An IRC server, where one is installed.
pub(crate) fn irc_server() -> Option<Server> {
    let ngircd = program("ngircd")?;
    let (files, address) = (tempfile::tempdir().unwrap(), free_address());
    let path = files.path().join("ngircd.conf");
    let config = include_str!("ngircd.conf").replace("PORT", &address.port().to_string());
    std::fs::write(&path, config).unwrap();
    let mut command = Command::new(ngircd);
    command.arg("--nodaemon").arg("--config").arg(path);
    Some(Server::start(&mut command, address, files))
}
