//! The file of settings: what it says, and what is wrong with it. It is only ever read; the program never writes it.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use protocol::names::{Nick, RoomName};

use super::{Arguments, HoursName, LanguageName, PaletteName, ThemeName};
use crate::model::keys::Keys;
use crate::model::log::Hours;
use crate::model::status::Note;
use crate::model::words::{Language, Said, Words, fill};
use crate::model::{Palette, ThemeChoice};
use crate::shell::line_mode::args::TIMEOUT_S;

mod fault;
mod keys;
mod kinds;
mod parse;
mod settings;

pub use fault::{Fault, Wrong};
pub use settings::printed;

/// The largest file in bytes. It is read before the first frame; a larger one is not read, and an error says so.
pub const FILE_BYTES_MAX: usize = 64 * 1024;

/// Most faults that are told of a file, from its top; the rest is told once these are mended.
pub const FAULTS_MAX: usize = 50;

/// What the file says; where it says nothing, the default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSettings {
    /// The server, in a form that can be dialled.
    pub server: Option<String>,
    /// The rooms to enter: the first one is shown.
    pub rooms: Vec<RoomName>,
    /// The name to go by.
    pub nick: Option<Nick>,
    /// The certificates that are believed.
    pub ca: Option<PathBuf>,
    /// The file of the key.
    pub identity: Option<PathBuf>,
    /// Where a server that is opened here keeps its data.
    pub data: Option<PathBuf>,
    /// The language of the interface.
    pub lang: Option<LanguageName>,
    /// How the hours of a day are counted.
    pub time: HoursName,
    /// Words that mention the person.
    pub mention: Vec<String>,
    /// How light and strong the colours are.
    pub theme: ThemeName,
    /// For whose eyes the colours are.
    pub palette: PaletteName,
    /// Whether the program takes the mouse.
    pub mouse: bool,
    /// Whether no unambiguous keys are asked for.
    pub plain_keys: bool,
    /// Whether there is no screen.
    pub plain: bool,
    /// Messages that line mode prints first.
    pub history: u32,
    /// Seconds after which line mode gives up; 0 is never.
    pub timeout: u32,
    /// What the keys do.
    pub keys: Keys,
}

impl Default for FileSettings {
    fn default() -> Self {
        Self {
            server: None,
            rooms: Vec::new(),
            nick: None,
            ca: None,
            identity: None,
            data: None,
            lang: None,
            time: HoursName(Hours::Day),
            mention: Vec::new(),
            theme: ThemeName(ThemeChoice::Auto),
            palette: PaletteName(Palette::Usual),
            mouse: true,
            plain_keys: false,
            plain: false,
            history: 0,
            timeout: TIMEOUT_S,
            keys: Keys::default(),
        }
    }
}

/// A file that was read: what it says, and what of it is not used. Without a file there is nothing in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What it says.
    pub settings: FileSettings,
    /// What is wrong with it, from its top.
    pub faults: Vec<Fault>,
}

