//! Everybody who takes part in a run.

use std::cell::Cell;
use std::io;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::servers;
use crate::chat::read_line;
use crate::client::{self, Client};
use crate::contender::Contender;
use crate::log::{ClientId, Room, What};
use crate::plan::{CLIENTS, CONTENDERS, Plan, ROOMS, Setting, TERMINALS};
use crate::proxy::Proxy;
use crate::random::Random;
use crate::recorder::Recorder;
use crate::server;
use crate::shim::{Mode, Shim};
use crate::stage::Stage;
use crate::subject::{Say, Subject, Who};
use crate::terminal::{self, Terminal};
use crate::upstream::{Place, Upstream};

/// How long a server may take to be there at the start.
const SERVER_WITHIN: Duration = Duration::from_secs(20);

/// Keys, nicks and devices of the clients.
const PEOPLE: [(&str, &str, u32); CLIENTS] = [
    ("mia", "mia", 0),
    ("mia", "mia", 1),
    ("ben", "Bob", 0),
    ("ji-eun", "지은", 0),
];

/// One nick in two writings, and one that looks like that of a client who owns it.
const QUARREL: [(&str, &str); CONTENDERS] = [("olga", "b0b"), ("0Lga", "BOB")];

/// The numbers of terminals begin here, those of contenders and of the fresh reader there.
const TERMINAL: ClientId = 10;
const CONTENDER: ClientId = 20;
const FRESH: ClientId = 30;

/// Everybody, from outside.
pub(crate) struct Cast<S: Subject> {
    pub(crate) subject: S,
    pub(crate) clients: Vec<client::Handle>,
    pub(crate) terminals: Vec<terminal::Handle>,
    pub(crate) proxies: Vec<Rc<Proxy>>,
    pub(crate) upstream: Upstream,
    /// What stands around several servers.
    pub(crate) stage: Option<Rc<Stage>>,
    /// Where each server listens.
    pub(crate) places: Vec<Place>,
    /// The contenders are to end.
    pub(crate) quarrel_is_over: Rc<Cell<bool>>,
    pub(super) servers: Vec<mpsc::Sender<server::Order>>,
    seed: u64,
}

impl<S: Subject> Cast<S> {
    /// Starts the servers, what stands around them, and everybody else.
    pub(super) async fn start(
        subject: S,
        plan: &Plan,
        place: &Path,
        log: &Recorder,
        tasks: &mut JoinSet<()>,
    ) -> io::Result<Self> {
        let data = server::data(place, 0);
        for say in subject.prepare(&data, plan.old)? {
            let Say {
                content,
                room,
                text,
            } = say;
            log.note(
                None,
                What::Invoked {
                    content,
                    room,
                    text,
                },
            );
            log.note(None, What::Acked { content, at: None });
        }
        let shim = if plan.shim {
            let shim = Shim::new(&data)?;
            if plan.lies {
                shim.set_only(Mode::SyncsLie, "-wal")?;
            }
            Some(shim)
        } else {
            None
        };
        let stage = match plan.setting {
            Some(setting) => Some(Rc::new(Stage::start(setting).await)),
            None => None,
        };
        let nodes = plan.setting.map_or(1, |setting| setting.nodes);
        let places: Vec<Place> = (0..nodes).map(|_| Place::default()).collect();
        let mut cast = Self {
            subject,
            clients: Vec::new(),
            terminals: Vec::new(),
            proxies: Vec::new(),
            upstream: servers::upstream(stage.as_deref(), &places, plan.seed),
            stage,
            places,
            quarrel_is_over: Rc::default(),
            servers: Vec::new(),
            seed: plan.seed,
        };
        cast.serve(plan, place, shim, log, tasks);
        let all_up = || cast.places.iter().all(|place| place.get().is_some());
        log.until(SERVER_WITHIN, all_up).await;
        for (index, (key, nick, device)) in PEOPLE.into_iter().enumerate() {
            let who = Who {
                client: number(0, index),
                key: key.to_owned(),
                nick: nick.to_owned(),
                device,
                guest: false,
                rooms: (0..ROOMS).collect(),
            };
            let proxy = Proxy::start(cast.upstream.clone()).await?;
            let handle = cast.client(who, proxy.address, log, tasks);
            cast.clients.push(handle);
            cast.proxies.push(Rc::new(proxy));
        }
        let keeps_tail = plan.setting.is_none_or(Setting::keeps_tail);
        // The program of people says again what was taken away, which the driver does not follow.
        for index in (0..TERMINALS).filter(|_| keeps_tail) {
            cast.terminal(index, place, log, tasks).await?;
        }
        Ok(cast)
    }

