//! The program in a pseudo-terminal, read by a terminal emulator, and in pipes.

mod corpus;
mod line;
mod line_mode;
mod pty;
mod screen;
mod server;
mod terminal;
mod tls;
