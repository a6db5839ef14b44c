//! Colours by what they mean: text, dim, one accent, red for failures; a colour for each nick.
//!
//! With a reported background each colour is readable on it, with a contrast of 4.5 at least; without
//! one the terminal's own sixteen are left to the person's scheme; without colours bold and reverse
//! remain.

use ratatui::style::{Color, Modifier, Style};
use unicode_normalization::UnicodeNormalization as _;

use crate::model::log::Look;
use crate::model::{Colours, Model};

/// The least contrast of text and background, as WCAG has it for text.
const CONTRAST_MIN: f64 = 4.5;

/// Hues of nicks: each a row of the 6x6x6 cube of xterm from dark to light. Red is for failures.
const HUES: [[u8; 5]; 10] = [
    [22, 28, 34, 77, 120],
    [23, 30, 37, 80, 123],
    [17, 25, 32, 74, 117],
    [18, 20, 62, 105, 147],
    [54, 91, 98, 141, 183],
    [53, 90, 133, 176, 219],
    [52, 125, 132, 175, 218],
    [58, 94, 136, 179, 222],
    [58, 64, 106, 149, 192],
    [52, 130, 166, 209, 216],
];

/// The same in the terminal's own sixteen, which the person's scheme keeps readable.
const OWN: [Color; 10] = [
    Color::Green,
    Color::Cyan,
    Color::Blue,
    Color::Magenta,
    Color::Yellow,
    Color::LightGreen,
    Color::LightCyan,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightYellow,
];

const ACCENT: [u8; 5] = [17, 25, 32, 74, 117];
const FAILURE: [u8; 5] = [88, 124, 160, 203, 210];
const GREY: [u8; 5] = [236, 239, 242, 247, 250];

/// The looks of everything on one screen.
pub(super) struct Theme {
    colours: Colours,
    background: Option<(u8, u8, u8)>,
}

impl Theme {
    pub(super) fn of(model: &Model) -> Self {
        Self {
            colours: model.colours,
            background: model.background,
        }
    }

    /// What people said.
    pub(super) fn text() -> Style {
        Style::new()
    }

    /// What stands around it.
    pub(super) fn dim(&self) -> Style {
        match self.readable(GREY) {
            Some(colour) => Style::new().fg(colour),
            // Without a reported background nobody can promise that a grey is readable.
            None => Style::new().add_modifier(Modifier::DIM),
        }
    }

    /// What one should see first.
    pub(super) fn accent(&self) -> Style {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        match (self.colours, self.readable(ACCENT)) {
            (Colours::None, _) => bold,
            (_, Some(colour)) => bold.fg(colour),
            (_, None) => bold.fg(Color::Cyan),
        }
    }

    /// What went wrong.
    pub(super) fn failure(&self) -> Style {
        match (self.colours, self.readable(FAILURE)) {
            (Colours::None, _) => Style::new().add_modifier(Modifier::BOLD),
            (_, Some(colour)) => Style::new().fg(colour),
            (_, None) => Style::new().fg(Color::Red),
        }
    }

    /// The text of some look.
    pub(super) fn look(&self, look: Look) -> Style {
        match look {
            Look::Text => Self::text(),
            Look::Dim => self.dim(),
            Look::Accent => self.accent(),
            Look::Failure => self.failure(),
            Look::Link => Style::new().add_modifier(Modifier::UNDERLINED),
        }
    }

    /// A nick: the same colour on every machine.
    pub(super) fn nick(&self, nick: &str) -> Style {
        let hue = hue_of(nick);
        let own = OWN.get(hue).copied().unwrap_or(Color::Reset);
        match self.colours {
            Colours::None => Style::new(),
            Colours::Sixteen => Style::new().fg(own),
            Colours::Many => {
                let colour = HUES.get(hue).and_then(|hue| self.readable(*hue));
                Style::new().fg(colour.unwrap_or(own))
            }
        }
    }

    /// The composer and popups, which stand off the rest by their background where that is known.
    pub(super) fn raised(&self) -> Style {
        match (self.colours, self.background) {
            (Colours::Many, Some(background)) => Style::new().bg(raised(background)),
            _ => Style::new(),
        }
    }

    /// The chosen line of a menu.
    pub(super) fn chosen() -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The middle one of those shades that can be read on the background; nothing where the background
    /// or the shades are not known.
    fn readable(&self, shades: [u8; 5]) -> Option<Color> {
        let background = self.background?;
        if self.colours != Colours::Many {
            return None;
        }
        let grounds = [background, rgb_of_grey(raised_index(background))];
        let is_readable = |shade: u8| {
            grounds
                .iter()
                .all(|ground| contrast(rgb(shade), *ground) >= CONTRAST_MIN)
        };
        let [darkest, dark, middle, light, lightest] = shades;
        [middle, light, dark, lightest, darkest]
            .into_iter()
            .find(|shade| is_readable(*shade))
            .map(Color::Indexed)
            // On a middling background only black or white has the contrast.
            .or_else(|| {
                [231, 16]
                    .into_iter()
                    .find(|shade| is_readable(*shade))
                    .map(Color::Indexed)
            })
            .or(Some(Color::Reset))
    }
}

