//! Each rule by a log that keeps it and one that breaks it.

#[path = "several_tests.rs"]
mod several;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::log::{Content, End, Entry, Members, Position, Presence, Room, Seen, Start, What};
use crate::oracle::{Rule, judge};
use crate::subject::Promises;

const ALL: Promises = Promises::ALL;

/// A log and an end, written one line a thing.
#[derive(Clone, Default)]
struct Story {
    log: Vec<Entry>,
    end: End,
}

fn content(text: &str) -> Content {
    Content::of(text).unwrap()
}

fn at(n: u64) -> Position {
    Position { era: 7, n }
}

fn seen(n: u64, text: &str) -> Seen {
    Seen {
        text: text.to_owned(),
        id: Some(format!("id of {text}")),
        at: Some(at(n)),
    }
}

impl Story {
    /// A room whose history holds these texts.
    fn of(history: &[&str]) -> Self {
        let mut story = Self::default();
        let kept = (1..).zip(history).map(|(n, text)| seen(n, text)).collect();
        story.end.history = Some(BTreeMap::from([(0, kept)]));
        story
    }

    fn note(mut self, client: Option<u16>, what: What) -> Self {
        self.log.push(Entry {
            time: Duration::ZERO,
            client,
            what,
        });
        self
    }

    fn says(self, text: &str) -> Self {
        let content = content(text);
        let text = text.to_owned();
        let room = 0;
        let what = What::Invoked {
            content,
            room,
            text,
        };
        self.note(Some(content.client), what)
    }

    fn acked(self, text: &str, n: u64) -> Self {
        let content = content(text);
        let at = Some(at(n));
        self.note(Some(content.client), What::Acked { content, at })
    }

    fn refused(self, text: &str) -> Self {
        let content = content(text);
        self.note(Some(content.client), What::Refused { content })
    }

    fn enters(self, client: u16, start: Start, head: Option<u64>) -> Self {
        let room = 0;
        let head = head.map(at);
        self.note(Some(client), What::Entered { room, start, head })
    }

    fn hears(self, client: u16, n: u64, text: &str) -> Self {
        let (room, seen) = (0, seen(n, text));
        self.note(Some(client), What::Received { room, seen })
    }

    fn gap(self, client: u16, from: u64, to: u64) -> Self {
        let what = What::Gap {
            room: 0,
            from: at(from),
            to: at(to),
        };
        self.note(Some(client), what)
    }

    fn held(self, skeleton: &str, person: &str, owned: bool, from: usize, to: usize) -> Self {
        let what = What::Held {
            skeleton: skeleton.to_owned(),
            person: person.to_owned(),
            owned,
            from,
            to,
        };
        self.note(None, what)
    }

    fn listens(mut self, client: u16) -> Self {
        self.end.listeners.push((client, 0));
        self
    }

    #[track_caller]
    fn breaks(&self, expected: &[Rule]) {
        self.breaks_of(ALL, expected);
    }

    #[track_caller]
    fn breaks_of(&self, promises: Promises, expected: &[Rule]) {
        let verdict = judge(&self.log, &self.end, promises);
        let broken: Vec<Rule> = verdict.counts().into_keys().collect();
        assert_eq!(broken, expected, "{:#?}", verdict.violations());
    }
}

#[test]
fn a_quiet_talk_breaks_nothing() {
    Story::of(&["c1n1", "c2n1", "c1n2"])
        .enters(1, Start::Latest, Some(0))
        .enters(2, Start::Latest, Some(0))
        .says("c1n1")
        .acked("c1n1", 1)
        .hears(1, 1, "c1n1")
        .hears(2, 1, "c1n1")
        .says("c2n1")
        .says("c1n2")
        .hears(1, 2, "c2n1")
        .note(Some(2), What::Lost)
        .enters(2, Start::Resumed, None)
        .hears(2, 2, "c2n1")
        .hears(2, 3, "c1n2")
        .hears(1, 3, "c1n2")
        .acked("c2n1", 2)
        .acked("c1n2", 3)
        .listens(1)
        .listens(2)
        .breaks(&[]);
}

#[test]
fn what_was_acknowledged_is_in_the_history() {
    let acked = |history: &[&str]| Story::of(history).says("c1n1").acked("c1n1", 1);
    acked(&["c1n1"]).breaks(&[]);
    acked(&[]).breaks(&[Rule::Lost]);
    Story::of(&[]).says("c1n1").breaks(&[]);
    Story::of(&["c1n1"]).says("c1n1").breaks(&[]);
}

