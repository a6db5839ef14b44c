//! What is true on the screen: its size and manners, the tabs, the form, a popup, a note.
//!
//! The model is plain data and pure functions of it. It knows the keys by their names, but not
//! what one leads to, and no colours; what the server says it knows through [`Facts`] only.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::TimeZone;
use protocol::identity::Fingerprint;
use protocol::position::{Address, Position};

use crate::session::Now;
use crate::text::cells::Widths;
use crate::text::editor::Editor;

pub mod completion;
pub mod draft;
pub mod facts;
pub mod find;
pub mod form;
pub mod keys;
pub mod layout;
pub mod lines;
pub mod log;
pub mod mention;
pub mod notify;
pub mod past;
pub mod paste;
pub mod point;
pub mod popup;
pub mod quotes;
pub mod roster;
pub mod speakers;
pub mod status;
pub mod switch;
pub mod tab;
pub mod timeline;
pub mod words;

use completion::Completion;
use draft::Draft;
pub use facts::{Facts, RoomFacts};
use find::{Mentions, Search};
use form::Form;
use keys::Keys;
use lines::Lines;
use log::Hours;
use notify::{Gathered, Notify};
use past::Jump;
use popup::Popup;
use status::Note;
use tab::Tab;
use timeline::{TIMELINE_BYTES_MIN, TIMELINES_BYTES_MAX};
use words::{Language, Words};

/// How long a key counts as the person's attention on a terminal that never told its focus.
pub const ATTENTION_AFTER_KEY: Duration = Duration::from_secs(30);

/// Which colours the terminal shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colours {
    /// None: bold, underline and reverse only.
    None,
    /// The terminal's own sixteen.
    #[default]
    Sixteen,
    /// The 256 of xterm.
    Many,
    /// All that there are.
    True,
}

/// For whose eyes the colours are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Palette {
    /// Who sees all colours.
    #[default]
    Usual,
    /// Who confuses red and green.
    RedGreen,
    /// Who confuses blue and yellow.
    BlueYellow,
}

/// How light and how strong the colours are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeChoice {
    /// By the background that the terminal reports.
    #[default]
    Auto,
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
    /// White on black, or black on white where the terminal reports a light background.
    HighContrast,
}

/// Whether the person looks at this terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    /// The terminal never said.
    #[default]
    Unknown,
    /// It is in front.
    In,
    /// Another one is.
    Out,
}

/// What is given at the start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Columns and rows.
    pub size: (u16, u16),
    /// The language of the interface.
    pub language: Language,
    /// Which colours there are.
    pub colours: Colours,
    /// How light and strong they are.
    pub theme: ThemeChoice,
    /// For whose eyes they are.
    pub palette: Palette,
    /// What the keys do.
    pub keys: Keys,
    /// Where the person's clock is.
    pub zone: TimeZone,
    /// How it counts the hours.
    pub hours: Hours,
    /// Words besides the nick that mention the person.
    pub mention_words: Vec<String>,
    /// Drafts of another day, by room.
    pub drafts: BTreeMap<Address, Draft>,
    /// The last message seen, by room.
    pub read: BTreeMap<Address, Position>,
    /// Which messages notify, in rooms where it is not the usual.
    pub notify: BTreeMap<Address, Notify>,
    /// What the person sits at.
    pub desk: Desk,
}

/// What the person sits at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Desk {
    /// Whether the program takes the mouse, while it needs it.
    pub mouse: bool,
    /// Whether it is another machine than this program's, so that nothing can be opened here for the person.
    pub is_remote: bool,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            mouse: true,
            is_remote: false,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            size: (80, 24),
            language: Language::default(),
            colours: Colours::default(),
            theme: ThemeChoice::default(),
            palette: Palette::default(),
            keys: Keys::default(),
            zone: TimeZone::UTC,
            hours: Hours::default(),
            mention_words: Vec::new(),
            drafts: BTreeMap::new(),
            read: BTreeMap::new(),
            notify: BTreeMap::new(),
            desk: Desk::default(),
        }
    }
}

