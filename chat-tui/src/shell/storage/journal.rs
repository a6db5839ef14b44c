//! The outbox on disk: a line for each change, and now and then the whole anew.
//!
//! Each change is with the operating system before [`Journal::save`] returns, so it survives the end of the program at any
//! moment. A last line that was cut off by it is left out.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use protocol::names::{MessageText, Topic};
use protocol::position::{Address, Position};
use protocol::request::SendKind;
use serde::{Deserialize, Serialize};

use super::atomic::Keep;
use super::{StorageError, atomic};
use crate::session::{Body, LocalId, Pending, Record, State};

/// A journal in bytes from which on it is written anew where that makes it smaller by half.
pub const COMPACT_BYTES: u64 = 256 * 1024;

/// A journal in bytes; the outbox's bound of 1,000 texts keeps it far below. A larger one counts as damaged.
pub const JOURNAL_BYTES_MAX: usize = 64 * 1024 * 1024;

/// An outbox's journal, open for more.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    bytes: u64,
    /// What the journal comes to.
    pending: Vec<Pending>,
    /// A write failed half-way: what is on disk is not what it should be until it is written anew.
    torn: bool,
}

impl Journal {
    /// Opens a journal and reads what it comes to. Lines that make no sense are left out.
    pub(super) fn open(path: &Path) -> Result<Self, StorageError> {
        let content = atomic::read(path, JOURNAL_BYTES_MAX)?.unwrap_or_default();
        let pending = replay(&content);
        let torn = content.last().is_some_and(|byte| *byte != b'\n');
        let mut journal = Self {
            path: path.to_owned(),
            file: append_to(path)?,
            bytes: u64::try_from(content.len()).unwrap_or(u64::MAX),
            pending,
            torn,
        };
        if torn {
            journal.rewrite()?;
        }
        Ok(journal)
    }

    /// Whether a journal holds something unsent, without changing it.
    pub(super) fn has_left_over(path: &Path) -> Result<bool, StorageError> {
        let content = atomic::read(path, JOURNAL_BYTES_MAX)?.unwrap_or_default();
        Ok(!replay(&content).is_empty())
    }

    /// What the journal comes to, in order.
    pub(super) fn pending(&self) -> &[Pending] {
        &self.pending
    }

    /// Keeps changes. After an error they are kept with the next ones, if those can be.
    pub(super) fn save(&mut self, records: &[Record]) -> Result<(), StorageError> {
        let mut lines = Vec::new();
        for record in records {
            let line = Line::from(record);
            // The types hold nothing that JSON cannot.
            lines.extend(serde_json::to_vec(&line).unwrap_or_default());
            lines.push(b'\n');
            record.clone().apply(&mut self.pending);
        }
        if self.torn {
            return self.rewrite();
        }
        if let Err(error) = self.file.write_all(&lines) {
            self.torn = true;
            return Err(StorageError::write(&self.path, error));
        }
        self.bytes = self
            .bytes
            .saturating_add(u64::try_from(lines.len()).unwrap_or(u64::MAX));
        if self.pending.is_empty() {
            self.empty()
                .map_err(|error| StorageError::write(&self.path, error))
        } else if self.bytes > COMPACT_BYTES {
            self.compact()
        } else {
            Ok(())
        }
    }

    fn empty(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.bytes = 0;
        Ok(())
    }

    fn compact(&mut self) -> Result<(), StorageError> {
        let live = self.content();
        let half = self.bytes / 2;
        if u64::try_from(live.len()).is_ok_and(|live| live <= half) {
            self.write_anew(&live)
        } else {
            Ok(())
        }
    }

    fn rewrite(&mut self) -> Result<(), StorageError> {
        let content = self.content();
        self.write_anew(&content)
    }

