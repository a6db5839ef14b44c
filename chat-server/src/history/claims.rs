//! Who owns which nick, and for how long it is unused.
//!
//! A nick that its owner has not used for long enough is free: who takes it next owns it, and it is kept who had it before. A row stays
//! until then, so an owner who comes back before anybody else did finds it.

use std::time::Duration;

use protocol::event;
use protocol::identity::PublicKey;
use protocol::limits::NICKS_OWNED_MAX;
use protocol::position::PersonId;
use rusqlite::{Connection, OptionalExtension as _, Result};

use super::columns;
use crate::record::{Claim, ClaimError, Former, Used};

/// A nick as it is owned.
struct Owned {
    person: PersonId,
    /// By the wall clock, in milliseconds since 1970.
    last: u64,
    used: Duration,
    former: Option<Former>,
}

impl Owned {
    fn find(db: &Connection, skeleton: &str) -> Result<Option<Self>> {
        db.prepare_cached(
            "SELECT person, last, used, former, former_until, taken FROM nicks WHERE skeleton = ?1",
        )?
        .query_row([skeleton], |row| {
            Ok(Self {
                person: columns::person(row, 0)?,
                last: columns::number(row, 1)?,
                used: columns::served(row, 2)?,
                former: columns::former(row, 3)?,
            })
        })
        .optional()
    }

    /// Who has the nick next is told of this.
    const fn into_former(self, taken: Duration) -> Former {
        Former {
            told: event::Former {
                person: self.person,
                until: self.last,
            },
            taken,
        }
    }
}

/// Gives the nick to who claims it and tells who had it before, or says why not. Without an owner nothing is stored.
pub(super) fn claim(db: &Connection, claim: &Claim) -> Result<Result<Option<Former>, ClaimError>> {
    let skeleton = claim.nick.skeleton();
    let owned = Owned::find(db, skeleton.as_str())?;
    let is_free = owned
        .as_ref()
        .is_none_or(|owned| claim.unused_since.is_some_and(|since| owned.used <= since));
    let Some(key) = &claim.owner else {
        return Ok(match owned {
            Some(_) if !is_free => Err(ClaimError::Owned),
            Some(owned) if owned.person == claim.person => Ok(owned.former),
            Some(owned) => Ok(Some(owned.into_former(claim.at.served))),
            None => Ok(None),
        });
    };
    let is_own = owned
        .as_ref()
        .is_some_and(|owned| owned.person == claim.person);
    if !is_own && !is_free {
        return Ok(Err(ClaimError::Owned));
    }
    if is_free && owns_enough(db, claim)? {
        return Ok(Err(ClaimError::Limit));
    }
    let former = match owned {
        Some(owned) if is_own => owned.former,
        Some(owned) => Some(owned.into_former(claim.at.served)),
        None => None,
    };
    store(db, claim, key, is_own, former.as_ref())?;
    Ok(Ok(former))
}

/// Whether the key owns as many nicks as it may; those that are unused do not count.
fn owns_enough(db: &Connection, claim: &Claim) -> Result<bool> {
    let nicks: i64 = db
        .prepare_cached("SELECT count(*) FROM nicks WHERE person = ?1 AND used > ?2")?
        .query_row(
            (
                claim.person.as_bytes(),
                claim.unused_since.map_or(-1, columns::served_column),
            ),
            |row| row.get(0),
        )?;
    Ok(usize::try_from(nicks).is_ok_and(|nicks| nicks >= NICKS_OWNED_MAX))
}

fn store(
    db: &Connection,
    claim: &Claim,
    key: &PublicKey,
    is_own: bool,
    former: Option<&Former>,
) -> Result<()> {
    let (skeleton, nick) = (claim.nick.skeleton(), claim.nick.as_str());
    let (last, used) = (
        claim.at.unix_ms.cast_signed(),
        columns::served_column(claim.at.served),
    );
    if is_own {
        // The letters may change in case or look while the nick stays the same.
        return db
            .prepare_cached(
                "UPDATE nicks SET nick = ?2, last = ?3, used = max(used, ?4) WHERE skeleton = ?1",
            )?
            .execute((skeleton.as_str(), nick, last, used))
            .map(drop);
    }
    let (former, until, taken) = columns::former_columns(former);
    db.prepare_cached(
        "INSERT OR REPLACE INTO nicks (skeleton, nick, person, key, first, last, used, former, former_until, taken)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute((
        skeleton.as_str(),
        nick,
        claim.person.as_bytes(),
        key.as_bytes(),
        last,
        used,
        former,
        until,
        taken,
    ))
    .map(drop)
}

/// Takes note of a nick in use. What is known of a later use stays.
pub(super) fn used(db: &Connection, used: &Used) -> Result<()> {
    db.prepare_cached(
        "UPDATE nicks SET last = ?3, used = max(used, ?4) WHERE skeleton = ?1 AND person = ?2",
    )?
    .execute((
        used.nick.skeleton().as_str(),
        used.person.as_bytes(),
        used.at.unix_ms.cast_signed(),
        columns::served_column(used.at.served),
    ))
    .map(drop)
}

/// Takes note of how long servers have served; a longer time that is known stays.
pub(super) fn write_served(db: &Connection, served: Duration) -> Result<()> {
    db.prepare_cached("UPDATE store SET served = max(served, ?1)")?
        .execute([columns::served_column(served)])
        .map(drop)
}

/// How long servers have served, as far as it was kept. A use that was noted later counts too.
pub(super) fn read_served(db: &Connection) -> Result<Duration> {
    db.query_row(
        "SELECT max(served, (SELECT coalesce(max(used), 0) FROM nicks)) FROM store",
        [],
        |row| columns::served(row, 0),
    )
}
