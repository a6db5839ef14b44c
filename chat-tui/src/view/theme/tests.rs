//! Colours on many backgrounds, for many nicks, through different eyes.

use std::time::Duration;

use palette::color_difference::EuclideanDistance as _;
use palette::{FromColor as _, LinSrgb, Oklab, Srgb};
use ratatui::style::{Color, Modifier};

use super::mix::{APART, CONTRAST_HIGH, CONTRAST_MIN, contrast, rgb_of};
use super::{Theme, place_of};
use crate::model::{Colours, Model, Palette, Settings, ThemeChoice};
use crate::session::Now;

const NOW: Now = Now {
    elapsed: Duration::ZERO,
    unix_ms: 0,
};

const PALETTES: [Palette; 3] = [Palette::Usual, Palette::RedGreen, Palette::BlueYellow];

const DARK: (u8, u8, u8) = (23, 26, 33);
const LIGHT: (u8, u8, u8) = (252, 252, 250);

/// Backgrounds of schemes that people use.
const SCHEMES: [(u8, u8, u8); 10] = [
    (0, 0, 0),
    (30, 30, 46),
    (40, 42, 54),
    (0, 43, 54),
    (40, 40, 40),
    DARK,
    (253, 246, 227),
    (251, 241, 199),
    (255, 255, 255),
    LIGHT,
];

const THEMES: [ThemeChoice; 4] = [
    ThemeChoice::Auto,
    ThemeChoice::Dark,
    ThemeChoice::Light,
    ThemeChoice::HighContrast,
];

fn theme(colours: Colours, palette: Palette, background: Option<(u8, u8, u8)>) -> Theme {
    chosen_theme(ThemeChoice::Auto, colours, palette, background)
}

fn chosen_theme(
    theme: ThemeChoice,
    colours: Colours,
    palette: Palette,
    background: Option<(u8, u8, u8)>,
) -> Theme {
    let settings = Settings {
        colours,
        theme,
        palette,
        ..Settings::default()
    };
    let mut model = Model::new(settings, NOW);
    model.background = background;
    Theme::of(&model)
}

#[track_caller]
fn rgb(colour: Color) -> Srgb<u8> {
    if let Color::Rgb(red, green, blue) = colour {
        return Srgb::new(red, green, blue);
    }
    let Color::Indexed(index) = colour else {
        panic!("{colour:?} is no measured colour");
    };
    rgb_of(index)
}

/// Every colour that text is drawn in.
fn inks(theme: &Theme) -> Vec<Color> {
    let styles = [theme.dim(), theme.accent(), theme.failure()];
    let colours = styles.iter().map(|style| style.fg.unwrap());
    colours.chain(theme.nicks.iter().copied()).collect()
}

/// Backgrounds of all kinds, the middling ones too.
fn grounds() -> Vec<(u8, u8, u8)> {
    let steps = || (0..=255_u8).step_by(51);
    let mut grounds: Vec<_> = SCHEMES.into();
    grounds.extend((0..=255_u8).map(|grey| (grey, grey, grey)));
    for (red, green) in steps().flat_map(|red| steps().map(move |green| (red, green))) {
        grounds.extend(steps().map(|blue| (red, green, blue)));
    }
    grounds
}

#[test]
fn t20_every_colour_can_be_read_on_every_background() {
    let mut tried = 0;
    let grounds = |choice| match choice {
        ThemeChoice::Auto => grounds(),
        // What these do not paint they leave as it is.
        ThemeChoice::Dark | ThemeChoice::Light | ThemeChoice::HighContrast => SCHEMES.to_vec(),
    };
    let all = THEMES.into_iter().flat_map(|choice| {
        let reported = grounds(choice).into_iter().map(Some).chain([None]);
        reported.map(move |reported| (choice, reported))
    });
    for (choice, reported) in all {
        let least = match choice {
            ThemeChoice::HighContrast => CONTRAST_HIGH,
            ThemeChoice::Auto | ThemeChoice::Dark | ThemeChoice::Light => CONTRAST_MIN,
        };
        for palette in PALETTES {
            for colours in [Colours::Many, Colours::True] {
                let theme = chosen_theme(choice, colours, palette, reported);
                let case = format!("{choice:?} {palette:?} {colours:?} on {reported:?}");
                let ground = match (theme.painted, reported) {
                    (Some((_, ground)), _) => rgb(ground),
                    (None, Some((red, green, blue))) => Srgb::new(red, green, blue),
                    (None, None) => {
                        assert_eq!(choice, ThemeChoice::Auto, "{case}");
                        continue;
                    }
                };
                let raised = theme.raised().bg.map_or(ground, rgb);
                let text = theme.painted.map(|(text, _)| text);
                for ink in inks(&theme).into_iter().chain(text) {
                    for ground in [ground, raised] {
                        let found = contrast(rgb(ink), ground);
                        assert!(found >= least, "{ink:?} on {ground:?}: {found} ({case})");
                        tried += 1;
                    }
                }
            }
        }
    }
    assert!(tried > 50_000, "{tried}");
}

