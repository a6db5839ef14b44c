//! A text for the terminal's clipboard (OSC 52), also through tmux and screen. It asks for nothing back.

use data_encoding::BASE64;

/// Bytes of a sequence that screen passes on in one piece.
const SCREEN_CHUNK_BYTES: usize = 512;

/// What stands between the program and the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clipboard {
    /// Nothing.
    Direct,
    /// tmux, which takes the text itself (`set-clipboard`) or passes it on (`allow-passthrough`), as it is set up.
    Tmux,
    /// GNU screen, which passes on what is wrapped.
    Screen,
}

impl Clipboard {
    /// What this process runs in.
    pub(super) fn of_process() -> Self {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if is_set("TMUX") {
            Self::Tmux
        } else if is_set("STY") {
            Self::Screen
        } else {
            Self::Direct
        }
    }

    /// The bytes that put a text on the clipboard.
    pub(super) fn bytes(self, text: &str) -> Vec<u8> {
        let sequence = format!("\x1b]52;c;{}\x07", BASE64.encode(text.as_bytes()));
        let bytes = match self {
            Self::Direct => sequence,
            // Who takes it twice has it once.
            Self::Tmux => format!("{sequence}\x1bPtmux;\x1b{sequence}\x1b\\"),
            Self::Screen => {
                let parts = sequence.as_bytes().chunks(SCREEN_CHUNK_BYTES);
                let wrapped = parts.map(|part| [b"\x1bP", part, b"\x1b\\"].concat());
                return wrapped.collect::<Vec<_>>().concat();
            }
        };
        bytes.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(clipboard: Clipboard, text: &str) -> String {
        String::from_utf8(clipboard.bytes(text)).unwrap()
    }

    #[test]
    fn t30_a_text_goes_to_the_clipboard_whatever_is_in_between() {
        assert_eq!(text(Clipboard::Direct, "한\n"), "\x1b]52;c;7ZWcCg==\x07");
        assert_eq!(
            text(Clipboard::Tmux, "a"),
            "\x1b]52;c;YQ==\x07\x1bPtmux;\x1b\x1b]52;c;YQ==\x07\x1b\\"
        );
        let long = text(Clipboard::Screen, &"a".repeat(600));
        let parts: Vec<&str> = long.split_inclusive("\x1b\\").collect();
        assert_eq!(parts.len(), 2);
        for part in &parts {
            assert!(part.starts_with("\x1bP") && part.len() <= SCREEN_CHUNK_BYTES + 4);
        }
        let unwrapped = |part: &&str| -> Option<String> {
            let inside = part.strip_prefix("\x1bP")?.strip_suffix("\x1b\\")?;
            Some(inside.to_owned())
        };
        let inside: Vec<String> = parts.iter().filter_map(unwrapped).collect();
        assert_eq!(inside.concat(), text(Clipboard::Direct, &"a".repeat(600)));
    }
}
