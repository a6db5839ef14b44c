//! Pictures of the screen, drawn by the real view: `make pictures` writes them for looking, and two of them for the README.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use chat_tui::model::{Colours, Palette, ThemeChoice};
use chat_tui::update::Msg;

use crate::pictures::scenes::{SCENES, Scene};
use crate::support::Screen;
use crate::svg::{DARK, LIGHT, Scheme, svg};

pub(crate) mod scenes;

/// The variable that names a directory to write every picture to; the README's are then written anew.
const DIRECTORY: &str = "CHAT_TUI_PICTURES";

/// Columns and rows of the pictures to look at.
const SIZES: [(u16, u16); 4] = [(120, 40), (100, 28), (80, 24), (60, 20)];

/// The pictures of the README: the file in `docs`, the scene, columns and rows, the colours.
const README: [(&str, &str, (u16, u16), &Scheme); 2] = [
    ("screen.svg", "busy", (100, 28), &DARK),
    ("first-run.svg", "first-run", (100, 22), &LIGHT),
];

/// Terminals and eyes for which the first scene is drawn, too: which colours there are, whether the background is told, the palette,
/// the theme.
const OTHERS: [(&str, Colours, bool, Palette, ThemeChoice); 6] = [
    (
        "256",
        Colours::Many,
        true,
        Palette::Usual,
        ThemeChoice::Auto,
    ),
    (
        "16",
        Colours::Sixteen,
        false,
        Palette::Usual,
        ThemeChoice::Auto,
    ),
    (
        "none",
        Colours::None,
        false,
        Palette::Usual,
        ThemeChoice::Auto,
    ),
    (
        "red-green",
        Colours::True,
        true,
        Palette::RedGreen,
        ThemeChoice::Auto,
    ),
    (
        "blue-yellow",
        Colours::True,
        true,
        Palette::BlueYellow,
        ThemeChoice::Auto,
    ),
    (
        "high-contrast",
        Colours::True,
        true,
        Palette::Usual,
        ThemeChoice::HighContrast,
    ),
];

/// The picture of a scene in all colours.
fn picture(scene: &Scene, size: (u16, u16), scheme: &Scheme) -> (Screen, String) {
    let mut screen = (scene.set)(size);
    screen.model.colours = Colours::True;
    report(&mut screen, scheme);
    let drawn = drawn(&screen, scene, scheme);
    (screen, drawn)
}

fn report(screen: &mut Screen, scheme: &Scheme) {
    let (red, green, blue) = scheme.ground;
    screen.msg(Msg::Background(red, green, blue));
}

fn drawn(screen: &Screen, scene: &Scene, scheme: &Scheme) -> String {
    let (buffer, caret) = screen.draw();
    svg(&buffer, caret, &screen.model.widths, scheme, scene.title)
}

/// Writes a picture where the variable says so.
fn keep(name: &str, drawn: &str) {
    if let Some(directory) = env::var_os(DIRECTORY).map(PathBuf::from) {
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join(name), drawn).unwrap();
    }
}

#[test]
fn every_scene_has_a_picture_in_every_size_and_on_both_grounds() {
    for scene in SCENES {
        for (columns, rows) in SIZES {
            for scheme in [&DARK, &LIGHT] {
                let (screen, drawn) = picture(scene, (columns, rows), scheme);
                let name = format!("{}-{columns}x{rows}-{}.svg", scene.name, scheme.name);
                // Each glyph of the screen is in the picture, and nothing that no file of XML may hold.
                let glyphs = screen.rows().concat();
                for c in glyphs.chars().filter(|c| c.is_alphanumeric()) {
                    assert!(drawn.contains(c), "{c} is not in {name}");
                }
                let is_plain = |c: char| c == '\n' || !c.is_control();
                assert!(drawn.chars().all(is_plain), "{name}");
                keep(&name, &drawn);
            }
        }
    }
}

#[test]
fn each_terminal_and_each_palette_has_a_picture_of_its_own() {
    let scene = &SCENES[0];
    for scheme in [&DARK, &LIGHT] {
        let mut all = vec![picture(scene, (100, 28), scheme).1];
        for (name, colours, tells, palette, theme) in OTHERS {
            let mut screen = (scene.set)((100, 28));
            (screen.model.colours, screen.model.palette) = (colours, palette);
            screen.model.theme = theme;
            if tells {
                report(&mut screen, scheme);
            }
            let drawn = drawn(&screen, scene, scheme);
            keep(
                &format!("{}-{}-{name}.svg", scene.name, scheme.name),
                &drawn,
            );
            assert!(!all.contains(&drawn), "{name} looks like another");
            all.push(drawn);
        }
    }
}

#[test]
fn the_pictures_of_the_readme_are_what_is_drawn() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    for (file, name, size, scheme) in README {
        let scene = SCENES.iter().find(|scene| scene.name == name).unwrap();
        let (_, drawn) = picture(scene, size, scheme);
        let path = docs.join(file);
        if env::var_os(DIRECTORY).is_some() {
            fs::write(path, drawn).unwrap();
            continue;
        }
        let kept = fs::read_to_string(path).unwrap_or_default();
        assert!(
            kept == drawn,
            "docs/{file} shows another screen; `make pictures` draws it anew"
        );
    }
}
