//! What a product build has: nothing.

use protocol::event::Event;

use super::{Mutant, Point};
use crate::Config;
use crate::engine::ConnId;

/// Takes nothing from the environment.
///
/// # Errors
///
/// Never.
pub const fn arm(_: &mut Config) -> Result<(), String> {
    Ok(())
}

pub(crate) const fn point(_: Point) {}

pub(crate) fn point_once_written(_: Point, _: impl Fn() -> bool) {}

pub(crate) const fn mutant(_: Mutant) -> bool {
    false
}

pub(crate) const fn lose_presence(_: &mut [Event]) {}

pub(crate) const fn overlap(_: ConnId, _: &Event) -> Option<Event> {
    None
}

pub(crate) const fn hold_back(_: ConnId, _: &Event) -> bool {
    false
}

pub(crate) const fn dawdle() {}

pub(crate) const fn held_back() -> Vec<(ConnId, Event)> {
    Vec::new()
}