    fn write_anew(&mut self, content: &[u8]) -> Result<(), StorageError> {
        atomic::replace(&self.path, content, Keep::Program)?;
        // Until the new file is open, what is appended would go to the old one and be lost.
        self.torn = true;
        self.file = append_to(&self.path)?;
        self.torn = false;
        self.bytes = u64::try_from(content.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    fn content(&self) -> Vec<u8> {
        let mut content = Vec::new();
        for item in &self.pending {
            let line = Line::from(&Record::Queued(Box::new(item.clone())));
            content.extend(serde_json::to_vec(&line).unwrap_or_default());
            content.push(b'\n');
        }
        content
    }
}

fn append_to(path: &Path) -> Result<File, StorageError> {
    let mut options = OpenOptions::new();
    let file = options.create(true).append(true).mode(0o600).open(path);
    file.map_err(|error| StorageError::write(path, error))
}

fn replay(content: &[u8]) -> Vec<Pending> {
    let mut pending = Vec::new();
    for line in content.split(|byte| *byte == b'\n') {
        if let Ok(line) = serde_json::from_slice::<Line>(line) {
            Record::from(line).apply(&mut pending);
        }
    }
    pending
}

/// One line.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line {
    Text {
        local: u64,
        room: Address,
        time: u64,
        #[serde(default)]
        seq: Option<u64>,
        kind: SendKind,
        text: MessageText,
        #[serde(default)]
        reply_to: Option<Position>,
    },
    Topic {
        local: u64,
        room: Address,
        time: u64,
        #[serde(default)]
        seq: Option<u64>,
        text: Topic,
    },
    Seq {
        local: u64,
        seq: Option<u64>,
    },
    Settled {
        local: u64,
    },
}

impl From<&Record> for Line {
    fn from(record: &Record) -> Self {
        match record {
            Record::Seq { local, seq } => Self::Seq {
                local: local.0,
                seq: *seq,
            },
            Record::Settled { local } => Self::Settled { local: local.0 },
            Record::Queued(item) => {
                let (local, room, time, seq) =
                    (item.local.0, item.room.clone(), item.time, item.seq);
                match item.body.clone() {
                    Body::Topic(text) => Self::Topic {
                        local,
                        room,
                        time,
                        seq,
                        text,
                    },
                    Body::Text {
                        kind,
                        text,
                        reply_to,
                    } => Self::Text {
                        local,
                        room,
                        time,
                        seq,
                        kind,
                        text,
                        reply_to,
                    },
                }
            }
        }
    }
}

impl From<Line> for Record {
    fn from(line: Line) -> Self {
        let queued = |local, room, time, seq, body| {
            Self::Queued(Box::new(Pending {
                local: LocalId(local),
                room,
                body,
                time,
                seq,
                state: State::Waiting,
            }))
        };
        match line {
            Line::Text {
                local,
                room,
                time,
                seq,
                kind,
                text,
                reply_to,
            } => {
                let body = Body::Text {
                    kind,
                    text,
                    reply_to,
                };
                queued(local, room, time, seq, body)
            }
            Line::Topic {
                local,
                room,
                time,
                seq,
                text,
            } => queued(local, room, time, seq, Body::Topic(text)),
            Line::Seq { local, seq } => Self::Seq {
                local: LocalId(local),
                seq,
            },
            Line::Settled { local } => Self::Settled {
                local: LocalId(local),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::names::RoomName;

    use super::*;

    fn text(local: u64, text: &str) -> Pending {
        Pending {
            local: LocalId(local),
            room: Address::Room(RoomName::new("개발").unwrap()),
            body: Body::Text {
                kind: SendKind::Action,
                text: MessageText::new(text.to_owned()).unwrap(),
                reply_to: Some(Position::new(7, 3)),
            },
            time: 5,
            seq: None,
            state: State::Waiting,
        }
    }

    fn seq(local: u64, seq: Option<u64>) -> Record {
        let local = LocalId(local);
        Record::Seq { local, seq }
    }

    fn settled(local: u64) -> Record {
        let local = LocalId(local);
        Record::Settled { local }
    }

    #[test]
    fn what_is_unsent_comes_back_in_order() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("outbox");
        let mut journal = Journal::open(&path).unwrap();
        let topic = Pending {
            body: Body::Topic(Topic::new("주제".to_owned()).unwrap()),
            ..text(3, "x")
        };
        let first = [Record::Queued(Box::new(text(1, "가\n나"))), seq(1, Some(9))];
        journal.save(&first).unwrap();
        journal
            .save(&[
                Record::Queued(Box::new(text(2, "b"))),
                Record::Queued(Box::new(topic.clone())),
            ])
            .unwrap();
        journal
            .save(&[settled(2), seq(3, Some(10)), seq(3, None)])
            .unwrap();
        // No drop and no flush in between: the other reader is what a restart after a crash is.
        let again = Journal::open(&path).unwrap();
        let expected = [
            Pending {
                seq: Some(9),
                ..text(1, "가\n나")
            },
            topic,
        ];
        assert_eq!(again.pending(), expected);
        journal.save(&[settled(1), settled(3)]).unwrap();
        assert_eq!(
            path.metadata().unwrap().len(),
            0,
            "an empty outbox takes no room"
        );
        assert!(!Journal::has_left_over(&path).unwrap());
    }

    #[test]
    fn a_torn_last_line_is_left_out_and_nothing_joins_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("outbox");
        let mut whole = Journal::open(&path).unwrap();
        whole
            .save(&[
                Record::Queued(Box::new(text(1, "a"))),
                Record::Queued(Box::new(text(2, "b"))),
            ])
            .unwrap();
        let content = std::fs::read(&path).unwrap();
        let first_line = content.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        for cut in first_line..content.len() {
            std::fs::write(&path, &content[..cut]).unwrap();
            let mut journal = Journal::open(&path).unwrap();
            // A line that lacks only its end is whole.
            let kept = if cut == content.len() - 1 { 2 } else { 1 };
            assert_eq!(journal.pending().len(), kept, "cut at {cut}");
            journal
                .save(&[Record::Queued(Box::new(text(3, "c")))])
                .unwrap();
            let again = Journal::open(&path).unwrap();
            assert_eq!(again.pending().len(), kept + 1, "cut at {cut}");
        }
    }

    #[test]
    fn nonsense_in_the_middle_costs_only_itself() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("outbox");
        let mut journal = Journal::open(&path).unwrap();
        journal
            .save(&[Record::Queued(Box::new(text(1, "a")))])
            .unwrap();
        let mut content = std::fs::read(&path).unwrap();
        content.extend(b"\xff\n{\"type\":\"future\",\"local\":1}\n");
        std::fs::write(&path, content).unwrap();
        let mut journal = Journal::open(&path).unwrap();
        journal
            .save(&[Record::Queued(Box::new(text(2, "b")))])
            .unwrap();
        assert_eq!(Journal::open(&path).unwrap().pending().len(), 2);
    }

