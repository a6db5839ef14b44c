//! What a search finds, in what order, and how it goes on.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use protocol::names::MessageText;
use protocol::search::{SearchText, matches};

use super::super::search::{CATCH_UP_MESSAGES, EXAMINED_MAX, STEP_MESSAGES};
use super::super::{REPLIES_WAITING_MAX, SEARCHES_WAITING_MAX};
use super::*;
use crate::record::{Hits, Search, Searched};

/// Real chat, in both languages; the sources and licences stand beside it.
const CHAT: [&str; 4] = [
    include_str!("../../../../chat-tui/tests/data/chat-en.jsonl"),
    include_str!("../../../../chat-tui/tests/data/chat-ko-community.jsonl"),
    include_str!("../../../../chat-tui/tests/data/chat-ko-dialogue.jsonl"),
    include_str!("../../../../chat-tui/tests/data/chat-ko-reviews.jsonl"),
];

pub(super) fn search(rooms: &[Address], text: &str) -> Search {
    Search {
        rooms: rooms.to_vec(),
        text: SearchText::normalized(text).unwrap(),
        next: None,
        limit: 50,
    }
}

/// All pages of a search.
#[track_caller]
pub(super) fn found(desk: &mut Desk, search: &Search) -> Vec<Message> {
    let mut search = search.clone();
    let mut all = Vec::new();
    loop {
        let hits = hits(desk, &search);
        assert!(hits.found.len() <= usize::from(search.limit));
        assert!(hits.found.is_sorted_by(|a, b| a.mark > b.mark));
        all.extend(hits.found.into_iter().map(|hit| hit.message));
        match hits.next {
            Some(next) => search.next = Some(next),
            None => return all,
        }
    }
}

#[track_caller]
pub(super) fn hits(desk: &mut Desk, search: &Search) -> Hits {
    let answer = desk.ask(Query::Search(search.clone()));
    let Answer::Search(Searched::Hits(hits)) = answer else {
        panic!("{answer:?}");
    };
    hits
}

#[track_caller]
fn check(desk: &mut Desk, rooms: &[Address], text: &str, expected: &[&str]) {
    let found = found(desk, &search(rooms, text));
    let texts: Vec<_> = found.iter().map(|message| message.text.as_str()).collect();
    assert_eq!(texts, expected, "{text}");
}

/// Message `seq` of person 1 in a room.
pub(super) fn says(room: &Address, seq: u64, text: &str) -> Append {
    Append {
        text: text.to_owned(),
        ..said(room, 1, seq)
    }
}

#[test]
fn what_was_acknowledged_is_found_at_once() {
    let directory = tempfile::tempdir().unwrap();
    for mut desk in [Desk::memory(), Desk::at(directory.path())] {
        let (lobby, talk) = (room("lobby"), direct(1, 2));
        let rooms = [lobby.clone(), talk.clone()];
        check(&mut desk, &rooms, "회의", &[]);
        let texts = ["회의록을 올렸어요", "PR 482 재연결", "오늘 회의"];
        for (seq, text) in (1..).zip(texts) {
            desk.append(says(&lobby, seq, text)).unwrap();
            check(&mut desk, &rooms, text, &[text]);
        }
        desk.append(Append {
            time: NOW + 99,
            ..says(&talk, 1, "비밀 회의")
        })
        .unwrap();
        let both = ["비밀 회의", "오늘 회의", "회의록을 올렸어요"];
        check(&mut desk, &rooms, "회의", &both);
        check(&mut desk, &rooms[..1], "회의", &both[1..]);
        check(&mut desk, &rooms[1..], "회의", &both[..1]);
        check(&mut desk, &[room("nowhere")], "회의", &[]);
        check(&mut desk, &rooms, "연결 pr", &["PR 482 재연결"]);
        check(&mut desk, &rooms, "연", &["PR 482 재연결"]);
        check(&mut desk, &rooms, "\"회의 오늘\"", &[]);
        let position = Position::new(ERA, 3);
        let whole = found(&mut desk, &search(&rooms, "오늘"));
        assert_eq!(whole, [as_message(&says(&lobby, 3, "오늘 회의"), position)]);
        desk.close();
    }
}

