//! The colours as they are meant, before a background makes them lighter or darker; a set for each way of seeing.

use ratatui::style::Color;

use crate::model::Palette;

/// A colour by its hue in degrees and its strength, as OKLCH has them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ink {
    pub(super) hue: f32,
    pub(super) chroma: f32,
    /// How far it stands from the background, in lightness, beyond what all colours do.
    pub(super) lift: f32,
}

const fn ink(hue: f32, chroma: f32, lift: f32) -> Ink {
    Ink { hue, chroma, lift }
}

/// What stands around the text: no hue, and nearer to the background than anything else.
pub(super) const DIM: Ink = ink(0.0, 0.0, -0.09);

/// One set of colours.
#[derive(Debug)]
pub(super) struct Inks {
    pub(super) accent: Ink,
    pub(super) failure: Ink,
    pub(super) nicks: &'static [Ink],
    pub(super) own_accent: Color,
    pub(super) own_failure: Color,
    pub(super) own_nicks: &'static [Color],
}

/// The set for a way of seeing.
pub(super) const fn inks(palette: Palette) -> &'static Inks {
    match palette {
        Palette::Usual => &USUAL,
        Palette::RedGreen => &RED_GREEN,
        Palette::BlueYellow => &BLUE_YELLOW,
    }
}

/// Nicks go round the wheel of hues, without the red of failures and the blue of the accent.
const USUAL: Inks = Inks {
    accent: ink(240.0, 0.13, 0.02),
    failure: ink(25.0, 0.18, -0.04),
    nicks: &[
        ink(52.0, 0.11, 0.0),
        ink(78.0, 0.11, 0.0),
        ink(104.0, 0.11, 0.0),
        ink(132.0, 0.11, 0.0),
        ink(160.0, 0.11, 0.0),
        ink(190.0, 0.10, 0.0),
        ink(280.0, 0.12, 0.0),
        ink(304.0, 0.12, 0.0),
        ink(328.0, 0.12, 0.0),
        ink(354.0, 0.11, 0.0),
    ],
    own_accent: Color::Cyan,
    own_failure: Color::Red,
    own_nicks: &[
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
    ],
};

/// For who confuses red and green: blue against yellow, and light against lighter.
const RED_GREEN: Inks = Inks {
    accent: ink(240.0, 0.12, -0.01),
    failure: ink(69.0, 0.19, -0.01),
    nicks: &[
        ink(84.0, 0.14, 0.16),
        ink(90.0, 0.02, 0.08),
        ink(265.0, 0.20, -0.09),
        ink(294.0, 0.11, 0.16),
    ],
    own_accent: Color::Cyan,
    own_failure: Color::Yellow,
    own_nicks: &[
        Color::Blue,
        Color::LightBlue,
        Color::LightYellow,
        Color::Gray,
    ],
};

/// For who confuses blue and yellow: red against blue-green, and light against lighter.
const BLUE_YELLOW: Inks = Inks {
    accent: ink(209.0, 0.15, -0.05),
    failure: ink(30.0, 0.20, -0.06),
    nicks: &[
        ink(336.0, 0.16, -0.01),
        ink(339.0, 0.19, 0.08),
        ink(197.0, 0.03, 0.16),
        ink(0.0, 0.0, 0.08),
    ],
    own_accent: Color::Cyan,
    own_failure: Color::Red,
    own_nicks: &[
        Color::Magenta,
        Color::LightMagenta,
        Color::LightCyan,
        Color::Gray,
    ],
};
