//! Every key and what it does: the one live table, in which the person's own keys stand in place of the usual ones.
//!
//! The help, the hints and the file of settings are made from it, and nothing else knows a key by heart. What an action comes
//! to is not decided here.

use std::sync::LazyLock;

use crate::key::{Code, Key};
use crate::model::words::{Said, Words};
use crate::text::jamo::keys_of;

pub mod action;
pub mod chord;
pub mod reading;
pub mod rebind;
mod table;

pub use action::Action;
pub use chord::{Chord, name};
use reading::Step;

/// Something that keys can be bound to.
#[derive(Debug)]
pub struct Spec<A: 'static> {
    /// What they do.
    pub action: A,
    /// Its name in the file of settings.
    pub name: &'static str,
    /// The usual keys, as the settings write them.
    pub keys: &'static [&'static str],
    /// What the help says; neighbours that say the same share a line. Nothing for what nobody asks.
    pub help: Option<fn(&Words) -> &'static str>,
    /// What stands above it in the file of settings.
    pub about: Said,
}

/// A mode in which keys do something: all that they can do in it.
pub trait Bindable: Copy + Eq + 'static {
    /// In the order of the help.
    const SPECS: &'static [Spec<Self>];
    /// Whether characters type in this mode, so that none is bound alone.
    const TYPES: bool;
    /// What no person can do without: each keeps a key that every terminal sends.
    const NEEDED: &'static [Self];
}

impl Bindable for Action {
    const SPECS: &'static [Spec<Self>] = table::ACTIONS;
    const TYPES: bool = true;
    const NEEDED: &'static [Self] = &[Self::Enter, Self::Clear];
}

impl Bindable for Step {
    const SPECS: &'static [Spec<Self>] = reading::STEPS;
    const TYPES: bool = false;
    const NEEDED: &'static [Self] = &[];
}

/// The keys of one mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mode<A: Bindable> {
    /// One list for each of [`Bindable::SPECS`].
    chords: Vec<Vec<Chord>>,
    of: std::marker::PhantomData<A>,
}

impl<A: Bindable> Mode<A> {
    fn usual() -> Self {
        let chords = |spec: &Spec<A>| {
            spec.keys
                .iter()
                .filter_map(|keys| keys.parse().ok())
                .collect()
        };
        Self {
            chords: A::SPECS.iter().map(chords).collect(),
            of: std::marker::PhantomData,
        }
    }

    /// What can be done, with the keys for it; the list is empty where no key does it.
    pub fn bindings(&self) -> impl Iterator<Item = (&'static Spec<A>, &[Chord])> {
        A::SPECS.iter().zip(self.chords.iter().map(Vec::as_slice))
    }

    /// The keys for this.
    pub fn keys_for(&self, action: A) -> &[Chord] {
        let mut bindings = self.bindings();
        let found = bindings.find(|(spec, _)| spec.action == action);
        found.map_or(&[], |(_, chords)| chords)
    }

    fn bound(&self, chord: Chord) -> Option<A> {
        let mut bindings = self.bindings();
        let found = bindings.find(|(_, chords)| chords.contains(&chord));
        found.map(|(spec, _)| spec.action)
    }

    fn is_first_of_two(&self, key: Key) -> bool {
        let mut chords = self.chords.iter().flatten();
        chords.any(|chord| chord.after == Some(key))
    }
}

/// The keys of all modes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// Those where one writes, and in lists.
    pub main: Mode<Action>,
    /// Those where one reads with keys.
    pub reading: Mode<Step>,
}

/// The usual keys.
pub static USUAL: LazyLock<Keys> = LazyLock::new(|| Keys {
    main: Mode::usual(),
    reading: Mode::usual(),
});

impl Default for Keys {
    fn default() -> Self {
        USUAL.clone()
    }
}

impl Keys {
    /// What a key does, whichever layout is switched on; nothing where it only types.
    pub fn action(&self, key: Key) -> Option<Action> {
        let key = on_latin_keys(key);
        if self.main.is_first_of_two(key) {
            return Some(Action::First);
        }
        self.main.bound(Chord::alone(key))
    }

