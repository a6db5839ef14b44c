//! The lines of messages and notices.

use protocol::event::Kind;
use protocol::position::Position;

use super::clock::{Minute, day, moment, short_day};
use super::folds::told;
use super::line::{Body, Line, Look, Mark, rows_of, targets};
use super::{Log, Place};
use crate::model::Model;
use crate::model::tab::{Older, Stage, Tab};
use crate::model::timeline::{Entry, Notice, Said, Slot};
use crate::model::words::{fill, grouped};
use crate::text::markup::{Part, Row, rows};
use crate::text::sanitized::Sanitized;
use crate::text::slice;
use crate::text::wrap::wrap;

/// Who speaks when, by which runs are told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Voice<'a> {
    pub(super) own: bool,
    pub(super) nick: &'a str,
    pub(super) minute: Minute,
    /// Actions begin with the nick, so nothing runs on from or into them.
    pub(super) plain: bool,
}

impl Log<'_> {
    /// What stands above the first entry.
    pub(super) fn beginning(&self) -> Vec<Line> {
        let (words, tab) = (self.model.words(), self.tab);
        let nothing = tab.shown().first_message().is_none() && self.pending.is_empty();
        let (more, older) = tab.before_shown();
        let (text, look) = match older {
            Older::Asked => (words.fetching.to_owned(), Look::Dim),
            Older::Failed => (words.not_fetched.to_owned(), Look::Failure),
            Older::Idle if tab.stage == Stage::Outside && tab.shown().is_empty() => {
                (fill(words.entering, &[&tab.name()]), Look::Dim)
            }
            Older::Idle if nothing && tab.stage == Stage::Live => {
                (words.nothing_said.to_owned(), Look::Dim)
            }
            Older::Idle if tab.stage.is_filled() && !more && !tab.shown().is_empty() => {
                (words.beginning.to_owned(), Look::Dim)
            }
            Older::Idle => return Vec::new(),
        };
        let mut lines = self.wrapped(&text, look);
        lines.push(Line::default());
        lines
    }

    /// The lines of a message.
    pub(super) fn said(&self, slot: Slot, said: &Said) -> Vec<Line> {
        let voice = self.voice_of(said);
        let before = self.tab.shown().before(slot).next();
        let previous = before.and_then(|(_, entry)| match entry {
            Entry::Said(said) => Some(self.voice_of(said)),
            Entry::Notice(_) => None,
        });
        let is_first_unread = self.tab.unread_from.map(Slot::of) == Some(slot);
        let mut lines = self.day_line(Place::Entry(slot), voice.minute);
        if is_first_unread {
            self.unread_line(&mut lines);
        }
        let previous = previous.filter(|_| lines.is_empty());
        let mark = if said.own {
            Mark::Own
        } else if said.mention {
            Mark::Mention
        } else {
            Mark::None
        };
        match said.kind {
            Kind::Message | Kind::Unknown => {
                let rows = said.rows(&self.model.widths, self.columns);
                let is_open = said.is_open || self.bare;
                let texts = self.bodies(said.text.as_str(), slot, &rows, is_open);
                let from = lines.len();
                self.answer(
                    &mut lines,
                    (slot, voice),
                    previous,
                    mark,
                    said.reply_to,
                    texts,
                );
                let own = lines.get_mut(from..).unwrap_or_default();
                self.show_landing(slot, said.text.as_str(), own);
            }
            Kind::Action => {
                let text = format!("{} {}", said.nick, said.text);
                let texts = self.action(&text, &key_of(slot));
                self.answer(
                    &mut lines,
                    (slot, voice),
                    previous,
                    mark,
                    said.reply_to,
                    texts,
                );
            }
            Kind::Topic => {
                let words = self.model.words();
                let nick = said.nick.as_str();
                let text = if said.text.is_empty() {
                    fill(words.topic_cleared, &[nick])
                } else {
                    let topic = Sanitized::line(said.text.as_str());
                    fill(words.topic_set, &[nick, topic.as_str()])
                };
                lines.extend(self.wrapped(&text, Look::Dim));
            }
        }
        lines
    }

    /// Lets the first row of a screen tell nick and time, where they have columns of their own: the run may have begun further up.
    pub(super) fn tell_first(&self, shown: &mut [(Place, Line)]) {
        let Some((Place::Entry(slot), line)) = shown.first_mut() else {
            return;
        };
        let Some(Entry::Said(said)) = self.tab.shown().get(*slot) else {
            return;
        };
        let voice = self.voice_of(said);
        if line.from.is_some() && line.nick.is_none() && voice.plain && !self.narrow {
            line.nick = Some(voice.nick.to_owned());
            line.time = Some(voice.minute.clock(self.model.clock()));
        }
    }

    /// The lines of a notice.
    pub(super) fn notice(&self, notice: &Notice) -> Vec<Line> {
        let look = match notice {
            Notice::Moves(moves) => return self.moves(moves),
            Notice::Renamed { .. } | Notice::CameAfter { .. } | Notice::Welcome(_) => Look::Dim,
            Notice::Formerly { .. }
            | Notice::PassedOn { .. }
            | Notice::Gap { .. }
            | Notice::Forked(_)
            | Notice::NotEntered { .. } => Look::Failure,
            Notice::FirstVisit(_) => Look::Accent,
        };
        let sentence = notice_sentence(self.model, self.tab, notice);
        self.wrapped(&sentence.unwrap_or_default(), look)
    }

    pub(super) fn put(
        &self,
        lines: &mut Vec<Line>,
        (place, voice): (impl Into<Place>, Voice<'_>),
        previous: Option<Voice<'_>>,
        mark: Mark,
        texts: Vec<Body>,
    ) {
        let same_minute = previous.is_some_and(|previous| previous.minute == voice.minute);
        let runs_on = same_minute
            && previous.is_some_and(|previous| {
                previous.own == voice.own
                    && previous.nick == voice.nick
                    && previous.plain
                    && voice.plain
            });
        // The selected one tells all of itself, where that takes no further row.
        let is_told = self.tab.selected == Some(place.into()) && !self.narrow;
        let time = (!same_minute || is_told).then(|| voice.minute.clock(self.model.clock()));
        let nick = if voice.plain { voice.nick } else { "*" };
        let nick = (!runs_on || is_told).then(|| nick.to_owned());
        let shows_mark = !runs_on || is_told || matches!(mark, Mark::Mention | Mark::Failed);
        let mark = if shows_mark { mark } else { Mark::None };
        let mut head = Line {
            mark,
            time,
            nick,
            ..Line::default()
        };
        if self.narrow && !runs_on {
            // A head always has its time here: the eye has no column to look up.
            head.time = Some(voice.minute.clock(self.model.clock()));
            lines.push(head);
            head = Line::default();
        }
        lines.extend(texts.into_iter().map(|body| Line {
            spans: body.spans,
            from: body.from,
            code: body.code && !self.bare,
            fold: body.fold,
            ..std::mem::take(&mut head)
        }));
    }

    pub(super) fn day_line(&self, place: Place, minute: Minute) -> Vec<Line> {
        let previous = self.minute_before(place);
        if previous.is_some_and(|previous| previous.date == minute.date) {
            return Vec::new();
        }
        // A notice may stand above the first message; the beginning ends with a blank row itself.
        let is_below = !matches!(self.before(place), None | Some(Place::Beginning));
        let mut lines = vec![self.day(minute), Line::default()];
        if is_below {
            lines.insert(0, Line::default());
        }
        lines
    }

    fn day(&self, minute: Minute) -> Line {
        Line::dim(&day(minute.date, self.model.language))
    }

    /// The minute of the last thing said before a place.
    fn minute_before(&self, place: Place) -> Option<Minute> {
        let minute = |entry: &Entry| match entry {
            Entry::Said(said) => Some(Minute::of(said.time, &self.model.zone)),
            Entry::Notice(_) => None,
        };
        let timeline = self.tab.shown();
        match place {
            Place::Beginning => None,
            Place::Entry(slot) => timeline.before(slot).find_map(|(_, entry)| minute(entry)),
            Place::Pending(local) => {
                if let Some(before) = self.pending_before(local) {
                    return Some(Minute::of(before.time, &self.model.zone));
                }
                timeline.iter().rev().find_map(|(_, entry)| minute(entry))
            }
        }
    }

    fn unread_line(&self, lines: &mut Vec<Line>) {
        let words = self.model.words();
        let count = self.tab.unread_told;
        let sentence = if count == 1 {
            words.unread_one
        } else {
            words.unread
        };
        if lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(Line {
            rule: true,
            ..Line::looking(&fill(sentence, &[&grouped(count)]), Look::Accent)
        });
        lines.push(Line::default());
    }

    pub(super) fn voice_of<'s>(&self, said: &'s Said) -> Voice<'s> {
        Voice {
            own: said.own,
            nick: said.nick.as_str(),
            minute: Minute::of(said.time, &self.model.zone),
            plain: matches!(said.kind, Kind::Message | Kind::Unknown),
        }
    }

    pub(super) fn action(&self, text: &str, key: &str) -> Vec<Body> {
        let rows = wrap(text, &self.model.widths, self.columns, self.columns);
        let rows = rows.into_iter().map(|row| Row {
            start: row.start,
            end: row.end,
            part: Part::Prose,
        });
        rows_of(text, &targets(text, key), rows)
    }

    /// The rows of a text that is no entry yet.
    pub(super) fn unsent(&self, text: &str, key: &str) -> Vec<Body> {
        let rows = rows(text, &self.model.widths, self.columns);
        let shown = rows.into_iter().filter(|row| row.part != Part::Closing);
        rows_of(text, &targets(text, key), shown)
    }

    pub(super) fn wrapped(&self, text: &str, look: Look) -> Vec<Line> {
        wrap(text, &self.model.widths, self.columns, self.columns)
            .into_iter()
            .map(|row| Line {
                from: Some(row.start),
                ..Line::looking(slice(text, row.start..row.end), look)
            })
            .collect()
    }
}

