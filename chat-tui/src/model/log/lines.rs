//! The lines of one place in the log.

use protocol::event::Kind;
use protocol::request::SendKind;

use super::clock::{Minute, day};
use super::{Log, Place};
use crate::model::tab::Older;
use crate::model::timeline::{Entry, Notice, Said, Slot};
use crate::model::words::{fill, grouped};
use crate::session::{Body, Pending, State};
use crate::text::links::links;
use crate::text::sanitized::Sanitized;
use crate::text::slice;
use crate::text::wrap::{Row, wrap};

/// Names of a folded line that are spelled out; the others are counted.
const NAMES_TOLD: usize = 2;

/// One row of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// What stands in the first column.
    pub mark: Mark,
    /// The time, where it is told.
    pub time: Option<String>,
    /// The nick, where it is told.
    pub nick: Option<String>,
    /// The text.
    pub spans: Vec<Span>,
    /// Whether the text stands in a rule across the log.
    pub rule: bool,
}

/// What stands in the first column of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// Nothing.
    #[default]
    None,
    /// Said by oneself.
    Own,
    /// Speaks to oneself.
    Mention,
    /// Not sent, and will not be by itself.
    Failed,
}

/// A part of a row with one look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The text, in one line.
    pub text: String,
    /// How it looks.
    pub look: Look,
}

/// How a text looks, by what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// What people said.
    Text,
    /// What stands around it.
    Dim,
    /// What one should see first.
    Accent,
    /// What went wrong.
    Failure,
    /// An address to open.
    Link,
}

impl Line {
    fn dim(text: &str) -> Self {
        Self::looking(text, Look::Dim)
    }

    fn looking(text: &str, look: Look) -> Self {
        Self {
            spans: vec![Span {
                text: text.to_owned(),
                look,
            }],
            ..Self::default()
        }
    }

    /// The text of the row.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

/// Who speaks when, by which runs are told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Voice<'a> {
    own: bool,
    nick: &'a str,
    minute: Minute,
    /// Actions begin with the nick, so nothing runs on from or into them.
    plain: bool,
}

