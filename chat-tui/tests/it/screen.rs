//! What people see: the screen in a pseudo-terminal, against the server's program in a process of its own.

mod copying;
mod crash;
mod cut;
mod finding;
mod first_run;
mod host;
mod keys;
mod leaving;
mod links;
mod network;
mod outage;
mod passed_on;
mod quiet;
mod rooms;
mod scrolling;
mod sizes;
pub(crate) mod support;
mod talk;
mod two_terminals;
