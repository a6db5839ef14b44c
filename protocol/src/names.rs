//! Names and texts that are valid by construction.
//!
//! A [`Nick`], [`RoomName`], [`MessageText`] or [`Topic`] that exists follows the rules; nothing
//! checks it again. `new` takes only the form that goes over the wire and never alters its input;
//! `normalized` is for clients, which bring what somebody typed into that form first.
//!
//! # Names
//!
//! A name is NFC, has at most 32 grapheme clusters and 128 bytes, and consists of:
//!
//! - ASCII letters and digits and the signs ``_ - [ ] { } \ | ^ ` * .``, at least one letter or digit
//!   (of any script) among them;
//! - other letters, numbers and marks whose UTS 39 identifier status is *Allowed*. That leaves out
//!   full-width and superscript forms, extinct scripts, emoji, and all that is invisible;
//! - the 51 single modern jamo U+3131 to U+3163 (ㅋㅋ), which UTS 39 would refuse. Conjoining jamo
//!   outside a syllable, half-width jamo and fillers stay refused;
//! - marks after a letter or number only: at most two nonspacing and two spacing ones a base, none
//!   twice.
//!
//! Its scripts are *Highly Restrictive* in the sense of UTS 39: one script, or Latin with Han and
//! either Hangul or kana.
//!
//! Nicks are unique by their [`Skeleton`] and may not resemble a [reserved](RESERVED_NICKS) one.
//! Room names are case-folded, without a leading `#`, and unique as they stand.
//!
//! # Texts
//!
//! A text is NFC. It may hold everything but control characters other than tab and line feed, bidi
//! controls, line and paragraph separators, noncharacters, and format characters; of these it may
//! hold ZWJ, ZWNJ, emoji tags and the visible signs that enclose numbers in Arabic, Syriac and Kaithi.
//! Private-use characters pass, as people paste prompts with them. Unassigned ones pass,
//! so that an emoji newer than the tables of one side is no error.

mod checked;
mod error;
mod nick;
mod room;
mod rule;
mod skeleton;
mod text;

#[cfg(test)]
mod tests;

pub(crate) use checked::checked_string;
pub use error::{CodePoint, NameError, TextError};
pub use nick::{NICK_BYTES_MAX, NICK_GRAPHEMES_MAX, Nick, RESERVED_NICKS};
pub use room::{ROOM_BYTES_MAX, ROOM_GRAPHEMES_MAX, RoomName};
pub use rule::MARKS_MAX;
pub use rule::graphemes;
pub use skeleton::Skeleton;
pub use text::{MessageText, TEXT_BYTES_MAX, TOPIC_BYTES_MAX, Topic};
pub(crate) use text::{check_text, normalized};
