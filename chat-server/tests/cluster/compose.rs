//! `deploy/compose.yaml` and what it names: that all names, addresses and files in it lead to each other. No container is started.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use yaml_serde::Value;

const COMPOSE: &str = include_str!("../../../deploy/compose.yaml");
const NODES: &str = include_str!("../../../deploy/nodes.compose.conf");
const SENTINEL: &str = include_str!("../../../deploy/sentinel.conf");
const DOCKERFILE: &str = include_str!("../../../deploy/Dockerfile");
const TOOLCHAIN: &str = include_str!("../../../rust-toolchain.toml");

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The whole file, with what it says once for several put into each.
fn compose() -> Value {
    let mut compose: Value = yaml_serde::from_str(COMPOSE).unwrap();
    compose.apply_merge().unwrap();
    compose
}

fn services() -> Vec<(String, Value)> {
    let compose = compose();
    let services = compose["services"].as_mapping().unwrap();
    let named = services
        .iter()
        .map(|(name, service)| (name.as_str().unwrap().to_owned(), service.clone()));
    named.collect()
}

/// Those whose name begins so.
fn those(begin: &str) -> Vec<Value> {
    let all = services()
        .into_iter()
        .filter(|(name, _)| name.starts_with(begin));
    all.map(|(_, service)| service).collect()
}

fn address(service: &Value) -> String {
    service["networks"]["chat"]["ipv4_address"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn addresses(begin: &str) -> BTreeSet<String> {
    those(begin).iter().map(address).collect()
}

/// The words of a list.
fn words(list: &Value) -> Vec<&str> {
    let list = list.as_sequence().map_or(&[][..], Vec::as_slice);
    list.iter().map(|word| word.as_str().unwrap()).collect()
}

/// The value of a flag of the servers.
fn flag(name: &str) -> String {
    let node = &those("chat-")[0];
    let begin = format!("--{name}=");
    let words = words(&node["command"]);
    let mut found = words.iter().filter_map(|word| word.strip_prefix(&begin));
    found
        .next()
        .unwrap_or_else(|| panic!("no --{name}"))
        .to_owned()
}

fn seconds(text: &str) -> u32 {
    text.strip_suffix('s').unwrap().parse().unwrap()
}

#[test]
fn there_are_four_servers_and_all_else_that_they_need() {
    let names: Vec<String> = services().into_iter().map(|(name, _)| name).collect();
    let expected = [
        "nginx",
        "chat-1",
        "chat-2",
        "chat-3",
        "chat-4",
        "redis-primary",
        "redis-replica",
        "sentinel-1",
        "sentinel-2",
        "sentinel-3",
    ];
    assert_eq!(names, expected);
    let all: BTreeSet<String> = services()
        .iter()
        .map(|(_, service)| address(service))
        .collect();
    assert_eq!(all.len(), expected.len(), "each has an address of its own");
    assert!(all.iter().all(|address| address.starts_with("10.77.0.")));
    let subnet = &compose()["networks"]["chat"]["ipam"]["config"][0]["subnet"];
    assert_eq!(subnet.as_str(), Some("10.77.0.0/24"));
}

#[test]
fn what_waits_for_another_one_waits_for_one_that_is_there() {
    let all = services();
    let find = |name: &str| all.iter().find(|(other, _)| other == name);
    for (name, service) in &all {
        for other in words(&service["depends_on"]) {
            assert!(find(other).is_some(), "{name} waits for {other}");
        }
        let Some(others) = service["depends_on"].as_mapping() else {
            continue;
        };
        for (other, how) in others {
            let (_, other) = find(other.as_str().unwrap()).unwrap();
            let healthy = how["condition"].as_str() == Some("service_healthy");
            assert!(!healthy || !other["healthcheck"].is_null(), "{name}");
        }
    }
}

#[test]
fn what_is_mounted_is_there() {
    let compose = compose();
    for (name, service) in services() {
        for volume in words(&service["volumes"]) {
            let (from, _) = volume.split_once(':').unwrap();
            match from.strip_prefix("./") {
                Some(file) => assert!(
                    repository().join("deploy").join(file).is_file(),
                    "{name}: {file}"
                ),
                None => assert!(compose["volumes"].get(from).is_some(), "{name}: {from}"),
            }
        }
    }
}

#[test]
fn nginx_knows_the_servers_and_they_know_nginx() {
    let known = NODES
        .lines()
        .filter_map(|line| line.strip_prefix("server "));
    let known: BTreeSet<String> = known
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect();
    let listening = addresses("chat-")
        .into_iter()
        .map(|address| format!("{address}:7878"));
    assert_eq!(known, listening.collect());
    assert_eq!(flag("trusted-proxy"), address(&those("nginx")[0]));
    assert!(DOCKERFILE.contains("\nEXPOSE 7878\n"));
    assert_eq!(chat_server::config::PORT, 7878);
}

#[test]
fn the_servers_know_the_sentinels_and_these_the_primary() {
    let url = flag("redis");
    let hosts = url
        .strip_prefix("redis+sentinel://")
        .unwrap()
        .strip_suffix("/mymaster")
        .unwrap();
    let known: BTreeSet<String> = hosts.split(',').map(str::to_owned).collect();
    let listening = addresses("sentinel-")
        .into_iter()
        .map(|address| format!("{address}:26379"));
    assert_eq!(known, listening.collect());
    let primary = address(&those("redis-primary")[0]);
    assert!(SENTINEL.contains(&format!("sentinel monitor mymaster {primary} 6379 2\n")));
    let replica = &those("redis-replica")[0];
    assert!(words(&replica["command"]).ends_with(&["--replicaof", &primary, "6379"]));
    assert_eq!(flag("redis-replicas"), "1");
}

#[test]
fn everybody_is_given_the_time_to_end() {
    let drain: u32 = flag("drain").parse().unwrap();
    for node in those("chat-") {
        assert!(seconds(node["stop_grace_period"].as_str().unwrap()) >= drain + 20);
    }
    let nginx = &those("nginx")[0];
    assert!(seconds(nginx["stop_grace_period"].as_str().unwrap()) > 30);
}

#[test]
fn the_image_is_built_from_what_is_there_by_the_compiler_of_the_repository() {
    let steps = DOCKERFILE
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "));
    for step in steps.filter(|step| !step.starts_with("--from")) {
        let mut names: Vec<&str> = step.split(' ').collect();
        names.pop();
        assert!(
            names.iter().all(|name| repository().join(name).exists()),
            "{step}"
        );
    }
    let (_, channel) = TOOLCHAIN.split_once("channel = \"").unwrap();
    let channel = channel.split('"').next().unwrap();
    let version: Vec<&str> = channel.split('.').take(2).collect();
    assert!(DOCKERFILE.contains(&format!("FROM rust:{}-", version.join("."))));
    let (_, user) = DOCKERFILE.split_once("\nUSER ").unwrap();
    assert!(!user.starts_with("root") && !user.starts_with('0'));
    let built = &those("chat-")[0]["build"];
    let context = repository()
        .join("deploy")
        .join(built["context"].as_str().unwrap());
    assert!(fs::exists(context.join(built["dockerfile"].as_str().unwrap())).unwrap());
}
