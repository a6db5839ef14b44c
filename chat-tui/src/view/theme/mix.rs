//! Colours that can be read on one background: as light or as dark as that takes, at the depth that the terminal has.

use std::sync::LazyLock;

use palette::color_difference::{EuclideanDistance as _, Wcag21RelativeContrast as _};
use palette::convert::TryFromColor as _;
use palette::{FromColor as _, LinSrgb, Oklab, Oklch, Srgb};
use ratatui::style::Color;

use super::inks::Ink;

/// The least contrast of text and background, as WCAG has it for text.
pub(super) const CONTRAST_MIN: f32 = 4.5;

/// The same for high contrast, as WCAG has it where it is enhanced.
pub(super) const CONTRAST_HIGH: f32 = 7.0;

/// Lightness, 0 to 1, of colours on a dark background and on a light one, where it can be read.
const LIGHTNESS: [f32; 2] = [0.77, 0.52];

/// One try after the other moves so far in lightness, and weakens a colour that no screen shows so much.
const STEP: f32 = 0.02;
const WEAKER: f32 = 0.92;

/// The cube has few colours of middling strength: stronger ones are asked for, and the hue counts for more than the lightness.
const CUBE_STRONGER: f32 = 1.25;
const CUBE_LIGHTNESS: f32 = 0.5;

/// How far the colours of xterm's that are given are from one another, as long as there are any so far; some 0.02 is just noticeable
/// side by side.
pub(super) const APART: f32 = 0.05;

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

/// What colours are to be read on, and how well.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sheet {
    /// Red, green and blue of the background.
    pub(super) ground: (u8, u8, u8),
    /// The least contrast of what is written on it.
    pub(super) contrast: f32,
    /// Whether the composer and popups have a background of their own.
    pub(super) is_raised: bool,
}

/// Mixes colours for one background.
#[derive(Debug)]
pub(super) struct Mixer {
    depth: Depth,
    is_dark: bool,
    contrast: f32,
    /// The background, and the one of the composer and of popups.
    grounds: [Rgb; 2],
    raised: Option<Color>,
    /// The colours of xterm's that can be read on both and are far from those that were given; and the near ones.
    free: Vec<&'static Shade>,
    near: Vec<&'static Shade>,
}

/// One of xterm's colours, measured.
#[derive(Debug)]
struct Shade {
    index: u8,
    lab: Oklab,
    rgb: Rgb,
}

/// All of xterm's colours that no scheme changes.
static SHADES: LazyLock<Vec<Shade>> = LazyLock::new(|| {
    let shade = |index| Shade {
        index,
        lab: oklab(rgb_of(index)),
        rgb: rgb_of(index),
    };
    (BLACK..=u8::MAX).map(shade).collect()
});

impl Mixer {
    pub(super) fn new(sheet: Sheet, depth: Depth) -> Self {
        let (red, green, blue) = sheet.ground;
        let ground = Rgb::new(red, green, blue);
        let is_dark = is_dark(sheet.ground);
        let ink = if is_dark { white() } else { black() };
        let [on_dark, on_light] = RAISED;
        let usual = if is_dark { on_dark } else { -on_light };
        // On a middling background one step towards the text would be too much: the other way, then.
        let (raised, raised_ground) = [usual, -usual]
            .map(|step| raise(ground, step, depth))
            .into_iter()
            .find(|(_, raised)| sheet.is_raised && contrast(ink, *raised) >= sheet.contrast)
            .map_or((None, ground), |(colour, raised)| (Some(colour), raised));
        let mut mixer = Self {
            depth,
            is_dark,
            contrast: sheet.contrast,
            grounds: [ground, raised_ground],
            raised,
            free: Vec::new(),
            near: Vec::new(),
        };
        if depth == Depth::Cube {
            let shades = SHADES.iter().filter(|shade| mixer.can_be_read(shade.rgb));
            mixer.free = shades.collect();
        }
        mixer
    }

    /// The background of the composer and of popups; nothing where only the usual one can be read on.
    pub(super) const fn raised(&self) -> Option<Color> {
        self.raised
    }

    /// A colour in which a text can be read on both backgrounds. Of xterm's none is given twice, as long as there are any.
    pub(super) fn readable(&mut self, ink: Ink) -> Color {
        let [on_dark, on_light] = LIGHTNESS;
        let (mut lightness, step) = if self.is_dark {
            (on_dark + ink.lift, STEP)
        } else {
            (on_light - ink.lift, -STEP)
        };
        if self.depth == Depth::Cube {
            return self.nearest(ink, lightness);
        }
        while (0.0..=1.0).contains(&lightness) {
            let wanted = in_gamut(Oklch::new(lightness, ink.chroma, ink.hue));
            if self.can_be_read(wanted) {
                return full(wanted);
            }
            lightness += step;
        }
        Color::Indexed(self.utmost())
    }

    /// The colour of xterm's that is nearest to the ink at this lightness.
    fn nearest(&mut self, ink: Ink, lightness: f32) -> Color {
        let goal = oklab(in_gamut(Oklch::new(
            lightness,
            ink.chroma * CUBE_STRONGER,
            ink.hue,
        )));
        let distance = |shade: &Shade| {
            let Oklab { l, a, b, .. } = shade.lab - goal;
            (CUBE_LIGHTNESS * l).powi(2) + a.powi(2) + b.powi(2)
        };
        let nearest_of = |shades: &[&'static Shade]| {
            let nearest =
                |one: &&&Shade, other: &&&Shade| distance(one).total_cmp(&distance(other));
            shades.iter().min_by(nearest).copied()
        };
        let Some(given) = nearest_of(&self.free).or_else(|| nearest_of(&self.near)) else {
            return Color::Indexed(self.utmost());
        };
        let is_far = |shade: &mut &Shade| shade.lab.distance_squared(given.lab) >= APART.powi(2);
        self.near
            .extend(self.free.extract_if(.., |shade| !is_far(shade)));
        self.near.retain(|shade| shade.index != given.index);
        Color::Indexed(given.index)
    }

    /// White on a dark background, black on a light one.
    const fn utmost(&self) -> u8 {
        if self.is_dark { WHITE } else { BLACK }
    }

    fn can_be_read(&self, ink: Rgb) -> bool {
        self.grounds
            .iter()
            .all(|ground| contrast(ink, *ground) >= self.contrast)
    }
}

/// Whether white can be read better on it than black.
pub(super) fn is_dark((red, green, blue): (u8, u8, u8)) -> bool {
    let ground = Rgb::new(red, green, blue);
    contrast(white(), ground) > contrast(black(), ground)
}

/// A colour as the terminal can show it, and what that is.
pub(super) fn shown((red, green, blue): (u8, u8, u8), depth: Depth) -> (Color, (u8, u8, u8)) {
    let wanted = Rgb::new(red, green, blue);
    if depth == Depth::Full {
        return (full(wanted), (red, green, blue));
    }
    let goal = oklab(wanted);
    let distance = |shade: &Shade| {
        let Oklab { l, a, b, .. } = shade.lab - goal;
        l.powi(2) + a.powi(2) + b.powi(2)
    };
    let nearest = SHADES
        .iter()
        .min_by(|one, other| distance(one).total_cmp(&distance(other)));
    nearest.map_or((Color::Reset, (red, green, blue)), |shade| {
        let Rgb {
            red, green, blue, ..
        } = shade.rgb;
        (Color::Indexed(shade.index), (red, green, blue))
    })
}

const fn white() -> Rgb {
    Rgb::new(255, 255, 255)
}

const fn black() -> Rgb {
    Rgb::new(0, 0, 0)
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
