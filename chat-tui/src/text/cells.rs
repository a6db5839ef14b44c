//! How many cells a grapheme takes on this terminal, and what is drawn for it.
//!
//! Widths follow `unicode-width`, as the drawing library does, except where the terminal was seen
//! to differ. Nothing here asks the terminal: [`Widths::learn`] is told.

use std::borrow::Cow;
use std::vec;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::graphemes::{Graphemes, graphemes};
use super::hangul::is_compatibility_jamo;

mod drawn;

/// A glyph whose width terminals disagree about; drawn once at the start, followed by a cursor query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Probe {
    /// A Hangul syllable, `한`.
    Syllable,
    /// A single (compatibility) jamo, `ㅋ`.
    Jamo,
    /// Conjoining jamo `U+1112 U+1161 U+11AB`.
    Conjoining,
    /// A family of four joined by ZWJ.
    Family,
    /// A thumb with a skin tone.
    SkinTone,
    /// A heart with variation selector 16.
    Heart,
    /// A flag of two regional indicators.
    Flag,
    /// A circled digit, East-Asian-ambiguous.
    Ambiguous,
}

impl Probe {
    /// Every probe, in the order in which they are drawn.
    pub const ALL: [Self; 8] = [
        Self::Syllable,
        Self::Jamo,
        Self::Conjoining,
        Self::Family,
        Self::SkinTone,
        Self::Heart,
        Self::Flag,
        Self::Ambiguous,
    ];

    /// What is drawn to see how wide it comes out.
    pub const fn glyph(self) -> &'static str {
        match self {
            Self::Syllable => "한",
            Self::Jamo => "ㅋ",
            Self::Conjoining => "\u{1112}\u{1161}\u{11AB}",
            Self::Family => "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}",
            Self::SkinTone => "\u{1F44D}\u{1F3FD}",
            Self::Heart => "\u{2764}\u{FE0F}",
            Self::Flag => "\u{1F1F0}\u{1F1F7}",
            Self::Ambiguous => "\u{2460}",
        }
    }
}

/// Most columns one grapheme takes: four people of a family drawn side by side.
///
/// Text can make longer ones (a chain of conjuncts, of ZWJ); their end is not drawn.
pub const GRAPHEME_COLUMNS_MAX: u16 = 8;

/// Most columns a probe may report; more is no answer of a terminal and is not learnt.
pub const PROBE_COLUMNS_MAX: u16 = 16;

/// Stands for what was cut off; one column, of a width that no terminal doubts.
pub const ELLIPSIS: &str = "⋯";

/// What this terminal does with the glyphs that terminals disagree about, in columns.
///
/// The default is a terminal of today: 2 for all, 1 for ambiguous ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Widths {
    syllable: u16,
    jamo: u16,
    conjoining: u16,
    family: u16,
    skin_tone: u16,
    heart: u16,
    flag: u16,
    ambiguous: u16,
}

impl Default for Widths {
    fn default() -> Self {
        Self {
            syllable: 2,
            jamo: 2,
            conjoining: 2,
            family: 2,
            skin_tone: 2,
            heart: 2,
            flag: 2,
            ambiguous: 1,
        }
    }
}

impl Widths {
    /// Takes a terminal's answer to a probe; tells whether a width changed.
    ///
    /// An answer that cannot be (0, a syllable of 5, anything above [`PROBE_COLUMNS_MAX`]) changes
    /// nothing.
    pub fn learn(&mut self, probe: Probe, columns: u16) -> bool {
        const NARROW_OR_WIDE: u16 = 2;
        let (known, most) = match probe {
            Probe::Syllable => (&mut self.syllable, NARROW_OR_WIDE),
            Probe::Jamo => (&mut self.jamo, NARROW_OR_WIDE),
            Probe::Conjoining => (&mut self.conjoining, PROBE_COLUMNS_MAX),
            Probe::Family => (&mut self.family, PROBE_COLUMNS_MAX),
            Probe::SkinTone => (&mut self.skin_tone, PROBE_COLUMNS_MAX),
            Probe::Heart => (&mut self.heart, PROBE_COLUMNS_MAX),
            Probe::Flag => (&mut self.flag, PROBE_COLUMNS_MAX),
            Probe::Ambiguous => (&mut self.ambiguous, NARROW_OR_WIDE),
        };
        if !(1..=most).contains(&columns) || *known == columns {
            return false;
        }
        *known = columns;
        true
    }

    /// The columns that one grapheme takes, drawn as [`drawn`](Self::drawn) says.
    ///
    /// 0 only for nothing and for a line feed; at most [`GRAPHEME_COLUMNS_MAX`], an escape such as
    /// `<U+001B>` aside.
    pub fn of(&self, grapheme: &str) -> u16 {
        if let [b' '..=b'~'] = grapheme.as_bytes() {
            return 1;
        }
        match self.drawn(grapheme) {
            Cow::Borrowed(drawn) => self.measured(drawn),
            Cow::Owned(drawn) => self.sum(&drawn),
        }
    }

    /// The columns that a text takes, grapheme by grapheme; line feeds take none.
    pub fn width(&self, text: &str) -> usize {
        graphemes(text)
            .map(|(_, grapheme)| usize::from(self.of(grapheme)))
            .fold(0, usize::saturating_add)
    }