/// Everything that the screen shows and that the session does not know.
#[derive(Clone, Debug)]
pub struct Model {
    /// Columns and rows.
    pub size: (u16, u16),
    /// How wide this terminal draws.
    pub widths: Widths,
    /// The terminal's background as red, green, blue; nothing until it told.
    pub background: Option<(u8, u8, u8)>,
    /// Which colours there are.
    pub colours: Colours,
    /// How light and strong they are.
    pub theme: ThemeChoice,
    /// For whose eyes they are.
    pub palette: Palette,
    /// The language of the interface.
    pub language: Language,
    /// What the keys do.
    pub keys: Keys,
    /// The sentences with these keys in them: English, Korean.
    words: [&'static Words; 2],
    /// Where the person's clock is.
    pub zone: TimeZone,
    /// How it counts the hours.
    pub hours: Hours,
    /// Words besides the nick that mention the person.
    pub mention_words: Vec<String>,
    /// The time of the last input.
    pub now: Now,
    /// Whether the person looks here.
    pub focus: Focus,
    /// When the last key came, on the clock of [`Now::elapsed`].
    pub last_key: Option<Duration>,
    /// The server as it stands on the screen: host and port.
    pub server: String,
    /// The server was never met before: its key is still to be shown to the person.
    pub first_visit: Option<Fingerprint>,
    /// What is said to the server can be read and changed on the way.
    pub exposed: bool,
    /// Rooms and conversations in the order of the tabs.
    pub tabs: Vec<Tab>,
    /// Which of them is shown.
    pub active: usize,
    /// The one shown before, to which closing a tab goes back.
    pub previous: Option<Address>,
    /// What is written while no room is shown.
    pub spare: Editor,
    /// The first-run form, while it is shown.
    pub form: Option<Form>,
    /// What stands over the rest.
    pub popup: Option<Popup>,
    /// What was looked for last.
    pub search: Box<Search>,
    /// The messages that speak to the person.
    pub mentions: Mentions,
    /// A message that is being gone to.
    pub jump: Option<Jump>,
    /// Whether the log is shown alone, for the terminal's own selection.
    pub bare: bool,
    /// What the person sits at.
    pub desk: Desk,
    /// The menu of Tab.
    pub completion: Option<Completion>,
    /// One sentence at the bottom, until the next key.
    pub note: Option<Note>,
    /// The rooms of the server, as told last; for completion.
    pub known_rooms: Vec<popup::RoomRow>,
    /// Drafts whose room is not open yet.
    pub drafts: BTreeMap<Address, Draft>,
    /// Positions seen in rooms that are not open yet.
    pub read: BTreeMap<Address, Position>,
    /// Which messages notify, in rooms where it is not the usual.
    pub notify: BTreeMap<Address, Notify>,
    /// What waits to be notified.
    pub gathered: Gathered,
    /// Rooms whose draft or position is to be kept on disk.
    pub unsaved: Unsaved,
    /// An Enter that waits for a late syllable.
    pub held_enter: Option<HeldEnter>,
    /// A room that was left just now, where a late syllable may belong.
    pub left_room: Option<LeftRoom>,
    /// The first key of two that belong together.
    pub first_key: Option<crate::key::Key>,
    /// Whether another Ctrl+C leaves.
    pub leave_armed: bool,
    /// The window's title as set last.
    pub title: String,
    /// Where it is read line by line and no screen is drawn: what was said.
    pub lines: Option<Box<Lines>>,
}

/// What is to be kept on disk, and when.
#[derive(Clone, Debug, Default)]
pub struct Unsaved {
    /// Rooms whose draft changed.
    pub drafts: Vec<Address>,
    /// Rooms of which more was seen.
    pub read: Vec<Address>,
    /// When they are to be saved, on the clock of [`Now::elapsed`].
    pub due: Option<Duration>,
}

/// An Enter behind a Hangul syllable: the input method may send its last one only now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldEnter {
    /// When it stands, on the clock of [`Now::elapsed`].
    pub until: Duration,
    /// The key that came since; a second one settles what it was.
    pub late: Option<crate::key::Key>,
}

/// A room from which a key led away: the input method may send the last syllable written there only now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftRoom {
    /// The room; none where nothing was entered yet.
    pub room: Option<Address>,
    /// Until when a syllable belongs there, on the clock of [`Now::elapsed`].
    pub until: Duration,
    /// The syllable that came since; a second key settles that it is the beginning of a new text.
    pub late: Option<crate::key::Key>,
}

