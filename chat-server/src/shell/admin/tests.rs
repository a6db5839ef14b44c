use std::net::SocketAddr;

use protocol::limits::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::config::{Names, Timing};
use crate::engine::{Engine, Settings};
use crate::history::{History, Location};
use crate::shell::clock::Clock;
use crate::shell::gate::Room;
use crate::shell::hub_task::{HubTask, OUTBOXES_BYTES_MAX};
use crate::shell::proxies::Proxies;

/// A hang shows as a failure; nothing here comes near it.
const PATIENCE: Duration = Duration::from_secs(20);

/// An admin address over a hub that a test plays.
struct Desk {
    address: SocketAddr,
    watch: Arc<Watch>,
    hub: mpsc::Sender<ToHub>,
    inbox: Option<mpsc::Receiver<ToHub>>,
    serving: JoinSet<()>,
}

impl Desk {
    async fn open() -> Self {
        let limits = Limits::default();
        let facts = Facts {
            timing: Timing::from(&limits),
            origins: Vec::new(),
            proxies: Proxies::default(),
            identity: protocol::identity::Identity::from_secret(&[1; 32]),
            names: Names::default(),
            closed: crate::shell::tally::Closed::default(),
            template: std::sync::OnceLock::new(),
            limits,
        };
        let (hub, inbox) = mpsc::channel(1);
        let watch = Arc::new(Watch {
            hub: hub.downgrade(),
            condition: Condition::default(),
            gate: Gate::new(Room::new(&facts.limits, 100, false)),
            facts: Arc::new(facts),
            ending: ending(),
            era: 7,
            started_unix_ms: 1_500,
        });
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let mut serving = JoinSet::new();
        serving.spawn(serve(socket, Arc::clone(&watch), CancellationToken::new()));
        Self {
            address,
            watch,
            hub,
            inbox: Some(inbox),
            serving,
        }
    }

    /// A real hub takes the place of the test, over a history in memory.
    fn run_hub(&mut self) {
        let (history, restored) = History::open(&Location::Memory, 1_000).unwrap();
        let clock = Clock::start();
        let engine = Engine::new(Settings::default(), restored, 1, clock.read());
        let inbox = self.inbox.take().unwrap();
        let hub = HubTask::new(engine, history, inbox, clock, OUTBOXES_BYTES_MAX);
        self.serving
            .spawn(async move { hub.run(ending()).await.unwrap() });
    }

    /// The whole answer to a request.
    async fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let read = stream.read_to_string(&mut answer);
        timeout(PATIENCE, read).await.unwrap().unwrap();
        answer
    }

    async fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"))
            .await
    }
}

fn ending() -> Ending {
    Ending {
        drain: CancellationToken::new(),
        window: Duration::ZERO,
        stop: CancellationToken::new(),
        within: Duration::ZERO,
    }
}

#[track_caller]
fn check(answer: &str, status: &str, body: &str) {
    assert!(
        answer.starts_with(&format!("HTTP/1.1 {status}")),
        "{answer}"
    );
    let (_, found) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(found, body);
}

