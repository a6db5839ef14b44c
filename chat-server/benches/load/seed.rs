//! A long history of real words: written once through the store's own door and indexed for searches, then copied for each run.

use std::fs::File;
use std::path::{Path, PathBuf};

use chat_server::config::Location;
use chat_server::history::{History, Reply};
use chat_server::record::{Answer, Append, Found, Query, Read, Search, Searched, Ticket, Write};
use protocol::event::Kind;
use protocol::limits::TEXT_BYTES_MAX;
use protocol::position::{Address, MessageId, PersonId};
use tempfile::TempDir;

use crate::bench::{target_directory, temporary};
use crate::wire::room_name;

/// Messages of the long history.
pub(crate) const MESSAGES: usize = 1_000_000;

/// Rooms that they are in, in turn.
pub(crate) const ROOMS: usize = 400;

/// Persons who said them, in each room.
const PERSONS: usize = 5;

/// Writes that wait at once.
const WAITING: usize = 2_048;

/// Real chat, English and Korean, of which the texts are put together; its licences stand beside it.
const CHAT: [&str; 4] = [
    include_str!("../../../chat-tui/tests/data/chat-en.jsonl"),
    include_str!("../../../chat-tui/tests/data/chat-ko-community.jsonl"),
    include_str!("../../../chat-tui/tests/data/chat-ko-dialogue.jsonl"),
    include_str!("../../../chat-tui/tests/data/chat-ko-reviews.jsonl"),
];

/// Steps through the lines of the chat that meet all of them, in another order each.
const STRIDES: [usize; 2] = [7_919, 104_729];

/// The index of the history, beside it.
pub(crate) const INDEX_FILE: &str = "search.db";

/// When the first one was said, in milliseconds since 1970.
const FIRST_TIME: u64 = 1_763_700_000_000;

/// A copy of the long history, for a server to write to.
pub(crate) fn copy() -> TempDir {
    let files = temporary();
    for entry in std::fs::read_dir(original()).unwrap() {
        let path = entry.unwrap().path();
        let copy = files.path().join(path.file_name().unwrap());
        std::fs::copy(&path, &copy).unwrap();
        // Otherwise the first commits would wait for the system to write the copy out.
        File::open(&copy).unwrap().sync_all().unwrap();
    }
    files
}

/// The directory of the long history, which is made where it is missing.
fn original() -> PathBuf {
    let place = target_directory().join("load");
    let made = place.join(format!("words-{MESSAGES}"));
    if !made.is_dir() {
        println!("writing a history of {MESSAGES} messages (once)");
        std::fs::create_dir_all(&place).unwrap();
        let draft = TempDir::new_in(&place).unwrap();
        write(draft.path());
        // Complete or not there at all.
        std::fs::rename(draft.keep(), &made).unwrap();
    }
    made
}

fn write(directory: &Path) {
    let location = Location::Directory(directory.to_owned());
    let (mut history, _) = History::open(&location, FIRST_TIME).unwrap();
    let lines = lines();
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(async {
        let (mut written, mut answered) = (0, 0);
        while answered < MESSAGES {
            while written < MESSAGES && written - answered < WAITING {
                history
                    .write(Write::Append(message(written, &lines)))
                    .unwrap();
                written += 1;
            }
            match history.reply().await {
                Some(Reply::Committed(answers)) => answered += answers.len(),
                other => panic!("the history gave {other:?}"),
            }
        }
        while is_indexing(&mut history).await {}
        history.close().await;
    });
}

/// Searches once; whether the index is still behind.
async fn is_indexing(history: &mut History) -> bool {
    let search = Search {
        rooms: vec![Address::Room(room_name(0).parse().unwrap())],
        text: "nothing".to_owned().try_into().unwrap(),
        next: None,
        limit: 1,
    };
    let (ticket, query) = (Ticket(0), Query::Search(search));
    history.read(Read { ticket, query }).unwrap();
    match history.reply().await {
        Some(Reply::Found(Found { answer, .. })) => {
            answer == Some(Answer::Search(Searched::Indexing))
        }
        other => panic!("the history gave {other:?}"),
    }
}

/// The texts of the chat.
fn lines() -> Vec<String> {
    let text = |line: &str| {
        let start = line.find(r#""text": ""#)? + r#""text": ""#.len();
        let text = line.get(start..)?.strip_suffix("\"}")?;
        (!text.is_empty() && !text.contains('\\')).then(|| text.to_owned())
    };
    CHAT.iter()
        .flat_map(|file| file.lines())
        .filter_map(text)
        .collect()
}

/// The first half of one line, the second half of another, and the message's number, which stands nowhere else.
fn text(n: usize, lines: &[String]) -> String {
    let [begin, end] = STRIDES.map(|stride| {
        let line = &lines[n * stride % lines.len()];
        line.split_whitespace().collect::<Vec<_>>()
    });
    let (begin, end) = (&begin[..begin.len().div_ceil(2)], &end[end.len() / 2..]);
    let mut text = [begin, end].concat().join(" ");
    text.truncate(text.floor_char_boundary(TEXT_BYTES_MAX - 16));
    format!("{text} {n}")
}

fn message(n: usize, lines: &[String]) -> Append {
    let (room, turn) = (n % ROOMS, n / ROOMS);
    let person = turn % PERSONS;
    let mut bytes = [0; PersonId::BYTES];
    bytes[..8].copy_from_slice(&((room * PERSONS + person) as u64).to_be_bytes());
    Append {
        ticket: Ticket(n as u64),
        room: Address::Room(room_name(room as u32).parse().unwrap()),
        id: MessageId {
            person: PersonId::from_bytes(bytes),
            device: 0,
            seq: (turn / PERSONS + 1) as u64,
        },
        nick: format!("n{person:07}").parse().unwrap(),
        time: FIRST_TIME + n as u64,
        kind: Kind::Message,
        text: text(n, lines),
        reply_to: None,
    }
}