/// Why the file could not be read at all.
#[derive(Debug)]
pub enum Unread {
    /// The system does not give it.
    Failed {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Reading something else may never end.
    NoFile(PathBuf),
    /// It is too large.
    TooLarge(PathBuf),
}

impl Unread {
    /// One sentence that says what to do.
    pub fn told(&self, language: Language) -> String {
        const FAILED: Said = Said(
            "{0} cannot be read: {1}; give yourself the right to read it, or remove it",
            "{0}{0:을/를} 읽을 수 없습니다: {1}. 읽을 권한을 주거나 지우세요",
        );
        const NO_FILE: Said = Said(
            "{0} is no file; put a file there, or nothing",
            "{0}{0:은/는} 파일이 아닙니다. 파일을 두거나 비워 두세요",
        );
        const TOO_LARGE: Said = Said(
            "{0} has more than {1} bytes; shorten it",
            "{0}{0:이/가} {1}바이트를 넘습니다. 줄이세요",
        );
        let say = |said: Said, path: &Path, value: &str| {
            let path = path.display().to_string();
            fill(said.in_language(language), &[&path, value])
        };
        match self {
            Self::Failed { path, error } => say(FAILED, path, &error.to_string()),
            Self::NoFile(path) => say(NO_FILE, path, ""),
            Self::TooLarge(path) => say(TOO_LARGE, path, &FILE_BYTES_MAX.to_string()),
        }
    }
}

/// Reads the file; nothing where there is none.
pub fn read(path: &Path) -> Result<Option<Found>, Unread> {
    let failed = |error| Unread::Failed {
        path: path.to_owned(),
        error,
    };
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(Unread::NoFile(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    }
    let mut content = Vec::new();
    let most = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX);
    let file = File::open(path).map_err(failed)?;
    let read = file.take(most.saturating_add(1)).read_to_end(&mut content);
    read.map_err(failed)?;
    if content.len() > FILE_BYTES_MAX {
        return Err(Unread::TooLarge(path.to_owned()));
    }
    Ok(Some(parse::parse(&content)))
}

/// What the person is told at the start of a file that is not used as it stands; nothing where all is well.
pub fn note(read: &Result<Option<Found>, Unread>, words: &Words) -> Option<Note> {
    let told = match read {
        Ok(found) => {
            let fault = found.as_ref()?.faults.first()?;
            let line = fault.line.to_string();
            match fault.wrong.setting() {
                Some(setting) => fill(words.config_ignored, &[&line, &setting]),
                None => fill(words.config_broken, &[&line]),
            }
        }
        Err(_) => words.config_unread.to_owned(),
    };
    Some(Note::failure(&told))
}

impl Arguments {
    /// Whether a fault of the file may lead to another server, or there by another key or with less care, than the person meant.
    pub fn is_in_doubt(&self, read: &Result<Option<Found>, Unread>) -> bool {
        let lacks = |setting: &str| match setting {
            "server" => self.server.is_none() && self.host.is_none(),
            "ca" => self.ca.is_none(),
            "identity" => self.identity.is_none() && !self.guest,
            _ => false,
        };
        let is_doubtful = |fault: &Fault| match &fault.wrong {
            Wrong::NotUtf8 | Wrong::NotToml(_) => lacks("server"),
            Wrong::Misspelt { nearest, .. } => lacks(nearest),
            // It stands among the keys, and is not used there.
            Wrong::Misplaced { name, .. } => lacks(name),
            Wrong::Unknown { .. }
            | Wrong::NoAction { .. }
            | Wrong::NoKeys { .. }
            | Wrong::Keys { .. } => false,
            Wrong::Kind { name, .. } | Wrong::Value { name, .. } => lacks(name),
        };
        match read {
            Ok(Some(found)) => {
                // Any setting may stand behind the last fault that is told.
                let is_full = found.faults.len() >= FAULTS_MAX;
                found.faults.iter().any(is_doubtful) || is_full && lacks("server")
            }
            Ok(None) => false,
            Err(_) => lacks("server"),
        }
    }

    /// Takes from the file what the command line does not say.
    #[must_use]
    pub fn with_file(mut self, file: &FileSettings) -> Self {
        if self.server.is_none() && self.host.is_none() {
            self.server.clone_from(&file.server);
        }
        if self.room.is_none() {
            let mut rooms = file.rooms.iter().cloned();
            self.room = rooms.next();
            self.further_rooms = rooms.collect();
        }
        if self.identity.is_none() && !self.guest {
            self.identity.clone_from(&file.identity);
        }
        if self.mention.is_empty() {
            self.mention.clone_from(&file.mention);
        }
        if !self.mouse {
            self.no_mouse |= !file.mouse;
        }
        if !self.no_plain_keys {
            self.plain_keys |= file.plain_keys;
        }
        self.nick = self.nick.or_else(|| file.nick.clone());
        self.ca = self.ca.or_else(|| file.ca.clone());
        self.data = self.data.or_else(|| file.data.clone());
        self.lang = self.lang.or(file.lang);
        self.time = self.time.or(Some(file.time));
        self.theme = self.theme.or(Some(file.theme));
        self.line.history = self.line.history.or(Some(file.history));
        self.line.timeout = self.line.timeout.or(Some(file.timeout));
        if !self.line.no_plain {
            self.line.plain |= file.plain;
        }
        self.keys.clone_from(&file.keys);
        self.palette = self.palette.or(Some(file.palette));
        self
    }
}

#[cfg(test)]
mod tests;
