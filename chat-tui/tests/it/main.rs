//! The program in a pseudo-terminal, read by a terminal emulator, and in pipes.

mod corpus;
#[cfg(test)]
mod documents;
#[cfg(test)]
#[path = "../../../chat-server/tests/documents/flags.rs"]
#[expect(dead_code, reason = "the server's tests use more of it")]
mod flags;
mod keys;
mod line;
mod line_mode;
mod pty;
mod screen;
mod server;
mod terminal;
mod tls;
