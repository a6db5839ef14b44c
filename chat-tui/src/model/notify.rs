//! Notifications: which messages of a room make one, what it says, and what waits for the next one.

use std::time::Duration;

use protocol::event::{Kind, Message};
use unicode_segmentation::UnicodeSegmentation as _;

use super::Model;
use super::tab::Tab;
use super::words::{Words, fill, grouped};
use crate::text::sanitized::Sanitized;

/// How long after a notification what comes is gathered for one more.
pub const NOTIFY_PAUSE: Duration = Duration::from_secs(5);

/// How long something that was missed waits for more: the rooms are caught up one by one.
pub const MISSED_WAIT: Duration = Duration::from_secs(1);

/// Bytes of the title of a notification; a longer one is cut.
pub const NOTIFICATION_TITLE_BYTES_MAX: usize = 128;

/// Bytes of the text of a notification; a longer one is cut.
pub const NOTIFICATION_BODY_BYTES_MAX: usize = 512;

/// Stands for what was cut.
const CUT: &str = "⋯";

/// Which messages of a room notify the person, who looks elsewhere. In a conversation every message mentions the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Notify {
    /// Each of them.
    All,
    /// Those that mention the person.
    #[default]
    Mentions,
    /// None: the room is muted.
    None,
}

impl Notify {
    /// All there are, with their names in the command.
    pub const NAMED: [(&str, Self); 3] = [
        ("all", Self::All),
        ("mentions", Self::Mentions),
        ("none", Self::None),
    ];

    /// Its name in the interface.
    pub const fn name(self, words: &Words) -> &'static str {
        match self {
            Self::All => words.notify_all,
            Self::Mentions => words.notify_mentions,
            Self::None => words.notify_none,
        }
    }
}

/// What is shown outside of the program: one line each, bounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Where, and by whom.
    pub title: Sanitized,
    /// What was said, or how much.
    pub body: Sanitized,
}

impl Notification {
    /// Of one message in this tab.
    pub fn of(tab: &Tab, message: &Message) -> Self {
        let nick = &message.nick;
        let title = if tab.is_direct() {
            format!("@{nick}")
        } else {
            format!("{} ∙ {nick}", window_name(tab))
        };
        let body = if message.kind == Kind::Action {
            format!("{nick} {}", message.text)
        } else {
            message.text.clone()
        };
        Self::new(&title, &body)
    }

    fn new(title: &str, body: &str) -> Self {
        Self {
            title: cut(title, NOTIFICATION_TITLE_BYTES_MAX),
            body: cut(body, NOTIFICATION_BODY_BYTES_MAX),
        }
    }
}

/// A line of at most so many bytes, cut between graphemes.
fn cut(text: &str, bytes_max: usize) -> Sanitized {
    let line = Sanitized::line(text);
    if line.as_str().len() <= bytes_max {
        return line;
    }
    let room = bytes_max.saturating_sub(CUT.len());
    let fits = line.as_str().grapheme_indices(true);
    let fits = fits.map(|(at, grapheme)| at.saturating_add(grapheme.len()));
    let end = fits.take_while(|end| *end <= room).last();
    let kept = line.as_str().get(..end.unwrap_or_default());
    Sanitized::line(&format!("{}{CUT}", kept.unwrap_or_default()))
}

/// What a room is called outside of the program: `#개발`, `@지은`.
pub fn window_name(tab: &Tab) -> String {
    if tab.is_direct() {
        tab.name()
    } else {
        format!("#{}", tab.title)
    }
}

/// What is to be notified and waits, as one notification.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// How many messages.
    count: usize,
    /// The first of them.
    first: Option<Notification>,
    /// The room, as long as all are of one.
    room: Option<String>,
    /// When it is shown, on the clock of `Now::elapsed`.
    due: Option<Duration>,
    /// Before this nothing is shown.
    quiet_until: Duration,
}

impl Gathered {
    /// Takes a message in that is to be shown at `at`, or when the pause after the last notification is over.
    pub fn add(&mut self, tab: &Tab, message: &Message, at: Duration) {
        let room = window_name(tab);
        if self.count == 0 {
            self.first = Some(Notification::of(tab, message));
            self.room = Some(room);
        } else if self.room.as_ref() != Some(&room) {
            self.room = None;
        }
        self.count = self.count.saturating_add(1);
        let at = at.max(self.quiet_until);
        self.due = Some(self.due.map_or(at, |due| due.max(at)));
    }

    /// When something is to be shown.
    pub const fn due(&self) -> Option<Duration> {
        self.due
    }

    /// Lets go of what waits: the person is here.
    pub fn clear(&mut self) {
        *self = Self {
            quiet_until: self.quiet_until,
            ..Self::default()
        };
    }

    /// What is to be shown now: a message alone with its text, several by their number.
    pub fn take(&mut self, now: Duration, words: &Words) -> Option<Notification> {
        self.due.filter(|due| *due <= now)?;
        let gathered = std::mem::take(self);
        self.quiet_until = now.saturating_add(NOTIFY_PAUSE);
        if gathered.count == 1 {
            return gathered.first;
        }
        let title = gathered.room.unwrap_or_else(|| "chat-tui".to_owned());
        let body = fill(words.unread, &[&grouped(gathered.count)]);
        Some(Notification::new(&title, &body))
    }
}

impl Model {
    /// Which messages of a room notify.
    pub fn notify_of(&self, tab: &Tab) -> Notify {
        self.notify.get(&tab.room).copied().unwrap_or_default()
    }

    /// How many messages in a tab wait for the person, by what notifies there.
    pub fn waiting_in(&self, tab: &Tab) -> usize {
        match self.notify_of(tab) {
            Notify::None => 0,
            Notify::Mentions if !tab.is_direct() => tab.mentions,
            Notify::Mentions | Notify::All => tab.unread,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t36_a_notification_is_one_bounded_line_without_control_characters() {
        let notification = Notification::new("#a ∙ x\u{1b}]0;y\u{7}", "b\nc\t\u{202e}d\u{9c}");
        assert_eq!(notification.title.as_str(), "#a ∙ x<U+001B>]0;y<U+0007>");
        assert_eq!(notification.body.as_str(), "b c <U+202E>d<U+009C>");
        let exact = "가".repeat(NOTIFICATION_BODY_BYTES_MAX / 3);
        let longest = format!("{exact}{}", "a".repeat(NOTIFICATION_BODY_BYTES_MAX % 3));
        assert_eq!(Notification::new("", &longest).body.as_str(), longest);
        let cut = Notification::new("", &format!("{longest}a")).body;
        assert!(cut.as_str().ends_with("가⋯"), "{cut}");
        assert!(cut.as_str().len() <= NOTIFICATION_BODY_BYTES_MAX);
        // A grapheme is whole or not there.
        let flags = "🇰🇷".repeat(NOTIFICATION_TITLE_BYTES_MAX / 8 + 1);
        let cut = Notification::new(&flags, "").title;
        assert_eq!(cut.as_str(), format!("{}⋯", "🇰🇷".repeat(15)));
    }
}