#[test]
fn without_a_history_who_stays_must_have_heard_what_was_acknowledged() {
    let promises = Promises {
        history: false,
        positions: false,
        ..ALL
    };
    let said = Story::default()
        .enters(2, Start::Latest, None)
        .says("c1n1")
        .acked("c1n1", 1)
        .listens(2);
    said.clone().hears(2, 1, "c1n1").breaks_of(promises, &[]);
    said.breaks_of(promises, &[Rule::Lost]);
}

#[test]
fn nothing_is_there_twice() {
    Story::of(&["c1n1", "c1n1"])
        .says("c1n1")
        .breaks(&[Rule::Doubled]);
    Story::of(&["c1n1"])
        .says("c1n1")
        .enters(2, Start::Latest, Some(0))
        .hears(2, 1, "c1n1")
        .hears(2, 1, "c1n1")
        .breaks(&[Rule::Doubled, Rule::Rising, Rule::Resumed]);
}

#[test]
fn what_was_refused_is_nowhere() {
    let refused = |history: &[&str]| Story::of(history).says("c1n1").refused("c1n1");
    refused(&[]).breaks(&[]);
    refused(&["c1n1"]).breaks(&[Rule::Refused]);
    let without = Promises {
        history: false,
        ..ALL
    };
    let mut heard = refused(&[])
        .enters(2, Start::Latest, None)
        .hears(2, 1, "c1n1");
    heard.end.history = None;
    heard.breaks_of(without, &[Rule::Refused]);
}

#[test]
fn one_id_and_one_position_are_one_text_for_all() {
    let said = Story::of(&["c1n1", "c2n1"])
        .says("c1n1")
        .says("c2n1")
        .enters(3, Start::Latest, None);
    said.clone()
        .hears(3, 1, "c1n1")
        .hears(3, 2, "c2n1")
        .breaks(&[]);
    // Another position than the history's: the same text, and then nothing where it should be.
    said.clone().hears(3, 1, "c2n1").breaks(&[Rule::Diverged]);
    let mut renamed = said.clone().hears(3, 1, "c1n1");
    if let What::Received { seen, .. } = &mut renamed.log.last_mut().unwrap().what {
        seen.id = Some("id of c2n1".to_owned());
    }
    renamed.breaks(&[Rule::Diverged]);
    said.hears(3, 3, "c9n1 which nobody said")
        .breaks(&[Rule::Diverged, Rule::Resumed]);
    Story::of(&["c1n1"]).breaks(&[Rule::Diverged]);
    Story::of(&["c1n1"])
        .says("c1n1")
        .acked("c1n1", 2)
        .breaks(&[Rule::Diverged]);
}

#[test]
fn what_a_client_hears_rises_by_one_but_for_gaps() {
    let said = Story::of(&["c1n1", "c1n2", "c1n3"])
        .says("c1n1")
        .says("c1n2")
        .says("c1n3")
        .enters(2, Start::Latest, Some(0))
        .hears(2, 1, "c1n1");
    said.clone()
        .hears(2, 2, "c1n2")
        .hears(2, 3, "c1n3")
        .breaks(&[]);
    said.clone()
        .hears(2, 3, "c1n3")
        .breaks(&[Rule::Rising, Rule::Resumed]);
    let trimming = Promises {
        resume: false,
        ..ALL
    };
    said.clone()
        .gap(2, 2, 2)
        .hears(2, 3, "c1n3")
        .breaks_of(trimming, &[]);
    said.gap(2, 3, 3).breaks_of(trimming, &[Rule::Rising]);
}

#[test]
fn all_hear_one_order() {
    let story = |second: [&str; 2]| {
        let mut story = Story::default()
            .says("c1n1")
            .says("c2n1")
            .enters(3, Start::Latest, None)
            .enters(4, Start::Latest, None);
        for (client, texts) in [(3, ["c1n1", "c2n1"]), (4, second)] {
            for text in texts {
                let seen = Seen {
                    text: text.to_owned(),
                    id: None,
                    at: None,
                };
                story = story.note(Some(client), What::Received { room: 0, seen });
            }
        }
        story
    };
    story(["c1n1", "c2n1"]).breaks(&[]);
    story(["c2n1", "c1n1"]).breaks(&[Rule::OneOrder]);
}

#[test]
fn what_one_client_said_stays_in_its_order() {
    let said = |history: &[&str]| Story::of(history).says("c1n1").says("c1n2");
    said(&["c1n1", "c1n2"]).breaks(&[]);
    said(&["c1n2", "c1n1"]).breaks(&[Rule::SenderOrder]);
}

#[test]
fn what_was_said_after_an_ack_stands_behind() {
    let said = |history: &[&str], n| {
        Story::of(history)
            .says("c1n1")
            .acked("c1n1", n)
            .says("c2n1")
    };
    said(&["c1n1", "c2n1"], 1).breaks(&[]);
    said(&["c2n1", "c1n1"], 2).breaks(&[Rule::RealTime]);
    Story::of(&["c2n1", "c1n1"])
        .says("c1n1")
        .says("c2n1")
        .acked("c1n1", 2)
        .breaks(&[]);
}

