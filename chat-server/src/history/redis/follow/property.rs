//! Any order of publishing, confirming, lost, late and doubled bells, forks, trimming and looks gives a follower exactly the
//! confirmed log, or says that it broke.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::tests::{at, message};
use super::*;

/// What happens next; numbers choose among what is under way.
#[derive(Clone, Debug)]
enum Event {
    Publish,
    Confirm,
    /// The history loses so many messages at its end, or none, and its era rises.
    Fork(usize),
    Trim(usize),
    Hear(usize),
    HearTwice(usize),
    Miss(usize),
    /// What is to be read is looked up now; its answer comes later.
    LookUp(usize),
    Answer(usize),
    Fail(usize),
    Look,
    Looked(usize),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let which = || 0..4_usize;
    let event = prop_oneof![
        6 => Just(Event::Publish),
        6 => Just(Event::Confirm),
        1 => which().prop_map(Event::Fork),
        1 => which().prop_map(Event::Trim),
        6 => which().prop_map(Event::Hear),
        1 => which().prop_map(Event::HearTwice),
        2 => which().prop_map(Event::Miss),
        4 => which().prop_map(Event::LookUp),
        4 => which().prop_map(Event::Answer),
        1 => which().prop_map(Event::Fail),
        2 => Just(Event::Look),
        2 => which().prop_map(Event::Looked),
    ];
    prop::collection::vec(event, 1..120)
}

/// The store, and one who follows it.
struct World {
    log: Vec<Position>,
    confirmed: usize,
    era: u64,
    forks: Vec<Position>,
    trimmed: u64,
    bells: Vec<(Position, Vec<Message>)>,
    /// What is to be read.
    wanted: Vec<Position>,
    answers: Vec<(Position, After)>,
    looks: Vec<Position>,
    room: Followed,
    /// What stood before each message when it was stored.
    before: BTreeMap<Position, Position>,
    told: Position,
    /// What stood behind them is lost and may not be told.
    forks_told: Vec<Position>,
}

impl World {
    fn new() -> Self {
        let mut room = Followed::new("lobby".parse().unwrap(), &mut Vec::new());
        room.members(
            Some(Snapshot {
                count: 0,
                confirmed: at(1, 0),
                members: Vec::new(),
            }),
            &mut Vec::new(),
        );
        room.joined(at(1, 0), &mut Vec::new());
        Self {
            log: Vec::new(),
            confirmed: 0,
            era: 1,
            forks: Vec::new(),
            trimmed: 0,
            bells: Vec::new(),
            wanted: Vec::new(),
            answers: Vec::new(),
            looks: Vec::new(),
            room,
            before: BTreeMap::new(),
            told: at(1, 0),
            forks_told: Vec::new(),
        }
    }

    fn position(&self, n: usize) -> Position {
        n.checked_sub(1)
            .and_then(|index| self.log.get(index))
            .copied()
            .unwrap_or_else(|| at(self.era, 0))
    }

    fn is_in_log(&self, told: Position) -> bool {
        told.n == 0 || self.log.contains(&told)
    }

    /// As the store decides it: by its forks, since the message itself may be trimmed.
    fn after(&self, told: Position) -> After {
        let head = self.position(self.confirmed);
        let mut forks = self.forks.iter();
        let is_forked = forks.any(|fork| fork.era >= told.era && told.n > fork.n);
        assert_eq!(is_forked, !self.is_in_log(told), "{told:?}");
        if is_forked || told.n < self.trimmed {
            return After::Broken {
                head,
                forks: self.forks.clone(),
                topic: None,
            };
        }
        let behind = self.log[..self.confirmed]
            .iter()
            .skip(usize::try_from(told.n).unwrap());
        After::Follows {
            messages: behind.take(3).copied().map(message).collect(),
            confirmed: head,
        }
    }

    fn fork(&mut self, lost: usize) {
        let kept = self.log.len().saturating_sub(lost);
        self.log.truncate(kept);
        self.confirmed = self.confirmed.min(kept);
        self.trimmed = self.trimmed.min(kept as u64);
        self.forks.push(at(self.era, kept as u64));
        self.era += 1;
    }

