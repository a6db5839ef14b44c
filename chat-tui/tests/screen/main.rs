//! The screen, drawn: keys and news go in, effects and literal screens come out. No terminal, no network.

mod support;

mod commands;
mod form;
mod input;
mod outage;
mod random;
mod reading;
mod room;
mod sizes;