impl Model {
    /// A screen with nothing on it.
    pub fn new(settings: Settings, now: Now) -> Self {
        Self {
            size: settings.size,
            widths: Widths::default(),
            background: None,
            colours: settings.colours,
            theme: settings.theme,
            palette: settings.palette,
            language: settings.language,
            words: [Language::English, Language::Korean]
                .map(|language| language.words_with(&settings.keys)),
            keys: settings.keys,
            zone: settings.zone,
            hours: settings.hours,
            mention_words: settings.mention_words,
            now,
            focus: Focus::default(),
            last_key: None,
            server: String::new(),
            first_visit: None,
            exposed: false,
            tabs: Vec::new(),
            active: 0,
            previous: None,
            spare: Editor::default(),
            form: None,
            popup: None,
            search: Box::default(),
            mentions: Mentions::default(),
            jump: None,
            bare: false,
            desk: settings.desk,
            completion: None,
            note: None,
            known_rooms: Vec::new(),
            drafts: settings.drafts,
            read: settings.read,
            notify: settings.notify,
            gathered: Gathered::default(),
            unsaved: Unsaved::default(),
            held_enter: None,
            left_room: None,
            first_key: None,
            leave_armed: false,
            title: String::new(),
            lines: None,
        }
    }

    /// The sentences of the interface.
    pub fn words(&self) -> &'static Words {
        let [english, korean] = self.words;
        match self.language {
            Language::English => english,
            Language::Korean => korean,
        }
    }

    /// The tab that is shown.
    pub fn tab(&self) -> Option<&Tab> {
        self.tabs.get(self.active).filter(|tab| !tab.hidden)
    }

    /// The tab that is shown.
    pub fn tab_mut(&mut self) -> Option<&mut Tab> {
        self.tabs.get_mut(self.active).filter(|tab| !tab.hidden)
    }

    /// The form, where it covers the screen.
    pub fn shown_form(&self) -> Option<&Form> {
        self.form.as_ref().filter(|form| !form.direct)
    }

    /// What is being written.
    pub fn draft(&self) -> &Editor {
        self.tab().map_or(&self.spare, |tab| &tab.draft)
    }

    /// What is being written.
    pub fn draft_mut(&mut self) -> &mut Editor {
        match self.tabs.get_mut(self.active).filter(|tab| !tab.hidden) {
            Some(tab) => &mut tab.draft,
            None => &mut self.spare,
        }
    }

    /// Whether a text speaks to the person, who goes by this nick.
    pub fn is_mention(&self, text: &str, nick: &str) -> bool {
        mention::mentions(text, nick)
            || self
                .mention_words
                .iter()
                .any(|word| mention::mentions(text, word))
    }

    /// What is marked in a message that speaks to the person.
    pub fn mention_terms(&self, nick: &str) -> find::Terms {
        let text = protocol::search::SearchText::normalized(nick);
        text.map(|text| find::Terms::of(&text)).unwrap_or_default()
    }

    /// The memory that the messages of one room may take, in bytes.
    pub fn timeline_share(&self) -> usize {
        let share = TIMELINES_BYTES_MAX / self.tabs.len().max(1);
        share.max(TIMELINE_BYTES_MIN)
    }

    /// The tab of a room, hidden ones too.
    pub fn tab_of(&mut self, room: &Address) -> Option<&mut Tab> {
        self.tabs.iter_mut().find(|tab| tab.room == *room)
    }

    /// Whether the tab of a room is the one that is shown.
    pub fn is_active(&self, room: &Address) -> bool {
        self.tab().is_some_and(|tab| tab.room == *room)
    }

    /// The tabs that are seen, with their index in [`Model::tabs`].
    pub fn shown_tabs(&self) -> impl DoubleEndedIterator<Item = (usize, &Tab)> {
        self.tabs.iter().enumerate().filter(|(_, tab)| !tab.hidden)
    }

    /// Whether the person looks at this terminal now.
    pub fn is_attended(&self) -> bool {
        match self.focus {
            Focus::In => true,
            Focus::Out => false,
            Focus::Unknown => self
                .last_key
                .is_some_and(|at| self.now.elapsed.saturating_sub(at) < ATTENTION_AFTER_KEY),
        }
    }
}
