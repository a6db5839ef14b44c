//! Answers to questions. Nothing is ever given that is not confirmed, whoever stored it.

use std::sync::Arc;

use protocol::event::{Message, Topic};
use protocol::names::{NICK_BYTES_MAX, TOPIC_BYTES_MAX};
use protocol::position::{Address, Anchor, PersonId, Position};
use redis::{Cmd, Value};

use super::common::Common;
use super::entries::{self, text};
use super::link::{Link, Trouble, told};
use crate::history::walk::Walk;
use crate::record::{Answer, From, JoinPage, Page, Query, Range};

/// What the script says of a room.
const PARTS: usize = 15;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unanswered(pub(super) String);

/// Answers over a connection of its own, several at once.
pub(super) struct Reads {
    pub(super) common: Arc<Common>,
    pub(super) link: Link,
}

/// How far a room is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// The last message, confirmed or not.
    pub(super) head: Position,
    /// The last one that may be shown.
    pub(super) confirmed: Position,
    /// How often its members changed.
    pub(super) members: u64,
}

/// What stands after a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// The position is in the log, and so are all after it.
    Follows {
        /// Those right after it, perhaps not all of them.
        messages: Vec<Message>,
        /// The last one that may be told.
        confirmed: Position,
    },
    /// The position is not in the log any more, or what follows it is not.
    Broken {
        /// The last one that may be told.
        head: Position,
        /// Where the log forked, as far as that is remembered: each an era that ended, and its last message that is still there.
        forks: Vec<Position>,
        /// The room's topic.
        topic: Option<Topic>,
    },
}

/// A room and messages of it, as the script tells them.
struct Told {
    confirmed: Position,
    topic: Option<Topic>,
    next_seq: u64,
    is_known: bool,
    /// The number that is due first on the way.
    first: u64,
    messages: Value,
    /// The last message, confirmed or not.
    last: Position,
    /// Where eras ended, the oldest first.
    forks: Vec<Position>,
    /// The number of the first message that is kept.
    kept_from: u64,
    /// Up to where the messages of who named an unknown anchor are here.
    kept: Option<Position>,
}

/// What of a room is asked for.
struct Question<'a> {
    room: &'a Address,
    walk: Walk,
    limit: u16,
    sender: Option<(PersonId, u32)>,
    from: Begin,
}

/// What has to stand in the room, lest its last messages are given.
#[derive(Clone, Copy)]
enum Begin {
    Anywhere,
    /// The message that a client has.
    Anchor(Anchor),
    /// Any message at this position.
    Position(Position),
}

impl Reads {
    pub(super) fn new(common: &Arc<Common>) -> Self {
        Self {
            common: Arc::clone(common),
            link: Link::new(common),
        }
    }

    /// The answer to a question.
    pub(super) async fn answer(&self, query: &Query) -> Result<Option<Answer>, Unanswered> {
        Ok(Some(match query {
            Query::Join {
                room,
                from,
                limit,
                sender,
            } => Answer::Join(self.join(room, *from, *limit, *sender).await?),
            Query::Page { room, range, limit } => {
                Answer::Page(self.page(room, *range, *limit).await?)
            }
            Query::Rooms { after, limit } => self.rooms(after.as_ref(), *limit).await?,
            Query::Conversations {
                person,
                after,
                limit,
            } => self.conversations(*person, after.as_ref(), *limit).await?,
            Query::Search(search) => Answer::Search(self.search(search).await?),
            Query::Owner {
                skeleton,
                unused_since,
            } => Answer::Owner(self.owner(skeleton, *unused_since).await?),
        }))
    }

    async fn join(
        &self,
        room: &Address,
        from: From,
        limit: u16,
        sender: (PersonId, u32),
    ) -> Result<JoinPage, Unanswered> {
        let range = match from {
            From::After(anchor) => Range::After(anchor.position.n),
            From::Last => Range::Last,
        };
        let question = Question {
            room,
            walk: Walk::of(range, u64::MAX),
            limit,
            sender: Some(sender),
            from: match from {
                From::After(anchor) => Begin::Anchor(anchor),
                From::Last => Begin::Anywhere,
            },
        };
        let told = self.ask_room(&question).await?;
        Ok(JoinPage {
            known: told.is_known,
            kept: told.kept.filter(|_| !told.is_known),
            head: told.confirmed,
            topic: told.topic.clone(),
            next_seq: told.next_seq,
            page: told.page(&question)?,
        })
    }

    async fn page(&self, room: &Address, range: Range, limit: u16) -> Result<Page, Unanswered> {
        let question = Question {
            room,
            walk: Walk::of(range, u64::MAX),
            limit,
            sender: None,
            from: Begin::Anywhere,
        };
        let told = self.ask_room(&question).await?;
        told.page(&question)
    }

    /// What stands after `told`, at most so many messages.
    pub(super) async fn after(
        &self,
        room: &Address,
        told: Position,
        limit: u16,
    ) -> Result<After, Unanswered> {
        let question = Question {
            room,
            walk: Walk::of(Range::After(told.n), u64::MAX),
            limit,
            sender: None,
            from: Begin::Position(told),
        };
        let found = self.ask_room(&question).await?;
        let is_lost = |fork: &Position| fork.era >= told.era && fork.n < told.n;
        // Forks are remembered by what was lost, and all of it may be.
        if !found.is_known
            || found.forks.iter().any(is_lost)
            || told.n > found.last.n
            || told.n.saturating_add(1) < found.kept_from
        {
            return Ok(After::Broken {
                head: found.confirmed,
                forks: found.forks,
                topic: found.topic,
            });
        }
        let mut messages = entries::decode_all(room, &found.messages).ok_or_else(foreign)?;
        messages.truncate(usize::from(limit));
        Ok(After::Follows {
            messages,
            confirmed: found.confirmed,
        })
    }

