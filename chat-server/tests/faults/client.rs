//! A good client of any subject: keeps what it said until it has an answer, comes back after each end, and logs all of it.

mod hearing;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::log::{Content, Members, Room, What};
use crate::random::Random;
use crate::recorder::{Recorder, now};
use crate::subject::{Heard, Link, Lost, Say, Subject, Who};

/// Sends without an answer; at it the client waits.
const IN_FLIGHT_MAX: usize = 16;

/// What is typed and not taken yet; at it who types waits.
const ORDERS_MAX: usize = 256;

/// How long a connection may take to be there, and a send to be written.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long nothing may come before the client dials again.
const SILENCE: Duration = Duration::from_millis(2_500);

/// The wait before something that was refused is tried again.
const RETRY_WAIT: Duration = Duration::from_millis(100);

/// Of so many in a hundred that were refused the person thinks better; the others are tried again.
const GIVEN_UP_PERCENT: u64 = 20;

/// What a client is to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// Say something.
    Say {
        /// Where.
        room: Room,
        /// How long the text is.
        bytes: usize,
    },
    /// The process dies, and starts again after a while with what it kept.
    Restart {
        /// The while in between.
        down: Duration,
    },
    /// Take leave, and come back after a while.
    Leave {
        /// The while in between.
        away: Duration,
    },
}

/// What others may know of a client.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// It has caught up in all of its rooms.
    pub(crate) live: bool,
    /// What it said and has no answer for.
    pub(crate) open: usize,
    /// Its orders that are not done.
    pub(crate) ordered: usize,
    /// How many messages it heard last, and the last text, by room.
    pub(crate) last: BTreeMap<Room, String>,
    /// Its member lists.
    pub(crate) members: BTreeMap<Room, Members>,
}

/// A running client, from outside.
pub(crate) struct Handle {
    /// Who it is.
    pub(crate) who: Who,
    /// What it shows.
    pub(crate) shown: Rc<RefCell<Shown>>,
    orders: mpsc::Sender<Order>,
}

impl Handle {
    /// Gives an order.
    pub(crate) async fn order(&self, order: Order) {
        let gone = self.orders.send(order).await.is_err();
        // Nobody is left to do it where the run has ended.
        self.shown.borrow_mut().ordered += usize::from(!gone);
    }
}

/// One client.
pub(crate) struct Client<S: Subject> {
    subject: S,
    who: Who,
    address: SocketAddr,
    memory: S::Memory,
    log: Recorder,
    random: Random,
    orders: mpsc::Receiver<Order>,
    shown: Rc<RefCell<Shown>>,
    outbox: Vec<Pending>,
    number: u32,
    entered: BTreeSet<Room>,
    caught_up: BTreeSet<Room>,
    /// Nothing is sent before, since something was refused.
    hold_until: Option<Instant>,
    /// Nothing is sent before all that is under way is answered, since something was refused.
    stalled: bool,
    tries: u32,
}

struct Pending {
    say: Say,
    sent: bool,
}

/// Why a conversation ended.
enum End {
    Lost,
    Restart(Duration),
    Leave(Duration),
    Over,
}

impl<S: Subject> Client<S> {
    /// A client that dials `address`, and how to order it about.
    pub(crate) fn new(
        subject: S,
        who: Who,
        address: SocketAddr,
        log: Recorder,
        random: Random,
    ) -> (Self, Handle) {
        let (give, orders) = mpsc::channel(ORDERS_MAX);
        let shown = Rc::new(RefCell::new(Shown::default()));
        let handle = Handle {
            who: who.clone(),
            shown: Rc::clone(&shown),
            orders: give,
        };
        let client = Self {
            subject,
            who,
            address,
            memory: S::Memory::default(),
            log,
            random,
            orders,
            shown,
            outbox: Vec::new(),
            number: 0,
            entered: BTreeSet::new(),
            caught_up: BTreeSet::new(),
            hold_until: None,
            stalled: false,
            tries: 0,
        };
        (client, handle)
    }

