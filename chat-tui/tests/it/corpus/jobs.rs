//! Who sends what where.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use protocol::names::{MessageText, Nick, RoomName, Skeleton};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

use super::counted;
use super::report::Said;

/// A line of the corpus.
#[derive(Deserialize)]
struct Row {
    room: String,
    nick: String,
    kind: String,
    text: String,
}

/// Everything that is sent.
pub(super) struct Plan {
    /// In the order in which they begin.
    pub(super) jobs: Vec<Job>,
    /// Lines of the files that say nothing: joins and leaves.
    pub(super) silent: usize,
    /// Nicks that were mapped, and why.
    pub(super) mapped: BTreeMap<String, String>,
    /// Nicks of the corpus.
    pub(super) nicks: usize,
}

/// What one nick says in one room.
pub(super) struct Job {
    pub(super) room: String,
    pub(super) nick: String,
    lines: Vec<Sent>,
}

struct Sent {
    action: bool,
    text: String,
}

impl Plan {
    /// Reads all files of the directory.
    pub(super) fn read(directory: &Path) -> Self {
        let mut paths: Vec<_> = fs::read_dir(directory)
            .expect("a directory")
            .map(|entry| entry.expect("a directory").path())
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "jsonl")
            })
            .collect();
        paths.sort();
        let mut nicks = Nicks::default();
        let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut plan = Self {
            jobs: Vec::new(),
            silent: 0,
            mapped: BTreeMap::new(),
            nicks: 0,
        };
        for path in paths {
            let text = fs::read_to_string(&path).expect("a file in UTF-8");
            for line in text.lines() {
                let row: Row = serde_json::from_str(line).expect("an object a line");
                let nick = nicks.map(&row.nick);
                if row.kind != "message" && row.kind != "action" {
                    plan.silent += 1;
                    continue;
                }
                let room = RoomName::normalized(&row.room).expect("a room");
                let job = places
                    .entry((room.to_string(), nick.clone()))
                    .or_insert_with(|| {
                        plan.jobs.push(Job {
                            room: room.to_string(),
                            nick,
                            lines: Vec::new(),
                        });
                        plan.jobs.len() - 1
                    });
                let action = row.kind == "action";
                let job = plan.jobs.get_mut(*job).expect("a job");
                job.lines.push(Sent {
                    action,
                    text: row.text,
                });
            }
        }
        plan.nicks = nicks.known.len();
        plan.mapped = nicks.mapped().clone();
        plan
    }

    pub(super) fn rooms(&self) -> BTreeSet<String> {
        self.jobs.iter().map(|job| job.room.clone()).collect()
    }

    pub(super) fn lines(&self) -> usize {
        self.jobs.iter().map(|job| job.lines.len()).sum()
    }

    /// The rooms with most lines.
    pub(super) fn largest_rooms(&self, most: usize) -> Vec<String> {
        let rooms = self
            .jobs
            .iter()
            .flat_map(|job| job.lines.iter().map(|_| job.room.clone()));
        let mut rooms: Vec<_> = counted(rooms).into_iter().collect();
        rooms.sort_by_key(|(_, lines)| std::cmp::Reverse(*lines));
        rooms.into_iter().take(most).map(|(room, _)| room).collect()
    }
}

impl Job {
    /// Whether its lines go as objects: an action or a line break cannot go as a plain line from a pipe.
    pub(super) fn as_json(&self) -> bool {
        let object = |sent: &Sent| sent.action || sent.text.contains('\n') || sent.text.is_empty();
        self.lines.iter().any(object)
    }

    /// What the program reads.
    pub(super) fn input(&self) -> Vec<u8> {
        let as_json = self.as_json();
        let mut input = Vec::new();
        for sent in &self.lines {
            if as_json {
                let kind = if sent.action { "action" } else { "message" };
                let object = serde_json::json!({ "text": sent.text, "kind": kind });
                input.extend(object.to_string().into_bytes());
            } else {
                input.extend(sent.text.as_bytes());
            }
            input.push(b'\n');
        }
        input
    }

    /// What the rules let through, in order.
    pub(super) fn accepted(&self) -> Vec<Said> {
        let accepted = self.lines.iter().filter_map(|sent| {
            let text = checked(&sent.text).ok()?;
            Some(Said {
                nick: self.nick.clone(),
                action: sent.action,
                text,
            })
        });
        accepted.collect()
    }

    /// What the program is to say about the others.
    pub(super) fn refusals(&self) -> Vec<String> {
        let numbered = (1..).zip(&self.lines);
        let refused = numbered.filter_map(|(number, sent): (usize, _)| {
            let error = checked(&sent.text).err()?;
            Some(format!("line {number} refused: {error}"))
        });
        refused.collect()
    }
}

/// The text as it goes over the wire, or why it does not.
pub(super) fn checked(text: &str) -> Result<String, String> {
    MessageText::new(text.nfc().collect())
        .map(String::from)
        .map_err(|error| error.to_string())
}

/// Nicks of a corpus as a chat can have them: one that is refused, or looks like another one, gets a name of its own.
#[derive(Default)]
pub(super) struct Nicks {
    known: BTreeMap<String, String>,
    skeletons: BTreeSet<Skeleton>,
    mapped: BTreeMap<String, String>,
}

impl Nicks {
    pub(super) fn map(&mut self, nick: &str) -> String {
        if let Some(known) = self.known.get(nick) {
            return known.clone();
        }
        let given = match Nick::new(nick) {
            Ok(nick) if self.skeletons.insert(nick.skeleton()) => nick.to_string(),
            Ok(_) => self.rename(nick, "looks like another nick of the corpus".to_owned()),
            Err(error) => self.rename(nick, error.to_string()),
        };
        self.known.insert(nick.to_owned(), given.clone());
        given
    }

    /// The mapped ones, and why.
    pub(super) fn mapped(&self) -> &BTreeMap<String, String> {
        &self.mapped
    }

    fn rename(&mut self, nick: &str, why: String) -> String {
        self.mapped.insert(nick.to_owned(), why);
        let given = format!("mapped-{}", self.mapped.len());
        let skeleton = Nick::new(&given).expect("a nick").skeleton();
        assert!(
            self.skeletons.insert(skeleton),
            "{given} is somebody's nick"
        );
        given
    }
}
