//! Whose key is whose: the fingerprints that people compare.

use protocol::identity::Fingerprint;
use protocol::names::Nick;
use protocol::position::PersonId;

use super::Turn;
use crate::model::timeline::Entry;
use crate::model::words::fill;

/// Whom a nick names here.
enum Found {
    Person(PersonId),
    Guest,
    Nobody,
}

impl Turn<'_> {
    /// Shows the fingerprints of the own key and of the server's.
    pub(super) fn show_keys(&mut self) {
        let words = self.model.words();
        let own = self.facts.person().map(Fingerprint::of);
        let server = self.facts.server_key().map(|key| key.fingerprint());
        let shown =
            |key: Option<Fingerprint>| key.map_or_else(|| "?".to_owned(), |key| key.to_string());
        let server_name = self.model.server.clone();
        let values = [&*shown(own), &*server_name, &*shown(server)];
        self.tell(&fill(words.keys, &values));
    }

    /// Shows the fingerprint of who goes by a nick here; false where nobody does.
    pub(super) fn show_whois(&mut self, nick: &Nick) -> bool {
        let words = self.model.words();
        match self.find(nick) {
            Found::Person(person) => {
                let key = Fingerprint::of(person).to_string();
                self.tell(&fill(words.whois, &[nick.as_str(), &key]));
                true
            }
            Found::Guest => {
                self.tell(&fill(words.whois_guest, &[nick.as_str()]));
                true
            }
            Found::Nobody => {
                self.fail(&fill(words.whois_nobody, &[nick.as_str()]));
                false
            }
        }
    }

    /// Among the members of the room that is shown, or in a conversation the other; else who said something last by that nick.
    fn find(&self, nick: &Nick) -> Found {
        let Some(tab) = self.model.tab() else {
            return Found::Nobody;
        };
        let wanted = nick.skeleton();
        let is = |name: &str| Nick::normalized(name).is_ok_and(|name| name.skeleton() == wanted);
        let members = self.facts.members(&tab.room, 0, usize::MAX);
        if let Some(member) = members.iter().find(|member| is(&member.nick)) {
            return if member.guest {
                Found::Guest
            } else {
                Found::Person(member.person)
            };
        }
        let me = self.facts.person();
        let other = tab
            .room
            .pair()
            .zip(me)
            .and_then(|(pair, me)| pair.other(me));
        if let (Some(other), true) = (other, is(tab.title.as_str())) {
            return Found::Person(other);
        }
        let said = tab
            .timeline
            .iter()
            .rev()
            .find_map(|(_, entry)| match entry {
                Entry::Said(said) if is(said.nick.as_str()) => Some(said.person),
                Entry::Said(_) | Entry::Notice(_) => None,
            });
        said.map_or(Found::Nobody, Found::Person)
    }
}
