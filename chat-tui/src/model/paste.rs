//! A paste that is asked about before it goes anywhere: how long it is, and what can become of it.

use crate::text::editor::EDITOR_BYTES_MAX;
use crate::text::parts::parts;

/// Lines of a paste that go into the text without a question; one more is asked about.
pub const PASTE_LINES_QUIET: usize = 20;

/// Messages as which one paste is sent; a longer one can only be put into a file by the person and left out here.
pub const PASTE_PARTS_MAX: usize = 200;

/// What can become of a paste.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes into the composer, as one text.
    Draft {
        /// It is longer than a message, so something has to go before it can be sent.
        too_long: bool,
    },
    /// It is sent as several messages.
    Parts,
    /// Nothing comes of it.
    Dropped,
}

/// A paste that waits for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paste {
    /// The text.
    pub text: String,
    /// How many lines it has.
    pub lines: usize,
    /// As how many messages it can be sent.
    pub parts: usize,
    /// How long sending them takes, in whole seconds.
    pub seconds: usize,
    /// What can become of it.
    pub fates: Vec<Fate>,
    /// Which of them Enter takes.
    pub chosen: usize,
}

/// How often a person may say something: so many at once, and so many a second on and on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// At once.
    pub burst: u32,
    /// A second.
    pub per_second: u32,
}

impl Paste {
    /// What is to be asked about a text where a message holds `text_bytes`; nothing where it is short enough to go in by itself.
    pub fn of(text: &str, text_bytes: usize, pace: Pace) -> Option<Self> {
        let is_long = text.lines().nth(PASTE_LINES_QUIET).is_some() || text.len() > text_bytes;
        is_long.then(|| Self::asked(text.to_owned(), text_bytes, pace))
    }

    /// What is asked about a text, however short it is.
    pub fn asked(text: String, text_bytes: usize, pace: Pace) -> Self {
        let parts = parts(&text, text_bytes).len();
        let mut fates = Vec::new();
        if text.len() <= EDITOR_BYTES_MAX {
            let too_long = text.len() > text_bytes;
            fates.push(Fate::Draft { too_long });
        }
        if (2..=PASTE_PARTS_MAX).contains(&parts) {
            fates.push(Fate::Parts);
        }
        fates.push(Fate::Dropped);
        // Where only sending is left, Enter alone must not send.
        let is_safe = matches!(fates.first(), Some(Fate::Draft { .. }));
        Self {
            lines: text.lines().count(),
            parts,
            seconds: seconds(parts, pace),
            chosen: if is_safe {
                0
            } else {
                fates.len().saturating_sub(1)
            },
            fates,
            text,
        }
    }

    /// What Enter does.
    pub fn fate(&self) -> Fate {
        self.fates
            .get(self.chosen)
            .copied()
            .unwrap_or(Fate::Dropped)
    }
}

impl Pace {
    /// What is sent of many at once; the rest of what may be is left for what the person says meanwhile.
    pub fn at_once(self) -> usize {
        usize::try_from(self.burst / 2).unwrap_or(usize::MAX).max(1)
    }
}

fn seconds(parts: usize, pace: Pace) -> usize {
    let later = parts.saturating_sub(pace.at_once());
    let per_second = usize::try_from(pace.per_second)
        .unwrap_or(usize::MAX)
        .max(1);
    later.div_ceil(per_second).max(1)
}

/// A length as people write it: `840 B`, `5.2 KB`, `1.3 MB`.
pub fn size(bytes: usize) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => (1_000, "KB"),
        _ => (1_000_000, "MB"),
    };
    let tenths = bytes.saturating_mul(10) / unit;
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        burst: 10,
        per_second: 5,
    };

    #[test]
    fn t32_a_paste_is_asked_about_from_a_border_on() {
        let lines = |count: usize| "줄\n".repeat(count);
        assert_eq!(Paste::of(&lines(20), 4_096, PACE), None);
        let asked = Paste::of(&lines(21), 4_096, PACE).unwrap();
        assert_eq!((asked.lines, asked.parts), (21, 1));
        assert_eq!(
            asked.fates,
            [Fate::Draft { too_long: false }, Fate::Dropped]
        );
        assert_eq!(Paste::of(&"x".repeat(4_096), 4_096, PACE), None);
        let asked = Paste::of(&"x".repeat(4_097), 4_096, PACE).unwrap();
        assert_eq!(
            asked.fates,
            [Fate::Draft { too_long: true }, Fate::Parts, Fate::Dropped]
        );
        assert_eq!(
            (asked.parts, asked.seconds, asked.fate()),
            (2, 1, asked.fates[0])
        );
    }

    #[test]
    fn t32_what_no_draft_holds_is_sent_only_where_one_chooses_it() {
        let asked = Paste::of(&"x".repeat(EDITOR_BYTES_MAX + 1), 4_096, PACE).unwrap();
        assert_eq!(asked.fates, [Fate::Parts, Fate::Dropped]);
        assert_eq!(asked.fate(), Fate::Dropped);
        assert_eq!((asked.parts, asked.seconds), (17, 3));
        let most = "x".repeat(4_096 * PASTE_PARTS_MAX);
        assert_eq!(Paste::of(&most, 4_096, PACE).unwrap().fates.len(), 2);
        let asked = Paste::of(&(most + "x"), 4_096, PACE).unwrap();
        assert_eq!(asked.fates, [Fate::Dropped]);
    }

    #[test]
    fn lengths_are_written_as_people_do() {
        for (bytes, written) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 KB"),
            (5_249, "5.2 KB"),
            (999_999, "999.9 KB"),
            (4_194_304, "4.1 MB"),
        ] {
            assert_eq!(size(bytes), written);
        }
    }
}
