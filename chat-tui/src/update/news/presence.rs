//! Who comes, goes, comes back and takes another nick.

use protocol::event::{Change, What};
use protocol::position::Address;

use super::super::Turn;
use crate::model::tab::Stage;
use crate::model::timeline::{Move, Notice};
use crate::text::sanitized::Sanitized;

impl Turn<'_> {
    pub(super) fn presence(&mut self, room: &Address, change: &Change) {
        self.retitle_all();
        let me = self.facts.person();
        let share = self.model.timeline_share();
        let now = self.model.now.unix_ms;
        let Some(tab) = self.model.tab_of(room) else {
            return;
        };
        // In a conversation nobody comes or goes; before the messages are here the notice has no place.
        if tab.is_direct() || tab.stage != Stage::Live {
            return;
        }
        let nick = Sanitized::line(&change.nick);
        match change.what {
            What::Renamed => {
                let was = Sanitized::line(change.was.as_deref().unwrap_or_default());
                let until = change.former.map(|former| former.until);
                tab.timeline.notice(Notice::Renamed { was, nick, until });
            }
            What::Joined | What::Left if me == Some(change.person) => {}
            What::Joined if let Some(former) = change.former => {
                let until = former.until;
                tab.timeline.notice(Notice::CameAfter { nick, until });
            }
            What::Joined | What::Left => {
                let went = change.what == What::Left;
                tab.timeline.moved(Move {
                    person: change.person,
                    nick,
                    went,
                    time: now,
                    quiet: went && !tab.speakers.is_lately(change.person, now),
                });
            }
            What::Reconnecting | What::Back | What::Unknown => {}
        }
        tab.trim(share);
    }
}
