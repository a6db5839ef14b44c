//! The programs around the servers, alone: what the tests do to them has the effect that they count on.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use crate::programs::Nginx;
use crate::programs::Port;
use crate::programs::Redis;
use crate::programs::Sentinels;
use crate::programs::until;
use crate::programs::{Connection, Reply};

fn text(text: &str) -> Reply {
    Reply::Text(text.to_owned())
}

#[test]
fn what_a_replica_confirmed_outlives_the_primary() {
    let (mut primary, replica) = Redis::pair();
    let mut node = primary.dial();
    assert_eq!(node.ask(&["SET", "word", "said"]).unwrap().text(), "OK");
    assert_eq!(node.ask(&["WAIT", "1", "0"]).unwrap().number(), 1);
    primary.kill();
    assert!(primary.try_ask(&["PING"]).is_err());
    let refused = replica.try_ask(&["SET", "word", "late"]).unwrap();
    assert!(matches!(refused, Reply::Error(text) if text.starts_with("READONLY")));
    replica.promote();
    assert_eq!(replica.ask(&["GET", "word"]), text("said"));
    replica.ask(&["SET", "word", "late"]);
    // The old one comes back with what it had, until it follows the new one.
    primary.start_again();
    assert_eq!(primary.ask(&["GET", "word"]), text("said"));
    primary.demote(&replica);
    primary.await_link();
    replica.await_replicas(1);
    assert_eq!(primary.ask(&["GET", "word"]), text("late"));
}

#[test]
fn a_frozen_replica_confirms_nothing_and_lags_when_it_is_promoted() {
    let (mut primary, mut replica) = Redis::pair();
    let mut node = primary.dial();
    node.ask(&["SET", "word", "first"]).unwrap();
    assert_eq!(node.ask(&["WAIT", "1", "0"]).unwrap().number(), 1);
    let before = primary.info("master_replid");
    replica.freeze();
    node.ask(&["SET", "word", "second"]).unwrap();
    assert_eq!(node.ask(&["WAIT", "1", "50"]).unwrap().number(), 0);
    primary.kill();
    // What was on its way to it stands in its socket, and is gone with that.
    replica.kill();
    replica.start_again();
    replica.promote();
    assert_eq!(replica.ask(&["GET", "word"]), text("first"));
    assert_ne!(replica.info("master_replid"), before);
    // It knows what it is now at its next start, too.
    replica.kill();
    replica.start_again();
    assert_eq!(replica.info("role").as_deref(), Some("master"));
}

#[test]
fn a_frozen_primary_goes_on_where_it_was() {
    let redis = Redis::start();
    let mut node = redis.dial();
    redis.freeze();
    let asked = std::thread::spawn(move || node.ask(&["SET", "word", "said"]));
    redis.thaw();
    assert_eq!(asked.join().unwrap().unwrap().text(), "OK");
}

#[test]
fn a_redis_that_may_take_no_memory_refuses_writes_until_it_may() {
    let redis = Redis::start();
    redis.limit_memory(1);
    let refused = redis.try_ask(&["SET", "word", "said"]).unwrap();
    assert!(matches!(refused, Reply::Error(text) if text.starts_with("OOM")));
    redis.lift_memory_limit();
    redis.ask(&["SET", "word", "said"]);
}

#[test]
fn subscribers_are_cut_and_scripts_are_forgotten() {
    let redis = Redis::start();
    let mut ear = redis.dial();
    ear.ask(&["SUBSCRIBE", "bell"]).unwrap();
    assert_eq!(redis.ask(&["PUBLISH", "bell", "rings"]).number(), 1);
    let heard = ear.read().unwrap();
    assert_eq!(heard.list(), [text("message"), text("bell"), text("rings")]);
    assert_eq!(redis.kill_subscribers(), 1);
    assert!(ear.read().is_err());
    let script = redis.ask(&["SCRIPT", "LOAD", "return 7"]);
    assert_eq!(redis.ask(&["EVALSHA", script.text(), "0"]).number(), 7);
    redis.forget_scripts();
    let unknown = redis.try_ask(&["EVALSHA", script.text(), "0"]).unwrap();
    assert!(matches!(unknown, Reply::Error(text) if text.starts_with("NOSCRIPT")));
}

#[test]
fn a_redis_that_ends_in_order_has_its_data_at_the_next_start() {
    let mut redis = Redis::start();
    redis.ask(&["SET", "word", "said"]);
    redis.stop();
    redis.start_again();
    assert_eq!(redis.ask(&["GET", "word"]), text("said"));
    assert_eq!(redis.url(), format!("redis://{}/0", redis.address()));
}

#[test]
fn sentinels_promote_the_replica_of_a_dead_primary_and_demote_who_comes_back() {
    let (mut primary, replica) = Redis::pair();
    let sentinels = Sentinels::watch(&primary, 1);
    assert_eq!(sentinels.primary(), Some(primary.address()));
    assert!(sentinels.url().starts_with("redis+sentinel://127.0.0.1:"));
    assert!(sentinels.url().ends_with("/mymaster"));
    primary.kill();
    sentinels.await_primary(&replica);
    primary.start_again();
    replica.await_replicas(1);
    assert_eq!(primary.info("role").as_deref(), Some("slave"));
}

fn status(config_port: SocketAddr, status: u16) -> String {
    format!(
        "worker_processes 1;\nevents {{}}\nhttp {{\n    access_log off;\n    server {{ listen {config_port}; return {status}; }}\n}}\n"
    )
}

fn get(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn nginx_goes_by_its_configuration_and_by_the_next_one() {
    let mut nginx = Nginx::start(|port| status(port, 418));
    assert!(get(nginx.address()).contains(" 418 "), "{}", nginx.words());
    let workers = nginx.workers();
    nginx.reload(|port| status(port, 204));
    until(
        || get(nginx.address()).contains(" 204 "),
        || format!("it goes on as before; {}", nginx.words()),
    );
    let address = nginx.address();
    drop(nginx);
    assert!(TcpStream::connect(address).is_err());
    for worker in workers {
        assert!(!std::path::Path::new(&format!("/proc/{worker}")).exists());
    }
    assert_eq!(Nginx::check(&status(address, 204)), Ok(()));
    let wrong = Nginx::check("events {}\nhttp {\n    no_such_word on;\n}\n").unwrap_err();
    assert!(wrong.contains("no_such_word"), "{wrong}");
}

#[test]
fn a_port_is_nobody_elses_while_it_is_held() {
    let ports: Vec<Port> = (0..50).map(|_| Port::free()).collect();
    let mut numbers: Vec<u16> = ports.iter().map(Port::number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), ports.len());
    for port in ports {
        assert!(TcpStream::connect(port.address()).is_err());
    }
}

#[test]
fn a_test_that_fails_leaves_nothing_behind() {
    let mut address = None;
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let redis = Redis::start();
        address = Some(redis.address());
        redis.freeze();
        panic!("as a failing test does");
    }));
    assert!(failed.is_err());
    assert!(Connection::dial(address.unwrap()).is_err());
}