    /// What a key does behind the first one of two; where it is not the second, what it does alone.
    pub fn second_action(&self, first: Key, key: Key) -> Option<Action> {
        let chord = |key| Chord {
            after: Some(on_latin_keys(first)),
            key,
        };
        // Behind a first key letters are commands, too.
        let second = match taken_apart(key).as_slice() {
            [one] => self.main.bound(chord(*one)),
            [] | [..] => None,
        };
        second.or_else(|| self.action(key))
    }

    /// What a key does while one reads, whichever layout is switched on: an input method makes several keys into one syllable
    /// (`어` is d, j). Nothing where one of them has no meaning here; then somebody begins to write.
    pub fn steps(&self, key: Key) -> Vec<Step> {
        let keys = if key.ctrl || key.alt {
            vec![on_latin_keys(key)]
        } else {
            // Shift changes few keys of the Hangul layout: one that is held is seen on those alone.
            taken_apart(key)
        };
        let step = |key| self.reading.bound(Chord::alone(key));
        let found: Option<Vec<Step>> = keys.into_iter().map(step).collect();
        found.unwrap_or_default()
    }

    /// The keys for what a sentence calls `{name}`, or `{reading_name}`; nothing where nothing is called so.
    pub fn called(&self, name: &str) -> Option<&[Chord]> {
        fn of<'a, A: Bindable>(mode: &'a Mode<A>, name: &str) -> Option<&'a [Chord]> {
            let mut bindings = mode.bindings();
            let found = bindings.find(|(spec, _)| spec.name == name);
            found.map(|(_, chords)| chords)
        }
        match name.strip_prefix("reading_") {
            Some(step) => of(&self.reading, step),
            None => of(&self.main, name),
        }
    }

    /// The keys to the first `count` rooms, as `Alt+1-4` where they are in order; nothing where there are none.
    pub fn to_rooms(&self, count: u8) -> Option<String> {
        // A name, and the digits that it stands for.
        let mut runs: Vec<(Chord, Option<(char, char)>)> = Vec::new();
        let rooms = (1..=count).filter_map(|room| self.main.keys_for(Action::Room(room)).first());
        for chord in rooms {
            let digit = if let Code::Char(c @ '0'..='9') = chord.key.code {
                Some((c, c))
            } else {
                None
            };
            if let (Some((first, Some((_, last)))), Some((this, _))) = (runs.last_mut(), digit)
                && u32::from(this) == u32::from(*last).saturating_add(1)
                && is_but_for_character(*first, *chord)
            {
                *last = this;
            } else {
                runs.push((*chord, digit));
            }
        }
        let told = runs.into_iter().map(|(chord, digits)| match digits {
            Some((first, last)) if first != last => format!("{chord}-{last}"),
            _ => chord.to_string(),
        });
        let told: Vec<String> = told.collect();
        Some(told.join(" ")).filter(|told| !told.is_empty())
    }
}

/// Whether two bindings are the same but for the character.
fn is_but_for_character(one: Chord, other: Chord) -> bool {
    let key = Key {
        code: one.key.code,
        ..other.key
    };
    one == Chord { key, ..other }
}

/// The same key with the Latin layout, where it is one with Control or Alt.
fn on_latin_keys(key: Key) -> Key {
    match pressed(key).as_slice() {
        [one] => *one,
        [] | [..] => key,
    }
}

/// The keys with Control or Alt that were pressed, on the Latin layout: what an input method composed of several is several again.
/// Any other key is itself, as it types.
pub fn pressed(key: Key) -> Vec<Key> {
    if key.ctrl || key.alt {
        taken_apart(key)
    } else {
        vec![key]
    }
}

/// The keys that were pressed for a character, on the Latin layout, whatever was held: `어` is d and j, for a mode in which letters are
/// commands.
pub fn taken_apart(key: Key) -> Vec<Key> {
    let Code::Char(c) = key.code else {
        return vec![key];
    };
    let is_command = key.ctrl || key.alt;
    let letters = keys_of(c.encode_utf8(&mut [0; 4]));
    let pressed = letters.chars().map(|c| Key {
        code: Code::Char(if is_command {
            c.to_ascii_lowercase()
        } else {
            c
        }),
        ..key
    });
    pressed.collect()
}

#[cfg(test)]
mod tests;
