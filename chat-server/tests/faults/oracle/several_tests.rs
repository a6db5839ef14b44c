//! What several servers add to the rules.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{ALL, Story, seen};
use crate::log::{Position, Seen, Start, What};
use crate::oracle::Rule;
use crate::subject::Promises;

#[test]
fn what_is_taken_away_is_told_where_nobody_waits_for_a_replica() {
    let promises = Promises {
        keeps_tail: false,
        ..ALL
    };
    let again = |text: &str, n| Seen {
        at: Some(Position { era: 8, n }),
        ..seen(n, text)
    };
    // Of three messages the last one was lost with the primary; its position is given out again, of another era.
    let mut lost = Story::default()
        .says("c1n1")
        .says("c1n2")
        .says("c2n1")
        .enters(3, Start::Latest, Some(0))
        .acked("c1n1", 1)
        .acked("c1n2", 2)
        .hears(3, 1, "c1n1")
        .hears(3, 2, "c1n2");
    lost.end.history = Some(BTreeMap::from([(
        0,
        vec![seen(1, "c1n1"), again("c2n1", 2)],
    )]));
    let heard = |story: Story| {
        let seen = again("c2n1", 2);
        story
            .note(Some(3), What::Received { room: 0, seen })
            .listens(3)
    };
    heard(lost.clone().enters(3, Start::Forked, None)).breaks_of(promises, &[]);
    lost.clone().breaks(&[Rule::Lost, Rule::Resumed]);
    heard(lost.clone().enters(3, Start::Resumed, None))
        .breaks_of(promises, &[Rule::Rising, Rule::Resumed]);
    // Given out again in the same era it is another message to all who heard the first one.
    lost.end.history = Some(BTreeMap::from([(
        0,
        vec![seen(1, "c1n1"), seen(2, "c2n1")],
    )]));
    lost.breaks_of(promises, &[Rule::Diverged]);
}

#[test]
fn every_server_gives_the_same_history() {
    let with = |other: Vec<Seen>| {
        let mut story = Story::of(&["c1n1", "c1n2"]).says("c1n1").says("c1n2");
        let same = story.end.history.clone().unwrap();
        story.end.by_server = vec![same, BTreeMap::from([(0, other)])];
        story
    };
    with(vec![seen(1, "c1n1"), seen(2, "c1n2")]).breaks(&[]);
    with(vec![seen(1, "c1n1")]).breaks(&[Rule::Diverged]);
    with(vec![seen(1, "c1n2"), seen(2, "c1n1")]).breaks(&[Rule::Diverged]);
}

#[test]
fn a_nick_has_two_holders_only_as_long_as_that_is_allowed() {
    let held = |both_ms| {
        let mut story = Story::default()
            .held("olga", "one", false, 0, 3)
            .held("olga", "other", false, 1, 4);
        for _ in 0..3 {
            story = story.note(None, What::Fault("a fault".to_owned()));
        }
        for (entry, time) in story.log.iter_mut().zip([0, 0, 0, both_ms]) {
            entry.time = Duration::from_millis(time);
        }
        story
    };
    let promises = Promises {
        nick_bound_ms: 3_000,
        ..ALL
    };
    held(3_000).breaks_of(promises, &[]);
    held(3_001).breaks_of(promises, &[Rule::Holder]);
    held(0).breaks(&[Rule::Holder]);
}

#[test]
fn who_hears_nothing_for_too_long_while_others_speak_is_named() {
    let story = |times: [u64; 6]| {
        let mut story = Story::of(&["c1n1", "c1n2"])
            .enters(3, Start::Latest, Some(0))
            .note(Some(3), What::Live)
            .says("c1n1")
            .hears(3, 1, "c1n1")
            .says("c1n2")
            .hears(3, 2, "c1n2");
        for (entry, time) in story.log.iter_mut().zip(times) {
            entry.time = Duration::from_millis(time);
        }
        story
    };
    let promises = Promises {
        silence_ms: Some(2_000),
        ..ALL
    };
    story([0, 0, 0, 2_000, 4_000, 9_000]).breaks_of(promises, &[]);
    story([0, 0, 0, 2_001, 4_000, 4_000]).breaks_of(promises, &[Rule::Silent]);
    // Also who hears nothing any more.
    story([0, 0, 0, 1_000, 3_001, 3_001]).breaks_of(promises, &[Rule::Silent]);
    // Nobody is silent where nobody speaks.
    story([0, 0, 0, 2_001, 4_000, 4_000]).breaks(&[]);
}
