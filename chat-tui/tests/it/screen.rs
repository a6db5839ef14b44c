//! What people see: the screen in a pseudo-terminal, against the server's program in a process of its own.

mod crash;
mod finding;
mod first_run;
mod host;
mod keys;
mod leaving;
mod outage;
mod passed_on;
mod quiet;
mod rooms;
mod scrolling;
mod sizes;
pub(crate) mod support;
mod talk;
mod two_terminals;
