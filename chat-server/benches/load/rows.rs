//! What is measured, row by row, and what each figure is to reach.

use crate::bench::{Bench, Subject};

mod entering;
mod fan_out;
mod history;
mod idle;
mod nodes;
mod searching;

/// One piece of work, and its figures.
pub(crate) struct Row {
    /// For `--only`.
    pub(crate) name: &'static str,
    pub(crate) title: String,
    /// What our figures are divided by.
    pub(crate) reference: &'static str,
    /// Which other servers can do it.
    pub(crate) rivals: Rivals,
    pub(crate) figures: Vec<Figure>,
    /// One value for each figure; not a number where the subject has none.
    pub(crate) measure: Measure,
}

/// Which other servers take part in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rivals {
    None,
    /// All, one process each.
    Alone,
    /// Those of which so many can serve together.
    Together(usize),
}

/// Measures a subject once.
pub(crate) type Measure = Box<dyn Fn(&Bench, Subject) -> Vec<f64>>;

/// One figure of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figure {
    pub(crate) what: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) goal: Goal,
}

/// What a figure is to reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Goal {
    None,
    /// In its own unit.
    AtMost(f64),
    /// As a ratio to the reference.
    RatioAtMost(f64),
    RatioAtLeast(f64),
}

impl Goal {
    /// Whether it is reached; nothing without a goal.
    pub(crate) fn is_met(self, ours: f64, reference: f64) -> Option<bool> {
        match self {
            Self::None => None,
            Self::AtMost(most) => Some(ours <= most),
            Self::RatioAtMost(most) => Some(ours / reference <= most),
            Self::RatioAtLeast(least) => Some(ours / reference >= least),
        }
    }
}

const fn figure(what: &'static str, unit: &'static str, goal: Goal) -> Figure {
    Figure { what, unit, goal }
}

/// All rows.
pub(crate) fn all(bench: &Bench) -> Vec<Row> {
    let mut rows = fan_out::rows(bench);
    rows.extend(idle::rows(bench));
    rows.extend(entering::rows(bench));
    rows.extend(history::rows(bench));
    rows.extend(searching::rows());
    rows.extend(nodes::rows(bench));
    rows
}
