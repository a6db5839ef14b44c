//! Terminal, network and files: everything that waits. No chat rules.

pub mod app;
pub mod connection;
pub mod host;
pub mod keys;
pub mod line_mode;
pub mod storage;
pub mod terminal;