#[test]
fn t20_a_theme_paints_only_what_the_terminal_does_not_have() {
    let painted =
        |choice, reported| chosen_theme(choice, Colours::True, Palette::Usual, reported).painted;
    let is_light = |painted: Option<(Color, Color)>| {
        let (text, ground) = painted.map(|(text, ground)| (rgb(text), rgb(ground)))?;
        let white = Srgb::new(255, 255, 255);
        Some(contrast(white, text) > contrast(white, ground))
    };
    for (choice, reported, expected) in [
        (ThemeChoice::Auto, None, None),
        (ThemeChoice::Auto, Some(LIGHT), None),
        (ThemeChoice::Dark, Some(DARK), None),
        (ThemeChoice::Dark, Some(LIGHT), Some(false)),
        (ThemeChoice::Dark, None, Some(false)),
        (ThemeChoice::Light, Some(LIGHT), None),
        (ThemeChoice::Light, Some(DARK), Some(true)),
        (ThemeChoice::Light, None, Some(true)),
        (ThemeChoice::HighContrast, Some(LIGHT), Some(true)),
        (ThemeChoice::HighContrast, Some(DARK), Some(false)),
        (ThemeChoice::HighContrast, None, Some(false)),
    ] {
        let found = is_light(painted(choice, reported));
        assert_eq!(found, expected, "{choice:?} on {reported:?}");
    }
    let (text, ground) = painted(ThemeChoice::HighContrast, None).unwrap();
    assert!(contrast(rgb(text), rgb(ground)) > 20.9, "black and white");
}

#[test]
fn t20_where_no_contrast_is_known_none_is_lost() {
    for colours in [Colours::None, Colours::Sixteen] {
        for palette in PALETTES {
            for reported in [None, Some(DARK), Some(LIGHT)] {
                let theme = chosen_theme(ThemeChoice::HighContrast, colours, palette, reported);
                let styles = [
                    theme.dim(),
                    theme.accent(),
                    theme.failure(),
                    theme.nick("민수"),
                    theme.raised(),
                ];
                for style in styles {
                    assert_eq!((style.fg, style.bg), (None, None));
                    assert!(!style.add_modifier.contains(Modifier::DIM));
                }
                assert!(theme.accent().add_modifier.contains(Modifier::BOLD));
                assert_eq!(theme.painted, None);
                // What few schemes show well is left out where the side is known.
                let nicks = |choice| chosen_theme(choice, colours, palette, reported).nicks;
                assert!(!nicks(ThemeChoice::Dark).contains(&Color::Blue));
                assert!(!nicks(ThemeChoice::Light).contains(&Color::LightYellow));
            }
        }
    }
}

