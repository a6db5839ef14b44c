//! The person's own keys in place of the usual ones: each entry is taken or left out whole, and no key ever does two things.

use super::chord::{Chord, NoChord};
use super::{Bindable, Mode};

/// Most keys for one action.
pub const KEYS_MAX: usize = 8;

/// Keys that are wanted for an action; none takes the usual ones from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<A> {
    /// What they are to do.
    pub action: A,
    /// Which.
    pub chords: Vec<Chord>,
}

/// Why keys are not taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotBound {
    /// The text names no keys.
    NoChord(NoChord),
    /// Too many for one action.
    TooMany(usize),
    /// It types.
    Types(Chord),
    /// In this mode a key stands alone.
    Two(Chord),
    /// The action would have no key that every terminal sends; this one is usual.
    Needed(&'static str),
    /// Another action has the key.
    Taken {
        /// Which key.
        chord: Chord,
        /// The action's name.
        by: &'static str,
    },
    /// The key begins two keys of another action, or is behind one that stands alone there.
    Begins {
        /// The key that stands alone.
        alone: Chord,
        /// The two that begin with it.
        two: Chord,
        /// The name of the action of the other entry.
        by: &'static str,
    },
}

impl<A: Bindable> Mode<A> {
    /// Takes these keys for the action, if they can be bound in this mode at all.
    ///
    /// # Errors
    ///
    /// Why they cannot.
    pub fn entry(action: A, written: &[&str]) -> Result<Entry<A>, NotBound> {
        if written.len() > KEYS_MAX {
            return Err(NotBound::TooMany(written.len()));
        }
        let mut chords: Vec<Chord> = Vec::with_capacity(written.len());
        for text in written {
            let chord: Chord = text.parse().map_err(NotBound::NoChord)?;
            if A::TYPES && chord.types() {
                return Err(NotBound::Types(chord));
            }
            if !A::TYPES && chord.after.is_some() {
                return Err(NotBound::Two(chord));
            }
            if !chords.contains(&chord) {
                chords.push(chord);
            }
        }
        if A::NEEDED.contains(&action) && !chords.iter().any(|chord| chord.is_sent_by_all()) {
            let usual = A::SPECS.iter().find(|spec| spec.action == action);
            let usual = usual.and_then(|spec| spec.keys.first()).copied();
            return Err(NotBound::Needed(usual.unwrap_or_default()));
        }
        Ok(Entry { action, chords })
    }

    /// The usual keys with these entries in place of theirs, and the entries that are left out, by their place, and why. Of two that
    /// want the same key the first one gets it.
    pub fn rebound(entries: &[Entry<A>]) -> (Self, Vec<(usize, NotBound)>) {
        let mut left_out: Vec<(usize, NotBound)> = Vec::new();
        loop {
            let mut mode = Self::usual();
            let is_left_out = |place| left_out.iter().any(|(out, _)| *out == place);
            let mut owners: Vec<Option<usize>> = vec![None; A::SPECS.len()];
            for (place, entry) in entries.iter().enumerate() {
                let spec = A::SPECS.iter().position(|spec| spec.action == entry.action);
                // Who writes the usual keys, as in a file that was printed, takes none from others.
                if let Some(spec) = spec.filter(|_| !is_left_out(place))
                    && mode.keys_for(entry.action) != entry.chords
                    && let Some(chords) = mode.chords.get_mut(spec)
                    && let Some(owner) = owners.get_mut(spec)
                {
                    chords.clone_from(&entry.chords);
                    *owner = Some(place);
                }
            }
            // The usual keys are no two alike, so each clash has an entry to it, and the loop ends with the last of them.
            match mode.clash(&owners) {
                Some(clash) => left_out.push(clash),
                None => return (mode, left_out),
            }
        }
    }

    /// The last entry of those whose keys cannot stand beside others.
    fn clash(&self, owners: &[Option<usize>]) -> Option<(usize, NotBound)> {
        let all: Vec<_> = self.bindings().zip(owners).collect();
        let mut found: Option<(usize, NotBound)> = None;
        for ((spec, chords), owner) in &all {
            for ((other, theirs), other_owner) in &all {
                let is_same = spec.action == other.action;
                let is_later = |place: &usize| is_same || Some(*place) > **other_owner;
                let Some(place) = owner.filter(is_later) else {
                    continue;
                };
                let is_last = found.as_ref().is_none_or(|(last, _)| place > *last);
                if let Some(clash) =
                    between(chords, theirs, other.name, is_same).filter(|_| is_last)
                {
                    found = Some((place, clash));
                }
            }
        }
        found
    }
}

/// What of these keys cannot stand beside those of another action, or beside one another.
fn between(
    chords: &[Chord],
    theirs: &[Chord],
    by: &'static str,
    is_same: bool,
) -> Option<NotBound> {
    let begins = |alone: &Chord, two: &Chord| alone.after.is_none() && two.after == Some(alone.key);
    chords.iter().find_map(|chord| {
        theirs.iter().find_map(|other| {
            if chord == other {
                return (!is_same).then_some(NotBound::Taken { chord: *chord, by });
            }
            let (alone, two) = if begins(chord, other) {
                (*chord, *other)
            } else if begins(other, chord) {
                (*other, *chord)
            } else {
                return None;
            };
            Some(NotBound::Begins { alone, two, by })
        })
    })
}

#[cfg(test)]
mod tests;
