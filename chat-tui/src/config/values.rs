//! Values by their names: what a flag or a setting may be.

use std::net::{IpAddr, SocketAddr};

use protocol::limits::PORT;
use protocol::names::RoomName;

use crate::model::Palette;
use crate::model::log::Hours;
use crate::model::words::Language;

/// A language by its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LanguageName(pub Language);

/// A way to count hours by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoursName(pub Hours);

/// A set of colours by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaletteName(pub Palette);

pub(super) fn room(text: &str) -> Result<RoomName, String> {
    RoomName::normalized(text).map_err(|error| error.to_string())
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

pub(super) fn mention(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("the word is empty; give at least one letter".to_owned()),
        word if word.len() > MENTION_BYTES_MAX => Err(format!(
            "the word has {} bytes, the limit is {MENTION_BYTES_MAX}; shorten it",
            word.len()
        )),
        word => Ok(word.to_owned()),
    }
}

pub(super) fn language(text: &str) -> Result<LanguageName, String> {
    match text {
        "en" => Ok(LanguageName(Language::English)),
        "ko" => Ok(LanguageName(Language::Korean)),
        _ => Err("the languages are en and ko".to_owned()),
    }
}

pub(super) fn hours(text: &str) -> Result<HoursName, String> {
    match text {
        "24h" => Ok(HoursName(Hours::Day)),
        "12h" => Ok(HoursName(Hours::Half)),
        _ => Err("the hours are 24h or 12h".to_owned()),
    }
}

pub(super) fn palette(text: &str) -> Result<PaletteName, String> {
    match text {
        "usual" => Ok(PaletteName(Palette::Usual)),
        "red-green" => Ok(PaletteName(Palette::RedGreen)),
        "blue-yellow" => Ok(PaletteName(Palette::BlueYellow)),
        _ => Err("the palettes are usual, red-green and blue-yellow".to_owned()),
    }
}
