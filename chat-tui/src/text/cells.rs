//! How many cells a grapheme takes on this terminal.

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
}