#[tokio::test]
async fn other_paths_and_methods_are_refused_in_a_line() {
    let mut desk = Desk::open().await;
    desk.run_hub();
    let nothing = "nothing is here; there are /healthz, /readyz and /metrics\n";
    for path in ["/", "/health", "/healthz/", "/metrics/x"] {
        check(&desk.get(path).await, "404", nothing);
    }
    for (method, path) in [
        ("POST", "/healthz"),
        ("PUT", "/readyz"),
        ("DELETE", "/metrics"),
    ] {
        let request = format!("{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n");
        let answer = desk.ask(&request).await;
        check(&answer, "405", "only GET and HEAD are answered\n");
        assert!(answer.to_lowercase().contains("\r\nallow: get, head\r\n"));
    }
    check(&desk.get("/healthz?x=1").await, "200", "ok\n");
    let head = desk.ask("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    check(&head, "200", "");
    assert!(head.contains("content-length: 3\r\n"), "{head}");
    check(&desk.ask("rubbish\r\n\r\n").await, "400", "");
}

#[tokio::test]
async fn a_hub_that_has_ended_is_no_health() {
    let mut desk = Desk::open().await;
    drop(desk.inbox.take());
    check(&desk.get("/healthz").await, "503", "the hub has ended\n");
    let answer = desk.get("/readyz").await;
    let lines = "hub: the hub has ended\nstore: no write has ended yet\ndrain: ok\n";
    check(&answer, "503", lines);
    let metrics = desk.get("/metrics").await;
    assert!(metrics.starts_with("HTTP/1.1 200"), "{metrics}");
    assert!(metrics.contains("\nchat_hub_answers 0\n"), "{metrics}");
    assert!(metrics.contains("\nchat_store_era 7\n"), "{metrics}");
    assert!(metrics.contains("\nprocess_start_time_seconds 1.5\n"));
    assert!(!metrics.contains("chat_requests_total"), "{metrics}");
}

#[tokio::test]
async fn a_hub_that_does_not_answer_in_time_is_no_health() {
    let mut desk = Desk::open().await;
    let inbox = desk.inbox.take().unwrap();
    // The inbox has room for one of the two questions.
    let reason = "the hub did not answer within 1000 ms\n";
    let (first, second) = tokio::join!(desk.get("/healthz"), desk.get("/healthz"));
    check(&first, "503", reason);
    check(&second, "503", reason);
    assert_eq!(inbox.len(), 1);
}

/// Otherwise a hub whose connections have ended would go on for ever.
#[tokio::test]
async fn it_does_not_keep_the_hub_from_its_end() {
    let mut desk = Desk::open().await;
    desk.run_hub();
    check(&desk.get("/healthz").await, "200", "ok\n");
    let (hub, _) = mpsc::channel(1);
    drop(std::mem::replace(&mut desk.hub, hub));
    let ended = timeout(PATIENCE, desk.serving.join_next()).await.unwrap();
    ended.unwrap().unwrap();
    check(&desk.get("/healthz").await, "503", "the hub has ended\n");
}

#[tokio::test]
async fn the_store_is_probed_where_nothing_was_written_lately_and_only_then() {
    let mut desk = Desk::open().await;
    let mut inbox = desk.inbox.take().unwrap();
    let store = desk.watch.condition.clone();
    let mut probes = Vec::new();
    for expected in [true, false, false] {
        let answering = async {
            let Some(ToHub::Ask(Ask::Alive {
                probe_store,
                answer,
            })) = inbox.recv().await
            else {
                panic!("another question");
            };
            probes.push(probe_store);
            if probe_store {
                store.found(Ok(()));
            }
            assert!(answer.send(()).is_ok());
        };
        let (answer, ()) = tokio::join!(desk.get("/readyz"), answering);
        assert!(answer.starts_with("HTTP/1.1 200"), "{expected} {answer}");
    }
    assert_eq!(probes, [true, false, false]);
}

#[tokio::test]
async fn it_is_not_ready_from_the_first_moment_of_a_drain_or_a_stop() {
    for stops in [false, true] {
        let mut desk = Desk::open().await;
        desk.run_hub();
        desk.watch.condition.found(Ok(()));
        let before = desk.get("/readyz").await;
        assert!(before.starts_with("HTTP/1.1 200"), "{before}");
        assert!(desk.get("/metrics").await.contains("\nchat_draining 0\n"));
        if stops {
            desk.watch.ending.stop.cancel();
        } else {
            desk.watch.ending.drain.cancel();
        }
        let after = desk.get("/readyz").await;
        assert!(after.starts_with("HTTP/1.1 503"), "{after}");
        assert!(
            after.contains("\ndrain: it drains: connect elsewhere\n"),
            "{after}"
        );
        check(&desk.get("/healthz").await, "200", "ok\n");
        assert!(desk.get("/metrics").await.contains("\nchat_draining 1\n"));
    }
}

#[tokio::test]
async fn who_holds_all_connections_keeps_nobody_out() {
    let mut desk = Desk::open().await;
    desk.run_hub();
    let mut silent = Vec::new();
    for _ in 0..CONNECTIONS_MAX {
        silent.push(TcpStream::connect(desk.address).await.unwrap());
    }
    check(&desk.get("/healthz").await, "200", "ok\n");
    let mut byte = [0];
    let ended = timeout(PATIENCE, silent[0].read(&mut byte)).await.unwrap();
    assert_eq!(ended.unwrap(), 0, "the oldest was cut off");
    // The others have all their time, as at the bound nobody is cut off.
    for stream in &silent[1..] {
        let error = stream.try_read(&mut byte).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
    }
    let second = &mut silent[1];
    second
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    second.read_to_string(&mut answer).await.unwrap();
    check(&answer, "200", "ok\n");
}

#[tokio::test]
async fn who_asks_nothing_or_without_end_is_cut_off() {
    let desk = Desk::open().await;
    let mut streams = Vec::new();
    for begun in ["", "GET /healthz HTTP/1.1\r\nHost: x\r\n"] {
        let mut stream = TcpStream::connect(desk.address).await.unwrap();
        stream.write_all(begun.as_bytes()).await.unwrap();
        streams.push(stream);
    }
    let mut byte = [0];
    for stream in &mut streams {
        // Long before the end of every connection.
        let ended = timeout(CONNECTION_WITHIN / 2, stream.read(&mut byte));
        assert_eq!(ended.await.unwrap().unwrap(), 0);
    }
    let endless = format!("GET /healthz HTTP/1.1\r\nx: {}", "x".repeat(HEAD_BYTES_MAX));
    check(&desk.ask(&endless).await, "431", "");
}
