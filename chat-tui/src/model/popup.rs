//! What stands over the rest of the screen until Esc.

use protocol::names::RoomName;

use super::log::Choice;
use super::paste::Paste;
use super::switch::Switch;
use crate::text::sanitized::Sanitized;

/// Rows of a popup besides its content: two of padding, the title, the keys, a blank one below and above them.
pub const POPUP_ROWS_AROUND: u16 = 6;

/// Rows of content without which a popup goes without all that.
const CONTENT_ROWS_MIN: u16 = 3;

/// The rows around the content on a screen of `screen` rows; none on a low one.
pub const fn rows_around(screen: u16) -> u16 {
    if screen < POPUP_ROWS_AROUND + CONTENT_ROWS_MIN {
        0
    } else {
        POPUP_ROWS_AROUND
    }
}

/// How many of `rows` rows of content a popup shows on a screen of `screen` rows.
pub fn content_rows(screen: u16, rows: usize) -> usize {
    usize::from(screen.saturating_sub(rows_around(screen))).min(rows)
}

/// A popup.
#[derive(Clone, Debug)]
pub enum Popup {
    /// Keys and commands.
    Help {
        /// Keys at the left, what they do at the right; no keys: a line alone.
        lines: Vec<(String, String)>,
        /// Lines above the first one shown.
        scroll: usize,
    },
    /// The rooms of the server.
    Rooms {
        /// The rooms; nothing until they are here.
        rooms: Option<Vec<RoomRow>>,
        /// Which one Enter enters.
        chosen: usize,
    },
    /// What was said, looked through; its state is [`Model::search`](super::Model::search).
    Search,
    /// The messages that speak to the person; their state is [`Model::mentions`](super::Model::mentions).
    Mentions,
    /// The way to another room, conversation or person.
    Switch(Box<Switch>),
    /// What is to become of a long paste.
    Paste(Paste),
    /// The members of the room that is shown, where there is no column for them.
    Members {
        /// Members above the first one shown.
        scroll: usize,
    },
    /// The addresses on the screen, or those of one message.
    Links {
        /// The addresses, from the top; at least one.
        links: Vec<Choice>,
        /// Which one Enter opens.
        chosen: usize,
    },
}

/// A room of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomRow {
    /// Its name.
    pub name: RoomName,
    /// Its topic, may be empty.
    pub topic: Sanitized,
    /// How many are in.
    pub members: usize,
}
