//! What the client keeps of what it was told.

use protocol::names::{NICK_BYTES_MAX, TOPIC_BYTES_MAX};

use super::Run;
use crate::model::find::{HITS_MAX, MENTIONS_MAX};
use crate::model::past::PAST_ENTRIES_MAX;
use crate::model::tab::ARRIVAL_MAX;
use crate::model::timeline::{TIMELINE_READING_MAX, TIMELINES_BYTES_MAX};
use crate::session::{MEMBERS_KEPT_MAX, OUTBOX_MAX, ROOMS_KEPT_MAX};

impl Run {
    pub(super) fn check_kept(&self) {
        let mut bytes = 0;
        assert!(self.model.tabs.len() <= ROOMS_KEPT_MAX);
        for tab in &self.model.tabs {
            assert!(tab.timeline.len() <= TIMELINE_READING_MAX);
            assert!(tab.arrival.len() <= ARRIVAL_MAX);
            bytes += tab.timeline.bytes();
            if let Some(past) = &tab.past {
                assert!(past.timeline.len() <= PAST_ENTRIES_MAX);
                bytes += past.timeline.bytes();
            }
        }
        assert!(
            bytes <= 2 * TIMELINES_BYTES_MAX,
            "{bytes} bytes of messages"
        );
        assert!(self.model.search.hits.len() <= HITS_MAX);
        assert!(self.model.mentions.hits.len() <= MENTIONS_MAX);
        assert!(self.session.rooms().count() <= ROOMS_KEPT_MAX);
        let mut pending = 0;
        for room in self.session.rooms() {
            assert!(room.members().len() <= MEMBERS_KEPT_MAX);
            for member in room.members() {
                assert!(member.nick.len() <= NICK_BYTES_MAX);
            }
            assert!(room.nick().is_none_or(|nick| nick.len() <= NICK_BYTES_MAX));
            assert!(
                room.topic()
                    .is_none_or(|topic| topic.text.len() <= TOPIC_BYTES_MAX)
            );
            pending += self.session.pending(room.address()).count();
        }
        assert!(pending <= OUTBOX_MAX);
        // What was saved and not settled is still there, to be sent again or to be taken back.
        let here = self.session.kept();
        assert!(
            self.typed.iter().all(|local| here.contains(local)),
            "something typed is gone"
        );
    }
}
