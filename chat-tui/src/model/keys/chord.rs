//! A key, or two after one another, by name: as the help shows it, as the settings write it, and whether a terminal sends it.

use std::fmt;
use std::str::FromStr;

use crate::key::{Code, Key};

/// What is pressed for one action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chord {
    /// The key that has to be pressed before, for those of two.
    pub after: Option<Key>,
    /// The key.
    pub key: Key,
}

/// Why a text names no keys that can be bound.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoChord {
    /// It names not one key or two.
    Count,
    /// There is no such key; perhaps this one was meant.
    NoKey {
        /// As it stands there.
        name: String,
        /// A name that is nearly the same.
        nearest: Option<&'static str>,
    },
    /// The character is on no key that everybody has; shortcuts are named by the Latin letter of the key.
    NotLatin(char),
    /// A terminal sends another key for it.
    SentAs {
        /// The key that was named.
        name: String,
        /// The one that arrives.
        sent: String,
    },
    /// No terminal sends it, or not so that it can be told from what a terminal sends by itself.
    NeverSent(String),
}

/// The highest function key.
const F_MAX: u8 = 35;

/// The highest function key that every terminal has.
const F_USUAL_MAX: u8 = 12;

/// The keys that have a name, beside the function keys.
const NAMED: [(Code, &str); 15] = [
    (Code::Enter, "Enter"),
    (Code::Tab, "Tab"),
    (Code::Backspace, "Backspace"),
    (Code::Esc, "Esc"),
    (Code::Left, "Left"),
    (Code::Right, "Right"),
    (Code::Up, "Up"),
    (Code::Down, "Down"),
    (Code::Home, "Home"),
    (Code::End, "End"),
    (Code::PageUp, "PageUp"),
    (Code::PageDown, "PageDown"),
    (Code::Insert, "Insert"),
    (Code::Delete, "Delete"),
    (Code::Char(' '), "Space"),
];

/// What can be held, as settings write it.
const HELD: [&str; 3] = ["ctrl", "alt", "shift"];

/// Characters of an unknown name that are told, and compared with names.
const NAME_CHARS_MAX: usize = 20;

impl Chord {
    /// One key alone.
    pub const fn alone(key: Key) -> Self {
        Self { after: None, key }
    }

    /// As settings write it: `ctrl+x ctrl+e`.
    pub fn written(self) -> String {
        let keys = self.after.into_iter().chain([self.key]);
        let keys: Vec<String> = keys.map(written).collect();
        keys.join(" ")
    }

    /// Whether the first key types a character.
    pub fn types(self) -> bool {
        let first = self.after.unwrap_or(self.key);
        matches!(first.code, Code::Char(_)) && !first.ctrl && !first.alt
    }

    /// Whether every terminal sends it, also one that cannot be asked for unambiguous keys.
    pub fn is_sent_by_all(self) -> bool {
        self.after.into_iter().chain([self.key]).all(is_usual)
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(first) = self.after {
            write!(f, "{} ", name(first))?;
        }
        f.write_str(&name(self.key))
    }
}

impl FromStr for Chord {
    type Err = NoChord;

    fn from_str(text: &str) -> Result<Self, NoChord> {
        let mut names = text.split_whitespace();
        match (names.next(), names.next(), names.next()) {
            (Some(one), None, None) => Ok(Self::alone(key(one)?)),
            (Some(first), Some(second), None) => Ok(Self {
                after: Some(key(first)?),
                key: key(second)?,
            }),
            _ => Err(NoChord::Count),
        }
    }
}

/// How a key is called on the screen.
pub fn name(key: Key) -> String {
    let mut name = String::new();
    for (is_held, modifier) in [
        (key.ctrl, "Ctrl+"),
        (key.alt, "Alt+"),
        (key.shift, "Shift+"),
    ] {
        if is_held {
            name.push_str(modifier);
        }
    }
    if let Some((_, code)) = NAMED.iter().find(|(code, _)| *code == key.code) {
        return name + code;
    }
    match key.code {
        Code::F(number) => return name + &format!("F{number}"),
        // Where letters are keys `g` is another one than `G`.
        Code::Char(c) if name.is_empty() => name.push(c),
        Code::Char(c) => name.extend(c.to_uppercase()),
        Code::Enter
        | Code::Tab
        | Code::Backspace
        | Code::Esc
        | Code::Left
        | Code::Right
        | Code::Up
        | Code::Down
        | Code::Home
        | Code::End
        | Code::PageUp
        | Code::PageDown
        | Code::Insert
        | Code::Delete => {}
    }
    name
}

fn written(key: Key) -> String {
    if matches!(key.code, Code::Char(c) if c.is_ascii_graphic()) && key == Key::plain(key.code) {
        return name(key);
    }
    name(key).to_ascii_lowercase()
}

