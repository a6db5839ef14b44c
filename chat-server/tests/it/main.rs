//! Whole servers on ports of their own, and clients that speak JSON to them.
//!
//! Marked as tests one by one, which is how clippy knows that helpers may unwrap.

#[cfg(test)]
#[path = "../documents/flags.rs"]
mod flags;
#[cfg(test)]
#[path = "../programs/programs.rs"]
#[expect(dead_code, unused_imports, reason = "other tests use more of it")]
mod programs;
#[cfg(test)]
#[cfg(target_os = "linux")]
#[path = "../faults/shim/shim.rs"]
mod shim;
#[cfg(test)]
mod support;

#[cfg(test)]
mod admin;
#[cfg(test)]
mod conversations;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod disk;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod draining;
#[cfg(test)]
mod edges;
#[cfg(test)]
mod floods;
#[cfg(test)]
mod front;
#[cfg(test)]
mod history;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod process;
#[cfg(test)]
mod rooms;
#[cfg(test)]
mod searching;
#[cfg(test)]
mod tls;

/// Elsewhere than on Linux nothing stands between a program and its disk.
#[cfg(test)]
#[cfg(not(target_os = "linux"))]
#[test]
#[ignore = "the tests of a failing disk need Linux: they load a library into the server by LD_PRELOAD"]
fn disk() {}
