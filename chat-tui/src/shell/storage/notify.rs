//! Which messages of each room notify the person, at every terminal of theirs.

use std::collections::BTreeMap;
use std::path::Path;

use protocol::position::Address;

use super::atomic::Keep;
use super::{Device, StorageError, atomic};
use crate::model::notify::Notify;

/// The file in bytes; a larger one counts as damaged.
const NOTIFY_BYTES_MAX: usize = 256 * 1024;

/// Rooms that the file keeps; beyond it those go that come first by name, and are as usual at the next start.
const NOTIFY_ROOMS_MAX: usize = 1_000;

impl Device {
    /// Which messages notify, by room; rooms that are not named are as usual.
    pub fn notify(&self) -> Result<BTreeMap<Address, Notify>, StorageError> {
        match &self.kept {
            Some(kept) => read(&kept.notify),
            None => Ok(BTreeMap::new()),
        }
    }

    /// Keeps which messages of a room notify; the usual is forgotten.
    pub fn save_notify(&self, room: &Address, notify: Notify) -> Result<(), StorageError> {
        let Some(kept) = &self.kept else {
            return Ok(());
        };
        // What cannot be read would keep every later choice out, so it is written anew.
        let mut rooms = read(&kept.notify).unwrap_or_default();
        if notify == Notify::default() {
            rooms.remove(room);
        } else {
            rooms.insert(room.clone(), notify);
        }
        while rooms.len() > NOTIFY_ROOMS_MAX {
            rooms.pop_first();
        }
        let content = serde_json::to_vec(&rooms).unwrap_or_default();
        atomic::replace(&kept.notify, &content, Keep::Program)
    }
}

fn read(path: &Path) -> Result<BTreeMap<Address, Notify>, StorageError> {
    let Some(content) = atomic::read(path, NOTIFY_BYTES_MAX)? else {
        return Ok(BTreeMap::new());
    };
    let path = path.to_owned();
    serde_json::from_slice(&content).or(Err(StorageError::Damaged { path }))
}

#[cfg(test)]
mod tests {
    use protocol::identity::Endpoint;
    use protocol::position::PersonId;

    use super::*;
    use crate::shell::storage::{Purpose, Storage};

    fn device(storage: &Storage, port: u16) -> Device {
        let endpoint = Endpoint::new("localhost", port).unwrap();
        let person = PersonId::from_bytes([1; 16]);
        storage
            .lock_device(&endpoint, person, Purpose::Screen)
            .unwrap()
    }

    #[test]
    fn t36_choices_come_back_by_server_and_room() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let [here, there] = [device(&storage, 1), device(&storage, 1)];
        let rooms: Vec<Address> = ["개발", "lobby"].map(|name| name.parse().unwrap()).into();
        here.save_notify(&rooms[0], Notify::None).unwrap();
        here.save_notify(&rooms[1], Notify::All).unwrap();
        let both = [
            (rooms[0].clone(), Notify::None),
            (rooms[1].clone(), Notify::All),
        ];
        assert_eq!(there.notify().unwrap(), both.into());
        there.save_notify(&rooms[0], Notify::Mentions).unwrap();
        let one = [(rooms[1].clone(), Notify::All)];
        assert_eq!(here.notify().unwrap(), one.into());
        assert!(device(&storage, 2).notify().unwrap().is_empty());
    }

    #[test]
    fn one_room_too_many_drops_the_first() {
        let directory = tempfile::tempdir().unwrap();
        let device = device(&Storage::at(directory.path()), 1);
        let room = |n: usize| -> Address { format!("r{n:04}").parse().unwrap() };
        let full: BTreeMap<_, _> = (0..NOTIFY_ROOMS_MAX)
            .map(|n| (room(n), Notify::None))
            .collect();
        let path = device.kept.as_ref().unwrap().notify.clone();
        std::fs::write(path, serde_json::to_vec(&full).unwrap()).unwrap();
        device
            .save_notify(&room(NOTIFY_ROOMS_MAX), Notify::None)
            .unwrap();
        let kept = device.notify().unwrap();
        assert_eq!(
            (kept.len(), kept.first_key_value().unwrap().0),
            (NOTIFY_ROOMS_MAX, &room(1))
        );
    }
}
