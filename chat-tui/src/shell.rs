//! Terminal, network and files: everything that waits. No chat rules.

pub mod line_mode;
pub mod terminal;
