//! One append inside a batch: the rules of "once" and "in order".

use std::cmp::Ordering;

use protocol::event::Kind;
use protocol::position::{Address, MessageId, Position};
use rusqlite::{Connection, OptionalExtension as _, Result};

use super::columns::{self, Room, kind_column, position_columns};
use super::known::{Known, KnownRoom};
use super::place::{self, N_MAX};
use crate::faults::{self, Mutant};
use crate::record::{Append, AppendError, Appended};

/// Stores `append` if its seq is the next one of its sender, and answers what its sender is to know.
pub(super) fn append(
    db: &Connection,
    known: &mut Known,
    era: u64,
    append: &Append,
) -> Result<Result<Appended, AppendError>> {
    let room = known.room(db, &append.room)?;
    let sender = match room {
        Some(room) => known.sender(db, (room.id, append.id.person, append.id.device))?,
        None => None,
    };
    let last = sender.map_or(0, |sender| sender.last);
    let expected = last.saturating_add(1);
    match (append.id.seq.cmp(&expected), sender) {
        (Ordering::Equal, _) => store(db, known, era, room, append),
        // Nothing has seq 0, so it is not an older one either.
        (Ordering::Less, Some(_)) if faults::mutant(Mutant::NoDedup) => {
            let id = MessageId {
                seq: expected,
                ..append.id
            };
            let again = Append {
                id,
                ..append.clone()
            };
            store(db, known, era, room, &again)
        }
        (Ordering::Less, Some(sender)) if append.id.seq > 0 => {
            first_result(db, sender.id, expected, era, append)
        }
        (Ordering::Less | Ordering::Greater, _) => Ok(Err(AppendError::OutOfOrder { expected })),
    }
}

fn store(
    db: &Connection,
    known: &mut Known,
    era: u64,
    room: Option<KnownRoom>,
    append: &Append,
) -> Result<Result<Appended, AppendError>> {
    let room = match room {
        Some(room) => Some(room),
        None => make_room(db, known, &append.room)?,
    };
    let Some(room) = room.filter(|room| room.head.n < N_MAX) else {
        return Ok(Err(AppendError::Unavailable));
    };
    let position = Position::new(era, room.head.n + 1);
    let key = (room.id, append.id.person, append.id.device);
    let sender = match known.sender(db, key)? {
        Some(sender) => sender,
        None => known.add_sender(db, key)?,
    };
    let (reply_era, reply_n) = position_columns(append.reply_to);
    db.prepare_cached(
        "INSERT INTO messages (place, era, sender, seq, nick, time, kind, text, reply_era, reply_n)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute((
        place::place(room.id, position.n),
        era.cast_signed(),
        sender.id,
        append.id.seq.cast_signed(),
        append.nick.as_str(),
        append.time.cast_signed(),
        kind_column(append.kind),
        &append.text,
        reply_era,
        reply_n,
    ))?;
    known.set_head(&append.room, position);
    known.set_last(key, append.id.seq);
    if append.kind == Kind::Topic {
        set_topic(db, room.id, append)?;
    }
    if append.room.pair().is_some() {
        set_talk_nick(db, append)?;
    }
    Ok(Ok(Appended {
        position,
        time: append.time,
        fresh: true,
    }))
}

/// What became of an append that was stored before.
///
/// Where its message is trimmed, nothing is known but that it was stored: it is answered with the place before all that
/// is left, `n` = 0.
fn first_result(
    db: &Connection,
    sender: i64,
    expected: u64,
    era: u64,
    append: &Append,
) -> Result<Result<Appended, AppendError>> {
    let first = db
        .prepare_cached(
            "SELECT place, era, time, kind, text, reply_era, reply_n FROM messages WHERE sender = ?1 AND seq = ?2",
        )?
        .query_row((sender, append.id.seq.cast_signed()), |row| {
            let appended = Appended {
                position: Position::new(columns::number(row, 1)?, place::number(row.get(0)?)),
                time: columns::number(row, 2)?,
                fresh: false,
            };
            let same = row.get::<_, i64>(3)? == kind_column(append.kind)
                && row.get_ref(4)?.as_str()? == append.text
                && columns::position(row, 5)? == append.reply_to;
            Ok((appended, same))
        })
        .optional()?;
    Ok(match first {
        Some((appended, true)) => Ok(appended),
        Some((_, false)) => Err(AppendError::Reused { expected }),
        None => Ok(Appended {
            position: Position::new(era, 0),
            time: append.time,
            fresh: false,
        }),
    })
}

/// Makes the room of a first message, if there may be one more; a conversation is entered for both persons.
fn make_room(db: &Connection, known: &mut Known, address: &Address) -> Result<Option<KnownRoom>> {
    let room = known.add_room(db, address)?;
    if let (Some(_), Some(pair)) = (room, address.pair()) {
        for person in pair.persons() {
            db.prepare_cached("INSERT INTO talks (person, address, nick) VALUES (?1, ?2, '')")?
                .execute((person.as_bytes(), Room(address)))?;
        }
    }
    Ok(room)
}

fn set_topic(db: &Connection, room: i64, append: &Append) -> Result<()> {
    let topic = (!append.text.is_empty()).then_some(&append.text);
    db.prepare_cached(
        "UPDATE rooms SET topic = ?2, topic_nick = ?3, topic_time = ?4 WHERE id = ?1",
    )?
    .execute((room, topic, append.nick.as_str(), append.time.cast_signed()))
    .map(drop)
}

fn set_talk_nick(db: &Connection, append: &Append) -> Result<()> {
    db.prepare_cached(
        "UPDATE talks SET nick = ?3 WHERE person = ?1 AND address = ?2 AND nick <> ?3",
    )?
    .execute((
        append.id.person.as_bytes(),
        Room(&append.room),
        append.nick.as_str(),
    ))
    .map(drop)
}
