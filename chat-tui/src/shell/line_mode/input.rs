//! What comes in: bytes to lines, lines to what the person wants. No file and no session.

use protocol::names::{MessageText, Nick, TextError, Topic};
use protocol::position::Position;
use protocol::request::SendKind;
use protocol::search::SearchText;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

/// The longest line in bytes; a longer one is dropped as it comes in, and refused.
///
/// A text of the longest allowed size still fits when each of its characters is decomposed into three and written as `\uXXXX`.
pub const LINE_BYTES_MAX: usize = 128 * 1024;

/// Cuts bytes into lines.
///
/// Holds at most one line beyond what it was last fed.
#[derive(Debug, Default)]
pub struct Lines {
    buffer: Vec<u8>,
    /// Bytes of `buffer` that are given out already.
    given: usize,
    /// Bytes behind `given` in which no line ends.
    searched: usize,
    /// Whether the line that comes in is too long already.
    dropping: bool,
    ended: bool,
    number: u64,
}

/// One line that is not empty, or stands for one that was too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counts every line of the input from 1, empty ones too.
    pub number: u64,
    /// Its bytes without its end; nothing where there were more than [`LINE_BYTES_MAX`].
    pub bytes: Option<Vec<u8>>,
}

impl Lines {
    /// Takes the next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.given);
        self.given = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Nothing more comes: what stands behind the last line feed is a line too.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// The number of the last line that was given out or skipped.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The next line that is not empty, where a whole one is here.
    pub fn next_line(&mut self) -> Option<Line> {
        loop {
            let rest = self.buffer.get(self.given..).unwrap_or_default();
            let unsearched = rest.get(self.searched..).unwrap_or_default();
            let Some(at) = unsearched.iter().position(|&byte| byte == b'\n') else {
                return self.unfinished();
            };
            let length = self.searched + at;
            let line = rest.get(..length).unwrap_or_default().to_vec();
            self.given += length + 1;
            self.searched = 0;
            if let Some(line) = self.finish(line) {
                return Some(line);
            }
        }
    }

    fn unfinished(&mut self) -> Option<Line> {
        let length = self.buffer.len() - self.given;
        // One more for the carriage return that is no part of the line.
        if length > LINE_BYTES_MAX + 1 {
            self.dropping = true;
        }
        if self.dropping {
            self.given = self.buffer.len();
        }
        self.searched = self.buffer.len() - self.given;
        if !self.ended || (length == 0 && !self.dropping) {
            return None;
        }
        let line = self.buffer.split_off(self.given);
        self.searched = 0;
        self.finish(line)
    }

    fn finish(&mut self, mut line: Vec<u8>) -> Option<Line> {
        self.number += 1;
        let number = self.number;
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        let too_long = std::mem::take(&mut self.dropping) || line.len() > LINE_BYTES_MAX;
        if too_long {
            return Some(Line {
                number,
                bytes: None,
            });
        }
        (!line.is_empty()).then_some(Line {
            number,
            bytes: Some(line),
        })
    }
}

/// How lines are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Each line is a text.
    Text,
    /// Each line is a text, or a command where it begins with one slash.
    Commands,
    /// Each line is a JSON object.
    Json,
}

/// What a line wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// To say something.
    Say {
        /// As what.
        kind: SendKind,
        /// The text.
        text: MessageText,
        /// The message that it answers.
        reply_to: Option<Position>,
    },
    /// To answer the last message of somebody in the room.
    Reply {
        /// Whose.
        nick: Nick,
        /// The answer.
        text: MessageText,
    },
    /// To say something to one person.
    Whisper {
        /// Whom.
        nick: Nick,
        /// The text.
        text: MessageText,
    },
    /// Another nick.
    Nick(Nick),
    /// Another topic of the room.
    Topic(Topic),
    /// The rooms of the server.
    Rooms,
    /// What was said of something.
    Search(SearchText),
    /// The fingerprints of the own key and the server's.
    Key,
    /// The fingerprint of a member.
    Whois(Nick),
    /// The commands.
    Help,
    /// To end.
    Quit,
}

/// Why a line is refused, for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// More bytes than a line may have.
    #[error("the line has more than {LINE_BYTES_MAX} bytes; split it")]
    TooLong,
    /// Not UTF-8.
    #[error("the line is not UTF-8 from byte {at} on; convert it")]
    NotUtf8 {
        /// The first wrong byte, from 1.
        at: usize,
    },
    /// The text breaks a rule.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The name breaks a rule.
    #[error(transparent)]
    Name(#[from] protocol::names::NameError),
    /// Not the object that is read.
    #[error("the line is no object with a \"text\": {0}")]
    Json(String),
    /// A command that there is not.
    #[error("there is no command /{0} in line mode; /help lists them, //{0} says /{0}")]
    NoSuchCommand(String),
    /// A command that there is not, but nearly.
    #[error(
        "there is no command /{name} in line mode; did you mean /{nearest}? /help lists them, //{name} says /{name}"
    )]
    Misspelt {
        /// What was written.
        name: String,
        /// The command that is the least different.
        nearest: &'static str,
    },
    /// Nobody of that nick said anything that was printed.
    #[error("{0} said nothing here that /reply could answer")]
    NothingToAnswer(String),
    /// A command without what it needs.
    #[error("write {0}")]
    Incomplete(&'static str),
}

