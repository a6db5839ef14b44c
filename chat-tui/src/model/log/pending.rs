//! The lines of what is said and no message yet: the text, and a word for how far it is.

use protocol::request::SendKind;

use super::clock::Minute;
use super::line::{Line, Look, Mark, Span};
use super::lines::Voice;
use super::{Log, Place};
use crate::model::timeline::Entry;
use crate::model::words::fill;
use crate::session::{Body, Pending, State};
use crate::text::sanitized::Sanitized;

impl Log<'_> {
    /// The lines of something that is no message yet.
    pub(super) fn pending_lines(&self, pending: &Pending) -> Vec<Line> {
        let words = self.model.words();
        let voice = self.pending_voice(pending);
        let previous = match self.pending_before(pending.local) {
            Some(before) => Some(self.pending_voice(before)),
            None => self.tab.shown().last().and_then(|(_, entry)| match entry {
                Entry::Said(said) => Some(self.voice_of(said)),
                Entry::Notice(_) => None,
            }),
        };
        let mut lines = self.day_line(Place::Pending(pending.local), voice.minute);
        let previous = previous.filter(|_| lines.is_empty());
        let failed = match &pending.state {
            State::Failed(refusal) => Some(Sanitized::line(&words.refusal(refusal))),
            State::Waiting | State::Sent | State::Acked(..) => None,
        };
        let mark = if failed.is_some() {
            Mark::Failed
        } else {
            Mark::Own
        };
        let key = format!("l{}", pending.local.0);
        let reply_to = match &pending.body {
            Body::Text { reply_to, .. } => *reply_to,
            Body::Topic(_) => None,
        };
        let texts = match &pending.body {
            Body::Text { kind, text, .. } => {
                let text = Sanitized::block(text.as_str());
                match kind {
                    SendKind::Message => self.unsent(text.as_str(), &key),
                    SendKind::Action => self.action(&format!("{} {text}", self.nick), &key),
                }
            }
            Body::Topic(topic) => {
                let topic = Sanitized::line(topic.as_str());
                self.action(&fill(words.topic_pending, &[topic.as_str()]), &key)
            }
        };
        self.answer(
            &mut lines,
            (pending.local, voice),
            previous,
            mark,
            reply_to,
            texts,
        );
        match failed {
            Some(reason) => {
                let text = fill(words.failed, &[reason.as_str()]);
                let rows = self.wrapped(&text, Look::Failure).into_iter();
                lines.extend(rows.map(|row| Line { from: None, ..row }));
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
            last.spans
                .push(Span::of(&format!("{SPACE}{word}"), Look::Dim));
            return;
        }
        lines.push(Line::dim(word));
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
}
