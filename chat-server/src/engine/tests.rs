//! Scenarios: what is asked on the left, what everybody is told on the right, in short lines.

use std::net::{IpAddr, Ipv4Addr};

use protocol::limits::Limits;

use super::testing::{Store, World};
use super::{Input, Settings};
use crate::record::{AppendError, Found, Written};

mod budgets;
mod draining;
mod expiry;
mod joining;
mod limits;
mod naming;
mod presence;
mod searching;
mod servers;
mod talking;

fn world() -> World {
    World::new(Settings::default())
}

fn with_limits(limits: Limits) -> World {
    World::new(Settings {
        limits,
        ..Settings::default()
    })
}
