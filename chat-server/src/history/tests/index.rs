//! What becomes of the index: it is believed after a stop and after a kill, made anew where it cannot be, and hurts nothing but searches.

use std::fs;

use rusqlite::Connection;

use super::super::search::{Place, Progress, Searcher, Trouble};
use super::super::{schema, sqlite};
use super::searching::{found, hits, says, search, until_indexed};
use super::*;
use crate::record::{Search, Searched};

fn lobby() -> Address {
    room("lobby")
}

fn tea() -> Search {
    search(&[lobby()], "tea")
}

/// A directory where 1,200 messages were said, each third with tea in it, and everything is indexed.
fn kept() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    desk.append_all(
        (1..=1_200).map(|seq| says(&lobby(), seq, if seq % 3 == 0 { "tea" } else { "no" })),
    );
    until_indexed(&mut desk, &[lobby()]);
    desk.close();
    directory
}

#[track_caller]
fn check_all(desk: &mut Desk) {
    until_indexed(desk, &[lobby()]);
    let found = found(desk, &tea());
    let numbers: Vec<_> = found.iter().map(|message| message.position.n).collect();
    assert_eq!(numbers, (1..=400).rev().map(|n| 3 * n).collect::<Vec<_>>());
}

fn first_mark(desk: &mut Desk) -> u64 {
    until_indexed(desk, &[lobby()]);
    hits(desk, &tea()).found[0].mark
}

fn change_index(directory: &Path, sql: &str) {
    let db = Connection::open(directory.join("search.db")).unwrap();
    db.execute_batch(sql).unwrap();
}

/// Whether a page that was begun before goes on after the directory is opened again.
fn goes_on(directory: &Path, between: impl FnOnce()) -> bool {
    let mut desk = Desk::at(directory);
    let next = Some(first_mark(&mut desk));
    desk.close();
    between();
    let mut desk = Desk::at(directory);
    check_all(&mut desk);
    let answer = desk.ask(Query::Search(Search { next, ..tea() }));
    let goes_on = answer != Answer::Search(Searched::UnknownNext);
    assert!(!goes_on || second(&answer) == Some(1_197), "{answer:?}");
    goes_on
}

fn second(answer: &Answer) -> Option<u64> {
    let Answer::Search(Searched::Hits(hits)) = answer else {
        return None;
    };
    Some(hits.found.first()?.message.position.n)
}

#[test]
fn an_index_is_kept_over_a_stop_and_the_next_boot() {
    let directory = kept();
    let path = directory.path();
    assert!(goes_on(path, || {}));
    assert!(goes_on(path, || change_index(
        path,
        "UPDATE state SET boot = 'another'"
    )));
}

#[test]
fn an_index_that_may_have_lost_something_is_made_anew() {
    let directory = kept();
    let path = directory.path();
    for change in [
        "UPDATE state SET boot = 'another', closed = 0",
        "UPDATE state SET boot = '', closed = 0",
        "UPDATE state SET version = 0",
        "UPDATE rooms SET era = era + 1",
        "UPDATE rooms SET time = time + 1",
        "INSERT INTO rooms VALUES (99, 1, 1, 1, 1, 1)",
        "UPDATE state SET base = base + 1",
        "DELETE FROM state",
        "DROP TABLE rooms",
        "UPDATE rooms SET n = 1201",
        "INSERT INTO places VALUES (9223372036854775807, 1)",
        "ALTER TABLE places RENAME TO p; CREATE VIEW places AS
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT p.* FROM p, n WHERE n.i < 0",
    ] {
        assert!(!goes_on(path, || change_index(path, change)), "{change}");
    }
    assert!(!goes_on(path, || fs::remove_file(path.join("search.db")).unwrap()));
    assert!(!goes_on(path, || fs::write(path.join("search.db"), b"").unwrap()));
    assert!(!goes_on(path, || fs::write(
        path.join("search.db"),
        b"no index"
    )
    .unwrap()));
}

#[test]
fn damage_that_shows_in_a_search_is_mended() {
    let directory = kept();
    let path = directory.path().join("search.db");
    let sound = fs::read(&path).unwrap();
    for page in (2..sound.len() / 4096).step_by(3) {
        let mut damaged = sound.clone();
        damaged[page * 4096..][..4096].fill(0xA5);
        fs::write(&path, damaged).unwrap();
        let mut desk = Desk::at(directory.path());
        desk.append(says(&lobby(), 1_201, "no")).unwrap();
        // It may need a search to show, page by page, which finds nothing then and says so.
        let mut search = tea();
        while let Answer::Search(Searched::Hits(hits)) = desk.ask(Query::Search(search.clone()))
            && hits.next.is_some()
        {
            search.next = hits.next;
        }
        check_all(&mut desk);
        assert_eq!(desk.join(&lobby(), From::Last, 1).head.n, 1_201);
        desk.close();
    }
}

