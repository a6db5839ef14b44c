//! What sentinels say of where the primary is. All are asked: one that is cut off from the others still names the former one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use redis::{ConnectionInfo, RedisResult, Value};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::address;
use super::link::{now, open, told};

/// When more than half have answered, the others are waited for no longer than this.
const REST_WITHIN: Duration = Duration::from_millis(100);

/// What a sentinel knows of the primary, by name.
type Fields = BTreeMap<String, Value>;

/// Host and port.
type Place = (String, u16);

/// What one sentinel says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    /// Rises with each fail-over that most of them agreed on.
    epoch: u64,
    host: String,
    port: u16,
}

/// Where the primary is, by the sentinel that knows of the latest fail-over. `latest` is that of which one of them told before; those
/// that do not know of it are not believed.
pub(super) async fn find(
    sentinels: &[ConnectionInfo],
    master: &str,
    pattern: &ConnectionInfo,
    latest: &AtomicU64,
) -> Result<ConnectionInfo, String> {
    let mut asking = JoinSet::new();
    for sentinel in sentinels {
        let (sentinel, master, pattern) = (sentinel.clone(), master.to_owned(), pattern.clone());
        asking.spawn(async move {
            let name = sentinel.addr().to_string();
            match ask(&sentinel, &master, &pattern).await {
                Ok(Some(named)) => Ok(named),
                Ok(None) => Err(format!("the sentinel {name} knows no primary {master}")),
                Err(error) => Err(format!("sentinel {name}: {}", told(&error))),
            }
        });
    }
    let mut reason = "no sentinel is named".to_owned();
    let mut all: Vec<Named> = Vec::new();
    let mut until: Option<Instant> = None;
    loop {
        let answer = tokio::select! {
            biased;
            answer = asking.join_next() => answer,
            () = sleep_until(until.unwrap_or_else(now)), if until.is_some() => None,
        };
        match answer {
            None => break,
            Some(Ok(Ok(named))) => all.push(named),
            Some(Ok(Err(why))) => reason = why,
            Some(Err(error)) => reason = error.to_string(),
        }
        if until.is_none() && all.len() * 2 > sentinels.len() {
            until = Some(now() + REST_WITHIN);
        }
    }
    let named = all.into_iter().max_by_key(|named| named.epoch);
    let named = named.ok_or(reason)?;
    if latest.fetch_max(named.epoch, Ordering::Relaxed) > named.epoch {
        return Err("the sentinels that answer do not know of the latest fail-over".to_owned());
    }
    Ok(address::at(pattern, &named.host, named.port))
}

async fn ask(
    sentinel: &ConnectionInfo,
    master: &str,
    pattern: &ConnectionInfo,
) -> RedisResult<Option<Named>> {
    // While a fail-over ends the first one has the new epoch and still the former address; the second one has the address.
    let mut question = redis::pipe();
    question.cmd("SENTINEL").arg("MASTER").arg(master);
    question
        .cmd("SENTINEL")
        .arg("GET-MASTER-ADDR-BY-NAME")
        .arg(master);
    let mut connection = open(sentinel.clone()).await?;
    let mut answer: RedisResult<(Fields, Option<Place>)> =
        question.query_async(&mut connection).await;
    if matches!(&answer, Err(error) if error.code() == Some("NOAUTH")) {
        let mut connection = open(address::signed(sentinel, pattern)).await?;
        answer = question.query_async(&mut connection).await;
    }
    match answer {
        Ok((fields, place)) => Ok(read(fields, place)),
        Err(error) if error.to_string().contains("No such master") => Ok(None),
        Err(error) => Err(error),
    }
}

fn read(mut fields: Fields, place: Option<Place>) -> Option<Named> {
    let (host, port) = place?;
    let epoch = fields.remove("config-epoch")?;
    Some(Named {
        epoch: redis::from_redis_value(epoch).ok()?,
        host,
        port,
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{SocketAddr, TcpListener};

    use super::super::address::Primary;
    use super::super::{RedisUrl, work};
    use super::*;

    /// A sentinel of one connection that says `answer` to the question and takes all that a connection begins with.
    fn sentinel(answer: String) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = [0; 4_096];
            while let Ok(count @ 1..) = stream.read(&mut bytes) {
                let asked = String::from_utf8_lossy(&bytes[..count]).into_owned();
                let told = asked.matches("SETINFO").count();
                let mut answers = "+OK\r\n".repeat(told);
                if asked.contains("MASTER") {
                    answers.push_str(&answer);
                }
                stream.write_all(answers.as_bytes()).unwrap();
            }
        });
        address
    }

    fn array(texts: &[&str]) -> String {
        let texts = texts.iter();
        let texts: Vec<String> = texts
            .map(|text| format!("${}\r\n{text}\r\n", text.len()))
            .collect();
        format!("*{}\r\n{}", texts.len(), texts.concat())
    }

    /// As one says whose fail-over has not ended: the former address beside the new epoch, and the new one for who asks for that.
    fn named(port: u16, epoch: u64) -> String {
        let master = ["ip", "10.0.0.9", "port", "9", "config-epoch"];
        let (port, epoch) = (port.to_string(), epoch.to_string());
        array(&[&master[..], &[&epoch]].concat()) + &array(&["10.0.0.1", &port])
    }

    fn found(sentinels: &[SocketAddr], latest: &AtomicU64) -> Result<String, String> {
        let hosts: Vec<String> = sentinels.iter().map(ToString::to_string).collect();
        let url = format!("redis+sentinel://{}/chat", hosts.join(","));
        let primary = url.parse::<RedisUrl>().unwrap().primary().unwrap();
        let Primary::Watched {
            sentinels,
            master,
            pattern,
        } = primary
        else {
            panic!("no sentinels");
        };
        let found = find(&sentinels, &master, &pattern, latest);
        let found = work::runtime().unwrap().block_on(found);
        found.map(|place| place.addr().to_string())
    }

    #[test]
    fn one_sentinel_that_is_behind_is_not_believed() {
        let all = [
            sentinel(named(1, 6)),
            sentinel(named(2, 7)),
            sentinel("-ERR No such master with that name\r\n*-1\r\n".to_owned()),
        ];
        let latest = AtomicU64::new(0);
        assert_eq!(found(&all, &latest), Ok("10.0.0.1:2".to_owned()));
        let behind = [sentinel(named(1, 6))];
        assert!(found(&behind, &latest).unwrap_err().contains("latest"));
        let lost = sentinel("-ERR No such master with that name\r\n*-1\r\n".to_owned());
        assert_eq!(
            found(&[lost], &latest),
            Err(format!("the sentinel {lost} knows no primary chat"))
        );
    }
}
