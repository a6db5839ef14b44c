//! Every bound, at it.

use super::super::known::REMEMBERED_MAX;
use super::super::opening;
use super::super::place::{N_BITS, N_MAX, ROOM_MAX};
use super::super::{BATCH_WRITES_MAX, READS_WAITING_MAX, REPLIES_WAITING_MAX, WRITES_WAITING_MAX};
use super::*;
use protocol::limits::TEXT_BYTES_MAX;

/// Runs SQL on the database of a history that is closed.
pub(super) fn edit(directory: &Path, sql: &str) {
    rusqlite::Connection::open(directory.join("chat.db"))
        .unwrap()
        .execute_batch(sql)
        .unwrap();
}

#[test]
fn a_write_too_many_comes_back_and_those_taken_are_all_answered() {
    let mut desk = Desk::memory();
    let lobby = room("lobby");
    let mut taken = 0;
    let refused = loop {
        match desk
            .history
            .write(Write::Append(said(&lobby, 1, taken + 1)))
        {
            Ok(()) => taken += 1,
            Err(refused) => break *refused,
        }
    };
    assert_eq!(refused, Write::Append(said(&lobby, 1, taken + 1)));
    assert!(usize::try_from(taken).unwrap() >= WRITES_WAITING_MAX);
    let mut answers = 0;
    while answers < taken {
        let Reply::Committed(written) = desk.reply() else {
            panic!("nothing else was asked for");
        };
        assert!(written.len() <= BATCH_WRITES_MAX);
        for answer in written {
            answers += 1;
            let result = fresh(answers, NOW + answers);
            let ticket = Ticket(0);
            assert_eq!(answer, Written::Append { ticket, result });
        }
    }
    assert_eq!(answers, taken);
}

#[test]
fn a_read_too_many_comes_back_and_those_taken_are_all_answered() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    let mut taken = 0;
    loop {
        let read = Read {
            ticket: Ticket(taken),
            query: Query::Rooms {
                after: None,
                limit: 1,
            },
        };
        if desk.history.read(read).is_err() {
            break;
        }
        taken += 1;
    }
    assert!(usize::try_from(taken).unwrap() >= READS_WAITING_MAX);
    for ticket in 0..taken {
        let Reply::Found(found) = desk.reply() else {
            panic!("nothing else was asked for");
        };
        assert_eq!(found.ticket, Ticket(ticket));
    }
}

/// A history whose answers nobody takes, with as many writes as it takes then, and their number.
fn stuffed(desk: &Desk, room: &Address) -> u64 {
    let mut taken = 0;
    loop {
        let stuck = desk.history.replies.len() == REPLIES_WAITING_MAX;
        match desk.history.write(Write::Append(said(room, 1, taken + 1))) {
            Ok(()) => taken += 1,
            Err(_) if stuck => return taken,
            Err(_) => std::thread::yield_now(),
        }
    }
}

#[test]
fn answers_that_nobody_takes_stop_the_writer_and_none_is_lost() {
    let desk = Desk::memory();
    let taken = stuffed(&desk, &room("lobby"));
    let most = WRITES_WAITING_MAX + (REPLIES_WAITING_MAX + 1) * BATCH_WRITES_MAX;
    assert!(taken <= u64::try_from(most).unwrap());
    let answers: usize = desk
        .close()
        .iter()
        .map(|reply| match reply {
            Reply::Committed(written) => written.len(),
            Reply::Found(_) | Reply::News(_) | Reply::Failed(_) => 0,
        })
        .sum();
    assert_eq!(u64::try_from(answers).unwrap(), taken);
}

#[test]
fn dropping_a_history_that_is_stuck_commits_what_it_took() {
    let directory = tempfile::tempdir().unwrap();
    let lobby = room("lobby");
    let desk = Desk::at(directory.path());
    let taken = stuffed(&desk, &lobby);
    drop(desk);
    let mut desk = Desk::at(directory.path());
    assert_eq!(desk.join(&lobby, From::Last, 0).head.n, taken);
}

#[test]
fn more_rooms_than_are_remembered_keep_their_order() {
    let mut desk = Desk::memory();
    let rooms = REMEMBERED_MAX + 10;
    let names: Vec<_> = (0..rooms).map(|n| room(&format!("r{n}"))).collect();
    for seq in 1..=2 {
        for part in names.chunks(BATCH_WRITES_MAX) {
            let results = desk.append_all(part.iter().map(|room| said(room, 1, seq)));
            assert!(
                results
                    .iter()
                    .all(|result| *result == fresh(seq, NOW + seq))
            );
        }
    }
}

