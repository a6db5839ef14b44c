//! What a line is: something to say, or a command. Parsing changes nothing.

use protocol::names::{MessageText, Nick, RoomName, TextError, Topic};
use protocol::request::SendKind;

use crate::model::notify::Notify;
use crate::model::words::{Words, fill, grouped};
use crate::text::jamo::keys_of;

/// A command of the composer.
#[derive(Debug)]
pub(super) struct Spec {
    /// Its name, with the slash.
    pub(super) name: &'static str,
    /// How it is used, with a colon before what it does.
    pub(super) usage: fn(&Words) -> &'static str,
}

/// Every command, in the order of the help.
pub(super) const COMMANDS: &[Spec] = &[
    Spec {
        name: "/join",
        usage: |w| w.usage_join,
    },
    Spec {
        name: "/leave",
        usage: |w| w.usage_leave,
    },
    Spec {
        name: "/rooms",
        usage: |w| w.usage_rooms,
    },
    Spec {
        name: "/search",
        usage: |w| w.usage_search,
    },
    Spec {
        name: "/mentions",
        usage: |w| w.usage_mentions,
    },
    Spec {
        name: "/notify",
        usage: |w| w.usage_notify,
    },
    Spec {
        name: "/nick",
        usage: |w| w.usage_nick,
    },
    Spec {
        name: "/w",
        usage: |w| w.usage_whisper,
    },
    Spec {
        name: "/me",
        usage: |w| w.usage_me,
    },
    Spec {
        name: "/topic",
        usage: |w| w.usage_topic,
    },
    Spec {
        name: "/key",
        usage: |w| w.usage_key,
    },
    Spec {
        name: "/whois",
        usage: |w| w.usage_whois,
    },
    Spec {
        name: "/help",
        usage: |w| w.usage_help,
    },
    Spec {
        name: "/quit",
        usage: |w| w.usage_quit,
    },
];

/// Every command that only who reads line by line needs: what others do by keys.
pub(super) const LINE_COMMANDS: &[Spec] = &[
    Spec {
        name: "/room",
        usage: |w| w.usage_room,
    },
    Spec {
        name: "/next",
        usage: |w| w.usage_next,
    },
    Spec {
        name: "/back",
        usage: |w| w.usage_back,
    },
    Spec {
        name: "/unread",
        usage: |w| w.usage_unread,
    },
    Spec {
        name: "/last",
        usage: |w| w.usage_last,
    },
    Spec {
        name: "/history",
        usage: |w| w.usage_history,
    },
    Spec {
        name: "/members",
        usage: |w| w.usage_members,
    },
    Spec {
        name: "/reply",
        usage: |w| w.usage_reply,
    },
    Spec {
        name: "/links",
        usage: |w| w.usage_links,
    },
    Spec {
        name: "/open",
        usage: |w| w.usage_open,
    },
    Spec {
        name: "/add",
        usage: |w| w.usage_add,
    },
    Spec {
        name: "/draft",
        usage: |w| w.usage_draft,
    },
    Spec {
        name: "/send",
        usage: |w| w.usage_send,
    },
    Spec {
        name: "/drop",
        usage: |w| w.usage_drop,
    },
    Spec {
        name: "/resend",
        usage: |w| w.usage_resend,
    },
    Spec {
        name: "/takeback",
        usage: |w| w.usage_takeback,
    },
    Spec {
        name: "/hold",
        usage: |w| w.usage_hold,
    },
    Spec {
        name: "/retry",
        usage: |w| w.usage_retry,
    },
    Spec {
        name: "/status",
        usage: |w| w.usage_status,
    },
    Spec {
        name: "/settings",
        usage: |w| w.usage_settings,
    },
];

/// What the person wants by a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Say it.
    Say(SendKind, MessageText),
    /// Enter a room.
    Join(RoomName),
    /// Leave the room that is shown.
    Leave,
    /// Show the rooms.
    Rooms,
    /// Look for a text in what was said; an empty one is to be typed.
    Search(String),
    /// Show what speaks to the person.
    Mentions,
    /// Choose which messages of the room that is shown notify; nothing tells what is chosen.
    Notify(Option<Notify>),
    /// Take another nick.
    Nick(Nick),
    /// Say something to one person.
    Whisper(Nick, Option<MessageText>),
    /// Set the topic.
    Topic(Topic),
    /// Show the fingerprints of the own key and the server's.
    Key,
    /// Show the fingerprint of a member.
    Whois(Nick),
    /// Show the help.
    Help,
    /// Leave the program.
    Quit,
}

