//! A screen with a made-up session behind it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use chat_tui::key::{Code, Key};
use chat_tui::model::form::Form;
use chat_tui::model::keys::Keys;
use chat_tui::model::paste::Pace;
use chat_tui::model::words::Language;
use chat_tui::model::{Colours, Facts, Model, RoomFacts, Settings};
use chat_tui::session::{Body, Command, Link, LocalId, News, Now, Pending, State};
use chat_tui::text::links::unlinked;
use chat_tui::update::{Effect, Msg, begin, update};
use chat_tui::view::view;
use jiff::tz::TimeZone;
use protocol::event::{Change, Former, Kind, Member, Message, Start, Status, Topic, What};
use protocol::identity::{Identity, PublicKey};
use protocol::names::MessageText;
use protocol::position::{Address, MessageId, Pair, PersonId, Position};
use protocol::request::SendKind;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// 2026-11-21 14:12 in Seoul.
pub(crate) const NOW_MS: u64 = 1_795_237_920_000;

/// The person at the screen.
pub(crate) const ME: u8 = 1;

/// What the session would know.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) link: Link,
    pub(crate) nick: Option<String>,
    pub(crate) rooms: BTreeMap<Address, Room>,
    pub(crate) pending: Vec<Pending>,
    pub(crate) is_held: bool,
    pub(crate) text_bytes: usize,
    pub(crate) topic_bytes: usize,
    /// Members that were asked for, one by one.
    pub(crate) members_asked: Cell<usize>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Room {
    pub(crate) topic: Option<Topic>,
    pub(crate) members: Vec<Member>,
    pub(crate) count: usize,
    pub(crate) other: Option<String>,
    pub(crate) former: Option<Former>,
    pub(crate) passed_on: bool,
}

impl Facts for Session {
    fn link(&self) -> &Link {
        &self.link
    }

    fn person(&self) -> Option<PersonId> {
        Some(person(ME))
    }

    fn nick(&self) -> Option<&str> {
        self.nick.as_deref()
    }

    fn server_key(&self) -> Option<PublicKey> {
        Some(Identity::from_secret(&[2; 32]).public())
    }

    fn room(&self, room: &Address) -> Option<RoomFacts<'_>> {
        self.rooms.get(room).map(|room| RoomFacts {
            topic: room.topic.as_ref(),
            count: room.count,
            other: room.other.as_deref(),
            former: room.former,
            passed_on: room.passed_on,
        })
    }

    fn members(&self, room: &Address, skip: usize, take: usize) -> Vec<&Member> {
        let members = self.rooms.get(room).map_or(&[][..], |room| &room.members);
        let given: Vec<&Member> = members.iter().skip(skip).take(take).collect();
        self.members_asked
            .set(self.members_asked.get() + given.len());
        given
    }

    fn pending(&self, room: &Address) -> Vec<&Pending> {
        self.pending.iter().filter(|p| p.room == *room).collect()
    }

    fn unsent(&self) -> usize {
        self.pending
            .iter()
            .filter(|p| matches!(p.state, State::Waiting | State::Sent))
            .count()
    }

    fn is_held(&self) -> bool {
        self.is_held
    }

    fn text_bytes(&self) -> usize {
        self.text_bytes
    }

    fn topic_bytes(&self) -> usize {
        self.topic_bytes
    }

    fn pace(&self) -> Pace {
        Pace {
            burst: 10,
            per_second: 5,
        }
    }
}

pub(crate) fn person(number: u8) -> PersonId {
    PersonId::from_bytes([number; 16])
}

pub(crate) fn room(name: &str) -> Address {
    name.parse().unwrap()
}

pub(crate) fn direct(other: u8) -> Address {
    Address::Direct(Pair::new(person(ME), person(other)).unwrap())
}

pub(crate) fn at(n: u64) -> Position {
    Position::new(1, n)
}

/// A member by number and nick.
pub(crate) fn member(number: u8, nick: &str) -> Member {
    Member {
        former: None,
        person: person(number),
        nick: nick.to_owned(),
        status: Status::Here,
        guest: false,
    }
}

/// A message; the time is minutes after 13:00 in Seoul.
pub(crate) fn message(
    room: &Address,
    n: u64,
    who: u8,
    nick: &str,
    minute: u64,
    text: &str,
) -> Message {
    Message {
        room: room.clone(),
        position: at(n),
        id: MessageId {
            person: person(who),
            device: 0,
            seq: n,
        },
        nick: nick.to_owned(),
        time: NOW_MS - 72 * 60_000 + minute * 60_000,
        kind: Kind::Message,
        text: text.to_owned(),
        reply_to: None,
    }
}