/// The key of this name, if it can be bound.
fn key(text: &str) -> Result<Key, NoChord> {
    let mut rest = text;
    let [mut ctrl, mut alt, mut shift] = [false; 3];
    while let Some((modifier, behind)) = rest.split_once('+') {
        // The plus itself is a key.
        if modifier.is_empty() || behind.is_empty() {
            break;
        }
        match modifier.to_ascii_lowercase().as_str() {
            "ctrl" => ctrl = true,
            "alt" => alt = true,
            "shift" => shift = true,
            _ => return Err(no_key(modifier, HELD.into_iter())),
        }
        rest = behind;
    }
    let named = Key {
        code: code(rest)?,
        ctrl,
        alt,
        shift,
    };
    let arrives = arriving(named).ok_or_else(|| NoChord::NeverSent(written(named)))?;
    if arrives != lowered(named) {
        return Err(NoChord::SentAs {
            name: written(named),
            sent: written(arrives),
        });
    }
    Ok(arrives)
}

fn code(text: &str) -> Result<Code, NoChord> {
    let mut chars = text.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return if c.is_ascii_graphic() {
            Ok(Code::Char(c))
        } else {
            Err(NoChord::NotLatin(c))
        };
    }
    let lower = text.to_ascii_lowercase();
    let is_named = |name: &str| name.eq_ignore_ascii_case(&lower);
    if let Some((code, _)) = NAMED.iter().find(|(_, name)| is_named(name)) {
        return Ok(*code);
    }
    let number = lower
        .strip_prefix('f')
        .and_then(|number| number.parse().ok());
    match number.filter(|number| (1..=F_MAX).contains(number)) {
        Some(number) => Ok(Code::F(number)),
        None => Err(no_key(text, NAMED.iter().map(|(_, name)| *name))),
    }
}

fn no_key(text: &str, names: impl Iterator<Item = &'static str>) -> NoChord {
    let name: String = text.chars().take(NAME_CHARS_MAX).collect();
    let lower = name.to_ascii_lowercase();
    let distance = |other: &str| strsim::damerau_levenshtein(&other.to_ascii_lowercase(), &lower);
    let half = lower.chars().count() / 2;
    let nearest = names
        .min_by_key(|name| distance(name))
        .filter(|name| distance(name) <= half);
    NoChord::NoKey { name, nearest }
}

/// A letter with Control or Alt is the same in either case.
fn lowered(key: Key) -> Key {
    if let Code::Char(c) = key.code
        && (key.ctrl || key.alt)
    {
        return Key {
            code: Code::Char(c.to_ascii_lowercase()),
            ..key
        };
    }
    key
}

/// The key that arrives where this one is pressed in a terminal without unambiguous keys; nothing where none does.
fn arriving(named: Key) -> Option<Key> {
    let Code::Char(c) = named.code else {
        return Some(named);
    };
    let held = Key {
        shift: false,
        ..named
    };
    let with = |code| Key { code, ..held };
    // A terminal sends characters, so Shift is in them already, and with Control or Alt it is lost.
    if !named.ctrl && !named.alt {
        return match c {
            _ if !named.shift || c == ' ' => Some(held),
            'a'..='z' | 'A'..='Z' => Some(with(Code::Char(c.to_ascii_uppercase()))),
            _ => None,
        };
    }
    let lower = with(Code::Char(c.to_ascii_lowercase()));
    let without_ctrl = |code| Key {
        ctrl: false,
        ..with(code)
    };
    match c.to_ascii_lowercase() {
        'i' if named.ctrl => Some(without_ctrl(Code::Tab)),
        'm' if named.ctrl => Some(without_ctrl(Code::Enter)),
        '[' if named.ctrl => Some(without_ctrl(Code::Esc)),
        '?' if named.ctrl => Some(without_ctrl(Code::Backspace)),
        '@' if named.ctrl => Some(with(Code::Char(' '))),
        '/' if named.ctrl => Some(with(Code::Char('_'))),
        'a'..='z' | ' ' | '\\' | ']' | '^' | '_' if named.ctrl => Some(lower),
        _ if named.ctrl => None,
        // Behind ESC these begin what a terminal says by itself.
        '[' | ']' | '^' | '_' | '\\' => None,
        _ => Some(lower),
    }
}

/// Whether every terminal sends the key, of those that can be bound.
fn is_usual(key: Key) -> bool {
    match key.code {
        Code::Enter | Code::Backspace => !key.ctrl && !key.shift,
        Code::Tab => !key.ctrl && !key.alt,
        Code::Esc => !key.ctrl && !key.alt && !key.shift,
        Code::F(number) => number <= F_USUAL_MAX,
        Code::Char(_)
        | Code::Left
        | Code::Right
        | Code::Up
        | Code::Down
        | Code::Home
        | Code::End
        | Code::PageUp
        | Code::PageDown
        | Code::Insert
        | Code::Delete => true,
    }
}

#[cfg(test)]
mod tests;