fn corpus() -> Vec<String> {
    let lines = CHAT.iter().flat_map(|file| file.lines());
    let texts = lines.map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = line["text"].as_str().unwrap();
        Some(MessageText::normalized(text).ok()?.as_str().to_owned())
    });
    texts.flatten().collect()
}

/// What is drawn for one search.
struct Draw(std::vec::IntoIter<u64>);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        let drawn = self.0.next().unwrap_or(0) % bound.max(1) as u64;
        usize::try_from(drawn).unwrap()
    }

    fn piece(&mut self, text: &str, longest: usize) -> String {
        let at = self.below(text.chars().count());
        let length = 1 + self.below(longest);
        text.chars().skip(at).take(length).collect()
    }

    fn word<'a>(&mut self, text: &'a str) -> &'a str {
        let words: Vec<_> = text.split_whitespace().collect();
        words[self.below(words.len())]
    }

    /// Something that stands in a text: words, beginnings of words, some characters, phrases; or words that stand apart.
    fn wish(&mut self, text: &str, other: &str) -> String {
        match self.below(8) {
            0 => self.piece(text, 2),
            1 => self.piece(text, 5),
            2 => self.word(text).to_owned(),
            3 => self.word(text).to_uppercase(),
            4 => format!("{} {}", self.word(text), self.piece(text, 4)),
            5 => format!("\"{}\"", self.piece(text, 20).replace('"', "")),
            6 => format!("{} {}", self.word(text), self.word(other)),
            _ => self.word(text).chars().take(4).collect(),
        }
    }
}

/// Nothing that a look at each message finds is missed, and nothing else is found, whatever is looked for.
#[test]
fn a_search_finds_what_a_look_at_each_message_finds() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    let texts = corpus();
    let rooms = ["lobby", "개발", "music", "film", "rust", "tea"].map(room);
    let mut seqs: BTreeMap<&Address, u64> = BTreeMap::new();
    let mut said = Vec::new();
    for ((time, text), room) in (NOW..).zip(&texts).zip(rooms.iter().cycle()) {
        let seq = seqs.entry(room).or_default();
        *seq += 1;
        said.push(Append {
            time,
            ..says(room, *seq, text)
        });
    }
    desk.append_all(said.clone());
    let desk = RefCell::new(desk);
    let found_some = RefCell::new(0);
    let config = Config {
        cases: 200,
        failure_persistence: None,
        ..Config::default()
    };
    let run = TestRunner::new(config).run(&prop::collection::vec(any::<u64>(), 12), |drawn| {
        let mut draw = Draw(drawn.into_iter());
        let text = &texts[draw.below(texts.len())];
        let other = &texts[draw.below(texts.len())];
        let Ok(text) = SearchText::normalized(&draw.wish(text, other)) else {
            return Ok(());
        };
        let wanted = &rooms[draw.below(6)..];
        let terms = text.terms();
        let expected: Vec<_> = said
            .iter()
            .rev()
            .filter(|append| wanted.contains(&append.room) && matches(&terms, &append.text))
            .map(|append| as_message(append, Position::new(ERA, append.id.seq)))
            .collect();
        *found_some.borrow_mut() += usize::from(!expected.is_empty());
        let search = Search {
            rooms: wanted.to_vec(),
            text,
            next: None,
            limit: [7, 50][draw.below(2)],
        };
        prop_assert_eq!(
            found(&mut desk.borrow_mut(), &search),
            expected,
            "{:?}",
            search.text
        );
        Ok(())
    });
    run.unwrap();
    // Some 120 of 200 do; this is ten deviations below.
    let found_some = found_some.take();
    assert!(found_some > 50, "{found_some}");
}

