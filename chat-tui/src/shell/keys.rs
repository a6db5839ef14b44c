//! What the program does with keys in place of chatting: shows fingerprints, gives a key to another machine, takes one from there.
//! It asks nobody and opens no connection.

use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use protocol::identity::Endpoint;
use protocol::names::Nick;

use super::storage::{
    ExportedKey, IdentitySource, KEY_TEXT_BYTES_MAX, Storage, StorageError, export, read_key,
};

/// What is done with keys: `chat-tui key show`, and so on.
#[derive(Clone, Debug, Subcommand)]
pub enum KeyCommand {
    /// Print the fingerprint of the server's key, as it is remembered, and of your own
    Show(WhoseArgs),
    /// Write your key to a new FILE for another machine; whoever has it is you
    Export {
        /// The file, which must not be there yet; - is standard output
        file: PathBuf,
        /// Whose.
        #[command(flatten)]
        whose: WhoseArgs,
    },
    /// Take the key in FILE as yours for the server and nick that it names
    Import {
        /// The file; - is standard input
        file: PathBuf,
        /// The server that it is for, if another one than the file names
        #[arg(long, value_name = "URL")]
        server: Option<String>,
        /// The nick that it is for, if another one than the file names
        #[arg(long, value_name = "NICK", value_parser = nick)]
        nick: Option<Nick>,
    },
}

/// Whose key is shown or given.
#[derive(Args, Clone, Debug, Default)]
pub struct WhoseArgs {
    /// At this server.
    #[arg(
        long,
        value_name = "URL",
        help = "At this server [default: $CHAT_SERVER, else by config.toml, else the last one]"
    )]
    pub server: Option<String>,
    /// By this nick [default: by config.toml, else the last one]
    #[arg(long, value_name = "NICK", value_parser = nick)]
    pub nick: Option<Nick>,
    /// The key in this file, whatever the server and nick
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
}

/// A nick on the command line.
pub fn nick(text: &str) -> Result<Nick, String> {
    Nick::normalized(text).map_err(|error| error.to_string())
}

/// What is to be done in place of chatting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Print fingerprints.
    Show,
    /// Write the key here.
    Export(PathBuf),
    /// Read a key from here.
    Import(PathBuf),
}

impl KeyCommand {
    /// What is to be done, and whose key the command line names.
    pub fn split(self) -> (Task, WhoseArgs) {
        match self {
            Self::Show(whose) => (Task::Show, whose),
            Self::Export { file, whose } => (Task::Export(file), whose),
            Self::Import { file, server, nick } => {
                let whose = WhoseArgs {
                    server,
                    nick,
                    identity: None,
                };
                (Task::Import(file), whose)
            }
        }
    }
}

/// Whose key it is about.
#[derive(Clone, Debug)]
pub struct Whose {
    /// The server.
    pub endpoint: Endpoint,
    /// The nick; nothing where none was given and none used before.
    pub nick: Option<Nick>,
    /// Which key of the person.
    pub source: IdentitySource,
    /// The server was named on the command line, and is not only the one of the last time.
    pub server_given: bool,
    /// So was the nick.
    pub nick_given: bool,
}

/// Why a key cannot be shown, given or taken; each is one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A file of the person.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The standard streams.
    #[error("the key cannot be read or written: {0}")]
    Stream(#[from] io::Error),
    /// Nobody to speak of.
    #[error("whose key? name the nick with --nick")]
    NoNick,
    /// There is no key.
    #[error("{nick} has no key for {endpoint} here; it is made when you go in by that nick")]
    NoKey {
        /// By this nick.
        nick: Nick,
        /// At this server.
        endpoint: Endpoint,
    },
    /// The file is not there.
    #[error("{} is not there", .0.display())]
    NoFile(PathBuf),
    /// The text is no key.
    #[error("this is no key: a key is one line of 43 characters, with comments before it at most")]
    NotAKey,
    /// A bare key.
    #[error(
        "the key does not say where it belongs: name its server with --server and its nick with --nick"
    )]
    Nameless,
}

