//! What people see: the screen in a pseudo-terminal, against the server's program in a process of its own.

mod copying;
mod crash;
mod cut;
mod editor;
mod evening;
mod finding;
mod first_run;
mod frugal;
mod hangul;
mod host;
mod keys;
mod leaving;
mod links;
mod network;
mod notify;
mod outage;
mod passed_on;
mod pastes;
mod quiet;
mod replies;
mod rooms;
mod scrolling;
mod settings;
mod sizes;
pub(crate) mod support;
mod talk;
mod two_terminals;
