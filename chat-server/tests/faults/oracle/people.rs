//! Rules about nicks and member lists.

use std::time::Duration;

use super::{Rule, Verdict};
use crate::log::{End, Entry, What};
use crate::subject::Promises;

pub(super) fn judge(log: &[Entry], end: &End, promises: Promises, verdict: &mut Verdict) {
    if promises.nicks {
        holders(log, promises.nick_bound_ms, verdict);
    }
    presence(end, verdict);
}

struct Held<'a> {
    skeleton: &'a str,
    person: &'a str,
    owned: bool,
    from: usize,
    to: usize,
}

/// From one entry to another.
fn lasts_ms(log: &[Entry], from: usize, to: usize) -> u128 {
    let time = |at: usize| log.get(at).map_or(Duration::ZERO, |entry| entry.time);
    time(to).saturating_sub(time(from)).as_millis()
}

fn holders(log: &[Entry], bound_ms: u64, verdict: &mut Verdict) {
    let held: Vec<Held<'_>> = log
        .iter()
        .filter_map(|entry| {
            let What::Held {
                skeleton,
                person,
                owned,
                from,
                to,
            } = &entry.what
            else {
                return None;
            };
            Some(Held {
                skeleton,
                person,
                owned: *owned,
                from: *from,
                to: *to,
            })
        })
        .collect();
    for (at, one) in held.iter().enumerate() {
        for other in held.iter().skip(at + 1) {
            if one.skeleton != other.skeleton || one.person == other.person {
                continue;
            }
            let (first, second) = if one.from <= other.from {
                (one, other)
            } else {
                (other, one)
            };
            let both = second.from <= first.to;
            let too_long = both
                && (bound_ms == 0
                    || lasts_ms(log, second.from, first.to.min(second.to)) > u128::from(bound_ms));
            if first.owned || too_long {
                verdict.add(
                    Rule::Holder,
                    format!(
                        "{} was held by {} and by {}",
                        one.skeleton, first.person, second.person
                    ),
                );
            }
        }
    }
}

fn presence(end: &End, verdict: &mut Verdict) {
    if let Some(members) = &end.members {
        for (room, truth) in members {
            match end.fresh.get(room) {
                Some(fresh) if fresh == truth => {}
                fresh => verdict.add(
                    Rule::Presence,
                    format!("room {room} has {truth:?}, a fresh list says {fresh:?}"),
                ),
            }
        }
    }
    for (client, room, kept) in &end.kept {
        match end.fresh.get(room) {
            Some(fresh) if fresh == kept => {}
            fresh => verdict.add(
                Rule::Presence,
                format!("client {client} has {kept:?} of room {room}, a fresh list says {fresh:?}"),
            ),
        }
    }
}
