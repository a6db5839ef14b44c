//! Many who connect within a short time: some introduce nothing, some hang up in the middle, some say rubbish.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::upstream::Upstream;

/// How long one of them stays at most.
const STAYS: Duration = Duration::from_millis(500);

/// What they say, one after the other.
const WORDS: [&[u8]; 4] = [
    b"",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: local",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
];

/// Lets so many connect, spread over `lasts`.
pub(super) async fn storm(upstream: &Upstream, connections: u64, lasts: Duration) {
    let pause = lasts / u32::try_from(connections).unwrap_or(u32::MAX).max(1);
    let mut all = JoinSet::new();
    for words in WORDS.into_iter().cycle().zip(0..connections) {
        if let Some(address) = upstream.get() {
            // What becomes of each is its own affair.
            all.spawn_local(async move { drop(timeout(STAYS, one(address, words.0)).await) });
        }
        sleep(pause).await;
    }
    while all.join_next().await.is_some() {}
}

async fn one(address: std::net::SocketAddr, words: &[u8]) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(words).await?;
    if words.is_empty() {
        return stream.set_zero_linger();
    }
    let mut answer = [0; 512];
    while stream.read(&mut answer).await? > 0 {}
    Ok(())
}
