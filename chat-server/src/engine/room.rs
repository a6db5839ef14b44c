//! One room while somebody is in it: members, readers, the last position, and what is still to be told of who came and went.
//!
//! A room keeps no messages, and knows neither persons nor connections but by their ids.

use std::sync::Arc;
use std::time::Duration;

use protocol::event::{Change, Event, Presence, Status, Topic, What};
use protocol::position::{Address, PersonId, Position};

use super::ConnId;
use super::few::{Few, FewOf};
use super::parts::{change_bytes, pack};

/// Time between two summaries in a room that has too many members for single changes; what happens in between is told by the
/// next one.
pub const SUMMARY_INTERVAL: Duration = Duration::from_secs(2);

/// A room, from the first wish to join it until nothing goes on in it any more.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// The last position that readers may know; nothing before the store has answered the first join.
    pub(super) head: Option<Position>,
    /// What the room is about.
    pub(super) topic: Option<Box<Topic>>,
    /// Who is in it; nobody in a direct conversation.
    pub(super) members: Few<PersonId, Member>,
    /// Joins whose answer is under way.
    pub(super) entering: usize,
    /// Messages on their way to the store.
    pub(super) appends: usize,
    /// In a direct conversation: what its persons were called when last seen.
    pub(super) nicks: Few<PersonId, String>,
    readers: Readers,
    revision: u64,
    unsaid: Vec<Change>,
    summary_due: bool,
    summary_next: Duration,
    /// Somebody may hold a full list that no summary has taken back.
    lists_held: bool,
}

/// A person in a room.
#[derive(Debug, Default)]
pub(super) struct Member {
    /// Connections of the person that have joined the room.
    pub(super) connections: usize,
    /// Messages of the person in this room on their way to the store.
    pub(super) appends: usize,
    /// When a lost member leaves.
    pub(super) lost_until: Option<Duration>,
    /// The member leaves as soon as nothing of theirs is on its way, unless they come back before.
    pub(super) leaving: bool,
    reconnecting: bool,
}

/// Who is told what happens in a room.
#[derive(Debug, Default)]
struct Readers {
    /// Those who get messages as they come.
    live: FewOf<ConnId>,
    /// Those who are still being given older ones.
    catching_up: FewOf<ConnId>,
    /// Both lists as they are handed out, made when first needed after a change.
    live_list: Option<Arc<[ConnId]>>,
    all_list: Option<Arc<[ConnId]>>,
}

/// What a flush has to say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing has happened.
    Nothing,
    /// These, to all readers.
    Events(Vec<Event>),
    /// A summary, but not before this time.
    Later(Duration),
}

impl Member {
    /// As it is told.
    pub(super) fn status(&self) -> Status {
        if self.reconnecting {
            Status::Reconnecting
        } else {
            Status::Here
        }
    }

    /// Whether the person can be gone now.
    pub(super) fn is_done(&self) -> bool {
        self.leaving && self.connections == 0 && self.appends == 0
    }

    /// A connection has joined. Returns whether the member was lost before.
    pub(super) fn arrive(&mut self) -> bool {
        self.connections += 1;
        self.leaving = false;
        std::mem::take(&mut self.reconnecting)
    }

    /// The last connection was lost; the member leaves at `until`.
    pub(super) fn lose(&mut self, until: Duration) {
        self.lost_until = Some(until);
        self.reconnecting = true;
    }
}

impl Room {
    /// The revision of the member list as its readers know it.
    pub(super) const fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether nothing goes on here, so that the room can be forgotten.
    pub(super) fn is_idle(&self) -> bool {
        self.entering == 0 && self.is_new()
    }

    /// Whether the store was asked and has no message of it.
    pub(super) fn is_empty(&self) -> bool {
        self.head.is_some_and(|head| head.n == 0)
    }

    /// Whether nobody is in it, of whom the engine knows.
    pub(super) fn is_new(&self) -> bool {
        self.members.is_empty()
            && self.appends == 0
            && self.readers.live.is_empty()
            && self.readers.catching_up.is_empty()
    }

