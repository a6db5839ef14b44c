//! What many runs came to, as text and as Markdown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use crate::log::{ClientId, Content, Entry, What};
use crate::oracle::Rule;
use crate::oracle::silence::silences;
use crate::plan::CLIENTS;
use crate::run::Outcome;

/// What was measured over all runs.
#[derive(Debug, Default)]
pub(crate) struct Report {
    runs: usize,
    failed: Vec<u64>,
    said: usize,
    acked: usize,
    unknown: usize,
    heard: usize,
    violations: BTreeMap<Rule, usize>,
    faults: BTreeMap<String, Recoveries>,
    all: Recoveries,
    /// The longest time that a client of a run had to do without a connection, by the one kind of fault that the run had.
    pauses: BTreeMap<&'static str, Vec<Duration>>,
    /// The longest time that a client of a run heard nothing while others spoke, likewise.
    silences: BTreeMap<&'static str, Vec<Duration>>,
}

/// How long it took until all was well after a fault.
#[derive(Debug, Default)]
struct Recoveries {
    times: usize,
    to_ack: Vec<Duration>,
    to_all: Vec<Duration>,
}

impl Report {
    /// Adds a run.
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        self.runs += 1;
        if !outcome.verdict.violations().is_empty() {
            self.failed.push(outcome.plan.seed);
        }
        for (rule, count) in outcome.verdict.counts() {
            *self.violations.entry(rule).or_default() += count;
        }
        let mut said: BTreeSet<Content> = BTreeSet::new();
        let mut settled: BTreeSet<Content> = BTreeSet::new();
        let mut acked = 0;
        for entry in &outcome.log {
            match &entry.what {
                What::Invoked { content, .. } => drop(said.insert(*content)),
                What::Acked { content, .. } => acked += usize::from(settled.insert(*content)),
                What::Refused { content } => drop(settled.insert(*content)),
                What::Received { .. } => self.heard += 1,
                What::Entered { .. }
                | What::Gap { .. }
                | What::Live
                | What::Lost
                | What::Died
                | What::Held { .. }
                | What::Broken(_)
                | What::Fault(_)
                | What::Over(_) => {}
            }
        }
        self.said += said.len();
        self.acked += acked;
        self.unknown += said.difference(&settled).count();
        self.recover(&outcome.log);
        if let [kind] = outcome.plan.kinds[..]
            && outcome.plan.setting.is_some()
        {
            let pauses = self.pauses.entry(kind.name()).or_default();
            pauses.push(longest_pause(&outcome.log));
            let longest = silences(&outcome.log).into_values().max();
            let silences = self.silences.entry(kind.name()).or_default();
            silences.extend(longest);
        }
    }

    fn recover(&mut self, log: &[Entry]) {
        for (index, entry) in log.iter().enumerate() {
            if let What::Fault(name) = &entry.what {
                self.faults.entry(name.clone()).or_default().times += 1;
                self.all.times += 1;
            }
            if let What::Over(name) = &entry.what {
                let to_ack = first_ack(log, index);
                let to_all = all_live(log, index);
                for all in [self.faults.entry(name.clone()).or_default(), &mut self.all] {
                    all.to_ack.extend(to_ack);
                    all.to_all.extend(to_all);
                }
            }
        }
    }

    /// Whether every run was well.
    pub(crate) fn is_well(&self) -> bool {
        self.failed.is_empty()
    }

    /// How many runs there were.
    pub(crate) const fn runs(&self) -> usize {
        self.runs
    }

    /// How many faults there were.
    pub(crate) const fn faults(&self) -> usize {
        self.all.times
    }

    /// From the end of a fault to the next acknowledgement: the middle and the longest.
    pub(crate) fn to_ack_text(&self) -> String {
        self.all.to_ack_text()
    }

    /// From the end of a fault until all clients are live: the middle and the longest.
    pub(crate) fn to_all_text(&self) -> String {
        self.all.to_all_text()
    }

    /// The tables, in Markdown.
    pub(crate) fn markdown(&self, name: &str) -> String {
        let count = |rules: &[Rule]| -> usize {
            let found = rules.iter().filter_map(|rule| self.violations.get(rule));
            found.sum()
        };
        let of_order = [
            Rule::OneOrder,
            Rule::SenderOrder,
            Rule::RealTime,
            Rule::Rising,
        ];
        let others: Vec<Rule> = Rule::ALL
            .into_iter()
            .filter(|rule| !of_order.contains(rule) && ![Rule::Lost, Rule::Doubled].contains(rule))
            .collect();
        let mut text = String::new();
        let row = [
            name.to_owned(),
            self.runs.to_string(),
            self.all.times.to_string(),
            self.said.to_string(),
            self.acked.to_string(),
            self.unknown.to_string(),
            count(&[Rule::Lost]).to_string(),
            count(&[Rule::Doubled]).to_string(),
            count(&of_order).to_string(),
            count(&others).to_string(),
            self.all.to_ack_text(),
            self.all.to_all_text(),
        ];
        text.push_str(
            "| system | runs | faults | said | acknowledged | never answered | lost | doubled | reordered | other rules | first ack after a fault, p50, max | all clients live, p50, max |\n",
        );
        text.push_str(
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        );
        text.extend(["| ", &row.join(" | "), " |\n"]);
        text.push_str("\n| fault | times | first ack, p50, max | all clients live, p50, max |\n");
        text.push_str("| --- | --- | --- | --- |\n");
        for (name, fault) in &self.faults {
            let row = [
                name.clone(),
                fault.times.to_string(),
                fault.to_ack_text(),
                fault.to_all_text(),
            ];
            text.extend(["| ", &row.join(" | "), " |\n"]);
        }
        text.push_str(&self.pauses());
        text
    }

    /// How long clients noticed a fault that came alone, in Markdown; nothing for one server.
    fn pauses(&self) -> String {
        let rows = self.pauses.iter().map(|(kind, pauses)| {
            let (runs, pauses) = (pauses.len(), text(pauses));
            let silences = self.silences.get(kind).map_or(&[][..], Vec::as_slice);
            format!("| {kind} | {runs} | {pauses} | {} |\n", text(silences))
        });
        let rows: String = rows.collect();
        if rows.is_empty() {
            return rows;
        }
        format!(
            "\n| alone in a run | runs | longest time of a client without a connection, p50, max | hearing nothing while others spoke, p50, max |\n| --- | --- | --- | --- |\n{rows}"
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} runs, {} faults, {} said, {} acknowledged, {} never answered, {} heard; first ack {}, all live {}",
            self.runs,
            self.all.times,
            self.said,
            self.acked,
            self.unknown,
            self.heard,
            self.all.to_ack_text(),
            self.all.to_all_text()
        )?;
        for (rule, count) in &self.violations {
            write!(f, "; {}: {count}", rule.name())?;
        }
        if !self.failed.is_empty() {
            write!(f, "; failing seeds {:?}", self.failed)?;
        }
        Ok(())
    }
}

