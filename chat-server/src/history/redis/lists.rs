//! Lists of rooms and of conversations, each with what its messages say.

use protocol::names::{NICK_BYTES_MAX, Nick, RoomName, TOPIC_BYTES_MAX};
use protocol::position::{Address, Pair, PersonId, Position};
use redis::{Cmd, Value};

use super::claims;
use super::entries::text;
use super::keys;
use super::link::told;
use super::reads::{Reads, Unanswered, read, unanswered};
use crate::record::{Answer, Listed, Talk};

/// Entries of a list that are looked at in one step.
const ENTRIES_AT_ONCE: usize = 256;

/// Steps of one list. Entries without a message that may be shown are there for a moment only, so one or two are enough.
const STEPS_MAX: usize = 64;

/// Where a list goes on, as Redis wants it.
struct Cursor(String);

/// A room that has messages: its last one that may be shown, and a field of what is known of it.
type Shown = Option<(Position, Option<Vec<u8>>)>;

impl Cursor {
    fn behind(last: Option<&str>) -> Self {
        Self(last.map_or_else(|| "-".to_owned(), |last| format!("({last}")))
    }

    fn command(&self, key: &str) -> Cmd {
        let mut range = redis::cmd("ZRANGEBYLEX");
        range.arg(key).arg(&self.0).arg("+");
        range.arg("LIMIT").arg(0).arg(ENTRIES_AT_ONCE);
        range
    }
}

impl Reads {
    pub(super) async fn rooms(
        &self,
        after: Option<&RoomName>,
        limit: u16,
    ) -> Result<Answer, Unanswered> {
        let (mut rooms, more) = self.listed(after, limit).await?;
        let counts = rooms.iter().map(|room| {
            let address = Address::Room(room.name.clone());
            let mut count = redis::cmd("HLEN");
            count.arg(self.common.keys.room(&address).members());
            count
        });
        for (count, room) in self.ask_all(counts).await?.into_iter().zip(&mut rooms) {
            let fields: usize = read(count)?;
            // One field says how often they have changed.
            room.members = fields.saturating_sub(1);
        }
        Ok(Answer::Rooms { rooms, more })
    }

    /// Rooms without the numbers of their members, and whether there are more.
    async fn listed(
        &self,
        after: Option<&RoomName>,
        limit: u16,
    ) -> Result<(Vec<Listed>, bool), Unanswered> {
        let mut rooms = Vec::new();
        let mut cursor = Cursor::behind(after.map(RoomName::as_str));
        for _ in 0..STEPS_MAX {
            let key = self.common.keys.room_names();
            let entries: Vec<String> = read(self.ask(cursor.command(&key)).await?)?;
            let Some(last) = entries.last() else {
                return Ok((rooms, false));
            };
            cursor = Cursor::behind(Some(last));
            // A name that this build refuses cannot be joined, so it is not listed.
            let names = entries.iter().filter_map(|name| RoomName::new(name).ok());
            let asked: Vec<_> = names
                .map(|name| (Address::Room(name), "topic".to_owned()))
                .collect();
            let shown = self.shown(&asked).await?;
            for ((address, _), shown) in asked.into_iter().zip(shown) {
                let (Address::Room(name), Some((_, topic))) = (address, shown) else {
                    continue;
                };
                if rooms.len() == usize::from(limit) {
                    return Ok((rooms, true));
                }
                let topic = topic.and_then(|topic| text(&topic, TOPIC_BYTES_MAX));
                rooms.push(Listed {
                    name,
                    topic: topic.unwrap_or_default(),
                    members: 0,
                });
            }
        }
        Ok((rooms, true))
    }

    pub(super) async fn conversations(
        &self,
        person: PersonId,
        after: Option<&Address>,
        limit: u16,
    ) -> Result<Answer, Unanswered> {
        let (mut conversations, more) = self.talks(person, after, limit).await?;
        self.name(&mut conversations).await?;
        Ok(Answer::Conversations {
            conversations,
            more,
        })
    }

