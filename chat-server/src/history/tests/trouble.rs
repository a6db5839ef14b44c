//! A store in trouble: what it refuses, what it keeps, and when it stops.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::time::Duration;

use rusqlite::Connection;

use super::super::opening::{self, Opened, Store};
use super::super::writer::{PRESENCE_KEPT_MAX, Writer};
use super::super::{search, worker};
use super::*;

fn writer(directory: &Path) -> Writer {
    let Opened { writer, .. } = opening::in_directory(directory, NOW).unwrap();
    writer
}

fn present(byte: u8) -> Write {
    Write::Present(Present {
        room: room("lobby"),
        person: person(byte),
        nick: nick(byte),
        guest: true,
        former: None,
        keyed: true,
        reconnecting: false,
    })
}

fn answer(result: Result<Appended, AppendError>) -> Written {
    let ticket = Ticket(0);
    Written::Append { ticket, result }
}

const UNAVAILABLE: Result<Appended, AppendError> = Err(AppendError::Unavailable);

#[test]
fn a_full_disk_refuses_the_batch_and_the_next_may_try_again() {
    let directory = tempfile::tempdir().unwrap();
    let lobby = room("lobby");
    let mut writer = writer(directory.path());
    let first = Write::Append(said(&lobby, 1, 1));
    let condition = writer.condition();
    assert_eq!(condition.read(), None);
    writer.commit(vec![first.clone()]).unwrap();
    assert_eq!(condition.read().unwrap().result, Ok(()));
    writer
        .db()
        .pragma_update(None, "max_page_count", 1)
        .unwrap();
    // The first one finds room still, and must be forgotten with the rest.
    let long = |seq| {
        Write::Append(Append {
            text: "x".repeat(if seq == 2 { 1 } else { 4096 }),
            ..said(&lobby, 1, seq)
        })
    };
    let batch: Vec<_> = [present(1)].into_iter().chain((2..=20).map(long)).collect();
    let refused = writer.commit(batch.clone()).unwrap();
    assert_eq!(refused, vec![answer(UNAVAILABLE); 19]);
    let reason = condition.read().unwrap().result.unwrap_err();
    assert!(reason.contains("full"), "{reason}");
    assert_eq!(writer.kept(), 1);
    // What was there stays readable, and nothing of the batch is.
    let query = Query::Join {
        room: lobby.clone(),
        from: From::Last,
        limit: 9,
        sender: (person(1), 0),
    };
    let Answer::Join(page) = writer.answer(&query).unwrap() else {
        panic!("no join page");
    };
    assert_eq!((page.head.n, page.next_seq), (1, 2));

    writer
        .db()
        .pragma_update(None, "max_page_count", 1_000_000)
        .unwrap();
    let stored = writer.commit(batch[1..].to_vec()).unwrap();
    let expected: Vec<_> = (2..=20).map(|n| answer(fresh(n, NOW + n))).collect();
    assert_eq!(stored, expected);
    assert_eq!(condition.read().unwrap().result, Ok(()));
    writer.close().unwrap();
    let present: Vec<_> = Desk::at(directory.path())
        .restored
        .present
        .into_iter()
        .map(|present| present.person)
        .collect();
    assert_eq!(present, [person(1)]);
}

/// A writer whose database another program has locked, and that program.
fn locked(directory: &Path) -> (Writer, Connection) {
    let writer = writer(directory);
    writer.db().busy_timeout(Duration::ZERO).unwrap();
    let other = Connection::open(directory.join("chat.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    (writer, other)
}

#[test]
fn a_lock_of_another_program_refuses_the_batch() {
    let directory = tempfile::tempdir().unwrap();
    let lobby = room("lobby");
    let (mut writer, other) = locked(directory.path());
    let batch = vec![Write::Append(said(&lobby, 1, 1))];
    assert_eq!(writer.commit(batch.clone()).unwrap(), [answer(UNAVAILABLE)]);
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(writer.commit(batch).unwrap(), [answer(fresh(1, NOW + 1))]);
}

#[test]
fn presence_of_refused_batches_is_kept_up_to_a_bound() {
    let directory = tempfile::tempdir().unwrap();
    let (mut writer, other) = locked(directory.path());
    writer.commit(vec![present(1); PRESENCE_KEPT_MAX]).unwrap();
    assert_eq!(writer.kept(), PRESENCE_KEPT_MAX);
    writer.commit(vec![present(2)]).unwrap();
    assert_eq!(writer.kept(), PRESENCE_KEPT_MAX);
    other.execute_batch("COMMIT").unwrap();
    writer.commit(Vec::new()).unwrap();
    assert_eq!(writer.kept(), 0);
    writer.close().unwrap();
    // The oldest ones went first.
    assert_eq!(Desk::at(directory.path()).restored.present.len(), 2);
}

/// A writer whose database is overwritten under it.
fn damaged(directory: &Path) -> Writer {
    let mut desk = Desk::at(directory);
    let lobby = room("lobby");
    desk.append_all((1..=500).map(|seq| said(&lobby, 1, seq)));
    desk.close();
    let mut writer = writer(directory);
    writer.commit(vec![present(1)]).unwrap();
    writer
        .db()
        .pragma(None, "wal_checkpoint", "truncate", |_| Ok(()))
        .unwrap();
    let path = directory.join("chat.db");
    let file = File::options().write(true).open(path).unwrap();
    let pages = file.metadata().unwrap().len() / 4096;
    for page in 1..pages {
        file.write_all_at(&[0xA5; 4096], page * 4096).unwrap();
    }
    writer.db().release_memory().unwrap();
    writer
}

#[test]
fn damage_ends_the_history_and_nothing_is_answered_after() {
    let directory = tempfile::tempdir().unwrap();
    let writer = damaged(directory.path());
    let store = Store {
        index: search::Place::Memory,
        reader: None,
    };
    let mut running = worker::start(writer, None, store).unwrap();
    let runtime = Builder::new_current_thread().build().unwrap();
    let lobby = room("lobby");
    for seq in 501..=503 {
        let job = worker::Job::Write(Write::Append(said(&lobby, 1, seq)));
        // From the second one on it may have ended already.
        let taken = running.writes.try_send(job).is_ok();
        assert!(taken || seq > 501);
    }
    let Some(Reply::Failed(sentence)) = runtime.block_on(running.replies.recv()) else {
        panic!("it did not fail");
    };
    assert!(sentence.contains("chat.db"), "{sentence}");
    assert_eq!(runtime.block_on(running.replies.recv()), None);
    assert!(running.writes.is_closed());
}
