//! Who owns which nick.

use protocol::limits::NICKS_OWNED_MAX;
use protocol::names::{Nick, Skeleton};
use rusqlite::{Connection, OptionalExtension as _, Result};

use super::columns;
use crate::record::{Claim, ClaimError};

/// Gives the nick to who claims it, or says why not. Without an owner nothing is stored.
pub(super) fn claim(db: &Connection, claim: &Claim) -> Result<Result<(), ClaimError>> {
    let skeleton = claim.nick.skeleton();
    let owner = db
        .prepare_cached("SELECT person FROM nicks WHERE skeleton = ?1")?
        .query_row([skeleton.as_str()], |row| columns::person(row, 0))
        .optional()?;
    match (&claim.owner, owner) {
        (None, None) => Ok(Ok(())),
        (Some(_), Some(person)) if person == claim.person => {
            // The letters may change in case or look while the nick stays the same.
            db.prepare_cached("UPDATE nicks SET nick = ?2, last = ?3 WHERE skeleton = ?1")?
                .execute((
                    skeleton.as_str(),
                    claim.nick.as_str(),
                    claim.time.cast_signed(),
                ))?;
            Ok(Ok(()))
        }
        (None | Some(_), Some(_)) => Ok(Err(ClaimError::Owned)),
        (Some(key), None) => {
            let nicks: i64 = db
                .prepare_cached("SELECT count(*) FROM nicks WHERE person = ?1")?
                .query_row([claim.person.as_bytes()], |row| row.get(0))?;
            if usize::try_from(nicks).is_ok_and(|nicks| nicks >= NICKS_OWNED_MAX) {
                return Ok(Err(ClaimError::Limit));
            }
            db.prepare_cached(
                "INSERT INTO nicks (skeleton, nick, person, key, first, last) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
            )?
            .execute((
                skeleton.as_str(),
                claim.nick.as_str(),
                claim.person.as_bytes(),
                key.as_bytes(),
                claim.time.cast_signed(),
            ))?;
            Ok(Ok(()))
        }
    }
}

/// Works out every skeleton anew, if it was another build's rule and Unicode tables that made them.
///
/// Who owned a nick first keeps it where two have come to look alike; the other one stays under its old skeleton.
pub(super) fn renew_skeletons(db: &Connection) -> Result<()> {
    let tables = Skeleton::tables();
    let changed = db.execute("UPDATE store SET tables = ?1 WHERE tables <> ?1", [&tables])?;
    if changed == 0 {
        return Ok(());
    }
    let mut owned = db.prepare("SELECT skeleton, nick FROM nicks ORDER BY first")?;
    let rows = owned.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    let mut changed = Vec::new();
    for row in rows {
        let (old, nick) = row?;
        if let Ok(nick) = Nick::new(&nick)
            && nick.skeleton().as_str() != old
        {
            changed.push((old, nick.skeleton()));
        }
    }
    for (old, new) in changed {
        db.execute(
            "UPDATE OR IGNORE nicks SET skeleton = ?2 WHERE skeleton = ?1",
            (old, new.as_str()),
        )?;
    }
    Ok(())
}
