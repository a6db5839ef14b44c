//! Rules about order: of all, of one sender, and of real time.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Facts;
use super::{Rule, Verdict};
use crate::log::{ClientId, Content, End, Entry, Room, What};

pub(super) fn judge(log: &[Entry], facts: &Facts, end: &End, verdict: &mut Verdict) {
    let rooms: BTreeSet<Room> = facts.said.values().map(|said| said.room).collect();
    for room in rooms {
        let order = one_order(room, facts, end, verdict);
        of_senders(room, &order, verdict);
        of_real_time(room, &order, log, verdict);
    }
}

/// The order in which everybody heard the messages of a room; reports two messages that were heard in both orders.
fn one_order(room: Room, facts: &Facts, end: &End, verdict: &mut Verdict) -> Vec<Content> {
    let mut sequences: Vec<(String, Vec<Content>)> = Vec::new();
    if let Some(history) = &end.history {
        let kept = history.get(&room).into_iter().flatten();
        let kept = kept.filter_map(|seen| Content::of(&seen.text));
        sequences.push(("the history".to_owned(), first_ones(kept)));
    }
    for stream in facts.streams.iter().filter(|stream| stream.room == room) {
        let heard = stream.messages().filter_map(|seen| Content::of(&seen.text));
        sequences.push((stream.name(), first_ones(heard)));
    }
    // The longest one is what the others are compared with; what it lacks is compared pair by pair.
    sequences.sort_by_key(|(_, contents)| std::cmp::Reverse(contents.len()));
    for (at, (name, contents)) in sequences.iter().enumerate() {
        for (other, others) in sequences.iter().skip(at + 1) {
            if let Some((first, second)) = swapped(contents, others) {
                verdict.add(
                    Rule::OneOrder,
                    format!("{name} has {first} before {second}, {other} after"),
                );
            }
        }
    }
    let kept = sequences
        .iter()
        .position(|(name, _)| name == "the history")
        .unwrap_or(0);
    if sequences.is_empty() {
        return Vec::new();
    }
    sequences.swap_remove(kept).1
}

/// Each once, where it came first.
fn first_ones(contents: impl Iterator<Item = Content>) -> Vec<Content> {
    let mut known = BTreeSet::new();
    contents.filter(|content| known.insert(*content)).collect()
}

/// Two neighbours of `others` that stand the other way round in `contents`.
fn swapped(contents: &[Content], others: &[Content]) -> Option<(Content, Content)> {
    let places: BTreeMap<Content, usize> = contents
        .iter()
        .enumerate()
        .map(|(place, content)| (*content, place))
        .collect();
    let common = others
        .iter()
        .filter_map(|content| Some((*content, *places.get(content)?)));
    common
        .clone()
        .zip(common.skip(1))
        .find(|((_, first), (_, second))| first > second)
        .map(|((first, _), (second, _))| (second, first))
}

fn of_senders(room: Room, order: &[Content], verdict: &mut Verdict) {
    let mut last: BTreeMap<ClientId, u32> = BTreeMap::new();
    for content in order {
        let before = last.insert(content.client, content.number).unwrap_or(0);
        if before > content.number {
            verdict.add(
                Rule::SenderOrder,
                format!("room {room} has {content} behind number {before} of the same client"),
            );
        }
    }
}

/// What was acknowledged before something else was said stands before it.
fn of_real_time(room: Room, order: &[Content], log: &[Entry], verdict: &mut Verdict) {
    let places: BTreeMap<Content, usize> = order
        .iter()
        .enumerate()
        .map(|(place, content)| (*content, place))
        .collect();
    let mut last: Option<(usize, Content)> = None;
    for entry in log {
        if let What::Acked { content, .. } = &entry.what
            && let Some(&place) = places.get(content)
        {
            last = last.max(Some((place, *content)));
        }
        if let What::Invoked {
            content,
            room: said_in,
            ..
        } = &entry.what
            && *said_in == room
            && let (Some(place), Some((before, acked))) = (places.get(content), last)
            && *place < before
        {
            verdict.add(
                Rule::RealTime,
                format!("{content} was said after {acked} was acknowledged and stands before it"),
            );
        }
    }
}
