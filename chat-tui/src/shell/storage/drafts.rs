//! What stands in the composer of each room and is not said yet.

use std::collections::BTreeMap;

use protocol::position::Address;

use super::atomic::Keep;
use super::{Device, StorageError, atomic, file_name, name_of_file};

/// A draft in bytes; a longer one is not kept, and the one before stays.
pub const DRAFT_BYTES_MAX: usize = 64 * 1024;

impl Device {
    /// All drafts, by room. A file that is none of ours is passed over.
    pub fn drafts(&self) -> Result<BTreeMap<Address, String>, StorageError> {
        let mut drafts = BTreeMap::new();
        let Some(kept) = &self.kept else {
            return Ok(drafts);
        };
        for file in atomic::list(&kept.drafts)? {
            let name = file.strip_suffix(".txt").and_then(name_of_file);
            if let Some(Ok(room)) = name.map(|name| name.parse()) {
                let path = kept.drafts.join(&file);
                let content = atomic::read(&path, DRAFT_BYTES_MAX)?.unwrap_or_default();
                let draft = String::from_utf8(content).or(Err(StorageError::Damaged { path }))?;
                drafts.insert(room, draft);
            }
        }
        Ok(drafts)
    }

    /// Keeps the draft of a room; an empty one is removed.
    pub fn save_draft(&self, room: &Address, text: &str) -> Result<(), StorageError> {
        let Some(kept) = &self.kept else {
            return Ok(());
        };
        let path = kept
            .drafts
            .join(format!("{}.txt", file_name(&room.to_string())));
        if text.is_empty() {
            return atomic::remove(&path);
        }
        if text.len() > DRAFT_BYTES_MAX {
            let bytes = text.len();
            return Err(StorageError::DraftTooLong { bytes });
        }
        atomic::replace(&path, text.as_bytes(), Keep::Program)
    }
}

#[cfg(test)]
mod tests {
    use protocol::identity::Endpoint;
    use protocol::names::RoomName;
    use protocol::position::PersonId;

    use super::*;
    use crate::shell::storage::{Purpose, Storage};

    fn room(name: &str) -> Address {
        Address::Room(RoomName::new(name).unwrap())
    }

    fn device(storage: &Storage) -> Device {
        let endpoint = Endpoint::new("localhost", 1).unwrap();
        let person = PersonId::from_bytes([1; 16]);
        storage
            .lock_device(&endpoint, person, Purpose::Screen)
            .unwrap()
    }

    #[test]
    fn a_draft_comes_back_until_it_is_empty() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let first = device(&storage);
        assert!(first.drafts().unwrap().is_empty());
        first.save_draft(&room("a"), "안녕\n  여러분").unwrap();
        first.save_draft(&room("b"), "b").unwrap();
        drop(first);
        let next = device(&storage);
        let drafts = next.drafts().unwrap();
        assert_eq!(drafts.keys().collect::<Vec<_>>(), [&room("a"), &room("b")]);
        assert_eq!(drafts[&room("a")], "안녕\n  여러분");
        for _ in 0..2 {
            next.save_draft(&room("a"), "").unwrap();
        }
        let drafts = next.drafts().unwrap();
        assert_eq!(drafts.keys().collect::<Vec<_>>(), [&room("b")]);
    }

    #[test]
    fn a_draft_is_bounded_and_the_one_before_stays() {
        let directory = tempfile::tempdir().unwrap();
        let device = device(&Storage::at(directory.path()));
        let longest = "x".repeat(DRAFT_BYTES_MAX);
        device.save_draft(&room("a"), &longest).unwrap();
        let refused = device.save_draft(&room("a"), &format!("{longest}x"));
        assert!(matches!(refused, Err(StorageError::DraftTooLong { .. })));
        assert_eq!(device.drafts().unwrap()[&room("a")], longest);
    }

    #[test]
    fn what_cannot_be_written_is_an_error_and_no_end() {
        let directory = tempfile::tempdir().unwrap();
        let device = device(&Storage::at(directory.path()));
        let drafts = device.kept.as_ref().unwrap().drafts.clone();
        std::fs::write(drafts, "").unwrap();
        let error = device.save_draft(&room("a"), "x").unwrap_err();
        assert!(error.to_string().contains("cannot be written"), "{error}");
    }
}
