//! Carries out what the model asks for: files, the session, a look at a server, a server here.

use std::net::SocketAddr;

use super::look::{Found, Look};
use super::online::Online;
use super::{App, Work};
use crate::model;
use crate::model::form::Form;
use crate::session::{Command, Input};
use crate::shell::clipboard::copy;
use crate::shell::connection::ServerUrl;
use crate::shell::host::{Host, Opened, local_address};
use crate::shell::storage::{LastForm, StorageError};
use crate::text::sanitized::Sanitized;
use crate::update::{Effect, Msg};

impl App {
    pub(super) fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Session(command) => {
                    self.work.push_back(Work::Session(Input::Command(command)));
                }
                Effect::Probe { server } => {
                    let (words, now) = (self.model.words(), self.clock.read());
                    match Look::begin(server.clone(), self.trust.clone(), words, now) {
                        Ok(look) => self.look = Some(look),
                        Err(why) => self.found(server, Err(why)),
                    }
                }
                Effect::Enter { server, nick } => self.enter(&server, nick),
                Effect::Host { server } => {
                    let address = self.host_at.unwrap_or_else(|| local_address(&server));
                    self.open_host(address);
                }
                Effect::Title(title) => self.set_title(&title),
                Effect::Bell => self.extra.push(b'\x07'),
                Effect::Notify(notification) => {
                    let bytes = self.notifier.bytes(&notification, self.multiplexer);
                    self.extra.extend(bytes);
                }
                Effect::Copy(text) => self.extra.extend(copy(&text, self.multiplexer)),
                Effect::Open(url) => {
                    if let Err(why) = self.browser.open(&url, self.model.words()) {
                        self.work.push_back(Work::Model(Msg::NotOpened(why)));
                    }
                }
                Effect::Mouse(on) => self.terminal.set_mouse(on),
                effect @ (Effect::SaveDraft { .. }
                | Effect::SaveRead { .. }
                | Effect::SaveNotify { .. }) => self.keep(&effect),
                Effect::SaveLast { server, room, nick } => {
                    let last = LastForm {
                        server,
                        room: room.to_string(),
                        nick: nick.to_string(),
                    };
                    if let Err(error) = self.storage.save_last_form(&last) {
                        self.trouble(&error);
                    }
                }
                Effect::Edit { room, text } => self.edit(room, &text),
                // The screen is drawn, and not read line by line.
                Effect::Say(_) | Effect::LineRefused => {}
                Effect::Suspend => self.suspend(),
                Effect::Quit => self.end = Some(0),
            }
        }
    }

    fn set_title(&mut self, title: &Sanitized) {
        let bytes = format!("\x1b]2;{title}\x1b\\").into_bytes();
        self.extra.extend(bytes);
    }

    /// Sets the title once more: the terminal had another one while it was lent.
    pub(super) fn restore_title(&mut self) {
        self.set_title(&Sanitized::line(&self.model.title));
    }

    fn keep(&mut self, effect: &Effect) {
        let Some(online) = &self.online else { return };
        if let Err(error) = online.keep(effect) {
            self.trouble(&error);
        }
    }

    pub(super) fn trouble(&mut self, error: &StorageError) {
        self.work.push_back(Work::Model(Msg::Trouble(
            self.model.words().not_kept(error),
        )));
    }

    fn enter(&mut self, server: &str, nick: protocol::names::Nick) {
        self.look = None;
        let url: ServerUrl = match server.parse() {
            Ok(url) => url,
            Err(error) => return self.refuse(self.model.words().no_url(&error)),
        };
        self.model.exposed = url.is_exposed();
        // What the old session still has to say is said when its room is entered again; its connection just ends.
        self.online = None;
        match Online::open(
            url,
            self.trust.clone(),
            Some(nick),
            &self.source,
            &self.storage,
            (self.model.words(), self.clock.read()),
        ) {
            Ok((online, trouble)) => {
                // In place of what was there for another server.
                match online.device.drafts() {
                    Ok(drafts) => self.model.drafts = drafts,
                    Err(error) => self.trouble(&error),
                }
                match online.device.read() {
                    Ok(read) => self.model.read = read,
                    Err(error) => self.trouble(&error),
                }
                match online.device.notify() {
                    Ok(notify) => self.model.notify = notify,
                    Err(error) => self.trouble(&error),
                }
                self.online = Some(online);
                self.work
                    .push_back(Work::Session(Input::Command(Command::Connect)));
                if let Some(trouble) = trouble {
                    self.trouble(&trouble);
                }
            }
            Err(error) => self.refuse(self.model.words().not_kept(&error)),
        }
    }

    /// Going in came to nothing before there was a session.
    fn refuse(&mut self, why: String) {
        self.work.push_back(Work::Model(Msg::Refused(why)));
    }

    pub(super) fn looked(&mut self, found: Found) {
        if let Some(look) = self.look.take() {
            self.found(look.server, found);
        }
    }

    fn found(&mut self, server: String, result: Found) {
        self.work
            .push_back(Work::Model(Msg::Probed { server, result }));
    }

    pub(super) fn open_host(&mut self, address: SocketAddr) {
        let (host, opening) = Host::open(address, self.data.clone());
        self.host = Some(host);
        self.opening = Some(opening);
    }

    pub(super) fn hosted(&mut self, result: Result<Opened, String>) {
        self.opening = None;
        let shared = result
            .as_ref()
            .ok()
            .and_then(|opened| opened.shared.clone());
        match (result, self.begin_with.take()) {
            (Ok(opened), Some(form)) => {
                let value =
                    |input: &model::form::Input| (input.editor.text().to_owned(), input.given);
                let (room, nick) = (value(&form.room), value(&form.nick));
                self.begin(Form::new(
                    (&opened.url, true),
                    (&room.0, room.1),
                    (&nick.0, nick.1),
                ));
            }
            (result, _) => {
                let result = result.map(|opened| opened.url);
                self.work.push_back(Work::Model(Msg::Hosted(result)));
            }
        }
        if let Some(url) = shared {
            self.work.push_back(Work::Model(Msg::Shared(url)));
        }
    }

    pub(super) fn suspend(&mut self) {
        if let Err(error) = self.terminal.stop() {
            self.work
                .push_back(Work::Model(Msg::Trouble(self.model.words().system(&error))));
        }
        self.restore_title();
    }
}
