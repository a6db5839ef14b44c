//! The session from outside: what goes in, what comes out.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test looks for one kind of output among all"
)]

mod again;
mod finding;
mod formers;
mod hostile;
mod introduction;
mod people;
mod quotes;
mod resuming;
mod sending;
mod simulation;
mod support;
