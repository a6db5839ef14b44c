//! What stands between the program and the terminal, and how a sequence gets through it. It asks for nothing back.

/// Bytes of a sequence that screen passes on in one piece.
pub(super) const SCREEN_CHUNK_BYTES: usize = 512;

/// A program that draws the terminals of others inside of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Multiplexer {
    /// None.
    None,
    /// tmux, which passes on what is wrapped where `allow-passthrough` is on.
    Tmux,
    /// GNU screen, which passes on what is wrapped.
    Screen,
}

impl Multiplexer {
    /// What this process runs in.
    pub(super) fn of_process() -> Self {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if is_set("TMUX") {
            Self::Tmux
        } else if is_set("STY") {
            Self::Screen
        } else {
            Self::None
        }
    }

    /// A sequence for the terminal itself. One for [`Screen`](Self::Screen) ends with BEL: an ESC \ inside of it would end the wrapping.
    pub(super) fn passed_on(self, sequence: &str) -> Vec<u8> {
        match self {
            Self::None => sequence.into(),
            Self::Tmux => {
                let doubled = sequence.replace('\x1b', "\x1b\x1b");
                format!("\x1bPtmux;{doubled}\x1b\\").into_bytes()
            }
            Self::Screen => {
                let parts = sequence.as_bytes().chunks(SCREEN_CHUNK_BYTES);
                let wrapped = parts.map(|part| [b"\x1bP", part, b"\x1b\\"].concat());
                wrapped.collect::<Vec<_>>().concat()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn screen_gets_pieces_that_are_the_sequence_together() {
        let sequence = format!("\x1b]52;c;{}\x07", "a".repeat(2 * SCREEN_CHUNK_BYTES));
        let bytes = Multiplexer::Screen.passed_on(&sequence);
        let text = String::from_utf8(bytes).unwrap();
        let parts: Vec<&str> = text.split_inclusive("\x1b\\").collect();
        assert_eq!(parts.len(), 3);
        let inside = parts.iter().map(|part| {
            assert!(part.len() <= SCREEN_CHUNK_BYTES + 4);
            let inside = part.strip_prefix("\x1bP").unwrap();
            inside.strip_suffix("\x1b\\").unwrap()
        });
        assert_eq!(inside.collect::<String>(), sequence);
    }

    #[test]
    fn tmux_gets_every_escape_twice() {
        let bytes = Multiplexer::Tmux.passed_on("\x1b]9;a\x07");
        assert_eq!(bytes, b"\x1bPtmux;\x1b\x1b]9;a\x07\x1b\\");
        assert_eq!(Multiplexer::None.passed_on("\x1bx"), b"\x1bx");
    }
}
