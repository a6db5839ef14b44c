//! What a line wants: parsing changes nothing.

use protocol::names::{MessageText, Nick};

use crate::model::lines::{LINES_TOLD, LINES_TOLD_MAX};
use crate::model::words::{Words, fill};
use crate::update::commands::{COMMANDS, LINE_COMMANDS, Order, find, message, nearest, parse};

/// What a line wants that only a line can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Own {
    Room(String),
    Next,
    Back,
    Unread,
    Last(usize),
    History(usize),
    Members,
    Reply(usize, Nick, MessageText),
    Links,
    Open(usize),
    Add(String),
    Draft,
    Send,
    Drop,
    Resend,
    TakeBack,
    Hold,
    Retry,
    Status,
    Settings,
}

/// What a line wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Want {
    Shared(Order),
    Own(Own),
}

/// What a line wants; else a sentence that says what is wrong with it and how it goes.
pub(super) fn want(line: &str, words: &Words) -> Result<Want, String> {
    let is_command = line.starts_with('/') && !line.starts_with("//");
    let (name, rest) = match line.split_once(char::is_whitespace) {
        Some((name, rest)) => (name, rest.trim()),
        None => (line, ""),
    };
    if !is_command || find(name, COMMANDS).is_some() {
        return parse(line, words).map(Want::Shared);
    }
    let Some(spec) = find(name, LINE_COMMANDS) else {
        let nearest = nearest(name, COMMANDS.iter().chain(LINE_COMMANDS));
        let bare = name.trim_start_matches('/');
        return Err(fill(words.line_no_command, &[name, nearest.name, bare]));
    };
    let usage = || (spec.usage)(words).to_owned();
    let count = || match rest {
        "" => Some(LINES_TOLD),
        number => number.parse().ok().filter(|count| *count > 0),
    };
    let count = || count().map(|count| count.min(LINES_TOLD_MAX));
    let own = match spec.name {
        "/room" => Own::Room(rest.to_owned()),
        "/next" => Own::Next,
        "/back" => Own::Back,
        "/unread" => Own::Unread,
        "/last" => Own::Last(count().ok_or_else(usage)?),
        "/history" => Own::History(count().ok_or_else(usage)?),
        "/members" => Own::Members,
        "/reply" => reply(rest, words, &usage)?,
        "/links" => Own::Links,
        "/open" => Own::Open(rest.parse().map_err(|_no_number| usage())?),
        "/add" if rest.is_empty() => return Err(usage()),
        "/add" => Own::Add(rest.to_owned()),
        "/draft" => Own::Draft,
        "/send" => Own::Send,
        "/drop" => Own::Drop,
        "/resend" => Own::Resend,
        "/takeback" => Own::TakeBack,
        "/hold" => Own::Hold,
        "/retry" => Own::Retry,
        "/status" => Own::Status,
        _ => Own::Settings,
    };
    Ok(Want::Own(own))
}

/// `[N] NICK TEXT`.
fn reply(rest: &str, words: &Words, usage: &dyn Fn() -> String) -> Result<Own, String> {
    let split = |text: &str| {
        let (first, rest) = text.split_once(char::is_whitespace)?;
        Some((first.to_owned(), rest.trim_start().to_owned()))
    };
    let (first, others) = split(rest).ok_or_else(usage)?;
    let numbered = first.parse().ok().filter(|number| *number > 0);
    let (number, nick, text) = match numbered.zip(split(&others)) {
        Some((number, (nick, text))) => (number, nick, text),
        None => (1, first, others),
    };
    let nick = nick.strip_prefix('@').unwrap_or(&nick);
    let nick = Nick::normalized(nick).map_err(|error| words.name_refused(&error))?;
    Ok(Own::Reply(number, nick, message(&text, words)?))
}
