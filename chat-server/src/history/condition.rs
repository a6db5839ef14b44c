//! Whether a store takes writes, as it last found out, for whoever has to say whether this server is of use.
//!
//! The store notes what became of each commit, or of a probe where nothing is to be committed; a reader learns the outcome and how old it is,
//! and judges by itself. Holds the last outcome alone, and never tries anything.

use std::time::{Duration, Instant};

use tokio::sync::watch;

/// The last outcome of a store's writes, and of its lease. Clones are one condition.
#[derive(Clone, Debug)]
pub struct Condition {
    last: watch::Sender<Notes>,
}

/// What was found last.
#[derive(Debug, Default)]
struct Notes {
    writes: Option<Note>,
    lease: Option<Note>,
}

#[derive(Debug)]
struct Note {
    result: Result<(), String>,
    at: Instant,
}

/// What became of the last try, and how long ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Nothing, or a sentence that says what is wrong.
    pub result: Result<(), String>,
    /// Time since then.
    pub age: Duration,
}

impl Default for Condition {
    /// Of which nothing is known yet.
    fn default() -> Self {
        Self {
            last: watch::Sender::new(Notes::default()),
        }
    }
}

impl Condition {
    /// A write or a probe of the store has come to its end now: it is committed, or why it is not.
    pub fn found(&self, result: Result<(), String>) {
        let note = Note::now(result);
        self.last.send_modify(|notes| notes.writes = Some(note));
    }

    /// The lease that a node among several needs to serve was renewed now, or why it is not held. A store for one node never calls this.
    pub fn leased(&self, result: Result<(), String>) {
        let note = Note::now(result);
        self.last.send_modify(|notes| notes.lease = Some(note));
    }

    /// What became of the last write or probe; nothing where none has ended yet.
    pub fn read(&self) -> Option<Outcome> {
        self.last.borrow().writes.as_ref().map(Note::read)
    }

    /// What is known of the lease; nothing where none is needed.
    pub fn lease(&self) -> Option<Outcome> {
        self.last.borrow().lease.as_ref().map(Note::read)
    }

    /// Waits until [`read`](Self::read) gives an outcome that is at most so old. Whoever calls this bounds the wait.
    pub async fn within(&self, age: Duration) -> Outcome {
        let mut seen = self.last.subscribe();
        loop {
            let outcome = self.read().filter(|outcome| outcome.age <= age);
            if let Some(outcome) = outcome {
                return outcome;
            }
            if seen.changed().await.is_err() {
                // Cannot be: this has a sender itself.
                std::future::pending::<()>().await;
            }
        }
    }
}

impl Note {
    #[expect(
        clippy::disallowed_methods,
        reason = "an outcome is dated where it is found, so that a wait on the way makes it older"
    )]
    fn now(result: Result<(), String>) -> Self {
        let at = Instant::now();
        Self { result, at }
    }

    fn read(&self) -> Outcome {
        Outcome {
            result: self.result.clone(),
            age: self.at.elapsed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    #[test]
    fn the_last_outcome_counts_and_grows_old() {
        let condition = Condition::default();
        let store = condition.clone();
        assert_eq!(condition.read(), None);
        store.found(Ok(()));
        let first = condition.read().unwrap();
        assert_eq!(first.result, Ok(()));
        assert!(condition.read().unwrap().age >= first.age);
        store.found(Err("the disk is full".into()));
        let second = condition.read().unwrap();
        assert_eq!(second.result, Err("the disk is full".into()));
        store.found(Ok(()));
        assert_eq!(condition.read().unwrap().result, Ok(()));
    }

    #[test]
    fn a_lease_is_another_matter_than_a_write() {
        let condition = Condition::default();
        condition.found(Ok(()));
        assert_eq!(condition.lease(), None);
        condition.leased(Err("another node holds it".into()));
        let lease = condition.lease().unwrap();
        assert_eq!(lease.result, Err("another node holds it".into()));
        assert_eq!(condition.read().unwrap().result, Ok(()));
    }

    #[tokio::test]
    async fn who_waits_gets_what_is_young_enough() {
        let condition = Condition::default();
        condition.found(Ok(()));
        assert_eq!(condition.within(LONG).await.result, Ok(()));
        let store = condition.clone();
        let (waited, ()) = tokio::join!(condition.within(LONG), async move {
            store.found(Err("read-only".into()));
        });
        assert_eq!(waited.result, Ok(()), "an old one was young enough");
        let fresh = Condition::default();
        let store = fresh.clone();
        let (waited, ()) = tokio::join!(fresh.within(LONG), async move {
            tokio::task::yield_now().await;
            store.leased(Ok(()));
            tokio::task::yield_now().await;
            store.found(Err("read-only".into()));
        });
        assert_eq!(waited.result, Err("read-only".into()));
    }
}