/// What `/help` says.
pub const COMMANDS: &str = "/me TEXT, /reply NICK TEXT, /w NICK TEXT, /nick NICK, /topic TEXT, /rooms, /search TEXT, /key, /whois NICK, /quit; //x says /x";

/// Reads one line.
pub fn read(line: &Line, reading: Reading) -> Result<Entry, LineError> {
    let bytes = line.bytes.as_deref().ok_or(LineError::TooLong)?;
    let text = std::str::from_utf8(bytes).map_err(|error| LineError::NotUtf8 {
        at: error.valid_up_to() + 1,
    })?;
    match reading {
        Reading::Text => said(SendKind::Message, text),
        Reading::Commands => match text.strip_prefix('/') {
            None => said(SendKind::Message, text),
            Some(rest) if rest.starts_with('/') => said(SendKind::Message, rest),
            Some(rest) => command(rest),
        },
        Reading::Json => object(text),
    }
}

/// Texts are taken as they are but for NFC: a carriage return inside is refused as any other control character, and not turned
/// into a line break that nobody wrote.
fn checked(text: &str) -> Result<MessageText, TextError> {
    MessageText::new(text.nfc().collect())
}

fn said(kind: SendKind, text: &str) -> Result<Entry, LineError> {
    Ok(Entry::Say {
        kind,
        text: checked(text)?,
        reply_to: None,
    })
}

fn command(line: &str) -> Result<Entry, LineError> {
    let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
    match name {
        "me" if rest.is_empty() => Err(LineError::Incomplete("/me TEXT")),
        "me" => said(SendKind::Action, rest),
        "w" => match rest.trim_start().split_once(' ') {
            Some((nick, text)) => Ok(Entry::Whisper {
                nick: Nick::normalized(nick)?,
                text: checked(text)?,
            }),
            None => Err(LineError::Incomplete("/w NICK TEXT")),
        },
        "reply" => match rest.trim_start().split_once(' ') {
            Some((nick, text)) => Ok(Entry::Reply {
                nick: Nick::normalized(nick.strip_prefix('@').unwrap_or(nick))?,
                text: checked(text)?,
            }),
            None => Err(LineError::Incomplete("/reply NICK TEXT")),
        },
        "nick" if rest.is_empty() => Err(LineError::Incomplete("/nick NICK")),
        "nick" => Ok(Entry::Nick(Nick::normalized(rest)?)),
        "topic" => Ok(Entry::Topic(Topic::normalized(rest)?)),
        "rooms" => Ok(Entry::Rooms),
        "search" if rest.trim().is_empty() => Err(LineError::Incomplete("/search TEXT")),
        "search" => Ok(Entry::Search(SearchText::normalized(rest)?)),
        "key" => Ok(Entry::Key),
        "whois" if rest.is_empty() => Err(LineError::Incomplete("/whois NICK")),
        "whois" => Ok(Entry::Whois(Nick::normalized(rest)?)),
        "help" => Ok(Entry::Help),
        "quit" => Ok(Entry::Quit),
        _ => Err(no_command(name)),
    }
}

/// The names of the commands.
const NAMES: [&str; 11] = [
    "me", "w", "reply", "nick", "topic", "rooms", "search", "key", "whois", "help", "quit",
];

/// Letters in which a misspelt command may differ from one that there is; a path such as /etc is none.
const MISSPELT_MAX: usize = 2;

fn no_command(name: &str) -> LineError {
    let name: String = name.chars().take(32).collect();
    let distance = |known: &&str| strsim::damerau_levenshtein(known, &name);
    let nearest = NAMES.into_iter().min_by_key(distance);
    let is_near = |known: &&str| distance(known) <= MISSPELT_MAX.min(known.len() / 2);
    match nearest.filter(is_near) {
        Some(nearest) => LineError::Misspelt { name, nearest },
        None => LineError::NoSuchCommand(name),
    }
}

/// A line of JSON input. A member that it does not have is refused: a misspelt `reply_to` must not be lost without a word.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Object {
    text: String,
    #[serde(default)]
    kind: SendKind,
    #[serde(default)]
    reply_to: Option<Position>,
}

fn object(line: &str) -> Result<Entry, LineError> {
    let object: Object = serde_json::from_str(line).map_err(|error| json_error(&error))?;
    Ok(Entry::Say {
        kind: object.kind,
        text: checked(&object.text)?,
        reply_to: object.reply_to,
    })
}

/// The parser counts lines too, and in its one line each error would stand "at line 1".
fn json_error(error: &serde_json::Error) -> LineError {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let why = text.strip_suffix(&place).unwrap_or(&text);
    LineError::Json(format!("{why}, at byte {}", error.column()))
}

#[cfg(test)]
mod tests;
