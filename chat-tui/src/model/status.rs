//! The sentence at the bottom of the screen: what the person has to know now.

use super::log::{Place, exact};
use super::notify::Notify;
use super::timeline::{Entry, Notice};
use super::words::{fill, grouped};
use super::{Facts, Model};
use crate::session::{Link, Stop};
use crate::text::cells::Widths;
use crate::text::sanitized::Sanitized;
use crate::text::wrap::{Row, wrap};

/// Bytes left in a message from which on its length is shown.
pub const LENGTH_SHOWN_BEFORE: usize = 512;

/// How loud a sentence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Good to know.
    Quiet,
    /// Something went wrong or stands still.
    Failure,
}

/// A sentence that stays until the next key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The sentence.
    pub text: Sanitized,
    /// How loud it is.
    pub level: Level,
}

impl Note {
    /// Good to know.
    pub fn quiet(text: &str) -> Self {
        Self {
            text: Sanitized::line(text),
            level: Level::Quiet,
        }
    }

    /// Something went wrong; what belongs to it may follow in lines of its own.
    pub fn failure(text: &str) -> Self {
        Self {
            text: Sanitized::block(text),
            level: Level::Failure,
        }
    }

    /// Its rows on a line of `columns`, and how far all but the first one are put in: below the words, not below the mark.
    pub fn rows(&self, widths: &Widths, columns: usize) -> (Vec<Row>, u16) {
        let indent = if self.text.as_str().starts_with("! ") {
            2
        } else {
            0
        };
        let rest = columns.saturating_sub(usize::from(indent)).max(1);
        (wrap(self.text.as_str(), widths, columns, rest), indent)
    }
}

/// What stands at the bottom now: the draft that is too long, else the last note, else the connection.
pub fn status(model: &Model, facts: &dyn Facts) -> Note {
    let words = model.words();
    if model.bare {
        return Note::quiet(words.bare);
    }
    let length = model.draft().len_bytes();
    let text_bytes = facts.text_bytes();
    let limit = grouped(text_bytes);
    if length > text_bytes {
        return Note::failure(&fill(words.too_long, &[&grouped(length), &limit]));
    }
    if let Some(note) = &model.note {
        return note.clone();
    }
    if *facts.link() == Link::Online
        && let Some(reading) = reading(model)
    {
        return reading;
    }
    let mut note = link(model, facts.link());
    if let Some(notify) = notify(model).filter(|_| *facts.link() == Link::Online) {
        note.text = Sanitized::line(&format!("{} ∙ {notify}", note.text));
    }
    if length > 0 && length.saturating_add(LENGTH_SHOWN_BEFORE) >= text_bytes {
        let told = fill(words.length, &[&grouped(length), &limit]);
        note.text = Sanitized::line(&format!("{} ∙ {told}", note.text));
    }
    let unsent = facts.unsent();
    let is_held = facts.is_held() && *facts.link() == Link::Online;
    if unsent > 0 && is_held {
        note = Note::quiet(words.held);
    }
    if unsent > 0 && (is_held || *facts.link() != Link::Online) {
        let told = fill(words.unsent, &[&grouped(unsent)]);
        note.text = Sanitized::line(&format!("{} ∙ {told}", note.text));
    }
    note
}

/// Which messages of the room notify, where it is not the usual.
fn notify(model: &Model) -> Option<String> {
    let notify = model.notify_of(model.tab()?);
    let words = model.words();
    (notify != Notify::default()).then(|| fill(words.notify, &[notify.name(words)]))
}

/// While reading with keys: the exact time of what is selected.
fn reading(model: &Model) -> Option<Note> {
    let (words, tab) = (model.words(), model.tab()?);
    let time = match tab.selected? {
        Place::Entry(slot) => match tab.shown().get(slot) {
            Some(Entry::Said(said)) => Some(said.time),
            Some(Entry::Notice(Notice::Moves(moves))) => moves.all().first().map(|one| one.time),
            Some(Entry::Notice(_)) | None => None,
        },
        Place::Beginning | Place::Pending(_) => None,
    };
    let exact = time.map(|time| exact(time, model.clock()));
    let told = exact.unwrap_or_else(|| words.reading.to_owned());
    Some(Note::quiet(&told))
}

fn link(model: &Model, link: &Link) -> Note {
    let words = model.words();
    let server = model.server.as_str();
    match link {
        Link::Idle => Note::quiet(words.idle),
        Link::Connecting => Note::quiet(&fill(words.connecting, &[server])),
        Link::Online if model.exposed => Note::quiet(words.online_exposed),
        Link::Online => Note::quiet(words.online),
        Link::Waiting { until, reason } => {
            let seconds = until
                .saturating_sub(model.now.elapsed)
                .as_millis()
                .div_ceil(1000);
            Note::failure(&fill(words.retrying, &[&seconds.to_string(), reason]))
        }
        Link::Refused(refusal) => Note::failure(&fill(words.refused, &[&words.refusal(refusal)])),
        Link::Stopped(stop) => Note::failure(&stopped(model, stop)),
        Link::Ended => Note::quiet(words.ended),
    }
}

/// Why nothing is tried any more: a sentence, and what belongs to it in lines below.
pub fn stopped(model: &Model, stop: &Stop) -> String {
    let words = model.words();
    let server = model.server.as_str();
    match stop {
        Stop::Closed { reason, .. } => fill(words.stopped, &[reason]),
        Stop::KeyChanged { known, now } => [
            fill(words.key_changed, &[server]),
            fill(words.key_before, &[&known.fingerprint().to_string()]),
            fill(words.key_now, &[&now.fingerprint().to_string()]),
            words.key_advice.to_owned(),
            words.key_accept.to_owned(),
        ]
        .join("\n"),
        Stop::NoProof => fill(words.no_proof, &[server]),
        Stop::Version { server: version } => fill(words.version, &[server, &version.to_string()]),
    }
}
