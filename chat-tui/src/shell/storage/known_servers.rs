//! The keys of servers, as seen at the first visit. A key that is there is never replaced by itself.

use std::path::PathBuf;

use protocol::identity::{Endpoint, PublicKey};

use super::atomic::Keep;
use super::{Storage, StorageError, atomic};

/// The file of remembered servers, a line of about 70 bytes each; a larger one counts as damaged.
pub const KNOWN_SERVERS_BYTES_MAX: usize = 1024 * 1024;

impl Storage {
    /// The key that is remembered for a server.
    pub fn known_server(&self, endpoint: &Endpoint) -> Result<Option<PublicKey>, StorageError> {
        let lines = self.known_servers()?;
        let key_of = |line: &str| {
            let (server, key) = line.split_once(' ')?;
            let known = server == endpoint.as_str();
            known.then(|| key.trim().parse().ok()).flatten()
        };
        Ok(lines.lines().find_map(key_of))
    }

    /// Remembers the key of a server that has none yet.
    pub fn remember_server(
        &self,
        endpoint: &Endpoint,
        key: &PublicKey,
    ) -> Result<(), StorageError> {
        match self.known_server(endpoint)? {
            Some(known) if known == *key => return Ok(()),
            Some(_) => {
                let endpoint = endpoint.clone();
                return Err(StorageError::OtherServerKey { endpoint });
            }
            None => {}
        }
        let mut lines = self.known_servers()?;
        if !lines.is_empty() && !lines.ends_with('\n') {
            lines.push('\n');
        }
        lines = format!("{lines}{endpoint} {key}\n");
        atomic::replace(&self.known_servers_path(), lines.as_bytes(), Keep::Machine)
    }

    /// Forgets a server's key, because the person says so.
    pub fn forget_server(&self, endpoint: &Endpoint) -> Result<(), StorageError> {
        let lines = self.known_servers()?;
        let other = |line: &&str| {
            line.split_once(' ')
                .is_none_or(|(server, _)| server != endpoint.as_str())
        };
        let mut kept: String = lines.lines().filter(other).collect::<Vec<_>>().join("\n");
        if !kept.is_empty() {
            kept.push('\n');
        }
        atomic::replace(&self.known_servers_path(), kept.as_bytes(), Keep::Machine)
    }

    fn known_servers(&self) -> Result<String, StorageError> {
        let path = self.known_servers_path();
        let content = atomic::read(&path, KNOWN_SERVERS_BYTES_MAX)?.unwrap_or_default();
        String::from_utf8(content).or(Err(StorageError::Damaged { path }))
    }

    fn known_servers_path(&self) -> PathBuf {
        self.config.join("known_servers")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_remembered_and_never_replaced_by_itself() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let endpoint = |port| Endpoint::new("chat.example", port).unwrap();
        let key = |byte| PublicKey::from_bytes([byte; 32]);
        assert_eq!(storage.known_server(&endpoint(1)).unwrap(), None);
        storage.remember_server(&endpoint(1), &key(1)).unwrap();
        storage.remember_server(&endpoint(2), &key(2)).unwrap();
        storage.remember_server(&endpoint(1), &key(1)).unwrap();
        let refused = storage.remember_server(&endpoint(1), &key(3));
        assert!(matches!(refused, Err(StorageError::OtherServerKey { .. })));
        assert_eq!(storage.known_server(&endpoint(1)).unwrap(), Some(key(1)));
        let text = std::fs::read_to_string(storage.known_servers_path()).unwrap();
        let expected = format!("chat.example:1 {}\nchat.example:2 {}\n", key(1), key(2));
        assert_eq!(text, expected);
        storage.forget_server(&endpoint(1)).unwrap();
        storage.remember_server(&endpoint(1), &key(3)).unwrap();
        assert_eq!(storage.known_server(&endpoint(1)).unwrap(), Some(key(3)));
        assert_eq!(storage.known_server(&endpoint(2)).unwrap(), Some(key(2)));
    }

    #[test]
    fn the_file_is_bounded() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let path = storage.known_servers_path();
        let endpoint = Endpoint::new("chat.example", 1).unwrap();
        atomic::replace(&path, &vec![b'\n'; KNOWN_SERVERS_BYTES_MAX], Keep::Program).unwrap();
        assert_eq!(storage.known_server(&endpoint).unwrap(), None);
        atomic::replace(
            &path,
            &vec![b'\n'; KNOWN_SERVERS_BYTES_MAX + 1],
            Keep::Program,
        )
        .unwrap();
        let refused = storage.known_server(&endpoint);
        assert!(matches!(refused, Err(StorageError::Damaged { .. })));
    }
}
