//! What a server's owner may choose of the rules.

use protocol::limits::Limits;

/// Which part of the outbox [`Settings::given_bytes`] is, so that live messages have room beside it.
pub const GIVEN_SHARE: usize = 8;

/// A welcome line in bytes; what is beyond is cut off, so that `joined` always fits its frame.
pub const WELCOME_BYTES_MAX: usize = 512;

/// The rules that a server's owner may choose.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the clients are held to, as the greeting tells them.
    pub limits: Limits,
    /// Whether clients of this very machine have to keep to the budgets too.
    pub limit_loopback: bool,
    /// The line for who joins a room; `{nick}` and `{room}` stand for both. At most [`WELCOME_BYTES_MAX`] are told.
    pub welcome: Option<String>,
    /// Older messages that a connection is given before it has to have written them out, in bytes; what of a page is beyond it
    /// is read again later.
    pub given_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            given_bytes: limits.outbox_bytes / GIVEN_SHARE,
            limits,
            limit_loopback: false,
            welcome: None,
        }
    }
}

impl Settings {
    /// The welcome line for one who joins.
    pub(super) fn welcome(&self, nick: &str, room: &str) -> Option<String> {
        let line = self.welcome.as_deref()?;
        let mut line = line.replace("{nick}", nick).replace("{room}", room);
        line.truncate(line.floor_char_boundary(WELCOME_BYTES_MAX));
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_welcome_names_both_and_is_cut_at_its_limit() {
        let mut settings = Settings {
            welcome: Some("Welcome to {room}, {nick}.".to_owned()),
            ..Settings::default()
        };
        assert_eq!(
            settings.welcome("지은", "개발").as_deref(),
            Some("Welcome to 개발, 지은.")
        );
        settings.welcome = Some("가".repeat(WELCOME_BYTES_MAX));
        let told = settings.welcome("", "").unwrap();
        assert_eq!(told.len(), WELCOME_BYTES_MAX / 3 * 3);
    }
}