    #[test]
    fn a_long_journal_is_written_anew() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("outbox");
        let mut journal = Journal::open(&path).unwrap();
        journal
            .save(&[Record::Queued(Box::new(text(1, "stays")))])
            .unwrap();
        let line = "x".repeat(4_000);
        let mut longest = 0;
        for local in 2..200 {
            journal
                .save(&[Record::Queued(Box::new(text(local, &line))), settled(local)])
                .unwrap();
            longest = longest.max(path.metadata().unwrap().len());
        }
        assert!(
            longest > COMPACT_BYTES / 2 && longest < COMPACT_BYTES + 10_000,
            "{longest}"
        );
        assert_eq!(Journal::open(&path).unwrap().pending(), [text(1, "stays")]);
    }

    #[test]
    fn after_a_failed_write_the_next_one_keeps_everything() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("outbox");
        let mut journal = Journal::open(&path).unwrap();
        journal
            .save(&[Record::Queued(Box::new(text(1, "a")))])
            .unwrap();
        // A file that cannot be written stands for a full disk.
        journal.file = File::open(&path).unwrap();
        let error = journal
            .save(&[Record::Queued(Box::new(text(2, "b")))])
            .unwrap_err();
        assert!(error.to_string().contains("cannot be written"), "{error}");
        journal
            .save(&[Record::Queued(Box::new(text(3, "c")))])
            .unwrap();
        assert_eq!(Journal::open(&path).unwrap().pending().len(), 3);
    }
}