#[test]
fn t20_no_two_of_xterms_colours_are_the_same() {
    const USUAL: [[f32; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let choices = SCHEMES.map(|ground| (ThemeChoice::Auto, Some(ground)));
    let strong = [DARK, LIGHT].map(|ground| (ThemeChoice::HighContrast, Some(ground)));
    for (choice, ground) in choices.into_iter().chain(strong) {
        for palette in PALETTES {
            let theme = chosen_theme(choice, Colours::Many, palette, ground);
            let mut indices: Vec<String> =
                inks(&theme).iter().map(|ink| format!("{ink:?}")).collect();
            let count = indices.len();
            indices.sort();
            indices.dedup();
            let case = format!("{choice:?} {palette:?} on {ground:?}");
            assert_eq!(indices.len(), count, "{case}");
            let nearest = nearest_pair(&inks(&theme), &USUAL);
            assert!(nearest >= APART, "{case}: {nearest}");
        }
    }
}

#[test]
fn t20_true_colour_is_used_where_it_is_and_the_cube_elsewhere() {
    let is_full = |colour: &Color| matches!(colour, Color::Rgb(..));
    let full = inks(&theme(Colours::True, Palette::Usual, Some(DARK)));
    assert!(full.iter().all(is_full));
    let cube = inks(&theme(Colours::Many, Palette::Usual, Some(DARK)));
    assert!(!cube.iter().any(is_full));
}

#[test]
fn t20_a_nick_has_one_colour_everywhere() {
    let decomposed = "\u{1112}\u{1161}\u{11AB}";
    assert_eq!(place_of("한", 10), place_of(decomposed, 10));
    let nicks = ["민수", "지은", "도윤", "서연", "jieun.k", "Dr_Willis"];
    let places = nicks.map(|nick| place_of(nick, 10).unwrap());
    assert_eq!(places, [6, 9, 4, 3, 4, 7]);
    assert_eq!(place_of("민수", 0), None);
    let theme = theme(Colours::True, Palette::Usual, Some(DARK));
    assert_eq!(theme.nick("한"), theme.nick(decomposed));
}

#[test]
fn t20_many_nicks_use_all_colours_alike() {
    for palette in PALETTES {
        let theme = theme(Colours::True, palette, Some(DARK));
        let mut uses = vec![0_usize; theme.nicks.len()];
        for number in 0..1_000 {
            for nick in [format!("nick{number}"), format!("닉{number}")] {
                let style = theme.nick(&nick);
                let place = theme.nicks.iter().position(|ink| style.fg == Some(*ink));
                uses[place.unwrap()] += 1;
            }
        }
        let even = 2_000 / uses.len();
        let is_even = |uses: &usize| (even * 7 / 10..even * 13 / 10).contains(uses);
        assert!(uses.iter().all(is_even), "{palette:?}: {uses:?}");
    }
}

/// What somebody with two kinds of cones sees, by the matrices of Machado, Oliveira and Fernandes (2009) for linear light.
const PROTAN: [[f32; 3]; 3] = [
    [0.152_286, 1.052_583, -0.204_868],
    [0.114_503, 0.786_281, 0.099_216],
    [-0.003_882, -0.048_116, 1.051_998],
];
const DEUTAN: [[f32; 3]; 3] = [
    [0.367_322, 0.860_646, -0.227_968],
    [0.280_085, 0.672_501, 0.047_413],
    [-0.011_820, 0.042_940, 0.968_881],
];
const TRITAN: [[f32; 3]; 3] = [
    [1.255_528, -0.076_749, -0.178_779],
    [-0.078_411, 0.930_809, 0.147_602],
    [0.004_733, 0.691_367, 0.303_900],
];

fn seen(colour: Color, eyes: &[[f32; 3]; 3]) -> Oklab {
    let linear = rgb(colour).into_linear::<f32>();
    let channels = eyes.map(|[red, green, blue]| {
        let sum = red * linear.red + green * linear.green + blue * linear.blue;
        sum.clamp(0.0, 1.0)
    });
    let [red, green, blue] = channels;
    Oklab::from_color(LinSrgb::new(red, green, blue))
}

/// How near the two nearest colours come, to these eyes; some 0.02 is just noticeable side by side.
fn nearest_pair(inks: &[Color], eyes: &[[f32; 3]; 3]) -> f32 {
    let seen: Vec<Oklab> = inks.iter().map(|ink| seen(*ink, eyes)).collect();
    let pairs = seen.iter().enumerate().flat_map(|(at, one)| {
        seen.iter()
            .skip(at + 1)
            .map(|other| one.distance_squared(*other).sqrt())
    });
    pairs.fold(f32::MAX, f32::min)
}

#[test]
fn t20_each_palette_is_told_apart_by_the_eyes_it_is_for() {
    for (palette, eyes) in [
        (Palette::RedGreen, [PROTAN, DEUTAN].as_slice()),
        (Palette::BlueYellow, &[TRITAN]),
    ] {
        for eyes in eyes {
            for ground in [DARK, LIGHT] {
                for (colours, least) in [(Colours::True, 0.07), (Colours::Many, 0.05)] {
                    let safe = inks(&theme(colours, palette, Some(ground)));
                    let usual = inks(&theme(colours, Palette::Usual, Some(ground)));
                    let (safe, usual) = (nearest_pair(&safe, eyes), nearest_pair(&usual, eyes));
                    let case = format!("{palette:?} {colours:?} on {ground:?}");
                    assert!(safe >= least, "{case}: {safe}");
                    assert!(safe > usual, "{case}: {safe}, the usual ones {usual}");
                }
            }
        }
    }
}

#[test]
fn t20_the_usual_colours_are_told_apart_by_usual_eyes() {
    const USUAL: [[f32; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    for ground in [DARK, LIGHT] {
        let inks = inks(&theme(Colours::True, Palette::Usual, Some(ground)));
        let nearest = nearest_pair(&inks, &USUAL);
        assert!(nearest >= 0.04, "on {ground:?}: {nearest}");
    }
}

#[test]
fn t20_without_colours_there_are_none_and_reverse_survives() {
    let theme = theme(Colours::None, Palette::Usual, Some((0, 0, 0)));
    for style in [
        theme.dim(),
        theme.accent(),
        theme.failure(),
        theme.nick("민수"),
        theme.raised(),
    ] {
        assert_eq!((style.fg, style.bg), (None, None), "{style:?}");
    }
    assert!(theme.accent().add_modifier.contains(Modifier::BOLD));
    let chosen = Theme::chosen();
    assert!(chosen.add_modifier.contains(Modifier::REVERSED));
    assert_eq!(
        (chosen.fg, chosen.bg),
        (Some(Color::Reset), Some(Color::Reset))
    );
}

#[test]
fn t20_without_a_report_the_terminals_own_sixteen_are_used() {
    for (colours, background) in [
        (Colours::Many, None),
        (Colours::True, None),
        (Colours::Sixteen, Some(DARK)),
    ] {
        for palette in PALETTES {
            let theme = theme(colours, palette, background);
            for style in [theme.accent(), theme.failure(), theme.nick("민수")] {
                let is_own = !matches!(style.fg, None | Some(Color::Rgb(..) | Color::Indexed(_)));
                assert!(is_own, "{style:?}");
            }
            assert_eq!(theme.raised().bg, None);
        }
    }
}

#[test]
fn contrast_is_that_of_wcag() {
    let black = Srgb::new(0, 0, 0);
    let white = Srgb::new(255, 255, 255);
    assert!((contrast(black, white) - 21.0).abs() < 0.01);
    assert!((contrast(Srgb::new(119, 119, 119), white) - 4.48).abs() < 0.01);
}
