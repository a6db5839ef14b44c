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

#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing {
    //! What must hold whatever comes in; the fuzzer calls these, and the property tests do.

    pub use crate::engine::fuzzing::requests;
    pub use crate::history::fuzzing::open;

    /// Any bytes at the server's end of a WebSocket.
    pub fn websocket(bytes: &[u8]) {
        crate::shell::connection::wire::fuzzing::websocket(bytes);
    }
}

pub use config::Config;
pub use history::known_key_in;
pub use server::{RunError, Server, StartError};
pub use shell::hub_task::HubError;
pub use shell::open_files::raise_limit;
pub use shell::server_key::{KeyError, known_key};
pub use shell::tls::TlsError;
