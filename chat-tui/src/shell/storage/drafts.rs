//! What stands in the composer of each room and is not said yet.

use std::collections::BTreeMap;

use protocol::position::{Address, Position};

use super::atomic::Keep;
use super::{Device, StorageError, atomic, file_name, name_of_file};
use crate::model::draft::Draft;

/// A draft in bytes; a longer one is not kept, and the one before stays.
pub const DRAFT_BYTES_MAX: usize = 64 * 1024;

/// The file of a reply in bytes: two numbers in brackets.
const REPLY_BYTES_MAX: usize = 64;

/// How the names of both files end.
const TEXT: &str = ".txt";
const REPLY: &str = ".reply";

impl Device {
    /// All drafts, by room. A file that is none of ours is passed over.
    pub fn drafts(&self) -> Result<BTreeMap<Address, Draft>, StorageError> {
        let mut drafts: BTreeMap<Address, Draft> = BTreeMap::new();
        let Some(kept) = &self.kept else {
            return Ok(drafts);
        };
        for file in atomic::list(&kept.drafts)? {
            let path = kept.drafts.join(&file);
            if let Some(room) = room_of(&file, TEXT) {
                let content = atomic::read(&path, DRAFT_BYTES_MAX)?.unwrap_or_default();
                let text = String::from_utf8(content).or(Err(StorageError::Damaged { path }))?;
                drafts.entry(room).or_default().text = text;
            } else if let Some(room) = room_of(&file, REPLY) {
                let content = atomic::read(&path, REPLY_BYTES_MAX)?.unwrap_or_default();
                // Without it the text is still worth having.
                let position: Option<Position> = serde_json::from_slice(&content).ok();
                drafts.entry(room).or_default().reply_to = position;
            }
        }
        drafts.retain(|_, draft| !draft.is_empty());
        Ok(drafts)
    }

    /// Keeps the draft of a room; an empty one is removed.
    pub fn save_draft(&self, room: &Address, draft: &Draft) -> Result<(), StorageError> {
        let Some(kept) = &self.kept else {
            return Ok(());
        };
        let path = |end: &str| {
            let name = file_name(&room.to_string());
            kept.drafts.join(format!("{name}{end}"))
        };
        match draft.reply_to.map(|position| serde_json::to_vec(&position)) {
            Some(Ok(reply)) => atomic::replace(&path(REPLY), &reply, Keep::Program)?,
            // Two numbers can always be written.
            Some(Err(_)) | None => atomic::remove(&path(REPLY))?,
        }
        let text = &draft.text;
        if text.is_empty() {
            return atomic::remove(&path(TEXT));
        }
        if text.len() > DRAFT_BYTES_MAX {
            let bytes = text.len();
            return Err(StorageError::DraftTooLong { bytes });
        }
        atomic::replace(&path(TEXT), text.as_bytes(), Keep::Program)
    }
}

/// The room whose file of this kind it is.
fn room_of(file: &str, end: &str) -> Option<Address> {
    let name = file.strip_suffix(end).and_then(name_of_file)?;
    name.parse().ok()
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
        let answer = Draft {
            text: "안녕\n  여러분".to_owned(),
            reply_to: Some(Position::new(1_763_700_000, 42)),
        };
        first.save_draft(&room("a"), &answer).unwrap();
        first.save_draft(&room("b"), &Draft::from("b")).unwrap();
        drop(first);
        let next = device(&storage);
        let drafts = next.drafts().unwrap();
        assert_eq!(drafts.keys().collect::<Vec<_>>(), [&room("a"), &room("b")]);
        assert_eq!(drafts[&room("a")], answer);
        let alone = Draft {
            text: String::new(),
            ..answer
        };
        next.save_draft(&room("a"), &alone).unwrap();
        assert_eq!(next.drafts().unwrap()[&room("a")], alone);
        for _ in 0..2 {
            next.save_draft(&room("a"), &Draft::default()).unwrap();
        }
        let drafts = next.drafts().unwrap();
        assert_eq!(drafts.keys().collect::<Vec<_>>(), [&room("b")]);
    }

    #[test]
    fn a_draft_is_bounded_and_the_one_before_stays() {
        let directory = tempfile::tempdir().unwrap();
        let device = device(&Storage::at(directory.path()));
        let longest = "x".repeat(DRAFT_BYTES_MAX);
        device
            .save_draft(&room("a"), &longest.as_str().into())
            .unwrap();
        let longer = format!("{longest}x");
        let refused = device.save_draft(&room("a"), &longer.as_str().into());
        assert!(matches!(refused, Err(StorageError::DraftTooLong { .. })));
        assert_eq!(device.drafts().unwrap()[&room("a")].text, longest);
    }

    #[test]
    fn what_cannot_be_written_is_an_error_and_no_end() {
        let directory = tempfile::tempdir().unwrap();
        let device = device(&Storage::at(directory.path()));
        let drafts = device.kept.as_ref().unwrap().drafts.clone();
        std::fs::write(drafts, "").unwrap();
        let error = device.save_draft(&room("a"), &"x".into()).unwrap_err();
        assert!(error.to_string().contains("cannot be written"), "{error}");
    }
}
