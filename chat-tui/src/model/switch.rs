//! The quick way to another room: what was typed of a name, and where it can lead.
//!
//! Which rows there are, and in which order, follows from what the screen and the session know; nothing is asked for here.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use protocol::names::{Nick, RoomName};
use protocol::position::{Address, PersonId};

use super::tab::Tab;
use super::{Facts, Model};
use crate::text::editor::Editor;
use crate::text::matching::Sought;
use crate::text::sanitized::Sanitized;

/// Most rows offered; who wants another one types a letter more.
pub const SWITCH_ROWS_MAX: usize = 100;

/// Most people that are looked through, those of the open rooms in the order of the tabs.
pub const PEOPLE_MAX: usize = 2_000;

/// Points of an open room beside those for its name, of one with something new, and of one of the server.
const OPEN: u32 = 12;
const NEW: u32 = 8;
const LISTED: u32 = 6;

/// The switcher.
#[derive(Clone, Debug, Default)]
pub struct Switch {
    /// What was typed.
    pub field: Editor,
    /// Where it can lead, the best first.
    pub rows: Vec<Row>,
    /// Which one Enter takes.
    pub chosen: usize,
}

/// One place to go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it leads.
    pub target: Target,
    /// Its name.
    pub name: Sanitized,
    /// Unread messages there.
    pub unread: usize,
    /// Whether some of them speak to the person.
    pub is_called: bool,
}

/// Where a row leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An open room or conversation.
    Tab(Address),
    /// A room of the server that so many are in.
    Room(RoomName, usize),
    /// A person to talk with.
    Person(Nick),
    /// A room that nobody knows of yet.
    New(RoomName),
}

/// Which names are looked through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Among {
    All,
    Rooms,
    People,
}

/// Where `typed` can lead; `#` before it leads to rooms alone, `@` to people alone.
pub fn rows(model: &Model, facts: &dyn Facts, typed: &str) -> Vec<Row> {
    let typed = typed.trim();
    let (among, name) = match (typed.strip_prefix('#'), typed.strip_prefix('@')) {
        (Some(rest), _) => (Among::Rooms, rest),
        (_, Some(rest)) => (Among::People, rest),
        (None, None) => (Among::All, typed),
    };
    let sought = Sought::new(name);
    let mut found: Vec<(u32, usize, Row)> = Vec::new();
    let mut offer = |more: u32, row: Row| {
        if let Some(points) = sought.score(row.name.as_str()) {
            let points = points.saturating_add(if sought.is_empty() { 0 } else { more });
            found.push((points, row.name.as_str().chars().count(), row));
        }
    };
    for tab in tabs(model, among) {
        let row = row_of(tab);
        let is_new = row.unread > 0;
        offer(OPEN + if is_new { NEW } else { 0 }, row);
    }
    if among != Among::People {
        for room in &model.known_rooms {
            let is_open = model.tabs.iter().any(|tab| is_named(tab, &room.name));
            if !is_open {
                let target = Target::Room(room.name.clone(), room.members);
                offer(LISTED, bare(target, room.name.as_str()));
            }
        }
    }
    if among != Among::Rooms {
        for (nick, shown) in people(model, facts) {
            offer(0, bare(Target::Person(nick), shown.as_str()));
        }
    }
    // Of equal ones the order stays, which is that of what is new and of the tabs.
    if !sought.is_empty() {
        found.sort_by_key(|(points, length, _)| (Reverse(*points), *length));
    }
    let mut rows: Vec<Row> = found.into_iter().map(|(.., row)| row).collect();
    rows.truncate(SWITCH_ROWS_MAX);
    if among != Among::People
        && let Ok(name) = RoomName::normalized(name)
        && !model.known_rooms.iter().any(|room| room.name == name)
        && !model.tabs.iter().any(|tab| is_named(tab, &name))
    {
        let shown = name.as_str().to_owned();
        rows.push(bare(Target::New(name), &shown));
    }
    rows
}

/// The open rooms and conversations: those with something for the person first, then those with something new, then the one
/// before this one, the one that is shown last.
fn tabs(model: &Model, among: Among) -> Vec<&Tab> {
    let mut tabs: Vec<&Tab> = model
        .tabs
        .iter()
        .filter(|tab| match among {
            Among::All => true,
            Among::Rooms => !tab.is_direct(),
            Among::People => tab.is_direct(),
        })
        .collect();
    tabs.sort_by_key(|tab| {
        let is_active = model.is_active(&tab.room);
        let is_previous = model.previous.as_ref() == Some(&tab.room);
        (
            is_active,
            !is_called(tab),
            tab.unread == 0,
            !is_previous,
            tab.hidden,
        )
    });
    tabs
}

/// Whether something new in a tab speaks to the person.
pub fn is_called(tab: &Tab) -> bool {
    tab.mentions > 0 || (tab.is_direct() && tab.unread > 0)
}

fn is_named(tab: &Tab, name: &RoomName) -> bool {
    matches!(&tab.room, Address::Room(room) if room == name)
}

fn row_of(tab: &Tab) -> Row {
    Row {
        target: Target::Tab(tab.room.clone()),
        name: Sanitized::line(&tab.name()),
        unread: tab.unread,
        is_called: is_called(tab),
    }
}

fn bare(target: Target, name: &str) -> Row {
    Row {
        target,
        name: Sanitized::line(name),
        unread: 0,
        is_called: false,
    }
}

/// The people of the open rooms with whom no conversation is open.
fn people(model: &Model, facts: &dyn Facts) -> Vec<(Nick, Sanitized)> {
    let me = facts.person();
    let pairs = model.tabs.iter().filter_map(|tab| tab.room.pair());
    let mut known: BTreeSet<PersonId> = pairs.filter_map(|pair| pair.other(me?)).collect();
    known.extend(me);
    let mut people = Vec::new();
    let rooms = model.tabs.iter().filter(|tab| !tab.is_direct());
    for member in rooms.flat_map(|tab| facts.members(&tab.room, 0, PEOPLE_MAX)) {
        if people.len() >= PEOPLE_MAX {
            break;
        }
        if !known.insert(member.person) {
            continue;
        }
        if let Ok(nick) = Nick::normalized(&member.nick) {
            people.push((nick, Sanitized::line(&format!("@{}", member.nick))));
        }
    }
    people
}
