//! Who comes, goes, loses and finds the connection, gathered to one sentence.

use protocol::event::{Change, What};
use protocol::position::Address;

use crate::model::lines::{GATHER_WAIT, plain, room_before};
use crate::model::log::{names, told};
use crate::model::tab::Stage;
use crate::model::timeline::{Move, Notice};
use crate::model::words::fill;
use crate::text::sanitized::Sanitized;
use crate::update::Turn;

impl Turn<'_> {
    /// Takes in who came, went, lost or found the connection; another nick is said at once.
    pub(super) fn gather(&mut self, room: &Address, change: &Change) {
        let now = self.model.now;
        let me = self.facts.person() == Some(change.person);
        let Some(tab) = self.model.tabs.iter().find(|tab| tab.room == *room) else {
            return;
        };
        if tab.is_direct() || tab.stage != Stage::Live || me {
            return;
        }
        let is_lately = tab.speakers.is_lately(change.person, now.unix_ms);
        let nick = Sanitized::line(&change.nick);
        let until = change.former.map(|former| former.until);
        match (change.what, until) {
            (What::Renamed, until) => {
                let was = Sanitized::line(change.was.as_deref().unwrap_or_default());
                return self.say_notice(room, &Notice::Renamed { was, nick, until });
            }
            (What::Joined, Some(until)) => {
                return self.say_notice(room, &Notice::CameAfter { nick, until });
            }
            (What::Unknown, _) => return,
            (What::Reconnecting | What::Back, _) if !is_lately => return,
            (What::Joined | What::Left | What::Reconnecting | What::Back, _) => {}
        }
        let lines = self.lines();
        let gathered = lines.gathered.entry(room.clone()).or_default();
        if gathered.due.is_zero() {
            gathered.due = now.elapsed.saturating_add(GATHER_WAIT);
        }
        match change.what {
            What::Reconnecting => gathered.lost.push(nick),
            What::Back if gathered.lost.contains(&nick) => {
                gathered.lost.retain(|lost| *lost != nick);
            }
            What::Back => gathered.back.push(nick),
            What::Joined | What::Left | What::Renamed | What::Unknown => {
                let went = change.what == What::Left;
                let one = Move {
                    person: change.person,
                    nick,
                    went,
                    time: now.unix_ms,
                    quiet: went && !is_lately,
                };
                if gathered.moves.take(one.clone()).is_some() {
                    self.say_gathered(room);
                    let gathered = self.lines().gathered.entry(room.clone()).or_default();
                    gathered.due = now.elapsed.saturating_add(GATHER_WAIT);
                    drop(gathered.moves.take(one));
                }
            }
        }
    }

    /// Says what was gathered in a room.
    pub(super) fn say_gathered(&mut self, room: &Address) {
        let words = self.model.words();
        let Some(gathered) = self.lines().gathered.remove(room) else {
            return;
        };
        let Some(tab) = self.model.tabs.iter().find(|tab| tab.room == *room) else {
            return;
        };
        let part = |sentence: &str, who: &[Sanitized]| {
            let who: Vec<&Sanitized> = who.iter().collect();
            names(&who, words).map(|names| fill(sentence, &[&names]))
        };
        let parts = [
            told(&gathered.moves, words),
            part(words.line_lost, &gathered.lost),
            part(words.line_back, &gathered.back),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() {
            return;
        }
        let line = format!(
            "{}{}",
            room_before(self.model, tab),
            plain(&parts.join(" ∙ "))
        );
        self.say_event(&line);
    }
}
