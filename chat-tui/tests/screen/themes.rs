//! Themes on whole screens: every glyph that is drawn can be read on what is behind it.

use chat_tui::model::{Colours, Palette, ThemeChoice};
use chat_tui::update::Msg;
use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use crate::pictures::scenes::SCENES;
use crate::svg::{DARK, LIGHT, Rgb, rgb};

/// The relative luminance of WCAG 2.1, from 0 to 1.
fn luminance((red, green, blue): Rgb) -> f64 {
    let [red, green, blue] = [red, green, blue].map(|channel| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.040_45 {
            channel / 12.92
        } else {
            ((channel + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(cell: &Cell) -> f64 {
    let [text, ground] = [cell.fg, cell.bg].map(|colour| {
        // A scheme of the terminal has no part in it.
        assert!(
            matches!(colour, Color::Rgb(..) | Color::Indexed(16..)),
            "{cell:?}"
        );
        luminance(rgb(colour, &DARK).unwrap())
    });
    (text.max(ground) + 0.05) / (text.min(ground) + 0.05)
}

#[test]
fn t20_every_glyph_of_a_painted_theme_can_be_read() {
    let mut tried = 0;
    for scene in SCENES {
        for (theme, reported, least) in [
            (ThemeChoice::HighContrast, None, 7.0),
            (ThemeChoice::HighContrast, Some(&LIGHT), 7.0),
            (ThemeChoice::Dark, Some(&LIGHT), 4.5),
            (ThemeChoice::Light, None, 4.5),
        ] {
            for colours in [Colours::True, Colours::Many] {
                for palette in [Palette::Usual, Palette::RedGreen, Palette::BlueYellow] {
                    let mut screen = (scene.set)((100, 28));
                    (screen.model.theme, screen.model.colours) = (theme, colours);
                    screen.model.palette = palette;
                    if let Some(scheme) = reported {
                        let (red, green, blue) = scheme.ground;
                        screen.msg(Msg::Background(red, green, blue));
                    }
                    for cell in screen.draw().0.content() {
                        let found = contrast(cell);
                        let case = format!("{} {theme:?} {colours:?} {palette:?}", scene.name);
                        // What is blank has nothing to be read.
                        assert!(
                            cell.symbol().trim().is_empty() || found >= least,
                            "{case}: {cell:?}"
                        );
                        tried += 1;
                    }
                }
            }
        }
    }
    assert!(tried > 500_000, "{tried}");
}

#[test]
fn t20_high_contrast_without_known_colours_is_bold_reverse_and_marks() {
    for colours in [Colours::None, Colours::Sixteen] {
        for scene in SCENES {
            let mut screen = (scene.set)((100, 28));
            screen.model.theme = ThemeChoice::HighContrast;
            screen.model.colours = colours;
            for cell in screen.draw().0.content() {
                assert_eq!(
                    (cell.fg, cell.bg),
                    (Color::Reset, Color::Reset),
                    "{}",
                    scene.name
                );
                assert!(!cell.modifier.contains(Modifier::DIM), "{}", scene.name);
            }
        }
    }
}