#[test]
fn a_page_ends_after_so_many_looks_and_the_search_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    let others = ["a", "b", "c", "d", "e"].map(room);
    let lobby = room("lobby");
    desk.append(says(&lobby, 1, "tea")).unwrap();
    let crowd = (0..=EXAMINED_MAX as u64).map(|n| {
        let time = NOW + n + 10;
        Append {
            time,
            ..says(&others[0], n + 1, "tea for others")
        }
    });
    desk.append_all(crowd);
    // More rooms than the index looks for by itself.
    let mut rooms = others[1..].to_vec();
    rooms.push(lobby.clone());
    for (seq, room) in rooms.iter().enumerate().take(4) {
        desk.append(Append {
            time: NOW,
            ..says(room, 1, &format!("{seq}"))
        })
        .unwrap();
    }
    until_indexed(&mut desk, &rooms);
    let page = hits(&mut desk, &search(&rooms, "tea"));
    assert_eq!(page.found, []);
    assert!(page.next.is_some());
    check(&mut desk, &rooms, "tea", &["tea"]);
}

/// Waits for the index of a long history.
pub(super) fn until_indexed(desk: &mut Desk, rooms: &[Address]) {
    while let Answer::Search(Searched::Indexing) = desk.ask(Query::Search(search(rooms, "x"))) {}
}

#[test]
fn a_long_history_in_memory_is_indexed_when_it_is_first_searched() {
    let mut desk = Desk::memory();
    let lobby = room("lobby");
    let count = (CATCH_UP_MESSAGES + 3 * STEP_MESSAGES) as u64;
    desk.append_all((1..=count).map(|seq| said(&lobby, 1, seq)));
    let search = search(std::slice::from_ref(&lobby), "\"1 says\"");
    let first = desk.ask(Query::Search(search.clone()));
    assert_eq!(first, Answer::Search(Searched::Indexing));
    until_indexed(&mut desk, std::slice::from_ref(&lobby));
    let all = found(&mut desk, &search);
    let numbers: Vec<_> = all.iter().map(|message| message.position.n).collect();
    assert_eq!(numbers, (1..=count).rev().collect::<Vec<_>>());
}

#[test]
fn messages_of_all_rooms_come_in_the_order_of_their_time() {
    let directory = tempfile::tempdir().unwrap();
    let rooms = ["a", "b"].map(room);
    let mut desk = Desk::at(directory.path());
    let time = |seq, index| NOW + 10 * seq + index;
    // The one room first, so that only their times tell the order.
    for (index, room) in (0..).zip(&rooms) {
        let all = (1..=20).map(|seq| Append {
            time: time(seq, index),
            ..says(room, seq, "tea")
        });
        desk.append_all(all);
    }
    desk.close();
    // An index that met the messages one by one has the same order as one that was made afterwards.
    std::fs::remove_file(directory.path().join("search.db")).unwrap();
    let mut desk = Desk::at(directory.path());
    let times: Vec<_> = found(&mut desk, &search(&rooms, "tea"))
        .iter()
        .map(|m| m.time)
        .collect();
    assert_eq!(times.len(), 40);
    assert!(times.is_sorted_by(|a, b| a > b), "{times:?}");
}

#[test]
fn so_many_searches_wait_and_one_more_is_handed_back() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    let mut taken = 0;
    let refused = loop {
        let ticket = desk.ticket();
        let query = Query::Search(search(&[room("lobby")], "tea"));
        match desk.history.read(Read { ticket, query }) {
            Ok(()) => taken += 1,
            Err(read) => break read,
        }
    };
    assert_eq!(refused.ticket.0, taken + 1);
    let most = REPLIES_WAITING_MAX + SEARCHES_WAITING_MAX + 1;
    assert!(
        (SEARCHES_WAITING_MAX as u64..=most as u64).contains(&taken),
        "{taken}"
    );
    for _ in 0..taken {
        assert!(matches!(desk.reply(), Reply::Found(_)));
    }
}
