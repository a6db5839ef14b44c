//! The terminal client of chat-server.
//!
//! [`session`] is one person's side of the wire, for the screen and for line mode alike. [`model`] is what the screen knows,
//! [`update`] changes it, [`view`] draws it; none of them waits for anything. [`shell`] does: terminal, network, files, clock.
//! [`text`] is strings and the columns they take, and knows nobody.

pub mod config;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
#[expect(clippy::expect_used, reason = "what does not hold must fail")]
pub mod fuzzing;
pub mod key;
pub mod model;
pub mod session;
pub mod shell;
pub mod text;
pub mod update;
pub mod view;
