//! The chat read line by line, by who has no screen: what was said so far, and how a message is said.
//!
//! A line is whole and plain: no colour, no cursor, nothing that only its place tells. What stands in it of others is sanitized.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Date;
use protocol::event::Kind;
use protocol::position::{Address, Position};

use super::find::Hit;
use super::log::short_day;
use super::notify::window_name;
use super::quotes::Quote;
use super::tab::Tab;
use super::timeline::{Moves, Said};
use super::words::fill;
use super::{Facts, Model};
use crate::session::Wanted;
use crate::text::sanitized::Sanitized;

/// Messages that `/history` and `/last` say where no number is given.
pub const LINES_TOLD: usize = 20;

/// Most messages that they say at one time.
pub const LINES_TOLD_MAX: usize = 1_000;

/// Lines that wait while a person writes; at it they are said, and none waits any more.
pub const LINES_HELD_MAX: usize = 1_000;

/// How long comings and goings are gathered, from the first one on, to be one sentence.
pub const GATHER_WAIT: Duration = Duration::from_secs(3);

/// Links of a list, the newest ones.
pub const LINKS_TOLD_MAX: usize = 20;

/// Members that are named; of the others the number is told.
pub const MEMBERS_TOLD_MAX: usize = 200;

/// Where a further line of a text starts: to the right of where lines begin, so that no text can pass for a line of its own.
const INDENT: &str = "\n      ";

/// Characters of a message that an answer to it quotes.
const QUOTE_CHARS_MAX: usize = 60;

/// What was said, and what is asked for.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// The number of the line that is taken in.
    pub number: u64,
    /// How many messages of the past a room begins with.
    pub history: usize,
    /// The day of the last line with a time.
    pub day: Option<Date>,
    /// The first message that was said, by room: `/history` goes on before it.
    pub said_from: BTreeMap<Address, Position>,
    /// Rooms whose history went another way and comes anew, and up to where it is the same.
    pub forked: BTreeMap<Address, Option<Position>>,
    /// Older messages that were asked for: of which room, and how many are to be said.
    pub older: Option<(Address, usize)>,
    /// The search that was asked for last.
    pub search: Option<Wanted>,
    /// Its next page.
    pub next: Option<u64>,
    /// The rooms of the server were asked for.
    pub rooms_asked: bool,
    /// The members of this room were asked for.
    pub members_asked: Option<Address>,
    /// What is gathered, by room.
    pub gathered: BTreeMap<Address, Gathered>,
    /// Lines that wait, while they do.
    pub held: Option<Vec<String>>,
    /// Something was said to one person, without going there.
    pub is_whispering: bool,
    /// Why the connection is away, as told last.
    pub outage: Option<String>,
    /// The addresses as listed last: to open, and as they were written.
    pub links: Vec<(String, String)>,
}

/// Who came, went, lost and found the connection, in one room.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// When it is told, on the clock of `Now::elapsed`.
    pub due: Duration,
    /// Who came and went.
    pub moves: Moves,
    /// Whose connection is lost.
    pub lost: Vec<Sanitized>,
    /// Whose connection is back.
    pub back: Vec<Sanitized>,
}

impl Lines {
    /// A reading that begins; each room with so many messages of the past.
    pub fn new(history: usize) -> Self {
        Self {
            history,
            ..Self::default()
        }
    }
}

/// A sentence of the interface without the signs that only help the eye.
pub fn plain(sentence: &str) -> String {
    let bare = sentence.strip_prefix("! ").unwrap_or(sentence);
    let bare = bare.strip_prefix("⋯ ").unwrap_or(bare);
    bare.replace(" ∙ ", "; ").replace('\n', INDENT)
}

/// A room in front of what happens in it: only where there are several, and a conversation tells itself by its nicks.
pub fn room_before(model: &Model, tab: &Tab) -> String {
    let rooms = model.shown_tabs().filter(|(_, tab)| !tab.is_direct());
    if tab.is_direct() || rooms.count() < 2 {
        return String::new();
    }
    format!("{} ", window_name(tab))
}

