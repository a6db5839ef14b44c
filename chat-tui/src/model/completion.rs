//! The menu under Tab: what a beginning can become.

/// Most candidates offered at once; more would be no help.
pub const CANDIDATES_MAX: usize = 100;

/// What Tab offers for the word before the caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The word as it was typed; Esc brings it back.
    pub typed: String,
    /// What stands in the text for it now.
    pub inserted: String,
    /// What it can become, at least two.
    pub candidates: Vec<Candidate>,
    /// Which one is in the text now.
    pub chosen: usize,
}

/// One thing that a beginning can become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What goes into the text, with the space after it.
    pub text: String,
    /// What it is, for commands.
    pub hint: String,
}
