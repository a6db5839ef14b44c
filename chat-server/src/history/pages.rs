//! Pages of one room's messages, found by position alone, so that the last page costs what the first one does.

use protocol::event::Message;
use protocol::names::{NICK_BYTES_MAX, TEXT_BYTES_MAX};
use protocol::position::{Address, MessageId, Position};
use rusqlite::{Connection, OptionalExtension as _, Result, Row};

use super::columns;
use super::place::{self, N_MAX};
use super::walk::Walk;
use crate::record::{Page, Range};

/// A room whose messages are asked for.
pub(super) struct Shelf<'a> {
    /// Its address.
    pub(super) address: &'a Address,
    /// Its number.
    pub(super) room: i64,
    /// Its last position.
    pub(super) head: Position,
}

/// At most `limit` messages of a room.
pub(super) fn page(db: &Connection, shelf: &Shelf<'_>, range: Range, limit: u16) -> Result<Page> {
    let head = shelf.head.n;
    let walk = Walk::of(range, head);
    let messages = messages(db, shelf, walk, limit)?;
    Ok(walk.page(messages, shelf.head, limit))
}

/// The message at a place of a room, where there is one.
pub(super) fn one(db: &Connection, address: &Address, place: i64) -> Result<Option<Message>> {
    db.prepare_cached(
        "SELECT m.place, m.era, s.person, s.device, m.seq, m.nick, m.time, m.kind, m.text, m.reply_era, m.reply_n
         FROM messages m CROSS JOIN senders s ON s.id = m.sender WHERE m.place = ?1",
    )?
    .query_row([place], |row| message(row, address))
    .optional()
}

/// One message more than `limit`, where there is one, in the order of the walk.
fn messages(db: &Connection, shelf: &Shelf<'_>, walk: Walk, limit: u16) -> Result<Vec<Message>> {
    // The room's messages are a range of places; the cross join keeps the planner on it.
    let (sql, low, high) = match walk {
        Walk::Up { first } if first > N_MAX => return Ok(Vec::new()),
        Walk::Up { first } => (
            "SELECT m.place, m.era, s.person, s.device, m.seq, m.nick, m.time, m.kind, m.text, m.reply_era, m.reply_n
             FROM messages m CROSS JOIN senders s ON s.id = m.sender
             WHERE m.place BETWEEN ?1 AND ?2 ORDER BY m.place LIMIT ?3",
            first,
            N_MAX,
        ),
        Walk::Down { first } => (
            "SELECT m.place, m.era, s.person, s.device, m.seq, m.nick, m.time, m.kind, m.text, m.reply_era, m.reply_n
             FROM messages m CROSS JOIN senders s ON s.id = m.sender
             WHERE m.place BETWEEN ?1 AND ?2 ORDER BY m.place DESC LIMIT ?3",
            1,
            first,
        ),
    };
    db.prepare_cached(sql)?
        .query_map(
            (
                place::place(shelf.room, low),
                place::place(shelf.room, high),
                i64::from(limit) + 1,
            ),
            |row| message(row, shelf.address),
        )?
        .collect()
}

fn message(row: &Row<'_>, room: &Address) -> Result<Message> {
    Ok(Message {
        room: room.clone(),
        position: Position::new(columns::number(row, 1)?, place::number(row.get(0)?)),
        id: MessageId {
            person: columns::person(row, 2)?,
            device: row.get(3)?,
            seq: columns::number(row, 4)?,
        },
        nick: columns::text(row, 5, NICK_BYTES_MAX)?,
        time: columns::number(row, 6)?,
        kind: columns::kind(row, 7)?,
        text: columns::text(row, 8, TEXT_BYTES_MAX)?,
        reply_to: columns::position(row, 9)?,
    })
}
