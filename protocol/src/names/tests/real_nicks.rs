//! Nicks of real chats against the rules: a table in the project, and the whole corpus where it is at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use super::super::*;

const TABLE: &str = include_str!("../../../tests/data/nicks.tsv");

/// The files of the corpus that have nicks.
const FILES: [&str; 4] = [
    "chat-en.jsonl",
    "chat-ko-community.jsonl",
    "chat-ko-dialogue.jsonl",
    "chat-ko-reviews.jsonl",
];

#[derive(Deserialize)]
struct Line {
    nick: String,
}

/// Judges nicks one after the other, as a server meets them.
#[derive(Default)]
struct Judge {
    taken: BTreeMap<Skeleton, String>,
    passed: usize,
    collided: usize,
    refused: usize,
}

impl Judge {
    /// The line of the table for a nick.
    fn line(&mut self, text: &str) -> String {
        let nick = match Nick::new(text) {
            Ok(nick) => nick,
            Err(error) => {
                self.refused += 1;
                return format!("refused\t{text}\t{error}");
            }
        };
        if let Some(first) = self.taken.get(&nick.skeleton()) {
            self.collided += 1;
            return format!("collides\t{text}\t{first}");
        }
        self.passed += 1;
        self.taken.insert(nick.skeleton(), text.to_owned());
        format!("passes\t{text}\t")
    }

    #[track_caller]
    fn check_totals(&self, of_what: &str) {
        let Self {
            passed,
            collided,
            refused,
            ..
        } = self;
        let nicks = passed + collided + refused;
        let head = format!(
            "# in {of_what}: {nicks} nicks, {passed} pass, {collided} collide, {refused} refused"
        );
        assert!(TABLE.lines().any(|line| line == head), "{head}");
    }
}

/// A nick with each run of a kind of characters as one.
fn shape(nick: &str) -> String {
    let mut shape: Vec<char> = nick.chars().map(kind).collect();
    shape.dedup();
    shape.into_iter().collect()
}

fn kind(c: char) -> char {
    match c {
        'a'..='z' => 'a',
        'A'..='Z' => 'A',
        '0'..='9' => '0',
        '가'..='힣' => '가',
        'ㄱ'..='ㅣ' => 'ㅋ',
        c => c,
    }
}

fn rows() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter(|line| !line.starts_with('#'))
}

fn nick_of(row: &str) -> &str {
    row.split('\t').nth(1).unwrap()
}

#[test]
fn the_table_of_real_nicks_holds_line_by_line() {
    let mut judge = Judge::default();
    for row in rows() {
        assert_eq!(judge.line(nick_of(row)), row);
    }
    judge.check_totals("this table");
}

/// Where `CHAT_CORPUS` names the corpus: its totals are those of the table's head, and nothing of note is missing in the table.
#[test]
fn the_whole_corpus_is_as_the_table_says() {
    let Some(corpus) = std::env::var_os("CHAT_CORPUS") else {
        return;
    };
    let mut nicks = BTreeSet::new();
    for file in FILES {
        let text = std::fs::read_to_string(Path::new(&corpus).join(file)).unwrap();
        for line in text.lines() {
            let line: Line = serde_json::from_str(line).unwrap();
            nicks.insert(line.nick);
        }
    }
    let rows: BTreeSet<&str> = rows().collect();
    let shapes: BTreeSet<String> = rows.iter().map(|row| shape(nick_of(row))).collect();
    let mut judge = Judge::default();
    for nick in &nicks {
        let line = judge.line(nick);
        if line.starts_with("passes") {
            assert!(
                shapes.contains(&shape(nick)),
                "no nick of the shape of {nick}"
            );
        } else {
            assert!(rows.contains(line.as_str()), "{line}");
        }
    }
    judge.check_totals("the corpus");
}