pub(crate) fn pending(local: u64, room: &Address, text: &str, state: State) -> Pending {
    Pending {
        local: LocalId(local),
        room: room.clone(),
        body: Body::Text {
            kind: SendKind::Message,
            text: MessageText::normalized(text).unwrap(),
            reply_to: None,
        },
        time: NOW_MS,
        seq: None,
        state,
    }
}

/// The screen and what is behind it.
pub(crate) struct Screen {
    pub(crate) model: Model,
    pub(crate) session: Session,
    pub(crate) now: Now,
    /// What was to be done since the last look.
    pub(crate) effects: Vec<Effect>,
}

impl Screen {
    pub(crate) fn new(columns: u16, rows: u16, language: Language) -> Self {
        Self::with_keys(columns, rows, language, Keys::default())
    }

    /// A screen whose keys are the person's own.
    pub(crate) fn with_keys(columns: u16, rows: u16, language: Language, keys: Keys) -> Self {
        let now = Now {
            elapsed: Duration::from_secs(100),
            unix_ms: NOW_MS,
        };
        let settings = Settings {
            size: (columns, rows),
            language,
            keys,
            colours: Colours::Many,
            zone: TimeZone::fixed(jiff::tz::offset(9)),
            ..Settings::default()
        };
        let session = Session {
            link: Link::Online,
            nick: Some("민수".to_owned()),
            rooms: BTreeMap::new(),
            pending: Vec::new(),
            is_held: false,
            text_bytes: 4_096,
            topic_bytes: 512,
            members_asked: Cell::default(),
        };
        let mut model = Model::new(settings, now);
        model.server = "chat.example".to_owned();
        Self {
            model,
            session,
            now,
            effects: Vec::new(),
        }
    }

    /// A small English screen in the room `lobby`, live and empty, the person being `민수`.
    pub(crate) fn lobby(columns: u16, rows: u16) -> Self {
        let mut screen = Self::new(columns, rows, Language::English);
        screen.msg(Msg::Focus(true));
        screen.enter(&room("lobby"), &[member(ME, "민수")]);
        screen.effects.clear();
        screen
    }

    /// A Korean room with members and a topic, and other tabs beside it; nothing is said yet.
    pub(crate) fn korean(columns: u16, rows: u16) -> Self {
        let mut screen = Self::new(columns, rows, Language::Korean);
        let dev = room("개발");
        screen.msg(Msg::Focus(true));
        let mut hajun = member(7, "하준");
        hajun.status = Status::Reconnecting;
        let members = [
            member(2, "도윤"),
            member(ME, "민수"),
            member(3, "서연"),
            member(4, "지은"),
            member(5, "Dr_Willis"),
            member(6, "jieun.k"),
            hajun,
        ];
        screen.enter(&dev, &members);
        screen.session.rooms.get_mut(&dev).unwrap().topic = Some(Topic {
            text: "0.9 릴리스 준비 ∙ 배포는 금요일 16시".to_owned(),
            nick: "서연".to_owned(),
            time: NOW_MS,
        });
        screen.enter(&room("잡담"), &[]);
        screen.enter(&room("rust"), &[]);
        screen.enter_direct(4, "지은");
        screen
    }

    /// The session knows of a conversation with somebody; gives its address.
    pub(crate) fn know_direct(&mut self, person: u8, nick: &str) -> Address {
        let whisper = direct(person);
        let known = Room {
            other: Some(nick.to_owned()),
            ..Room::default()
        };
        self.session.rooms.insert(whisper.clone(), known);
        whisper
    }

    /// The session enters a conversation with somebody; gives its address.
    pub(crate) fn enter_direct(&mut self, person: u8, nick: &str) -> Address {
        let whisper = self.know_direct(person, nick);
        self.enter(&whisper, &[]);
        whisper
    }

    /// The session enters a room; all messages of it are here.
    pub(crate) fn enter(&mut self, room: &Address, members: &[Member]) {
        let known = self.session.rooms.entry(room.clone()).or_default();
        known.members = members.to_vec();
        known.count = members.len();
        self.news(News::Entered {
            room: room.clone(),
            start: Start::Latest,
            welcome: None,
        });
        self.news(News::CaughtUp {
            room: room.clone(),
            more: false,
        });
    }

    pub(crate) fn begin(&mut self, form: Form) {
        let effects = begin(&mut self.model, &self.session, form, self.now);
        self.effects.extend(effects);
    }

