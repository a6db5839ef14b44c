//! A notification by the terminal (OSC 777 or 9), which shows it where the person sits: over SSH too, and without a daemon.

use super::multiplexer::Multiplexer;
use crate::model::notify::Notification;

/// How this terminal is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notifier {
    /// OSC 777 with title and text: most terminals that notify at all; the others pass over it.
    TitleAndText,
    /// OSC 9 with one text: iTerm2.
    Text,
    /// Not at all: it would draw the sequence.
    None,
}

impl Notifier {
    /// That of the terminal that this process runs in.
    pub(super) fn of_process() -> Self {
        Self::of(&|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// That of the terminal that these variables of the environment name.
    ///
    /// A multiplexer names itself; the terminal around it is known by what it left, and over SSH by `LC_TERMINAL`, which is sent along.
    fn of(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let term = variable("TERM").unwrap_or_default();
        if matches!(term.as_str(), "" | "dumb" | "linux") || term.starts_with("vt") {
            return Self::None;
        }
        let program = variable("TERM_PROGRAM");
        let program = program.filter(|name| !matches!(name.as_str(), "tmux" | "screen"));
        let is_iterm = match program {
            Some(name) => name == "iTerm.app",
            None => {
                variable("LC_TERMINAL").is_some_and(|name| name == "iTerm2")
                    || variable("ITERM_SESSION_ID").is_some()
            }
        };
        if is_iterm {
            Self::Text
        } else {
            Self::TitleAndText
        }
    }

    /// The bytes that show it.
    pub(super) fn bytes(self, notification: &Notification, through: Multiplexer) -> Vec<u8> {
        // It would begin another field, and ConEmu takes commands so.
        let field = |text: &str| text.replace(';', ",");
        let title = field(notification.title.as_str());
        let body = field(notification.body.as_str());
        // The wrapping of screen ends with ESC \ wherever it stands.
        let end = match through {
            Multiplexer::Screen => "\x07",
            Multiplexer::None | Multiplexer::Tmux => "\x1b\\",
        };
        match self {
            Self::TitleAndText => {
                through.passed_on(&format!("\x1b]777;notify;{title};{body}{end}"))
            }
            Self::Text => through.passed_on(&format!("\x1b]9;{title}: {body}{end}")),
            Self::None => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sanitized::Sanitized;

    #[test]
    fn t36_the_terminal_decides_how_it_is_told() {
        let cases: [(&[(&str, &str)], Notifier); 15] = [
            (&[("TERM", "xterm-256color")], Notifier::TitleAndText),
            (&[("TERM", "xterm-kitty")], Notifier::TitleAndText),
            (&[("TERM", "foot")], Notifier::TitleAndText),
            (&[("TERM", "rxvt-unicode-256color")], Notifier::TitleAndText),
            (&[("TERM", "xterm-ghostty")], Notifier::TitleAndText),
            (
                &[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")],
                Notifier::TitleAndText,
            ),
            (
                &[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")],
                Notifier::Text,
            ),
            (
                &[("TERM", "xterm-256color"), ("LC_TERMINAL", "iTerm2")],
                Notifier::Text,
            ),
            (
                &[
                    ("TERM", "tmux-256color"),
                    ("TERM_PROGRAM", "tmux"),
                    ("ITERM_SESSION_ID", "w0t0p0"),
                ],
                Notifier::Text,
            ),
            (
                &[
                    ("TERM", "xterm-256color"),
                    ("TERM_PROGRAM", "vscode"),
                    ("ITERM_SESSION_ID", "w0t0p0"),
                ],
                Notifier::TitleAndText,
            ),
            (
                &[("TERM", "tmux-256color"), ("TERM_PROGRAM", "tmux")],
                Notifier::TitleAndText,
            ),
            (&[("TERM", "linux")], Notifier::None),
            (&[("TERM", "vt220")], Notifier::None),
            (&[("TERM", "dumb")], Notifier::None),
            (&[], Notifier::None),
        ];
        for (variables, expected) in cases {
            let variable = |wanted: &str| {
                let mut all = variables.iter();
                let found = all.find(|(name, _)| *name == wanted);
                found.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(Notifier::of(&variable), expected, "{variables:?}");
        }
    }

    #[test]
    fn t36_what_was_said_cannot_begin_another_field() {
        let notification = Notification {
            title: Sanitized::line("#a ∙ b"),
            body: Sanitized::line("4;1;50"),
        };
        let written = |notifier: Notifier, through| {
            String::from_utf8(notifier.bytes(&notification, through)).unwrap()
        };
        let cases = [
            (
                Notifier::TitleAndText,
                Multiplexer::None,
                "\x1b]777;notify;#a ∙ b;4,1,50\x1b\\",
            ),
            (
                Notifier::TitleAndText,
                Multiplexer::Tmux,
                "\x1bPtmux;\x1b\x1b]777;notify;#a ∙ b;4,1,50\x1b\x1b\\\x1b\\",
            ),
            (
                Notifier::TitleAndText,
                Multiplexer::Screen,
                "\x1bP\x1b]777;notify;#a ∙ b;4,1,50\x07\x1b\\",
            ),
            (
                Notifier::Text,
                Multiplexer::None,
                "\x1b]9;#a ∙ b: 4,1,50\x1b\\",
            ),
            (Notifier::None, Multiplexer::Tmux, ""),
        ];
        for (notifier, through, expected) in cases {
            assert_eq!(written(notifier, through), expected);
        }
    }
}
