//! Random traffic against a history that is a few vectors.

use std::collections::BTreeMap;

use proptest::prelude::*;
use protocol::position::Anchor;

use super::*;

const ROOMS: [&str; 3] = ["bread", "tea", "가나"];

/// What a sender tries.
#[derive(Clone, Copy, Debug)]
enum Try {
    Next,
    /// The seq that is so much back, with the same text.
    Again(u64),
    /// The seq that is so much back, with another text.
    Reuse(u64),
    /// So much beyond the next.
    Ahead(u64),
}

#[derive(Clone, Copy, Debug)]
struct Attempt {
    room: usize,
    person: u8,
    device: u32,
    what: Try,
}

#[derive(Clone, Debug)]
enum Step {
    Batch(Vec<Attempt>),
    Reopen,
    Page(usize, Range, u16),
    Resume(usize, u64, u16),
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let what = prop_oneof![
        6 => Just(Try::Next),
        1 => (0..4_u64).prop_map(Try::Again),
        1 => (0..4_u64).prop_map(Try::Reuse),
        1 => (1..4_u64).prop_map(Try::Ahead),
    ];
    (0..=ROOMS.len(), 1..4_u8, 0..2_u32, what).prop_map(|(room, person, device, what)| Attempt {
        room,
        person,
        device,
        what,
    })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let range = prop_oneof![
        (0..40_u64).prop_map(Range::Before),
        (0..40_u64).prop_map(Range::After),
        Just(Range::Last),
    ];
    let step = prop_oneof![
        6 => prop::collection::vec(attempt(), 1..12).prop_map(Step::Batch),
        1 => Just(Step::Reopen),
        3 => (0..=ROOMS.len(), range, 0..9_u16).prop_map(|(room, range, limit)| Step::Page(room, range, limit)),
        2 => (0..=ROOMS.len(), 0..40_u64, 0..9_u16).prop_map(|(room, n, limit)| Step::Resume(room, n, limit)),
    ];
    prop::collection::vec(step, 1..24)
}

/// Room `index`; the last one is a conversation.
fn address(index: usize) -> Address {
    ROOMS
        .get(index)
        .map_or_else(|| direct(1, 2), |name| room(name))
}

fn index(n: u64) -> usize {
    usize::try_from(n).unwrap()
}

#[derive(Default)]
struct Model {
    rooms: BTreeMap<Address, Vec<Message>>,
}

impl Model {
    fn messages(&self, room: &Address) -> &[Message] {
        self.rooms.get(room).map_or(&[], Vec::as_slice)
    }

    fn next_seq(&self, room: &Address, person: PersonId, device: u32) -> u64 {
        let from_sender = |m: &&Message| m.id.person == person && m.id.device == device;
        1 + self.messages(room).iter().filter(from_sender).count() as u64
    }

    fn make(&self, attempt: Attempt) -> Append {
        let room = address(attempt.room);
        let next = self.next_seq(&room, person(attempt.person), attempt.device);
        let (seq, text) = match attempt.what {
            Try::Next => (next, "said"),
            Try::Again(back) => (next.saturating_sub(back + 1), "said"),
            Try::Reuse(back) => (next.saturating_sub(back + 1), "said otherwise"),
            Try::Ahead(beyond) => (next + beyond, "said"),
        };
        let mut append = said(&room, attempt.person, seq);
        append.id.device = attempt.device;
        append.text = format!("{text} {seq}");
        append
    }

    fn append(&mut self, append: &Append) -> Result<Appended, AppendError> {
        let id = append.id;
        let expected = self.next_seq(&append.room, id.person, id.device);
        if let Some(first) = self.messages(&append.room).iter().find(|m| m.id == id) {
            return if first.text == append.text {
                Ok(Appended {
                    position: first.position,
                    time: first.time,
                    fresh: false,
                })
            } else {
                Err(AppendError::Reused { expected })
            };
        }
        if id.seq != expected {
            return Err(AppendError::OutOfOrder { expected });
        }
        let messages = self.rooms.entry(append.room.clone()).or_default();
        let n = messages.len() as u64 + 1;
        messages.push(as_message(append, Position::new(ERA, n)));
        fresh(n, append.time)
    }

    fn page(&self, room: &Address, range: Range, limit: u16) -> Page {
        let all = self.messages(room);
        let limit = usize::from(limit);
        let (part, from_the_start) = match range {
            Range::After(n) => (&all[all.len().min(index(n))..], true),
            Range::Before(n) => (&all[..all.len().min(index(n).saturating_sub(1))], false),
            Range::Last => (all, false),
        };
        let taken = part.len().min(limit);
        let messages = if from_the_start {
            &part[..taken]
        } else {
            &part[part.len() - taken..]
        };
        Page {
            messages: messages.to_vec(),
            more: part.len() > taken,
            gap: None,
        }
    }
}

fn run(location: &Location, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let mut desk = Desk::open(location, NOW);
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Batch(attempts) => {
                let mut appends = Vec::new();
                let mut expected = Vec::new();
                for attempt in attempts {
                    let append = model.make(attempt);
                    expected.push(model.append(&append));
                    appends.push(append);
                }
                prop_assert_eq!(desk.append_all(appends), expected);
            }
            Step::Reopen if *location == Location::Memory => {}
            Step::Reopen => {
                desk.close();
                desk = Desk::open(location, NOW + 1_000_000);
                prop_assert_eq!(desk.restored.era, ERA);
            }
            Step::Page(room, range, limit) => {
                let room = address(room);
                prop_assert_eq!(
                    desk.page(&room, range, limit),
                    model.page(&room, range, limit)
                );
            }
            Step::Resume(room, n, limit) => {
                let room = address(room);
                let there = model.messages(&room).get(index(n).wrapping_sub(1));
                let anchor = Anchor {
                    position: Position::new(ERA, n),
                    id: there.map(|message| message.id),
                };
                let known = n == 0 || there.is_some();
                let range = if known { Range::After(n) } else { Range::Last };
                let expected = JoinPage {
                    known,
                    kept: (!known).then(|| match model.messages(&room).len() {
                        0 => Position::default(),
                        last => Position::new(ERA, last as u64),
                    }),
                    head: Position::new(ERA, model.messages(&room).len() as u64),
                    topic: None,
                    next_seq: model.next_seq(&room, person(1), 0),
                    page: model.page(&room, range, limit),
                };
                prop_assert_eq!(desk.join(&room, From::After(anchor), limit), expected);
            }
        }
    }
    for index in 0..=ROOMS.len() {
        let room = address(index);
        let page = desk.page(&room, Range::After(0), u16::MAX);
        prop_assert_eq!(page.messages, model.messages(&room));
    }
    Ok(())
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn a_history_in_memory_is_a_few_vectors(steps in steps()) {
        run(&Location::Memory, steps)?;
    }
}

proptest! {
    #![proptest_config(config(32))]

    #[test]
    fn a_history_on_disk_is_a_few_vectors_that_outlive_restarts(steps in steps()) {
        let directory = tempfile::tempdir().unwrap();
        run(&Location::Directory(directory.path().to_owned()), steps)?;
    }
}
