//! Answers to questions, each from one state of the database.

use std::time::Duration;

use protocol::event::Topic;
use protocol::names::{NICK_BYTES_MAX, Nick, RoomName, Skeleton, TOPIC_BYTES_MAX};
use protocol::position::{Address, Anchor, PersonId, Position};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _, Result, Row};

use super::columns::{self, Room};
use super::pages::{self, Shelf};
use super::place;
use super::sqlite::Snapshot;
use crate::record::{Answer, From, JoinPage, Listed, Owner, Page, Query, Range, Searched, Talk};

/// The answer to `query`; `era` is that of a room without messages.
pub(super) fn answer(db: &Connection, era: u64, query: &Query) -> Result<Answer> {
    let snapshot = Snapshot::of(db)?;
    match query {
        Query::Join {
            room,
            from,
            limit,
            sender,
        } => join(&snapshot, era, room, *from, *limit, *sender).map(Answer::Join),
        Query::Page { room, range, limit } => match find_room(&snapshot, room)? {
            Some(found) => pages::page(&snapshot, &found.shelf(room), *range, *limit),
            None => Ok(Page::default()),
        }
        .map(Answer::Page),
        Query::Rooms { after, limit } => rooms(&snapshot, after.as_ref(), *limit),
        Query::Conversations {
            person,
            after,
            limit,
        } => conversations(&snapshot, *person, after.as_ref(), *limit),
        Query::Owner {
            skeleton,
            unused_since,
        } => owner(&snapshot, skeleton, *unused_since).map(Answer::Owner),
        // Who has the index answers them.
        Query::Search(_) => Ok(Answer::Search(Searched::Indexing)),
    }
}

/// A room as it stands in the database.
struct FoundRoom {
    id: i64,
    head: Position,
    topic: Option<Topic>,
}

impl FoundRoom {
    const fn shelf<'a>(&self, address: &'a Address) -> Shelf<'a> {
        Shelf {
            address,
            room: self.id,
            head: self.head,
        }
    }
}

fn find_room(db: &Connection, address: &Address) -> Result<Option<FoundRoom>> {
    db.prepare_cached(
        "SELECT id, head_era, head_n, topic, topic_nick, topic_time FROM rooms WHERE address = ?1",
    )?
    .query_row([Room(address)], |row| {
        let topic = if row.get_ref(3)? == ValueRef::Null {
            None
        } else {
            Some(Topic {
                text: columns::text(row, 3, TOPIC_BYTES_MAX)?,
                nick: columns::text(row, 4, NICK_BYTES_MAX)?,
                time: columns::number(row, 5)?,
            })
        };
        Ok(FoundRoom {
            id: row.get(0)?,
            head: columns::head(row, 1)?,
            topic,
        })
    })
    .optional()
}

fn join(
    db: &Connection,
    era: u64,
    address: &Address,
    from: From,
    limit: u16,
    sender: (PersonId, u32),
) -> Result<JoinPage> {
    let Some(room) = find_room(db, address)? else {
        let known = match from {
            From::After(anchor) => anchor.position.n == 0,
            From::Last => true,
        };
        return Ok(JoinPage {
            known,
            kept: (!known).then(Position::default),
            head: Position::new(era, 0),
            topic: None,
            next_seq: 1,
            page: Page::default(),
        });
    };
    let (known, kept, range) = match from {
        From::After(anchor) if is_known(db, &room, &anchor)? => {
            (true, None, Range::After(anchor.position.n))
        }
        From::After(anchor) => (false, kept(db, &room, anchor.position)?, Range::Last),
        From::Last => (true, None, Range::Last),
    };
    Ok(JoinPage {
        known,
        kept,
        head: room.head,
        next_seq: next_seq(db, room.id, sender)?,
        page: pages::page(db, &room.shelf(address), range, limit)?,
        topic: room.topic,
    })
}

/// Whether the message that the anchor names is the one that stands there.
fn is_known(db: &Connection, room: &FoundRoom, anchor: &Anchor) -> Result<bool> {
    let Position { era, n } = anchor.position;
    if n == 0 {
        return Ok(true);
    }
    let Some(id) = anchor.id.filter(|_| n <= room.head.n) else {
        return Ok(false);
    };
    let is_there = db
        .prepare_cached(
            "SELECT m.era, m.seq, s.person, s.device
             FROM messages m CROSS JOIN senders s ON s.id = m.sender WHERE m.place = ?1",
        )?
        .query_row([place::place(room.id, n)], |row| {
            Ok(columns::number(row, 0)? == era
                && columns::number(row, 1)? == id.seq
                && columns::person(row, 2)? == id.person
                && row.get::<_, u32>(3)? == id.device)
        })
        .optional()?;
    Ok(is_there.unwrap_or(false))
}

/// Up to where a client may have the same messages whose last one, at `anchor`, is not here: as long as they are of its era or an older one.
/// Eras rise with the numbers, so halving finds the last of them.
fn kept(db: &Connection, room: &FoundRoom, anchor: Position) -> Result<Option<Position>> {
    let mut era_of = db.prepare_cached("SELECT era FROM messages WHERE place = ?1")?;
    let mut kept = Position::default();
    let mut newer_from = room.head.n.min(anchor.n).saturating_add(1);
    while kept.n + 1 < newer_from {
        let n = kept.n + (newer_from - kept.n) / 2;
        let era = era_of
            .query_row([place::place(room.id, n)], |row| columns::number(row, 0))
            .optional()?;
        match era {
            Some(era) if era <= anchor.era => kept = Position::new(era, n),
            Some(_) => newer_from = n,
            None => return Ok(None),
        }
    }
    // The very position with another message: two histories that have nothing to do with each other.
    Ok(Some(kept).filter(|kept| *kept != anchor))
}

