//! Looking for words without an index: through what is kept, the newest first.
//!
//! A search looks through a bounded number of messages and says where it goes on, so that paging comes to all that is kept.

use std::collections::VecDeque;

use protocol::event::Message;
use protocol::position::Address;
use protocol::search::matches;

use super::entries;
use super::reads::{Reads, Unanswered, foreign, read, unanswered};
use crate::record::{Hit, Hits, Search, Searched};

/// Messages that one search looks through; beyond it the page ends.
pub(super) const EXAMINED_MAX: usize = 10_000;

/// Messages of a room that are fetched at once.
const FETCHED_MAX: usize = 500;

/// Messages of a room that are fetched at once where there are many rooms.
const FETCHED_MIN: usize = 20;

/// A mark is a time in milliseconds since 1970, times this, and how many messages of that very time may still come in the order of the
/// search: below 2^53 until the year 2039. Of more messages in one millisecond those behind are left out.
const MARKS_A_TIME: u64 = 4_096;

/// The latest time that has a mark.
const TIME_MAX: u64 = (1 << 53) / MARKS_A_TIME - 1;

/// One room on the way back.
struct Way {
    room: Address,
    /// The newest first.
    fetched: VecDeque<Message>,
    /// The number before which the next ones end; 0 before the first ones.
    before: u64,
    is_at_end: bool,
    /// The time of the oldest that is kept, where older ones are gone.
    since: Option<u64>,
}

impl Reads {
    /// Looks for words in what is kept.
    pub(super) async fn search(&self, search: &Search) -> Result<Searched, Unanswered> {
        let (latest, mut skipped) = match search.next {
            None => (TIME_MAX, 0),
            Some(mark) => (mark / MARKS_A_TIME, MARKS_A_TIME - mark % MARKS_A_TIME),
        };
        let terms = search.text.terms();
        let mut ways: Vec<Way> = search.rooms.iter().map(Way::new).collect();
        let mut hits = Hits::default();
        let (mut last, mut time, mut of_time) = (None, latest, 0);
        for examined in 0.. {
            self.fetch(&mut ways, latest).await?;
            let Some(message) = next(&mut ways) else {
                break;
            };
            if hits.found.len() >= usize::from(search.limit) || examined >= EXAMINED_MAX {
                hits.next = last;
                break;
            }
            if message.time != time {
                (time, of_time) = (message.time, 0);
                skipped = 0;
            }
            of_time += 1;
            if of_time <= skipped || of_time > MARKS_A_TIME {
                continue;
            }
            let mark = time.min(TIME_MAX) * MARKS_A_TIME + (MARKS_A_TIME - of_time);
            last = Some(mark);
            if matches(&terms, &message.text) {
                hits.found.push(Hit { mark, message });
            }
        }
        hits.since = ways.iter().filter_map(|way| way.since).max();
        Ok(Searched::Hits(hits))
    }

    /// Fetches for each way that has nothing left.
    async fn fetch(&self, ways: &mut [Way], latest: u64) -> Result<(), Unanswered> {
        let count = (EXAMINED_MAX / ways.len().max(1)).clamp(FETCHED_MIN, FETCHED_MAX);
        let is_due = |way: &&mut Way| way.fetched.is_empty() && !way.is_at_end;
        let mut pipeline = redis::pipe();
        for way in ways.iter_mut().filter(is_due) {
            let keys = self.common.keys.room(&way.room);
            let mut call = self.common.scripts.seek.call(&[keys.log(), keys.meta()]);
            self.common.settle(&mut call, &way.room);
            call.arg(latest).arg(way.before).arg(count);
            pipeline.add_command(call);
        }
        if pipeline.is_empty() {
            return Ok(());
        }
        let answers = self.link.ask(&pipeline).await.map_err(unanswered)?;
        for (way, answer) in ways.iter_mut().filter(is_due).zip(answers) {
            let answer = answer.map_err(|error| Unanswered(error.to_string()))?;
            let (messages, _first, since): (redis::Value, u64, u64) = read(answer)?;
            let messages = entries::decode_all(&way.room, &messages).ok_or_else(foreign)?;
            way.is_at_end = messages.len() < count;
            way.before = messages.last().map_or(0, |message| message.position.n);
            way.fetched = messages.into();
            way.since = (since > 0).then_some(since);
        }
        Ok(())
    }
}

impl Way {
    fn new(room: &Address) -> Self {
        Self {
            room: room.clone(),
            fetched: VecDeque::new(),
            before: 0,
            is_at_end: false,
            since: None,
        }
    }
}

/// The newest message of all ways; of one time that of the first way.
fn next(ways: &mut [Way]) -> Option<Message> {
    let newest = ways.iter().filter_map(|way| way.fetched.front());
    let time = newest.map(|message| message.time).max()?;
    let is_newest = |way: &&mut Way| {
        way.fetched
            .front()
            .is_some_and(|message| message.time == time)
    };
    ways.iter_mut().find(is_newest)?.fetched.pop_front()
}
