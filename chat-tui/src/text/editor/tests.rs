use proptest::prelude::*;

use super::history::TYPED_CHANGES_MAX;
use super::*;

const FAMILY: &str = "👨‍👩‍👧‍👦";

/// An editor with the caret where `|` stands.
fn editor(drawn: &str) -> Editor {
    let (before, after) = drawn.split_once('|').unwrap();
    let mut editor = Editor::default();
    assert!(editor.set(after));
    while editor.caret() > 0 {
        editor.left();
    }
    assert!(editor.insert(before));
    editor
}

/// The text with `|` where the caret stands.
fn drawn(editor: &Editor) -> String {
    let mut text = editor.text().to_owned();
    text.insert(editor.caret(), '|');
    text
}

#[track_caller]
fn check(before: &str, keys: &[fn(&mut Editor)], after: &str) {
    let mut editor = editor(before);
    for key in keys {
        key(&mut editor);
    }
    assert_eq!(drawn(&editor), after);
}

/// The visible rows with the caret as `|`.
#[track_caller]
fn check_view(before: &str, width: usize, max_rows: usize, rows: &[&str], scroll: usize) {
    let editor = editor(before);
    let widths = Widths::default();
    let view = editor.layout(&widths, width, max_rows);
    let mut shown = Vec::new();
    for (index, row) in view.rows.iter().enumerate() {
        let mut text = slice(editor.text(), row.start..row.end).to_owned();
        if index == view.caret.0 {
            let at = slice(editor.text(), row.start..editor.caret()).len();
            assert_eq!(view.caret.1, widths.width(slice(&text, 0..at)));
            text.insert(at, '|');
        }
        shown.push(text);
    }
    assert_eq!(shown, rows);
    assert_eq!(view.scroll, scroll);
}

#[test]
fn t07_the_caret_moves_by_grapheme_and_its_column_is_the_width() {
    let widths = Widths::default();
    let mut editor = editor("a한b글|");
    assert_eq!(editor.layout(&widths, 40, 10).caret, (0, 6));
    let mut columns = Vec::new();
    while editor.caret() > 0 {
        editor.left();
        columns.push(editor.layout(&widths, 40, 10).caret.1);
    }
    assert_eq!(columns, [4, 3, 1, 0]);
    editor.end();
    assert_eq!(editor.layout(&widths, 40, 10).caret, (0, 6));
}

#[test]
fn t07_backspace_removes_a_whole_grapheme() {
    check("a한b글|", &[Editor::backspace], "a한b|");
    check("x👨‍👩‍👧‍👦|", &[Editor::backspace], "x|");
    check("x🇰🇷|", &[Editor::backspace], "x|");
    check("x👍🏽|y", &[Editor::backspace], "x|y");
    check("xé|", &[Editor::backspace], "x|");
    check("x\u{1112}\u{119E}|", &[Editor::backspace], "x|");
    check("|a", &[Editor::backspace], "|a");
    check("|👨‍👩‍👧‍👦x", &[Editor::delete], "|x");
    check("a|", &[Editor::delete], "a|");
}

#[test]
fn t07_a_run_of_hangul_is_a_word() {
    check("a한b글|", &[Editor::delete_word], "a한b|");
    check("오늘 회의는 두시|", &[Editor::delete_word], "오늘 회의는 |");
    check("오늘 회의는  |두시", &[Editor::delete_word], "오늘 |두시");
    check("kill이|", &[Editor::delete_word], "kill|");
    check("ㅋㅋ하하ㅠ|", &[Editor::delete_word], "|");
    check("a\n|b", &[Editor::delete_word], "a|b");
    check("a\n  |b", &[Editor::delete_word], "a\n|b");
    check("그래!!|", &[Editor::delete_word], "그래|");
    check("|오늘 회의", &[Editor::delete_word_forward], "| 회의");
    check(
        "오늘| 회의는 두시",
        &[Editor::delete_word_forward],
        "오늘| 두시",
    );
    check("a|\nb", &[Editor::delete_word_forward], "a|b");
    check(
        "|",
        &[Editor::delete_word, Editor::delete_word_forward],
        "|",
    );
    check(
        "오늘 회의는|",
        &[Editor::word_left, Editor::word_left],
        "|오늘 회의는",
    );
    check(
        "|오늘 foo_1 회의",
        &[Editor::word_right, Editor::word_right],
        "오늘 foo_1| 회의",
    );
}