    /// A connection begins to read.
    pub(super) fn catch_up(&mut self, conn: ConnId) {
        self.readers.change(|readers| {
            readers.live.remove(&conn);
            readers.catching_up.insert(conn, ());
        });
    }

    /// A connection has all that is there.
    pub(super) fn go_live(&mut self, conn: ConnId) {
        self.readers.change(|readers| {
            readers.catching_up.remove(&conn);
            readers.live.insert(conn, ());
        });
    }

    /// A connection is told nothing more.
    pub(super) fn stop_reading(&mut self, conn: ConnId) {
        self.readers.change(|readers| {
            readers.catching_up.remove(&conn);
            readers.live.remove(&conn);
        });
    }

    /// Those who get messages as they come.
    pub(super) fn live(&mut self) -> Arc<[ConnId]> {
        let Readers {
            live, live_list, ..
        } = &mut self.readers;
        Arc::clone(live_list.get_or_insert_with(|| live.keys().copied().collect()))
    }

    /// Everybody who is told of members.
    pub(super) fn readers(&mut self) -> Arc<[ConnId]> {
        if self.readers.catching_up.is_empty() {
            return self.live();
        }
        let Readers {
            live,
            catching_up,
            all_list,
            ..
        } = &mut self.readers;
        Arc::clone(all_list.get_or_insert_with(|| {
            let mut all: Vec<ConnId> = live.keys().chain(catching_up.keys()).copied().collect();
            // Two runs that are in order already.
            all.sort();
            all.into()
        }))
    }

    /// Takes note of a change of the member list, which has been made. Above `told_max` members, before or after it, only the
    /// count will be told.
    pub(super) fn note(&mut self, change: Change, told_max: usize) {
        let now = self.members.len();
        let before = now.saturating_add_signed(-growth(change.what));
        if now.max(before) > told_max {
            self.summary_due = true;
            self.unsaid.clear();
        } else if !self.summary_due {
            self.unsaid.push(change);
        }
    }

    /// What has happened since the last flush, to be told to all readers now.
    ///
    /// A summary is held back while the last one is young, but not from those who hold a full list: it would be wrong without
    /// their knowing. With `exact` a list is about to be given, which has to have a revision of its own if it is full.
    pub(super) fn flush(
        &mut self,
        room: &Address,
        told_max: usize,
        exact: bool,
        now: Duration,
    ) -> Said {
        let gives_list = exact && self.members.len() <= told_max;
        let lists_held = self.lists_held;
        self.lists_held |= gives_list;
        if self.summary_due {
            if now < self.summary_next && !lists_held && !gives_list {
                return Said::Later(self.summary_next);
            }
            self.summary_due = false;
            self.summary_next = now.saturating_add(SUMMARY_INTERVAL);
            self.lists_held = gives_list;
            let event = self.presence(room, self.members.len(), Vec::new(), true);
            return Said::Events(vec![event]);
        }
        if self.unsaid.is_empty() {
            return Said::Nothing;
        }
        let changes = std::mem::take(&mut self.unsaid);
        let grown: isize = changes.iter().map(|change| growth(change.what)).sum();
        let mut count = self.members.len().saturating_add_signed(-grown);
        let mut events = Vec::new();
        for part in pack(changes, change_bytes) {
            let grown: isize = part.iter().map(|change| growth(change.what)).sum();
            count = count.saturating_add_signed(grown);
            events.push(self.presence(room, count, part, false));
        }
        Said::Events(events)
    }

    fn presence(
        &mut self,
        room: &Address,
        count: usize,
        changes: Vec<Change>,
        summary: bool,
    ) -> Event {
        self.revision += 1;
        Event::Presence(Presence {
            room: room.clone(),
            revision: self.revision,
            count,
            changes,
            summary,
        })
    }
}

impl Readers {
    fn change(&mut self, change: impl FnOnce(&mut Self)) {
        change(self);
        self.live_list = None;
        self.all_list = None;
    }
}

