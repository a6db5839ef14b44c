//! What the variables of the environment say.

use crate::model::Colours;
use crate::model::words::Language;

/// The environment variable that names the server where the command line does not.
const SERVER_VARIABLE: &str = "CHAT_SERVER";

/// A variable of the environment by its name, nothing where it is not set or empty.
pub type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The server that the environment names.
pub fn server_of(variable: Variable<'_>) -> Option<String> {
    variable(SERVER_VARIABLE)
}

/// The language of messages by the order of POSIX.
pub(super) fn locale(variable: Variable<'_>) -> Language {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(variable);
    Language::of_locale(&named.unwrap_or_default())
}

/// `NO_COLOR` (no-color.org) wins over what the terminal can.
pub(super) fn colours(variable: Variable<'_>) -> Colours {
    let term = variable("TERM").unwrap_or_default();
    let colour_term = variable("COLORTERM").unwrap_or_default();
    if variable("NO_COLOR").is_some() || term == "dumb" {
        Colours::None
    } else if matches!(colour_term.as_str(), "truecolor" | "24bit") || term.ends_with("-direct") {
        Colours::True
    } else if term.contains("256color") {
        Colours::Many
    } else {
        Colours::Sixteen
    }
}
