//! What was sent and what came back, and whether both are the same.

use std::collections::BTreeMap;

use super::jobs::{Job, Plan};
use super::{Object, counted};

/// Something said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Said {
    pub(super) nick: String,
    pub(super) action: bool,
    pub(super) text: String,
}

/// A room's messages by their numbers.
type Messages = BTreeMap<u64, Said>;

/// What the programs printed.
#[derive(Default)]
pub(super) struct Report {
    refused: Vec<String>,
    /// By room: what each sender saw of its own.
    own: BTreeMap<String, Messages>,
    /// By room: what a reader saw live.
    followed: BTreeMap<String, Messages>,
    /// By room: what came back at the end.
    read: BTreeMap<String, Messages>,
}

impl Report {
    pub(super) fn of(plan: &Plan) -> Self {
        assert!(plan.lines() > 0, "there is no corpus");
        Self::default()
    }

    /// A sender has ended, and saw these messages of its own.
    pub(super) fn sent(&mut self, job: &Job, own: impl Iterator<Item = Object>) {
        self.refused.extend(job.refusals());
        let own = rising(own);
        let texts: Vec<_> = own.values().cloned().collect();
        assert_eq!(texts, job.accepted(), "{} in {}", job.nick, job.room);
        let room = self.own.entry(job.room.clone()).or_default();
        for (n, said) in own {
            let before = room.insert(n, said);
            assert_eq!(before, None, "{} gave {n} twice", job.room);
        }
    }

    /// A reader has followed the room from before its first message.
    pub(super) fn followed(&mut self, room: &str, messages: impl Iterator<Item = Object>) {
        self.followed.insert(room.to_owned(), rising(messages));
    }

    /// The room's whole history was read.
    pub(super) fn read_back(&mut self, room: &str, messages: impl Iterator<Item = Object>) {
        self.read.insert(room.to_owned(), rising(messages));
    }

    /// Compares all of it, and prints the counts.
    #[expect(clippy::print_stdout, reason = "the counts are what the run is for")]
    pub(super) fn check(&self, plan: &Plan) {
        assert_eq!(
            self.read.keys().collect::<Vec<_>>(),
            plan.rooms().iter().collect::<Vec<_>>()
        );
        let mut back = 0;
        for (room, read) in &self.read {
            let numbers: Vec<u64> = read.keys().copied().collect();
            let whole: Vec<u64> = (1..).take(read.len()).collect();
            assert_eq!(numbers, whole, "{room} has a hole");
            // Each sender's order is held by `sent`, as its own messages are these.
            let own = self.own.get(room).cloned().unwrap_or_default();
            assert_eq!(*read, own, "{room} is not what was acknowledged");
            if let Some(followed) = self.followed.get(room) {
                assert_eq!(followed, read, "{room} was another one live");
            }
            back += read.len();
        }
        let accepted = plan.jobs.iter().flat_map(|job| {
            let room = job.room.clone();
            job.accepted()
                .into_iter()
                .map(move |said| (room.clone(), said))
        });
        let read = self.read.iter().flat_map(|(room, messages)| {
            messages.values().map(|said| (room.clone(), said.clone()))
        });
        assert_eq!(
            counted(read),
            counted(accepted),
            "not as often as it was sent"
        );
        assert_eq!(back + self.refused.len(), plan.lines());

        println!(
            "lines that say something: {}; joins and leaves: {}",
            plan.lines(),
            plan.silent
        );
        println!(
            "rooms: {}; nicks: {}; processes: {}",
            self.read.len(),
            plan.nicks,
            plan.jobs.len()
        );
        println!("read back byte for byte, in the acknowledged order: {back}");
        let live: usize = self.followed.values().map(Messages::len).sum();
        println!(
            "the same seen live by {} readers: {live}",
            self.followed.len()
        );
        println!("refused: {}", self.refused.len());
        for (why, count) in counted(self.refused.iter().map(|note| reason(note))) {
            println!("  {count} {why}");
        }
        println!("mapped nicks: {}", plan.mapped.len());
        for (why, count) in counted(plan.mapped.values()) {
            println!("  {count} {why}");
        }
    }
}

/// The messages by their numbers, which must rise as they come.
fn rising(messages: impl Iterator<Item = Object>) -> Messages {
    let mut by_number = Messages::new();
    for object in messages {
        let last = by_number.last_key_value().map_or(0, |(n, _)| *n);
        assert!(object.n > last, "{} after {last}", object.n);
        by_number.insert(object.n, object.said());
    }
    by_number
}

/// The reason in a note that refuses a line.
fn reason(note: &str) -> &str {
    note.split_once("refused: ").map_or(note, |(_, why)| why)
}
