//! Looking for words in a long history, and what its index costs.

use std::time::Instant;

use super::{Goal, Rivals, Row, figure};
use crate::bench::{Subject, chat};
use crate::report::count;
use crate::seed::{self, INDEX_FILE, MESSAGES};
use crate::visitor::Visitor;

/// Rooms that the one who searches is in, of [`seed::ROOMS`].
const JOINED: usize = 100;

/// Messages that a join asks for, which a search is compared with.
const PAGE: usize = 50;

/// What is looked for: in a quarter of all messages, in one of a hundred, in one alone, in none; a beginning of many words; a word in one room of
/// many, where most messages that have it are elsewhere.
const WORDS: [(&str, &str, &str, Option<u32>); 7] = [
    ("frequent word: p50", "frequent word: p99", "the", None),
    (
        "Korean word of two syllables: p50",
        "Korean word of two syllables: p99",
        "노래",
        None,
    ),
    ("rare word: p50", "rare word: p99", "654051", None),
    ("no such word: p50", "no such word: p99", "zyzzyva", None),
    ("one syllable: p50", "one syllable: p99", "이", None),
    (
        "beginning of words: p50",
        "beginning of words: p99",
        "ubun",
        None,
    ),
    (
        "two words in one room: p50",
        "two words in one room: p99",
        "the 노래",
        Some(0),
    ),
];

/// The most that a search is to take, in milliseconds.
const SEARCH_MS: f64 = 50.0;

pub(super) fn rows() -> Vec<Row> {
    vec![search(), index()]
}

fn search() -> Row {
    let figures = WORDS.iter().flat_map(|(p50, p99, ..)| {
        [
            figure(p50, "ms", Goal::None),
            figure(p99, "ms", Goal::AtMost(SEARCH_MS)),
        ]
    });
    Row {
        name: "search",
        title: format!(
            "a search in {JOINED} rooms of a history of {}",
            count(MESSAGES)
        ),
        reference: "join with 50 messages",
        rivals: Rivals::None,
        figures: figures.collect(),
        measure: Box::new(|bench, subject| {
            let server = chat(seed::copy());
            let mut visitor = Visitor::new(server.address);
            let Subject::Ours = subject else {
                let latency = visitor.joins(bench.count(1_000, 100), PAGE);
                return [latency.p50, latency.p99].repeat(WORDS.len());
            };
            visitor.stay(JOINED);
            let searches = WORDS.iter().flat_map(|(_, _, words, room)| {
                let (latency, found) = visitor.searches(bench.count(1_000, 100), words, *room);
                println!("  {words}: {found} messages on the page");
                [latency.p50, latency.p99]
            });
            searches.collect()
        }),
    }
}

fn index() -> Row {
    Row {
        name: "index",
        title: format!("an index made anew for {} messages", count(MESSAGES)),
        reference: "the messages themselves",
        rivals: Rivals::None,
        figures: vec![
            figure("seconds", "s", Goal::None),
            figure("CPU a message", "µs", Goal::None),
            figure("bytes a message", "", Goal::None),
        ],
        measure: Box::new(|_, subject| {
            let files = seed::copy();
            let bytes = |name: &str| {
                let bytes = std::fs::metadata(files.path().join(name)).unwrap().len();
                bytes as f64 / MESSAGES as f64
            };
            let Subject::Ours = subject else {
                return vec![f64::NAN, f64::NAN, bytes("chat.db")];
            };
            let size = bytes(INDEX_FILE);
            std::fs::remove_file(files.path().join(INDEX_FILE)).unwrap();
            let server = chat(files);
            let started = Instant::now();
            let mut visitor = Visitor::new(server.address);
            visitor.until_indexed();
            let cpu = server.cpu().as_secs_f64() * 1e6 / MESSAGES as f64;
            vec![started.elapsed().as_secs_f64(), cpu, size]
        }),
    }
}
