//! The form of the first run: a server, a room, a nick, and what is wrong with each.

use protocol::names::RoomName;

use crate::text::editor::Editor;
use crate::text::sanitized::Sanitized;

use super::popup::RoomRow;

/// What can have the caret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The server's address.
    #[default]
    Server,
    /// The room.
    Room,
    /// The nick.
    Nick,
    /// The button that goes in.
    Enter,
    /// The button that opens a server here.
    Host,
}

impl Field {
    /// All, in the order of Tab.
    pub const ALL: [Self; 5] = [
        Self::Server,
        Self::Room,
        Self::Nick,
        Self::Enter,
        Self::Host,
    ];
}

/// One field of the form.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// The text.
    pub editor: Editor,
    /// What is wrong with it, a whole sentence.
    pub problem: Option<Sanitized>,
    /// Whether the command line gave it, so that Enter passes over it.
    pub given: bool,
}

impl Input {
    /// A field filled in with `text`.
    pub fn new(text: &str, given: bool) -> Self {
        let mut editor = Editor::default();
        let fits = editor.set(text);
        Self {
            editor,
            problem: None,
            given: given && fits,
        }
    }
}

/// How far the form is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Nothing is under way.
    #[default]
    Filling,
    /// The server is being looked at.
    Probing,
    /// The server is there.
    Found,
    /// A server is being opened here.
    Hosting,
    /// The person goes in.
    Entering,
}

/// The form.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// The server's address.
    pub server: Input,
    /// The room.
    pub room: Input,
    /// The nick.
    pub nick: Input,
    /// Rooms to enter besides, once that one is entered.
    pub further_rooms: Vec<RoomName>,
    /// What has the caret.
    pub focus: Field,
    /// How far it is.
    pub stage: Stage,
    /// The address that was looked at last.
    pub probed: String,
    /// The rooms of the server, once they are known.
    pub rooms: Option<Vec<RoomRow>>,
    /// Which offered room was taken by Up and Down last.
    pub offered: Option<usize>,
    /// Whether everything was given, so that the main screen is shown until something fails.
    pub direct: bool,
    /// Whether the server took the nick since the person began to go in.
    pub welcomed: bool,
}

impl Form {
    /// A form filled in with values, each with whether the command line gave it. The caret is in the
    /// first field that was not given, or at the button.
    pub fn new(server: (&str, bool), room: (&str, bool), nick: (&str, bool)) -> Self {
        let mut form = Self {
            server: Input::new(server.0, server.1),
            room: Input::new(room.0, room.1),
            nick: Input::new(nick.0, nick.1),
            ..Self::default()
        };
        form.focus = form.first_open(Field::Server);
        form
    }

    /// The field that holds text, or nothing for a button.
    pub fn input(&self, field: Field) -> Option<&Input> {
        match field {
            Field::Server => Some(&self.server),
            Field::Room => Some(&self.room),
            Field::Nick => Some(&self.nick),
            Field::Enter | Field::Host => None,
        }
    }

    /// The field that holds text, or nothing for a button.
    pub fn input_mut(&mut self, field: Field) -> Option<&mut Input> {
        match field {
            Field::Server => Some(&mut self.server),
            Field::Room => Some(&mut self.room),
            Field::Nick => Some(&mut self.nick),
            Field::Enter | Field::Host => None,
        }
    }

    /// The first field from `field` on that the person has to fill in; the button where there is none.
    pub fn first_open(&self, field: Field) -> Field {
        Field::ALL
            .into_iter()
            .filter(|other| *other >= field)
            .find(|other| !self.input(*other).is_some_and(|input| input.given))
            .unwrap_or(Field::Enter)
    }
}
