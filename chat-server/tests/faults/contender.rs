//! Programs that quarrel about one nick, and now and then try to take one that belongs to somebody else.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::log::{ClientId, Content, Room, What};
use crate::random::Random;
use crate::recorder::Recorder;
use crate::subject::{Heard, Link, Lost, Named, Say, Subject, Who};
use crate::upstream::Upstream;

/// How long one try may take.
const TRY_WITHIN: Duration = Duration::from_secs(2);

/// Of so many tries one is for the nick that belongs to somebody.
const THEFT_EVERY: u64 = 4;

/// One of those who quarrel.
pub(crate) struct Contender<S> {
    /// The system.
    pub(crate) subject: S,
    /// Its number.
    pub(crate) client: ClientId,
    /// The nick that all of them want, each in a writing of its own.
    pub(crate) nick: &'static str,
    /// A nick that looks like one that belongs to somebody else.
    pub(crate) stolen: &'static str,
    /// Where it talks.
    pub(crate) room: Room,
    /// Where the server is.
    pub(crate) upstream: Upstream,
    /// What happens.
    pub(crate) log: Recorder,
    /// What it does when.
    pub(crate) random: Random,
    /// It is to end.
    pub(crate) over: Rc<Cell<bool>>,
}

impl<S: Subject> Contender<S> {
    /// Tries again and again, until told to end.
    pub(crate) async fn run(mut self) {
        let mut number = 0;
        while !self.over.get() {
            let theft = self.random.next().is_multiple_of(THEFT_EVERY);
            let who = Who {
                client: self.client,
                key: format!("contender {}", self.client),
                nick: if theft { self.stolen } else { self.nick }.to_owned(),
                device: 0,
                guest: true,
                rooms: vec![self.room],
            };
            // Whatever comes of it, the next try is another one.
            drop(timeout(TRY_WITHIN, self.once(who, &mut number)).await);
            let wait = self.random.between(5, 80);
            sleep(Duration::from_millis(wait)).await;
        }
    }

    async fn once(&mut self, who: Who, number: &mut u32) -> Result<(), Lost> {
        let Some(address) = self.upstream.get() else {
            return Ok(());
        };
        let mut memory = S::Memory::default();
        let mut link = self.subject.dial(&who, address, &mut memory).await?;
        let named = link.named();
        let from = self.log.entries().len();
        self.note_held(&named, from, from);
        let times = self.random.between(1, 3);
        while !matches!(
            heard(&mut link, &mut memory).await?,
            Some(Heard::Entered { .. })
        ) {}
        for _ in 0..times {
            *number += 1;
            let content = Content {
                client: self.client,
                number: *number,
            };
            let say = Say {
                content,
                room: self.room,
                text: content.text(0),
            };
            let room = self.room;
            let text = say.text.clone();
            let invoked = self.log.note(
                Some(self.client),
                What::Invoked {
                    content,
                    room,
                    text,
                },
            );
            link.say(&mut memory, &say).await?;
            loop {
                match heard(&mut link, &mut memory).await? {
                    Some(Heard::Acked { content, at }) => {
                        self.log
                            .note(Some(self.client), What::Acked { content, at });
                        self.note_held(&named, from, invoked);
                        break;
                    }
                    Some(Heard::Refused { .. }) => return Ok(()),
                    Some(_) | None => {}
                }
            }
        }
        link.goodbye().await;
        Ok(())
    }

    fn note_held(&self, named: &Named, from: usize, to: usize) {
        self.log.note(
            Some(self.client),
            What::Held {
                skeleton: named.skeleton.clone(),
                person: named.person.clone(),
                owned: named.owned,
                from,
                to,
            },
        );
    }
}

/// The first thing that came, if it is one that matters here.
async fn heard<L: Link>(link: &mut L, memory: &mut L::Memory) -> Result<Option<Heard>, Lost> {
    let heard = link.next(memory).await?;
    Ok(heard.into_iter().find(|heard| {
        matches!(
            heard,
            Heard::Entered { .. } | Heard::Acked { .. } | Heard::Refused { .. }
        )
    }))
}