#[test]
fn t08_no_half_of_a_wide_grapheme_is_ever_shown() {
    check_view("한글한글|", 5, 10, &["한글", "한글|"], 0);
    check_view("a한글b|", 4, 10, &["a한", "글b|"], 0);
    check_view("ab👨‍👩‍👧‍👦|", 3, 10, &["ab", "👨‍👩‍👧‍👦|"], 0);
    let editor = editor("한|글");
    let view = editor.layout(&Widths::default(), 1, 10);
    assert!(view.rows.iter().all(|row| row.width <= 1));
    assert_eq!(view.caret.1, 0);
}

#[test]
fn t08_a_caret_after_the_last_column_is_on_the_next_row() {
    check_view("한글|", 4, 10, &["한글", "|"], 0);
    check_view("abcd|\nef", 4, 10, &["abcd", "|", "ef"], 0);
    check_view("abcd\n|ef", 4, 10, &["abcd", "|ef"], 0);
    check_view("ab |cd", 3, 10, &["ab ", "|cd"], 0);
    check_view("abc|", 4, 10, &["abc|"], 0);
}

#[test]
fn the_caret_is_always_in_the_view() {
    check_view("|", 4, 3, &["|"], 0);
    check_view("a\nb\nc\nd|", 4, 3, &["b", "c", "d|"], 1);
    check_view("a\nb|\nc\nd", 4, 3, &["b|", "c", "d"], 1);
    check_view("a|\nb\nc\nd", 4, 3, &["a|", "b", "c"], 0);
    check_view("a\nb\n|", 4, 1, &["|"], 2);
    let view = editor("a\nb|").layout(&Widths::default(), 4, 0);
    assert_eq!((view.rows, view.total), (Vec::new(), 2));
}

#[test]
fn t09_jamo_compose_as_they_are_typed() {
    let mut editor = Editor::default();
    let mut steps = Vec::new();
    for jamo in [
        "\u{1112}", "\u{1161}", "\u{11AB}", "\u{1100}", "\u{1173}", "\u{11AF}",
    ] {
        assert!(editor.insert(jamo));
        steps.push(drawn(&editor));
    }
    assert_eq!(
        steps,
        ["\u{1112}|", "하|", "한|", "한\u{1100}|", "한그|", "한글|"]
    );
    check("e|x", &[|editor| assert!(editor.insert("\u{301}"))], "é|x");
    check("e\n|\u{301}", &[Editor::backspace], "é|");
    check("\u{1112}x|\u{1161}", &[Editor::backspace], "하|");
}

#[test]
fn keys_within_a_line() {
    check("ab\ncd|ef\ngh", &[Editor::home], "ab\n|cdef\ngh");
    check("ab\ncd|ef\ngh", &[Editor::end], "ab\ncdef|\ngh");
    check("ab\ncd|ef\ngh", &[Editor::kill_to_start], "ab\n|ef\ngh");
    check("ab\n|ef", &[Editor::kill_to_start], "ab|ef");
    check("ab\ncd|ef\ngh", &[Editor::kill_to_end], "ab\ncd|\ngh");
    check("ab\ncd|\ngh", &[Editor::kill_to_end], "ab\ncd|gh");
    check(
        "ab|",
        &[Editor::kill_to_end, Editor::right, Editor::end],
        "ab|",
    );
    check(
        "|ab",
        &[Editor::kill_to_start, Editor::left, Editor::home],
        "|ab",
    );
}