impl Recoveries {
    fn to_ack_text(&self) -> String {
        text(&self.to_ack)
    }

    fn to_all_text(&self) -> String {
        text(&self.to_all)
    }
}

fn text(times: &[Duration]) -> String {
    let mut sorted = times.to_vec();
    sorted.sort();
    match (sorted.get(sorted.len() / 2), sorted.last()) {
        (Some(middle), Some(last)) => {
            format!("{} ms, {} ms", middle.as_millis(), last.as_millis())
        }
        _ => "-".to_owned(),
    }
}

/// From the end of a fault to the first acknowledgement after it.
fn first_ack(log: &[Entry], over: usize) -> Option<Duration> {
    let mut rest = log[over..].iter();
    let ack = rest.find(|entry| matches!(entry.what, What::Acked { .. }))?;
    Some(ack.time.saturating_sub(log[over].time))
}

/// The longest time from a client's loss of its connection until it had caught up again; nothing where none lost it.
fn longest_pause(log: &[Entry]) -> Duration {
    let mut lost: BTreeMap<ClientId, Duration> = BTreeMap::new();
    let mut longest = Duration::ZERO;
    for entry in log {
        let Some(client) = entry.client.filter(|id| usize::from(*id) < CLIENTS) else {
            continue;
        };
        if entry.what == What::Lost {
            lost.entry(client).or_insert(entry.time);
        } else if entry.what == What::Live
            && let Some(since) = lost.remove(&client)
        {
            longest = longest.max(entry.time.saturating_sub(since));
        }
    }
    longest
}

/// From the end of a fault to the first moment at which all clients are live.
fn all_live(log: &[Entry], over: usize) -> Option<Duration> {
    let mut live: BTreeSet<ClientId> = BTreeSet::new();
    for (index, entry) in log.iter().enumerate() {
        if let Some(client) = entry.client.filter(|id| usize::from(*id) < CLIENTS) {
            if entry.what == What::Live {
                live.insert(client);
            } else if entry.what == What::Lost {
                live.remove(&client);
            }
        }
        if index >= over && live.len() == CLIENTS {
            return Some(entry.time.saturating_sub(log[over].time));
        }
    }
    None
}