/// A message: `14:03 #개발 지은: 안녕`.
pub fn said(model: &Model, facts: &dyn Facts, tab: &Tab, said: &Said) -> String {
    let words = model.words();
    let nick = said.nick.as_str();
    let voice = match (tab.is_direct(), said.own) {
        (false, _) => nick.to_owned(),
        (true, false) => format!("@{nick}"),
        (true, true) => {
            let other = facts.room(&tab.room).and_then(|room| room.other);
            let other = other.map_or_else(|| tab.title.clone(), Sanitized::line);
            format!("@{nick}>{other}")
        }
    };
    let voice = if said.mention {
        fill(words.line_mention, &[&voice])
    } else {
        voice
    };
    let text = said.text.as_str();
    let text = match said.kind {
        Kind::Topic if text.is_empty() => format!("* {}", fill(words.topic_cleared, &[nick])),
        Kind::Topic => format!("* {}", fill(words.topic_set, &[nick, text])),
        Kind::Action if said.mention => format!("* {voice}: {nick} {text}"),
        Kind::Action => format!("* {voice} {text}"),
        Kind::Message | Kind::Unknown => match said.reply_to {
            Some(position) => {
                let quote = quoted(&tab.quote(position), model);
                format!("{voice}: > {quote}\n{text}")
            }
            None => format!("{voice}: {text}"),
        },
    };
    let time = model.clock().minute(said.time);
    let room = room_before(model, tab);
    format!("{time} {room}{}", text.replace('\n', INDENT))
}

fn quoted(quote: &Quote, model: &Model) -> String {
    let words = model.words();
    match quote {
        Quote::Here { nick, words } => {
            let words = words.as_str();
            let first: String = words.chars().take(QUOTE_CHARS_MAX).collect();
            let more = if first.len() < words.len() { "..." } else { "" };
            format!("{nick}: {first}{more}")
        }
        Quote::Fetching => plain(words.quote_fetching),
        Quote::Gone => words.quote_gone.to_owned(),
    }
}

/// A message that was found, of any day: `2026-11-20 14:03 #개발 지은: 안녕`.
pub fn found(model: &Model, hit: &Hit) -> String {
    let day = short_day(hit.time, &model.zone);
    let time = model.clock().minute(hit.time);
    let mut tabs = model.tabs.iter();
    let tab = tabs.find(|tab| tab.room == hit.room);
    let room = match (tab, &hit.room) {
        (Some(tab), _) => window_name(tab),
        (None, Address::Room(name)) => format!("#{name}"),
        (None, Address::Direct(_)) => "@?".to_owned(),
    };
    format!("{day} {time} {room} {}: {}", hit.nick, hit.text)
}

/// The room that lines go to, as it stands: its topic, its members, what is new.
pub fn here(model: &Model, facts: &dyn Facts, tab: &Tab) -> String {
    let words = model.words();
    let known = facts.room(&tab.room);
    let count = known.map_or(0, |room| room.count);
    let members = (!tab.is_direct()).then(|| fill(words.line_members, &[&count.to_string()]));
    let topic = known.and_then(|room| room.topic).map(|topic| {
        let text = Sanitized::line(&topic.text);
        fill(words.line_topic, &[text.as_str()])
    });
    let here = fill(words.line_here, &[&window_name(tab)]);
    let parts = std::iter::once(here)
        .chain(members)
        .chain(topic)
        .chain(unread(model, tab));
    parts.collect::<Vec<_>>().join("; ")
}

/// How much is new in a room; nothing where nothing is.
pub fn unread(model: &Model, tab: &Tab) -> Option<String> {
    let words = model.words();
    let count = tab.unread.to_string();
    match (tab.unread, tab.mentions) {
        (0, _) => None,
        (_, 0) => Some(fill(words.line_new, &[&count])),
        (_, mentions) => Some(fill(
            words.line_new_mentions,
            &[&count, &mentions.to_string()],
        )),
    }
}
