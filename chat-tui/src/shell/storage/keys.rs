//! The person's keys: one for each server and nick.

use std::path::PathBuf;

use protocol::identity::{Endpoint, Identity, Nonce};
use protocol::names::Nick;

use super::{Storage, StorageError, atomic, file_name, server_name};

/// A key file holds 43 characters and a line end.
const KEY_FILE_BYTES_MAX: usize = 64;

impl Storage {
    /// The key of a nick on a server; made and kept at the first use.
    pub fn identity(&self, endpoint: &Endpoint, nick: &Nick) -> Result<Identity, StorageError> {
        if let Some(identity) = self.known_identity(endpoint, nick)? {
            return Ok(identity);
        }
        let identity = Self::throw_away_identity()?;
        let path = self.key_path(endpoint, nick);
        if atomic::create(&path, &key_file(&identity))? {
            return Ok(identity);
        }
        // Another program of the person was faster.
        let known = self.known_identity(endpoint, nick)?;
        known.ok_or(StorageError::Damaged { path })
    }

    /// A key that is kept nowhere, for a guest.
    pub fn throw_away_identity() -> Result<Identity, StorageError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(StorageError::NoRandom)?;
        Ok(Identity::from_secret(&secret))
    }

    /// The key of a nick on a server, where there is one.
    pub fn known_identity(
        &self,
        endpoint: &Endpoint,
        nick: &Nick,
    ) -> Result<Option<Identity>, StorageError> {
        let path = self.key_path(endpoint, nick);
        let Some(content) = atomic::read(&path, KEY_FILE_BYTES_MAX)? else {
            return Ok(None);
        };
        // A secret has the length and the alphabet of a nonce.
        let text = std::str::from_utf8(&content).ok();
        let secret = text.and_then(|text| text.trim_end().parse::<Nonce>().ok());
        match secret {
            Some(secret) => Ok(Some(Identity::from_secret(secret.as_bytes()))),
            None => Err(StorageError::Damaged { path }),
        }
    }

    /// The person has taken another nick with the same key: it is found under that nick too from now on.
    pub fn alias(
        &self,
        endpoint: &Endpoint,
        identity: &Identity,
        nick: &Nick,
    ) -> Result<(), StorageError> {
        let path = self.key_path(endpoint, nick);
        if atomic::create(&path, &key_file(identity))? {
            return Ok(());
        }
        match self.known_identity(endpoint, nick)? {
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

fn key_file(identity: &Identity) -> Vec<u8> {
    format!("{}\n", Nonce::from_bytes(identity.secret())).into_bytes()
}

#[cfg(test)]
mod tests {
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
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
    }

    #[test]
    fn a_new_nick_keeps_the_key_and_never_overwrites_another() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let mine = storage.identity(&endpoint(1), &nick("me")).unwrap();
        for _ in 0..2 {
            storage.alias(&endpoint(1), &mine, &nick("지은")).unwrap();
        }
        let alias = storage.identity(&endpoint(1), &nick("지은")).unwrap();
        assert_eq!(alias.public(), mine.public());
        let other = storage.identity(&endpoint(1), &nick("other")).unwrap();
        let refused = storage.alias(&endpoint(1), &mine, &nick("other"));
        assert!(matches!(refused, Err(StorageError::OtherKey { .. })));
        let still = storage.identity(&endpoint(1), &nick("other")).unwrap();
        assert_eq!(still.public(), other.public());
    }

    #[test]
    fn a_damaged_key_is_named_and_stays() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let path = storage.key_path(&endpoint(1), &nick("me"));
        atomic::make_directory(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "no key").unwrap();
        let error = storage.identity(&endpoint(1), &nick("me")).unwrap_err();
        assert!(error.to_string().contains("me.key is damaged"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"no key");
    }
}
