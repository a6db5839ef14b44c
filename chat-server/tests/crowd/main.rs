//! Ten thousand connections of the worst kinds at once, in the real program: memory stays below a stated figure, and a good
//! client among them is served.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]
#![expect(clippy::print_stdout, reason = "the figure is to be read")]

mod good;
mod hostile;
mod process;

use good::Good;
use hostile::{Hostile, ROUNDS};
use process::Process;

/// What the server may take at most while [`OUTBOX_MIB`] may wait to be written, in MiB.
const MEMORY_MIB_MAX: usize = 400;

const OUTBOX_MIB: usize = 32;

/// Hostile connections. With a smaller limit of open files there are fewer.
const CONNECTIONS: usize = 10_000;

/// Messages in the room that everybody wants to have, 4,000 bytes each.
const HISTORY: u64 = 200;

/// What is said, one after the other, until outboxes are full, and after that.
const LAST_WORDS_MAX: usize = 200;
const LAST_WORDS: usize = 50;

/// Slow readers that go on asking until then.
const READERS: usize = 50;

/// What the server says when it closes the slowest readers.
const SHED: &str = "the slowest readers are closed";

#[tokio::test]
async fn ten_thousand_hostile_connections_stay_below_the_figure() {
    chat_server::raise_limit();
    let server = Process::start(OUTBOX_MIB);
    let mut good = Good::enter(server.address);
    for _ in 0..HISTORY {
        good.say(&"x".repeat(4_000));
    }
    let mut crowd: Vec<Hostile> = Vec::with_capacity(CONNECTIONS);
    for number in 0..connections() {
        crowd.push(Hostile::connect(server.address, number).await);
        // What it says meanwhile is acknowledged, whatever the others do.
        if number % 100 == 0 {
            good.say("still here");
        }
    }
    for round in 0..ROUNDS {
        for hostile in &mut crowd {
            hostile.push(round);
        }
        good.say("and still");
    }
    let mut left = LAST_WORDS_MAX;
    while !server.log().contains(SHED) {
        assert!(left > 0, "outboxes were never full: {}", server.log());
        left -= 1;
        crowd.iter_mut().for_each(Hostile::go_on);
        // What the system itself takes differs from run to run.
        let readers = crowd.iter_mut().filter(|hostile| hostile.wants_pages());
        for hostile in readers.take(READERS) {
            hostile.push(ROUNDS - 1);
        }
        good.say("to the end");
    }
    for _ in 0..LAST_WORDS {
        good.say("and beyond");
    }
    let peak = server.memory_mib();
    println!("{} connections: {peak} MiB", crowd.len());
    assert!(peak < MEMORY_MIB_MAX, "{peak} MiB");
}

/// As many as this process may have files, less a few.
fn connections() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let files = limit.map_or(usize::MAX, |files| usize::try_from(files).unwrap());
    CONNECTIONS.min(files - 200)
}
