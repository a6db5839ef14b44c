//! A long history: written once through the store's own door, then copied for each run.

use std::fs::File;
use std::path::{Path, PathBuf};

use chat_server::config::Location;
use chat_server::history::{History, Reply};
use chat_server::record::{Append, Ticket, Write};
use protocol::event::Kind;
use protocol::position::{Address, MessageId, PersonId};
use tempfile::TempDir;

use crate::bench::{target_directory, temporary};
use crate::wire::{TEXT_BYTES, room_name};

/// Messages of the long history.
pub(crate) const MESSAGES: usize = 1_000_000;

/// Rooms that they are in, in turn.
pub(crate) const ROOMS: usize = 400;

/// Persons who said them, in each room.
const PERSONS: usize = 5;

/// Writes that wait at once.
const WAITING: usize = 2_048;

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
    let made = place.join(format!("history-{MESSAGES}"));
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
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(async {
        let (mut written, mut answered) = (0, 0);
        while answered < MESSAGES {
            while written < MESSAGES && written - answered < WAITING {
                history.write(Write::Append(message(written))).unwrap();
                written += 1;
            }
            match history.reply().await {
                Some(Reply::Committed(answers)) => answered += answers.len(),
                other => panic!("the history gave {other:?}"),
            }
        }
        history.close().await;
    });
}

fn message(n: usize) -> Append {
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
        text: format!("{n:-<TEXT_BYTES$}"),
        reply_to: None,
    }
}
