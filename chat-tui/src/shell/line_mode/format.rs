//! What goes out: one event, one line, in one of three forms. Nothing that a peer wrote can do more to a terminal than be read.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use protocol::event::{Kind, Message, What};
use protocol::position::{Address, Position};

use crate::model::log::{Clock, Hours, short_day};
use crate::model::words::Language;
use crate::text::sanitized::Sanitized;

mod json;

/// Where a further line of a message starts on a terminal: under the text, so that no text can pass for a line of its own.
const INDENT: &str = "\n      ";

/// The forms.
#[derive(Clone, Debug)]
pub enum Format {
    /// `RFC3339 TAB nick TAB text`, with further lines behind a TAB.
    Tabs,
    /// `14:03 nick: text`, in this time zone, with hours counted so.
    Terminal(TimeZone, Hours),
    /// One JSON object a line.
    Json,
}

/// What is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The room is entered for the first time. Told in JSON alone: the others begin with what happens next.
    Joined {
        /// The room.
        room: Address,
        /// Its last message.
        head: Position,
        /// One's own nick.
        nick: String,
        /// When, in milliseconds since 1970.
        time: u64,
    },
    /// Something was said or done.
    Message {
        /// The message.
        message: Message,
        /// Whether it is one's own.
        own: bool,
        /// In a direct conversation: whom one talks with.
        with: Option<String>,
    },
    /// What a search found, among what was said before.
    Found {
        /// The message.
        message: Message,
        /// Whether it is one's own.
        own: bool,
    },
    /// Something happened to a member.
    Member {
        /// The room.
        room: Address,
        /// What.
        what: What,
        /// The nick, after the change.
        nick: String,
        /// The nick before a change of it.
        was: Option<String>,
        /// Until when another person had the nick, in milliseconds since 1970.
        former_until: Option<u64>,
        /// Whether it is oneself.
        own: bool,
        /// When it was heard, in milliseconds since 1970.
        time: u64,
    },
    /// Messages that cannot be had any more.
    Gap {
        /// The room.
        room: Address,
        /// The first.
        from: Position,
        /// The last.
        to: Position,
        /// When it was heard, in milliseconds since 1970.
        time: u64,
    },
    /// What was printed of this room is void.
    Forked {
        /// But for what stands up to here, where that is known.
        kept: Option<Position>,
        /// The room.
        room: Address,
        /// When it was heard, in milliseconds since 1970.
        time: u64,
    },
}

impl Format {
    /// The event's line with its end, or nothing where this form has none.
    pub fn line(&self, event: &Event) -> String {
        match self {
            Self::Json => json::line(event),
            Self::Tabs => columns(event).map_or_else(String::new, |columns| {
                let text = shown(&columns.text).replace('\n', "\n\t");
                let nick = shown_line(&columns.nick);
                format!(
                    "{}\t{nick}\t{text}\n",
                    rfc3339(columns.time, Fraction::None)
                )
            }),
            Self::Terminal(zone, hours) => columns(event).map_or_else(String::new, |columns| {
                let text = Sanitized::block(&columns.text);
                let nick = Sanitized::line(&columns.nick);
                let colon = if columns.speaks { ":" } else { "" };
                let text = text.as_str().replace('\n', INDENT);
                let clock = Clock {
                    zone,
                    hours: *hours,
                    language: Language::English,
                };
                // What was found can be of any day.
                let day = matches!(event, Event::Found { .. })
                    .then(|| format!("{} ", short_day(columns.time, zone)));
                let time = day.unwrap_or_default() + &clock.minute(columns.time);
                format!("{time} {nick}{colon} {text}\n")
            }),
        }
    }
}

/// An event in the columns of the first two forms.
struct Columns {
    time: u64,
    nick: String,
    text: String,
    /// Whether the nick says the text.
    speaks: bool,
}

