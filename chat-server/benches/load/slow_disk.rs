//! A disk on which every commit takes longer.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Lets `command` start its program on a disk whose fsyncs take `longer`.
pub(crate) fn apply(command: &mut Command, longer: Duration) {
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("slow_disk.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/load/slow_disk.c");
    let built = Command::new("cc")
        .args(["-O1", "-Wall", "-shared", "-fPIC", "-o"])
        .arg(&library)
        .args([source, "-ldl"])
        .status();
    let built = built.expect("a C compiler");
    assert!(built.success(), "cc cannot build {source}");
    command
        .env("LD_PRELOAD", library)
        .env("LOAD_SYNC_US", longer.as_micros().to_string());
}
