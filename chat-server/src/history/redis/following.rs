//! The one who hears bells, looks where none may have rung, and tells. All that is told of rooms and persons goes through here, so it
//! comes in the order in which it happened.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use protocol::position::{Address, PersonId, Position};
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::asking::{look_up, read_members, sweep};
use super::bells::{Bell, Want, say};
use super::callings::{Callings, Record};
use super::channels::{Channel, Channels};
use super::claims::Claimed;
use super::common::Common;
use super::link::Link;
use super::log::Log;
use super::nodes::Pulse;
use super::reads::{After, Look, Reads};
use super::rooms::{Outcome, Rooms, Work, in_parts};
use super::work::send;
use crate::history::Reply;
use crate::record::{Claim, Found, News};

/// What waits to be done by who follows; at it who hands over waits.
pub(super) const FOLLOWING_WAITING_MAX: usize = 4096;

/// Bells that are heard at once.
const BELLS_AT_ONCE: usize = 64;

/// Rooms in one part of a look.
const LOOKED_AT_ONCE: usize = 64;

/// Messages that are read at once to make up for what was missed.
const READ_AT_ONCE: u16 = 200;

/// Reads that are under way at once; one more waits.
const READS_AT_ONCE: usize = 64;

/// Persons who are looked up at once after bells may have been missed.
const PERSONS_AT_ONCE: usize = 256;

/// What is to be done.
#[derive(Debug)]
pub(super) enum ToFollowing {
    /// A room is about to be joined; it is said when it is followed.
    Prepare(Address, oneshot::Sender<()>),
    /// The answer to a join.
    Joined(Address, Found),
    /// Nobody here wants anything of a room.
    Unloaded(Address),
    /// These persons claim nicks; it is said when their channels are heard.
    Claiming(Vec<PersonId>, oneshot::Sender<()>),
    /// A claim is answered.
    Claimed(Claim, Claimed),
    /// A device of a person is about to be told of.
    Introduced(PersonId, u32),
    /// It was told of, in this turn.
    Told(PersonId, u32, u64),
    /// It could not be told of.
    NotIntroduced(PersonId, u32),
    /// A person is not here any more.
    Released(PersonId),
}

/// What was under way and is done.
enum Done {
    Heard(Address),
    /// Nothing more comes of it.
    Quiet,
    Mended,
    Read(Address, Position, Option<After>),
    Members(Address, Option<Vec<Vec<u8>>>),
    Looked(Vec<Address>, Vec<Option<Look>>),
    Persons(Vec<(PersonId, Record)>),
}

/// What wakes it.
enum Wake {
    Command(Option<ToFollowing>),
    Bells(usize),
    Done(Done),
    Anew,
    Nodes,
    Fenced,
    Poll,
}

/// Where commands, bells and what is known of nodes come from.
pub(super) struct Sources {
    pub(super) commands: Receiver<ToFollowing>,
    pub(super) bells: Receiver<Bell>,
    /// Bytes of the bells that wait.
    pub(super) waiting: Arc<AtomicUsize>,
    pub(super) anew: watch::Receiver<u64>,
}

/// Who follows.
pub(super) struct Following {
    common: Arc<Common>,
    pulse: Arc<Pulse>,
    reads: Arc<Reads>,
    log: Arc<Log>,
    link: Arc<Link>,
    replier: Sender<Reply>,
    wants: Sender<Want>,
    channels: Channels,
    rooms: Rooms,
    callings: Callings,
    tasks: JoinSet<Done>,
    permits: Arc<Semaphore>,
    /// Parts of the look that are still to come.
    to_look_at: Vec<Vec<Address>>,
    /// Rooms of a look in which something was left unconfirmed.
    to_mend: Vec<Address>,
    /// Something that was left unconfirmed is being confirmed.
    is_mending: bool,
}

/// What Following needs of the others.
pub(super) struct Needs<'a> {
    pub(super) common: &'a Arc<Common>,
    pub(super) pulse: &'a Arc<Pulse>,
    pub(super) reads: &'a Arc<Reads>,
    pub(super) log: &'a Arc<Log>,
    pub(super) replier: &'a Sender<Reply>,
}

impl Following {
    pub(super) fn new(needs: &Needs<'_>, wants: Sender<Want>) -> Self {
        Self {
            common: Arc::clone(needs.common),
            pulse: Arc::clone(needs.pulse),
            reads: Arc::clone(needs.reads),
            log: Arc::clone(needs.log),
            link: Arc::new(Link::new(needs.common)),
            replier: needs.replier.clone(),
            wants,
            channels: Channels::default(),
            rooms: Rooms::default(),
            callings: Callings::default(),
            tasks: JoinSet::new(),
            permits: Arc::new(Semaphore::new(READS_AT_ONCE)),
            to_look_at: Vec::new(),
            to_mend: Vec::new(),
            is_mending: false,
        }
    }