fn columns(event: &Event) -> Option<Columns> {
    let happened = |time: u64, text: String| Columns {
        time,
        nick: "*".to_owned(),
        text,
        speaks: false,
    };
    match event {
        Event::Joined { .. } => None,
        Event::Message { message, own, with } => Some(said(message, *own, with.as_deref())),
        Event::Found { message, own } => Some(said(message, *own, None)),
        Event::Member {
            what,
            nick,
            was,
            former_until,
            time,
            ..
        } => {
            let after = former_until.filter(|_| matches!(what, What::Joined | What::Renamed));
            let after = after.map(after_another).unwrap_or_default();
            let text = match what {
                What::Joined => format!("{nick} joined{after}"),
                What::Left => format!("{nick} left"),
                What::Reconnecting => format!("{nick} is reconnecting"),
                What::Back => format!("{nick} is back"),
                What::Renamed => {
                    format!(
                        "{} is now {nick}{after}",
                        was.as_deref().unwrap_or("somebody")
                    )
                }
                What::Unknown => return None,
            };
            Some(happened(*time, shown_line(&text)))
        }
        Event::Gap { from, to, time, .. } => Some(happened(
            *time,
            format!("messages {} to {} cannot be had any more", from.n, to.n),
        )),
        Event::Forked { kept, time, .. } => Some(happened(
            *time,
            match kept {
                Some(kept) => format!(
                    "the server's history went another way: what stands above is void behind message {}",
                    kept.n
                ),
                None => {
                    "the server's history went another way: what stands above is void".to_owned()
                }
            },
        )),
    }
}

/// What stands behind a nick that another person had, until this time in milliseconds since 1970.
pub(super) fn after_another(until: u64) -> String {
    let day = timestamp(until).strftime("%Y-%m-%d");
    format!(" (another person used this nick until {day})")
}

/// What stands behind the end of a search on a server that does not keep everything: since when it does, in milliseconds since 1970.
pub(super) fn kept_since(since: u64) -> String {
    let day = timestamp(since).strftime("%Y-%m-%d");
    format!("; of what was said before {day} not all is kept")
}

fn said(message: &Message, own: bool, with: Option<&str>) -> Columns {
    let sender = match with {
        None => message.nick.clone(),
        Some(with) if own => format!("@{}>{with}", message.nick),
        Some(_) => format!("@{}", message.nick),
    };
    let (nick, text, speaks) = match message.kind {
        Kind::Message | Kind::Unknown => (sender, message.text.clone(), true),
        Kind::Action => (format!("* {sender}"), message.text.clone(), false),
        Kind::Topic if message.text.is_empty() => {
            ("*".to_owned(), format!("{sender} cleared the topic"), false)
        }
        Kind::Topic => (
            "*".to_owned(),
            format!("{sender} set the topic: {}", message.text),
            false,
        ),
    };
    Columns {
        time: message.time,
        nick,
        text,
        speaks,
    }
}

/// How exact a time is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fraction {
    None,
    Milliseconds,
}

/// A time in UTC. What no calendar has (a server may send any number) becomes the last one that it has.
fn rfc3339(unix_ms: u64, fraction: Fraction) -> String {
    let form = match fraction {
        Fraction::None => "%Y-%m-%dT%H:%M:%SZ",
        Fraction::Milliseconds => "%Y-%m-%dT%H:%M:%S.%3fZ",
    };
    timestamp(unix_ms).strftime(form).to_string()
}

fn timestamp(unix_ms: u64) -> Timestamp {
    i64::try_from(unix_ms)
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok())
        .unwrap_or(Timestamp::MAX)
}

/// A text as it is, but for what no server lets through: that is spelled out, as somebody may look at the pipe with a terminal.
fn shown(text: &str) -> String {
    spelled(text, |c| is_harmful(c) && c != '\n' && c != '\t')
}

/// The same for what stands in one column.
fn shown_line(text: &str) -> String {
    spelled(text, is_harmful)
}

fn spelled(text: &str, harms: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if harms(c) {
            // Writing to a string cannot fail.
            write!(out, "<U+{:04X}>", u32::from(c)).unwrap_or_default();
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a terminal could obey the character, or read the line in another direction or as two.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests;
