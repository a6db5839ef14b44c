//! Terminal, network and files: everything that waits. No chat rules.

pub mod connection;
pub mod storage;
