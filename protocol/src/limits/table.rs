//! One table of all limits: name, meaning, default and range, made together with [`Limits`](super::Limits) so that none can lack.

use std::fmt;
use std::str::FromStr;

use super::Rate;

/// A limit as the table has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its name, as in the greeting.
    pub name: &'static str,
    /// What it is, with its unit, in sentences.
    pub about: String,
    /// What it is unless it is chosen.
    pub default: String,
    /// The least that makes sense.
    pub least: String,
    /// The greatest that makes sense.
    pub greatest: String,
}

/// A limit that cannot be as it was chosen; each is one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// Not `NAME=VALUE`.
    #[error("a limit is chosen as NAME=VALUE, not as \"{text}\"; \"help\" lists all")]
    NoValue {
        /// What stands there.
        text: String,
    },
    /// No limit has this name.
    #[error("there is no limit \"{name}\"; \"help\" lists all")]
    Unknown {
        /// The name.
        name: String,
    },
    /// The value is not of the limit's kind.
    #[error("{name} takes {kind}, not \"{text}\"")]
    Malformed {
        /// The limit.
        name: &'static str,
        /// What it takes.
        kind: &'static str,
        /// What stands there.
        text: String,
    },
    /// The value is outside the range that makes sense.
    #[error("{name} can be from {least} to {greatest}, not {text}")]
    OutOfRange {
        /// The limit.
        name: &'static str,
        /// The least.
        least: String,
        /// The greatest.
        greatest: String,
        /// What stands there.
        text: String,
    },
    /// Two limits cannot both be as they are.
    #[error("{name} is {value}, but {bound}: {why}; choose both so that they fit")]
    Contradiction {
        /// One of them.
        name: &'static str,
        /// Its value.
        value: u64,
        /// What it has to be, and because of which other one.
        bound: String,
        /// Why.
        why: &'static str,
    },
}

/// The value of a limit.
pub(super) trait Value: fmt::Display + FromStr {
    /// What a text of it is called.
    const KIND: &'static str;

    /// What it is compared by.
    fn rank(&self) -> u128;
}

macro_rules! whole_numbers {
    ($($kind:ty)+) => {
        $(impl Value for $kind {
            const KIND: &'static str = "a whole number";

            fn rank(&self) -> u128 {
                u128::try_from(*self).unwrap_or(u128::MAX)
            }
        })+
    };
}

whole_numbers!(u16 u32 u64 usize);

impl Value for Rate {
    const KIND: &'static str = "a count and a time such as 5/10s";

    /// Times in a million days.
    fn rank(&self) -> u128 {
        u128::from(self.count) * 86_400_000_000_000 / u128::from(self.per_ms.max(1))
    }
}

/// Reads a value that is within its range.
pub(super) fn read<V: Value>(
    name: &'static str,
    text: &str,
    least: &V,
    greatest: &V,
) -> Result<V, LimitError> {
    let Ok(value) = text.parse::<V>() else {
        return Err(LimitError::Malformed {
            name,
            kind: V::KIND,
            text: text.to_owned(),
        });
    };
    if (least.rank()..=greatest.rank()).contains(&value.rank()) {
        Ok(value)
    } else {
        Err(LimitError::OutOfRange {
            name,
            least: least.to_string(),
            greatest: greatest.to_string(),
            text: text.to_owned(),
        })
    }
}

/// Makes [`Limits`](super::Limits) and its table of one list. A line is the meaning, the name, the type, the default, and the range.
macro_rules! limits {
    (
        $(#[$of_struct:meta])*
        pub struct Limits {
            $($(#[doc = $about:literal])+ $name:ident: $kind:ty = $default:expr, $least:expr => $greatest:expr;)+
        }
    ) => {
        $(#[$of_struct])*
        pub struct Limits {
            $($(#[doc = $about])+ pub $name: $kind,)+
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }

        impl Limits {
            /// All limits, in the order of the greeting.
            pub fn table() -> Vec<Limit> {
                let value = |value: &dyn std::fmt::Display| value.to_string();
                let mut table = Vec::new();
                $({
                    let (default, least, greatest): ($kind, $kind, $kind) = ($default, $least, $greatest);
                    table.push(Limit {
                        name: stringify!($name),
                        about: concat!($($about),+).trim().to_owned(),
                        default: value(&default),
                        least: value(&least),
                        greatest: value(&greatest),
                    });
                })+
                table
            }

            /// Chooses one limit by its name; whether it fits the others is [`check`](Self::check)'s to say.
            pub fn set(&mut self, name: &str, text: &str) -> Result<(), LimitError> {
                match name {
                    $(stringify!($name) => {
                        let (least, greatest): ($kind, $kind) = ($least, $greatest);
                        self.$name = table::read(stringify!($name), text, &least, &greatest)?;
                    })+
                    _ => return Err(LimitError::Unknown { name: name.to_owned() }),
                }
                Ok(())
            }
        }
    };
}

pub(super) use limits;
