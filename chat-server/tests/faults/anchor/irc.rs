//! ngircd, an IRC server. It keeps nothing, acknowledges nothing and resumes nothing; what it takes a PING behind for is taken as
//! acknowledged.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::log::{Content, Members, Room, Seen, Start};
use crate::subject::{Heard, Link, Lost, Named, Promises, Say, Subject, Who};

/// A longer text does not fit into a line of 512 bytes, and is refused here.
const TEXT_BYTES_MAX: usize = 400;

/// The server's settings but for its port: no delays, no look-ups, and waits as short as it has them.
const SETTINGS: &str = "\
[Global]
Name = irc.test
Info = test
AdminInfo1 = test
Listen = 127.0.0.1
[Limits]
MaxConnectionsIP = 0
MaxPenaltyTime = 0
PingTimeout = 1
PongTimeout = 1
[Options]
DNS = no
Ident = no
PAM = no
[Global]
";

/// The installed server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Irc;

impl Irc {
    /// Looks for the program; gives its version, or a sentence.
    pub(crate) fn find() -> Result<String, String> {
        let output = Command::new("ngircd").arg("--version").output();
        let output = output.map_err(|error| {
            format!("ngircd does not start ({error}); the comparison with it needs its package")
        })?;
        let words = String::from_utf8_lossy(&output.stdout);
        let version = words.split(['-', '\n']).next().unwrap_or_default();
        Ok(version.to_owned())
    }
}

impl Subject for Irc {
    type Memory = ();
    type Link = IrcLink;

    fn name(&self) -> &'static str {
        "ngircd"
    }

    fn promises(&self) -> Promises {
        Promises {
            acks: true,
            positions: false,
            once: false,
            resume: false,
            history: false,
            members: false,
            nicks: false,
            points: false,
            keeps_tail: true,
            nick_bound_ms: 0,
            silence_ms: None,
        }
    }

    fn prepare(&self, data: &Path, _: bool) -> io::Result<Vec<Say>> {
        std::fs::create_dir_all(data)?;
        Ok(Vec::new())
    }

    fn server(&self, data: &Path, _: Option<&str>) -> Command {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr());
        let port = free.map_or(0, |address| address.port());
        let settings = data.join("ngircd.conf");
        let written = std::fs::write(&settings, format!("{SETTINGS}Ports = {port}\n"));
        let mut command = Command::new("ngircd");
        if written.is_ok() {
            command.args(["--nodaemon", "--config"]).arg(settings);
        }
        command
    }

    fn listening(&self, line: &str) -> Option<SocketAddr> {
        let (_, rest) = line.split_once("Now listening on [127.0.0.1]:")?;
        let port = rest.split(' ').next()?.parse().ok()?;
        Some((Ipv4Addr::LOCALHOST, port).into())
    }

    async fn dial(&self, who: &Who, address: SocketAddr, (): &mut ()) -> Result<IrcLink, Lost> {
        IrcLink::dial(who, address).await
    }

    async fn history(&self, _: SocketAddr, _: Room) -> Result<Vec<Seen>, Lost> {
        Err(Lost::Gone("it keeps no history".to_owned()))
    }

    fn terminal(&self, _: SocketAddr, _: &Who, _: &Path) -> Option<Command> {
        None
    }
}

/// One connection.
pub(crate) struct IrcLink {
    stream: TcpStream,
    nick: String,
    came: Vec<u8>,
    ready: VecDeque<Heard>,
}

impl IrcLink {
    async fn dial(who: &Who, address: SocketAddr) -> Result<Self, Lost> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut link = Self {
            stream,
            // Two programs of one person are two nicks here.
            nick: format!("c{}", who.client),
            came: Vec::new(),
            ready: VecDeque::new(),
        };
        let hello = format!("NICK {0}\r\nUSER {0} 0 * :{0}\r\n", link.nick);
        link.put(&hello).await?;
        loop {
            let came = link.line().await?;
            match words(&came) {
                (_, "001", _) => break,
                (_, "433", _) => return Err(Lost::NickTaken),
                _ => link.answer(&came).await?,
            }
        }
        for room in &who.rooms {
            link.put(&format!("JOIN #room{room}\r\n")).await?;
        }
        Ok(link)
    }

    async fn put(&mut self, lines: &str) -> Result<(), Lost> {
        Ok(self.stream.write_all(lines.as_bytes()).await?)
    }

    async fn line(&mut self) -> Result<String, Lost> {
        loop {
            if let Some(end) = self.came.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.came.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            self.stream.readable().await?;
            let mut part = [0; 4096];
            match self.stream.try_read(&mut part) {
                Ok(0) => return Err(Lost::Gone("the connection ended".to_owned())),
                Ok(length) => self.came.extend(&part[..length]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn answer(&mut self, line: &str) -> Result<(), Lost> {
        match line.strip_prefix("PING ") {
            Some(token) => self.put(&format!("PONG {token}\r\n")).await,
            None => Ok(()),
        }
    }
}

impl Link for IrcLink {
    type Memory = ();

    fn named(&self) -> Named {
        Named {
            skeleton: self.nick.clone(),
            person: self.nick.clone(),
            owned: false,
        }
    }

    async fn say(&mut self, (): &mut (), say: &Say) -> Result<(), Lost> {
        let Say {
            content,
            room,
            text,
        } = say;
        if text.len() > TEXT_BYTES_MAX {
            self.ready.push_back(Heard::Refused {
                content: *content,
                again: false,
            });
            return Ok(());
        }
        let lines = format!("PRIVMSG #room{room} :{text}\r\nPING :{content}\r\n");
        self.put(&lines).await
    }

    fn forget(&mut self, (): &mut (), _: &Say) {}

    async fn next(&mut self, (): &mut ()) -> Result<Vec<Heard>, Lost> {
        if !self.ready.is_empty() {
            return Ok(self.ready.drain(..).collect());
        }
        let line = self.line().await?;
        self.answer(&line).await?;
        Ok(heard(&line))
    }

    fn members(&self, _: Room) -> Option<Members> {
        None
    }

    async fn goodbye(mut self) {
        if self.put("QUIT\r\n").await.is_ok() {
            while self.line().await.is_ok() {}
        }
    }
}

/// Who says it, what it is, and the rest.
fn words(line: &str) -> (&str, &str, &str) {
    let (from, rest) = match line.strip_prefix(':') {
        Some(line) => line.split_once(' ').unwrap_or((line, "")),
        None => ("", line),
    };
    let (what, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    (from, what, rest)
}

fn heard(line: &str) -> Vec<Heard> {
    let (_, what, rest) = words(line);
    let (before, text) = rest.split_once(" :").unwrap_or((rest, ""));
    let channel = before
        .split(' ')
        .find_map(|word| word.strip_prefix("#room"));
    let room: Option<Room> = channel.and_then(|room| room.parse().ok());
    match (what, room) {
        ("PRIVMSG", Some(room)) => {
            let seen = Seen {
                text: text.to_owned(),
                id: None,
                at: None,
            };
            vec![Heard::Message { room, seen }]
        }
        // The end of the list of names is the end of a join.
        ("366", Some(room)) => vec![
            Heard::Entered {
                room,
                start: Start::Latest,
                head: None,
            },
            Heard::CaughtUp { room },
        ],
        ("PONG", _) => Content::of(text)
            .map(|content| Heard::Acked { content, at: None })
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}