#[test]
fn a_full_room_and_a_full_store_refuse() {
    let directory = tempfile::tempdir().unwrap();
    let lobby = room("lobby");
    let mut desk = Desk::at(directory.path());
    desk.append(said(&lobby, 1, 1)).unwrap();
    desk.close();
    let last = N_MAX - 1;
    edit(
        directory.path(),
        &format!(
            "UPDATE rooms SET head_n = {last}, id = {ROOM_MAX};
             UPDATE messages SET place = ({ROOM_MAX} << {N_BITS}) + {last};
             UPDATE senders SET room = {ROOM_MAX};"
        ),
    );
    let mut desk = Desk::at(directory.path());
    assert_eq!(desk.append(said(&lobby, 1, 2)), fresh(N_MAX, NOW + 2));
    assert_eq!(
        desk.append(said(&lobby, 1, 3)),
        Err(AppendError::Unavailable)
    );
    assert_eq!(
        desk.append(said(&room("other"), 1, 1)),
        Err(AppendError::Unavailable)
    );
    assert_eq!(numbers(&desk.page(&lobby, Range::Last, 9)), [last, N_MAX]);
    assert_eq!(numbers(&desk.page(&lobby, Range::After(last), 9)), [N_MAX]);
    assert_eq!(numbers(&desk.page(&lobby, Range::Before(N_MAX), 1)), [last]);
}

#[test]
fn the_log_moves_into_the_database_on_the_way() {
    let directory = tempfile::tempdir().unwrap();
    let lobby = room("lobby");
    let mut desk = Desk::at(directory.path());
    let bytes = |file: &str| {
        std::fs::metadata(directory.path().join(file))
            .unwrap()
            .len()
    };
    let before = bytes("chat.db");
    let mut seq = 0;
    // One by one, so that each is idle's turn.
    while bytes("chat.db") == before {
        seq += 1;
        desk.append(said(&lobby, 1, seq)).unwrap();
        assert!(
            seq < 5000,
            "no checkpoint after {} bytes",
            bytes("chat.db-wal")
        );
    }
    desk.append_all((seq + 1..seq + 100).map(|seq| said(&lobby, 1, seq)));
    assert!(bytes("chat.db-wal") < 33 * 1024 * 1024);
}

#[test]
fn a_busy_writer_keeps_its_log_short_too() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = opening::in_directory(directory.path(), NOW).unwrap().writer;
    let log = directory.path().join("chat.db-wal");
    let before = std::fs::metadata(directory.path().join("chat.db"))
        .unwrap()
        .len();
    let lobby = room("lobby");
    for part in 0..80 {
        let first = part * 512 + 1;
        let lengthy = |seq| Append {
            text: "x".repeat(TEXT_BYTES_MAX),
            ..said(&lobby, 1, seq)
        };
        let batch = (first..first + 512).map(|seq| Write::Append(lengthy(seq)));
        writer.commit(batch.collect()).unwrap();
        writer.tidy(false).unwrap();
        assert!(std::fs::metadata(&log).unwrap().len() < 128 * 1024 * 1024);
    }
    assert!(
        std::fs::metadata(directory.path().join("chat.db"))
            .unwrap()
            .len()
            > before
    );
}

#[test]
fn a_closing_history_commits_and_answers_what_waits() {
    let directory = tempfile::tempdir().unwrap();
    let lobby = room("lobby");
    let desk = Desk::at(directory.path());
    for seq in 1..=2000 {
        desk.history
            .write(Write::Append(said(&lobby, 1, seq)))
            .unwrap();
    }
    let mut answered = 0;
    for reply in desk.close() {
        let Reply::Committed(written) = reply else {
            panic!("{reply:?}");
        };
        answered += written.len();
    }
    assert_eq!(answered, 2000);
    let mut desk = Desk::at(directory.path());
    assert_eq!(desk.join(&lobby, From::Last, 1).head.n, 2000);
}

#[test]
fn a_history_that_ends_takes_nothing_more() {
    let mut desk = Desk::memory();
    desk.history.finish();
    let write = Write::Append(said(&room("lobby"), 1, 1));
    assert_eq!(*desk.history.write(write.clone()).unwrap_err(), write);
    let read = Read {
        ticket: Ticket(1),
        query: Query::Rooms {
            after: None,
            limit: 1,
        },
    };
    assert_eq!(*desk.history.read(read.clone()).unwrap_err(), read);
    assert_eq!(desk.runtime.block_on(desk.history.reply()), None);
}
