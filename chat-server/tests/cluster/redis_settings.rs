//! `deploy/redis.conf` on a real Redis: what it sets is what it is there for.

use crate::programs::Redis;
use crate::programs::Reply;

fn setting(redis: &Redis, name: &str) -> String {
    let reply = redis.ask(&["CONFIG", "GET", name]);
    reply.field(name).unwrap().to_owned()
}

#[test]
fn it_keeps_everything_on_disk_and_throws_nothing_away() {
    let redis = Redis::deployed();
    for (name, value) in [
        ("appendonly", "yes"),
        ("appendfsync", "always"),
        ("save", ""),
        ("maxmemory", "1073741824"),
        ("maxmemory-policy", "noeviction"),
        ("min-replicas-to-write", "1"),
        ("min-replicas-max-lag", "10"),
    ] {
        assert_eq!(setting(&redis, name), value, "{name}");
    }
}

#[test]
fn it_takes_nothing_without_a_replica_and_loses_nothing_by_a_kill() {
    let mut primary = Redis::deployed();
    let refused = primary.try_ask(&["SET", "word", "said"]).unwrap();
    assert!(matches!(refused, Reply::Error(text) if text.starts_with("NOREPLICAS")));
    let mut replica = Redis::replica_of(&primary);
    assert_eq!(setting(&replica, "min-replicas-to-write"), "1");
    primary.ask(&["SET", "word", "said"]);
    primary.kill();
    primary.start_again();
    let kept = Reply::Text("said".to_owned());
    assert_eq!(primary.ask(&["GET", "word"]), kept);
    replica.await_link();
    assert_eq!(replica.ask(&["GET", "word"]), kept);
}
