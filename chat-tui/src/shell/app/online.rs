//! A session with the connection that it runs over and the files that it keeps.

use protocol::identity::{Endpoint, Identity};
use protocol::names::Nick;
use tokio::task::JoinSet;

use crate::config::AGENT;
use crate::model::words::Words;
use crate::session::{BackOff, Command, Input, News, Now, Output, Record, Session, Settings};
use crate::shell::connection::{Connection, ServerUrl, Trust};
use crate::shell::storage::{Device, IdentitySource, Purpose, Storage, StorageError};
use crate::update::Effect;

/// A person's session with one server.
#[derive(Debug)]
pub(in crate::shell) struct Online {
    pub(in crate::shell) session: Session,
    pub(in crate::shell) endpoint: Endpoint,
    url: ServerUrl,
    trust: Trust,
    /// What a lost connection is told in.
    words: &'static Words,
    connection: Option<Connection>,
    pub(in crate::shell) device: Device,
    storage: Storage,
    /// The key under which further nicks of the person are kept; nothing for a guest, and for whom named the file of the key.
    keeps: Option<Identity>,
    farewells: JoinSet<()>,
}

/// What came of an input.
#[derive(Debug, Default)]
pub(in crate::shell) struct Outcome {
    pub(in crate::shell) news: Vec<News>,
    pub(in crate::shell) troubles: Vec<StorageError>,
}

impl Online {
    /// A session that has not connected yet; without a nick the server gives a guest's. Where no key can be written the person is a guest, as a nick must not belong to a key that
    /// is lost; the trouble comes with it. A key that is there and cannot be used is an error: as a guest the person would be another.
    pub(in crate::shell) fn open(
        url: ServerUrl,
        trust: Trust,
        nick: Option<Nick>,
        source: &IdentitySource,
        storage: &Storage,
        (words, now): (&'static Words, Now),
    ) -> Result<(Self, Option<StorageError>), StorageError> {
        let endpoint = url.endpoint().clone();
        let per_nick = *source == IdentitySource::PerNick;
        let kept = match &nick {
            Some(nick) => storage.identity_of(source, &endpoint, nick),
            None => Ok(None),
        };
        let (kept, trouble) = match kept {
            Ok(kept) => (kept, None),
            Err(error @ StorageError::Write { .. }) if per_nick => (None, Some(error)),
            Err(error) => return Err(error),
        };
        let keeps = kept.as_ref().filter(|_| per_nick);
        let keeps = keeps.map(|key| Identity::from_secret(&key.secret()));
        let is_guest = kept.is_none();
        let identity = kept.map_or_else(Storage::throw_away_identity, Ok)?;
        let device = if is_guest {
            // Where nothing can be written a guest still can talk.
            storage
                .lock_guest_device(&endpoint)
                .unwrap_or_else(|_unwritable| Device::unkept())
        } else {
            storage.lock_device(&endpoint, identity.person(), Purpose::Screen)?
        };
        let settings = Settings {
            identity: Some(identity),
            guest: is_guest,
            device: device.number(),
            nick,
            known_server_key: storage.known_server(&endpoint)?,
            agent: AGENT.to_owned(),
            back_off: BackOff::default(),
        };
        let seed = getrandom::u64().map_err(StorageError::NoRandom)?;
        let session = Session::new(settings, device.pending().to_vec(), seed, now);
        let online = Self {
            session,
            endpoint,
            url,
            trust,
            words,
            connection: None,
            device,
            storage: storage.clone(),
            keeps,
            farewells: JoinSet::new(),
        };
        Ok((online, trouble))
    }

    /// The next input from the network; never ready without a connection. May be dropped before it is ready.
    pub(in crate::shell) async fn next(&mut self) -> Input {
        match &mut self.connection {
            Some(connection) => connection.next().await,
            None => std::future::pending().await,
        }
    }

    /// Gives the session an input and does what it asks for, in its order.
    pub(in crate::shell) fn handle(&mut self, input: Input, now: Now) -> Outcome {
        if matches!(input, Input::Lost { .. }) {
            self.connection = None;
        }
        let mut outputs = Vec::new();
        self.session.handle(input, now, &mut outputs);
        let mut outcome = Outcome::default();
        let mut records = Vec::new();
        for output in outputs {
            if let Output::Save(record) = output {
                records.push(record);
                continue;
            }
            self.save(&mut records, &mut outcome);
            self.perform(output, &mut outcome);
        }
        self.save(&mut records, &mut outcome);
        outcome
    }

    fn save(&mut self, records: &mut Vec<Record>, outcome: &mut Outcome) {
        if !records.is_empty() {
            outcome.troubles.extend(self.device.save(records).err());
            records.clear();
        }
    }

    fn perform(&mut self, output: Output, outcome: &mut Outcome) {
        match output {
            Output::Dial => {
                self.connection = Some(Connection::dial(
                    self.url.clone(),
                    self.trust.clone(),
                    self.words,
                ));
            }
            Output::Transmit(request) => {
                if let Some(connection) = &mut self.connection {
                    connection.send(request);
                }
            }
            Output::Hangup { goodbye } => {
                let connection = self.connection.take();
                if let Some(connection) = connection.filter(|_| goodbye) {
                    self.farewells.spawn(connection.goodbye());
                }
            }
            // Gathered by the caller, so that what belongs together is written together.
            Output::Save(_) => {}
            Output::Remember(key) => {
                let kept = self.storage.remember_server(&self.endpoint, &key);
                outcome.troubles.extend(kept.err());
            }
            Output::News(news) => {
                if let News::Nick { nick, .. } | News::Welcome { nick, owned: true } = &news {
                    outcome.troubles.extend(self.keep_nick(nick).err());
                }
                outcome.news.push(news);
            }
        }
    }

    /// Keeps the key under the nick of now too, so that the next start by this nick finds it.
    fn keep_nick(&self, nick: &str) -> Result<(), StorageError> {
        match (&self.keeps, Nick::new(nick)) {
            (Some(identity), Ok(nick)) => {
                self.storage.keep_identity(&self.endpoint, identity, &nick)
            }
            // A guest keeps nothing, and a nick that this program would refuse cannot be asked for again.
            (None, _) | (_, Err(_)) => Ok(()),
        }
    }

    /// Keeps a draft, a position or a choice on disk; nothing is done for what is none of these.
    pub(in crate::shell) fn keep(&self, effect: &Effect) -> Result<(), StorageError> {
        if let Effect::SaveDraft { room, draft } = effect {
            self.device.save_draft(room, draft)
        } else if let Effect::SaveRead { room, position } = effect {
            self.device.save_read(room, *position)
        } else if let Effect::SaveNotify { room, notify } = effect {
            self.device.save_notify(room, *notify)
        } else {
            Ok(())
        }
    }

    /// Says goodbye if that was not done yet, and waits for it, for a bounded time.
    pub(in crate::shell) async fn end(mut self, now: Now) {
        drop(self.handle(Input::Command(Command::Quit), now));
        while self.farewells.join_next().await.is_some() {}
    }
}
