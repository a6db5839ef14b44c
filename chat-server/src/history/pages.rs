//! Pages of one room's messages, found by position alone, so that the last page costs what the first one does.

use protocol::event::Message;
use protocol::names::{NICK_BYTES_MAX, TEXT_BYTES_MAX};
use protocol::position::{Address, MessageId, Position};
use rusqlite::{Connection, OptionalExtension as _, Result, Row};

use super::columns;
use super::place::{self, N_MAX};
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
    let walk = match range {
        Range::After(n) => Walk::Up {
            first: n.saturating_add(1),
        },
        Range::Before(n) => Walk::Down {
            first: n.saturating_sub(1).min(head),
        },
        Range::Last => Walk::Down { first: head },
    };
    let mut messages = messages(db, shelf, walk, limit)?;
    let more = messages.len() > usize::from(limit);
    messages.truncate(usize::from(limit));
    let page = Page {
        messages,
        more,
        gap: None,
    };
    Ok(if limit == 0 {
        page
    } else {
        walk.with_gap(page, shelf.head)
    })
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

/// The way in which a page is walked through, and the number that is due first.
#[derive(Clone, Copy)]
enum Walk {
    Up { first: u64 },
    Down { first: u64 },
}

impl Walk {
    const fn first(self) -> u64 {
        match self {
            Self::Up { first } | Self::Down { first } => first,
        }
    }

    const fn behind(self, n: u64) -> u64 {
        match self {
            Self::Up { .. } => n.saturating_add(1),
            Self::Down { .. } => n.saturating_sub(1),
        }
    }

    /// Whether a room with `head` ever gave out the number `n`, as far as this way leads to it.
    const fn has(self, n: u64, head: u64) -> bool {
        match self {
            Self::Up { .. } => n <= head,
            Self::Down { .. } => n >= 1,
        }
    }

    /// The positions from `due`, which is missing, up to the neighbour of `found`.
    fn gap(self, due: u64, found: u64, era: u64) -> (Position, Position) {
        let (from, to) = match self {
            Self::Up { .. } => (due, found.saturating_sub(1)),
            Self::Down { .. } => (found.saturating_add(1), due),
        };
        (Position::new(era, from), Position::new(era, to))
    }

    /// Names the gap in the messages, which come in the order of the walk, and brings them into rising order. Before a second
    /// gap the page ends. A missing message's era is not known any more; that of the next newer one stands for it.
    fn with_gap(self, mut page: Page, head: Position) -> Page {
        let mut due = self.first();
        let mut era = head.era;
        let mut kept = 0;
        for message in &page.messages {
            let found = message.position;
            if found.n != due {
                if page.gap.is_some() {
                    page.more = true;
                    break;
                }
                let era = match self {
                    Self::Up { .. } => found.era,
                    Self::Down { .. } => era,
                };
                page.gap = Some(self.gap(due, found.n, era));
            }
            due = self.behind(found.n);
            era = found.era;
            kept += 1;
        }
        page.messages.truncate(kept);
        if !page.more && self.has(due, head.n) {
            if page.gap.is_some() {
                page.more = true;
            } else {
                let (end, era) = match self {
                    Self::Up { .. } => (head.n.saturating_add(1), head.era),
                    Self::Down { .. } => (0, era),
                };
                page.gap = Some(self.gap(due, end, era));
            }
        }
        if let Self::Down { .. } = self {
            page.messages.reverse();
        }
        page
    }
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
