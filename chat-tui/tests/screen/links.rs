//! Links: one over all its rows, listed, opened, copied.

use chat_tui::key::{Code, Key};
use chat_tui::text::links::unlinked;
use chat_tui::update::Effect;

use crate::support::{Screen, message, room};

/// The opener and grapheme of each cell of a link, in reading order.
fn linked(screen: &Screen) -> Vec<(String, String)> {
    let (buffer, _) = screen.draw();
    let of = |symbol: &str| {
        let (opener, _) = symbol.split_once("\x1b\\")?;
        let opener = opener.strip_prefix("\x1b]8;")?;
        Some((opener.to_owned(), unlinked(symbol).to_owned()))
    };
    buffer
        .content()
        .iter()
        .filter_map(|cell| of(cell.symbol()))
        .collect()
}

const LONG: &str = "https://ko.wikipedia.org/wiki/한국어_맞춤법_(1988년)/둘째_장과_셋째_장/p482";

#[test]
fn t27_a_wrapped_link_is_one_link_without_its_particle() {
    let mut screen = Screen::lobby(40, 16);
    let lobby = room("lobby");
    let text = format!("이건 {LONG}에서 봤고 (https://a.example/b)에도 있어요");
    screen.says(message(&lobby, 1, 2, "지은", 0, &text));
    screen.says(message(&lobby, 2, 2, "지은", 0, "https://a.example/b를"));
    let cells = linked(&screen);
    let mut openers: Vec<String> = cells.iter().map(|(opener, _)| opener.clone()).collect();
    openers.dedup();
    // Two rows and more of the first are one run of the same id; the same address elsewhere is another link.
    assert_eq!(openers.len(), 3, "{openers:#?}");
    assert!(openers[0].starts_with("id=1.1.7;https://ko.wikipedia.org/wiki/%ED%95%9C"));
    assert!(openers[1].ends_with(";https://a.example/b"));
    assert!(openers[2].ends_with(";https://a.example/b"));
    assert_ne!(openers[1], openers[2]);
    let graphemes = |opener: &str| -> String {
        let own = cells.iter().filter(|(own, _)| own == opener);
        own.map(|(_, grapheme)| grapheme.as_str()).collect()
    };
    assert_eq!(graphemes(&openers[0]), LONG);
    assert_eq!(graphemes(&openers[1]), "https://a.example/b");
    let rows = screen.rows().join("\n");
    assert!(!rows.contains(LONG), "it is wrapped");
    assert!(rows.contains("에서 봤고"));
}

#[test]
fn t27_a_key_lists_the_links_of_the_view_and_opens_or_copies_one() {
    let mut screen = Screen::lobby(80, 20);
    let lobby = room("lobby");
    screen.says(message(&lobby, 1, 2, "ann", 0, "https://a.example/one"));
    screen.says(message(&lobby, 2, 2, "ann", 0, "and https://a.example/two"));
    screen.done();
    screen.press(Key::alt('o'));
    screen.shows("links");
    screen.shows("Enter opens");
    // The lowest one is chosen.
    screen.code(Code::Enter);
    assert_eq!(
        screen.done(),
        [Effect::Open("https://a.example/two".to_owned())]
    );
    screen.shows("⋯ opening https://a.example/two");
    screen.press(Key::alt('ㅐ'));
    screen.types("ㅏㅛ");
    assert_eq!(
        screen.done(),
        [Effect::Copy("https://a.example/one".to_owned())]
    );
    screen.shows("copied: ");
    screen.press(Key::alt('o'));
    screen.code(Code::Up);
    screen.types("o");
    assert_eq!(
        screen.done(),
        [Effect::Open("https://a.example/one".to_owned())]
    );
    screen.press(Key::alt('o'));
    screen.code(Code::Esc);
    assert_eq!(screen.done(), []);
    screen.hides("Enter opens");
    // One reads it as it was written, and what is opened is ASCII.
    screen.says(message(&lobby, 3, 2, "ann", 0, "https://a.example/한"));
    screen.press(Key::alt('o'));
    let listed = screen.rows().into_iter().filter(|row| row.contains("/한"));
    assert_eq!(listed.count(), 2, "in the log and in the list");
    screen.code(Code::Enter);
    let url = "https://a.example/%ED%95%9C".to_owned();
    assert_eq!(screen.done(), [Effect::Open(url)]);
}

#[test]
fn t27_o_opens_the_link_of_the_selected_message() {
    let mut screen = Screen::lobby(80, 20);
    let lobby = room("lobby");
    screen.says(message(
        &lobby,
        1,
        2,
        "ann",
        0,
        "https://a.example/1 https://a.example/2",
    ));
    screen.says(message(&lobby, 2, 2, "ann", 0, "https://a.example/3"));
    screen.says(message(&lobby, 3, 2, "ann", 0, "no link"));
    screen.done();
    screen.code(Code::Esc);
    screen.types("ko");
    assert_eq!(
        screen.done(),
        [Effect::Open("https://a.example/3".to_owned())]
    );
    // Of two the person chooses.
    screen.types("ko");
    assert_eq!(screen.done(), []);
    screen.shows("Enter opens");
    screen.code(Code::Enter);
    assert_eq!(
        screen.done(),
        [Effect::Open("https://a.example/2".to_owned())]
    );
}

#[test]
fn t27_at_another_machine_a_link_is_told_to_be_copied() {
    let mut screen = Screen::lobby(100, 20);
    screen.model.desk.is_remote = true;
    screen.says(message(
        &room("lobby"),
        1,
        2,
        "ann",
        0,
        "https://a.example/1",
    ));
    screen.done();
    screen.press(Key::alt('o'));
    screen.code(Code::Enter);
    assert_eq!(screen.done(), []);
    screen.shows("cannot open https://a.example/1 for you");
}

#[test]
fn t44_without_links_the_key_says_so() {
    let mut screen = Screen::lobby(80, 12);
    screen.press(Key::alt('o'));
    screen.shows("no links on the screen");
}
