//! Limits as somebody chooses them on a command line.

use std::fmt::Write as _;

use protocol::limits::{LimitError, Limits};

/// Columns of the list's lines.
const COLUMNS: usize = 100;

/// The defaults with each of these `NAME=VALUE` instead, a later one instead of an earlier one of the same name.
///
/// # Errors
///
/// When one is no limit or out of its range, or when those that come of it contradict each other.
pub fn chosen_limits<S: AsRef<str>>(
    choices: impl IntoIterator<Item = S>,
) -> Result<Limits, LimitError> {
    let mut limits = Limits::default();
    for choice in choices {
        limits.choose(choice.as_ref())?;
    }
    limits.check()?;
    Ok(limits)
}

/// All limits with their defaults, ranges and meanings, for people.
pub fn list_of_limits() -> String {
    let mut list = String::new();
    for limit in Limits::table() {
        let head = format!(
            "{}={} ({} to {})\n",
            limit.name, limit.default, limit.least, limit.greatest
        );
        list.push_str(&head);
        let mut column = COLUMNS;
        for word in limit.about.split_whitespace() {
            let wraps = column + 1 + word.len() > COLUMNS;
            let between = match (wraps, column == COLUMNS) {
                (true, true) => "    ",
                (true, false) => "\n    ",
                (false, _) => " ",
            };
            column = word.len() + if wraps { 4 } else { column + 1 };
            // Writing to a string cannot fail.
            let _written = write!(list, "{between}{word}");
        }
        list.push('\n');
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_choice_counts_and_all_are_checked_together() {
        let limits = chosen_limits(["rooms=7", "rooms=8", "in_flight=100"]).unwrap();
        assert_eq!((limits.rooms, limits.in_flight), (8, 100));
        let error = chosen_limits(["in_flight=200"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "refusals is 128, but it has to be at least 201 for in_flight: a client that sends as far ahead as it may is no flood; \
             choose both so that they fit"
        );
        assert!(chosen_limits(["in_flight=200", "refusals=201"]).is_ok());
    }

    #[test]
    fn the_list_names_each_limit_once_in_lines_of_bounded_width() {
        let list = list_of_limits();
        assert!(
            list.contains(
                "\njoins=5/10s (1/60s to 10000/1s)\n    Rooms that a person may enter; a room where the person is a member already and one that a new\n    "
            ),
            "{list}"
        );
        for limit in Limits::table() {
            let head = format!("{}=", limit.name);
            assert_eq!(
                list.lines().filter(|line| line.starts_with(&head)).count(),
                1
            );
        }
        assert!(list.lines().all(|line| line.len() <= COLUMNS));
    }
}
