//! The end of a server whose Redis hangs.

use std::time::{Duration, Instant};

use crate::programs::{Process, Redis};

/// As the process promises without `--drain`, and some time to start ending in.
const ENDS_WITHIN: Duration = Duration::from_secs(5);

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "what is promised is a time, that of the signal to the end"
)]
fn a_server_ends_in_order_and_in_time_though_its_redis_hangs() {
    let redis = Redis::start();
    let place = tempfile::tempdir().unwrap();
    let words = place.path().join("words");
    let url = redis.url();
    let arguments = ["--port", "0", "--redis", &url, "--redis-replicas", "0"];
    let mut server = Process::start(env!("CARGO_BIN_EXE_chat-server"), arguments, &words);
    server.until("it listens", || {
        std::fs::read_to_string(&words).is_ok_and(|said| said.contains("listening on"))
    });
    redis.freeze();
    let begun = Instant::now();
    let status = server.stop();
    let took = begun.elapsed();
    redis.thaw();
    let said = std::fs::read_to_string(&words).unwrap();
    assert!(status.success(), "{status:?}: {said}");
    assert!(took < ENDS_WITHIN, "{took:?}");
}
