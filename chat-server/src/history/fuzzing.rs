//! A data directory that somebody damaged, by accident or not: any bytes of its files changed, or any row of its tables. The
//! fuzzer and the property tests run the same code.
//!
//! What must hold: opening gives one sentence or a history; that history answers every question and every write, and what
//! it gives fits the contract. Nothing panics, waits for ever or takes more memory than a page may.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use arbitrary::{Result, Unstructured};
use protocol::event::Kind;
use protocol::identity::PublicKey;
use protocol::names::{NICK_BYTES_MAX, Nick, RoomName, TEXT_BYTES_MAX, TOPIC_BYTES_MAX};
use protocol::position::{Address, Anchor, MessageId, Pair, PersonId, Position};

use super::place::N_MAX;
use super::{History, Location, Reply};
use crate::record::{
    Answer, Append, Claim, From, Hit, JoinPage, Moment, Page, Present, Query, Range, Read, Search,
    Searched, Ticket, Write,
};
use protocol::search::SearchText;

mod damage;

/// The wall clock.
const NOW: u64 = 1_763_700_000_000;

/// The sentence of an error in bytes, the directory's own name left out.
const SENTENCE_BYTES_MAX: usize = 1_024;

const PAGE: u16 = 20;

/// Files of a data directory.
type Files = Vec<(&'static str, Vec<u8>)>;

/// Opens a directory that is damaged as `bytes` say. Panics where a promise does not hold.
pub fn open(bytes: &[u8]) {
    let directory = tempfile::tempdir().unwrap();
    let mut bytes = Unstructured::new(bytes);
    if prepare(directory.path(), &mut bytes).is_ok() {
        visit(directory.path());
    }
}

fn prepare(directory: &Path, bytes: &mut Unstructured<'_>) -> Result<()> {
    let mut files = bytes.choose(sound())?.clone();
    if bytes.ratio(1, 2)? {
        damage::files(&mut files, bytes)?;
        write(directory, &files);
    } else {
        write(directory, &files);
        damage::rows(&directory.join(super::directory::DATABASE_FILE), bytes)?;
    }
    Ok(())
}

fn write(directory: &Path, files: &Files) {
    for (name, content) in files {
        std::fs::write(directory.join(name), content).unwrap();
    }
}

/// Opens it, asks everything, says something, and opens it again.
fn visit(directory: &Path) {
    for _ in 0..2 {
        match History::open(&Location::Directory(directory.to_owned()), NOW) {
            Ok((history, restored)) => {
                for present in &restored.present {
                    assert!(present.nick.as_str().len() <= NICK_BYTES_MAX);
                }
                use_all(history);
            }
            Err(error) => {
                let sentence = error
                    .to_string()
                    .replace(&directory.display().to_string(), "");
                assert!(sentence.len() <= SENTENCE_BYTES_MAX, "{sentence}");
                assert!(!sentence.chars().any(char::is_control), "{sentence:?}");
            }
        }
    }
}

fn use_all(mut history: History) {
    for query in queries() {
        let ticket = Ticket(1);
        let read = Read { ticket, query };
        if history.read(read.clone()).is_err() {
            return;
        }
        match history.replies.blocking_recv() {
            Some(Reply::Found(found)) => check(&read.query, found.answer),
            Some(Reply::Failed(_)) | None => return,
            Some(Reply::Committed(_) | Reply::News(_)) => panic!("nothing was written"),
        }
    }
    for write in writes(7) {
        let answered = matches!(write, Write::Append(_) | Write::Claim(_));
        if history.write(write).is_err() {
            return;
        }
        if !answered {
            continue;
        }
        match history.replies.blocking_recv() {
            Some(Reply::Committed(written)) => assert_eq!(written.len(), 1),
            Some(Reply::Failed(_)) | None => return,
            Some(Reply::Found(_) | Reply::News(_)) => panic!("nothing was asked"),
        }
    }
}

fn check(query: &Query, answer: Option<Answer>) {
    match answer {
        Some(Answer::Join(JoinPage {
            head, topic, page, ..
        })) => {
            assert!(head.n <= N_MAX, "{head:?}");
            if let Some(topic) = topic {
                check_text(&topic.text, TOPIC_BYTES_MAX);
                check_text(&topic.nick, NICK_BYTES_MAX);
            }
            check_page(&page, query);
        }
        Some(Answer::Page(page)) => check_page(&page, query),
        Some(Answer::Rooms { rooms, .. }) => {
            assert!(rooms.len() <= usize::from(PAGE));
            for room in rooms {
                check_text(&room.topic, TOPIC_BYTES_MAX);
            }
        }
        Some(Answer::Conversations { conversations, .. }) => {
            assert!(conversations.len() <= usize::from(PAGE));
            for talk in conversations {
                check_text(&talk.nick, NICK_BYTES_MAX);
                assert!(talk.head.n <= N_MAX);
            }
        }
        Some(Answer::Search(Searched::Hits(hits))) => {
            assert!(hits.found.len() <= usize::from(PAGE));
            for Hit { mark, message } in hits.found {
                assert!(mark < 1 << 53, "{mark}");
                check_text(&message.text, TEXT_BYTES_MAX);
                check_text(&message.nick, NICK_BYTES_MAX);
            }
        }
        Some(Answer::Search(_) | Answer::Owner(_)) | None => {}
    }
}

fn check_page(page: &Page, query: &Query) {
    assert!(page.messages.len() <= usize::from(PAGE), "{query:?}");
    assert!(
        page.messages
            .is_sorted_by(|a, b| a.position.n < b.position.n)
    );
    for message in &page.messages {
        check_text(&message.text, TEXT_BYTES_MAX);
        check_text(&message.nick, NICK_BYTES_MAX);
    }
    if let Some((from, to)) = page.gap {
        assert!(from.n <= to.n, "{query:?} {page:?}");
    }
}

/// Frames are packed by what a text can take at most.
fn check_text(text: &str, bytes_max: usize) {
    assert!(text.len() <= bytes_max, "{} bytes", text.len());
    let strange = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\u{7f}'..='\u{9f}');
    assert!(!text.chars().any(strange), "{text:?}");
}

fn person(byte: u8) -> PersonId {
    PersonId::from_bytes([byte; 16])
}

fn addresses() -> Vec<Address> {
    let room = |name| RoomName::new(name).map(Address::Room).unwrap();
    let talk = Pair::new(person(1), person(2))
        .map(Address::Direct)
        .unwrap();
    vec![room("lobby"), room("개발"), room("nowhere"), talk]
}

fn id(byte: u8, seq: u64) -> MessageId {
    MessageId {
        person: person(byte),
        device: 0,
        seq,
    }
}

fn queries() -> Vec<Query> {
    let mut queries = Vec::new();
    let sender = (person(1), 0);
    for room in addresses() {
        for from in [
            From::Last,
            From::After(Anchor {
                position: Position::new(NOW / 1000, 2),
                id: Some(id(1, 2)),
            }),
        ] {
            let room = room.clone();
            queries.push(Query::Join {
                room,
                from,
                limit: PAGE,
                sender,
            });
        }
        for range in [
            Range::Last,
            Range::After(0),
            Range::After(u64::MAX),
            Range::Before(u64::MAX),
            Range::Before(3),
        ] {
            let room = room.clone();
            queries.push(Query::Page {
                room,
                range,
                limit: PAGE,
            });
        }
    }
    queries.push(Query::Rooms {
        after: None,
        limit: PAGE,
    });
    queries.push(Query::Conversations {
        person: person(1),
        after: None,
        limit: PAGE,
    });
    queries.push(Query::Search(Search {
        rooms: addresses(),
        text: SearchText::new("says".to_owned()).unwrap(),
        next: None,
        limit: PAGE,
    }));
    queries.push(Query::Owner {
        skeleton: Nick::new("anna").unwrap().skeleton(),
        unused_since: Some(Duration::ZERO),
    });
    queries
}

/// The next sends of three persons, and who is there; `seq` is the first of them.
fn writes(seq: u64) -> Vec<Write> {
    let mut writes = Vec::new();
    for (byte, room) in
        (1..=2).flat_map(|byte| addresses().into_iter().map(move |room| (byte, room)))
    {
        let kind = if byte == 2 && room.pair().is_none() {
            Kind::Topic
        } else {
            Kind::Message
        };
        writes.push(Write::Append(Append {
            ticket: Ticket(seq),
            room: room.clone(),
            id: id(byte, seq),
            nick: Nick::new("anna").unwrap(),
            time: NOW + seq,
            kind,
            text: format!("{byte} says {seq}"),
            reply_to: None,
        }));
        writes.push(Write::Present(Present {
            room,
            person: person(byte),
            nick: Nick::new("anna").unwrap(),
            guest: false,
            former: None,
            keyed: true,
            reconnecting: false,
        }));
    }
    writes.push(Write::Claim(Claim {
        ticket: Ticket(0),
        nick: Nick::new("anna").unwrap(),
        person: person(1),
        owner: Some(PublicKey::from_bytes([1; 32])),
        at: Moment {
            unix_ms: NOW,
            served: Duration::from_secs(seq),
        },
        unused_since: Some(Duration::ZERO),
    }));
    writes.push(Write::Served(Duration::from_secs(seq)));
    writes
}

/// Sound directories: of a server that stopped, of one that was killed, and one that never ran.
fn sound() -> &'static [Files] {
    static SOUND: OnceLock<Vec<Files>> = OnceLock::new();
    SOUND.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        let place = Location::Directory(directory.path().to_owned());
        let (mut history, _) = History::open(&place, NOW).unwrap();
        for write in (1..7).flat_map(writes) {
            let answered = matches!(write, Write::Append(_) | Write::Claim(_));
            history.write(write).unwrap();
            if answered {
                history.replies.blocking_recv().unwrap();
            }
        }
        let killed = read_all(directory.path());
        drop(history);
        vec![read_all(directory.path()), killed, Vec::new()]
    })
}

fn read_all(directory: &Path) -> Files {
    [
        "chat.db",
        "chat.db-wal",
        "instance",
        "search.db",
        "search.db-wal",
    ]
    .into_iter()
    .filter_map(|name| Some((name, std::fs::read(directory.join(name)).ok()?)))
    .collect()
}

#[cfg(test)]
mod tests;