    /// Lives until nobody can give orders any more.
    pub(crate) async fn run(mut self) {
        loop {
            let dialled = timeout(
                PATIENCE,
                self.subject.dial(&self.who, self.address, &mut self.memory),
            );
            if let Ok(Ok(link)) = dialled.await {
                let end = self.hold(link).await;
                self.lose();
                match end {
                    End::Over => return,
                    End::Lost => {}
                    End::Restart(wait) => {
                        sleep(wait).await;
                        self.done();
                        let fault = "client restart".to_owned();
                        self.log.note(None, What::Over(fault));
                    }
                    End::Leave(wait) => {
                        sleep(wait).await;
                        self.done();
                    }
                }
            }
            self.tries = (self.tries + 1).min(5);
            let wait = self.random.between(10, 20 << self.tries);
            sleep(Duration::from_millis(wait)).await;
        }
    }

    /// Talks over a connection to its end, and says what can be said of the nick.
    async fn hold(&mut self, link: S::Link) -> End {
        let named = link.named();
        let from = self.log.entries().len();
        let (end, to) = self.talk(link, from).await;
        self.log.note(
            Some(self.who.client),
            What::Held {
                skeleton: named.skeleton,
                person: named.person,
                owned: named.owned,
                from,
                to,
            },
        );
        end
    }

    /// Until the end of the connection; gives the last moment too at which it certainly held.
    async fn talk(&mut self, mut link: S::Link, from: usize) -> (End, usize) {
        let mut held = from;
        let mut asked: BTreeMap<Content, usize> = BTreeMap::new();
        loop {
            if self.send(&mut link, &mut asked).await.is_err() {
                return (End::Lost, held);
            }
            let wait = self.hold_until;
            tokio::select! {
                biased;
                heard = timeout(SILENCE, link.next(&mut self.memory)) => match heard {
                    Ok(Ok(heard)) => {
                        for heard in heard {
                            if let Heard::Acked { content, .. } = &heard
                                && let Some(since) = asked.remove(content)
                            {
                                held = held.max(since);
                            }
                            self.hear(&mut link, heard);
                        }
                        self.show(&link);
                    }
                    Ok(Err(_)) | Err(_) => return (End::Lost, held),
                },
                () = sleep_until(wait.unwrap_or_else(now)), if wait.is_some() => self.hold_until = None,
                order = self.orders.recv() => match order {
                    None => return (End::Over, held),
                    Some(Order::Say { room, bytes }) => self.invoke(room, bytes),
                    Some(Order::Restart { down }) => return (End::Restart(down), held),
                    Some(Order::Leave { away }) => {
                        drop(timeout(PATIENCE, link.goodbye()).await);
                        return (End::Leave(away), held);
                    }
                },
            }
        }
    }

    fn invoke(&mut self, room: Room, bytes: usize) {
        self.number += 1;
        let content = Content {
            client: self.who.client,
            number: self.number,
        };
        let text = content.text(bytes);
        self.log.note(
            Some(self.who.client),
            What::Invoked {
                content,
                room,
                text: text.clone(),
            },
        );
        self.outbox.push(Pending {
            say: Say {
                content,
                room,
                text,
            },
            sent: false,
        });
        self.done();
    }

    fn done(&self) {
        let mut shown = self.shown.borrow_mut();
        shown.open = self.outbox.len();
        shown.ordered = shown.ordered.saturating_sub(1);
        self.log.touch();
    }

    /// Sends what may go.
    async fn send(
        &mut self,
        link: &mut S::Link,
        asked: &mut BTreeMap<Content, usize>,
    ) -> Result<(), Lost> {
        let mut in_flight = self.outbox.iter().filter(|pending| pending.sent).count();
        if self.stalled && in_flight > 0 {
            return Ok(());
        }
        self.stalled = false;
        for pending in &mut self.outbox {
            if self.hold_until.is_some() || in_flight >= IN_FLIGHT_MAX {
                break;
            }
            if pending.sent || !self.entered.contains(&pending.say.room) {
                continue;
            }
            asked.insert(pending.say.content, self.log.entries().len());
            timeout(PATIENCE, link.say(&mut self.memory, &pending.say))
                .await
                .map_err(|_late| Lost::Gone("it cannot be written".to_owned()))??;
            pending.sent = true;
            in_flight += 1;
        }
        Ok(())
    }

    fn lose(&mut self) {
        for pending in &mut self.outbox {
            pending.sent = false;
        }
        self.entered.clear();
        self.caught_up.clear();
        self.hold_until = None;
        self.stalled = false;
        {
            let mut shown = self.shown.borrow_mut();
            shown.live = false;
            shown.members.clear();
        }
        self.log.note(Some(self.who.client), What::Lost);
    }
}
