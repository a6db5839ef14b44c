//! Why something cannot be used, in each language of the interface.

use std::fmt;

use protocol::names::NameError;

use crate::model::words::{Language, Said, fill};

/// One sentence that says what to do, with its values in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Why {
    english: String,
    korean: String,
}

impl Why {
    /// The sentence with these values.
    pub fn new(said: Said, values: &[&str]) -> Self {
        Self {
            english: fill(said.0, values),
            korean: fill(said.1, values),
        }
    }

    /// A reason that is English only, as those of the system and of servers are.
    pub fn english(sentence: &str) -> Self {
        Self {
            english: sentence.to_owned(),
            korean: sentence.to_owned(),
        }
    }

    /// The sentence.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::English => &self.english,
            Language::Korean => &self.korean,
        }
    }
}

impl From<NameError> for Why {
    fn from(error: NameError) -> Self {
        Self {
            english: error.to_string(),
            korean: Language::Korean.words().name_refused(&error),
        }
    }
}

/// Flags speak English, as all of the command line does.
impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

impl std::error::Error for Why {}