/// A notice in words; nothing where comings and goings tell nothing.
pub fn notice_sentence(model: &Model, tab: &Tab, notice: &Notice) -> Option<String> {
    let words = model.words();
    let day = |unix_ms: u64| short_day(unix_ms, &model.zone);
    Some(match notice {
        Notice::Moves(moves) => return told(moves, words),
        Notice::Renamed { was, nick, until } => {
            let renamed = fill(words.renamed, &[was.as_str(), nick.as_str()]);
            let after = until.map(|until| fill(words.after_another, &[&day(until)]));
            renamed + &after.unwrap_or_default()
        }
        Notice::CameAfter { nick, until } => {
            let came = fill(words.came, &[nick.as_str()]);
            came + &fill(words.after_another, &[&day(*until)])
        }
        Notice::Formerly { nick, until } => fill(words.formerly, &[nick.as_str(), &day(*until)]),
        Notice::PassedOn { nick } => fill(words.passed_on, &[nick.as_str()]),
        Notice::Gap { count } => {
            let count = usize::try_from(*count).unwrap_or(usize::MAX);
            let sentence = if count == 1 { words.gap_one } else { words.gap };
            fill(sentence, &[&grouped(count)])
        }
        Notice::Forked(None) => words.forked.to_owned(),
        Notice::Forked(Some(lost)) => {
            let sentence = match lost.count {
                1 => words.forked_one,
                _ => words.forked_lost,
            };
            let since = moment(lost.since, model.now.unix_ms, model.clock());
            fill(sentence, &[&grouped(lost.count), &since])
        }
        Notice::FirstVisit(key) => {
            let server = model.server.as_str();
            fill(words.first_visit, &[server, &key.to_string()])
        }
        Notice::Welcome(text) => text.as_str().to_owned(),
        Notice::NotEntered { reason } => fill(words.not_entered, &[&tab.name(), reason.as_str()]),
    })
}

/// Tells the texts of entries apart.
pub(super) fn key_of(slot: Slot) -> String {
    let Position { era, n } = slot.position;
    format!("{era}.{n}")
}
