//! The table: each row with its goal, and how ours compares with the others in the same run.

use std::fmt::Write as _;

use crate::figures::{ROWS, Row, Values};

/// A column: a program, and what was measured of it or why nothing was.
pub(crate) struct Column {
    pub(crate) title: String,
    pub(crate) measured: Result<Values, &'static str>,
}

/// The table in Markdown; the first column is ours. A ratio is ours divided by the other's.
pub(crate) fn table(columns: &[Column]) -> String {
    let mut table = "| work | goal |".to_owned();
    for (at, column) in columns.iter().enumerate() {
        write!(table, " {} |", column.title).unwrap();
        if at > 0 {
            table.push_str(" ratio |");
        }
    }
    let cells = 2 * columns.len() + 1;
    writeln!(table, "\n|{}", " --- |".repeat(cells)).unwrap();
    for row in ROWS {
        line(&mut table, row, columns);
    }
    for column in columns {
        if let Err(why) = column.measured {
            writeln!(table, "\n{}: {why}.", column.title).unwrap();
        }
    }
    table
}

fn line(table: &mut String, row: &Row, columns: &[Column]) {
    let unit = if row.unit.is_empty() {
        String::new()
    } else {
        format!(", {}", row.unit)
    };
    let value = |column: &Column| {
        let measured = column.measured.as_ref().ok()?;
        measured.get(row.what).copied()
    };
    let ours = columns.first().and_then(value);
    let goal = match (row.goal, ours) {
        (Some(goal), Some(ours)) => {
            let mark = if ours <= goal { "✓" } else { "✗" };
            format!("≤ {} {mark}", number(goal))
        }
        (Some(goal), None) => format!("≤ {}", number(goal)),
        (None, _) => String::new(),
    };
    write!(table, "| {}{unit} | {goal} |", row.what).unwrap();
    for (at, column) in columns.iter().enumerate() {
        let theirs = value(column);
        write!(table, " {} |", theirs.map(number).unwrap_or_default()).unwrap();
        if at > 0 {
            let ratio = match (ours, theirs) {
                (Some(ours), Some(theirs)) if theirs > 0.0 => number(ours / theirs),
                _ => String::new(),
            };
            write!(table, " {ratio} |").unwrap();
        }
    }
    table.push('\n');
}

/// Three digits that count; whole from a hundred on.
fn number(value: f64) -> String {
    if value == 0.0 {
        "0".to_owned()
    } else if value >= 100.0 {
        format!("{value:.0}")
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else if value >= 1.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.3}")
    }
}
