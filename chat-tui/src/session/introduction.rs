//! Who is who: the server's greeting and proof, the person's hello and nick. No text leaves before the server's proof holds.

use protocol::error::{ErrorCode, Refusal};
use protocol::event::{Event, Greeting, NickChanged, Welcome};
use protocol::identity::{Identity, Role, Transcript};
use protocol::limits::VERSION;
use protocol::names::Nick;
use protocol::request::{Hello, Request, SetNick};

use super::answers::Asked;
use super::link::{Greeted, Phase};
use super::outbox::retry_wait;
use super::turn::Turn;
use super::{Command, Link, News, Output, Session, Stop};

impl Session {
    pub(super) fn introduction_event(&mut self, event: Event, turn: &mut Turn<'_>) {
        match (event, &self.phase) {
            (Event::Greeting(greeting), Phase::Opened { .. }) => self.greeted(&greeting, turn),
            (Event::Welcome(welcome), Phase::Greeted(_)) => self.welcomed(&welcome, turn),
            (Event::Error(refusal), Phase::Greeted(_)) => self.hello_refused(refusal, turn),
            // Before the welcome nothing else counts, whatever the server says.
            _ => {}
        }
    }

    fn greeted(&mut self, greeting: &Greeting, turn: &mut Turn<'_>) {
        if greeting.version != VERSION {
            let server = greeting.version;
            self.stop(Stop::Version { server }, turn);
            return;
        }
        if let Some(known) = self.known_server_key
            && known != greeting.key
        {
            let now = greeting.key;
            self.stop(Stop::KeyChanged { known, now }, turn);
            return;
        }
        let phase = std::mem::replace(&mut self.phase, Phase::Closed);
        let Phase::Opened {
            endpoint,
            nonce,
            since,
        } = phase
        else {
            return;
        };
        self.limits = greeting.limits.clone();
        self.phase = Phase::Greeted(Greeted {
            endpoint,
            client_nonce: nonce,
            server_nonce: greeting.nonce,
            server_key: greeting.key,
            since,
            hello: None,
            retry_at: None,
        });
        self.send_hello(turn);
    }

    pub(super) fn send_hello(&mut self, turn: &mut Turn<'_>) {
        let reference = self.answers.number();
        let Phase::Greeted(greeted) = &mut self.phase else {
            return;
        };
        let key = self.identity.as_ref().map(Identity::public);
        let transcript = greeted.transcript(self.identity.as_ref());
        let proof = self.identity.as_ref();
        let proof = proof.map(|identity| identity.prove(Role::Client, &transcript));
        let hello = Hello {
            reference: Some(reference),
            version: VERSION,
            agent: Some(self.settings.agent.clone()),
            nick: self.wanted_nick.clone(),
            key,
            nonce: Some(greeted.client_nonce),
            endpoint: Some(greeted.endpoint.clone()),
            proof,
            device: self.settings.device,
            guest: self.settings.guest,
        };
        greeted.hello = Some((reference, self.wanted_nick.clone()));
        greeted.retry_at = None;
        greeted.since = turn.elapsed();
        turn.transmit(Request::Hello(hello));
        self.set_link(Link::Connecting, turn);
    }