/// Does it; what people are to know is written to `notes`.
pub fn run(
    task: &Task,
    whose: &Whose,
    storage: &Storage,
    output: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<(), KeyError> {
    match task {
        Task::Show => show(whose, storage, output, notes),
        Task::Export(path) => give(path, whose, storage, output, notes),
        Task::Import(path) => take(path, whose, storage, notes),
    }
}

fn show(
    whose: &Whose,
    storage: &Storage,
    output: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<(), KeyError> {
    let endpoint = &whose.endpoint;
    match storage.known_server(endpoint)? {
        Some(key) => writeln!(output, "{}  {endpoint}", key.fingerprint())?,
        None => writeln!(
            notes,
            "no key of {endpoint} is remembered yet; it is at the first visit"
        )?,
    }
    let Some(nick) = whose.nick.clone() else {
        return Err(KeyError::NoNick);
    };
    match storage.known_identity_of(&whose.source, endpoint, &nick)? {
        Some(identity) => {
            writeln!(output, "{}  {nick}", identity.public().fingerprint())?;
            Ok(())
        }
        None => Err(no_key(whose, nick)),
    }
}

fn no_key(whose: &Whose, nick: Nick) -> KeyError {
    match &whose.source {
        IdentitySource::File(path) => KeyError::NoFile(path.clone()),
        IdentitySource::PerNick | IdentitySource::ThrowAway => KeyError::NoKey {
            nick,
            endpoint: whose.endpoint.clone(),
        },
    }
}

fn give(
    path: &Path,
    whose: &Whose,
    storage: &Storage,
    output: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<(), KeyError> {
    let endpoint = whose.endpoint.clone();
    let nick = whose.nick.clone().ok_or(KeyError::NoNick)?;
    let known = storage.known_identity_of(&whose.source, &endpoint, &nick)?;
    let identity = known.ok_or_else(|| no_key(whose, nick.clone()))?;
    let server_key = storage.known_server(&endpoint)?;
    let key = ExportedKey {
        endpoint,
        nick,
        identity,
        server_key,
    };
    let stream = is_stream(path);
    if stream {
        output.write_all(key.to_string().as_bytes())?;
        output.flush()?;
    } else {
        export(path, &key)?;
    }
    let (nick, endpoint) = (&key.nick, &key.endpoint);
    let place = if stream {
        "standard output".into()
    } else {
        path.display().to_string()
    };
    writeln!(
        notes,
        "the key of {nick} at {endpoint} went to {place}. Whoever has it is {nick} there, and nobody can take it back: bring it over on a \
         safe way (ssh, or gpg -c), take it in there with chat-tui key import FILE, and remove the file."
    )?;
    Ok(())
}

fn take(
    path: &Path,
    whose: &Whose,
    storage: &Storage,
    notes: &mut dyn Write,
) -> Result<(), KeyError> {
    let text = if is_stream(path) {
        let mut text = String::new();
        let most = u64::try_from(KEY_TEXT_BYTES_MAX).unwrap_or(u64::MAX);
        io::stdin().lock().take(most).read_to_string(&mut text)?;
        text
    } else {
        read_key(path)?.ok_or_else(|| KeyError::NoFile(path.to_owned()))?
    };
    let identity = ExportedKey::secret(&text).ok_or(KeyError::NotAKey)?;
    let (named_server, named_nick) = ExportedKey::names(&text).unzip();
    let endpoint = named_server.filter(|_| !whose.server_given);
    let endpoint = endpoint.or_else(|| whose.server_given.then(|| whose.endpoint.clone()));
    let nick = whose.nick.clone().filter(|_| whose.nick_given);
    let (Some(endpoint), Some(nick)) = (endpoint, nick.or(named_nick)) else {
        return Err(KeyError::Nameless);
    };
    storage.keep_identity(&endpoint, &identity, &nick)?;
    writeln!(
        notes,
        "you are {nick} at {endpoint} from here too now, with the key {}",
        identity.public().fingerprint()
    )?;
    Ok(())
}

fn is_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}
