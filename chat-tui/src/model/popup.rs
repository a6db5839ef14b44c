//! What stands over the rest of the screen until Esc.

use protocol::names::RoomName;

use super::switch::Switch;
use crate::text::sanitized::Sanitized;

/// Rows of a popup besides its content: two edges, the title, a blank row, the keys.
pub const POPUP_ROWS_AROUND: u16 = 5;

/// How many of `rows` rows of content a popup shows on a screen of `screen` rows.
pub fn content_rows(screen: u16, rows: usize) -> usize {
    usize::from(screen.saturating_sub(POPUP_ROWS_AROUND)).min(rows)
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
    /// The members of the room that is shown, where there is no column for them.
    Members {
        /// Members above the first one shown.
        scroll: usize,
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
