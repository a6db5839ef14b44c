//! What the index does not have yet, from the oldest to the newest across all rooms.
//!
//! A room's messages come in the order of their positions, and of all rooms the one whose next message was said first. So the index of an
//! old history has the same order as one that followed it from the beginning, as far as the clock went evenly.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use protocol::limits::TEXT_BYTES_MAX;
use rusqlite::{Connection, OptionalExtension as _, Result, Row};

use super::Trouble;
use crate::history::columns;
use crate::history::place::{self, N_MAX};

/// A message as the index takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// Where it lies.
    pub(super) place: i64,
    /// Which message it is.
    pub(super) stamp: Stamp,
    /// Its text; empty where it is none of the contract's.
    pub(super) text: String,
}

/// What tells a message from any other that ever had its place: era, sender, seq and time.
pub(super) type Stamp = [i64; 4];

/// The stamp of the message at a place, where there is one.
pub(super) fn stamp(main: &Connection, place: i64) -> Result<Option<Stamp>> {
    main.prepare_cached("SELECT era, sender, seq, time FROM messages WHERE place = ?1")?
        .query_row([place], |row| row_stamp(row, 0))
        .optional()
}

fn row_stamp(row: &Row<'_>, first: usize) -> Result<Stamp> {
    Ok([
        row.get(first)?,
        row.get(first + 1)?,
        row.get(first + 2)?,
        row.get(first + 3)?,
    ])
}

/// The last message of a room that the index has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Last {
    /// Its number.
    pub(super) n: u64,
    /// Which message it is.
    pub(super) stamp: Stamp,
}

/// The next message of each room that has news: when it was said, and where it lies.
#[derive(Debug, Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Reverse<(i64, i64)>>,
    /// The last place of each room that belongs to it.
    ends: BTreeMap<i64, i64>,
}

impl Queue {
    /// All that is committed and beyond `indexed`, which has the last message of each room that the index has.
    pub(super) fn of_news(
        main: &Connection,
        indexed: &BTreeMap<i64, Last>,
    ) -> std::result::Result<Self, Trouble> {
        let heads = heads(main).map_err(Trouble::Main)?;
        let mut queue = Self::default();
        for (room, head) in heads {
            let last = indexed.get(&room).map_or(0, |last| last.n);
            if last > head {
                return Err(Trouble::Ahead);
            }
            if last < head {
                queue.ends.insert(room, place::place(room, head));
                queue
                    .add_next(main, room, place::place(room, last))
                    .map_err(Trouble::Main)?;
            }
        }
        Ok(queue)
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// At most `count` messages, in one short transaction.
    pub(super) fn take(
        &mut self,
        main: &Connection,
        count: usize,
    ) -> std::result::Result<Vec<Said>, Trouble> {
        self.read(main, count).map_err(Trouble::Main)
    }

    fn read(&mut self, main: &Connection, count: usize) -> Result<Vec<Said>> {
        let mut taken = Vec::new();
        if self.heap.is_empty() {
            return Ok(taken);
        }
        let transaction = main.unchecked_transaction()?;
        while taken.len() < count
            && let Some(Reverse((_, at))) = self.heap.pop()
        {
            let room = place::room(at);
            let said = transaction
                .prepare_cached(
                    "SELECT text, era, sender, seq, time FROM messages WHERE place = ?1",
                )?
                .query_row([at], |row| {
                    Ok(Said {
                        place: at,
                        stamp: row_stamp(row, 1)?,
                        text: columns::text(row, 0, TEXT_BYTES_MAX).unwrap_or_default(),
                    })
                })
                .optional()?;
            taken.extend(said);
            self.add_next(&transaction, room, at)?;
        }
        transaction.commit()?;
        Ok(taken)
    }

    /// Adds the first message of a room behind a place, unless it is beyond the end.
    fn add_next(&mut self, main: &Connection, room: i64, last: i64) -> Result<()> {
        let end = self.ends.get(&room).copied().unwrap_or(0);
        let next = main
            .prepare_cached(
                "SELECT time, place FROM messages WHERE place > ?1 AND place <= ?2 ORDER BY place LIMIT 1",
            )?
            .query_row([last, end], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match next {
            Some(next) => self.heap.push(Reverse(next)),
            None => drop(self.ends.remove(&room)),
        }
        Ok(())
    }
}

/// The number of the last message of each room.
fn heads(main: &Connection) -> Result<Vec<(i64, u64)>> {
    main.prepare_cached("SELECT id, head_n FROM rooms")?
        .query_map([], |row| {
            Ok((row.get(0)?, columns::number(row, 1)?.min(N_MAX)))
        })?
        .collect()
}
