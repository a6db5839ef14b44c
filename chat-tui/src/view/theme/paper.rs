//! What is written on: the background that the terminal reports, or the one that a theme paints.

use super::mix::{CONTRAST_HIGH, CONTRAST_MIN, Sheet, is_dark};
use crate::model::ThemeChoice;

/// What is written on, and in which colour where not in the terminal's own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paper {
    pub(super) sheet: Sheet,
    pub(super) text: Option<(u8, u8, u8)>,
}

/// Backgrounds and texts of the themes: dark, light, and those of high contrast.
const DARK: [(u8, u8, u8); 2] = [(24, 26, 31), (222, 224, 228)];
const LIGHT: [(u8, u8, u8); 2] = [(255, 255, 255), (38, 40, 46)];
const BLACK: (u8, u8, u8) = (0, 0, 0);
const WHITE: (u8, u8, u8) = (255, 255, 255);

impl Paper {
    /// What the person chose, else what the terminal reports; nothing where neither is known.
    pub(super) fn of(choice: ThemeChoice, reported: Option<(u8, u8, u8)>) -> Option<Self> {
        let own = |ground| Self {
            sheet: Sheet {
                ground,
                contrast: CONTRAST_MIN,
                is_raised: true,
            },
            text: None,
        };
        let painted = |[ground, text]: [(u8, u8, u8); 2]| Self {
            text: Some(text),
            ..own(ground)
        };
        Some(match (choice, reported) {
            (ThemeChoice::Auto, reported) => own(reported?),
            // The person's own background is theirs as long as it is one of that kind.
            (ThemeChoice::Dark, Some(ground)) if is_dark(ground) => own(ground),
            (ThemeChoice::Light, Some(ground)) if !is_dark(ground) => own(ground),
            (ThemeChoice::Dark, _) => painted(DARK),
            (ThemeChoice::Light, _) => painted(LIGHT),
            (ThemeChoice::HighContrast, reported) => {
                let is_light = reported.is_some_and(|ground| !is_dark(ground));
                let colours = if is_light {
                    [WHITE, BLACK]
                } else {
                    [BLACK, WHITE]
                };
                let Self { sheet, text } = painted(colours);
                // Edges are seen better than a background that is nearly the same.
                let sheet = Sheet {
                    contrast: CONTRAST_HIGH,
                    is_raised: false,
                    ..sheet
                };
                Self { sheet, text }
            }
        })
    }
}
