//! Real chats through the real program: every line is sent in line mode by its own nick, several rooms and several senders at once,
//! and read back.
//!
//! In the project lies an excerpt. `CHAT_CORPUS=directory` takes the `*.jsonl` files and the hostile strings of that
//! directory instead; run it with `--nocapture` to see the counts.
//!
//! A nick's lines in one room go through one process; as many processes as [`SENDERS`] run at once. So one person
//! who talks in several rooms has several processes, often at the same time, and thousands of nicks who said one line are
//! thousands of processes one after the other, which takes about a hundredth of a second each.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use rustix::process::Signal;
use serde::Deserialize;

use self::jobs::{Job, Nicks, Plan};
use self::report::{Report, Said};
use crate::line::{Line, Running};
use crate::server::ChatServer;

mod hostile;
mod jobs;
mod report;

/// Processes that send at once.
const SENDERS: usize = 8;

/// Readers that follow a room from its first line to its last; the rooms with most lines get one.
const FOLLOWERS: usize = 8;

/// Where the corpus is.
fn corpus() -> PathBuf {
    let excerpt = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    std::env::var_os("CHAT_CORPUS").map_or(excerpt, PathBuf::from)
}

/// What a line of output holds that the test looks at.
#[derive(Clone, Debug, Deserialize)]
struct Object {
    r#type: String,
    #[serde(default)]
    n: u64,
    #[serde(default)]
    nick: String,
    text: Option<String>,
    #[serde(default)]
    own: bool,
}

impl Object {
    /// The message of a line, if it is one.
    fn message(line: &str) -> Option<Self> {
        let object: Self = serde_json::from_str(line).expect("an object a line");
        object.text.is_some().then_some(object)
    }

    fn said(self) -> Said {
        Said {
            nick: self.nick,
            action: self.r#type == "action",
            text: self.text.unwrap_or_default(),
        }
    }
}

#[test]
fn every_line_of_a_real_chat_comes_back_as_it_was_sent() {
    let directory = tempfile::tempdir().unwrap();
    let server = ChatServer::start(&directory.path().join("data"));
    let plan = Plan::read(&corpus());
    let mut report = Report::of(&plan);
    let state = directory.path().join("state");
    let place = Place {
        url: server.url(),
        state: &state,
    };

    let followers = place.follow(&plan.largest_rooms(FOLLOWERS));
    place.send(&plan, &mut report);
    for (room, follower) in followers {
        follower.kill(Signal::TERM);
        let ended = follower.end();
        assert_eq!(ended.code, Some(143), "{room}: {:?}", ended.error);
        report.followed(
            &room,
            ended.output.iter().filter_map(|line| Object::message(line)),
        );
    }
    for room in plan.rooms() {
        let ended = place
            .guest(&room, &["--history", "20000"])
            .run_without_input();
        assert_eq!(ended.code, Some(0), "{room}: {:?}", ended.error);
        report.read_back(
            &room,
            ended.output.iter().filter_map(|line| Object::message(line)),
        );
    }
    report.check(&plan);
}

/// Where the programs find the server and their keys.
struct Place<'a> {
    url: String,
    state: &'a Path,
}

impl Place<'_> {
    fn guest(&self, room: &str, args: &[&str]) -> Line {
        let args = [&["--json", "--room", room], args].concat();
        Line::new(self.state, &self.url, &args)
    }

    fn follow(&self, rooms: &[String]) -> Vec<(String, Running)> {
        let follow = |room: &String| {
            let mut follower = self.guest(room, &["--follow"]).start_without_input();
            follower.wait_for(r#""type":"joined""#);
            (room.clone(), follower)
        };
        rooms.iter().map(follow).collect()
    }

    /// Sends everything, a few processes at a time.
    fn send(&self, plan: &Plan, report: &mut Report) {
        let waiting: Mutex<VecDeque<&Job>> = Mutex::new(plan.jobs.iter().collect());
        let report = Mutex::new(report);
        thread::scope(|scope| {
            for _ in 0..SENDERS {
                scope.spawn(|| {
                    loop {
                        let next = waiting.lock().expect("a queue").pop_front();
                        let Some(job) = next else { return };
                        self.run(job, &report);
                    }
                });
            }
        });
    }

    fn run(&self, job: &Job, report: &Mutex<&mut Report>) {
        let mut args = vec!["--json", "--room", &job.room, "--nick", &job.nick];
        if job.as_json() {
            args.push("--json-input");
        }
        let ended = Line::new(self.state, &self.url, &args).run(&job.input());
        let refused = job.refusals();
        let code = i32::from(!refused.is_empty());
        assert_eq!(
            ended.code,
            Some(code),
            "{} in {}: {:?}",
            job.nick,
            job.room,
            ended.error
        );
        let notes = ended.error.iter().filter(|note| note.starts_with("line "));
        assert!(
            notes.eq(&refused),
            "{}: {:?}, not {refused:?}",
            job.nick,
            ended.error
        );
        let own = ended.output.iter().filter_map(|line| Object::message(line));
        let own = own.filter(|object| object.own);
        report.lock().expect("a report").sent(job, own);
    }
}

/// Counts how often each thing stands there.
fn counted<T: Ord>(things: impl IntoIterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    for thing in things {
        *counts.entry(thing).or_insert(0) += 1;
    }
    counts
}

#[test]
fn nicks_that_the_rules_refuse_or_that_look_alike_are_mapped() {
    let mut nicks = Nicks::default();
    assert_eq!(nicks.map("[foo]_"), "[foo]_");
    assert_eq!(nicks.map("김개발"), "김개발");
    assert_eq!(nicks.map("system"), "mapped-1");
    assert_eq!(nicks.map("two words"), "mapped-2");
    assert_eq!(nicks.map("Paul"), "Paul");
    assert_eq!(nicks.map("paul"), "mapped-3");
    assert_eq!(nicks.map("system"), "mapped-1");
    let reasons: BTreeSet<_> = nicks.mapped().values().map(String::as_str).collect();
    assert!(
        reasons.contains("looks like another nick of the corpus"),
        "{reasons:?}"
    );
}
