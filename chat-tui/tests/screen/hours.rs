//! Times as the person's clock shows them, on the whole screen.

use chat_tui::model::log::Hours;

use crate::support::{Screen, message, room};

#[test]
fn t16_a_clock_of_twelve_hours_has_its_columns_in_the_log() {
    let mut screen = Screen::korean(100, 24);
    screen.model.hours = Hours::Half;
    let dev = room("개발");
    screen.says(message(&dev, 1, 3, "서연", 0, "점심 먹었어요?"));
    screen.says(message(&dev, 2, 4, "jieun.k", 1, "아직"));
    let rows = screen.rows();
    let of = |text: &str| rows.iter().find(|row| row.contains(text)).unwrap();
    assert!(of("점심").starts_with(" 오후 1:00"));
    let column = |row: &str, text: &str| {
        let (before, _) = row.split_once(text).unwrap();
        screen.model.widths.width(before)
    };
    assert_eq!(column(of("점심"), "점심"), 25);
    assert_eq!(column(of("아직"), "아직"), 25);
    screen.model.hours = Hours::Day;
    let rows = screen.rows();
    let row = rows.iter().find(|row| row.contains("점심")).unwrap();
    assert!(row.starts_with(" 13:00"), "{row}");
}
