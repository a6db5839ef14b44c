//! What outlives the program: keys, remembered servers, drafts, what is not sent yet. Nothing here waits for anything but the disk.
//!
//! Every failure is an error that the caller shows; the program goes on without. What is secret or private is readable by
//! nobody else: directories have mode 0700 and files 0600.

use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use protocol::identity::Endpoint;

mod atomic;
mod device;
mod drafts;
mod form;
mod journal;
mod key_text;
mod keys;
mod known_servers;
mod notify;
mod read;

pub use device::{DEVICES_MAX, Device, Purpose};
pub use drafts::DRAFT_BYTES_MAX;
pub use form::LastForm;
pub use journal::{COMPACT_BYTES, JOURNAL_BYTES_MAX};
pub use key_text::{ExportedKey, KEY_TEXT_BYTES_MAX};
pub use keys::{IdentitySource, export, read_key};
pub use known_servers::KNOWN_SERVERS_BYTES_MAX;

/// The environment variable that names one directory for everything.
pub const DIRECTORY_VARIABLE: &str = "CHAT_TUI_STATE";

/// Where the program keeps its files.
#[derive(Clone, Debug)]
pub struct Storage {
    config: PathBuf,
    state: PathBuf,
}

impl Storage {
    /// The person's own directories, or the one that [`DIRECTORY_VARIABLE`] names.
    pub fn open() -> Result<Self, StorageError> {
        if let Some(directory) = std::env::var_os(DIRECTORY_VARIABLE).filter(|d| !d.is_empty()) {
            return Ok(Self::at(directory));
        }
        let base = etcetera::base_strategy::Xdg::new().or(Err(StorageError::NoHome))?;
        let state = base.state_dir().unwrap_or_else(|| base.data_dir());
        Ok(Self {
            config: base.config_dir().join("chat-tui"),
            state: state.join("chat-tui"),
        })
    }

    /// Everything in one directory, which is created when something is written.
    pub fn at(directory: impl Into<PathBuf>) -> Self {
        let directory = directory.into();
        Self {
            config: directory.join("config"),
            state: directory,
        }
    }

    /// The person's file of settings, which is theirs to write.
    pub fn settings_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    fn server_state(&self, endpoint: &Endpoint) -> PathBuf {
        self.state.join("servers").join(server_name(endpoint))
    }
}

/// A server as a file name. Its names on this machine are one server: who dialled `localhost` before is the same person at `127.0.0.1`.
fn server_name(endpoint: &Endpoint) -> String {
    let port = endpoint.as_str().rsplit(':').next().unwrap_or_default();
    if endpoint.is_loopback() {
        file_name(&format!("localhost:{port}"))
    } else {
        file_name(endpoint.as_str())
    }
}

/// What went wrong with a file, for people.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no home directory.
    #[error(
        "there is no home directory to keep anything in; set {DIRECTORY_VARIABLE} to a directory"
    )]
    NoHome,
    /// A directory or file cannot be read.
    #[error("{} cannot be read: {error}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A directory or file cannot be written.
    #[error("{} cannot be written: {error}; what it should keep is lost when the program ends", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file does not hold what it should.
    #[error("{} is damaged; put it right or remove it", path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
    },
    /// A key that others may have taken.
    #[error(
        "others can read the key {} (mode {mode:04o}), so it is not used; if nobody has taken it, make it yours alone with: chmod 600 {0}",
        path.display()
    )]
    OpenToOthers {
        /// Which.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A key is not written over a file.
    #[error("{} is there already and is not written over; name another file, or remove it first", path.display())]
    Taken {
        /// Which.
        path: PathBuf,
    },
    /// The nick has a key of its own already.
    #[error("{} is another key of this nick already and is not written over; to go by the new one, move it away first", path.display())]
    OtherKey {
        /// The file of that key.
        path: PathBuf,
    },
    /// The server has another key already.
    #[error("another key is remembered for {endpoint}; forget it first if the change is expected")]
    OtherServerKey {
        /// The server.
        endpoint: Endpoint,
    },
    /// A draft is too long to be kept.
    #[error("a draft of {bytes} bytes is not kept; at most {DRAFT_BYTES_MAX} are")]
    DraftTooLong {
        /// How long it is.
        bytes: usize,
    },
    /// Every device is in use by another program of this person.
    #[error("{DEVICES_MAX} programs of this nick run on this server already; end one first")]
    AllDevicesBusy,
    /// No random numbers for a new key.
    #[error("this machine gives no random numbers for a key: {0}")]
    NoRandom(getrandom::Error),
}

impl StorageError {
    fn read(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        Self::Read { path, error }
    }

    fn write(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        Self::Write { path, error }
    }
}

/// The name that [`file_name`] gave this file name; nothing where it gave none.
fn name_of_file(file: &str) -> Option<String> {
    let mut name = String::with_capacity(file.len());
    let mut chars = file.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            name.push(c);
            continue;
        }
        let code = chars.next()?.to_digit(16)? * 16 + chars.next()?.to_digit(16)?;
        name.push(char::from_u32(code)?);
    }
    Some(name)
}

/// A name as a file name: one for each name, with no sign that means something to a file system or a shell.
///
/// Names are at most 32 grapheme clusters and 128 bytes, hosts 253 bytes of plain signs, so the result fits the usual 255 bytes.
fn file_name(name: &str) -> String {
    let mut file = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii() && !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_') {
            let code = u32::from(c);
            let digit = |value: u32| char::from_digit(value, 16).unwrap_or_default();
            file.extend(['%', digit(code / 16), digit(code % 16)]);
        } else {
            file.push(c);
        }
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_one_server_by_whatever_name() {
        let name = |text: &str| server_name(&text.parse().unwrap());
        for text in ["127.0.0.1:7878", "[::1]:7878", "localhost:7878"] {
            assert_eq!(name(text), "localhost%3a7878");
        }
        assert_ne!(name("127.0.0.1:7879"), name("127.0.0.1:7878"));
        assert_eq!(name("chat.example:443"), "chat%2eexample%3a443");
    }

    #[test]
    fn file_names_are_plain_and_differ() {
        for (name, expected) in [
            ("김개발", "김개발"),
            ("[foo]_", "%5bfoo%5d_"),
            ("..a", "%2e%2ea"),
            ("a%2fb", "a%252fb"),
            ("localhost:7878", "localhost%3a7878"),
        ] {
            assert_eq!(file_name(name), expected);
            assert_eq!(name_of_file(expected).as_deref(), Some(name));
        }
    }
}