    /// A person's conversations, each with the nick of the other's last message, and whether there are more.
    async fn talks(
        &self,
        person: PersonId,
        after: Option<&Address>,
        limit: u16,
    ) -> Result<(Vec<Talk>, bool), Unanswered> {
        let mut conversations = Vec::new();
        let mut cursor = Cursor::behind(after.and_then(keys::talk).as_deref());
        for _ in 0..STEPS_MAX {
            let key = self.common.keys.talks(person);
            let entries: Vec<String> = read(self.ask(cursor.command(&key)).await?)?;
            let Some(last) = entries.last() else {
                return Ok((conversations, false));
            };
            cursor = Cursor::behind(Some(last));
            let pairs = entries.iter().filter_map(|talk| keys::pair(talk));
            let others: Vec<(Pair, PersonId)> = pairs
                .filter_map(|pair| Some((pair, pair.other(person)?)))
                .collect();
            let asked: Vec<_> = others
                .iter()
                .map(|(pair, other)| (Address::Direct(*pair), format!("nick:{other}")))
                .collect();
            let shown = self.shown(&asked).await?;
            for (((room, _), shown), (_, other)) in asked.into_iter().zip(shown).zip(others) {
                let Some((head, nick)) = shown else { continue };
                if conversations.len() == usize::from(limit) {
                    return Ok((conversations, true));
                }
                let nick = nick.and_then(|nick| text(&nick, NICK_BYTES_MAX));
                conversations.push(Talk {
                    room,
                    person: other,
                    nick: nick.unwrap_or_default(),
                    former: None,
                    passed_on: false,
                    head,
                });
            }
        }
        Ok((conversations, true))
    }

    /// Puts in the nicks that the persons own and used last. Of who owns none it is said whether somebody else owns the nick of their last
    /// message by now.
    async fn name(&self, talks: &mut [Talk]) -> Result<(), Unanswered> {
        let last = talks
            .iter()
            .map(|talk| claims::owned_last(&self.common, talk.person));
        let mut asked = Vec::new();
        for (talk, answer) in talks.iter().zip(self.ask_all(last).await?) {
            let owned: Vec<String> = read(answer)?;
            let skeleton = || {
                Nick::new(&talk.nick)
                    .ok()
                    .map(|nick| nick.skeleton().as_str().to_owned())
            };
            let is_owner = !owned.is_empty();
            asked.push((
                is_owner,
                owned
                    .into_iter()
                    .next()
                    .or_else(skeleton)
                    .unwrap_or_default(),
            ));
        }
        let owned = asked
            .iter()
            .map(|(_, skeleton)| claims::owned(&self.common, skeleton));
        let answers = self.ask_all(owned).await?;
        for ((talk, (is_owner, _)), answer) in talks.iter_mut().zip(asked).zip(answers) {
            let owned = claims::read_owned(answer);
            match owned {
                Some((nick, former)) if is_owner => {
                    talk.nick = nick;
                    talk.former = former;
                }
                owned => talk.passed_on = owned.is_some(),
            }
        }
        Ok(())
    }

    async fn ask_all(&self, commands: impl Iterator<Item = Cmd>) -> Result<Vec<Value>, Unanswered> {
        let mut pipeline = redis::pipe();
        for command in commands {
            pipeline.add_command(command);
        }
        if pipeline.is_empty() {
            return Ok(Vec::new());
        }
        let answers = self.link.ask(&pipeline).await.map_err(unanswered)?;
        let answers = answers
            .into_iter()
            .map(|answer| answer.map_err(|error| Unanswered(told(&error))));
        answers.collect()
    }

    /// What may be shown of each of these rooms, with that field.
    async fn shown(&self, rooms: &[(Address, String)]) -> Result<Vec<Shown>, Unanswered> {
        if rooms.is_empty() {
            return Ok(Vec::new());
        }
        let mut pipeline = redis::pipe();
        for (room, field) in rooms {
            let meta = self.common.keys.room(room).meta();
            pipeline
                .cmd("HMGET")
                .arg(meta)
                .arg("confirmed_era")
                .arg("confirmed_n")
                .arg(field);
        }
        let answers = self.link.ask(&pipeline).await.map_err(unanswered)?;
        let shown = answers.into_iter().map(|answer| {
            type Fields = (Option<u64>, Option<u64>, Option<Vec<u8>>);
            let (era, n, field): Fields = read(answer.ok()?).ok()?;
            let head = Position::new(era?, n.filter(|n| *n > 0)?);
            Some((head, field))
        });
        Ok(shown.collect())
    }
}