#[test]
fn up_and_down_go_by_drawn_rows_and_remember_the_column() {
    let widths = Widths::default();
    let mut editor = editor("한글한글\na\n안녕하세요|");
    let mut seen = Vec::new();
    for up in [true, true, true, false, false, false] {
        let moved = if up {
            editor.up(&widths, 40)
        } else {
            editor.down(&widths, 40)
        };
        seen.push((moved, drawn(&editor)));
    }
    let expected = [
        (true, "한글한글\na|\n안녕하세요"),
        (true, "한글한글|\na\n안녕하세요"),
        (false, "한글한글|\na\n안녕하세요"),
        (true, "한글한글\na|\n안녕하세요"),
        (true, "한글한글\na\n안녕하세요|"),
        (false, "한글한글\na\n안녕하세요|"),
    ];
    assert_eq!(seen, expected.map(|(moved, text)| (moved, text.to_owned())));
}

#[test]
fn up_goes_into_rows_of_one_long_line() {
    let widths = Widths::default();
    let mut editor = editor("ab cd ef|");
    assert!(editor.up(&widths, 3));
    assert_eq!(drawn(&editor), "ab cd| ef");
    assert!(editor.up(&widths, 3));
    assert_eq!(drawn(&editor), "ab| cd ef");
    assert!(!editor.up(&widths, 3));
    assert!(editor.down(&widths, 3) && editor.down(&widths, 3));
    assert_eq!(drawn(&editor), "ab cd ef|");
}

#[test]
fn up_never_stands_after_the_last_column() {
    let widths = Widths::default();
    let mut editor = editor("한글한글|");
    assert!(editor.up(&widths, 3));
    assert_eq!(drawn(&editor), "한글|한글");
    assert_eq!(editor.layout(&widths, 3, 10).caret, (2, 0));
}

#[test]
fn a_word_is_one_step_of_undo() {
    let mut editor = Editor::default();
    for key in ["한", "글", " ", "a", "b"] {
        editor.insert(key);
    }
    editor.left();
    editor.insert("x");
    editor.backspace();
    let mut seen = Vec::new();
    while editor.undo() {
        seen.push(drawn(&editor));
    }
    assert_eq!(seen, ["한글 ax|b", "한글 a|b", "한글 |", "|"]);
    while editor.redo() {
        seen.push(drawn(&editor));
    }
    assert_eq!(
        seen.split_off(4),
        ["한글 |", "한글 ab|", "한글 ax|b", "한글 a|b"]
    );
    editor.undo();
    editor.insert("y");
    assert!(!editor.redo());
}

#[test]
fn a_long_word_is_several_steps_of_undo() {
    let mut editor = Editor::default();
    for _ in 0..=TYPED_CHANGES_MAX {
        editor.insert("x");
    }
    editor.undo();
    assert_eq!(editor.len_bytes(), TYPED_CHANGES_MAX);
    editor.undo();
    assert!(editor.is_empty());
}

#[test]
fn undo_takes_composition_back() {
    let mut editor = editor("\u{1112}|");
    editor.right();
    editor.insert("\u{1161}");
    assert_eq!(drawn(&editor), "하|");
    editor.undo();
    assert_eq!(drawn(&editor), "\u{1112}|");
}

#[test]
fn the_oldest_steps_are_forgotten() {
    let mut editor = Editor::default();
    for _ in 0..=UNDO_STEPS_MAX {
        editor.insert("ab");
    }
    let mut steps = 0;
    while editor.undo() {
        steps += 1;
    }
    assert_eq!((steps, editor.text()), (UNDO_STEPS_MAX, "ab"));

    let large = "x".repeat(EDITOR_BYTES_MAX);
    let mut editor = Editor::default();
    let mut changes = 0;
    while changes * EDITOR_BYTES_MAX <= UNDO_BYTES_MAX {
        editor.insert(&large);
        editor.kill_to_start();
        changes += 2;
    }
    let mut steps = 0;
    while editor.undo() {
        steps += 1;
    }
    assert_eq!(steps, UNDO_BYTES_MAX / EDITOR_BYTES_MAX);
}

#[test]
fn what_does_not_fit_is_not_inserted() {
    let mut editor = Editor::default();
    assert!(editor.insert(&"x".repeat(EDITOR_BYTES_MAX - 2)));
    assert!(!editor.insert("한"));
    assert_eq!(editor.len_bytes(), EDITOR_BYTES_MAX - 2);
    assert!(editor.insert("xx"));
    assert!(!editor.insert("x"));
    assert!(!editor.set(&"x".repeat(EDITOR_BYTES_MAX + 1)));
    assert_eq!(editor.len_bytes(), EDITOR_BYTES_MAX);
    assert_eq!(editor.take().len(), EDITOR_BYTES_MAX);
    assert!(editor.is_empty() && !editor.undo());
}

