//! Line mode: a line a message in, a line an event out, so that scripts, bots and screen readers have the chat too. It never prompts.

pub mod args;
pub mod format;
pub mod input;
pub mod ledger;
pub mod plan;
pub mod streams;
