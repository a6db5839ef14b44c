//! The channels that are heard, by their names.

use std::collections::BTreeMap;

use protocol::position::{Address, PersonId};

use super::keys::Keys;

/// What a channel is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    Room(Address),
    Person(PersonId),
    Nodes,
}

/// The channels that are heard.
#[derive(Debug, Default)]
pub(super) struct Channels(BTreeMap<String, Channel>);

impl Channels {
    /// Adds one and gives its name.
    pub(super) fn add(&mut self, keys: &Keys, channel: Channel) -> String {
        let name = name(keys, &channel);
        self.0.insert(name.clone(), channel);
        name
    }

    /// Takes one out and gives its name.
    pub(super) fn remove(&mut self, keys: &Keys, channel: &Channel) -> String {
        let name = name(keys, channel);
        self.0.remove(&name);
        name
    }

    pub(super) fn find(&self, name: &str) -> Option<&Channel> {
        self.0.get(name)
    }
}

fn name(keys: &Keys, channel: &Channel) -> String {
    match channel {
        Channel::Room(room) => keys.room(room).bell(),
        Channel::Person(person) => keys.person_bell(*person),
        Channel::Nodes => keys.nodes_bell(),
    }
}
