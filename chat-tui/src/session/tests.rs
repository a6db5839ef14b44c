//! The session from outside: what goes in, what comes out.

mod hostile;
mod scenarios;
mod simulation;
mod support;