    /// Works until nobody can hand anything over any more.
    pub(super) async fn run(mut self, mut sources: Sources) {
        let mut poll = interval(self.common.settings.poll_every);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut fenced = self.pulse.fenced.subscribe();
        let mut nodes = self.pulse.table.subscribe();
        let mut bells = Vec::new();
        self.hear(Channel::Nodes, Done::Quiet).await;
        loop {
            let wake = tokio::select! {
                command = sources.commands.recv() => Wake::Command(command),
                taken = sources.bells.recv_many(&mut bells, BELLS_AT_ONCE) => Wake::Bells(taken),
                Some(done) = self.tasks.join_next() => match done {
                    Ok(done) => Wake::Done(done),
                    Err(error) => match error.try_into_panic() {
                        Ok(panic) => std::panic::resume_unwind(panic),
                        Err(_cancelled) => continue,
                    },
                },
                Ok(()) = sources.anew.changed() => Wake::Anew,
                Ok(()) = nodes.changed() => Wake::Nodes,
                Ok(()) = fenced.changed() => Wake::Fenced,
                _ = poll.tick() => Wake::Poll,
            };
            match wake {
                Wake::Command(Some(command)) => self.command(command).await,
                Wake::Command(None) | Wake::Bells(0) => return,
                Wake::Bells(_) => {
                    // What was said before a bell is known before it is heard.
                    while let Ok(command) = sources.commands.try_recv() {
                        self.command(command).await;
                    }
                    for bell in bells.drain(..) {
                        let bytes = bell.payload.len();
                        sources.waiting.fetch_sub(bytes, Ordering::AcqRel);
                        self.bell(&bell).await;
                    }
                }
                Wake::Done(done) => self.done(done).await,
                Wake::Anew => self.anew().await,
                Wake::Nodes => {
                    let table = nodes.borrow_and_update().clone();
                    let changed = self.rooms.nodes.learn(table);
                    self.rooms(|rooms, out| rooms.nodes_changed(&changed, out))
                        .await;
                }
                Wake::Fenced => self.reply(Reply::News(News::Fenced)).await,
                Wake::Poll => self.poll(),
            }
        }
    }

    async fn command(&mut self, command: ToFollowing) {
        match command {
            ToFollowing::Prepare(room, ready) => {
                if self.rooms.prepare(&room, ready) {
                    let done = Done::Heard(room.clone());
                    self.hear(Channel::Room(room), done).await;
                }
            }
            ToFollowing::Joined(room, found) => {
                let mut out = Outcome::default();
                self.rooms.joined(&room, &found, &mut out);
                self.reply(Reply::Found(found)).await;
                self.carry_out(out).await;
            }
            ToFollowing::Unloaded(room) => {
                if self.rooms.unload(&room) {
                    self.hear_no_more(Channel::Room(room)).await;
                }
            }
            ToFollowing::Claiming(persons, ready) => self.claiming(persons, ready).await,
            ToFollowing::Claimed(claim, claimed) => {
                let (written, news, is_gone) = self.callings.claimed(&claim, &claimed);
                self.reply(Reply::Committed(vec![written])).await;
                for news in news {
                    self.reply(Reply::News(news)).await;
                }
                if is_gone {
                    self.hear_no_more(Channel::Person(claim.person)).await;
                }
            }
            ToFollowing::Introduced(person, device) => self.callings.introduced(person, device),
            ToFollowing::Told(person, device, turn) => self.callings.told(person, device, turn),
            ToFollowing::NotIntroduced(person, device) => {
                self.callings.not_introduced(person, device);
            }
            ToFollowing::Released(person) => {
                if self.callings.released(person) {
                    self.hear_no_more(Channel::Person(person)).await;
                }
            }
        }
    }

    async fn claiming(&mut self, persons: Vec<PersonId>, ready: oneshot::Sender<()>) {
        let mut awaited = Vec::new();
        for person in persons {
            if self.callings.claiming(person) {
                awaited.push(self.subscribe(Channel::Person(person)).await);
            }
        }
        self.tasks.spawn(async move {
            for is_heard in awaited {
                // Where nobody listens any more nobody waits either.
                drop(is_heard.await);
            }
            say(ready);
            Done::Quiet
        });
    }

    /// Hears a channel from now on; `done` comes of it when it is so.
    async fn hear(&mut self, channel: Channel, done: Done) {
        let is_heard = self.subscribe(channel).await;
        self.tasks.spawn(async move {
            drop(is_heard.await);
            done
        });
    }

    async fn subscribe(&mut self, channel: Channel) -> oneshot::Receiver<()> {
        let (ready, is_heard) = oneshot::channel();
        let name = self.channels.add(&self.common.keys, channel);
        self.want(Want::Channel(name, ready)).await;
        is_heard
    }

    async fn hear_no_more(&mut self, channel: Channel) {
        let name = self.channels.remove(&self.common.keys, &channel);
        self.want(Want::NotChannel(name)).await;
    }

