//! The terminal client of chat-server.

pub mod key;
pub mod session;
pub mod shell;
pub mod text;
