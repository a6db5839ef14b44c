//! Reads the answers a terminal gives; what it cannot read is nothing, never text.

use crate::shell::terminal::event::Reply;

/// The background colour in an OSC 11 answer without its introducer: `11;rgb:1e1e/1e1e/2e2e`.
pub(super) fn background(body: &[u8]) -> Option<Reply> {
    let colour = str::from_utf8(body).ok()?.strip_prefix("11;")?;
    let channels = colour
        .strip_prefix("rgb:")
        .or_else(|| colour.strip_prefix("rgba:"))?;
    let mut channels = channels.split('/').map(channel);
    let (r, g, b) = (channels.next()??, channels.next()??, channels.next()??);
    Some(Reply::Background { r, g, b })
}

/// One channel of 1 to 4 hexadecimal digits, scaled to 0..=255.
fn channel(digits: &str) -> Option<u8> {
    let full = match digits.len() {
        1 => 0xF_u32,
        2 => 0xFF,
        3 => 0xFFF,
        4 => 0xFFFF,
        _ => return None,
    };
    let value = u32::from_str_radix(digits, 16).ok()?;
    u8::try_from(value.checked_mul(255)? / full).ok()
}

/// Row and column of a cursor report's parameters, counted from 1: `2;3`.
pub(super) fn cursor(parameters: &[u8]) -> Option<(u16, u16)> {
    let (row, column) = str::from_utf8(parameters).ok()?.split_once(';')?;
    Some((row.parse().ok()?, column.parse().ok()?))
}
