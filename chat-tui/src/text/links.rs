//! Where the web addresses of a text are, without the particle or bracket that follows them.

use linkify::{LinkFinder, LinkKind};

use super::characters::{Fate, fate};
use super::hangul::{is_compatibility_jamo, is_hangul};
use super::slice;

/// Longest target in bytes; terminals ignore longer ones, so such an address is no link.
pub const TARGET_BYTES_MAX: usize = 2083;

/// An `http` or `https` address: bytes `start..end` of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Byte at which the scheme begins.
    pub start: usize,
    /// Byte after the last character of the address.
    pub end: usize,
}

impl Link {
    /// The address to open: printable ASCII only, everything else percent-encoded.
    ///
    /// `text` is the one that the link was found in; another one gives another address, never a
    /// panic.
    pub fn target(&self, text: &str) -> String {
        percent_encoded(slice(text, self.start..self.end))
    }
}

/// A grapheme as a cell of a link: opener, grapheme, closer (OSC 8). The same `id` makes cells of several rows one link.
pub fn linked(id: &str, target: &str, grapheme: &str) -> String {
    format!("\x1b]8;id={id};{target}\x1b\\{grapheme}{CLOSER}")
}

/// The grapheme of a cell, be it one of a link or not.
pub fn unlinked(symbol: &str) -> &str {
    let inside = symbol
        .strip_prefix("\x1b]8;")
        .and_then(|rest| rest.split_once("\x1b\\"))
        .and_then(|(_, rest)| rest.strip_suffix(CLOSER));
    inside.unwrap_or(symbol)
}

/// Ends a link.
const CLOSER: &str = "\x1b]8;;\x1b\\";

/// The links of a text, in order, none overlapping.
///
/// Only addresses with a scheme count. Hangul inside an address belongs to it (`/wiki/한국어`); a
/// particle right after one does not (`https://a.example/b에서`).
pub fn links(text: &str) -> Vec<Link> {
    if !text.contains("://") {
        return Vec::new();
    }
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]).url_must_have_scheme(true);
    finder
        .links(text)
        .filter_map(|found| {
            let address = trimmed(found.as_str())?;
            Some(Link {
                start: found.start(),
                end: found.start().saturating_add(address.len()),
            })
        })
        .filter(|link| link.target(text).len() <= TARGET_BYTES_MAX)
        .collect()
}

/// The address without what only stands after it; none if it is none of the web.
fn trimmed(found: &str) -> Option<&str> {
    let (scheme, _) = found.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let stop = found
        .find(|c: char| fate(c) != Fate::Keep || c.is_whitespace() || is_closing(c))
        .unwrap_or(found.len());
    let mut address = slice(found, 0..stop);
    loop {
        let before = address.len();
        address = address.trim_end_matches(is_loose_end);
        address = without_particle(address);
        if address.len() == before {
            break;
        }
    }
    let (_, rest) = address.split_once("://")?;
    // An IPv6 address stands in brackets.
    (rest.starts_with(char::is_alphanumeric) || rest.starts_with('[')).then_some(address)
}

/// Quotes and brackets beyond ASCII: they end an address wherever they stand.
fn is_closing(c: char) -> bool {
    matches!(
        c,
        '“' | '”'
            | '‘'
            | '’'
            | '「'
            | '」'
            | '『'
            | '』'
            | '《'
            | '》'
            | '〈'
            | '〉'
            | '【'
            | '】'
            | '（'
            | '）'
            | '，'
            | '。'
            | '、'
            | '！'
            | '？'
            | '；'
            | '：'
            | '«'
            | '»'
    )
}

/// Punctuation that can be inside an address but ends a sentence when it is the last.
fn is_loose_end(c: char) -> bool {
    matches!(
        c,
        '.' | ',' | ';' | ':' | '!' | '?' | '~' | '^' | '*' | '\'' | '…' | '·'
    )
}

fn without_particle(address: &str) -> &str {
    let run_start = address.trim_end_matches(is_hangul).len();
    let (Some(kept), Some(run)) = (address.get(..run_start), address.get(run_start..)) else {
        return address;
    };
    let Some(before) = kept.chars().next_back() else {
        return address;
    };
    if run.is_empty() {
        return address;
    }
    let in_host = kept
        .split_once("://")
        .is_some_and(|(_, rest)| !rest.contains(['/', '?', '#']));
    let loose = if before.is_ascii_alphanumeric() {
        // A host of ASCII ends in ASCII; laughter and crying are no path.
        (in_host && kept.contains('.'))
            || run.chars().all(is_compatibility_jamo)
            || PARTICLES.contains(&run)
            || CLEAR_PARTICLES
                .iter()
                .any(|particle| run.starts_with(particle))
    } else {
        matches!(before, '/' | ')')
            && (PARTICLES.contains(&run) || CLEAR_PARTICLES.contains(&run))
            && !kept.ends_with("://")
    };
    if loose { kept } else { address }
}

/// Particles and endings that count only where no Hangul follows them: `/K이야기` is a page.
const PARTICLES: [&str; 38] = [
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "에",
    "로",
    "와",
    "과",
    "의",
    "도",
    "만",
    "나",
    "랑",
    "요",
    "야",
    "임",
    "이나",
    "이랑",
    "이고",
    "이야",
    "이요",
    "인데",
    "에게",
    "로는",
    "로도",
    "보다",
    "마다",
    "하고",
    "라고",
    "라는",
    "밖에",
    "조차",
    "에요",
    "한테",
    "네요",
    "이네요",
];

/// Particles and endings that are clear enough to count also with more Hangul after them.
const CLEAR_PARTICLES: [&str; 11] = [
    "에서",
    "으로",
    "에는",
    "에도",
    "까지",
    "부터",
    "처럼",
    "이라고",
    "이라는",
    "입니다",
    "이에요",
];

fn percent_encoded(address: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(address.len());
    for byte in address.bytes() {
        if matches!(byte, b'!'..=b'~') {
            out.push(char::from(byte));
            continue;
        }
        out.push('%');
        for nibble in [byte >> 4, byte & 0xF] {
            out.extend(HEX.get(usize::from(nibble)).copied().map(char::from));
        }
    }
    out
}

#[cfg(test)]
mod tests;
