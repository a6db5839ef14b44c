//! Who is who: nicks, leases and members.

use std::sync::Arc;

use super::common::Common;
use super::link::Link;
use crate::record::{ClaimError, Write, Written};

/// What this server says of the persons that are here.
pub(super) struct People {
    _link: Link,
}

impl People {
    pub(super) fn new(common: &Arc<Common>) -> Self {
        Self {
            _link: Link::new(common),
        }
    }

    /// Does what these say, in their order, and gives the answers of those that have one.
    pub(super) async fn commit(&mut self, writes: Vec<Write>) -> Vec<Written> {
        let refused = writes.into_iter().filter_map(|write| match write {
            Write::Claim(claim) => Some(Written::Claim {
                ticket: claim.ticket,
                result: Err(ClaimError::Unavailable),
            }),
            Write::Append(_)
            | Write::Present(_)
            | Write::Absent { .. }
            | Write::Used(_)
            | Write::Served(_)
            | Write::Share(_) => None,
        });
        refused.collect()
    }
}
