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

    /// What is drawn to find the width out.
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
