//! Colours that can be read on one background: as light or as dark as that takes, at the depth that the terminal has.

use palette::color_difference::Wcag21RelativeContrast as _;
use palette::convert::TryFromColor as _;
use palette::{FromColor as _, LinSrgb, Oklab, Oklch, Srgb};
use ratatui::style::Color;

use super::inks::Ink;

/// The least contrast of text and background, as WCAG has it for text.
pub(super) const CONTRAST_MIN: f32 = 4.5;

/// Lightness, 0 to 1, of colours on a dark background and on a light one, where it can be read.
const LIGHTNESS: [f32; 2] = [0.77, 0.52];

/// One try after the other moves so far in lightness, and weakens a colour that no screen shows so much.
const STEP: f32 = 0.02;
const WEAKER: f32 = 0.92;

/// The cube has few colours of middling strength: stronger ones are asked for, and the hue counts for more than the lightness.
const CUBE_STRONGER: f32 = 1.25;
const CUBE_LIGHTNESS: f32 = 0.5;

/// How far the composer stands off a dark background and a light one, in lightness.
const RAISED: [f32; 2] = [0.05, 0.035];

/// Which colours the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// xterm's cube of 6x6x6, and its greys.
    Cube,
    /// All.
    Full,
}

/// Red, green and blue of one pixel.
type Rgb = Srgb<u8>;

/// Mixes colours for one background.
#[derive(Debug)]
pub(super) struct Mixer {
    depth: Depth,
    is_dark: bool,
    /// The background, and the one of the composer and of popups.
    grounds: [Rgb; 2],
    raised: Option<Color>,
}

impl Mixer {
    pub(super) fn new((red, green, blue): (u8, u8, u8), depth: Depth) -> Self {
        let ground = Rgb::new(red, green, blue);
        let (black, white) = (Rgb::new(0, 0, 0), Rgb::new(255, 255, 255));
        let is_dark = contrast(white, ground) > contrast(black, ground);
        let ink = if is_dark { white } else { black };
        let [on_dark, on_light] = RAISED;
        let usual = if is_dark { on_dark } else { -on_light };
        // On a middling background one step towards the text would be too much: the other way, then.
        let (raised, raised_ground) = [usual, -usual]
            .map(|step| raise(ground, step, depth))
            .into_iter()
            .find(|(_, raised)| contrast(ink, *raised) >= CONTRAST_MIN)
            .map_or((None, ground), |(colour, raised)| (Some(colour), raised));
        Self {
            depth,
            is_dark,
            grounds: [ground, raised_ground],
            raised,
        }
    }

    /// The background of the composer and of popups; nothing where only the usual one can be read on.
    pub(super) const fn raised(&self) -> Option<Color> {
        self.raised
    }

    /// A colour in which a text can be read on both backgrounds.
    pub(super) fn readable(&self, ink: Ink) -> Color {
        let [on_dark, on_light] = LIGHTNESS;
        let (mut lightness, step) = if self.is_dark {
            (on_dark + ink.lift, STEP)
        } else {
            (on_light - ink.lift, -STEP)
        };
        while (0.0..=1.0).contains(&lightness) {
            if let Some(colour) = self.shown(ink, lightness) {
                return colour;
            }
            lightness += step;
        }
        if self.is_dark {
            Color::Indexed(WHITE)
        } else {
            Color::Indexed(BLACK)
        }
    }

    /// The ink at this lightness, or the nearest colour that the terminal has; nothing where it cannot be read.
    fn shown(&self, ink: Ink, lightness: f32) -> Option<Color> {
        let will_do = |colour| self.can_be_read(colour);
        match self.depth {
            Depth::Full => {
                let wanted = in_gamut(Oklch::new(lightness, ink.chroma, ink.hue));
                will_do(wanted).then(|| full(wanted))
            }
            Depth::Cube => {
                let chroma = ink.chroma * CUBE_STRONGER;
                let wanted = in_gamut(Oklch::new(lightness, chroma, ink.hue));
                let index = if ink.chroma > 0.0 {
                    nearest(wanted, will_do)
                } else {
                    Some(nearest_grey(wanted)).filter(|index| will_do(rgb_of(*index)))
                };
                index.map(Color::Indexed)
            }
        }
    }

