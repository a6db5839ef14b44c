//! What clients heard over many runs, counted in one way for all systems: by the messages, from the logs alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::log::{ClientId, Content, Entry, Room, What};
use crate::oracle::Rule;
use crate::plan::CLIENTS;
use crate::report::Report;
use crate::run::Outcome;
use crate::subject::Promises;

/// The head of the table.
pub(super) const HEAD: &str = "\
| system | runs | faults | said | acknowledged | of these lost | doubled | reordered | broken in other ways | first ack after a fault, p50, max | all clients live, p50, max | not offered |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
";

/// The counts of one system.
#[derive(Debug, Default)]
pub(super) struct Tally {
    said: usize,
    acked: usize,
    /// Acknowledged, and never heard by another who was in the room before and came back until the end.
    lost: usize,
    /// Heard twice by somebody.
    doubled: usize,
    /// Places in which somebody's order is not everybody's.
    reordered: usize,
    /// All else that the oracle found.
    others: BTreeMap<Rule, usize>,
    report: Report,
}

/// What one client heard of one room, over all its connections.
#[derive(Debug, Default)]
struct Heard {
    since: usize,
    times: BTreeMap<Content, usize>,
}

impl Tally {
    /// Adds a run.
    pub(super) fn add(&mut self, outcome: &Outcome) {
        self.report.add(outcome);
        let mut said: BTreeMap<Content, (usize, Room)> = BTreeMap::new();
        let mut acked: BTreeSet<Content> = BTreeSet::new();
        let mut heard: BTreeMap<(ClientId, Room), Heard> = BTreeMap::new();
        for (index, entry) in outcome.log.iter().enumerate() {
            if let What::Invoked { content, room, .. } = &entry.what {
                said.insert(*content, (index, *room));
            } else if let What::Acked { content, .. } = &entry.what {
                acked.insert(*content);
            } else {
                listen(index, entry, &mut heard);
            }
        }
        self.said += said.len();
        self.acked += acked.len();
        self.lost += acked
            .iter()
            .filter(|content| is_missed(**content, said.get(content), &heard))
            .count();
        let twice = heard.values().flat_map(|heard| &heard.times);
        let twice = twice.filter(|(_, times)| **times > 1);
        self.doubled += twice
            .map(|(content, _)| content)
            .collect::<BTreeSet<_>>()
            .len();
        for (rule, count) in outcome.verdict.counts() {
            match rule {
                Rule::OneOrder | Rule::SenderOrder | Rule::RealTime | Rule::Rising => {
                    self.reordered += count;
                }
                Rule::Lost | Rule::Doubled => {}
                _ => *self.others.entry(rule).or_default() += count,
            }
        }
    }

    /// A row of the table.
    pub(super) fn row(&self, name: &str, promises: Promises) -> String {
        let others: Vec<String> = self
            .others
            .iter()
            .map(|(rule, count)| format!("{}: {count}", rule.name()))
            .collect();
        let offers = [
            (promises.resume, "what was missed"),
            (promises.positions, "positions"),
            (promises.once, "retries told apart"),
            (promises.history, "history"),
            (promises.members, "member lists"),
        ];
        let not_offered: Vec<&str> = offers
            .into_iter()
            .filter_map(|(offered, what)| (!offered).then_some(what))
            .collect();
        let or_none = |list: String| {
            if list.is_empty() {
                "-".to_owned()
            } else {
                list
            }
        };
        let cells = [
            name.to_owned(),
            self.report.runs().to_string(),
            self.report.faults().to_string(),
            self.said.to_string(),
            self.acked.to_string(),
            self.lost.to_string(),
            self.doubled.to_string(),
            self.reordered.to_string(),
            or_none(others.join(", ")),
            self.report.to_ack_text(),
            self.report.to_all_text(),
            or_none(not_offered.join(", ")),
        ];
        format!("| {} |\n", cells.join(" | "))
    }
}

fn listen(index: usize, entry: &Entry, heard: &mut BTreeMap<(ClientId, Room), Heard>) {
    let Some(client) = entry.client.filter(|id| usize::from(*id) < CLIENTS) else {
        return;
    };
    if let What::Entered { room, .. } = &entry.what {
        heard.entry((client, *room)).or_insert_with(|| Heard {
            since: index,
            times: BTreeMap::new(),
        });
    } else if let What::Received { room, seen } = &entry.what
        && let Some(content) = Content::of(&seen.text)
        && let Some(heard) = heard.get_mut(&(client, *room))
    {
        *heard.times.entry(content).or_default() += 1;
    }
}

fn is_missed(
    content: Content,
    said: Option<&(usize, Room)>,
    heard: &BTreeMap<(ClientId, Room), Heard>,
) -> bool {
    let Some((invoked, room)) = said else {
        return false;
    };
    heard.iter().any(|((client, listens_to), heard)| {
        (listens_to, *client != content.client) == (room, true)
            && heard.since < *invoked
            && !heard.times.contains_key(&content)
    })
}
