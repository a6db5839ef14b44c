//! What is told of member lists: the changes of one turn together, before the next message of the room.

use protocol::event::{Change, Status, What};
use protocol::names::Nick;
use protocol::position::{Address, PersonId};

use super::hub::{Due, Engine};
use super::people::{Known, Name};
use super::room::Said;
use super::{Now, Output};

impl Engine {
    /// Tells all readers of a room what has happened to its member list, unless it is a summary that can wait.
    pub(super) fn flush(
        &mut self,
        address: &Address,
        exact: bool,
        now: Now,
        out: &mut Vec<Output>,
    ) {
        let told_max = self.settings.limits.members_told;
        let Some(room) = self.rooms.get_mut(address) else {
            return;
        };
        match room.flush(address, told_max, exact, now.elapsed) {
            Said::Nothing => {}
            Said::Events(events) => {
                let to = room.readers();
                if !to.is_empty() {
                    out.push(Output::Fan { to, events });
                }
            }
            Said::Later(at) => self.remind(at, Due::Summary(address.clone())),
        }
    }

    /// Takes note of a change of a member list, which has been made, of somebody who is still known by name.
    pub(super) fn note(
        &mut self,
        address: &Address,
        id: PersonId,
        what: What,
        was: Option<&Nick>,
        now: Now,
    ) {
        let Some(known) = self.people.known(id) else {
            return;
        };
        let change = Change {
            what,
            person: id,
            nick: known.nick.to_string(),
            was: was.map(Nick::to_string),
            guest: known.guest,
            former: self.former_told(id, now),
        };
        let told_max = self.settings.limits.members_told;
        if let Some(room) = self.rooms.get_mut(address) {
            room.note(change, told_max);
            self.has_changed(address);
        }
    }

    /// Takes note of what has become of a member who was told like this `before`.
    pub(super) fn note_status(
        &mut self,
        address: &Address,
        id: PersonId,
        before: Option<Status>,
        now: Now,
    ) {
        let after = self.rooms.get(address).and_then(|room| room.status(id));
        let is_lost = |status| status == Some(Status::Reconnecting);
        match (before, after) {
            (None, None) => {}
            (None, Some(_)) => {
                self.note(address, id, What::Joined, None, now);
                // Who joins is told to be here.
                if is_lost(after) {
                    self.note(address, id, What::Reconnecting, None, now);
                }
            }
            (Some(_), None) => self.note(address, id, What::Left, None, now),
            (Some(_), Some(_)) => match (is_lost(before), is_lost(after)) {
                (false, true) => self.note(address, id, What::Reconnecting, None, now),
                (true, false) => self.note(address, id, What::Back, None, now),
                (true, true) | (false, false) => {}
            },
        }
    }

    /// Takes note that a person may be called otherwise than `before`, in all rooms whose members know of them.
    pub(super) fn note_name(&mut self, id: PersonId, before: Option<Name>, now: Now) {
        let after = self.people.known(id).map(Known::name);
        let Some(before) = before.filter(|_| after.is_some()) else {
            return;
        };
        if after.as_ref() != Some(&before) {
            for address in self.people.rooms(id) {
                let room = self.rooms.get(&address);
                if room.is_some_and(|room| room.members.contains_key(&id)) {
                    self.note(&address, id, What::Renamed, Some(&before.nick), now);
                }
            }
        }
    }
}
