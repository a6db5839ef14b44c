//! Chat rooms over WebSocket with durable history.

pub mod engine;
pub mod history;
pub mod record;
