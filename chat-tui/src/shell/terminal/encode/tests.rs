use alacritty_terminal::Term;
use alacritty_terminal::event::VoidListener;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::Config;
use alacritty_terminal::term::cell::Flags;
use alacritty_terminal::term::test::TermSize;
use alacritty_terminal::vte::ansi::{Color as Shown, NamedColor, Processor, Rgb};
use proptest::prelude::*;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::cells::Look;
use super::*;

fn frame(lines: &[&str], caret: Option<(u16, u16)>) -> Frame {
    Frame {
        buffer: Buffer::with_lines(lines.iter().copied()),
        caret,
        extra: Vec::new(),
    }
}

#[track_caller]
fn check(previous: Option<&Frame>, next: &Frame, expected: &str) {
    let mut out = Vec::new();
    encode(previous, next, &mut out);
    let seen = String::from_utf8(out).unwrap().replace('\x1b', "^");
    assert_eq!(seen, expected.replace('\x1b', "^"));
}

/// The expected bytes inside one synchronized block.
fn block(inside: &str) -> String {
    format!("\x1b[?2026h{inside}\x1b[?2026l")
}

#[test]
fn t03_an_unchanged_frame_is_no_byte() {
    let same = frame(&["한글 abc", ""], Some((3, 1)));
    check(Some(&same), &same.clone(), "");
    let hidden = frame(&["한글 abc", ""], None);
    check(Some(&hidden), &hidden.clone(), "");
}

#[test]
fn t04_a_moved_caret_is_one_cursor_move() {
    let from = frame(&["abcdefghij", "", "   "], Some((4, 1)));
    for (to, bytes) in [
        ((5, 1), "\x1b[C"),
        ((3, 1), "\x08"),
        ((7, 1), "\x1b[8G"),
        ((0, 1), "\r"),
        ((4, 0), "\x1b[A"),
        ((4, 2), "\x1b[B"),
        ((0, 2), "\r\n"),
        ((0, 0), "\x1b[H"),
        ((2, 2), "\x1b[3;3H"),
    ] {
        let next = Frame {
            caret: Some(to),
            ..from.clone()
        };
        check(Some(&from), &next, bytes);
    }
}

#[test]
fn the_caret_is_hidden_and_shown_without_a_block() {
    let shown = frame(&["ab"], Some((1, 0)));
    let hidden = frame(&["ab"], None);
    check(Some(&shown), &hidden, "\x1b[?25l");
    check(Some(&hidden), &shown, "\x1b[1;2H\x1b[?25h");
    let outside = frame(&["ab"], Some((9, 9)));
    check(Some(&hidden), &outside, "\x1b[1;2H\x1b[?25h");
}

#[test]
fn t04_everything_else_is_one_block_that_ends_at_the_caret() {
    check(
        Some(&frame(&["abc", "xyz"], Some((2, 1)))),
        &frame(&["aBc", "xyz"], Some((2, 1))),
        &block("\x1b[1;2HB\x1b[B"),
    );
}

#[test]
fn the_first_frame_and_another_size_are_drawn_whole() {
    let whole = block("\x1b[m\x1b[2J\x1b[HHi\x1b[3;2H한\x1b[1;3H\x1b[?25h");
    let next = frame(&["Hi  ", "    ", " 한 "], Some((2, 0)));
    check(None, &next, &whole);
    check(Some(&frame(&["Hi  "], Some((2, 0)))), &next, &whole);
    let empty = Frame::default();
    check(None, &empty, &block("\x1b[m\x1b[2J\x1b[?25l"));
}

#[test]
fn t39_a_latin_key_at_the_end_of_the_line_is_at_most_80_bytes() {
    let style = Style::new()
        .fg(Color::Rgb(200, 200, 200))
        .bg(Color::Rgb(100, 100, 110));
    let composer = |text: &str| {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 100, 28));
        buffer.set_style(Rect::new(0, 26, 100, 1), style);
        buffer.set_string(3, 26, text, style);
        Frame {
            buffer,
            caret: Some((u16::try_from(text.len()).unwrap() + 3, 26)),
            extra: Vec::new(),
        }
    };
    let mut out = Vec::new();
    encode(Some(&composer("hell")), &composer("hello"), &mut out);
    assert_eq!(
        String::from_utf8(out.clone()).unwrap(),
        block("\x1b[38;2;200;200;200;48;2;100;100;110mo\x1b[m")
    );
    assert!(out.len() <= 80, "{} bytes", out.len());
}

