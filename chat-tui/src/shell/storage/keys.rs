//! The person's keys: one for each server and nick, or one in a file that the person names.

use std::io;
use std::path::{Path, PathBuf};

use protocol::identity::{Endpoint, Identity};
use protocol::names::Nick;

use super::key_text::{ExportedKey, KEY_TEXT_BYTES_MAX, bare};
use super::{Storage, StorageError, atomic, file_name, server_name};

/// Which key the person goes by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum IdentitySource {
    /// The one that is kept for the server and the nick.
    #[default]
    PerNick,
    /// The one in this file, for every server and nick.
    File(PathBuf),
    /// A new one that is kept nowhere: the person is a guest.
    ThrowAway,
}

impl Storage {
    /// The key of a source, made and kept at the first use; nothing for a guest.
    pub fn identity_of(
        &self,
        source: &IdentitySource,
        endpoint: &Endpoint,
        nick: &Nick,
    ) -> Result<Option<Identity>, StorageError> {
        match source {
            IdentitySource::PerNick => self.identity(endpoint, nick).map(Some),
            IdentitySource::File(path) => identity_in(path).map(Some),
            IdentitySource::ThrowAway => Ok(None),
        }
    }

    /// The key of a nick on a server; made and kept at the first use.
    pub fn identity(&self, endpoint: &Endpoint, nick: &Nick) -> Result<Identity, StorageError> {
        load_or_make(self.key_path(endpoint, nick))
    }

    /// A key that is kept nowhere, for a guest.
    pub fn throw_away_identity() -> Result<Identity, StorageError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(StorageError::NoRandom)?;
        Ok(Identity::from_secret(&secret))
    }

    /// The key of a source, where there is one already.
    pub fn known_identity_of(
        &self,
        source: &IdentitySource,
        endpoint: &Endpoint,
        nick: &Nick,
    ) -> Result<Option<Identity>, StorageError> {
        match source {
            IdentitySource::PerNick => self.known_identity(endpoint, nick),
            IdentitySource::File(path) => load(path),
            IdentitySource::ThrowAway => Ok(None),
        }
    }

    /// The key of a nick on a server, where there is one.
    pub fn known_identity(
        &self,
        endpoint: &Endpoint,
        nick: &Nick,
    ) -> Result<Option<Identity>, StorageError> {
        load(&self.key_path(endpoint, nick))
    }

    /// Keeps a key for a nick: one that the person takes with the same key, or a key that was brought from elsewhere. Another key that
    /// is there stays.
    pub fn keep_identity(
        &self,
        endpoint: &Endpoint,
        identity: &Identity,
        nick: &Nick,
    ) -> Result<(), StorageError> {
        let path = self.key_path(endpoint, nick);
        // Nearly always it is there: every start comes by here, and a file takes milliseconds to be safe on a disk.
        let known = match load(&path)? {
            None if atomic::create(&path, bare(identity).as_bytes())? => return Ok(()),
            None => load(&path)?,
            known => known,
        };
        match known {
            Some(known) if known.public() == identity.public() => Ok(()),
            Some(_) | None => Err(StorageError::OtherKey { path }),
        }
    }

    /// Nicks are one whatever their case.
    fn key_path(&self, endpoint: &Endpoint, nick: &Nick) -> PathBuf {
        let directory = self.config.join("keys").join(server_name(endpoint));
        let name = file_name(&nick.as_str().to_lowercase());
        directory.join(format!("{name}.key"))
    }
}

/// The key in a file that the person names; made there if there is none, in a directory that is there.
fn identity_in(path: &Path) -> Result<Identity, StorageError> {
    check_directory(path)?;
    load_or_make(path.to_owned())
}

/// Writes an exported key to a new file, readable by the person alone.
pub fn export(path: &Path, key: &ExportedKey) -> Result<(), StorageError> {
    check_directory(path)?;
    if atomic::create(path, key.to_string().as_bytes())? {
        Ok(())
    } else {
        let path = path.to_owned();
        Err(StorageError::Taken { path })
    }
}

/// A directory that the person did not mean is not made.
fn check_directory(path: &Path) -> Result<(), StorageError> {
    if atomic::directory_of(path).is_dir() {
        return Ok(());
    }
    let error = io::Error::from(io::ErrorKind::NotFound);
    Err(StorageError::write(path, error))
}

fn load_or_make(path: PathBuf) -> Result<Identity, StorageError> {
    if let Some(identity) = load(&path)? {
        return Ok(identity);
    }
    let identity = Storage::throw_away_identity()?;
    if atomic::create(&path, bare(&identity).as_bytes())? {
        return Ok(identity);
    }
    // Another program of the person was faster.
    load(&path)?.ok_or(StorageError::Damaged { path })
}

/// The text of a key file, with its comments; nothing where there is no file.
pub fn read_key(path: &Path) -> Result<Option<String>, StorageError> {
    let content = atomic::read_secret(path, KEY_TEXT_BYTES_MAX)?;
    let text = content.map(String::from_utf8).transpose();
    let path = path.to_owned();
    text.or(Err(StorageError::Damaged { path }))
}

