//! Looking for words in the whole history, by an index of its own that may be lost at any time.
//!
//! The index is made from what is committed and lies in a file beside the database; nothing in it is ever taken for true. It may miss the
//! last messages, and then a search catches up first; it may name messages that do not have the words, as it knows only
//! pieces of them, and then they are left out after a look at their text. Where it is missing, damaged, or of another history it is made
//! anew, and whatever happens to it the history goes on.
//!
//! A search looks through a bounded number of messages and says where it goes on.

mod file;
mod following;
mod index;
mod trouble;
mod words;
mod worker;

use std::collections::BTreeMap;
use std::path::PathBuf;

use protocol::position::Address;
use protocol::search::{Term, matches};
use rusqlite::{Connection, OptionalExtension as _};

use super::columns::Room;
use super::{pages, place};
use crate::record::{Hit, Hits, Search, Searched};
use following::Queue;
use index::Index;

pub(super) use trouble::Trouble;
pub(super) use worker::{Job, News, start};

/// Messages that are indexed in one step; between two steps the database is not read.
pub(super) const STEP_MESSAGES: usize = 1_024;

/// Messages that a search indexes itself before it says that the index is not ready.
pub(super) const CATCH_UP_MESSAGES: usize = 2 * STEP_MESSAGES;

/// Messages that the index names and a page of a search looks at; beyond it the page ends.
pub(super) const EXAMINED_MAX: usize = 10_000;

/// Rooms up to which the index looks for them; where there are more, what it finds is looked at one by one.
const ROOMS_IN_INDEX: usize = 4;

/// Where an index is kept.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// In a file of this directory.
    Directory(PathBuf),
    /// Nowhere: it is gone with the process.
    Memory,
}

/// How far an index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// It had all that was committed when it was looked.
    Complete,
    /// There is more to index.
    Behind,
}

/// Follows a history and looks for words in it. Each call is given the connection that the history is read by.
#[derive(Debug)]
pub(super) struct Searcher {
    place: Place,
    /// Nothing before the first step, and after the index turned out to be damaged.
    index: Option<Index>,
    queue: Queue,
    behind: bool,
    /// It had all that was committed, once since it was opened.
    was_complete: bool,
    /// The file is there, and is not to be believed.
    spoiled: bool,
}

impl Searcher {
    /// A searcher that has not opened its index yet.
    pub(super) fn new(place: Place) -> Self {
        Self {
            place,
            index: None,
            queue: Queue::default(),
            behind: false,
            was_complete: false,
            spoiled: false,
        }
    }

    /// Whether the last step or search left something to index.
    pub(super) const fn is_behind(&self) -> bool {
        self.behind
    }

    /// Whether it follows the history, and is not on its way through an old one.
    pub(super) const fn follows(&self) -> bool {
        self.was_complete
    }

    /// Indexes at most [`STEP_MESSAGES`].
    pub(super) fn step(&mut self, main: &Connection) -> Result<Progress, Trouble> {
        self.behind = true;
        let progress = self.advance(main);
        let progress = self.mended(progress, Progress::Behind)?;
        self.behind = progress == Progress::Behind;
        self.was_complete |= !self.behind;
        Ok(progress)
    }

    fn advance(&mut self, main: &Connection) -> Result<Progress, Trouble> {
        let index = match &mut self.index {
            Some(index) => index,
            missing => missing.insert(file::open(&self.place, main, self.spoiled)?),
        };
        self.spoiled = false;
        let looks = self.queue.is_empty();
        if looks {
            self.queue = Queue::of_news(main, index.rooms())?;
        }
        let messages = self.queue.take(main, STEP_MESSAGES)?;
        index.add(&messages)?;
        Ok(if looks && self.queue.is_empty() {
            Progress::Complete
        } else {
            Progress::Behind
        })
    }

    /// What came of work on the index. One that is damaged is made anew from now on, which is `instead` of a result.
    fn mended<T>(&mut self, result: Result<T, Trouble>, instead: T) -> Result<T, Trouble> {
        let Err(trouble) = result else {
            return result;
        };
        // What was taken from it may not be indexed.
        self.queue = Queue::default();
        self.behind = true;
        if trouble.is_damage() {
            tracing::warn!(%trouble, "the search index is made anew");
            self.index = None;
            self.spoiled = true;
            self.was_complete = false;
            return Ok(instead);
        }
        if trouble.wants_opening() {
            self.index = None;
        }
        Err(trouble)
    }

    /// Looks for words in all that was committed before.
    pub(super) fn search(
        &mut self,
        main: &Connection,
        search: &Search,
    ) -> Result<Searched, Trouble> {
        for _ in 0..=CATCH_UP_MESSAGES / STEP_MESSAGES {
            if self.step(main)? == Progress::Complete {
                break;
            }
        }
        let index = match &mut self.index {
            Some(index) if !self.behind => index,
            Some(_) | None => return Ok(Searched::Indexing),
        };
        if search.next.is_some_and(|next| !index.gave(next)) {
            return Ok(Searched::UnknownNext);
        }
        let rooms = rooms(main, &search.rooms).map_err(Trouble::Main)?;
        let hits = look(main, index, &rooms, search).map(Searched::Hits);
        self.mended(hits, Searched::Indexing)
    }

    /// Leaves the index in order.
    pub(super) fn close(self) {
        if let Some(index) = self.index {
            file::close(index);
        }
    }

    /// The index, to bring it into trouble.
    #[cfg(test)]
    pub(super) const fn index(&mut self) -> Option<&mut Index> {
        self.index.as_mut()
    }
}

/// The numbers of the rooms that have messages.
fn rooms<'a>(
    main: &Connection,
    addresses: &'a [Address],
) -> rusqlite::Result<BTreeMap<i64, &'a Address>> {
    let mut statement = main.prepare_cached("SELECT id FROM rooms WHERE address = ?1")?;
    let mut rooms = BTreeMap::new();
    for address in addresses {
        let id = statement.query_row([Room(address)], |row| row.get(0));
        if let Some(id) = id.optional()? {
            rooms.insert(id, address);
        }
    }
    Ok(rooms)
}

fn look(
    main: &Connection,
    index: &Index,
    rooms: &BTreeMap<i64, &Address>,
    search: &Search,
) -> Result<Hits, Trouble> {
    let terms: Vec<Term> = search.text.terms();
    let mut hits = Hits::default();
    if rooms.is_empty() {
        return Ok(hits);
    }
    let few: Vec<i64> = rooms.keys().copied().take(ROOMS_IN_INDEX + 1).collect();
    let few = (few.len() <= ROOMS_IN_INDEX).then_some(few);
    let wanted = words::wanted(&terms, few.as_deref().unwrap_or_default());
    let mut examined = 0;
    let mut last = None;
    index.find(&wanted, search.next, |mark, at| {
        if hits.found.len() >= usize::from(search.limit) || examined >= EXAMINED_MAX {
            hits.next = last;
            return Ok(false);
        }
        examined += 1;
        last = Some(mark);
        if let Some(address) = rooms.get(&place::room(at)) {
            let message = pages::one(main, address, at).map_err(Trouble::Main)?;
            let message = message.filter(|message| matches(&terms, &message.text));
            hits.found
                .extend(message.map(|message| Hit { mark, message }));
        }
        Ok(true)
    })?;
    Ok(hits)
}