/// What a line is; else a sentence that says what is wrong with it and how it goes.
pub(super) fn parse(line: &str, words: &Words) -> Result<Order, String> {
    if line.starts_with("//") {
        let text = line.get(1..).unwrap_or_default();
        return say(SendKind::Message, text, words);
    }
    if !line.starts_with('/') {
        return say(SendKind::Message, line, words);
    }
    let (name, rest) = match line.split_once(char::is_whitespace) {
        Some((name, rest)) => (name, rest.trim()),
        None => (line, ""),
    };
    let Some(spec) = find(name, COMMANDS) else {
        let nearest = nearest(name, COMMANDS.iter());
        let bare = name.trim_start_matches('/');
        return Err(fill(words.no_command, &[name, nearest.name, bare]));
    };
    let wrong = |why: &str| {
        let usage = (spec.usage)(words);
        fill(
            words.usage,
            &[if why.is_empty() { spec.name } else { why }, usage],
        )
    };
    match spec.name {
        "/join" => RoomName::normalized(rest)
            .map(Order::Join)
            .map_err(|error| wrong(&words.name_refused(&error))),
        "/leave" => Ok(Order::Leave),
        "/rooms" => Ok(Order::Rooms),
        "/search" => Ok(Order::Search(rest.to_owned())),
        "/mentions" => Ok(Order::Mentions),
        "/notify" if rest.is_empty() => Ok(Order::Notify(None)),
        "/notify" => match notify(rest) {
            Some(notify) => Ok(Order::Notify(Some(notify))),
            None => Err(wrong("")),
        },
        "/nick" => Nick::normalized(rest)
            .map(Order::Nick)
            .map_err(|error| wrong(&words.name_refused(&error))),
        "/w" => whisper(rest, words).map_err(|error| wrong(&error)),
        "/me" | "/topic" if rest.is_empty() => Err(wrong("")),
        "/me" => say(SendKind::Action, rest, words),
        "/topic" => Topic::normalized(if rest == "-" { "" } else { rest })
            .map(Order::Topic)
            .map_err(|error| wrong(&words.text_refused(&error))),
        "/key" => Ok(Order::Key),
        "/whois" => Nick::normalized(rest.strip_prefix('@').unwrap_or(rest))
            .map(Order::Whois)
            .map_err(|error| wrong(&words.name_refused(&error))),
        "/help" => Ok(Order::Help),
        _ => Ok(Order::Quit),
    }
}

fn say(kind: SendKind, text: &str, words: &Words) -> Result<Order, String> {
    message(text, words).map(|text| Order::Say(kind, text))
}

pub(super) fn message(text: &str, words: &Words) -> Result<MessageText, String> {
    MessageText::normalized(text).map_err(|error| match error {
        TextError::TooLong { bytes, limit } => {
            fill(words.too_long, &[&grouped(bytes), &grouped(limit)])
        }
        TextError::Empty
        | TextError::Blank
        | TextError::NotNormalized
        | TextError::Control(_)
        | TextError::Bidi(_)
        | TextError::Invisible(_)
        | TextError::Noncharacter(_)
        | TextError::LineBreak
        | TextError::TooManyTerms { .. }
        | TextError::OnlySigns => format!("! {}", words.text_refused(&error)),
    })
}

/// A choice, also when it was typed with the Hangul layout on.
fn notify(name: &str) -> Option<Notify> {
    let (lower, on_keys) = (name.to_lowercase(), keys_of(name).to_lowercase());
    let mut named = Notify::NAMED.into_iter();
    let found = named.find(|(name, _)| *name == lower || *name == on_keys);
    found.map(|(_, notify)| notify)
}

fn whisper(rest: &str, words: &Words) -> Result<Order, String> {
    let (nick, text) = match rest.split_once(char::is_whitespace) {
        Some((nick, text)) => (nick, text.trim()),
        None => (rest, ""),
    };
    let nick = nick.strip_prefix('@').unwrap_or(nick);
    let nick = Nick::normalized(nick).map_err(|error| words.name_refused(&error))?;
    let text = if text.is_empty() {
        None
    } else {
        Some(message(text, words)?)
    };
    Ok(Order::Whisper(nick, text))
}

/// The command of that name in a table, also when it was typed with the Hangul layout on.
pub(super) fn find(name: &str, table: &'static [Spec]) -> Option<&'static Spec> {
    let lower = name.to_lowercase();
    let on_keys = keys_of(name).to_lowercase();
    table
        .iter()
        .find(|spec| spec.name == lower || spec.name == on_keys)
}

/// The commands that begin so.
pub(super) fn beginning_with(name: &str) -> impl Iterator<Item = &'static Spec> {
    let lower = name.to_lowercase();
    let on_keys = keys_of(name).to_lowercase();
    COMMANDS
        .iter()
        .filter(move |spec| spec.name.starts_with(&lower) || spec.name.starts_with(&on_keys))
}