fn load(path: &Path) -> Result<Option<Identity>, StorageError> {
    let Some(text) = read_key(path)? else {
        return Ok(None);
    };
    let path = path.to_owned();
    let identity = ExportedKey::secret(&text);
    identity.map(Some).ok_or(StorageError::Damaged { path })
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn endpoint(port: u16) -> Endpoint {
        Endpoint::new("localhost", port).unwrap()
    }

    fn nick(text: &str) -> Nick {
        Nick::new(text).unwrap()
    }

    #[test]
    fn a_key_is_one_for_each_server_and_nick_and_private() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        assert!(
            storage
                .known_identity(&endpoint(1), &nick("me"))
                .unwrap()
                .is_none()
        );
        let key = |port, name: &str| {
            storage
                .identity(&endpoint(port), &nick(name))
                .unwrap()
                .public()
        };
        let mine = key(1, "me");
        assert_eq!(key(1, "me"), mine);
        assert_eq!(key(1, "Me"), mine, "case does not make another nick");
        assert_ne!(key(2, "me"), mine);
        assert_ne!(key(1, "[foo]_"), mine);
        let path = storage.key_path(&endpoint(1), &nick("me"));
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
    }

    #[test]
    fn a_new_nick_keeps_the_key_and_never_overwrites_another() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let mine = storage.identity(&endpoint(1), &nick("me")).unwrap();
        for _ in 0..2 {
            storage
                .keep_identity(&endpoint(1), &mine, &nick("지은"))
                .unwrap();
        }
        let alias = storage.identity(&endpoint(1), &nick("지은")).unwrap();
        assert_eq!(alias.public(), mine.public());
        let other = storage.identity(&endpoint(1), &nick("other")).unwrap();
        let refused = storage.keep_identity(&endpoint(1), &mine, &nick("other"));
        assert!(matches!(refused, Err(StorageError::OtherKey { .. })));
        let still = storage.identity(&endpoint(1), &nick("other")).unwrap();
        assert_eq!(still.public(), other.public());
    }

    #[test]
    fn a_damaged_key_is_named_and_stays() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let path = storage.key_path(&endpoint(1), &nick("me"));
        atomic::replace(&path, b"no key", atomic::Keep::Program).unwrap();
        let error = storage.identity(&endpoint(1), &nick("me")).unwrap_err();
        assert!(error.to_string().contains("me.key is damaged"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"no key");
    }

    #[test]
    fn a_key_that_others_can_read_is_refused_and_stays() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let mine = storage.identity(&endpoint(1), &nick("me")).unwrap();
        let path = storage.key_path(&endpoint(1), &nick("me"));
        for (mode, used) in [
            (0o640, false),
            (0o604, false),
            (0o601, false),
            (0o400, true),
        ] {
            std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            match storage.identity(&endpoint(1), &nick("me")) {
                Ok(identity) => assert!(used && identity.public() == mine.public()),
                Err(error) => {
                    assert!(!used, "{error}");
                    let says = format!("(mode {mode:04o})");
                    assert!(error.to_string().contains(&says), "{error}");
                    let what_to_do = format!("chmod 600 {}", path.display());
                    assert!(error.to_string().ends_with(&what_to_do), "{error}");
                }
            }
        }
    }

    #[test]
    fn a_named_file_holds_one_key_for_every_server_and_nick() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path().join("state"));
        let path = directory.path().join("bot.key");
        let source = IdentitySource::File(path.clone());
        let none = storage.known_identity_of(&source, &endpoint(1), &nick("a"));
        assert!(none.unwrap().is_none());
        let key = |port, name: &str| {
            let identity = storage.identity_of(&source, &endpoint(port), &nick(name));
            identity.unwrap().unwrap().public()
        };
        assert_eq!(key(1, "a"), key(2, "b"));
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(
            !directory.path().join("state").exists(),
            "nothing beside it"
        );
        let nowhere = IdentitySource::File(directory.path().join("no/bot.key"));
        let refused = storage.identity_of(&nowhere, &endpoint(1), &nick("a"));
        assert!(matches!(refused, Err(StorageError::Write { .. })));
        assert!(!directory.path().join("no").exists());
    }

    #[test]
    fn an_export_is_written_once_and_is_a_key_for_the_other_machine() {
        let directory = tempfile::tempdir().unwrap();
        let [here, there] = ["here", "there"].map(|name| Storage::at(directory.path().join(name)));
        let (endpoint, nick) = (endpoint(1), nick("me"));
        let mine = here.identity(&endpoint, &nick).unwrap();
        let public = mine.public();
        let path = directory.path().join("me.key");
        let exported = ExportedKey {
            endpoint: endpoint.clone(),
            nick: nick.clone(),
            identity: mine,
            server_key: None,
        };
        export(&path, &exported).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let again = export(&path, &exported);
        assert!(matches!(again, Err(StorageError::Taken { .. })));
        let brought = load(&path).unwrap().unwrap();
        for _ in 0..2 {
            there.keep_identity(&endpoint, &brought, &nick).unwrap();
        }
        assert_eq!(there.identity(&endpoint, &nick).unwrap().public(), public);
    }
}
