//! Who is in which room, for the time after a restart.

use protocol::names::Nick;
use protocol::position::{Address, PersonId};
use rusqlite::{Connection, Result};

use super::columns::{self, Room};
use crate::record::Present;

/// Enters a member, or its new nick.
pub(super) fn enter(db: &Connection, present: &Present) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO presence (address, person, nick, guest) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (address, person) DO UPDATE SET nick = excluded.nick, guest = excluded.guest",
    )?
    .execute((
        Room(&present.room),
        present.person.as_bytes(),
        present.nick.as_str(),
        present.guest,
    ))
    .map(drop)
}

/// Takes a member out.
pub(super) fn leave(db: &Connection, room: &Address, person: PersonId) -> Result<()> {
    db.prepare_cached("DELETE FROM presence WHERE address = ?1 AND person = ?2")?
        .execute((Room(room), person.as_bytes()))
        .map(drop)
}

/// Everybody who is there. Who has a name that this build refuses is left out, as nobody could come back by it.
pub(super) fn all(db: &Connection) -> Result<Vec<Present>> {
    let mut rows =
        db.prepare("SELECT address, person, nick, guest FROM presence ORDER BY address, person")?;
    let mut rows = rows.query([])?;
    let mut present = Vec::new();
    while let Some(row) = rows.next()? {
        let nick = Nick::new(row.get_ref(2)?.as_str()?);
        if let (Ok(Room(room)), Ok(nick)) = (row.get(0), nick) {
            present.push(Present {
                room,
                person: columns::person(row, 1)?,
                nick,
                guest: row.get(3)?,
            });
        }
    }
    Ok(present)
}
