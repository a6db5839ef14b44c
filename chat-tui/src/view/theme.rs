//! Colours by what they mean: text, dim, one accent, red for failures; a colour for each nick.
//!
//! With a reported background each colour is readable on it, with a contrast of 4.5 at least; without one the terminal's own
//! sixteen are left to the person's scheme; without colours bold and reverse remain. No colour says what nothing else says.

use ratatui::style::{Color, Modifier, Style};
use unicode_normalization::UnicodeNormalization as _;

use crate::model::log::Look;
use crate::model::{Colours, Model};

mod inks;
mod mix;

use inks::{DIM, Inks, inks};
use mix::{Depth, Mixer};

/// The looks of everything on one screen.
pub(super) struct Theme {
    dim: Style,
    accent: Style,
    failure: Style,
    raised: Style,
    /// The colours of nicks, by hash; none where there are no colours.
    nicks: Vec<Color>,
}

impl Theme {
    pub(super) fn of(model: &Model) -> Self {
        let inks = inks(model.palette);
        let depth = match model.colours {
            Colours::None => return Self::colourless(),
            Colours::Sixteen => return Self::own(inks),
            Colours::Many => Depth::Cube,
            Colours::True => Depth::Full,
        };
        match model.background {
            Some(ground) => Self::mixed(inks, &Mixer::new(ground, depth)),
            None => Self::own(inks),
        }
    }

    fn colourless() -> Self {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        Self {
            dim: Style::new().add_modifier(Modifier::DIM),
            accent: bold,
            failure: bold,
            raised: Style::new(),
            nicks: Vec::new(),
        }
    }

    /// In the terminal's own sixteen colours, which the person's scheme keeps readable.
    fn own(inks: &Inks) -> Self {
        Self {
            // Nobody can promise that a grey of an unknown scheme is readable.
            dim: Style::new().add_modifier(Modifier::DIM),
            accent: Style::new()
                .fg(inks.own_accent)
                .add_modifier(Modifier::BOLD),
            failure: Style::new().fg(inks.own_failure),
            raised: Style::new(),
            nicks: inks.own_nicks.to_vec(),
        }
    }

    fn mixed(inks: &Inks, mixer: &Mixer) -> Self {
        let ink = |ink| Style::new().fg(mixer.readable(ink));
        Self {
            dim: ink(DIM),
            accent: ink(inks.accent).add_modifier(Modifier::BOLD),
            failure: ink(inks.failure),
            raised: mixer
                .raised()
                .map_or_else(Style::new, |ground| Style::new().bg(ground)),
            nicks: inks.nicks.iter().map(|ink| mixer.readable(*ink)).collect(),
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
