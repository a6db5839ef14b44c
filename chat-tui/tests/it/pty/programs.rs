//! The programs that tests run beside chat-tui's own.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use super::guard;

/// The path of a program of `examples/`, built from the sources as they are now.
///
/// Cargo builds examples only when all tests are asked for, and would run an old one otherwise.
pub(crate) fn example(name: &'static str) -> String {
    let package = env!("CARGO_PKG_NAME");
    build(&["--package", package, "--example", name]);
    built(&["examples", name])
}

/// The path of the server's program, built from the sources as they are now.
pub(crate) fn chat_server() -> String {
    build(&["--package", "chat-server", "--bin", "chat-server"]);
    built(&["chat-server"])
}

/// Builds it, once a run.
fn build(what: &[&'static str]) {
    static BUILT: Mutex<BTreeSet<Vec<&str>>> = Mutex::new(BTreeSet::new());
    let mut built = guard(&BUILT);
    if !built.insert(what.to_vec()) {
        return;
    }
    let mut cargo = Command::new(env!("CARGO"));
    // What cargo told this test would make it build dependencies anew.
    for (told, _) in std::env::vars() {
        if told.starts_with("CARGO_PKG") || told.starts_with("CARGO_MANIFEST") {
            cargo.env_remove(told);
        }
    }
    let status = cargo
        .args(["build", "--quiet"])
        .args(what)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(status.expect("cargo").success(), "{what:?} does not build");
}

/// Where cargo puts what it builds.
fn built(path: &[&str]) -> String {
    let test = std::env::current_exe().expect("the path of this test");
    let target = test.parent().and_then(Path::parent);
    let mut whole = target.expect("a target directory").to_owned();
    whole.extend(path);
    whole.to_str().expect("a path in UTF-8").to_owned()
}
