//! Pictures of the screen, drawn by the real view: `make pictures` writes them for looking, and two of them for the README.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use chat_tui::model::Colours;
use chat_tui::update::Msg;

use crate::pictures::scenes::{SCENES, Scene};
use crate::support::Screen;
use crate::svg::{DARK, LIGHT, Scheme, svg};

pub(crate) mod scenes;

/// The variable that names a directory to write every picture to; the README's are then written anew.
const DIRECTORY: &str = "CHAT_TUI_PICTURES";

/// Columns and rows of the pictures to look at.
const SIZES: [(u16, u16); 4] = [(120, 40), (100, 28), (80, 24), (60, 20)];

/// The pictures of the README: the file in `docs`, the scene, the colours.
const README: [(&str, &str, &Scheme); 2] = [
    ("screen.svg", "busy", &DARK),
    ("first-run.svg", "first-run", &LIGHT),
];

/// The picture of a scene.
fn picture(scene: &Scene, size: (u16, u16), scheme: &Scheme) -> (Screen, String) {
    let mut screen = (scene.set)(size);
    let (red, green, blue) = scheme.ground;
    screen.model.colours = Colours::True;
    screen.msg(Msg::Background(red, green, blue));
    let (buffer, caret) = screen.draw();
    let drawn = svg(&buffer, caret, &screen.model.widths, scheme, scene.title);
    (screen, drawn)
}

#[test]
fn every_scene_has_a_picture_in_every_size_and_on_both_grounds() {
    let directory = env::var_os(DIRECTORY).map(PathBuf::from);
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
                if let Some(directory) = &directory {
                    fs::create_dir_all(directory).unwrap();
                    fs::write(directory.join(name), drawn).unwrap();
                }
            }
        }
    }
}

#[test]
fn the_pictures_of_the_readme_are_what_is_drawn() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    for (file, name, scheme) in README {
        let scene = SCENES.iter().find(|scene| scene.name == name).unwrap();
        let (_, drawn) = picture(scene, (100, 28), scheme);
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
