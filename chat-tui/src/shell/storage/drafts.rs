//! What stands in the composer of each room and is not said yet.

use std::collections::BTreeMap;
use std::path::PathBuf;

use protocol::identity::Endpoint;
use protocol::position::Address;

use super::atomic::Keep;
use super::{Storage, StorageError, atomic, file_name, name_of_file};

/// A draft in bytes; a longer one is not kept, and the one before stays.
pub const DRAFT_BYTES_MAX: usize = 64 * 1024;

impl Storage {
    /// The draft of a room; empty where there is none.
    pub fn draft(&self, endpoint: &Endpoint, room: &Address) -> Result<String, StorageError> {
        let path = self.draft_path(endpoint, room);
        let content = atomic::read(&path, DRAFT_BYTES_MAX)?.unwrap_or_default();
        String::from_utf8(content).or(Err(StorageError::Damaged { path }))
    }

    /// All drafts of a server, by room. A file that is none of ours is passed over.
    pub fn drafts(&self, endpoint: &Endpoint) -> Result<BTreeMap<Address, String>, StorageError> {
        let mut drafts = BTreeMap::new();
        for file in atomic::list(&self.drafts_path(endpoint))? {
            let name = file.strip_suffix(".txt").and_then(name_of_file);
            if let Some(Ok(room)) = name.map(|name| name.parse()) {
                let draft = self.draft(endpoint, &room)?;
                drafts.insert(room, draft);
            }
        }
        Ok(drafts)
    }

    /// Keeps the draft of a room; an empty one is removed.
    pub fn save_draft(
        &self,
        endpoint: &Endpoint,
        room: &Address,
        text: &str,
    ) -> Result<(), StorageError> {
        let path = self.draft_path(endpoint, room);
        if text.is_empty() {
            return atomic::remove(&path);
        }
        if text.len() > DRAFT_BYTES_MAX {
            let bytes = text.len();
            return Err(StorageError::DraftTooLong { bytes });
        }
        atomic::replace(&path, text.as_bytes(), Keep::Program)
    }

    fn draft_path(&self, endpoint: &Endpoint, room: &Address) -> PathBuf {
        let file = format!("{}.txt", file_name(&room.to_string()));
        self.drafts_path(endpoint).join(file)
    }

    fn drafts_path(&self, endpoint: &Endpoint) -> PathBuf {
        self.server_state(endpoint).join("drafts")
    }
}

#[cfg(test)]
mod tests {
    use protocol::names::RoomName;

    use super::*;

    #[test]
    fn a_draft_comes_back_until_it_is_empty() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let endpoint = Endpoint::new("localhost", 1).unwrap();
        let room = |name: &str| Address::Room(RoomName::new(name).unwrap());
        assert_eq!(storage.draft(&endpoint, &room("a")).unwrap(), "");
        storage
            .save_draft(&endpoint, &room("a"), "안녕\n  여러분")
            .unwrap();
        storage.save_draft(&endpoint, &room("b"), "b").unwrap();
        assert_eq!(
            storage.draft(&endpoint, &room("a")).unwrap(),
            "안녕\n  여러분"
        );
        let drafts = storage.drafts(&endpoint).unwrap();
        assert_eq!(drafts.keys().collect::<Vec<_>>(), [&room("a"), &room("b")]);
        for _ in 0..2 {
            storage.save_draft(&endpoint, &room("a"), "").unwrap();
        }
        assert_eq!(storage.draft(&endpoint, &room("a")).unwrap(), "");
        assert_eq!(storage.draft(&endpoint, &room("b")).unwrap(), "b");
    }

    #[test]
    fn a_draft_is_bounded_and_the_one_before_stays() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let endpoint = Endpoint::new("localhost", 1).unwrap();
        let room = Address::Room(RoomName::new("a").unwrap());
        let longest = "x".repeat(DRAFT_BYTES_MAX);
        storage.save_draft(&endpoint, &room, &longest).unwrap();
        let refused = storage.save_draft(&endpoint, &room, &format!("{longest}x"));
        assert!(matches!(refused, Err(StorageError::DraftTooLong { .. })));
        assert_eq!(storage.draft(&endpoint, &room).unwrap(), longest);
    }

    #[test]
    fn what_cannot_be_written_is_an_error_and_no_end() {
        let directory = tempfile::tempdir().unwrap();
        let blocked = directory.path().join("file");
        std::fs::write(&blocked, "").unwrap();
        let storage = Storage::at(blocked.join("below"));
        let endpoint = Endpoint::new("localhost", 1).unwrap();
        let room = Address::Room(RoomName::new("a").unwrap());
        let error = storage.save_draft(&endpoint, &room, "x").unwrap_err();
        assert!(error.to_string().contains("cannot be written"), "{error}");
    }
}
