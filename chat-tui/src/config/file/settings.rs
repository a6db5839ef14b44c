//! Every setting: the one table by which the file is read and printed.

use std::path::PathBuf;

use protocol::limits::ROOMS_MAX;
use toml::de::DeValue;

use super::FileSettings;
use crate::config::values::{hours, language, mention, palette, room};
use crate::shell::connection::ServerUrl;
use crate::shell::keys::nick;

/// A setting of the file.
pub(super) struct Setting {
    /// Its name.
    pub(super) name: &'static str,
    /// What it is, in one line.
    comment: &'static str,
    /// Its default as TOML.
    default: &'static str,
    /// A line that would do.
    pub(super) example: &'static str,
    /// Takes a value over.
    pub(super) take: fn(&DeValue<'_>, &mut FileSettings) -> Result<(), Refused>,
}

/// Why a value is not taken.
pub(super) enum Refused {
    /// It has to be this.
    Kind(&'static str),
    /// A sentence.
    Value(String),
}

/// All, in the order in which they are printed.
pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: "server",
        comment: "The server: ws://HOST[:PORT], wss://HOST[:PORT] or HOST[:PORT]; $CHAT_SERVER beats it, \"\" asks (--server)",
        default: r#""""#,
        example: r#"server = "wss://chat.example""#,
        take: |value, file| {
            let server = text(value)?.trim();
            if !server.is_empty() {
                let url = server.parse::<ServerUrl>();
                url.map_err(|error| Refused::Value(error.to_string()))?;
            }
            file.server = Some(server.to_owned()).filter(|server| !server.is_empty());
            Ok(())
        },
    },
    Setting {
        name: "rooms",
        comment: "The rooms to enter, the first one to be shown; [] asks for one (--room, in place of all)",
        default: "[]",
        example: r#"rooms = ["lobby", "개발"]"#,
        take: |value, file| {
            let names = texts(value)?;
            if names.len() > ROOMS_MAX {
                let why = format!(
                    "these are {} rooms, the limit is {ROOMS_MAX}; take some out",
                    names.len()
                );
                return Err(Refused::Value(why));
            }
            let rooms = names.into_iter().map(room).collect::<Result<_, _>>();
            file.rooms = rooms.map_err(Refused::Value)?;
            Ok(())
        },
    },
    Setting {
        name: "nick",
        comment: "The name to go by; \"\" asks (--nick)",
        default: r#""""#,
        example: r#"nick = "minsu""#,
        take: |value, file| {
            file.nick = unless_empty(value, nick)?;
            Ok(())
        },
    },
    Setting {
        name: "identity",
        comment: "The key to go by, whatever the server and nick; \"\" is one for each (--identity)",
        default: r#""""#,
        example: r#"identity = "~/me.key""#,
        take: |value, file| {
            file.identity = unless_empty(value, path)?;
            Ok(())
        },
    },
    Setting {
        name: "ca",
        comment: "Certificates (PEM) that alone are believed on wss://; \"\" is those of the system (--ca)",
        default: r#""""#,
        example: r#"ca = "~/cert.pem""#,
        take: |value, file| {
            file.ca = unless_empty(value, path)?;
            Ok(())
        },
    },
    Setting {
        name: "data",
        comment: "Where --host keeps the history; \"\" is the per-user data directory (--data)",
        default: r#""""#,
        example: r#"data = "~/chat""#,
        take: |value, file| {
            file.data = unless_empty(value, path)?;
            Ok(())
        },
    },
    Setting {
        name: "lang",
        comment: "The language of the interface, \"en\" or \"ko\"; \"\" goes by LANG (--lang)",
        default: r#""""#,
        example: r#"lang = "ko""#,
        take: |value, file| {
            file.lang = unless_empty(value, language)?;
            Ok(())
        },
    },
    Setting {
        name: "time",
        comment: "How the hours of a day are counted: \"24h\" (14:03) or \"12h\" (2:03 PM) (--time)",
        default: r#""24h""#,
        example: r#"time = "12h""#,
        take: |value, file| {
            file.time = hours(text(value)?).map_err(Refused::Value)?;
            Ok(())
        },
    },
    Setting {
        name: "palette",
        comment: "For whose eyes the colours are: \"usual\", \"red-green\" or \"blue-yellow\" (--palette)",
        default: r#""usual""#,
        example: r#"palette = "red-green""#,
        take: |value, file| {
            file.palette = palette(text(value)?).map_err(Refused::Value)?;
            Ok(())
        },
    },
    Setting {
        name: "mention",
        comment: "Words besides your nick that count as a mention of you (--mention, in place of all)",
        default: "[]",
        example: r#"mention = ["김민수", "ops"]"#,
        take: |value, file| {
            let words = texts(value)?.into_iter().map(mention);
            file.mention = words.collect::<Result<_, _>>().map_err(Refused::Value)?;
            Ok(())
        },
    },
    Setting {
        name: "mouse",
        comment: "Whether the program takes the mouse; false leaves it to the terminal (--mouse, --no-mouse)",
        default: "true",
        example: "mouse = true",
        take: |value, file| {
            file.mouse = truth(value)?;
            Ok(())
        },
    },
    Setting {
        name: "plain_keys",
        comment: "Ask for no unambiguous keys, where an input method breaks over it (--plain-keys, --no-plain-keys)",
        default: "false",
        example: "plain_keys = false",
        take: |value, file| {
            file.plain_keys = truth(value)?;
            Ok(())
        },
    },
];

/// The file with every setting at its default.
pub fn printed() -> String {
    let mut printed =
        "# Settings of chat-tui; every one is at its default. A flag beats what stands here.\n"
            .to_owned();
    for setting in SETTINGS {
        let (comment, name, default) = (setting.comment, setting.name, setting.default);
        printed.extend(["\n# ", comment, "\n", name, " = ", default, "\n"]);
    }
    printed
}

fn text<'a>(value: &'a DeValue<'_>) -> Result<&'a str, Refused> {
    value.as_str().ok_or(Refused::Kind("a text in quotes"))
}

fn truth(value: &DeValue<'_>) -> Result<bool, Refused> {
    value
        .as_bool()
        .ok_or(Refused::Kind("true or false, without quotes"))
}

fn texts<'a>(value: &'a DeValue<'_>) -> Result<Vec<&'a str>, Refused> {
    let list = || Refused::Kind("a list of texts in quotes");
    let values = value.as_array().ok_or_else(list)?;
    let texts = values.iter().map(|value| value.get_ref().as_str());
    texts.collect::<Option<_>>().ok_or_else(list)
}

/// What a text is; nothing where it is empty.
fn unless_empty<T>(
    value: &DeValue<'_>,
    take: fn(&str) -> Result<T, String>,
) -> Result<Option<T>, Refused> {
    match text(value)? {
        "" => Ok(None),
        text => take(text).map(Some).map_err(Refused::Value),
    }
}

/// A path that means the same wherever the program is started.
fn path(text: &str) -> Result<PathBuf, String> {
    let path = match text.strip_prefix("~/") {
        Some(rest) => etcetera::home_dir().ok().map(|home| home.join(rest)),
        None => Some(PathBuf::from(text)),
    };
    path.filter(|path| path.is_absolute())
        .ok_or_else(|| "a path has to begin with / or ~/ here".to_owned())
}
