//! Strings and the columns they take: no chat, no terminal.

pub mod cells;