fn next_seq(db: &Connection, room: i64, (person, device): (PersonId, u32)) -> Result<u64> {
    let last = db
        .prepare_cached("SELECT last FROM senders WHERE room = ?1 AND person = ?2 AND device = ?3")?
        .query_row((room, person.as_bytes(), device), |row| {
            columns::number(row, 0)
        })
        .optional()?;
    Ok(last.unwrap_or(0).saturating_add(1))
}

fn rooms(db: &Connection, after: Option<&RoomName>, limit: u16) -> Result<Answer> {
    // Names are texts, which sort before the blobs of conversations.
    let mut statement = db.prepare_cached(
        "SELECT address, coalesce(topic, '') FROM rooms
         WHERE address > ?1 AND address < x'' ORDER BY address",
    )?;
    let mut rows = statement.query([after.map_or("", RoomName::as_str)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        // A name that this build refuses cannot be joined, so it is not listed.
        let Ok(Room(Address::Room(name))) = row.get(0) else {
            continue;
        };
        if found.len() == usize::from(limit) {
            return Ok(Answer::Rooms {
                rooms: found,
                more: true,
            });
        }
        found.push(Listed {
            name,
            topic: columns::text(row, 1, TOPIC_BYTES_MAX)?,
            members: 0,
        });
    }
    Ok(Answer::Rooms {
        rooms: found,
        more: false,
    })
}

fn conversations(
    db: &Connection,
    person: PersonId,
    after: Option<&Address>,
    limit: u16,
) -> Result<Answer> {
    let mut statement = db.prepare_cached(
        "SELECT t.address, r.head_era, r.head_n FROM talks t CROSS JOIN rooms r ON r.address = t.address
         WHERE t.person = ?1 AND t.address > coalesce(?2, x'') ORDER BY t.address LIMIT ?3",
    )?;
    let mut rows = statement.query((person.as_bytes(), after.map(Room), i64::from(limit) + 1))?;
    let mut conversations = Vec::new();
    while let Some(row) = rows.next()? {
        if conversations.len() == usize::from(limit) {
            return Ok(Answer::Conversations {
                conversations,
                more: true,
            });
        }
        let Room(room) = row.get::<_, Room<Address>>(0)?;
        let Some(other) = room.pair().and_then(|pair| pair.other(person)) else {
            continue;
        };
        let head = columns::head(row, 1)?;
        conversations.push(talk(db, other, room, head)?);
    }
    Ok(Answer::Conversations {
        conversations,
        more: false,
    })
}

/// A conversation with the nick that the person owns and used last, or had in their last message here; empty where there is neither.
fn talk(db: &Connection, person: PersonId, room: Address, head: Position) -> Result<Talk> {
    let owned = db
        .prepare_cached(
            "SELECT nick, former, former_until, taken FROM nicks WHERE person = ?1
             ORDER BY used DESC, last DESC LIMIT 1",
        )?
        .query_row([person.as_bytes()], |row| {
            Ok((nick(row)?, columns::former(row, 1)?))
        })
        .optional()?;
    let is_owner = owned.is_some();
    let (nick, former) = match owned {
        Some(owned) => owned,
        None => (nick_used(db, person, &room)?, None),
    };
    let passed_on = match Nick::new(&nick) {
        Ok(nick) if !is_owner => is_owned(db, &nick.skeleton())?,
        Ok(_) | Err(_) => false,
    };
    Ok(Talk {
        room,
        person,
        nick,
        former,
        passed_on,
        head,
    })
}

/// The nick that the person had in their last message here.
fn nick_used(db: &Connection, person: PersonId, room: &Address) -> Result<String> {
    let used = db
        .prepare_cached("SELECT nick FROM talks WHERE person = ?1 AND address = ?2")?
        .query_row((person.as_bytes(), Room(room)), nick)
        .optional()?;
    Ok(used.unwrap_or_default())
}

fn is_owned(db: &Connection, skeleton: &Skeleton) -> Result<bool> {
    db.prepare_cached("SELECT 1 FROM nicks WHERE skeleton = ?1")?
        .exists([skeleton.as_str()])
}

fn owner(
    db: &Connection,
    skeleton: &Skeleton,
    unused_since: Option<Duration>,
) -> Result<Option<Owner>> {
    let found = db
        .prepare_cached(
            "SELECT person, nick, former, former_until, taken FROM nicks WHERE skeleton = ?1 AND used > ?2",
        )?
        .query_row(
            (
                skeleton.as_str(),
                unused_since.map_or(-1, columns::served_column),
            ),
            |row| {
                Ok((
                    columns::person(row, 0)?,
                    columns::text(row, 1, NICK_BYTES_MAX)?,
                    columns::former(row, 2)?,
                ))
            },
        )
        .optional()?;
    Ok(found.and_then(|(person, nick, former)| {
        Nick::new(&nick).ok().map(|nick| Owner {
            person,
            nick,
            former,
            keyed: true,
        })
    }))
}

/// The nick in the first column.
fn nick(row: &Row<'_>) -> Result<String> {
    columns::text(row, 0, NICK_BYTES_MAX)
}
