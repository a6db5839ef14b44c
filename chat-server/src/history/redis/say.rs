//! What is to be said of one person.

use std::time::Duration;

use protocol::position::PersonId;
use redis::Cmd;

use super::claims;
use super::common::Common;
use crate::record::{Claim, NodeId, Share, Used, Write};

/// Something to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Say {
    Claim(Claim),
    /// A claim that was granted before, which nobody waits for.
    Again(Claim),
    Used(Used),
    Served(Duration),
    Introduced {
        person: PersonId,
        device: u32,
    },
    Released {
        person: PersonId,
    },
}

impl Say {
    /// Who claims a nick.
    pub(super) const fn claimant(&self) -> Option<PersonId> {
        match self {
            Self::Claim(claim) | Self::Again(claim) => Some(claim.person),
            Self::Used(_) | Self::Served(_) | Self::Introduced { .. } | Self::Released { .. } => {
                None
            }
        }
    }

    /// What of a write is to be said of a person.
    pub(super) fn of(write: Write) -> Option<Self> {
        Some(match write {
            Write::Claim(claim) => Self::Claim(claim),
            Write::Used(used) => Self::Used(used),
            Write::Served(served) => Self::Served(served),
            Write::Share(Share::Introduced { person, device }) => {
                Self::Introduced { person, device }
            }
            Write::Share(Share::Released { person, .. }) => Self::Released { person },
            Write::Append(_)
            | Write::Present(_)
            | Write::Absent { .. }
            | Write::Share(Share::Unloaded { .. } | Share::Spent(_)) => return None,
        })
    }

    /// How Redis is told.
    pub(super) fn command(&self, common: &Common, node: NodeId) -> Cmd {
        match self {
            Self::Claim(claim) | Self::Again(claim) => claims::claim(common, node, claim),
            Self::Used(used) => claims::used(common, used),
            Self::Served(served) => claims::served(common, *served),
            Self::Introduced { person, device } => {
                claims::introduce(common, node, *person, *device)
            }
            Self::Released { person } => claims::release(common, node, *person),
        }
    }
}