    async fn ask_room(&self, question: &Question<'_>) -> Result<Told, Unanswered> {
        let room = question.room;
        let keys = self.common.keys.room(room);
        let mut call = self
            .common
            .scripts
            .room
            .call(&[keys.log(), keys.meta(), keys.seqs()]);
        self.common.settle(&mut call, room);
        let (way, first) = match question.walk {
            Walk::Up { first } => ("up", first),
            Walk::Down { first } => ("down", first),
        };
        let sender = question
            .sender
            .map(|(person, device)| format!("{person}.{device}"));
        call.arg(way)
            .arg(first)
            .arg(u32::from(question.limit) + 1)
            .arg(sender.unwrap_or_default());
        let anchor = match question.from {
            Begin::Anywhere => None,
            Begin::Anchor(Anchor { position, id }) => {
                Some((position, id.map(|id| id.to_string()).unwrap_or_default()))
            }
            Begin::Position(position) => Some((position, "*".to_owned())),
        };
        if let Some((position, id)) = anchor {
            call.arg(position.era).arg(position.n).arg(id);
        }
        self.told(room, self.ask(call).await?)
    }

    /// What the script answers of a room.
    fn told(&self, room: &Address, answer: Value) -> Result<Told, Unanswered> {
        let Value::Array(parts) = answer else {
            return Err(foreign());
        };
        let parts: [Value; PARTS] = parts.try_into().map_err(|_short| foreign())?;
        let [
            era,
            n,
            topic,
            nick,
            time,
            next_seq,
            known,
            first,
            messages,
            last_n,
            last_era,
            forks,
            kept_from,
            kept_era,
            kept_n,
        ] = parts;
        let last = Position::new(read(last_era)?, read(last_n)?);
        self.common.known.note(room, last);
        let (topic, nick): (Vec<u8>, Vec<u8>) = (read(topic)?, read(nick)?);
        let time = read(time)?;
        let n_kept = read(kept_n)?;
        let topic = text(&topic, TOPIC_BYTES_MAX).zip(text(&nick, NICK_BYTES_MAX));
        let topic = topic.filter(|(topic, _)| !topic.is_empty());
        Ok(Told {
            confirmed: Position::new(read(era)?, read(n)?),
            topic: topic.map(|(text, nick)| Topic { text, nick, time }),
            next_seq: read(next_seq)?,
            is_known: read::<u8>(known)? == 1,
            first: read(first)?,
            messages,
            last,
            forks: forks_of(&read::<String>(forks)?),
            kept_from: read(kept_from)?,
            kept: u64::try_from(read::<i64>(kept_era)?)
                .ok()
                .map(|era| Position::new(era, n_kept)),
        })
    }

    /// How far each of these rooms is; nothing for one of which Redis does not say it.
    pub(super) async fn look(&self, rooms: &[Address]) -> Result<Vec<Option<Look>>, Unanswered> {
        let mut pipeline = redis::pipe();
        for room in rooms {
            let keys = self.common.keys.room(room);
            let keys = [keys.log(), keys.meta(), keys.members()];
            let mut call = self.common.scripts.look.call(&keys);
            self.common.settle(&mut call, room);
            pipeline.add_command(call);
        }
        if rooms.is_empty() {
            return Ok(Vec::new());
        }
        let answers = self.link.ask(&pipeline).await.map_err(unanswered)?;
        let looks = rooms.iter().zip(answers).map(|(room, answer)| {
            let (era, n, shown_era, shown_n, members) = read(answer.ok()?).ok()?;
            let head = Position::new(era, n);
            self.common.known.note(room, head);
            Some(Look {
                head,
                confirmed: Position::new(shown_era, shown_n),
                members,
            })
        });
        Ok(looks.collect())
    }

    /// One command's answer.
    pub(super) async fn ask(&self, command: Cmd) -> Result<Value, Unanswered> {
        let mut pipeline = redis::pipe();
        pipeline.add_command(command);
        let answers = self.link.ask(&pipeline).await.map_err(unanswered)?;
        match answers.into_iter().next() {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) => Err(Unanswered(told(&error))),
            None => Err(Unanswered("Redis left out an answer".to_owned())),
        }
    }
}

impl Told {
    fn page(&self, question: &Question<'_>) -> Result<Page, Unanswered> {
        let messages = entries::decode_all(question.room, &self.messages);
        let messages = messages.ok_or_else(foreign)?;
        let walk = match question.walk {
            Walk::Up { first } if self.is_known => Walk::Up { first },
            Walk::Up { .. } | Walk::Down { .. } => Walk::Down { first: self.first },
        };
        Ok(walk.page(messages, self.confirmed, question.limit))
    }
}

/// The forks of a room as its hash has them: `era:n`, each the last position of an era that ended.
fn forks_of(text: &str) -> Vec<Position> {
    let forks = text.split_whitespace().filter_map(|fork| {
        let (era, n) = fork.split_once(':')?;
        Some(Position::new(era.parse().ok()?, n.parse().ok()?))
    });
    forks.collect()
}

/// What Redis answered, as it has to be.
pub(super) fn read<T: redis::FromRedisValue>(value: Value) -> Result<T, Unanswered> {
    redis::from_redis_value(value).map_err(|_strange| foreign())
}

pub(super) fn foreign() -> Unanswered {
    Unanswered("Redis holds what no server wrote".to_owned())
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err wants it")]
pub(super) fn unanswered(trouble: Trouble) -> Unanswered {
    Unanswered(trouble.to_string())
}