    pub(crate) fn msg(&mut self, msg: Msg) {
        let effects = update(&mut self.model, &self.session, msg, self.now);
        self.effects.extend(effects);
    }

    pub(crate) fn news(&mut self, news: News) {
        self.msg(Msg::News(news));
    }

    /// A live message.
    pub(crate) fn says(&mut self, message: Message) {
        self.news(News::Message {
            message,
            missed: false,
            local: None,
        });
    }

    pub(crate) fn presence(&mut self, room: &Address, what: What, who: u8, nick: &str) {
        self.news(News::Presence {
            room: room.clone(),
            change: Change {
                former: None,
                what,
                person: person(who),
                nick: nick.to_owned(),
                was: None,
                guest: false,
            },
        });
    }

    pub(crate) fn press(&mut self, key: Key) {
        self.msg(Msg::Key(key));
    }

    pub(crate) fn code(&mut self, code: Code) {
        self.press(Key::plain(code));
    }

    /// Types a text; a line feed is Enter.
    pub(crate) fn types(&mut self, text: &str) {
        for c in text.chars() {
            self.code(match c {
                '\n' => Code::Enter,
                '\t' => Code::Tab,
                c => Code::Char(c),
            });
        }
    }

    /// Lets time go by.
    pub(crate) fn wait(&mut self, time: Duration) {
        self.now.elapsed += time;
        self.now.unix_ms += u64::try_from(time.as_millis()).unwrap();
        self.msg(Msg::Tick);
    }

    /// Types a line and lets an Enter behind Hangul stand.
    pub(crate) fn line(&mut self, text: &str) {
        self.types(text);
        self.code(Code::Enter);
        self.wait(Duration::from_millis(50));
    }

    /// What was to be done since the last look, without saves and titles.
    pub(crate) fn done(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
            .into_iter()
            .filter(|effect| {
                !matches!(
                    effect,
                    Effect::SaveDraft { .. } | Effect::SaveRead { .. } | Effect::Title(_)
                )
            })
            .collect()
    }

    /// What the session was told since the last look.
    pub(crate) fn commands(&mut self) -> Vec<Command> {
        self.done()
            .into_iter()
            .filter_map(|effect| {
                if let Effect::Session(command) = effect {
                    Some(command)
                } else {
                    None
                }
            })
            .collect()
    }

    pub(crate) fn draw(&self) -> (Buffer, Option<(u16, u16)>) {
        let (width, height) = self.model.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let caret = view(&self.model, &self.session, &mut buffer);
        (buffer, caret)
    }

    pub(crate) fn caret(&self) -> Option<(u16, u16)> {
        self.draw().1
    }

    /// The rows as text, without the blanks at their ends.
    pub(crate) fn rows(&self) -> Vec<String> {
        let (buffer, _) = self.draw();
        let area = *buffer.area();
        (0..area.height)
            .map(|y| {
                let mut row = String::new();
                let mut x = 0;
                while x < area.width {
                    let symbol = unlinked(buffer[(x, y)].symbol());
                    row.push_str(symbol);
                    x += u16::try_from(self.model.widths.width(symbol))
                        .unwrap()
                        .max(1);
                }
                row.trim_end().to_owned()
            })
            .collect()
    }

    /// Compares the whole screen. The drawing stands between bars, so that its edges are seen.
    #[track_caller]
    pub(crate) fn check(&self, drawing: &[&str]) {
        let rows = self.rows();
        let drawn: Vec<&str> = rows.iter().map(String::as_str).collect();
        assert!(drawn == drawing, "the screen is\n{}\n", rows.join("\n"));
    }

    /// Compares some rows from the bottom.
    #[track_caller]
    pub(crate) fn check_bottom(&self, drawing: &[&str]) {
        let rows = self.rows();
        let from = rows.len().saturating_sub(drawing.len());
        let drawn: Vec<&str> = rows.iter().skip(from).map(String::as_str).collect();
        assert!(drawn == drawing, "the screen is\n{}\n", rows.join("\n"));
    }

    #[track_caller]
    pub(crate) fn shows(&self, text: &str) {
        let screen = self.rows().join("\n");
        assert!(screen.contains(text), "{text:?} is not in\n{screen}\n");
    }

    #[track_caller]
    pub(crate) fn hides(&self, text: &str) {
        let screen = self.rows().join("\n");
        assert!(!screen.contains(text), "{text:?} is in\n{screen}\n");
    }
}

impl Screen {
    pub(crate) fn msg_focus(&mut self, has: bool) {
        self.msg(Msg::Focus(has));
    }
}
