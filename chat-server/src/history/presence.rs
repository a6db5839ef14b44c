//! Who is in which room, for the time after a restart.

use std::collections::BTreeMap;

use protocol::names::{Nick, Skeleton};
use protocol::position::{Address, PersonId};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Result};

use super::columns::{self, Room};
use crate::record::Present;

/// Enters a member, or its new nick.
pub(super) fn enter(db: &Connection, present: &Present) -> Result<()> {
    let (former, until, taken) = columns::former_columns(present.former.as_ref());
    db.prepare_cached(
        "INSERT OR REPLACE INTO presence (address, person, nick, guest, former, former_until, taken)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        Room(&present.room),
        present.person.as_bytes(),
        present.nick.as_str(),
        present.guest,
        former,
        until,
        taken,
    ))
    .map(drop)
}

/// Takes a member out.
pub(super) fn leave(db: &Connection, room: &Address, person: PersonId) -> Result<()> {
    db.prepare_cached("DELETE FROM presence WHERE address = ?1 AND person = ?2")?
        .execute((Room(room), person.as_bytes()))
        .map(drop)
}

/// Everybody who is there, by room and person. Rows that nobody can come back by are taken out: by a nick that this build refuses, that somebody
/// else owns, or that another one who is there has.
pub(super) fn restore(db: &Connection) -> Result<Vec<Present>> {
    let mut present = Vec::new();
    let mut holders = BTreeMap::new();
    // Owners before guests, so that a guest never keeps an owner out.
    for row in all(db)? {
        let (room, person) = (row.room.clone(), row.person);
        let skeleton = row.nick.skeleton();
        let is_held =
            may_hold(db, &row, &skeleton)? && *holders.entry(skeleton).or_insert(person) == person;
        if is_held {
            present.push(row);
        } else {
            leave(db, &room, person)?;
        }
    }
    present.sort_by(|a, b| (&a.room, a.person).cmp(&(&b.room, b.person)));
    Ok(present)
}

/// Whether nobody else owns the nick. A guest may have one whose owner had not used it for long, and has not since.
fn may_hold(db: &Connection, row: &Present, skeleton: &Skeleton) -> Result<bool> {
    let owner = db
        .prepare_cached("SELECT person, used FROM nicks WHERE skeleton = ?1")?
        .query_row([skeleton.as_str()], |row| {
            Ok((columns::person(row, 0)?, columns::served(row, 1)?))
        })
        .optional()?;
    Ok(match owner {
        None => row.guest,
        Some((owner, _)) if owner == row.person => true,
        Some((owner, used)) => row
            .former
            .is_some_and(|former| row.guest && former.told.person == owner && used <= former.taken),
    })
}

/// All rows that can be read, owners first; the others are taken out.
fn all(db: &Connection) -> Result<Vec<Present>> {
    let mut rows = db.prepare(
        "SELECT address, person, nick, guest, former, former_until, taken FROM presence
         ORDER BY guest, address, person",
    )?;
    let mut rows = rows.query([])?;
    let mut present = Vec::new();
    let mut unreadable = Vec::new();
    while let Some(row) = rows.next()? {
        let nick = Nick::new(row.get_ref(2)?.as_str()?);
        if let (Ok(Room(room)), Ok(nick)) = (row.get(0), nick) {
            present.push(Present {
                room,
                person: columns::person(row, 1)?,
                nick,
                guest: row.get(3)?,
                former: columns::former(row, 4)?,
                keyed: true,
                reconnecting: false,
            });
        } else {
            unreadable.push((row.get::<_, Value>(0)?, columns::person(row, 1)?));
        }
    }
    for (address, person) in unreadable {
        db.execute(
            "DELETE FROM presence WHERE address = ?1 AND person = ?2",
            (address, person.as_bytes()),
        )?;
    }
    Ok(present)
}
