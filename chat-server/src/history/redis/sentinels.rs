//! What sentinels say of where the primary is. All are asked: one that is cut off from the others still names the former one.

use std::collections::BTreeMap;
use std::time::Duration;

use redis::{ConnectionInfo, RedisResult};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::address;
use super::link::{now, open, told};

/// When more than half have answered, the others are waited for no longer than this.
const REST_WITHIN: Duration = Duration::from_millis(100);

/// What one sentinel says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    /// Rises with each fail-over that most of them agreed on.
    epoch: u64,
    host: String,
    port: u16,
}

/// Where the primary is, by the sentinel that knows of the latest fail-over.
pub(super) async fn find(
    sentinels: &[ConnectionInfo],
    master: &str,
    pattern: &ConnectionInfo,
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
    latest(all)
        .map(|named| address::at(pattern, &named.host, named.port))
        .ok_or(reason)
}

/// The answer that knows of the latest fail-over.
fn latest(all: Vec<Named>) -> Option<Named> {
    all.into_iter().max_by_key(|named| named.epoch)
}

async fn ask(
    sentinel: &ConnectionInfo,
    master: &str,
    pattern: &ConnectionInfo,
) -> RedisResult<Option<Named>> {
    let mut question = redis::cmd("SENTINEL");
    question.arg("MASTER").arg(master);
    let mut connection = open(sentinel.clone()).await?;
    let mut answer: RedisResult<BTreeMap<String, String>> =
        question.query_async(&mut connection).await;
    if matches!(&answer, Err(error) if error.code() == Some("NOAUTH")) {
        let mut connection = open(address::signed(sentinel, pattern)).await?;
        answer = question.query_async(&mut connection).await;
    }
    match answer {
        Ok(fields) => Ok(read(&fields)),
        Err(error) if error.to_string().contains("No such master") => Ok(None),
        Err(error) => Err(error),
    }
}

fn read(fields: &BTreeMap<String, String>) -> Option<Named> {
    Some(Named {
        epoch: fields.get("config-epoch")?.parse().ok()?,
        host: fields.get("ip")?.clone(),
        port: fields.get("port")?.parse().ok()?,
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

    fn named(port: u16, epoch: u64) -> String {
        let fields = ["ip", "10.0.0.1", "port", &port.to_string()].map(str::to_owned);
        let fields = fields.into_iter();
        let fields: Vec<String> = fields
            .chain(["config-epoch".to_owned(), epoch.to_string()])
            .map(|text| format!("${}\r\n{text}\r\n", text.len()))
            .collect();
        format!("*{}\r\n{}", fields.len(), fields.concat())
    }

    fn found(sentinels: &[SocketAddr]) -> Result<String, String> {
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
        let found = find(&sentinels, &master, &pattern);
        let found = work::runtime().unwrap().block_on(found);
        found.map(|place| place.addr().to_string())
    }

    #[test]
    fn one_sentinel_that_is_behind_is_not_believed() {
        let all = [
            sentinel(named(1, 6)),
            sentinel(named(2, 7)),
            sentinel("-ERR No such master with that name\r\n".to_owned()),
        ];
        assert_eq!(found(&all), Ok("10.0.0.1:2".to_owned()));
        let lost = sentinel("-ERR No such master with that name\r\n".to_owned());
        assert_eq!(
            found(&[lost]),
            Err(format!("the sentinel {lost} knows no primary chat"))
        );
    }
}
