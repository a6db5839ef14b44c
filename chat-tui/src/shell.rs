//! Terminal, network and files: everything that waits. No chat rules.

pub mod connection;
pub mod line_mode;
pub mod storage;
pub mod terminal;