    /// What to draw for one grapheme: itself, or what this terminal shows in a known width.
    ///
    /// - People joined by ZWJ stand side by side, and skin tones and the tags of regional flags
    ///   fall away, where the terminal does not draw a family in two columns.
    /// - A flag is its two letters, a heart its plain form, where those are not two columns wide.
    /// - Half-width katakana are full-width ones, since their marks are measured two ways.
    /// - At most four marks are drawn on a base; a mark without a base gets a space to stand on.
    /// - A tab is four spaces, a line feed nothing; what must not reach a terminal is written out.
    ///
    /// The answer can be several graphemes; [`pieces`](Self::pieces) takes them apart.
    pub fn drawn<'g>(&self, grapheme: &'g str) -> Cow<'g, str> {
        if drawn::is_plain(grapheme) {
            return Cow::Borrowed(grapheme);
        }
        let drawn = drawn::compose(self, grapheme);
        if drawn == grapheme {
            Cow::Borrowed(grapheme)
        } else {
            Cow::Owned(drawn)
        }
    }

    /// The graphemes to draw for a text, each with its columns, in order.
    ///
    /// The columns differ from what `unicode-width` says for jamo and ambiguous glyphs on a
    /// terminal that draws these so: a cell must then be given this width.
    pub fn pieces<'t>(&self, text: &'t str) -> Pieces<'t> {
        Pieces {
            widths: *self,
            graphemes: graphemes(text),
            parts: Vec::new().into_iter(),
        }
    }

    /// The text if it fits into `max` columns, else as much of it as fits before [`ELLIPSIS`].
    pub fn fit<'t>(&self, text: &'t str, max: usize) -> Cow<'t, str> {
        let mut columns = 0_usize;
        let mut end = 0;
        for (start, grapheme) in graphemes(text) {
            columns = columns.saturating_add(usize::from(self.of(grapheme)));
            if columns > max {
                let kept = super::slice(text, 0..end);
                let mark = if max == 0 { "" } else { ELLIPSIS };
                return Cow::Owned(format!("{kept}{mark}"));
            }
            if columns < max {
                end = start.saturating_add(grapheme.len());
            }
        }
        Cow::Borrowed(text)
    }

    /// The text at the right of exactly `columns` columns, cut where it is longer.
    pub fn pad_left(&self, text: &str, columns: usize) -> String {
        let fitted = self.fit(text, columns);
        let spaces = " ".repeat(columns.saturating_sub(self.width(&fitted)));
        // A mark without a base would join the last space of the padding.
        let first = graphemes(&fitted).next().map_or("", |(_, first)| first);
        let rest = super::slice(&fitted, first.len()..fitted.len());
        format!("{spaces}{}{rest}", self.drawn(first))
    }

    /// The text at the left of exactly `columns` columns, cut where it is longer.
    pub fn pad_right(&self, text: &str, columns: usize) -> String {
        let fitted = self.fit(text, columns);
        let spaces = " ".repeat(columns.saturating_sub(self.width(&fitted)));
        format!("{fitted}{spaces}")
    }

    fn parts(&self, drawn: &str) -> Vec<Piece<'static>> {
        graphemes(drawn)
            .map(|(_, part)| (Cow::Owned(part.to_owned()), self.measured(part)))
            .collect()
    }

    fn sum(&self, drawn: &str) -> u16 {
        graphemes(drawn)
            .map(|(_, part)| self.measured(part))
            .fold(0, u16::saturating_add)
    }

    /// The columns of one grapheme that is drawn as it is.
    fn measured(&self, grapheme: &str) -> u16 {
        if let [b' '..=b'~'] = grapheme.as_bytes() {
            return 1;
        }
        let mut chars = grapheme.chars();
        let Some(first) = chars.next() else {
            return 0;
        };
        let single = chars.next().is_none();
        let hangul = match first {
            '가'..='힣' => Some(self.syllable),
            _ if is_compatibility_jamo(first) => Some(self.jamo),
            _ => None,
        };
        if let Some(columns) = hangul
            && single
        {
            return columns;
        }
        let (usual, in_east_asia) = if single {
            (
                first.width().unwrap_or_default(),
                first.width_cjk().unwrap_or_default(),
            )
        } else {
            (grapheme.width(), grapheme.width_cjk())
        };
        let columns = if self.ambiguous == 2 && usual == 1 {
            in_east_asia
        } else {
            usual
        };
        let columns = u16::try_from(columns).unwrap_or(u16::MAX);
        // What stands on a syllable or a jamo keeps its own columns.
        hangul.map_or(columns, |hangul| {
            columns.saturating_sub(2).saturating_add(hangul)
        })
    }
}

/// A grapheme to draw, with its columns.
type Piece<'t> = (Cow<'t, str>, u16);

/// See [`Widths::pieces`].
#[derive(Clone, Debug)]
pub struct Pieces<'t> {
    widths: Widths,
    graphemes: Graphemes<'t>,
    /// What is left of a grapheme that is drawn as several.
    parts: vec::IntoIter<Piece<'static>>,
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        loop {
            if let Some(part) = self.parts.next() {
                return Some(part);
            }
            let (_, grapheme) = self.graphemes.next()?;
            match self.widths.drawn(grapheme) {
                Cow::Borrowed("") => {}
                Cow::Borrowed(same) => {
                    return Some((Cow::Borrowed(same), self.widths.measured(same)));
                }
                Cow::Owned(other) => self.parts = self.widths.parts(&other).into_iter(),
            }
        }
    }
}

#[cfg(test)]
mod tests;
