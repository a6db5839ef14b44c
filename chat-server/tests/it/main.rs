//! Whole servers on ports of their own, and clients that speak JSON to them.

mod support;

mod conversations;
mod edges;
mod history;
mod identity;
mod process;
mod rooms;