#[test]
fn t32_pasted_lines_stay_lines() {
    check(
        "a|b",
        &[|editor| assert!(editor.insert("1\r\n2\r3\n"))],
        "a1\n2\n3\n|b",
    );
}

#[derive(Clone, Debug)]
enum Key {
    Insert(String),
    Plain(fn(&mut Editor)),
    Up(usize),
    Down(usize),
    Undo,
    Redo,
}

fn keys() -> impl Strategy<Value = Vec<Key>> {
    let plain: Vec<fn(&mut Editor)> = vec![
        Editor::backspace,
        Editor::delete,
        Editor::delete_word,
        Editor::delete_word_forward,
        Editor::kill_to_start,
        Editor::kill_to_end,
        Editor::left,
        Editor::right,
        Editor::word_left,
        Editor::word_right,
        Editor::home,
        Editor::end,
    ];
    let texts = "[a한ㅋ \n\r\t\u{1112}\u{1161}\u{11AB}\u{301}\u{327}e\u{200D}\u{FE0F}👨🏽🇰🇷\u{94D}क]{0,4}|.{0,3}";
    let key = prop_oneof![
        6 => texts.prop_map(Key::Insert),
        6 => proptest::sample::select(plain).prop_map(Key::Plain),
        1 => (0_usize..8).prop_map(Key::Up),
        1 => (0_usize..8).prop_map(Key::Down),
        1 => Just(Key::Undo),
        1 => Just(Key::Redo),
    ];
    proptest::collection::vec(key, 0..40)
}

proptest! {
    #[test]
    fn any_keys_leave_a_sound_editor(keys in keys(), width in 0_usize..9, max_rows in 0_usize..4) {
        let widths = Widths::default();
        let mut editor = Editor::default();
        for key in keys {
            let before = editor.text().to_owned();
            match key {
                Key::Insert(text) => prop_assert!(editor.insert(&text)),
                Key::Plain(press) => press(&mut editor),
                Key::Up(width) => { editor.up(&widths, width); }
                Key::Down(width) => { editor.down(&widths, width); }
                Key::Undo => { editor.undo(); }
                Key::Redo => { editor.redo(); }
            }
            let text = editor.text();
            prop_assert!(is_nfc(text), "{:?} after {:?}", text, before);
            prop_assert!(is_border(text, editor.caret()) || text.is_empty());
            sound_view(&editor, &editor.layout(&widths, width, max_rows), width, max_rows)?;
        }
        let last = editor.text().to_owned();
        let mut steps = 0;
        while editor.undo() {
            steps += 1;
        }
        prop_assert!(editor.is_empty(), "{:?} after all undone", editor.text());
        for _ in 0..steps {
            prop_assert!(editor.redo());
        }
        prop_assert_eq!(editor.text(), last);
    }
}

fn sound_view(
    editor: &Editor,
    view: &EditorView,
    width: usize,
    max_rows: usize,
) -> Result<(), TestCaseError> {
    let width = width.max(1);
    prop_assert_eq!(view.rows.len(), view.total.min(max_rows));
    prop_assert!(view.caret.1 < width);
    for row in &view.rows {
        prop_assert!(row.width <= width);
        let drawn = Widths::default().width(slice(editor.text(), row.start..row.end));
        prop_assert_eq!(drawn, row.width);
    }
    if let Some(row) = view.rows.get(view.caret.0) {
        let at_caret = slice(editor.text(), row.start..editor.caret());
        prop_assert!(row.start <= editor.caret());
        prop_assert_eq!(
            Widths::default().width(at_caret).min(width - 1),
            view.caret.1
        );
    } else {
        prop_assert_eq!(max_rows, 0);
    }
    Ok(())
}

#[test]
fn a_family_is_one_step() {
    check(
        &format!("a{FAMILY}|"),
        &[Editor::left],
        &format!("a|{FAMILY}"),
    );
}