    async fn want(&self, want: Want) {
        if self.wants.send(want).await.is_err() {
            tracing::debug!("nobody listens any more");
        }
    }

    async fn bell(&mut self, bell: &Bell) {
        let own = self.pulse.own.get();
        match self.channels.find(&bell.channel).cloned() {
            Some(Channel::Room(room)) => {
                self.rooms(|rooms, out| rooms.rung(&room, &bell.payload, own, out))
                    .await;
            }
            Some(Channel::Person(person)) => {
                if let Some(news) = self.callings.heard(person, &bell.payload, own) {
                    self.reply(Reply::News(news)).await;
                }
            }
            Some(Channel::Nodes) => self.pulse.hurry.notify_one(),
            None => {}
        }
    }

    async fn done(&mut self, done: Done) {
        let own = self.pulse.own.get();
        match done {
            Done::Quiet => {}
            Done::Mended => self.is_mending = false,
            Done::Heard(room) => self.rooms(|rooms, out| rooms.heard(&room, out)).await,
            Done::Read(room, after, result) => {
                self.rooms(|rooms, out| rooms.read(&room, after, result, out))
                    .await;
            }
            Done::Members(room, found) => {
                self.rooms(|rooms, out| rooms.members(&room, found.as_deref(), own, out))
                    .await;
            }
            Done::Looked(rooms, looks) => {
                for (room, look) in rooms.iter().zip(looks) {
                    if let Some(look) = look {
                        self.rooms(|rooms, out| rooms.looked(room, look, out)).await;
                    }
                }
                self.mend();
                self.look();
            }
            Done::Persons(found) => {
                for (person, record) in found {
                    for news in self.callings.found(person, record, own) {
                        self.reply(Reply::News(news)).await;
                    }
                }
            }
        }
    }

    /// Any bell may have been missed.
    async fn anew(&mut self) {
        self.callings.lost();
        self.rooms(Rooms::lost).await;
        let persons: Vec<PersonId> = self.callings.persons().collect();
        for part in persons.chunks(PERSONS_AT_ONCE) {
            let (common, link) = (Arc::clone(&self.common), Arc::clone(&self.link));
            let (part, permits) = (part.to_vec(), Arc::clone(&self.permits));
            self.tasks.spawn(async move {
                let _permit = permits.acquire().await;
                Done::Persons(look_up(&common, &link, part).await)
            });
        }
    }

    fn poll(&mut self) {
        if self.to_look_at.is_empty() {
            self.to_look_at = in_parts(self.rooms.addresses(), LOOKED_AT_ONCE);
            self.look();
        }
    }

    /// Looks at the next part.
    fn look(&mut self) {
        let Some(part) = self.to_look_at.pop() else {
            return;
        };
        self.rooms.looking(&part);
        let reads = Arc::clone(&self.reads);
        self.tasks.spawn(async move {
            let looks = reads.look(&part).await.unwrap_or_default();
            Done::Looked(part, looks)
        });
    }

    /// Mends the rooms of a look at once. One such thing is under way: the next look says what still needs it.
    fn mend(&mut self) {
        let rooms = std::mem::take(&mut self.to_mend);
        if rooms.is_empty() || std::mem::replace(&mut self.is_mending, true) {
            return;
        }
        let log = Arc::clone(&self.log);
        self.tasks.spawn(async move {
            log.mend(rooms).await;
            Done::Mended
        });
    }

    async fn rooms(&mut self, then: impl FnOnce(&mut Rooms, &mut Outcome)) {
        let mut out = Outcome::default();
        then(&mut self.rooms, &mut out);
        self.carry_out(out).await;
    }

    async fn carry_out(&mut self, out: Outcome) {
        for news in out.news {
            self.reply(Reply::News(news)).await;
        }
        for work in out.work {
            self.begin(work);
        }
    }

    fn begin(&mut self, work: Work) {
        let work = match work {
            Work::Mend(room) => {
                self.to_mend.push(room);
                return;
            }
            work @ (Work::Read(..) | Work::ReadMembers(_) | Work::Sweep(..)) => work,
        };
        let (common, link) = (Arc::clone(&self.common), Arc::clone(&self.link));
        let reads = Arc::clone(&self.reads);
        let permits = Arc::clone(&self.permits);
        self.tasks.spawn(async move {
            // It is never closed.
            let _permit = permits.acquire().await;
            match work {
                Work::Read(room, after) => {
                    let result = reads.after(&room, after, READ_AT_ONCE).await;
                    Done::Read(room, after, result.ok())
                }
                Work::ReadMembers(room) => {
                    let found = read_members(&common, &link, &room).await;
                    Done::Members(room, found)
                }
                Work::Sweep(room, members) => {
                    sweep(&common, &link, &room, members).await;
                    Done::Quiet
                }
                Work::Mend(_) => Done::Quiet,
            }
        });
    }

    async fn reply(&self, reply: Reply) {
        send(&self.replier, reply).await;
    }
}
