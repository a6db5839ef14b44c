//! The first-run form: keys, looking at the server, going in, and what came of it.

use protocol::event::RoomInfo;
use protocol::limits::JOIN_MESSAGES;
use protocol::names::{Nick, RoomName};
use protocol::position::Address;

use super::compose::move_or_delete;
use super::keys::Action;
use super::late::ends_in_hangul;
use super::news::{is_stuck, nick_refused, room_rows};
use super::{Effect, Turn};
use crate::key::{Code, Key};
use crate::model::form::{Field, Form, Stage};
use crate::model::status::stopped;
use crate::model::words::fill;
use crate::session::{Command, Link};
use crate::text::sanitized::Sanitized;

impl Turn<'_> {
    /// Shows the form; goes in at once where every field was given.
    pub(super) fn begin(&mut self, form: Form) {
        let all_given = form.focus == Field::Enter;
        self.model.form = Some(form);
        if all_given {
            if let Some(form) = &mut self.model.form {
                form.direct = true;
            }
            self.go_in();
        } else {
            self.probe();
        }
    }

    pub(super) fn form_key(&mut self, key: Key, action: Option<Action>) {
        let Some(form) = &mut self.model.form else {
            return;
        };
        let focus = form.focus;
        match action {
            Some(Action::Enter) if may_get_more(form) => self.hold_enter(),
            Some(Action::Enter) => self.form_enter(),
            Some(Action::Up | Action::Down) if focus == Field::Room && form.rooms.is_some() => {
                self.offer(action == Some(Action::Up));
            }
            Some(Action::BackTab | Action::Up) => {
                self.focus_by(Field::ALL.len().saturating_sub(1));
            }
            Some(Action::Tab | Action::Down) => self.focus_by(1),
            Some(Action::Clear) => self.quit(),
            Some(Action::Leave)
                if form
                    .input(focus)
                    .is_none_or(|input| input.editor.is_empty()) =>
            {
                self.quit();
            }
            Some(Action::Suspend) => self.effects.push(Effect::Suspend),
            Some(Action::Retry) => self.probe(),
            Some(Action::Left | Action::Right) if form.input(focus).is_none() => {
                form.focus = if focus == Field::Enter {
                    Field::Host
                } else {
                    Field::Enter
                };
            }
            Some(action) => self.edit_field(|editor| move_or_delete(editor, action)),
            None => {
                if let Code::Char(c) = key.code
                    && !key.ctrl
                    && !key.alt
                {
                    self.edit_field(|editor| {
                        editor.insert(c.encode_utf8(&mut [0; 4]));
                    });
                }
            }
        }
    }

    fn edit_field(&mut self, change: impl FnOnce(&mut crate::text::editor::Editor)) {
        let Some(form) = &mut self.model.form else {
            return;
        };
        let focus = form.focus;
        if let Some(input) = form.input_mut(focus) {
            change(&mut input.editor);
            // What was said of the old text is not true of the new one.
            input.problem = None;
            form.offered = None;
        }
    }

    fn focus_by(&mut self, steps: usize) {
        let Some(form) = &mut self.model.form else {
            return;
        };
        let at = Field::ALL.iter().position(|field| *field == form.focus);
        let to = at.unwrap_or_default().saturating_add(steps) % Field::ALL.len();
        let left = form.focus;
        form.focus = Field::ALL.get(to).copied().unwrap_or_default();
        if left == Field::Server {
            self.probe();
        }
    }

    pub(super) fn form_enter(&mut self) {
        let Some(form) = &mut self.model.form else {
            return;
        };
        let next = match form.focus {
            Field::Server => Field::Room,
            Field::Room => Field::Nick,
            Field::Nick | Field::Enter => return self.go_in(),
            Field::Host => {
                form.stage = Stage::Hosting;
                form.server.problem = None;
                let server = form.server.editor.text().trim().to_owned();
                self.effects.push(Effect::Host { server });
                return;
            }
        };
        let was_server = form.focus == Field::Server;
        form.focus = form.first_open(next);
        let all_given = form.focus == Field::Enter;
        if was_server && !all_given {
            self.probe();
        }
        if all_given {
            self.go_in();
        }
    }

    /// Puts the next offered room into the field.
    fn offer(&mut self, up: bool) {
        let Some(form) = &mut self.model.form else {
            return;
        };
        let rooms = form.rooms.as_deref().unwrap_or_default();
        let last = rooms.len().saturating_sub(1);
        let at = match form.offered {
            None if up => last,
            None => 0,
            Some(at) if up => at.checked_sub(1).unwrap_or(last),
            Some(at) if at >= last => 0,
            Some(at) => at.saturating_add(1),
        };
        if let Some(room) = rooms.get(at) {
            form.room.editor.set(room.name.as_str());
            form.room.problem = None;
            form.offered = Some(at);
        }
    }

    /// Looks at the server if its address is another one than the last that was looked at.
    fn probe(&mut self) {
        let words = self.model.words();
        let Some(form) = &mut self.model.form else {
            return;
        };
        let server = form.server.editor.text().trim().to_owned();
        if server.is_empty() {
            form.server.problem = Some(Sanitized::line(words.form_server_empty));
            return;
        }
        let is_known =
            form.probed == server && form.server.problem.is_none() && form.stage != Stage::Filling;
        if is_known || form.stage == Stage::Entering {
            return;
        }
        form.probed.clone_from(&server);
        form.stage = Stage::Probing;
        form.server.problem = None;
        form.rooms = None;
        self.effects.push(Effect::Probe { server });
    }

    /// What a look at a server found; an answer about another address is late and of no use.
    pub(super) fn probed(&mut self, server: &str, result: Result<Vec<RoomInfo>, String>) {
        let words = self.model.words();
        let Some(form) = &mut self.model.form else {
            return;
        };
        if form.probed != server || form.stage != Stage::Probing {
            return;
        }
        match result {
            Ok(rooms) => {
                form.stage = Stage::Found;
                let rows = room_rows(&rooms);
                self.model.known_rooms.clone_from(&rows);
                form.rooms = Some(rows);
            }
            Err(why) => {
                form.stage = Stage::Filling;
                form.server.problem = Some(Sanitized::line(&fill(words.form_failed, &[&why])));
            }
        }
    }

    /// What came of opening a server here.
    pub(super) fn hosted(&mut self, result: Result<String, String>) {
        let words = self.model.words();
        let Some(form) = &mut self.model.form else {
            return;
        };
        form.stage = Stage::Filling;
        match result {
            Ok(server) => {
                form.server.editor.set(&server);
                form.focus = form.first_open(Field::Room);
                self.probe();
            }
            Err(why) => {
                form.server.problem = Some(Sanitized::line(&fill(words.form_failed, &[&why])));
            }
        }
    }

    /// Goes in, if the fields can be read; else says what is wrong at the first that cannot.
    fn go_in(&mut self) {
        let words = self.model.words();
        let Some(form) = &mut self.model.form else {
            return;
        };
        if form.stage == Stage::Entering {
            return;
        }
        let server = form.server.editor.text().trim().to_owned();
        let room = RoomName::normalized(form.room.editor.text());
        let nick = Nick::normalized(form.nick.editor.text());
        form.server.problem = server
            .is_empty()
            .then(|| Sanitized::line(words.form_server_empty));
        let problem = |error| Sanitized::line(&format!("! {}", words.name_refused(error)));
        form.room.problem = room.as_ref().err().map(problem);
        form.nick.problem = nick.as_ref().err().map(problem);
        let wrong = [Field::Server, Field::Room, Field::Nick]
            .into_iter()
            .find(|field| {
                form.input(*field)
                    .is_some_and(|input| input.problem.is_some())
            });
        let (Ok(room), Ok(nick), None) = (room, nick, wrong) else {
            form.focus = wrong.unwrap_or_default();
            form.direct = false;
            return;
        };
        form.stage = Stage::Entering;
        form.welcomed = false;
        let is_direct = form.direct;
        self.model.server = shown(&server);
        self.effects.push(Effect::Enter { server, nick });
        let room = Address::Room(room);
        if is_direct {
            let index = self.open(&room);
            self.show(index);
        }
        self.session(Command::Join {
            room,
            last: JOIN_MESSAGES,
        });
    }

    /// The server took the nick.
    pub(super) fn form_welcomed(&mut self) {
        if let Some(form) = &mut self.model.form {
            form.welcomed = true;
        }
    }

    /// The connection changed while the form is there.
    pub(super) fn form_link(&mut self) {
        let words = self.model.words();
        let link = self.facts.link();
        let Some(form) = &self.model.form else { return };
        if form.stage != Stage::Entering || !is_stuck(link) {
            return;
        }
        let nick = form.nick.editor.text().trim().to_owned();
        let (field, why) = match link {
            Link::Refused(refusal) => (Field::Nick, nick_refused(words, &nick, refusal)),
            // The server was there and took the nick: it is waited for on the main screen, where somebody may write already.
            Link::Waiting { .. } if form.direct && form.welcomed => return,
            Link::Waiting { reason, .. } => (Field::Server, fill(words.form_failed, &[reason])),
            Link::Stopped(stop) => (Field::Server, stopped(self.model, stop)),
            Link::Idle | Link::Connecting | Link::Online | Link::Ended => return,
        };
        self.form_problem(field, &why);
    }

    /// Going in came to nothing: the server's address or a file is the reason.
    pub(super) fn form_not_entered(&mut self, why: &str) {
        if self.model.form.is_some() {
            let why = fill(self.model.words().form_failed, &[why]);
            self.form_problem(Field::Server, &why);
        } else {
            self.fail(&format!("! {why}"));
        }
    }

    fn form_problem(&mut self, field: Field, why: &str) {
        let Some(form) = &mut self.model.form else {
            return;
        };
        // A server that refuses a name is there all the same.
        form.stage = if field == Field::Server {
            Stage::Filling
        } else {
            Stage::Found
        };
        form.direct = false;
        form.focus = field;
        // The field must be typed in again, so Enter must not pass over it.
        if let Some(input) = form.input_mut(field) {
            input.problem = Some(Sanitized::block(why));
            input.given = false;
        }
    }

    /// The room could not be entered; true where the form says so.
    pub(super) fn form_refuses_room(&mut self, reason: &Sanitized) -> bool {
        if self.model.form.is_none() {
            return false;
        }
        self.form_problem(Field::Room, &format!("! {reason}"));
        true
    }

    /// A room is entered: the form has done its work.
    pub(super) fn form_entered(&mut self, room: &Address) {
        let Some(form) = &self.model.form else { return };
        let wanted = RoomName::normalized(form.room.editor.text());
        let nick = Nick::normalized(form.nick.editor.text());
        let (Ok(wanted), Ok(nick)) = (wanted, nick) else {
            return;
        };
        if *room != Address::Room(wanted.clone()) {
            return;
        }
        let server = form.server.editor.text().trim().to_owned();
        let further_rooms = form.further_rooms.clone();
        self.model.form = None;
        self.effects.push(Effect::SaveLast {
            server,
            room: wanted,
            nick,
        });
        let index = self.open(room);
        self.show(index);
        for name in further_rooms {
            self.join_behind(name);
        }
    }

    /// Enters a room of the list.
    pub(super) fn enter_listed(&mut self, room: RoomName) {
        self.join(room);
    }
}

/// A server's address as it stands on the screen: without scheme and path.
fn shown(server: &str) -> String {
    let bare = server.split_once("://").map_or(server, |(_, bare)| bare);
    Sanitized::line(bare.trim_end_matches('/')).into_string()
}

/// Whether the input method may send one more syllable for the field that has the keys.
fn may_get_more(form: &Form) -> bool {
    let input = form.input(form.focus);
    input.is_some_and(|input| ends_in_hangul(&input.editor))
}
