//! The program in a pseudo-terminal, read by a terminal emulator.

mod pty;
mod terminal;
