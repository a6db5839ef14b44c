//! What is typed and said where the chat is read line by line.

use arbitrary::{Arbitrary as _, Result, Unstructured};

use super::Run;
use crate::model::lines::LINES_HELD_MAX;
use crate::update::Msg;

/// What can be typed: every command once, texts, and what is none of both.
const TYPED: [&str; 40] = [
    "안녕",
    "two words",
    "//x",
    "",
    "/nope",
    "/join rust",
    "/leave",
    "/rooms",
    "/search 안녕",
    "/search",
    "/mentions",
    "/notify none",
    "/notify all",
    "/nick 민수",
    "/w ann",
    "/w ann psst",
    "/me waves",
    "/topic -",
    "/key",
    "/whois ann",
    "/help",
    "/room",
    "/room 2",
    "/next",
    "/back",
    "/unread",
    "/last 3",
    "/history 3",
    "/members",
    "/reply ann yes",
    "/reply 2 ann yes",
    "/links",
    "/open 1",
    "/add a line",
    "/draft",
    "/send",
    "/drop",
    "/resend",
    "/takeback",
    "/status",
];

impl Run {
    /// Types a line.
    pub(super) fn line(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let text = *bytes.choose(&TYPED)?;
        let number = u64::from(u8::arbitrary(bytes)?);
        self.update(Msg::Line {
            number,
            text: text.to_owned(),
        });
        let lines = self.model.lines.as_ref().expect("lines");
        let held = lines.held.as_ref().map_or(0, Vec::len);
        assert!(held <= LINES_HELD_MAX, "{held}");
        assert!(self.model.popup.is_none() && self.model.note.is_none());
        Ok(())
    }
}

/// Nothing but text, and no further line that could pass for a line of its own.
pub(super) fn check(line: &str) {
    let mut rows = line.split('\n');
    let first = rows.next().unwrap_or_default();
    assert!(!first.starts_with(' '), "{line:?}");
    assert!(rows.all(|row| row.starts_with("      ")), "{line:?}");
    let is_harmful = |c: char| {
        c != '\n' && c.is_control()
            || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!line.contains(is_harmful), "{line:?}");
}
