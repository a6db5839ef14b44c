//! Values by their names: what a flag or a setting may be.

use std::net::{IpAddr, SocketAddr};

use protocol::limits::PORT;
use protocol::names::{Nick, RoomName};

use super::why::Why;
use crate::model::log::Hours;
use crate::model::words::{Language, Said};
use crate::model::{Palette, ThemeChoice};

/// A language by its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LanguageName(pub Language);

/// A way to count hours by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoursName(pub Hours);

/// A theme by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThemeName(pub ThemeChoice);

/// A set of colours by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaletteName(pub Palette);

pub(super) fn room(text: &str) -> Result<RoomName, Why> {
    RoomName::normalized(text).map_err(Why::from)
}

pub(super) fn nick(text: &str) -> Result<Nick, Why> {
    Nick::normalized(text).map_err(Why::from)
}

pub(super) fn host(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let address: IpAddr = text
        .parse()
        .map_err(|_none| "an address is an IP address, with :PORT or without".to_owned())?;
    Ok(SocketAddr::new(address, PORT))
}

/// Most bytes of a word that counts as a mention.
pub(super) const MENTION_BYTES_MAX: usize = 128;

pub(super) fn mention(text: &str) -> Result<String, Why> {
    const EMPTY: Said = Said(
        "the word is empty; give at least one letter",
        "낱말이 비었습니다. 한 글자는 쓰세요",
    );
    const LONG: Said = Said(
        "the word has {0} bytes, the limit is {1}; shorten it",
        "낱말이 {0}바이트입니다. {1}바이트까지 되니 줄이세요",
    );
    match text.trim() {
        "" => Err(Why::new(EMPTY, &[])),
        word if word.len() > MENTION_BYTES_MAX => {
            let bytes = word.len().to_string();
            Err(Why::new(LONG, &[&bytes, &MENTION_BYTES_MAX.to_string()]))
        }
        word => Ok(word.to_owned()),
    }
}

pub(super) fn language(text: &str) -> Result<LanguageName, Why> {
    const NAMES: Said = Said(
        "the languages are en and ko",
        "언어는 en(영어)과 ko(한국어)입니다",
    );
    match text {
        "en" => Ok(LanguageName(Language::English)),
        "ko" => Ok(LanguageName(Language::Korean)),
        _ => Err(Why::new(NAMES, &[])),
    }
}

pub(super) fn hours(text: &str) -> Result<HoursName, Why> {
    const NAMES: Said = Said("the hours are 24h or 12h", "시간은 24h나 12h로 씁니다");
    match text {
        "24h" => Ok(HoursName(Hours::Day)),
        "12h" => Ok(HoursName(Hours::Half)),
        _ => Err(Why::new(NAMES, &[])),
    }
}

pub(super) fn theme(text: &str) -> Result<ThemeName, Why> {
    const NAMES: Said = Said(
        "the themes are auto, dark, light and high-contrast",
        "테마는 auto, dark, light, high-contrast입니다",
    );
    match text {
        "auto" => Ok(ThemeName(ThemeChoice::Auto)),
        "dark" => Ok(ThemeName(ThemeChoice::Dark)),
        "light" => Ok(ThemeName(ThemeChoice::Light)),
        "high-contrast" => Ok(ThemeName(ThemeChoice::HighContrast)),
        _ => Err(Why::new(NAMES, &[])),
    }
}

pub(super) fn palette(text: &str) -> Result<PaletteName, Why> {
    const NAMES: Said = Said(
        "the palettes are usual, red-green and blue-yellow",
        "색은 usual, red-green, blue-yellow 가운데 하나입니다",
    );
    match text {
        "usual" => Ok(PaletteName(Palette::Usual)),
        "red-green" => Ok(PaletteName(Palette::RedGreen)),
        "blue-yellow" => Ok(PaletteName(Palette::BlueYellow)),
        _ => Err(Why::new(NAMES, &[])),
    }
}
