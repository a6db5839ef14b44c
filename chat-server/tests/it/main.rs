//! Whole servers on ports of their own, and clients that speak JSON to them.
//!
//! Marked as tests one by one, which is how clippy knows that helpers may unwrap.

#[cfg(test)]
mod support;

#[cfg(test)]
mod conversations;
#[cfg(test)]
mod edges;
#[cfg(test)]
mod floods;
#[cfg(test)]
mod history;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod process;
#[cfg(test)]
mod rooms;
#[cfg(test)]
mod tls;
