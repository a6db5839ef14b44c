//! Chat rooms over WebSocket with durable history.
//!
//! [`Server`] is the whole program but for its arguments. Inside, [`engine`] holds the rules and touches nothing, [`history`]
//! keeps what was said and knows no connection, and the shell moves bytes between them and the sockets.

pub mod config;
pub mod engine;
pub mod faults;
pub mod history;
pub mod record;
mod server;
mod shell;

pub use config::Config;
pub use server::{RunError, Server, StartError};
pub use shell::hub_task::HubError;
pub use shell::open_files::raise_limit;
pub use shell::server_key::{KeyError, known_key};
pub use shell::tls::TlsError;
