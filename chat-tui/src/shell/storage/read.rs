//! How far each room was read, for the line above what is new at the next start.

use std::collections::BTreeMap;
use std::path::PathBuf;

use protocol::identity::Endpoint;
use protocol::position::{Address, Position};

use super::atomic::Keep;
use super::{Storage, StorageError, atomic};

/// The file in bytes; a larger one counts as damaged.
const READ_BYTES_MAX: usize = 256 * 1024;

/// Rooms that the file keeps; beyond it those go that come first by name, and everything in them is new at the next start.
const READ_ROOMS_MAX: usize = 1_000;

impl Storage {
    /// The last message seen in each room of a server.
    pub fn read(&self, endpoint: &Endpoint) -> Result<BTreeMap<Address, Position>, StorageError> {
        let path = self.read_path(endpoint);
        let Some(content) = atomic::read(&path, READ_BYTES_MAX)? else {
            return Ok(BTreeMap::new());
        };
        serde_json::from_slice(&content).or(Err(StorageError::Damaged { path }))
    }

    /// Keeps the last message seen in a room.
    pub fn save_read(
        &self,
        endpoint: &Endpoint,
        room: &Address,
        position: Position,
    ) -> Result<(), StorageError> {
        // What cannot be read would keep every later position out, so it is written anew.
        let mut read = self.read(endpoint).unwrap_or_default();
        read.insert(room.clone(), position);
        while read.len() > READ_ROOMS_MAX {
            read.pop_first();
        }
        let content = serde_json::to_vec(&read).unwrap_or_default();
        atomic::replace(&self.read_path(endpoint), &content, Keep::Program)
    }

    fn read_path(&self, endpoint: &Endpoint) -> PathBuf {
        self.server_state(endpoint).join("read.json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_come_back_by_room() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let endpoint = Endpoint::new("localhost", 1).unwrap();
        let rooms: Vec<Address> = ["개발", "lobby"].map(|name| name.parse().unwrap()).into();
        for (room, n) in rooms.iter().zip([7, 8]) {
            storage
                .save_read(&endpoint, room, Position::new(1, n))
                .unwrap();
        }
        storage
            .save_read(&endpoint, &rooms[0], Position::new(1, 9))
            .unwrap();
        let read = storage.read(&endpoint).unwrap();
        assert_eq!(read.get(&rooms[0]), Some(&Position::new(1, 9)));
        assert_eq!(read.get(&rooms[1]), Some(&Position::new(1, 8)));
    }

    #[test]
    fn one_room_too_many_drops_the_first() {
        let directory = tempfile::tempdir().unwrap();
        let storage = Storage::at(directory.path());
        let endpoint = Endpoint::new("localhost", 1).unwrap();
        let room = |n: usize| -> Address { format!("r{n:04}").parse().unwrap() };
        let full: BTreeMap<_, _> = (0..READ_ROOMS_MAX)
            .map(|n| (room(n), Position::new(1, 1)))
            .collect();
        std::fs::create_dir_all(storage.read_path(&endpoint).parent().unwrap()).unwrap();
        std::fs::write(
            storage.read_path(&endpoint),
            serde_json::to_vec(&full).unwrap(),
        )
        .unwrap();
        storage
            .save_read(&endpoint, &room(READ_ROOMS_MAX), Position::new(1, 2))
            .unwrap();
        let read = storage.read(&endpoint).unwrap();
        assert_eq!(
            (read.len(), read.first_key_value().unwrap().0),
            (READ_ROOMS_MAX, &room(1))
        );
    }
}
