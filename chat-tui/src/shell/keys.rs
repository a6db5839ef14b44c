//! What the program does with keys in place of chatting: shows fingerprints, gives a key to another machine, takes one from there.
//! It asks nobody and opens no connection.

use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use protocol::identity::Endpoint;
use protocol::names::Nick;

use super::storage::{
    ExportedKey, IdentitySource, KEY_TEXT_BYTES_MAX, Storage, StorageError, export, read_key,
};

/// The flags about keys.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Keys")]
pub struct KeyArgs {
    /// Go by the key in FILE, whatever the server and nick; it is made there if there is none
    #[arg(long, value_name = "FILE", conflicts_with = "guest")]
    pub identity: Option<PathBuf>,
    /// Print the fingerprint of the server's key, as it is remembered, and of your own, and end
    #[arg(long)]
    pub fingerprint: bool,
    /// Write your key to a new FILE for another machine (- is standard output), and end; whoever has it is you
    #[arg(long, value_name = "FILE", conflicts_with = "fingerprint")]
    pub export_key: Option<PathBuf>,
    /// Take the key in FILE (- is standard input) as yours for the server and nick that it names, and end
    #[arg(long, value_name = "FILE", conflicts_with_all = ["fingerprint", "export_key", "identity", "guest"])]
    pub import_key: Option<PathBuf>,
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

impl KeyArgs {
    /// What is to be done in place of chatting; nothing where it is to be chatted.
    pub fn task(&self) -> Option<Task> {
        if self.fingerprint {
            return Some(Task::Show);
        }
        let export = self.export_key.clone().map(Task::Export);
        export.or_else(|| self.import_key.clone().map(Task::Import))
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
         safe way (ssh, or gpg -c), take it in there with chat-tui --import-key FILE, and remove the file."
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
