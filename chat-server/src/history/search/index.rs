//! What the index knows of each message, and how it is found.
//!
//! Messages are counted up in the order in which they are added, and found in falling order. Texts are not in it, nor where a word stands in
//! one; a word is a list of numbers, the room of a message is one of its words, and a second table leads from numbers to places.

use std::collections::BTreeMap;

use rusqlite::{Connection, Result, TransactionBehavior};

use super::following::{Last, Said, stamp};
use super::{Trouble, words};
use crate::history::{columns, place};

/// Bits of a mark that count the messages of one index. Those above are drawn for each index, so that no mark of one that is gone is taken
/// for one of another; together they have 52.
pub(super) const COUNT_BITS: u32 = 40;

/// What is drawn for an index, at most.
pub(super) const DRAWN_MAX: i64 = 0xfff;

/// An open index.
#[derive(Debug)]
pub(in crate::history) struct Index {
    pub(super) db: Connection,
    /// Whether it lies in a file.
    pub(super) is_file: bool,
    /// The mark before the first one.
    pub(super) base: i64,
    /// The last mark.
    pub(super) last: i64,
    /// The last message of each room that it has.
    pub(super) rooms: BTreeMap<i64, Last>,
}

impl Index {
    /// Whether its marks are such as it gives out.
    pub(super) fn counts(&self) -> bool {
        let drawn = self.base >> COUNT_BITS;
        let is_base = self.base == drawn << COUNT_BITS && (0..=DRAWN_MAX).contains(&drawn);
        is_base && self.last >= self.base && self.last >> COUNT_BITS == drawn
    }

    /// Whether the history has the last message of each room that the index has, and so all before it.
    pub(super) fn is_of(&self, main: &Connection) -> Result<bool> {
        for (room, last) in &self.rooms {
            if stamp(main, place::place(*room, last.n))? != Some(last.stamp) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The last message of each room that it has.
    pub(super) const fn rooms(&self) -> &BTreeMap<i64, Last> {
        &self.rooms
    }

    /// How many messages were added.
    pub(super) const fn count(&self) -> i64 {
        self.last - self.base
    }

    /// Whether this index may have given a mark.
    pub(super) fn gave(&self, mark: u64) -> bool {
        i64::try_from(mark).is_ok_and(|mark| mark >> COUNT_BITS == self.base >> COUNT_BITS)
    }

    /// Adds messages, all or none.
    pub(super) fn add(&mut self, messages: &[Said]) -> Result<()> {
        if messages.is_empty() {
            return Ok(());
        }
        let transaction = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut rooms = BTreeMap::new();
        let mut mark = self.last;
        for message in messages {
            mark += 1;
            let room = place::room(message.place);
            transaction
                .prepare_cached("INSERT INTO words (rowid, text) VALUES (?1, ?2)")?
                .execute((mark, words::of_text(&message.text, room)))?;
            transaction
                .prepare_cached("INSERT INTO places VALUES (?1, ?2)")?
                .execute((mark, message.place))?;
            let last = Last {
                n: place::number(message.place),
                stamp: message.stamp,
            };
            rooms.insert(room, last);
        }
        for (room, last) in &rooms {
            let [era, sender, seq, time] = last.stamp;
            transaction
                .prepare_cached("INSERT OR REPLACE INTO rooms VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                .execute((room, last.n.cast_signed(), era, sender, seq, time))?;
        }
        transaction.commit()?;
        self.last = mark;
        self.rooms.extend(rooms);
        Ok(())
    }

    /// Goes through the messages that have all words of `wanted`, below the mark `next`, from the newest on: gives `each` its mark and its place
    /// until that says no.
    pub(super) fn find(
        &self,
        wanted: &str,
        next: Option<u64>,
        mut each: impl FnMut(u64, i64) -> std::result::Result<bool, Trouble>,
    ) -> std::result::Result<(), Trouble> {
        let end = self.base + (1 << COUNT_BITS);
        let next = next.map_or(end, |next| next.cast_signed().min(end));
        let mut statement = self.db.prepare_cached(
            "SELECT w.rowid, p.place FROM words w CROSS JOIN places p ON p.mark = w.rowid
             WHERE words MATCH ?1 AND w.rowid > ?2 AND w.rowid < ?3 ORDER BY w.rowid DESC",
        )?;
        let mut rows = statement.query((wanted, self.base, next))?;
        while let Some(row) = rows.next()? {
            if !each(columns::number(row, 0)?, row.get(1)?)? {
                break;
            }
        }
        Ok(())
    }

    /// The connection, to bring it into trouble.
    #[cfg(test)]
    pub(in crate::history) const fn db(&self) -> &Connection {
        &self.db
    }
}