/// By how much a change makes the member list longer.
const fn growth(what: What) -> isize {
    match what {
        What::Joined => 1,
        What::Left => -1,
        What::Reconnecting | What::Back | What::Renamed | What::Unknown => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD_MAX: usize = 3;

    fn person(byte: u8) -> PersonId {
        PersonId::from_bytes([byte; 16])
    }

    fn change(what: What, byte: u8) -> Change {
        Change {
            what,
            person: person(byte),
            nick: format!("n{byte}"),
            was: None,
            guest: false,
            former: None,
        }
    }

    fn lobby() -> Address {
        "lobby".parse().unwrap()
    }

    fn join(room: &mut Room, byte: u8) {
        room.members.insert(person(byte), Member::default());
        room.note(change(What::Joined, byte), TOLD_MAX);
    }

    fn leave(room: &mut Room, byte: u8) {
        room.members.remove(&person(byte));
        room.note(change(What::Left, byte), TOLD_MAX);
    }

    fn flush(room: &mut Room, seconds: u64) -> Said {
        room.flush(&lobby(), TOLD_MAX, false, Duration::from_secs(seconds))
    }

    #[track_caller]
    fn presence(said: Said) -> Presence {
        let Said::Events(mut events) = said else {
            panic!("{said:?}");
        };
        assert_eq!(events.len(), 1);
        let Some(Event::Presence(presence)) = events.pop() else {
            panic!("no presence");
        };
        presence
    }

    #[test]
    fn changes_of_a_turn_are_one_event() {
        let mut room = Room::default();
        join(&mut room, 1);
        join(&mut room, 2);
        leave(&mut room, 1);
        let said = presence(flush(&mut room, 0));
        assert_eq!((said.revision, said.count, said.changes.len()), (1, 1, 3));
        assert_eq!(flush(&mut room, 0), Said::Nothing);
    }

    #[test]
    fn many_changes_come_in_frames_with_a_revision_and_count_each() {
        let mut room = Room::default();
        for byte in 0..100 {
            room.members.insert(person(byte), Member::default());
            room.note(change(What::Joined, byte), 200);
        }
        let Said::Events(events) = room.flush(&lobby(), 200, false, Duration::ZERO) else {
            panic!("nothing said");
        };
        assert!(events.len() > 1);
        let mut told = 0;
        for (index, event) in events.iter().enumerate() {
            let Event::Presence(presence) = event else {
                panic!("{event:?}");
            };
            told += presence.changes.len();
            assert_eq!(presence.count, told);
            assert_eq!(presence.revision, index as u64 + 1);
        }
        assert_eq!(told, 100);
    }

    #[test]
    fn a_large_room_tells_its_count_once_an_interval_and_names_again_when_small() {
        let mut room = Room::default();
        for byte in 1..=4 {
            join(&mut room, byte);
        }
        let said = presence(flush(&mut room, 10));
        assert!(said.summary);
        assert_eq!((said.revision, said.count), (1, 4));
        join(&mut room, 5);
        let later = Duration::from_secs(10) + SUMMARY_INTERVAL;
        assert_eq!(flush(&mut room, 11), Said::Later(later));
        leave(&mut room, 5);
        leave(&mut room, 4);
        let said = presence(flush(&mut room, later.as_secs()));
        assert!(said.summary, "who has only counts gets no single change");
        assert_eq!((said.revision, said.count), (2, 3));
        leave(&mut room, 3);
        let said = presence(flush(&mut room, later.as_secs()));
        assert_eq!((said.revision, said.summary, said.count), (3, false, 2));
        assert_eq!(said.changes, [change(What::Left, 3)]);
    }

    #[test]
    fn a_full_list_is_never_given_over_a_summary_that_is_due() {
        let mut room = Room::default();
        for byte in 1..=4 {
            join(&mut room, byte);
        }
        presence(flush(&mut room, 10));
        leave(&mut room, 4);
        assert!(matches!(flush(&mut room, 10), Said::Later(_)));
        let said = room.flush(&lobby(), TOLD_MAX, true, Duration::from_secs(10));
        assert!(presence(said).summary);
    }
}
