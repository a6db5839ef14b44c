//! Comings and goings in one line, and long code: folded, unfolded, without moving what one reads.

use std::time::Duration;

use chat_tui::key::Code;
use chat_tui::model::timeline::Entry;
use chat_tui::update::Msg;
use protocol::event::What;

use crate::support::{Screen, message, room};

fn rows_with(screen: &Screen, text: &str) -> usize {
    screen
        .rows()
        .iter()
        .filter(|row| row.contains(text))
        .count()
}

#[test]
fn t28_comings_goings_and_reconnects_fold_into_one_line() {
    let mut screen = Screen::lobby(80, 14);
    let lobby = room("lobby");
    screen.says(message(&lobby, 1, 5, "D", 72, "I speak"));
    screen.says(message(&lobby, 2, 6, "E", 72, "so do I"));
    for (who, nick) in [(2, "A"), (3, "B"), (4, "C"), (7, "F"), (8, "G")] {
        screen.presence(&lobby, What::Joined, who, nick);
    }
    screen.shows("A, B and 3 others came in");
    screen.presence(&lobby, What::Left, 5, "D");
    screen.presence(&lobby, What::Left, 6, "E");
    screen.presence(&lobby, What::Joined, 6, "E");
    screen.shows("A, B and 3 others came in ∙ E came back ∙ D left");
    screen.presence(&lobby, What::Reconnecting, 2, "A");
    screen.presence(&lobby, What::Back, 2, "A");
    screen.shows("A, B and 3 others came in ∙ E came back ∙ D left");
    assert_eq!(rows_with(&screen, " came "), 1);
    // After the window another line begins.
    screen.wait(Duration::from_secs(10 * 60 + 1));
    screen.presence(&lobby, What::Joined, 9, "H");
    assert_eq!(rows_with(&screen, " came in"), 2);
}

#[test]
fn t28_the_going_of_who_was_silent_is_hidden_and_can_be_unfolded() {
    let mut screen = Screen::lobby(80, 16);
    let lobby = room("lobby");
    screen.says(message(&lobby, 1, 2, "ann", 72, "hello"));
    screen.presence(&lobby, What::Left, 3, "zoe");
    screen.hides("zoe");
    screen.presence(&lobby, What::Left, 2, "ann");
    screen.shows("ann left");
    screen.hides("zoe");
    screen.code(Code::Esc);
    screen.types("l");
    screen.shows("14:12 zoe left");
    screen.shows("14:12 ann left");
    screen.types("h");
    screen.hides("zoe");
    // Whoever spoke long ago counts as silent.
    screen.types("i");
    screen.says(message(&lobby, 2, 2, "ann", 72, "again"));
    screen.wait(Duration::from_secs(30 * 60 + 1));
    screen.presence(&lobby, What::Left, 2, "ann");
    assert_eq!(rows_with(&screen, "ann left"), 1, "the one before");
}

#[test]
fn t28_lines_that_tell_nothing_cost_nothing() {
    let mut screen = Screen::lobby(80, 14);
    let lobby = room("lobby");
    screen.says(message(&lobby, 1, 2, "ann", 0, "hello"));
    for who in 3..=255 {
        for _ in 0..4 {
            screen.presence(&lobby, What::Left, who, "zoe");
            screen.wait(Duration::from_mins(11));
        }
    }
    // A frame walks over entries with rows and at most one without behind each.
    assert_eq!(screen.model.tabs[0].timeline.len(), 2);
    screen.shows("hello");
}

#[test]
fn t21_folding_and_unfolding_leave_the_first_row_where_it_is() {
    let mut screen = Screen::lobby(80, 20);
    let lobby = room("lobby");
    for n in 1..=60 {
        screen.says(message(&lobby, n, 2, "ann", 72, &format!("message {n}")));
    }
    for who in 3..9 {
        screen.presence(&lobby, What::Joined, who, &format!("n{who}"));
    }
    for n in 61..=100 {
        screen.says(message(&lobby, n, 2, "ann", 72, &format!("message {n}")));
    }
    screen.code(Code::Esc);
    while !matches!(selected(&screen), Some(Entry::Notice(_))) {
        screen.types("k");
    }
    // Now it is at the top; a few rows further down it is seen whether it stays.
    screen.msg(Msg::Wheel {
        up: true,
        at: (30, 5),
    });
    let at = |screen: &Screen, text: &str| {
        let rows = screen.rows();
        rows.iter().position(|row| row.contains(text)).unwrap()
    };
    let row = at(&screen, "came in");
    screen.code(Code::Enter);
    assert_eq!(at(&screen, "14:12 n3 came in"), row);
    screen.shows("14:12 n8 came in");
    screen.code(Code::Enter);
    assert_eq!(at(&screen, "n3, n4 and 4 others came in"), row);
}

/// The entry that is selected.
fn selected(screen: &Screen) -> Option<&Entry> {
    use chat_tui::model::log::Place;
    let tab = &screen.model.tabs[0];
    match tab.selected {
        Some(Place::Entry(slot)) => tab.timeline.get(slot),
        Some(Place::Beginning | Place::Pending(_)) | None => None,
    }
}

/// A message with so many rows of code.
fn code(rows: usize) -> String {
    let lines: Vec<String> = (1..=rows).map(|n| format!("line({n})\n")).collect();
    format!("look:\n```rust\n{}```\ndone", lines.concat())
}

#[test]
fn t30_code_is_shaded_and_its_fences_are_not_shown() {
    let mut screen = Screen::lobby(60, 20);
    screen.model.background = Some((30, 30, 46));
    screen.says(message(&room("lobby"), 1, 2, "ann", 0, &code(3)));
    screen.check_bottom(&[
        " ann  13:00",
        "  look:",
        "  rust",
        "  line(1)",
        "  line(2)",
        "  line(3)",
        "  done",
        "",
        " ›",
        " connected               Ctrl+K find   F2 members   F1 help",
    ]);
    let (buffer, _) = screen.draw();
    let ground = |y: u16| buffer[(40, y)].bg;
    let rows = screen.rows();
    let row = |text: &str| {
        u16::try_from(rows.iter().position(|row| row.contains(text)).unwrap()).unwrap()
    };
    assert_eq!(ground(row("look:")), ratatui::style::Color::Reset);
    assert_ne!(ground(row("line(1)")), ratatui::style::Color::Reset);
    assert_eq!(ground(row("line(1)")), ground(row("line(3)")));
    assert_eq!(ground(row("done")), ratatui::style::Color::Reset);
}

#[test]
fn t30_long_code_is_folded_and_unfolds() {
    let mut screen = Screen::lobby(60, 40);
    screen.says(message(&room("lobby"), 1, 2, "ann", 0, &code(12)));
    screen.shows("line(12)");
    screen.hides("more rows");
    screen.says(message(&room("lobby"), 2, 2, "ann", 0, &code(13)));
    screen.shows("⋯ 5 more rows of code");
    screen.hides("line(13)");
    screen.code(Code::Esc);
    screen.code(Code::Enter);
    screen.shows("line(13)");
    screen.shows("⋯ end of the code");
    screen.types("h");
    screen.hides("line(13)");
}
