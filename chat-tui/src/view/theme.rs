//! Colours by what they mean: text, dim, one accent, red for failures; a colour for each nick.
//!
//! On a background that is known, as the terminal reports it or the theme paints it, each colour is readable with a contrast of
//! 4.5 at least, of 7 with high contrast; else the terminal's own sixteen are left to the person's scheme; without colours bold
//! and reverse remain. No colour says what nothing else says.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};
use unicode_normalization::UnicodeNormalization as _;

use crate::model::log::Look;
use crate::model::{Colours, Model, ThemeChoice};

mod inks;
mod mix;
mod paper;

use inks::{DIM, Inks, inks};
use mix::{Depth, Mixer, shown};
use paper::Paper;

/// The looks of everything on one screen.
pub(super) struct Theme {
    dim: Style,
    accent: Style,
    failure: Style,
    raised: Style,
    /// The colours of nicks, by hash; none where there are no colours.
    nicks: Vec<Color>,
    /// Text and background, where these are not the terminal's own.
    painted: Option<(Color, Color)>,
}

impl Theme {
    pub(super) fn of(model: &Model) -> Self {
        let inks = inks(model.palette);
        let depth = match model.colours {
            Colours::None => return Self::colourless(model.theme),
            Colours::Sixteen => return Self::own(inks, model.theme),
            Colours::Many => Depth::Cube,
            Colours::True => Depth::Full,
        };
        match Paper::of(model.theme, model.background) {
            Some(paper) => Self::mixed(inks, paper, depth),
            None => Self::own(inks, model.theme),
        }
    }

    fn colourless(choice: ThemeChoice) -> Self {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        Self {
            dim: faint(choice),
            accent: bold,
            failure: bold,
            raised: Style::new(),
            nicks: Vec::new(),
            painted: None,
        }
    }

    /// In the terminal's own sixteen colours, which the person's scheme keeps readable.
    fn own(inks: &Inks, choice: ThemeChoice) -> Self {
        if choice == ThemeChoice::HighContrast {
            // Nobody can promise a contrast of an unknown scheme.
            return Self::colourless(choice);
        }
        let mut nicks = inks.own_nicks.to_vec();
        nicks.retain(|colour| suits(*colour, choice));
        Self {
            // Nobody can promise that a grey of an unknown scheme is readable.
            dim: faint(choice),
            accent: Style::new()
                .fg(inks.own_accent)
                .add_modifier(Modifier::BOLD),
            failure: Style::new().fg(inks.own_failure),
            raised: Style::new(),
            nicks,
            painted: None,
        }
    }

    fn mixed(inks: &Inks, paper: Paper, depth: Depth) -> Self {
        let Paper { mut sheet, text } = paper;
        let painted = text.map(|text| {
            let (ground, shown_ground) = shown(sheet.ground, depth);
            sheet.ground = shown_ground;
            (shown(text, depth).0, ground)
        });
        let mut mixer = Mixer::new(sheet, depth);
        let mut ink = |ink| Style::new().fg(mixer.readable(ink));
        // What means most is mixed first, as no two are to be the same.
        let accent = ink(inks.accent).add_modifier(Modifier::BOLD);
        let failure = ink(inks.failure);
        let dim = ink(DIM);
        Self {
            dim,
            accent,
            failure,
            raised: mixer
                .raised()
                .map_or_else(Style::new, |ground| Style::new().bg(ground)),
            nicks: inks.nicks.iter().map(|ink| mixer.readable(*ink)).collect(),
            painted,
        }
    }

    /// Puts text and background of its own where the terminal's would be seen.
    pub(super) fn paint(&self, buffer: &mut Buffer) {
        let Some((text, ground)) = self.painted else {
            return;
        };
        for cell in &mut buffer.content {
            if cell.fg == Color::Reset {
                cell.fg = text;
            }
            if cell.bg == Color::Reset {
                cell.bg = ground;
            }
        }
    }

    /// What people said.
    pub(super) fn text() -> Style {
        Style::new()
    }

    /// What stands around it.
    pub(super) fn dim(&self) -> Style {
        self.dim
    }

    /// What one should see first.
    pub(super) fn accent(&self) -> Style {
        self.accent
    }

    /// The accent where many stand together, as the keys of the help do.
    pub(super) fn quiet_accent(&self) -> Style {
        self.accent.remove_modifier(Modifier::BOLD)
    }

    /// What went wrong.
    pub(super) fn failure(&self) -> Style {
        self.failure
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
        let colour = place_of(nick, self.nicks.len()).and_then(|place| self.nicks.get(place));
        colour.map_or_else(Style::new, |colour| Style::new().fg(*colour))
    }

    /// The composer and popups, which stand off the rest by their background where that is known.
    pub(super) fn raised(&self) -> Style {
        self.raised
    }

    /// The chosen line of a menu, laid over what is drawn: all of it in the colours of text, the other way round.
    pub(super) fn chosen() -> Style {
        Style::new()
            .fg(Color::Reset)
            .bg(Color::Reset)
            .remove_modifier(Modifier::DIM)
            .add_modifier(Modifier::REVERSED)
    }
}

/// What stands around the text, without a colour that is known.
fn faint(choice: ThemeChoice) -> Style {
    if choice == ThemeChoice::HighContrast {
        return Style::new();
    }
    Style::new().add_modifier(Modifier::DIM)
}

/// Whether one of the terminal's own colours can be read in most schemes on a background of this kind.
fn suits(colour: Color, choice: ThemeChoice) -> bool {
    match choice {
        ThemeChoice::Dark => colour != Color::Blue,
        ThemeChoice::Light => !matches!(
            colour,
            Color::Yellow
                | Color::Gray
                | Color::LightGreen
                | Color::LightCyan
                | Color::LightBlue
                | Color::LightMagenta
                | Color::LightYellow
        ),
        ThemeChoice::Auto | ThemeChoice::HighContrast => true,
    }
}

/// Which of `count` colours a nick has: FNV-1a of its NFC form, so that it never depends on a machine or a version.
fn place_of(nick: &str, count: usize) -> Option<usize> {
    let hash = nick
        .nfc()
        .collect::<String>()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    let folded = hash ^ (hash >> 32);
    let place = folded.checked_rem(u64::try_from(count).ok()?)?;
    usize::try_from(place).ok()
}

#[cfg(test)]
mod tests;
