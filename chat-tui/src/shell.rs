//! Terminal, network and files: everything that waits. No chat rules.

pub mod app;
mod browser;
mod clipboard;
pub mod connection;
pub mod host;
pub mod keys;
pub mod line_mode;
mod multiplexer;
mod notifier;
mod reasons;
pub mod storage;
pub mod terminal;
pub mod zone;