/// The command whose name is the least different.
pub(super) fn nearest(name: &str, specs: impl Iterator<Item = &'static Spec>) -> &'static Spec {
    // Longer names than any command are as far from all of them, and need no measuring.
    let name: String = keys_of(name).to_lowercase().chars().take(16).collect();
    specs
        .min_by_key(|spec| strsim::damerau_levenshtein(spec.name, &name))
        .unwrap_or(
            const {
                &Spec {
                    name: "/help",
                    usage: |w| w.usage_help,
                }
            },
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::words::Language;

    #[track_caller]
    fn check(line: &str, expected: Result<Order, &str>) {
        let words = Language::English.words();
        assert_eq!(
            parse(line, words),
            expected.map_err(str::to_owned),
            "{line}"
        );
    }

    fn said(kind: SendKind, text: &str) -> Order {
        Order::Say(kind, MessageText::normalized(text).unwrap())
    }

    fn nick(text: &str) -> Nick {
        Nick::normalized(text).unwrap()
    }

    #[test]
    fn the_documents_name_every_command_and_no_other() {
        let client = include_str!("../../../docs/client.md");
        let spans = client.split('`').skip(1).step_by(2);
        let words = spans.filter_map(|span| span.split([' ', '[']).next());
        let is_command = |word: &&str| word.starts_with('/') && !word.starts_with("//");
        let mut told: Vec<&str> = words.filter(is_command).collect();
        told.sort_unstable();
        told.dedup();
        let all = COMMANDS.iter().chain(LINE_COMMANDS).map(|spec| spec.name);
        // A slash alone is spoken of.
        let mut all: Vec<&str> = all.chain(["/", "/x"]).collect();
        all.sort_unstable();
        assert_eq!(told, all);
    }

    #[test]
    fn lines_are_said_and_commands_obeyed() {
        check("hi there", Ok(said(SendKind::Message, "hi there")));
        check("  hi", Ok(said(SendKind::Message, "  hi")));
        check(
            "//join is a command",
            Ok(said(SendKind::Message, "/join is a command")),
        );
        check("/me waves", Ok(said(SendKind::Action, "waves")));
        check(
            "/join #Rust",
            Ok(Order::Join(RoomName::normalized("rust").unwrap())),
        );
        check(
            "/join \u{1100}\u{1162}\u{1107}\u{1161}\u{11AF}",
            Ok(Order::Join(RoomName::normalized("개발").unwrap())),
        );
        check("/leave", Ok(Order::Leave));
        check("/rooms", Ok(Order::Rooms));
        check("/notify", Ok(Order::Notify(None)));
        check("/notify none", Ok(Order::Notify(Some(Notify::None))));
        check("/notify 미ㅣ", Ok(Order::Notify(Some(Notify::All))));
        check("/nick  민수 ", Ok(Order::Nick(nick("민수"))));
        check("/w 지은", Ok(Order::Whisper(nick("지은"), None)));
        check(
            "/w @지은 안녕 하세요",
            Ok(Order::Whisper(
                nick("지은"),
                Some(MessageText::normalized("안녕 하세요").unwrap()),
            )),
        );
        check(
            "/topic hello",
            Ok(Order::Topic(Topic::normalized("hello").unwrap())),
        );
        check("/topic -", Ok(Order::Topic(Topic::normalized("").unwrap())));
        check("/key", Ok(Order::Key));
        check("/whois @지은", Ok(Order::Whois(nick("지은"))));
        check("/HELP", Ok(Order::Help));
        check("/ㅗ디ㅔ", Ok(Order::Help));
        check("/quit", Ok(Order::Quit));
    }

    #[test]
    fn what_is_wrong_is_said_with_how_it_goes() {
        check(
            "/jion rust",
            Err("! there is no /jion; did you mean /join? (//jion sends it as text)"),
        );
        check(
            "/msg a b",
            Err("! there is no /msg; did you mean /me? (//msg sends it as text)"),
        );
        check("/me", Err("! /me ∙ /me TEXT: says what you do"));
        check(
            "/join",
            Err(
                "! the name is empty; give at least one letter or digit ∙ /join ROOM: enters a room",
            ),
        );
        check(
            "/topic",
            Err("! /topic ∙ /topic TEXT: sets the topic of the room (/topic - clears it)"),
        );
        check(
            "/notify off",
            Err(
                "! /notify ∙ /notify all|mentions|none: which messages of this room notify you while you look elsewhere",
            ),
        );
        check(
            "/nick admin",
            Err(
                "! the nick looks like \"admin\", which is reserved; choose another ∙ /nick NAME: changes your nick",
            ),
        );
    }

    #[test]
    fn a_text_is_refused_one_byte_above_the_limit() {
        let words = Language::English.words();
        assert!(parse(&"a".repeat(4096), words).is_ok());
        assert_eq!(
            parse(&"a".repeat(4097), words),
            Err("! 4,097 of 4,096 bytes ∙ shorten it or send it in parts".to_owned())
        );
        let long = format!("/{}", "x".repeat(100_000));
        assert!(parse(&long, words).is_err());
    }
}
