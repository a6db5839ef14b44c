//! The rule about who hears nothing while things are said.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Rule, Verdict};
use crate::log::{ClientId, Entry, What};
use crate::plan::CLIENTS;
use crate::subject::Promises;

pub(super) fn judge(log: &[Entry], promises: Promises, verdict: &mut Verdict) {
    let Some(bound_ms) = promises.silence_ms else {
        return;
    };
    for (client, silence) in silences(log) {
        if silence > Duration::from_millis(bound_ms) {
            let ms = silence.as_millis();
            verdict.add(
                Rule::Silent,
                format!("client {client} heard nothing for {ms} ms while others spoke"),
            );
        }
    }
}

/// For how long each client heard nothing at most, neither a message nor an acknowledgement, from when it was live first until the last
/// thing was said.
pub(crate) fn silences(log: &[Entry]) -> BTreeMap<ClientId, Duration> {
    let is_said = |entry: &Entry| matches!(entry.what, What::Invoked { .. });
    let end = log.iter().rposition(is_said).unwrap_or(0);
    let mut heard: BTreeMap<ClientId, Duration> = BTreeMap::new();
    let mut longest: BTreeMap<ClientId, Duration> = BTreeMap::new();
    let mut note = |client: ClientId, since: Duration, time: Duration| {
        let silence = longest.entry(client).or_default();
        *silence = time.saturating_sub(since).max(*silence);
    };
    for entry in log.get(..=end).unwrap_or_default() {
        let Some(client) = entry.client.filter(|id| usize::from(*id) < CLIENTS) else {
            continue;
        };
        match (&entry.what, heard.get(&client)) {
            (What::Received { .. } | What::Acked { .. }, Some(since)) => {
                note(client, *since, entry.time);
                heard.insert(client, entry.time);
            }
            (What::Live, None) => drop(heard.insert(client, entry.time)),
            _ => {}
        }
    }
    for (client, since) in heard {
        note(client, since, log.get(end).map_or(since, |last| last.time));
    }
    longest
}
