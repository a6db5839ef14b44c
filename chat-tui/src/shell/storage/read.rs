//! How far each room was read, for the line above what is new at the next start.

use std::collections::BTreeMap;
use std::path::Path;

use protocol::position::{Address, Position};

use super::atomic::Keep;
use super::{Device, StorageError, atomic};

/// The file in bytes; a larger one counts as damaged.
const READ_BYTES_MAX: usize = 256 * 1024;

/// Rooms that the file keeps; beyond it those go that come first by name, and everything in them is new at the next start.
const READ_ROOMS_MAX: usize = 1_000;

impl Device {
    /// The last message that the person has seen in each room of the server, at this or another terminal.
    pub fn read(&self) -> Result<BTreeMap<Address, Position>, StorageError> {
        match &self.kept {
            Some(kept) => read(&kept.read),
            None => Ok(BTreeMap::new()),
        }
    }

    /// Keeps the last message seen in a room; one that was seen later, at another terminal, stays.
    pub fn save_read(&self, room: &Address, position: Position) -> Result<(), StorageError> {
        let Some(kept) = &self.kept else {
            return Ok(());
        };
        // What cannot be read would keep every later position out, so it is written anew.
        let mut positions = read(&kept.read).unwrap_or_default();
        let last = positions.entry(room.clone()).or_insert(position);
        *last = position.max(*last);
        while positions.len() > READ_ROOMS_MAX {
            positions.pop_first();
        }
        let content = serde_json::to_vec(&positions).unwrap_or_default();
        atomic::replace(&kept.read, &content, Keep::Program)
    }
}

fn read(path: &Path) -> Result<BTreeMap<Address, Position>, StorageError> {
    let Some(content) = atomic::read(path, READ_BYTES_MAX)? else {
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

    fn device(storage: &Storage) -> Device {
        let endpoint = Endpoint::new("localhost", 1).unwrap();
        let person = PersonId::from_bytes([1; 16]);
        storage
            .lock_device(&endpoint, person, Purpose::Screen)
            .unwrap()
    }

    #[test]
    fn positions_come_back_by_room_and_never_go_back() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let [here, there] = [device(&storage), device(&storage)];
        let rooms: Vec<Address> = ["개발", "lobby"].map(|name| name.parse().unwrap()).into();
        for (room, n) in rooms.iter().zip([7, 8]) {
            here.save_read(room, Position::new(1, n)).unwrap();
        }
        here.save_read(&rooms[0], Position::new(1, 9)).unwrap();
        there.save_read(&rooms[0], Position::new(1, 5)).unwrap();
        let read = there.read().unwrap();
        assert_eq!(read.get(&rooms[0]), Some(&Position::new(1, 9)));
        assert_eq!(read.get(&rooms[1]), Some(&Position::new(1, 8)));
    }

    #[test]
    fn one_room_too_many_drops_the_first() {
        let directory = tempfile::tempdir().unwrap();
        let device = device(&Storage::at(directory.path()));
        let room = |n: usize| -> Address { format!("r{n:04}").parse().unwrap() };
        let full: BTreeMap<_, _> = (0..READ_ROOMS_MAX)
            .map(|n| (room(n), Position::new(1, 1)))
            .collect();
        let path = device.kept.as_ref().unwrap().read.clone();
        std::fs::write(path, serde_json::to_vec(&full).unwrap()).unwrap();
        device
            .save_read(&room(READ_ROOMS_MAX), Position::new(1, 2))
            .unwrap();
        let read = device.read().unwrap();
        assert_eq!(
            (read.len(), read.first_key_value().unwrap().0),
            (READ_ROOMS_MAX, &room(1))
        );
    }
}