/// Which hue a nick has: FNV-1a of its NFC form, so that it never depends on a machine or a version.
fn hue_of(nick: &str) -> usize {
    let hash = nick
        .nfc()
        .collect::<String>()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    let folded = hash ^ (hash >> 32);
    usize::try_from(folded % 10).unwrap_or_default()
}

/// The red, green and blue of a colour of xterm's cube or greys.
fn rgb(index: u8) -> (u8, u8, u8) {
    if index >= 232 {
        return rgb_of_grey(index);
    }
    let cube = index.saturating_sub(16);
    let level = |step: u8| {
        if step == 0 {
            0
        } else {
            step.saturating_mul(40).saturating_add(55)
        }
    };
    (level(cube / 36), level(cube / 6 % 6), level(cube % 6))
}

fn rgb_of_grey(index: u8) -> (u8, u8, u8) {
    let grey = index
        .saturating_sub(232)
        .saturating_mul(10)
        .saturating_add(8);
    (grey, grey, grey)
}

fn raised(background: (u8, u8, u8)) -> Color {
    Color::Indexed(raised_index(background))
}

/// The grey that stands one step off the background.
fn raised_index(background: (u8, u8, u8)) -> u8 {
    const STEP: u16 = 14;
    let (red, green, blue) = background;
    let sum = u16::from(red) + u16::from(green) + u16::from(blue);
    let brightness = sum / 3;
    let wanted = if brightness < 128 {
        brightness.saturating_add(STEP)
    } else {
        brightness.saturating_sub(STEP)
    };
    let step = wanted.saturating_sub(8).saturating_add(5) / 10;
    232_u8.saturating_add(u8::try_from(step).unwrap_or(23).min(23))
}

/// The contrast of two colours, 1 to 21, as WCAG 2 has it.
fn contrast(one: (u8, u8, u8), other: (u8, u8, u8)) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    let (light, dark) = if one > other {
        (one, other)
    } else {
        (other, one)
    };
    (light + 0.05) / (dark + 0.05)
}

fn luminance((red, green, blue): (u8, u8, u8)) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(colours: Colours, background: Option<(u8, u8, u8)>) -> Theme {
        Theme {
            colours,
            background,
        }
    }

    #[test]
    fn t20_every_colour_is_readable_on_every_usual_background() {
        let grounds = [
            (0, 0, 0),
            (30, 30, 46),
            (40, 42, 54),
            (0, 43, 54),
            (253, 246, 227),
            (255, 255, 255),
            (238, 238, 238),
        ];
        for ground in grounds {
            let theme = theme(Colours::Many, Some(ground));
            let mut styles = vec![theme.dim(), theme.accent(), theme.failure()];
            styles.extend(
                ["민수", "지은", "Dr_Willis", "jieun.k", "a", "b", "c"]
                    .map(|nick| theme.nick(nick)),
            );
            styles.extend(
                HUES.iter()
                    .map(|hue| Style::new().fg(theme.readable(*hue).unwrap())),
            );
            for style in styles {
                let Some(Color::Indexed(index)) = style.fg else {
                    panic!("{style:?} on {ground:?}");
                };
                let found = contrast(rgb(index), ground);
                assert!(found >= CONTRAST_MIN, "{index} on {ground:?}: {found}");
            }
        }
    }

    #[test]
    fn t20_a_nick_has_one_colour_everywhere() {
        assert_eq!(hue_of("한"), hue_of("\u{1112}\u{1161}\u{11AB}"));
        let hues: Vec<usize> = ["민수", "지은", "도윤", "서연", "jieun.k", "Dr_Willis"]
            .map(hue_of)
            .to_vec();
        assert_eq!(hues, EXPECTED_HUES);
    }

    const EXPECTED_HUES: [usize; 6] = [6, 9, 4, 3, 4, 7];

    #[test]
    fn t20_without_colours_there_are_none() {
        let theme = theme(Colours::None, Some((0, 0, 0)));
        for style in [
            theme.dim(),
            theme.accent(),
            theme.failure(),
            theme.nick("민수"),
            theme.raised(),
            Theme::chosen(),
        ] {
            assert_eq!((style.fg, style.bg), (None, None), "{style:?}");
        }
        assert!(theme.accent().add_modifier.contains(Modifier::BOLD));
        assert!(Theme::chosen().add_modifier.contains(Modifier::REVERSED));
    }

    #[test]
    fn without_a_report_the_terminals_own_colours_are_used() {
        let theme = theme(Colours::Many, None);
        assert_eq!(theme.failure().fg, Some(Color::Red));
        assert!(OWN.contains(&theme.nick("민수").fg.unwrap()));
        assert_eq!(theme.raised().bg, None);
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((contrast((0, 0, 0), (255, 255, 255)) - 21.0).abs() < 0.01);
        assert!((contrast((119, 119, 119), (255, 255, 255)) - 4.48).abs() < 0.01);
    }
}
