//! The terminal client of chat-server.

pub mod key;
pub mod shell;
pub mod text;
