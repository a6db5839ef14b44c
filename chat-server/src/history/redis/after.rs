//! What stands after a position that was told, for those who follow a room.

use protocol::event::Topic;
use protocol::names::{NICK_BYTES_MAX, TOPIC_BYTES_MAX};
use protocol::position::{Address, Position};
use redis::Value;

use super::entries::{self, text};
use super::follow::After;
use super::reads::{Reads, Unanswered, foreign, read};

impl Reads {
    /// The messages right after `told`, at most `limit`; or that it is not in the log any more, or what follows it is not.
    pub(super) async fn after(
        &self,
        room: &Address,
        told: Position,
        limit: u16,
    ) -> Result<After, Unanswered> {
        let keys = self.common.keys.room(room);
        let keys = [keys.log(), keys.meta(), keys.seqs()];
        let mut call = self.common.scripts.room.call(&keys);
        self.common.settle(&mut call, room);
        call.arg("up").arg(told.n + 1).arg(limit).arg("");
        let Value::Array(parts) = self.ask(call).await? else {
            return Err(foreign());
        };
        let parts: [Value; 14] = parts.try_into().map_err(|_short| foreign())?;
        let [
            era,
            n,
            topic,
            nick,
            time,
            _,
            _,
            _,
            messages,
            last_n,
            last_era,
            forks,
            first,
            _,
        ] = parts;
        let confirmed = Position::new(read(era)?, read(n)?);
        let last = Position::new(read(last_era)?, read(last_n)?);
        self.common.known.note(room, last);
        let forks = read_forks(&read::<String>(forks)?).ok_or_else(foreign)?;
        if !is_in_log(told, last, &forks) || told.n + 1 < read(first)? {
            let (topic, nick): (Vec<u8>, Vec<u8>) = (read(topic)?, read(nick)?);
            let time = read(time)?;
            let topic = text(&topic, TOPIC_BYTES_MAX).zip(text(&nick, NICK_BYTES_MAX));
            let topic = topic.filter(|(topic, _)| !topic.is_empty());
            return Ok(After::Broken {
                head: confirmed,
                fork: forks.last().copied(),
                topic: topic.map(|(text, nick)| Topic { text, nick, time }),
            });
        }
        let messages = entries::decode_all(room, &messages).ok_or_else(foreign)?;
        Ok(After::Follows {
            messages,
            confirmed,
        })
    }
}

/// Whether the log still has this position: its own message may be trimmed, so forks decide.
fn is_in_log(told: Position, last: Position, forks: &[Position]) -> bool {
    let mut ended = forks.iter().filter(|fork| fork.era >= told.era);
    told.n == 0 || (told.n <= last.n && ended.all(|fork| told.n <= fork.n))
}

/// Where eras ended, from `era:n era:n`, the last one at the end.
fn read_forks(text: &str) -> Option<Vec<Position>> {
    let forks = text.split_ascii_whitespace().map(|fork| {
        let (era, n) = fork.split_once(':')?;
        Some(Position::new(era.parse().ok()?, n.parse().ok()?))
    });
    forks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_behind_a_fork_of_its_era_is_lost() {
        let forks = read_forks("3:40 5:60").unwrap();
        let last = Position::new(7, 70);
        for (era, n) in [(3, 40), (2, 40), (4, 60), (5, 60), (6, 61), (7, 70), (1, 0)] {
            assert!(is_in_log(Position::new(era, n), last, &forks), "{era}-{n}");
        }
        for (era, n) in [(3, 41), (2, 41), (4, 61), (5, 61), (7, 71)] {
            assert!(!is_in_log(Position::new(era, n), last, &forks), "{era}-{n}");
        }
        assert_eq!(read_forks(""), Some(Vec::new()));
        assert_eq!(read_forks("3"), None);
    }
}
