//! Everything between the tty and the program: set-up, input, output, restoring. No chat rules.
//!
//! Two threads serve a [`Terminal`]: one reads, one waits for a terminal that lags. No call waits for
//! the terminal to answer, and none but [`Terminal::lend`] and dropping waits for it to read, for a
//! bounded time.

pub mod decode;
pub mod encode;
pub mod event;
mod modes;
mod outgoing;
mod output;
mod reader;
mod session;
mod signals;
mod tty;

pub use encode::Frame;
pub use event::{Mouse, MouseKind, Reply, Signal, TerminalEvent};
pub use modes::Options;
pub use outgoing::EXTRA_BYTES_MAX;
pub use output::{ANSWER_WAIT, LEAVE_WAIT};
pub use reader::EVENTS_MAX;
pub use session::Terminal;
