//! Rules about what the history holds at the end.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Facts, Stream};
use super::{Rule, Verdict};
use crate::log::{Content, End, Room, Seen};
use crate::subject::Promises;

pub(super) fn judge(facts: &Facts, end: &End, promises: Promises, verdict: &mut Verdict) {
    match &end.history {
        Some(history) => {
            in_history(facts, history, promises, verdict);
            same_everywhere(history, end, verdict);
        }
        None if promises.acks => by_hearsay(facts, end, verdict),
        None => {}
    }
    let heard = facts.streams.iter().flat_map(Stream::messages);
    let heard: BTreeSet<Content> = heard.filter_map(|seen| Content::of(&seen.text)).collect();
    for (content, said) in &facts.said {
        if said.refused && heard.contains(content) {
            verdict.add(
                Rule::Refused,
                format!("{content} was refused, and somebody heard it"),
            );
        }
    }
}

/// Every server gives the same history.
fn same_everywhere(history: &BTreeMap<Room, Vec<Seen>>, end: &End, verdict: &mut Verdict) {
    for (server, others) in end.by_server.iter().enumerate() {
        for (room, messages) in history {
            let other = others.get(room).map_or(&[][..], Vec::as_slice);
            let same = messages
                .iter()
                .zip(other)
                .take_while(|(one, other)| one == other);
            let same = same.count();
            if same < messages.len().max(other.len()) {
                verdict.add(
                    Rule::Diverged,
                    format!(
                        "server {server} has another history of room {room} from message {} on",
                        same + 1
                    ),
                );
            }
        }
    }
}

fn in_history(
    facts: &Facts,
    history: &BTreeMap<Room, Vec<Seen>>,
    promises: Promises,
    verdict: &mut Verdict,
) {
    let mut found: BTreeMap<Content, Vec<(Room, &Seen)>> = BTreeMap::new();
    for (room, messages) in history {
        for seen in messages {
            match Content::of(&seen.text) {
                Some(content) if facts.said.contains_key(&content) => {
                    found.entry(content).or_default().push((*room, seen));
                }
                _ => verdict.add(
                    Rule::Diverged,
                    format!("room {room} holds {:?}, which nobody said", seen.text),
                ),
            }
        }
    }
    for (content, said) in &facts.said {
        let places = found.remove(content).unwrap_or_default();
        if places.len() > 1 {
            verdict.add(
                Rule::Doubled,
                format!("{content} is in the history {} times", places.len()),
            );
        }
        if let Some((room, seen)) = places.first() {
            if said.refused {
                verdict.add(
                    Rule::Refused,
                    format!("{content} was refused and is in the history"),
                );
            }
            if *room != said.room || seen.text != said.text {
                verdict.add(
                    Rule::Diverged,
                    format!("{content} is in the history with another text or room"),
                );
            }
        }
        if let Some(acked) = said.acked {
            match places.first() {
                None if promises.keeps_tail => verdict.add(
                    Rule::Lost,
                    format!("{content} was acknowledged and is not in the history"),
                ),
                Some((_, seen)) if acked.at.is_some() && acked.at != seen.at => verdict.add(
                    Rule::Diverged,
                    format!("{content} was acknowledged at another position than it has"),
                ),
                None | Some(_) => {}
            }
        }
    }
}

/// Without a history: who was there before something was said, and stayed, must have heard it.
fn by_hearsay(facts: &Facts, end: &End, verdict: &mut Verdict) {
    for &(client, room) in &end.listeners {
        let streams = || {
            facts
                .streams
                .iter()
                .filter(move |stream| (stream.client, stream.room) == (client, room))
        };
        let Some(first) = streams().map(|stream| stream.entered).min() else {
            continue;
        };
        let heard: BTreeSet<Content> = streams()
            .flat_map(Stream::messages)
            .filter_map(|seen| Content::of(&seen.text))
            .collect();
        for (content, said) in &facts.said {
            let due = said.acked.is_some() && said.room == room && said.invoked > first;
            if due && content.client != client && !heard.contains(content) {
                verdict.add(
                    Rule::Lost,
                    format!("{content} was acknowledged, and client {client} never heard it"),
                );
            }
        }
    }
}