#[test]
fn styles_change_in_few_bytes() {
    let plain = Look::PLAIN;
    let bold = Look {
        modifier: Modifier::BOLD | Modifier::UNDERLINED,
        ..plain
    };
    let dim = Look {
        modifier: Modifier::DIM | Modifier::UNDERLINED,
        fg: Color::Indexed(120),
        ..plain
    };
    let red = Look {
        fg: Color::LightRed,
        bg: Color::Blue,
        modifier: Modifier::CROSSED_OUT | Modifier::ITALIC | Modifier::REVERSED,
    };
    let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 1));
    for (cell, look) in buffer.content.iter_mut().zip([bold, dim, red, plain]) {
        cell.set_symbol("x");
        (cell.fg, cell.bg, cell.modifier) = (look.fg, look.bg, look.modifier);
    }
    let next = Frame {
        buffer,
        ..Frame::default()
    };
    check(
        Some(&frame(&["    "], None)),
        &next,
        &block("\x1b[H\x1b[1;4mx\x1b[22;2;38;5;120mx\x1b[0;3;7;9;91;44mx\x1b[mx"),
    );
}

#[test]
fn a_blank_tail_is_erased_and_a_short_one_overwritten() {
    check(
        Some(&frame(&["abcdefgh"], None)),
        &frame(&["abcd    "], None),
        &block("\x1b[1;5H\x1b[K"),
    );
    check(
        Some(&frame(&["abcdefgh"], None)),
        &frame(&["abcdef  "], None),
        &block("\x1b[1;7H  "),
    );
}

#[test]
fn halves_of_wide_graphemes_are_written_again() {
    check(
        Some(&frame(&["한글x"], None)),
        &frame(&["a 글x"], None),
        &block("\x1b[Ha "),
    );
    check(
        Some(&frame(&["ab글x"], None)),
        &frame(&["한글x"], None),
        &block("\x1b[H한"),
    );
    let mut halved = frame(&["abc"], None);
    halved.buffer.content[2].set_symbol("한");
    check(Some(&frame(&["abc"], None)), &halved, &block("\x1b[1;3H "));
}

#[test]
fn after_a_doubtful_grapheme_the_cursor_is_placed_and_the_rest_drawn_again() {
    check(
        Some(&frame(&["a  bc"], None)),
        &frame(&["aㅋbc"], None),
        &block("\x1b[1;2H  \x1b[2Gㅋ\x1b[4Gbc"),
    );
    check(
        Some(&frame(&["  xxxxxxxxxx"], None)),
        &frame(&["👍🏽xxxxxxxxxx"], None),
        &block("\x1b[H  \r👍🏽\x1b[3Gxxxxxxxx"),
    );
}

#[test]
fn control_characters_in_a_cell_never_get_out() {
    let mut next = frame(&["abc"], None);
    next.buffer.content[1].set_symbol("\x1b[31m");
    let mut out = Vec::new();
    encode(Some(&frame(&["axc"], None)), &next, &mut out);
    assert_eq!(out, block("\x1b[1;2H ").into_bytes());
}

#[test]
fn t27_one_link_runs_over_its_cells_and_is_closed_once() {
    let mut next = frame(&["ab한d"], None);
    for (column, text, width) in [(0, "a", 1), (1, "b", 1), (2, "한", 2)] {
        next.buffer.content[column]
            .set_symbol(&format!(
                "\x1b]8;id=1;http://a.b/\x1b\\{text}\x1b]8;;\x1b\\"
            ))
            .set_diff_option(ratatui::buffer::CellDiffOption::ForcedWidth(
                std::num::NonZeroU16::new(width).unwrap(),
            ));
    }
    check(
        Some(&frame(&["     "], None)),
        &next,
        &block("\x1b[H\x1b]8;id=1;http://a.b/\x1b\\ab한\x1b]8;;\x1b\\d"),
    );
    check(Some(&next), &frame(&["ab   "], None), &block("\x1b[Hab   "));
}

#[test]
fn out_of_band_bytes_come_first_and_need_no_block() {
    let from = frame(&["ab"], Some((0, 0)));
    let mut next = from.clone();
    next.extra = b"\x07".to_vec();
    check(Some(&from), &next, "\x07");
    // They belong to one frame only.
    check(Some(&next), &from, "");
}

const COLUMNS: u16 = 24;
const ROWS: u16 = 5;

const TEXTS: [&str; 16] = [
    "hello",
    "x",
    "한글",
    "안녕하세요",
    "ㅋㅋㅋ",
    "a한b글c",
    "👍",
    "👍🏽!",
    "👨\u{200D}👩\u{200D}👧\u{200D}👦",
    "❤\u{FE0F}",
    "🇰🇷x",
    "e\u{301}t\u{e9}",
    "\u{1112}\u{1161}\u{11AB}",
    "カナｶﾅ",
    "①②",
    "                ",
];

