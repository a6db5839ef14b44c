//! The terminal client of chat-server.

pub mod key;
pub mod model;
pub mod session;
pub mod shell;
pub mod text;
pub mod update;
pub mod view;