    fn can_be_read(&self, ink: Rgb) -> bool {
        self.grounds
            .iter()
            .all(|ground| contrast(ink, *ground) >= CONTRAST_MIN)
    }
}

/// The background so much lighter, of the same hue, and what it comes out as.
fn raise(ground: Rgb, step: f32, depth: Depth) -> (Color, Rgb) {
    let mut lab = oklab(ground);
    lab.l = (lab.l + step).clamp(0.0, 1.0);
    let wanted = in_gamut(Oklch::from_color(lab));
    if depth == Depth::Full {
        return (full(wanted), wanted);
    }
    // A grey as light as that, as the cube has no colour so near to the background.
    let index = nearest_grey(in_gamut(Oklch::new(lab.l, 0.0, 0.0)));
    (Color::Indexed(index), rgb_of(index))
}

/// The contrast of two colours, 1 to 21, as WCAG 2.1 has it.
pub(super) fn contrast(one: Rgb, other: Rgb) -> f32 {
    let [one, other] = [one, other].map(Rgb::into_linear::<f32>);
    one.relative_contrast(other)
}

const fn full(colour: Rgb) -> Color {
    Color::Rgb(colour.red, colour.green, colour.blue)
}

fn oklab(colour: Rgb) -> Oklab {
    Oklab::from_color(colour.into_linear::<f32>())
}

/// The strongest colour of this hue and lightness that a screen can show.
fn in_gamut(mut wanted: Oklch) -> Rgb {
    const TRIES_MAX: usize = 40;
    for _ in 0..TRIES_MAX {
        if let Ok(linear) = LinSrgb::<f32>::try_from_color(wanted) {
            return Srgb::from_linear(linear);
        }
        wanted.chroma *= WEAKER;
    }
    // So weak that it is the grey of this lightness.
    Srgb::from_linear(LinSrgb::<f32>::from_color(wanted))
}

/// Black and white in the cube.
const BLACK: u8 = 16;
const WHITE: u8 = 231;

/// The first of xterm's greys, which go in steps of ten from eight on, and how many there are.
const GREY: u8 = 232;
const GREYS: u8 = 24;

/// The nearest colour of xterm's that will do, of those around the one that is wanted.
fn nearest(wanted: Rgb, will_do: impl Fn(Rgb) -> bool) -> Option<u8> {
    let [red, green, blue] = [wanted.red, wanted.green, wanted.blue].map(around);
    let mut candidates = vec![nearest_grey(wanted)];
    for red in red {
        for green in green {
            candidates.extend(blue.map(|blue| BLACK + 36 * red + 6 * green + blue));
        }
    }
    let goal = oklab(wanted);
    let distance = |index: u8| {
        let Oklab { l, a, b, .. } = oklab(rgb_of(index)) - goal;
        (CUBE_LIGHTNESS * l).powi(2) + a.powi(2) + b.powi(2)
    };
    candidates
        .into_iter()
        .filter(|index| will_do(rgb_of(*index)))
        .min_by(|one, other| distance(*one).total_cmp(&distance(*other)))
}

/// The levels of the cube below and above a channel.
fn around(channel: u8) -> [u8; 2] {
    let above = (0..5).find(|step| level(*step) >= channel).unwrap_or(5);
    [above.saturating_sub(1), above]
}

fn nearest_grey(colour: Rgb) -> u8 {
    let sum = u16::from(colour.red) + u16::from(colour.green) + u16::from(colour.blue);
    let step = (sum / 3).saturating_sub(8).saturating_add(5) / 10;
    let last = GREYS - 1;
    GREY + u8::try_from(step).unwrap_or(last).min(last)
}

/// What xterm shows for a colour of its cube or greys.
pub(super) fn rgb_of(index: u8) -> Rgb {
    if let Some(step) = index.checked_sub(GREY) {
        let grey = 8 + 10 * step;
        return Rgb::new(grey, grey, grey);
    }
    let cube = index.saturating_sub(BLACK);
    Rgb::new(level(cube / 36), level(cube / 6 % 6), level(cube % 6))
}

const fn level(step: u8) -> u8 {
    if step == 0 { 0 } else { 55 + 40 * step }
}