fn styles() -> impl Strategy<Value = Style> {
    let colour = || {
        prop_oneof![
            Just(Color::Reset),
            Just(Color::Red),
            Just(Color::LightCyan),
            Just(Color::Gray),
            any::<u8>().prop_map(Color::Indexed),
            any::<(u8, u8, u8)>().prop_map(|(r, g, b)| Color::Rgb(r, g, b)),
        ]
    };
    let modifier = prop::sample::select(vec![
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::DIM,
        Modifier::BOLD | Modifier::DIM | Modifier::ITALIC,
        Modifier::UNDERLINED | Modifier::CROSSED_OUT,
        Modifier::REVERSED,
    ]);
    (colour(), colour(), modifier)
        .prop_map(|(fg, bg, modifier)| Style::new().fg(fg).bg(bg).add_modifier(modifier))
}

type Write = (u16, u16, &'static str, Style);

fn writes() -> impl Strategy<Value = (Vec<Write>, Option<(u16, u16)>, bool)> {
    let write = (
        0..COLUMNS,
        0..ROWS,
        prop::sample::select(TEXTS.to_vec()),
        styles(),
    );
    (
        prop::collection::vec(write, 0..8),
        prop::option::of((0..COLUMNS, 0..ROWS)),
        any::<bool>(),
    )
}

proptest! {
    #[test]
    fn the_terminal_shows_the_buffer(frames in prop::collection::vec(writes(), 1..5)) {
        let size = TermSize::new(usize::from(COLUMNS), usize::from(ROWS));
        let mut terminal = Term::new(Config::default(), &size, VoidListener);
        let mut parser: Processor = Processor::new();
        parser.advance(&mut terminal, b"junk\x1b[?7l");
        let mut previous: Option<Frame> = None;
        for (writes, caret, afresh) in frames {
            let mut next = match (&previous, afresh) {
                (Some(previous), false) => previous.clone(),
                _ => Frame {
                    buffer: Buffer::empty(Rect::new(0, 0, COLUMNS, ROWS)),
                    ..Frame::default()
                },
            };
            next.caret = caret;
            for (column, row, text, style) in writes {
                next.buffer.set_string(column, row, text, style);
            }
            let mut out = Vec::new();
            encode(previous.as_ref(), &next, &mut out);
            parser.advance(&mut terminal, &out);
            assert_shows(&terminal, &next);
            out.clear();
            encode(Some(&next), &next, &mut out);
            prop_assert_eq!(out, b"");
            previous = Some(next);
        }
    }
}

fn assert_shows(terminal: &Term<VoidListener>, frame: &Frame) {
    let grid = terminal.grid();
    for (row, cells) in frame
        .buffer
        .content
        .chunks(usize::from(COLUMNS))
        .enumerate()
    {
        for (column, glyph) in cells::glyphs(cells).into_iter().enumerate() {
            let Some(glyph) = glyph else { continue };
            let cell = &grid[Line(i32::try_from(row).unwrap())][Column(column)];
            let place = format!("row {row} column {column}: {glyph:?} but {cell:?}");
            assert_eq!(Some(cell.c), glyph.text.chars().next(), "{place}");
            assert_eq!(
                cell.bg,
                shown(glyph.look.bg, NamedColor::Background),
                "{place}"
            );
            if glyph.is_steady() {
                let wide = cell.flags.contains(Flags::WIDE_CHAR);
                assert_eq!(wide, glyph.width == 2, "{place}");
            }
            if glyph.text != " " {
                assert_eq!(
                    cell.fg,
                    shown(glyph.look.fg, NamedColor::Foreground),
                    "{place}"
                );
                for (modifier, flag) in [
                    (Modifier::BOLD, Flags::BOLD),
                    (Modifier::DIM, Flags::DIM),
                    (Modifier::ITALIC, Flags::ITALIC),
                    (Modifier::UNDERLINED, Flags::UNDERLINE),
                    (Modifier::CROSSED_OUT, Flags::STRIKEOUT),
                    (Modifier::REVERSED, Flags::INVERSE),
                ] {
                    assert_eq!(
                        cell.flags.contains(flag),
                        glyph.look.modifier.contains(modifier),
                        "{place}"
                    );
                }
            }
        }
    }
    let cursor = grid.cursor.point;
    if let Some((column, row)) = frame.caret {
        assert_eq!(
            (cursor.column.0, cursor.line.0),
            (usize::from(column), i32::from(row))
        );
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "only the colours that the test draws with"
)]
fn shown(colour: Color, default: NamedColor) -> Shown {
    match colour {
        Color::Red => Shown::Named(NamedColor::Red),
        Color::LightCyan => Shown::Named(NamedColor::BrightCyan),
        Color::Gray => Shown::Named(NamedColor::White),
        Color::Indexed(index) => Shown::Indexed(index),
        Color::Rgb(r, g, b) => Shown::Spec(Rgb { r, g, b }),
        _ => Shown::Named(default),
    }
}
