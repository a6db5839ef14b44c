//! Who is who and where, over all nodes: what this one says of persons and members, and what it hears.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use protocol::names::Skeleton;
use tokio::sync::mpsc::{Sender, channel};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::bells::{self, BELLS_WAITING_MAX, Ears, WANTS_WAITING_MAX};
use super::claims;
use super::common::Common;
use super::follower::Follower;
use super::following::{FOLLOWING_WAITING_MAX, Following, Needs, Sources};
use super::link::Link;
use super::log::Log;
use super::members::Members;
use super::nodes::{self, Pulse};
use super::persons::{Handed, PERSONS_WAITING_MAX, Persons};
use super::reads::{Reads, Unanswered};
use super::say::Say;
use super::spending::{self, SPENT_WAITING_MAX};
use crate::history::Reply;
use crate::record::{Owner, Share, Spent, Write};

/// What is said last waits no longer for Redis than that: together with what else has its time at the end, less than a server has to end.
const END_WITHIN: Duration = Duration::from_secs(1);

/// What this server says of the persons that are here.
pub(super) struct People {
    common: Arc<Common>,
    pulse: Arc<Pulse>,
    members: Arc<Members>,
    persons: Sender<Handed>,
    spending: Sender<Spent>,
    follower: Follower,
}

/// Those who work for [`People`].
pub(super) struct Tasks {
    /// Who says what is said of persons, and who follows: until nothing more can be handed over.
    talking: JoinSet<()>,
    /// Who works for ever.
    working: JoinSet<()>,
}

impl Tasks {
    /// A panic of one of them is one of the thread, as everywhere; otherwise it never ends.
    pub(super) async fn watch(&mut self) {
        loop {
            let ended = tokio::select! {
                Some(ended) = self.talking.join_next() => ended,
                Some(ended) = self.working.join_next() => ended,
                else => std::future::pending().await,
            };
            if let Err(error) = ended
                && let Ok(panic) = error.try_into_panic()
            {
                resume_unwind(panic);
            }
        }
    }
}

impl People {
    /// Begins to give signs of life, to listen and to talk.
    pub(super) fn begin(
        common: &Arc<Common>,
        reads: &Arc<Reads>,
        log: &Arc<Log>,
        replier: &Sender<Reply>,
    ) -> (Self, Tasks) {
        let pulse = Arc::new(Pulse::new(common.node));
        #[cfg(test)]
        nodes::register(common.node, &pulse);
        let members = Arc::<Members>::default();
        let (commands_in, commands) = channel(FOLLOWING_WAITING_MAX);
        let (bells_in, bells) = channel(BELLS_WAITING_MAX);
        let (wants_in, wants) = channel(WANTS_WAITING_MAX);
        let (persons, says) = channel(PERSONS_WAITING_MAX);
        let (spending, spent) = channel(SPENT_WAITING_MAX);
        let (anew_in, anew) = watch::channel(0);
        let waiting = Arc::default();
        let ears = Ears {
            bells: bells_in,
            waiting: Arc::clone(&waiting),
            anew: anew_in,
        };
        let needs = Needs {
            common,
            pulse: &pulse,
            reads,
            log,
            replier,
        };
        let following = Following::new(&needs, wants_in);
        let sources = Sources {
            commands,
            bells,
            waiting,
            anew,
        };
        let mut talking = JoinSet::new();
        talking.spawn(following.run(sources));
        talking.spawn(Persons::new(common, &pulse, commands_in.clone()).run(says));
        talking.spawn(spending::run(Arc::clone(common), spent, replier.clone()));
        let mut working = JoinSet::new();
        working.spawn(nodes::beat(Arc::clone(common), Arc::clone(&pulse)));
        working.spawn(Arc::clone(&members).run(Arc::clone(common), Arc::clone(&pulse)));
        working.spawn(bells::listen(Arc::clone(common), wants, ears));
        let people = Self {
            common: Arc::clone(common),
            pulse,
            members,
            persons,
            spending,
            follower: Follower(commands_in),
        };
        (people, Tasks { talking, working })
    }

    /// What is heard of this node's signs of life.
    pub(super) const fn pulse(&self) -> &Arc<Pulse> {
        &self.pulse
    }

    /// Who follows rooms.
    pub(super) const fn follower(&self) -> &Follower {
        &self.follower
    }

    /// Takes a write that is no append. Waits only where too much waits already.
    pub(super) async fn write(&self, write: Write) {
        match write {
            Write::Present(present) => {
                let (room, person) = (present.room.clone(), present.person);
                self.members.note(room, person, Some(present));
            }
            Write::Absent { room, person } => self.members.note(room, person, None),
            Write::Share(Share::Unloaded { room }) => self.follower.unloaded(room).await,
            Write::Share(Share::Spent(spent)) => {
                if self.spending.try_send(spent).is_err() {
                    tracing::debug!("what was spent is not told: too much of it waits");
                }
            }
            Write::Append(_)
            | Write::Claim(_)
            | Write::Used(_)
            | Write::Served(_)
            | Write::Share(Share::Introduced { .. } | Share::Released { .. }) => {
                if let Some(say) = Say::of(write)
                    && self.persons.send(Handed::now(say)).await.is_err()
                {
                    tracing::debug!("nobody tells of persons any more");
                }
            }
        }
    }

    /// Waits until the members that were handed over are in Redis, or cannot be.
    pub(super) async fn entered(&self) {
        self.members.entered().await;
    }

    /// Says what is still to be said, and that this node ends in order.
    pub(super) async fn close(self, mut tasks: Tasks) {
        let Self {
            common,
            pulse,
            members,
            persons,
            spending,
            follower,
        } = self;
        drop((persons, spending, follower));
        let last = async {
            members.entered().await;
            while tasks.talking.join_next().await.is_some() {}
        };
        if timeout(END_WITHIN, last).await.is_err() {
            tracing::warn!("Redis did not hear all that was to be said of persons");
        }
        nodes::end(&common, &Link::new(&common), &pulse).await;
    }
}

impl Reads {
    /// Who has a nick now or owns it.
    pub(super) async fn owner(
        &self,
        skeleton: &Skeleton,
        unused_since: Option<Duration>,
    ) -> Result<Option<Owner>, Unanswered> {
        let question = claims::owner(&self.common, skeleton, unused_since);
        claims::read_owner(self.ask(question).await?)
    }
}
