//! What the writer remembers of rooms and senders, so that an append asks the database for neither.
//!
//! What changed is written once at the end of a batch, however many messages a room got in it.

use std::collections::BTreeMap;

use protocol::position::{Address, PersonId, Position};
use rusqlite::{Connection, OptionalExtension as _, Result};

use super::columns::{self, Room};
use super::place::ROOM_MAX;

/// Rooms and senders remembered, each; beyond it all are forgotten before the next batch and asked for anew.
pub(super) const REMEMBERED_MAX: usize = 8192;

/// A room that has messages, or gets its first one in this batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownRoom {
    /// Its number.
    pub(super) id: i64,
    /// Its last position.
    pub(super) head: Position,
}

/// One device of one person in one room.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownSender {
    /// Its number.
    pub(super) id: i64,
    /// The seq of its last message.
    pub(super) last: u64,
}

/// Room number, person, device.
type SenderKey = (i64, PersonId, u32);

/// The memory of one writer. It never holds what a refused batch wrote: the writer forgets all then.
#[derive(Debug, Default)]
pub(super) struct Known {
    rooms: BTreeMap<Address, KnownRoom>,
    senders: BTreeMap<SenderKey, KnownSender>,
    /// What is not written yet, by the numbers of rooms and senders.
    heads: BTreeMap<i64, Position>,
    lasts: BTreeMap<i64, u64>,
}

impl Known {
    /// Forgets everything.
    pub(super) fn forget(&mut self) {
        self.rooms.clear();
        self.senders.clear();
        self.heads.clear();
        self.lasts.clear();
    }

    /// Forgets everything if it has become too much. Only between batches, as unwritten changes would be lost.
    pub(super) fn trim(&mut self) {
        if self.rooms.len() > REMEMBERED_MAX || self.senders.len() > REMEMBERED_MAX {
            self.forget();
        }
    }

    /// The room, if it has messages.
    pub(super) fn room(&mut self, db: &Connection, address: &Address) -> Result<Option<KnownRoom>> {
        if let Some(room) = self.rooms.get(address) {
            return Ok(Some(*room));
        }
        let found = db
            .prepare_cached("SELECT id, head_era, head_n FROM rooms WHERE address = ?1")?
            .query_row([Room(address)], |row| {
                Ok(KnownRoom {
                    id: row.get(0)?,
                    head: Position::new(columns::number(row, 1)?, columns::number(row, 2)?),
                })
            })
            .optional()?;
        if let Some(room) = found {
            self.rooms.insert(address.clone(), room);
        }
        Ok(found)
    }

    /// Makes the room, or nothing where no number up to [`ROOM_MAX`] is left.
    pub(super) fn add_room(
        &mut self,
        db: &Connection,
        address: &Address,
    ) -> Result<Option<KnownRoom>> {
        let id: i64 = db
            .prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM rooms")?
            .query_row([], |row| row.get(0))?;
        if id > ROOM_MAX {
            return Ok(None);
        }
        db.prepare_cached(
            "INSERT INTO rooms (id, address, head_era, head_n) VALUES (?1, ?2, 0, 0)",
        )?
        .execute((id, Room(address)))?;
        let room = KnownRoom {
            id,
            head: Position::default(),
        };
        self.rooms.insert(address.clone(), room);
        Ok(Some(room))
    }

    /// Sets the room's last position.
    pub(super) fn set_head(&mut self, address: &Address, head: Position) {
        if let Some(room) = self.rooms.get_mut(address) {
            room.head = head;
            self.heads.insert(room.id, head);
        }
    }

    /// The sender, if it ever sent something to this room.
    pub(super) fn sender(
        &mut self,
        db: &Connection,
        key: SenderKey,
    ) -> Result<Option<KnownSender>> {
        if let Some(sender) = self.senders.get(&key) {
            return Ok(Some(*sender));
        }
        let (room, person, device) = key;
        let found = db
            .prepare_cached(
                "SELECT id, last FROM senders WHERE room = ?1 AND person = ?2 AND device = ?3",
            )?
            .query_row((room, person.as_bytes(), device), |row| {
                Ok(KnownSender {
                    id: row.get(0)?,
                    last: columns::number(row, 1)?,
                })
            })
            .optional()?;
        if let Some(sender) = found {
            self.senders.insert(key, sender);
        }
        Ok(found)
    }

    /// Makes the sender, with nothing sent yet.
    pub(super) fn add_sender(&mut self, db: &Connection, key: SenderKey) -> Result<KnownSender> {
        let (room, person, device) = key;
        db.prepare_cached(
            "INSERT INTO senders (room, person, device, last) VALUES (?1, ?2, ?3, 0)",
        )?
        .execute((room, person.as_bytes(), device))?;
        let sender = KnownSender {
            id: db.last_insert_rowid(),
            last: 0,
        };
        self.senders.insert(key, sender);
        Ok(sender)
    }

    /// Sets the seq of the sender's last message.
    pub(super) fn set_last(&mut self, key: SenderKey, last: u64) {
        if let Some(sender) = self.senders.get_mut(&key) {
            sender.last = last;
            self.lasts.insert(sender.id, last);
        }
    }

    /// Writes all that changed.
    pub(super) fn write(&mut self, db: &Connection) -> Result<()> {
        let mut update =
            db.prepare_cached("UPDATE rooms SET head_era = ?2, head_n = ?3 WHERE id = ?1")?;
        while let Some((room, head)) = self.heads.pop_first() {
            update.execute((room, head.era.cast_signed(), head.n.cast_signed()))?;
        }
        let mut update = db.prepare_cached("UPDATE senders SET last = ?2 WHERE id = ?1")?;
        while let Some((sender, last)) = self.lasts.pop_first() {
            update.execute((sender, last.cast_signed()))?;
        }
        Ok(())
    }
}