#[test]
fn what_was_heard_over_a_resume_is_the_historys_range() {
    let said = Story::of(&["c1n1", "c1n2"])
        .says("c1n1")
        .says("c1n2")
        .enters(2, Start::Latest, Some(0))
        .hears(2, 1, "c1n1")
        .note(Some(2), What::Lost)
        .enters(2, Start::Resumed, None);
    said.clone().hears(2, 2, "c1n2").listens(2).breaks(&[]);
    said.clone().breaks(&[]);
    said.clone().listens(2).breaks(&[Rule::Resumed]);
    // A program that was killed begins anew, and what it missed meanwhile is not its due.
    said.note(Some(2), What::Died)
        .enters(2, Start::Latest, Some(2))
        .listens(2)
        .breaks(&[]);
    Story::of(&["c1n1"])
        .says("c1n1")
        .enters(2, Start::Latest, Some(0))
        .listens(2)
        .breaks(&[Rule::Resumed]);
}

#[test]
fn nobody_is_told_of_a_fork_or_gap() {
    let said = Story::of(&["c1n1", "c1n2"])
        .says("c1n1")
        .says("c1n2")
        .enters(2, Start::Latest, Some(0));
    said.clone()
        .enters(2, Start::Forked, None)
        .breaks(&[Rule::Forked]);
    said.gap(2, 1, 1)
        .hears(2, 2, "c1n2")
        .breaks(&[Rule::Forked]);
}

#[test]
fn a_nick_has_one_holder() {
    let held = |one: (usize, usize), other: (usize, usize), owned| {
        Story::default()
            .held("olga", "one", owned, one.0, one.1)
            .held("olga", "other", false, other.0, other.1)
    };
    held((1, 3), (4, 6), false).breaks(&[]);
    held((4, 6), (1, 3), false).breaks(&[]);
    held((1, 3), (3, 6), false).breaks(&[Rule::Holder]);
    held((2, 9), (3, 4), false).breaks(&[Rule::Holder]);
    held((1, 3), (4, 6), true).breaks(&[Rule::Holder]);
    Story::default()
        .held("olga", "one", true, 1, 9)
        .held("olga", "one", true, 2, 3)
        .held("ben", "other", false, 2, 3)
        .breaks(&[]);
}

#[test]
fn the_member_list_becomes_true_for_all() {
    let members = |all: &[(&str, Presence)]| -> Members {
        let all = all.iter();
        all.map(|(nick, presence)| ((*nick).to_owned(), *presence))
            .collect()
    };
    let check = |truth: &Members, fresh: &Members, kept: &Members, broken: &[Rule]| {
        let rooms = |members: &Members| BTreeMap::<Room, Members>::from([(0, members.clone())]);
        let mut story = Story::default();
        story.end.members = Some(rooms(truth));
        story.end.fresh = rooms(fresh);
        story.end.kept = vec![(1, 0, kept.clone())];
        story.breaks(broken);
    };
    let both = members(&[("ben", Presence::Here), ("mia", Presence::Here)]);
    let lost = members(&[("ben", Presence::Away), ("mia", Presence::Here)]);
    let one = members(&[("mia", Presence::Here)]);
    check(&both, &both, &both, &[]);
    check(&both, &both, &one, &[Rule::Presence]);
    check(&both, &lost, &lost, &[Rule::Presence]);
    check(&one, &both, &both, &[Rule::Presence]);
}

#[test]
fn what_breaks_the_contract_or_never_ends_is_told() {
    Story::default()
        .note(None, What::Broken("a second greeting".to_owned()))
        .breaks(&[Rule::Contract]);
    Story::of(&[])
        .enters(1, Start::Latest, Some(0))
        .note(
            Some(2),
            What::Received {
                room: 0,
                seen: seen(1, "c1n1"),
            },
        )
        .breaks(&[Rule::Contract]);
    let mut story = Story::default();
    story.end.stuck.push("client 1".to_owned());
    story.breaks(&[Rule::Stuck]);
}

#[test]
fn a_text_names_its_content() {
    let content = Content {
        client: 3,
        number: 17,
    };
    assert_eq!(content.text(0), "c3n17");
    assert_eq!(content.text(10), "c3n17 ....");
    assert_eq!(Content::of("c3n17 ...."), Some(content));
    assert_eq!(Content::of("c3n17"), Some(content));
    for other in ["", "hello", "c3", "cxn1", "n1c3"] {
        assert_eq!(Content::of(other), None, "{other}");
    }
}
