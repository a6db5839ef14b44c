//! Skeletons that were made by another build's rule and Unicode tables, made anew.
//!
//! Two nicks that did not look alike may do so by the new tables, and then only one of them can go on: two keys never own nicks of one
//! skeleton. The one that was owned first stays; the other one is nobody's any more, and its owner is refused it as any nick
//! that looks like somebody else's, and takes another.

use std::collections::BTreeSet;

use protocol::names::{Nick, Skeleton};
use rusqlite::{Connection, Result};

/// Works out every skeleton anew, if it was another build's rule and Unicode tables that made them.
pub(super) fn renew(db: &Connection) -> Result<()> {
    let tables = Skeleton::tables();
    let changed = db.execute("UPDATE store SET tables = ?1 WHERE tables <> ?1", [&tables])?;
    if changed == 0 {
        return Ok(());
    }
    let mut taken = BTreeSet::new();
    let mut moves = Vec::new();
    for (old, nick) in owned(db)? {
        // A nick that this build refuses can be nobody's here; it keeps its place where no other one needs it.
        let new = Nick::new(&nick).ok().map(|nick| nick.skeleton());
        let new = new.map_or_else(|| old.clone(), |new| new.as_str().to_owned());
        if taken.insert(new.clone()) {
            moves.push((old, Some(new)));
        } else {
            tracing::warn!(
                nick,
                "two owned nicks look alike by the new Unicode tables; the one that was owned later is free"
            );
            moves.push((old, None));
        }
    }
    put(db, moves)
}

/// The owned nicks and their skeletons: those that this build allows first, and of these who owned theirs first.
fn owned(db: &Connection) -> Result<Vec<(String, String)>> {
    let mut owned = db.prepare("SELECT skeleton, nick FROM nicks ORDER BY first, skeleton")?;
    let rows = owned.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut owned = rows.collect::<Result<Vec<(String, String)>>>()?;
    owned.sort_by_key(|(_, nick)| Nick::new(nick).is_err());
    Ok(owned)
}

/// Moves rows to their new skeletons. All are out of the way before the first one gets its place, since it may be where another was.
fn put(db: &Connection, moves: Vec<(String, Option<String>)>) -> Result<()> {
    let moves: Vec<_> = moves
        .into_iter()
        .filter(|(old, new)| new.as_ref() != Some(old))
        .collect();
    // No skeleton begins with a control character.
    let aside = |old: &str| format!("\u{1}{old}");
    for (old, new) in &moves {
        match new {
            Some(_) => db.execute(
                "UPDATE nicks SET skeleton = ?2 WHERE skeleton = ?1",
                (old, aside(old)),
            )?,
            None => db.execute("DELETE FROM nicks WHERE skeleton = ?1", [old])?,
        };
    }
    for (old, new) in &moves {
        if let Some(new) = new {
            db.execute(
                "UPDATE nicks SET skeleton = ?2 WHERE skeleton = ?1",
                (aside(old), new),
            )?;
        }
    }
    Ok(())
}
