//! What was measured, as a table in Markdown.

use std::fmt::Write as _;

use crate::rows::{Figure, Goal, Rivals, Row};

/// A row with its values: each the median of all rounds.
pub(crate) struct Measured {
    pub(crate) row: Row,
    pub(crate) ours: Vec<f64>,
    pub(crate) reference: Vec<f64>,
    /// By the places of the peers in the heading; nothing where one did not take part.
    pub(crate) peers: Vec<Option<Vec<f64>>>,
}

impl Measured {
    /// Ours divided by the reference.
    pub(crate) fn ratio(&self, figure: usize) -> f64 {
        self.ours[figure] / self.reference[figure]
    }
}

/// The table; `peers` are the headings of the other servers with whether they are installed.
pub(crate) fn table(measured: &[Measured], peers: &[(&str, bool)]) -> String {
    let mut table = "| work | figure | goal | chat-server | beside | | ratio |".to_owned();
    for (name, _) in peers {
        write!(table, " {name} |").unwrap();
    }
    writeln!(table, "\n|{}", " --- |".repeat(7 + peers.len())).unwrap();
    for measured in measured {
        for (at, figure) in measured.row.figures.iter().enumerate() {
            line(&mut table, measured, at, figure, peers);
        }
    }
    table
}

fn line(
    table: &mut String,
    measured: &Measured,
    at: usize,
    figure: &Figure,
    peers: &[(&str, bool)],
) {
    let row = &measured.row;
    let first = |text: &str| {
        if at == 0 {
            text.to_owned()
        } else {
            String::new()
        }
    };
    let unit = if figure.unit.is_empty() {
        String::new()
    } else {
        format!(", {}", figure.unit)
    };
    let (ours, reference) = (measured.ours[at], measured.reference[at]);
    write!(
        table,
        "| {} | {}{unit} | {} | {} | {} | {} | {} |",
        first(&row.title),
        figure.what,
        goal(figure.goal, ours, reference),
        number(ours),
        first(row.reference),
        number(reference),
        number(ours / reference),
    )
    .unwrap();
    for (peer, (_, installed)) in peers.iter().enumerate() {
        let value = match &measured.peers[peer] {
            Some(values) => number(values[at]),
            None if row.rivals == Rivals::Alone && !installed => first("not installed"),
            None => String::new(),
        };
        write!(table, " {value} |").unwrap();
    }
    table.push('\n');
}

fn goal(goal: Goal, ours: f64, reference: f64) -> String {
    let text = match goal {
        Goal::None => return String::new(),
        Goal::AtMost(most) => format!("≤ {most}"),
        Goal::RatioAtMost(most) => format!("≤ {most} ×"),
        Goal::RatioAtLeast(least) => format!("≥ {least} ×"),
    };
    match goal.is_met(ours, reference) {
        Some(true) => format!("{text} ✓"),
        Some(false) => format!("{text} ✗"),
        None => text,
    }
}

/// Some three digits, thousands apart; empty where there is no value.
pub(crate) fn number(value: f64) -> String {
    let (step, decimals) = match value.abs() {
        value if !value.is_finite() => return String::new(),
        0.0 => (1.0, 0),
        ..10.0 => (0.01, 2),
        ..100.0 => (0.1, 1),
        ..10_000.0 => (1.0, 0),
        ..1_000_000.0 => (1_000.0, 0),
        _ => (10_000.0, 0),
    };
    let text = format!("{:.decimals$}", (value / step).round() * step);
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    grouped(whole) + rest
}

/// A whole number, thousands apart.
pub(crate) fn count(value: usize) -> String {
    grouped(&value.to_string())
}

fn grouped(whole: &str) -> String {
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) && digit.is_ascii_digit() {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
