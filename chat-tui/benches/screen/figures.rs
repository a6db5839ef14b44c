//! The figures of the table: what is told of each program, and the most that it is to be for ours.

use std::collections::BTreeMap;

/// A figure of the table: what, in which unit, and the most that it is to be.
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) goal: Option<f64>,
}

const fn row(what: &'static str, unit: &'static str, goal: Option<f64>) -> Row {
    Row { what, unit, goal }
}

/// Every row, in the order of the table.
pub(crate) const ROWS: &[Row] = &[
    row("start to first frame, p50", "ms", Some(10.0)),
    row("start to first frame, p99", "ms", Some(10.0)),
    row("the same for who was never here, p50", "ms", Some(10.0)),
    row("start to the echo of a key, p50", "ms", None),
    row("key to echo, p50", "ms", Some(0.2)),
    row("key to echo, p99", "ms", Some(1.0)),
    row("bytes written for a key", "bytes", Some(80.0)),
    row("message to screen, p50", "ms", None),
    row("message to screen, p99", "ms", Some(16.0)),
    row("memory in one room", "MB", Some(12.0)),
    row("wake-ups in five idle seconds", "", None),
    row("bytes written in five idle seconds", "bytes", Some(0.0)),
    row("CPU in five idle seconds", "ms", None),
    row("CPU for 20,000 messages, shown by 400", "s", Some(0.2)),
    row("CPU for 20,000 messages at once", "s", Some(0.2)),
    row("memory after 100,000 messages", "MB", Some(40.0)),
    row("memory after 200,000 messages", "MB", Some(40.0)),
    row("key to echo after 100,000 messages, p50", "ms", None),
    row("key to echo after 100,000 messages, p99", "ms", None),
    row("the same with 200 messages a second, p50", "ms", None),
    row("the same with 200 messages a second, p99", "ms", Some(5.0)),
    row("a page up in 100,000 messages, 200x50, p50", "ms", None),
    row(
        "a page up in 100,000 messages, 200x50, p99",
        "ms",
        Some(8.0),
    ),
    row("pages of that", "", None),
    row("memory after that", "MB", None),
];

/// The values of one client by row.
pub(crate) type Values = BTreeMap<&'static str, f64>;
