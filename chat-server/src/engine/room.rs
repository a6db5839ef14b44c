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
use crate::record::NodeId;

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
    /// Who is in it, here or by other servers; nobody in a direct conversation.
    pub(super) members: Few<PersonId, Member>,
    /// How many of them are in it by other servers alone.
    away: u32,
    /// Joins whose answer is under way.
    pub(super) entering: u32,
    /// Messages on their way to the store, and those that it has and nobody here was told of.
    pub(super) appends: u32,
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

/// A person in a room. Who is in it by several servers is here if one of them says so.
#[derive(Debug, Default)]
pub(super) struct Member {
    /// Connections of the person that have joined the room.
    pub(super) connections: u32,
    /// Messages of the person in this room on their way to the store, and those that it has and nobody here was told of.
    pub(super) appends: u32,
    /// When a lost member leaves.
    pub(super) lost_until: Option<Duration>,
    /// The member leaves as soon as nothing of theirs is on its way, unless they come back before.
    pub(super) leaving: bool,
    /// Lost here.
    reconnecting: bool,
    /// In it by other servers alone.
    away: bool,
    /// By which other servers too, and whether lost there. In a box, as for most there is none.
    elsewhere: Option<Box<Few<NodeId, bool>>>,
}

/// What a member was to this server when a connection joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Arrival {
    /// Not in the room by this server.
    pub(super) is_new: bool,
    /// Lost here.
    pub(super) was_lost: bool,
    /// When the member would have left for that.
    pub(super) lost_until: Option<Duration>,
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
        if self.is_here() && !self.reconnecting || self.elsewhere().any(|(_, lost)| !lost) {
            Status::Here
        } else {
            Status::Reconnecting
        }
    }

    /// Whether this server is one of those by which the person is in the room.
    pub(super) const fn is_here(&self) -> bool {
        !self.away
    }

    /// Whether the person is lost here, and may come back.
    pub(super) const fn is_lost(&self) -> bool {
        self.reconnecting
    }

    /// Whether the person can be gone from here now.
    pub(super) fn is_done(&self) -> bool {
        self.is_here() && self.leaving && self.connections == 0 && self.appends == 0
    }

    /// The last connection was lost; the member leaves at `until`.
    pub(super) fn lose(&mut self, until: Duration) {
        self.lost_until = Some(until);
        self.reconnecting = true;
    }

    /// By which other servers the person is in the room, and whether lost there.
    pub(super) fn elsewhere(&self) -> impl Iterator<Item = (NodeId, bool)> {
        let servers = self.elsewhere.as_deref().into_iter();
        servers.flat_map(|servers| servers.iter().map(|(node, lost)| (*node, *lost)))
    }
}

impl Room {
    /// The revision of the member list as its readers know it.
    pub(super) const fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether nothing goes on here, so that the room can be forgotten: what members of other servers alone do is of no interest then.
    pub(super) fn is_idle(&self) -> bool {
        self.entering == 0
            && self.members.len() == usize::try_from(self.away).unwrap_or(usize::MAX)
            && self.is_silent()
    }

    /// Whether the store was asked and has no message of it.
    pub(super) fn is_empty(&self) -> bool {
        self.head.is_some_and(|head| head.n == 0)
    }

    /// Whether nobody is in it, of whom the engine knows.
    pub(super) fn is_new(&self) -> bool {
        self.members.is_empty() && self.is_silent()
    }

    fn is_silent(&self) -> bool {
        self.appends == 0 && self.readers.live.is_empty() && self.readers.catching_up.is_empty()
    }

    /// How a member is told; nothing where the person is in the room by no server.
    pub(super) fn status(&self, id: PersonId) -> Option<Status> {
        self.members.get(&id).map(Member::status)
    }

    /// A connection of a person has joined.
    pub(super) fn arrive(&mut self, id: PersonId) -> Arrival {
        let is_known = self.members.contains_key(&id);
        let Some(member) = self.members.get_or_insert_with(&id, Member::default) else {
            return Arrival::default();
        };
        let was_away = std::mem::take(&mut member.away);
        self.away = self.away.saturating_sub(u32::from(was_away));
        member.connections += 1;
        member.leaving = false;
        Arrival {
            is_new: was_away || !is_known,
            was_lost: std::mem::take(&mut member.reconnecting),
            lost_until: member.lost_until.take(),
        }
    }

    /// A person is in the room no more by this server. Gives when the person would have left for being lost.
    pub(super) fn let_go(&mut self, id: PersonId) -> Option<Duration> {
        let member = self.members.get_mut(&id).filter(|member| !member.away)?;
        let lost_until = member.lost_until;
        *member = Member {
            away: true,
            elsewhere: member.elsewhere.take(),
            ..Member::default()
        };
        if member.elsewhere.is_some() {
            self.away = self.away.saturating_add(1);
        } else {
            self.members.remove(&id);
        }
        lost_until
    }

    /// Another server says that a person is in the room. Gives whether it says so for the first time.
    pub(super) fn enter_by(&mut self, node: NodeId, id: PersonId, is_lost: bool) -> bool {
        if !self.members.contains_key(&id) {
            let member = Member {
                away: true,
                ..Member::default()
            };
            self.members.insert(id, member);
            self.away = self.away.saturating_add(1);
        }
        let member = self.members.get_mut(&id);
        member.is_some_and(|member| {
            let elsewhere = member.elsewhere.get_or_insert_default();
            elsewhere.insert(node, is_lost).is_none()
        })
    }

    /// Another server says that a person is in the room no more. Gives whether it had said otherwise.
    pub(super) fn leave_by(&mut self, node: NodeId, id: PersonId) -> bool {
        let Some(member) = self.members.get_mut(&id) else {
            return false;
        };
        let servers = member.elsewhere.as_deref_mut();
        let had_said = servers.is_some_and(|servers| servers.remove(&node).is_some());
        member.elsewhere.take_if(|servers| servers.is_empty());
        if member.away && member.elsewhere.is_none() {
            self.members.remove(&id);
            self.away = self.away.saturating_sub(1);
        }
        had_said
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

    /// Those who are still being given older messages.
    pub(super) fn catching_up(&self) -> impl Iterator<Item = ConnId> {
        self.readers.catching_up.keys().copied()
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

    /// What is known by other servers is in a box that few members have.
    #[test]
    fn a_member_takes_no_more_memory_for_servers_that_are_not_there() {
        assert_eq!(size_of::<Member>(), 40);
    }

    #[test]
    fn a_room_is_idle_where_only_others_have_members() {
        let (mut room, one, node) = (Room::default(), person(1), NodeId(2));
        assert!(room.enter_by(node, one, false) && !room.enter_by(node, one, true));
        assert!(room.is_idle() && !room.is_new());
        assert_eq!(room.status(one), Some(Status::Reconnecting));
        assert!(room.arrive(one).is_new && !room.arrive(one).is_new);
        assert!(!room.is_idle());
        assert!(room.leave_by(node, one) && !room.leave_by(node, one));
        assert_eq!(room.status(one), Some(Status::Here));
        assert!(room.enter_by(node, one, false));
        room.let_go(one);
        assert!(room.is_idle());
        assert_eq!(room.status(one), Some(Status::Here));
        assert!(room.leave_by(node, one) && room.is_new());
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