    fn client(
        &self,
        who: Who,
        address: std::net::SocketAddr,
        log: &Recorder,
        tasks: &mut JoinSet<()>,
    ) -> client::Handle {
        let random = Random::new(self.seed, 100 + u64::from(who.client));
        let (client, handle) = Client::new(self.subject.clone(), who, address, log.clone(), random);
        tasks.spawn_local(client.run());
        handle
    }

    async fn terminal(
        &mut self,
        index: usize,
        place: &Path,
        log: &Recorder,
        tasks: &mut JoinSet<()>,
    ) -> io::Result<()> {
        let who = Who {
            client: number(TERMINAL, index),
            key: String::new(),
            nick: format!("terminal{index}"),
            device: 0,
            guest: false,
            rooms: vec![0],
        };
        let proxy = Proxy::start(self.upstream.clone()).await?;
        if self.subject.terminal(proxy.address, &who, place).is_some() {
            let place = place.join(&who.nick);
            std::fs::create_dir_all(&place)?;
            let (terminal, handle) = Terminal::new(
                self.subject.clone(),
                who,
                proxy.address,
                place,
                log.clone(),
                read_line,
            );
            tasks.spawn_local(terminal.run());
            self.terminals.push(handle);
            self.proxies.push(Rc::new(proxy));
        }
        Ok(())
    }

    /// Lets the quarrel about a nick begin.
    pub(super) fn quarrel(&self, log: &Recorder) -> JoinSet<()> {
        let mut quarrel = JoinSet::new();
        if !self.subject.promises().nicks {
            return quarrel;
        }
        for (index, (nick, stolen)) in QUARREL.into_iter().enumerate() {
            let contender = Contender {
                subject: self.subject.clone(),
                client: number(CONTENDER, index),
                nick,
                stolen,
                room: 0,
                upstream: self.upstream.clone(),
                log: log.clone(),
                random: Random::new(self.seed, 200 + index as u64),
                over: Rc::clone(&self.quarrel_is_over),
            };
            quarrel.spawn_local(contender.run());
        }
        quarrel
    }

    /// Somebody who comes last and looks at everything anew.
    pub(super) async fn fresh(
        &mut self,
        log: &Recorder,
        tasks: &mut JoinSet<()>,
    ) -> io::Result<client::Handle> {
        // Of its own, as the server may still die at a point and come back elsewhere.
        let proxy = Proxy::start(self.upstream.clone()).await?;
        let who = Who {
            client: FRESH,
            key: "fresh".to_owned(),
            nick: "fresh".to_owned(),
            device: 0,
            guest: false,
            rooms: Self::rooms().collect(),
        };
        let fresh = self.client(who, proxy.address, log, tasks);
        self.proxies.push(Rc::new(proxy));
        Ok(fresh)
    }

    /// The rooms of the run.
    pub(super) const fn rooms() -> std::ops::Range<Room> {
        0..ROOMS
    }

    /// Whether everybody is there.
    pub(super) fn is_live(&self) -> bool {
        self.clients.iter().all(|client| client.shown.borrow().live)
            && self.terminals.iter().all(|t| t.shown.borrow().live)
    }

    /// Whether everybody is there and nothing is on its way.
    pub(super) fn is_quiet(&self) -> bool {
        self.is_live()
            && self.clients.iter().all(|client| {
                let shown = client.shown.borrow();
                shown.open == 0 && shown.ordered == 0
            })
            && self.terminals.iter().all(|terminal| {
                let shown = terminal.shown.borrow();
                shown.open.is_empty() && shown.ordered == 0
            })
    }

    /// How everybody is, for people.
    pub(super) fn states(&self) -> String {
        let mut states: Vec<String> = (0..)
            .zip(&self.places)
            .map(|(number, place)| format!("server {number} at {:?}", place.get()))
            .collect();
        for client in &self.clients {
            let shown = client.shown.borrow();
            states.push(format!(
                "client {}: live {}, open {}, ordered {}",
                client.who.client, shown.live, shown.open, shown.ordered
            ));
        }
        for terminal in &self.terminals {
            let shown = terminal.shown.borrow();
            states.push(format!(
                "terminal {}: live {}, open {:?}, ordered {}",
                terminal.who.client, shown.live, shown.open, shown.ordered
            ));
        }
        states.join("; ")
    }
}

fn number(first: ClientId, index: usize) -> ClientId {
    first + ClientId::try_from(index).unwrap_or(0)
}
