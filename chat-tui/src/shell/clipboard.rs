//! A text for the terminal's clipboard (OSC 52), also through tmux and screen. It asks for nothing back.

use data_encoding::BASE64;

use super::multiplexer::Multiplexer;

/// The bytes that put a text on the clipboard.
pub(super) fn copy(text: &str, through: Multiplexer) -> Vec<u8> {
    let sequence = format!("\x1b]52;c;{}\x07", BASE64.encode(text.as_bytes()));
    let mut bytes = through.passed_on(&sequence);
    // tmux takes the text itself (`set-clipboard`) or passes it on, as it is set up. Who takes it twice has it once.
    if through == Multiplexer::Tmux {
        bytes.splice(0..0, sequence.into_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t30_a_text_goes_to_the_clipboard_whatever_is_in_between() {
        let text = |text, through| String::from_utf8(copy(text, through)).unwrap();
        assert_eq!(text("한\n", Multiplexer::None), "\x1b]52;c;7ZWcCg==\x07");
        assert_eq!(
            text("a", Multiplexer::Tmux),
            "\x1b]52;c;YQ==\x07\x1bPtmux;\x1b\x1b]52;c;YQ==\x07\x1b\\"
        );
        assert_eq!(
            text("a", Multiplexer::Screen),
            "\x1bP\x1b]52;c;YQ==\x07\x1b\\"
        );
    }
}
