//! The scripts about persons, nodes and members.

use super::scripts::Script;

/// Before those that have to do with who holds what.
const PEOPLE: &str = include_str!("scripts/people.lua");

/// All of them.
#[derive(Debug)]
pub(super) struct PeopleScripts {
    /// A sign of life, and the news of all nodes.
    pub(super) beat: Script,
    /// A node ends in order.
    pub(super) end: Script,
    /// A node that has been gone for long is forgotten.
    pub(super) forget: Script,
    /// A nick is claimed.
    pub(super) claim: Script,
    /// Nicks are held again.
    pub(super) hold: Script,
    /// A nick is given back.
    pub(super) release: Script,
    /// A device is here.
    pub(super) introduce: Script,
    /// A nick is in use.
    pub(super) used: Script,
    /// How long servers have served.
    pub(super) served: Script,
    /// Who has a nick.
    pub(super) owner: Script,
    /// A member comes or goes.
    pub(super) enter: Script,
    /// Who is in a room.
    pub(super) members: Script,
    /// Members of nodes that are gone are taken out.
    pub(super) sweep: Script,
    /// What was paid for.
    pub(super) spent: Script,
}

impl Default for PeopleScripts {
    fn default() -> Self {
        Self {
            beat: Script::whole(include_str!("scripts/beat.lua")),
            end: Script::whole(include_str!("scripts/end.lua")),
            forget: Script::behind(PEOPLE, include_str!("scripts/forget.lua")),
            claim: Script::behind(PEOPLE, include_str!("scripts/claim.lua")),
            hold: Script::behind(PEOPLE, include_str!("scripts/hold.lua")),
            release: Script::behind(PEOPLE, include_str!("scripts/release.lua")),
            introduce: Script::behind(PEOPLE, include_str!("scripts/introduce.lua")),
            used: Script::whole(include_str!("scripts/used.lua")),
            served: Script::whole(include_str!("scripts/served.lua")),
            owner: Script::whole(include_str!("scripts/owner.lua")),
            enter: Script::whole(include_str!("scripts/enter.lua")),
            members: Script::whole(include_str!("scripts/members.lua")),
            sweep: Script::whole(include_str!("scripts/sweep.lua")),
            spent: Script::whole(include_str!("scripts/spent.lua")),
        }
    }
}

impl PeopleScripts {
    /// Each of them.
    pub(super) const fn all(&self) -> [&Script; 14] {
        [
            &self.beat,
            &self.end,
            &self.forget,
            &self.claim,
            &self.hold,
            &self.release,
            &self.introduce,
            &self.used,
            &self.served,
            &self.owner,
            &self.enter,
            &self.members,
            &self.sweep,
            &self.spent,
        ]
    }
}
