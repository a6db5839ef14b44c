//! Whether a server is of use to who connects now: each condition is a line, and all must hold.

use std::fmt;
use std::time::Duration;

use crate::history::Outcome;

/// How old the store's last success may be; beyond it the store is asked to write something.
pub(super) const STORE_AGE_MAX: Duration = Duration::from_secs(5);

/// How old its last failure may be until it is asked again, so that it is soon known when it is mended.
pub(super) const FAILURE_AGE_MAX: Duration = Duration::from_secs(1);

/// How long the store may take for that; after it the outcome before counts, with its age.
pub(super) const STORE_ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// How old the renewal of a lease may be.
const LEASE_AGE_MAX: Duration = Duration::from_secs(10);

/// What was found.
#[derive(Debug)]
pub(super) struct Standing {
    /// The hub answers, or why not.
    pub(super) hub: Result<(), String>,
    /// What became of the store's last write or probe, if any has ended yet.
    pub(super) store: Option<Outcome>,
    /// What is known of the lease, where one is needed.
    pub(super) lease: Option<Outcome>,
    /// New connections are to go elsewhere.
    pub(super) draining: bool,
}

impl Standing {
    /// Whether all holds.
    pub(super) fn is_ready(&self) -> bool {
        self.conditions().iter().all(|(_, found)| found.is_ok())
    }

    /// Each condition, with what is to be said of it.
    fn conditions(&self) -> Vec<(&'static str, Result<String, String>)> {
        let hub = self.hub.clone().map(|()| "ok".to_owned());
        let store = self.store.as_ref().map_or_else(
            || Err("no write has ended yet".to_owned()),
            |store| judge(store, STORE_AGE_MAX),
        );
        let drain = if self.draining {
            Err("it drains: connect elsewhere".to_owned())
        } else {
            Ok("ok".to_owned())
        };
        let mut conditions = vec![("hub", hub), ("store", store), ("drain", drain)];
        if let Some(lease) = &self.lease {
            conditions.push(("lease", judge(lease, LEASE_AGE_MAX)));
        }
        conditions
    }
}

/// A line a condition.
impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, found) in self.conditions() {
            let (Ok(words) | Err(words)) = found;
            // What a store says may be anything.
            let words = words.replace(['\n', '\r'], " ");
            writeln!(f, "{name}: {words}")?;
        }
        Ok(())
    }
}

/// Whether an outcome of the store says enough without another try.
pub(super) fn is_recent(outcome: &Outcome) -> bool {
    let age_max = match outcome.result {
        Ok(()) => STORE_AGE_MAX,
        Err(_) => FAILURE_AGE_MAX,
    };
    outcome.age <= age_max
}

fn judge(outcome: &Outcome, age_max: Duration) -> Result<String, String> {
    let age = format!("{:.1} s ago", outcome.age.as_secs_f64());
    match &outcome.result {
        Err(reason) => Err(format!("{reason} ({age})")),
        Ok(()) if outcome.age > age_max => Err(format!(
            "no answer; the last one was {age}, and {} s are the most",
            age_max.as_secs()
        )),
        Ok(()) => Ok(format!("ok, {age}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Standing {
        Standing {
            hub: Ok(()),
            store: Some(found(Ok(()), STORE_AGE_MAX)),
            lease: None,
            draining: false,
        }
    }

    fn found(result: Result<(), &str>, age: Duration) -> Outcome {
        let result = result.map_err(str::to_owned);
        Outcome { result, age }
    }

    #[track_caller]
    fn check(standing: &Standing, ready: bool, lines: &str) {
        assert_eq!(
            (standing.to_string().as_str(), standing.is_ready()),
            (lines, ready)
        );
    }

    #[test]
    fn all_conditions_must_hold_and_each_is_a_line() {
        check(&good(), true, "hub: ok\nstore: ok, 5.0 s ago\ndrain: ok\n");
        let hub = Standing {
            hub: Err("the hub has ended".into()),
            ..good()
        };
        check(
            &hub,
            false,
            "hub: the hub has ended\nstore: ok, 5.0 s ago\ndrain: ok\n",
        );
        let full = Standing {
            store: Some(found(Err("disk\nfull"), Duration::from_millis(1_250))),
            ..good()
        };
        check(
            &full,
            false,
            "hub: ok\nstore: disk full (1.2 s ago)\ndrain: ok\n",
        );
        let draining = Standing {
            draining: true,
            ..good()
        };
        let lines = "hub: ok\nstore: ok, 5.0 s ago\ndrain: it drains: connect elsewhere\n";
        check(&draining, false, lines);
    }

    #[test]
    fn an_old_success_is_none() {
        let store = found(Ok(()), STORE_AGE_MAX + Duration::from_millis(100));
        let old = Standing {
            store: Some(store),
            ..good()
        };
        let line = "store: no answer; the last one was 5.1 s ago, and 5 s are the most\n";
        check(&old, false, &format!("hub: ok\n{line}drain: ok\n"));
        let none = Standing {
            store: None,
            ..good()
        };
        check(
            &none,
            false,
            "hub: ok\nstore: no write has ended yet\ndrain: ok\n",
        );
    }

    #[test]
    fn a_failure_is_looked_into_sooner_than_a_success() {
        let more = Duration::from_millis(1);
        for (result, age, recent) in [
            (Ok(()), STORE_AGE_MAX, true),
            (Ok(()), STORE_AGE_MAX + more, false),
            (Err("full"), FAILURE_AGE_MAX, true),
            (Err("full"), FAILURE_AGE_MAX + more, false),
        ] {
            assert_eq!(is_recent(&found(result, age)), recent, "{result:?} {age:?}");
        }
    }

    #[test]
    fn a_lease_counts_where_there_is_one() {
        for (lease, ready, line) in [
            (found(Ok(()), LEASE_AGE_MAX), true, "ok, 10.0 s ago"),
            (
                found(Ok(()), LEASE_AGE_MAX + Duration::from_secs(1)),
                false,
                "no answer; the last one was 11.0 s ago, and 10 s are the most",
            ),
            (
                found(Err("node b has it"), Duration::ZERO),
                false,
                "node b has it (0.0 s ago)",
            ),
        ] {
            let standing = Standing {
                lease: Some(lease),
                ..good()
            };
            let lines = format!("hub: ok\nstore: ok, 5.0 s ago\ndrain: ok\nlease: {line}\n");
            check(&standing, ready, &lines);
        }
    }
}