impl Log<'_> {
    /// What stands above the first entry.
    pub(super) fn beginning(&self) -> Vec<Line> {
        let (words, tab) = (self.model.words(), self.tab);
        let nothing = tab.timeline.is_empty() && self.pending.is_empty();
        let (text, look) = match tab.older {
            Older::Asked => (words.fetching.to_owned(), Look::Dim),
            Older::Failed => (words.not_fetched.to_owned(), Look::Failure),
            Older::Idle if !tab.entered && tab.timeline.is_empty() => {
                (fill(words.entering, &[&tab.name()]), Look::Dim)
            }
            Older::Idle if nothing && tab.live => (words.nothing_said.to_owned(), Look::Dim),
            Older::Idle if tab.live && !tab.more && !tab.timeline.is_empty() => {
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
        let before = self.tab.timeline.before(slot).next();
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
                let texts = rows_of(
                    said.text.as_str(),
                    &said.rows(&self.model.widths, self.columns),
                );
                self.put(&mut lines, voice, previous, mark, texts);
            }
            Kind::Action => {
                let text = format!("{} {}", said.nick, said.text);
                self.put(&mut lines, voice, previous, mark, self.action(&text));
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

    /// The lines of a notice.
    pub(super) fn notice(&self, notice: &Notice) -> Vec<Line> {
        let words = self.model.words();
        let (text, look) = match notice {
            Notice::Presence { came, went } => {
                let came = self.names(came).map(|names| fill(words.came, &[&names]));
                let went = self.names(went).map(|names| fill(words.went, &[&names]));
                let parts: Vec<String> = came.into_iter().chain(went).collect();
                (parts.join(" ∙ "), Look::Dim)
            }
            Notice::Renamed { was, nick } => (
                fill(words.renamed, &[was.as_str(), nick.as_str()]),
                Look::Dim,
            ),
            Notice::Gap { count } => {
                let count = usize::try_from(*count).unwrap_or(usize::MAX);
                let sentence = if count == 1 { words.gap_one } else { words.gap };
                (fill(sentence, &[&grouped(count)]), Look::Failure)
            }
            Notice::Forked => (words.forked.to_owned(), Look::Failure),
            Notice::Welcome(text) => (text.as_str().to_owned(), Look::Dim),
            Notice::NotEntered { reason } => (
                fill(words.not_entered, &[&self.tab.name(), reason.as_str()]),
                Look::Failure,
            ),
        };
        self.wrapped(&text, look)
    }

    /// The lines of something that is no message yet.
    pub(super) fn pending_lines(&self, pending: &Pending) -> Vec<Line> {
        let words = self.model.words();
        let voice = self.pending_voice(pending);
        let previous = match self.pending_before(pending.local) {
            Some(before) => Some(self.pending_voice(before)),
            None => self.tab.timeline.last().and_then(|(_, entry)| match entry {
                Entry::Said(said) => Some(self.voice_of(said)),
                Entry::Notice(_) => None,
            }),
        };
        let mut lines = self.day_line(Place::Pending(pending.local), voice.minute);
        let previous = previous.filter(|_| lines.is_empty());
        let failed = match &pending.state {
            State::Failed(refusal) => Some(Sanitized::line(&refusal.message)),
            State::Waiting | State::Sent | State::Acked(..) => None,
        };
        let mark = if failed.is_some() {
            Mark::Failed
        } else {
            Mark::Own
        };
        let texts = match &pending.body {
            Body::Text { kind, text, .. } => {
                let text = Sanitized::block(text.as_str());
                match kind {
                    SendKind::Message => {
                        let rows = wrap(
                            text.as_str(),
                            &self.model.widths,
                            self.columns,
                            self.columns,
                        );
                        rows_of(text.as_str(), &rows)
                    }
                    SendKind::Action => self.action(&format!("{} {text}", self.nick)),
                }
            }
            Body::Topic(topic) => {
                let topic = Sanitized::line(topic.as_str());
                self.action(&fill(words.topic_pending, &[topic.as_str()]))
            }
        };
        self.put(&mut lines, voice, previous, mark, texts);
        match failed {
            Some(reason) => {
                let text = fill(words.failed, &[reason.as_str()]);
                lines.extend(self.wrapped(&text, Look::Failure));
            }
            None => self.put_state(&mut lines, &pending.state),
        }
        lines
    }

    /// Puts the word for a state behind the last row, or below it where there is no room.
    fn put_state(&self, lines: &mut Vec<Line>, state: &State) {
        const SPACE: &str = "  ";
        let words = self.model.words();
        let word = match state {
            State::Sent => words.sending,
            State::Acked(..) => words.stored,
            State::Waiting | State::Failed(_) => words.waiting,
        };
        let widths = &self.model.widths;
        let needed = widths.width(word).saturating_add(SPACE.len());
        if let Some(last) = lines.last_mut()
            && widths.width(&last.text()).saturating_add(needed) <= self.columns
        {
            last.spans.push(Span {
                text: format!("{SPACE}{word}"),
                look: Look::Dim,
            });
            return;
        }
        lines.push(Line::dim(word));
    }

    fn put(
        &self,
        lines: &mut Vec<Line>,
        voice: Voice<'_>,
        previous: Option<Voice<'_>>,
        mark: Mark,
        texts: Vec<Vec<Span>>,
    ) {
        let same_minute = previous.is_some_and(|previous| previous.minute == voice.minute);
        let runs_on = same_minute
            && previous.is_some_and(|previous| {
                previous.own == voice.own
                    && previous.nick == voice.nick
                    && previous.plain
                    && voice.plain
            });
        let time = (!same_minute).then(|| voice.minute.clock());
        let nick = (!runs_on).then(|| if voice.plain { voice.nick } else { "*" }.to_owned());
        let shows_mark = !runs_on || matches!(mark, Mark::Mention | Mark::Failed);
        let mark = if shows_mark { mark } else { Mark::None };
        let mut head = Line {
            mark,
            time,
            nick,
            ..Line::default()
        };
        if self.narrow && !runs_on {
            // A head always has its time here: the eye has no column to look up.
            head.time = Some(voice.minute.clock());
            lines.push(head);
            head = Line::default();
        }
        let mut texts = texts.into_iter();
        head.spans = texts.next().unwrap_or_default();
        lines.push(head);
        lines.extend(texts.map(|spans| Line {
            spans,
            ..Line::default()
        }));
    }

    fn day_line(&self, place: Place, minute: Minute) -> Vec<Line> {
        let Some(previous) = self.minute_before(place) else {
            return vec![self.day(minute), Line::default()];
        };
        if previous.date == minute.date {
            return Vec::new();
        }
        vec![Line::default(), self.day(minute), Line::default()]
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
        let timeline = &self.tab.timeline;
        match place {
            Place::Beginning => None,
            Place::Entry(slot) => timeline.before(slot).find_map(|(_, entry)| minute(entry)),
            Place::Pending(local) => match self.pending_before(local) {
                Some(before) => Some(Minute::of(before.time, &self.model.zone)),
                None => {
                    let (slot, last) = timeline.last()?;
                    minute(last)
                        .or_else(|| timeline.before(slot).find_map(|(_, entry)| minute(entry)))
                }
            },
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

    fn voice_of<'s>(&self, said: &'s Said) -> Voice<'s> {
        Voice {
            own: said.own,
            nick: said.nick.as_str(),
            minute: Minute::of(said.time, &self.model.zone),
            plain: matches!(said.kind, Kind::Message | Kind::Unknown),
        }
    }

    fn pending_voice(&self, pending: &Pending) -> Voice<'_> {
        let plain = match &pending.body {
            Body::Text { kind, .. } => *kind == SendKind::Message,
            Body::Topic(_) => false,
        };
        Voice {
            own: true,
            nick: self.nick.as_str(),
            minute: Minute::of(pending.time, &self.model.zone),
            plain,
        }
    }

    fn action(&self, text: &str) -> Vec<Vec<Span>> {
        rows_of(
            text,
            &wrap(text, &self.model.widths, self.columns, self.columns),
        )
    }

    fn wrapped(&self, text: &str, look: Look) -> Vec<Line> {
        wrap(text, &self.model.widths, self.columns, self.columns)
            .into_iter()
            .map(|row| Line::looking(slice(text, row.start..row.end), look))
            .collect()
    }

    /// `A`, `A and B`, `A, B and 3 others`; nothing for nobody.
    fn names(&self, names: &[Sanitized]) -> Option<String> {
        let words = self.model.words();
        match names {
            [] => None,
            [one] => Some(one.to_string()),
            [one, other] => Some(fill(words.and, &[one.as_str(), other.as_str()])),
            [first, second, third] => {
                let before = format!("{first}, {second}");
                Some(fill(words.and, &[&before, third.as_str()]))
            }
            [..] => {
                let told: Vec<&str> = names
                    .iter()
                    .take(NAMES_TOLD)
                    .map(Sanitized::as_str)
                    .collect();
                let others = names.len().saturating_sub(told.len());
                Some(fill(
                    words.and_others,
                    &[&told.join(", "), &grouped(others)],
                ))
            }
        }
    }
}

/// The spans of each row of a text, links told apart.
fn rows_of(text: &str, rows: &[Row]) -> Vec<Vec<Span>> {
    let links = if text.contains("://") {
        links(text)
    } else {
        Vec::new()
    };
    rows.iter()
        .map(|row| {
            let mut spans = Vec::new();
            let mut at = row.start;
            let mut push = |from: usize, to: usize, look: Look| {
                if from < to {
                    spans.push(Span {
                        text: slice(text, from..to).to_owned(),
                        look,
                    });
                }
            };
            for link in &links {
                let (start, end) = (link.start.max(at), link.end.min(row.end));
                if start < end {
                    push(at, start, Look::Text);
                    push(start, end, Look::Link);
                    at = end;
                }
            }
            push(at, row.end, Look::Text);
            spans
        })
        .collect()
}