    fn apply(&mut self, event: &Event) {
        let mut out = Vec::new();
        match *event {
            Event::Publish => {
                let before = self.position(self.log.len());
                let position = at(self.era, before.n + 1);
                self.before.insert(position, before);
                self.log.push(position);
            }
            Event::Confirm => {
                let before = self.position(self.confirmed);
                let fresh = &self.log[self.confirmed..];
                if !fresh.is_empty() {
                    let fresh = fresh.iter().copied().map(message).collect();
                    self.bells.push((before, fresh));
                }
                self.confirmed = self.log.len();
            }
            Event::Fork(lost) => {
                self.fork(lost);
            }
            Event::Trim(more) => {
                self.trimmed = (self.trimmed + more as u64).min(self.confirmed as u64);
            }
            Event::Hear(which) if which < self.bells.len() => {
                let (before, messages) = self.bells.remove(which);
                self.room.heard(before, messages, &mut out);
            }
            Event::HearTwice(which) if which < self.bells.len() => {
                let (before, messages) = self.bells[which].clone();
                self.room.heard(before, messages, &mut out);
            }
            Event::Miss(which) if which < self.bells.len() => {
                self.bells.remove(which);
            }
            Event::LookUp(which) if which < self.wanted.len() => {
                let after = self.wanted.remove(which);
                self.answers.push((after, self.after(after)));
            }
            Event::Answer(which) if which < self.answers.len() => {
                let (after, answer) = self.answers.remove(which);
                self.room.read(after, Some(answer), &mut out);
            }
            Event::Fail(which) if which < self.wanted.len() => {
                let after = self.wanted.remove(which);
                self.room.read(after, None, &mut out);
            }
            Event::Look => {
                self.room.looking();
                self.looks.clear();
                self.looks.push(self.position(self.confirmed));
            }
            Event::Looked(which) if which < self.looks.len() => {
                let confirmed = self.looks.remove(which);
                self.room.looked(confirmed, 0, &mut out);
            }
            Event::Hear(_)
            | Event::HearTwice(_)
            | Event::Miss(_)
            | Event::LookUp(_)
            | Event::Answer(_)
            | Event::Fail(_)
            | Event::Looked(_) => {}
        }
        for step in out {
            self.step(step);
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Read(after) => self.wanted.push(after),
            Step::ReadMembers => panic!("nothing has happened to the members"),
            Step::Tell(News::Messages { messages, .. }) => {
                assert!(!messages.is_empty());
                for message in messages {
                    let before = self.before[&message.position];
                    assert!(
                        is_same(before, self.told),
                        "{:?} after {:?}",
                        message.position,
                        self.told
                    );
                    let Position { era, n } = message.position;
                    let mut forks = self.forks_told.iter();
                    assert!(forks.all(|fork| era > fork.era || n <= fork.n));
                    self.told = message.position;
                }
            }
            Step::Tell(News::Broken { head, .. }) => {
                self.told = head;
                self.forks_told.clone_from(&self.room.forks);
            }
            Step::Tell(other) => panic!("{other:?}"),
        }
    }

    /// Everything that is under way arrives, and then there is another look.
    fn settle(&mut self) {
        self.apply(&Event::Confirm);
        self.bells.clear();
        for _ in 0..2 {
            self.apply(&Event::Look);
            self.apply(&Event::Looked(0));
            let mut turns = 0;
            while !self.wanted.is_empty() || !self.answers.is_empty() {
                self.apply(&Event::LookUp(0));
                self.apply(&Event::Answer(0));
                turns += 1;
                assert!(turns < 1000, "it never ends");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_follower_is_told_the_confirmed_log(events in events()) {
        let mut world = World::new();
        for event in events {
            world.apply(&event);
        }
        world.settle();
        let head = world.position(world.confirmed);
        prop_assert!(is_same(world.told, head), "told {:?} of {:?}", world.told, head);
        prop_assert!(world.is_in_log(world.told));
    }
}
