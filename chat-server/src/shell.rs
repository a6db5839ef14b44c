//! Sockets, tasks and clocks: what carries the engine's words to clients and to the history. Holds no rule of the chat.
//!
//! - [`listener`] takes connections in, [`handshake`] makes a WebSocket of each, with TLS under it where the server has a
//!   certificate, [`connection`] reads and writes one of them. [`gate`] says who may come in, [`proxies`] from where.
//! - [`hub_task`] owns the engine; nothing else calls it. Connections reach it through one bounded inbox, and it reaches
//!   them through their [`outbox`].
//! - [`admin`] tells machines whether all of this lives and what was counted, on an address of its own.
//! - No task is detached: whoever starts one waits for its end, also where it panics.

pub(crate) mod admin;
pub(crate) mod clock;
pub(crate) mod connection;
pub(crate) mod ending;
pub(crate) mod frames;
pub(crate) mod gate;
pub(crate) mod greeting;
pub(crate) mod handshake;
pub(crate) mod hub_task;
pub(crate) mod listener;
pub(crate) mod open_files;
pub(crate) mod outbox;
pub(crate) mod proxies;
pub(crate) mod server_key;
pub(crate) mod socket;
pub(crate) mod tally;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod tls;
pub(crate) mod upgrade;
pub(crate) mod visits;
