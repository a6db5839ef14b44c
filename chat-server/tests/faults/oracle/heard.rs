//! Rules about what each client heard, and about all of them together.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Facts, Item, Stream};
use super::{Rule, Verdict};
use crate::log::{Content, End, Position, Room, Seen};
use crate::subject::Promises;

pub(super) fn judge(facts: &Facts, end: &End, promises: Promises, verdict: &mut Verdict) {
    for odd in &facts.odd {
        verdict.add(Rule::Contract, odd.clone());
    }
    for stream in &facts.streams {
        rising(stream, verdict);
        once(stream, verdict);
        said(stream, facts, verdict);
    }
    same_for_all(facts, end, promises, verdict);
    let Some(history) = &end.history else {
        return;
    };
    for stream in &facts.streams {
        let messages = history.get(&stream.room).map_or(&[][..], Vec::as_slice);
        if promises.keeps_tail {
            range(stream, messages, end, verdict);
        } else {
            range(
                &kept_part(stream, messages, verdict),
                messages,
                end,
                verdict,
            );
        }
    }
    if promises.resume && promises.keeps_tail {
        for fork in &facts.forks {
            verdict.add(Rule::Forked, fork.clone());
        }
        for stream in &facts.streams {
            for item in &stream.items {
                if let Item::Gap(from, to) = item {
                    verdict.add(
                        Rule::Forked,
                        format!("{} was told of a gap from {from} to {to}", stream.name()),
                    );
                }
            }
        }
    }
}

fn rising(stream: &Stream, verdict: &mut Verdict) {
    let mut last = stream.head;
    for item in &stream.items {
        match item {
            Item::Gap(from, to) => {
                if last.is_some_and(|last| from.n != last.n + 1) {
                    let sentence = format!("{}: a gap from {from} to {to} is none", stream.name());
                    verdict.add(Rule::Rising, sentence);
                }
                last = Some(*to);
            }
            Item::Message(Seen {
                at: Some(at), text, ..
            }) => {
                if let Some(last) = last
                    && (at.n != last.n + 1 || at.era < last.era)
                {
                    let sentence =
                        format!("{}: {at} ({:.20}) came after {last}", stream.name(), text);
                    verdict.add(Rule::Rising, sentence);
                }
                last = Some(*at);
            }
            Item::Message(Seen { at: None, .. }) => {}
        }
    }
}

fn once(stream: &Stream, verdict: &mut Verdict) {
    let mut heard = BTreeSet::new();
    for seen in stream.messages() {
        if let Some(content) = Content::of(&seen.text)
            && !heard.insert(content)
        {
            verdict.add(
                Rule::Doubled,
                format!("{} heard {content} twice", stream.name()),
            );
        }
    }
}

fn said(stream: &Stream, facts: &Facts, verdict: &mut Verdict) {
    for seen in stream.messages() {
        let said = Content::of(&seen.text).and_then(|content| facts.said.get(&content));
        if said.is_none_or(|said| said.text != seen.text || said.room != stream.room) {
            verdict.add(
                Rule::Diverged,
                format!(
                    "{} heard {:?}, which nobody said there",
                    stream.name(),
                    seen.text
                ),
            );
        }
    }
}

/// One id, one position, one text: for all who heard it and for the history. Whose message was taken away says the next one in its
/// place, under the same id, so where that may happen positions alone tell messages apart.
fn same_for_all(facts: &Facts, end: &End, promises: Promises, verdict: &mut Verdict) {
    let mut ids: BTreeMap<(Room, &str), &str> = BTreeMap::new();
    let mut places: BTreeMap<(Room, Position), &str> = BTreeMap::new();
    let kept = end.history.iter().flatten();
    let kept = kept.flat_map(|(room, messages)| messages.iter().map(move |seen| (*room, seen)));
    let heard = facts.streams.iter();
    let heard = heard.flat_map(|stream| stream.messages().map(move |seen| (stream.room, seen)));
    for (room, seen) in kept.chain(heard) {
        if let Some(id) = seen.id.as_ref().filter(|_| promises.keeps_tail) {
            let text = *ids.entry((room, id)).or_insert(&seen.text);
            if text != seen.text {
                verdict.add(
                    Rule::Diverged,
                    format!("{id} in room {room} is {text:.20} and {:.20}", seen.text),
                );
            }
        }
        if let Some(at) = seen.at {
            let text = *places.entry((room, at)).or_insert(&seen.text);
            if text != seen.text {
                verdict.add(
                    Rule::Diverged,
                    format!(
                        "position {at} of room {room} is {text:.20} and {:.20}",
                        seen.text
                    ),
                );
            }
        }
    }
}

/// What was heard is a range of the history, without what was announced as a gap; for who stays it goes to the end.
fn range(stream: &Stream, history: &[Seen], end: &End, verdict: &mut Verdict) {
    let heard: Vec<&str> = stream.messages().map(|seen| seen.text.as_str()).collect();
    let all: Vec<&str> = history
        .iter()
        .filter(|seen| !is_in_gap(stream, seen))
        .map(|seen| seen.text.as_str())
        .collect();
    let stays = !stream.over && end.listeners.contains(&(stream.client, stream.room));
    let Some(first) = heard.first() else {
        let behind = history
            .last()
            .is_some_and(|last| stream.head.is_some() && last.at > stream.head);
        if stays && behind {
            let sentence = format!("{} heard nothing of what followed", stream.name());
            verdict.add(Rule::Resumed, sentence);
        }
        return;
    };
    let Some(begin) = all.iter().position(|text| text == first) else {
        let sentence = format!("{} heard {first:.20}, which is not kept", stream.name());
        verdict.add(Rule::Resumed, sentence);
        return;
    };
    let rest = all.get(begin..).unwrap_or_default();
    if let Some(at) = (0..heard.len()).find(|&at| rest.get(at) != heard.get(at)) {
        verdict.add(
            Rule::Resumed,
            format!(
                "{} heard {:.20} where the history has {:.20}",
                stream.name(),
                heard.get(at).unwrap_or(&"nothing"),
                rest.get(at).unwrap_or(&"nothing")
            ),
        );
    } else if stays && heard.len() < rest.len() {
        verdict.add(
            Rule::Resumed,
            format!(
                "{} heard {} of {} messages",
                stream.name(),
                heard.len(),
                rest.len()
            ),
        );
    }
}

/// A stream without what was taken away after it was heard: nothing may follow that without the word that the history went another
/// way, with which a new stream begins.
fn kept_part(stream: &Stream, history: &[Seen], verdict: &mut Verdict) -> Stream {
    let history: BTreeSet<_> = history.iter().map(|seen| (seen.at, &seen.text)).collect();
    let is_kept = |item: &Item| match item {
        Item::Message(seen) => history.contains(&(seen.at, &seen.text)),
        Item::Gap(..) => true,
    };
    let kept = stream.items.iter().take_while(|item| is_kept(item)).count();
    let (head, rest) = stream.items.split_at(kept);
    if let Some(Item::Message(seen)) = rest.iter().find(|item| is_kept(item)) {
        verdict.add(
            Rule::Resumed,
            format!(
                "{} heard {:.20} behind what was taken away, and was not told",
                stream.name(),
                seen.text
            ),
        );
    }
    Stream {
        items: head.to_vec(),
        over: stream.over,
        ..*stream
    }
}

fn is_in_gap(stream: &Stream, seen: &Seen) -> bool {
    stream.items.iter().any(|item| match item {
        Item::Gap(from, to) => seen.at.is_some_and(|at| from.n <= at.n && at.n <= to.n),
        Item::Message(_) => false,
    })
}