    fn welcomed(&mut self, welcome: &Welcome, turn: &mut Turn<'_>) {
        let Phase::Greeted(greeted) = &self.phase else {
            return;
        };
        let Some((_, sent_nick)) = greeted.hello.clone() else {
            return;
        };
        let server_key = greeted.server_key;
        let transcript = greeted.transcript(self.identity.as_ref());
        let proof = welcome.proof;
        if !proof.is_some_and(|proof| transcript.verify(Role::Server, &server_key, &proof)) {
            self.stop(Stop::NoProof, turn);
            return;
        }
        if self.known_server_key.is_none() {
            self.known_server_key = Some(server_key);
            turn.out.push(Output::Remember(server_key));
            turn.tell(News::FirstVisit { key: server_key });
        }
        let key = self.identity.as_ref();
        // With a key the person is who holds it, whatever the server says.
        self.person = Some(key.map_or(welcome.person, Identity::person));
        self.phase = Phase::Online {
            since: turn.elapsed(),
        };
        self.name_others();
        self.nick = Some(welcome.nick.clone());
        self.good_nick = Nick::new(&welcome.nick).ok();
        turn.tell(News::Welcome {
            nick: welcome.nick.clone(),
            owned: welcome.owned,
        });
        self.set_link(Link::Online, turn);
        let wish = self.wanted_nick.take();
        self.wanted_nick.clone_from(&self.good_nick);
        if let Some(nick) = wish
            && sent_nick.as_ref() != Some(&nick)
        {
            self.take_nick(nick, turn);
        }
    }

    fn hello_refused(&mut self, refusal: Refusal, turn: &mut Turn<'_>) {
        let Phase::Greeted(greeted) = &mut self.phase else {
            return;
        };
        let Some((reference, nick)) = greeted.hello.take() else {
            return;
        };
        if refusal.reference.is_some_and(|r| r != reference) {
            greeted.hello = Some((reference, nick));
            return;
        }
        let about_nick = matches!(
            refusal.code,
            ErrorCode::BadNick | ErrorCode::NickTaken | ErrorCode::NickLimit
        );
        if about_nick && self.good_nick.is_some() && self.good_nick != nick {
            // The person is in the middle of things: a refused wish must not keep them outside.
            if let Some(nick) = nick {
                turn.refuse(Command::Nick(nick), refusal);
            }
            self.wanted_nick.clone_from(&self.good_nick);
            self.send_hello(turn);
        } else if !about_nick && refusal.retry_after_ms.is_some() {
            greeted.retry_at = Some(turn.elapsed().saturating_add(retry_wait(&refusal)));
        } else {
            self.set_link(Link::Refused(refusal), turn);
        }
    }

    pub(super) fn take_nick(&mut self, nick: Nick, turn: &mut Turn<'_>) {
        match &self.phase {
            Phase::Online { .. } => {
                if self.answers.is_full() {
                    let sentence = "too many questions wait for their answer; try again later";
                    turn.refuse_with(Command::Nick(nick), ErrorCode::RateLimited, sentence);
                    return;
                }
                let asked = Asked::Nick(nick.clone());
                let reference = Some(self.answers.ask(asked, turn.elapsed()));
                turn.transmit(Request::Nick(SetNick { reference, nick }));
            }
            Phase::Greeted(greeted) => {
                let refused = greeted.hello.is_none();
                self.wanted_nick = Some(nick);
                if refused {
                    self.send_hello(turn);
                }
            }
            Phase::Closed => {
                self.wanted_nick = Some(nick);
                if matches!(self.link, Link::Refused(_)) {
                    self.connect(turn);
                }
            }
            Phase::Dialing | Phase::Opened { .. } => self.wanted_nick = Some(nick),
        }
    }

    pub(super) fn nick_changed(&mut self, changed: NickChanged, turn: &mut Turn<'_>) {
        if let Some(Asked::Nick(_)) = self.answers.get(changed.reference) {
            self.answers.take(changed.reference);
        }
        self.good_nick = Nick::new(&changed.nick).ok();
        self.wanted_nick.clone_from(&self.good_nick);
        self.nick = Some(changed.nick.clone());
        turn.tell(News::Nick {
            nick: changed.nick,
            former: changed.former,
        });
    }
}

impl Greeted {
    fn transcript(&self, identity: Option<&Identity>) -> Transcript<'_> {
        Transcript {
            endpoint: &self.endpoint,
            server_nonce: self.server_nonce,
            client_nonce: self.client_nonce,
            server_key: self.server_key,
            client_key: identity.map(Identity::public),
        }
    }
}