/// What is there while a server runs is what a kill leaves.
#[test]
fn a_kill_loses_nothing_of_the_index_that_the_next_start_misses() {
    let directory = kept();
    let killed = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    let mark = first_mark(&mut desk);
    desk.append(says(&lobby(), 1_201, "no")).unwrap();
    assert_eq!(first_mark(&mut desk), mark);
    for file in ["search.db", "search.db-wal"] {
        fs::copy(directory.path().join(file), killed.path().join(file)).unwrap();
    }
    desk.append(says(&lobby(), 1_202, "no")).unwrap();
    desk.close();
    for file in ["search.db", "search.db-wal"] {
        fs::copy(killed.path().join(file), directory.path().join(file)).unwrap();
    }
    let mut desk = Desk::at(directory.path());
    assert_eq!(first_mark(&mut desk), mark, "it was made anew");
    check_all(&mut desk);
    desk.append(says(&lobby(), 1_203, "last")).unwrap();
    assert_eq!(found(&mut desk, &search(&[lobby()], "last")).len(), 1);
}

/// In its place lies something that can be neither opened nor removed.
#[test]
fn without_an_index_everything_but_the_search_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("search.db")).unwrap();
    let mut desk = Desk::at(directory.path());
    desk.append(says(&lobby(), 1, "tea")).unwrap();
    let ticket = desk.ticket();
    let query = Query::Search(tea());
    desk.history.read(Read { ticket, query }).unwrap();
    let Reply::Found(answered) = desk.reply() else {
        panic!("not answered");
    };
    assert_eq!((answered.ticket, answered.answer), (ticket, None));
    desk.append(says(&lobby(), 2, "tea")).unwrap();
    assert_eq!(desk.join(&lobby(), From::Last, 9).head.n, 2);
    desk.close();
    fs::remove_dir(directory.path().join("search.db")).unwrap();
    let mut desk = Desk::at(directory.path());
    assert_eq!(found(&mut desk, &tea()).len(), 2);
}

/// A history of some messages, and a searcher on an index in memory.
fn followed(messages: u64) -> (tempfile::TempDir, Connection, Searcher) {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(directory.path());
    desk.append_all(
        (1..=messages).map(|seq| says(&lobby(), seq, &format!("tea {seq} {}", "x ".repeat(200)))),
    );
    desk.close();
    let main = sqlite::open_reader(&directory.path().join("chat.db")).unwrap();
    (directory, main, Searcher::new(Place::Memory))
}

#[test]
fn a_full_disk_stops_the_index_until_there_is_room() {
    let (_directory, main, mut searcher) = followed(3_000);
    assert!(matches!(searcher.step(&main), Ok(Progress::Behind)));
    let pages = |searcher: &mut Searcher, most: u32| {
        let db = searcher.index().unwrap().db();
        db.pragma_update(None, "max_page_count", most).unwrap();
    };
    pages(&mut searcher, 1);
    let trouble = searcher.search(&main, &tea()).unwrap_err();
    assert!(matches!(trouble, Trouble::Index(_)), "{trouble}");
    assert!(trouble.to_string().contains("full"), "{trouble}");
    pages(&mut searcher, 1_000_000);
    let Searched::Hits(hits) = searcher.search(&main, &tea()).unwrap() else {
        panic!("not indexed");
    };
    assert_eq!(hits.found[0].message.position.n, 3_000);
    let places = "SELECT count(*), count(DISTINCT place) FROM places";
    let db = searcher.index().unwrap().db();
    let counts: (i64, i64) = db
        .query_row(places, [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!(counts, (3_000, 3_000), "none is lost or doubled");
}

/// A reader that stays in an old state of the database would let the log grow for ever.
#[test]
fn between_two_steps_the_log_can_be_emptied() {
    let (directory, main, mut searcher) = followed(2_100);
    let writer = sqlite::open(&directory.path().join("chat.db")).unwrap();
    assert!(schema::check_heads(&writer).is_ok());
    for _ in 0..2 {
        assert!(matches!(searcher.step(&main), Ok(Progress::Behind)));
        writer
            .execute_batch("UPDATE store SET mark = mark + 1")
            .unwrap();
        let busy: i64 = writer
            .query_row("PRAGMA wal_checkpoint(truncate)", [], |row| row.get(0))
            .unwrap();
        assert_eq!(busy, 0);
    }
    assert!(searcher.search(&main, &tea()).is_ok());
    assert!(main.is_autocommit());
}

#[test]
fn closing_does_not_wait_for_a_long_history_to_be_indexed() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("search.db")).unwrap();
    let mut desk = Desk::at(directory.path());
    desk.append_all((1..=12_000).map(|seq| said(&lobby(), 1, seq)));
    desk.close();
    fs::remove_dir(directory.path().join("search.db")).unwrap();
    Desk::at(directory.path()).close();
    let indexed = Connection::open(directory.path().join("search.db"))
        .and_then(|db| db.query_row("SELECT count(*) FROM places", [], |row| row.get(0)))
        .unwrap_or(0);
    assert!(indexed < 12_000, "{indexed}");
    let mut desk = Desk::at(directory.path());
    until_indexed(&mut desk, &[lobby()]);
    assert_eq!(found(&mut desk, &search(&[lobby()], "11999")).len(), 1);
}
