//! What the interface draws by itself, and where its caret is: in every mode, in both languages.

use chat_tui::key::{Code, Key};
use chat_tui::model::form::Form;
use chat_tui::model::words::{Language, SIGNS};
use chat_tui::session::{Link, State};
use chat_tui::text::hangul::is_hangul;
use chat_tui::update::Msg;
use protocol::event::What;

use crate::support::{ME, Screen, at, member, message, pending, room};

/// Every kind of screen, with names and texts in plain letters.
fn screens(language: Language, size: (u16, u16)) -> Vec<Screen> {
    let lobby = room("lobby");
    let fresh = || {
        let mut screen = Screen::new(size.0, size.1, language);
        screen.session.nick = Some("me".to_owned());
        screen
    };
    let talk = || {
        let mut screen = fresh();
        screen.enter(&lobby, &[member(ME, "me"), member(2, "ann")]);
        screen.msg_focus(false);
        screen.says(message(
            &lobby,
            1,
            2,
            "ann",
            0,
            "hello @me https://chat.example/a",
        ));
        let mut answer = message(&lobby, 2, 2, "ann", 1, "yes");
        answer.reply_to = Some(at(9));
        screen.says(answer);
        screen.presence(&lobby, What::Joined, 3, "bob");
        screen.session.pending = vec![pending(1, &lobby, "sent", State::Sent)];
        screen
    };
    let mut all = vec![fresh(), talk()];
    let mut form = fresh();
    form.begin(Form::new(("ws://a", false), ("", false), ("", false)));
    all.push(form);
    for keys in [
        Key::plain(Code::F(1)),
        Key::plain(Code::F(2)),
        Key::alt('r'),
        Key::ctrl('x'),
    ] {
        let mut screen = talk();
        screen.press(keys);
        all.push(screen);
    }
    let mut completing = talk();
    completing.types("/\t");
    all.push(completing);
    let mut scrolled = talk();
    for n in 3..60 {
        scrolled.says(message(&lobby, n, 2, "ann", 2, "more"));
    }
    scrolled.code(Code::PageUp);
    all.push(scrolled);
    let mut pasted = talk();
    pasted.msg(Msg::Paste {
        text: "x\n".repeat(3_000),
        cut: false,
    });
    all.push(pasted);
    let mut lost = talk();
    lost.session.link = Link::Waiting {
        until: lost.now.elapsed,
        reason: "cut".to_owned(),
    };
    all.push(lost);
    all
}

#[test]
fn t11_no_screen_draws_a_glyph_of_doubtful_width() {
    for language in [Language::English, Language::Korean] {
        for size in [(120, 40), (80, 24), (40, 12)] {
            for screen in screens(language, size) {
                for row in screen.rows() {
                    for c in row.chars() {
                        let plain = c.is_ascii_graphic() || c == ' ';
                        assert!(
                            plain || is_hangul(c) || SIGNS.contains(&c),
                            "{c:?} in {row}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn t02_the_caret_is_the_cursor_in_every_text_field() {
    let mut screen = Screen::new(80, 24, Language::English);
    screen.begin(Form::new(("ws://a", false), ("", false), ("", false)));
    // No field draws a caret of its own: with and without the caret's cell the drawing is the same.
    let caret = |screen: &Screen| screen.caret().expect("a caret");
    for _ in 0..3 {
        let (before, y) = caret(&screen);
        screen.types("한b");
        assert_eq!(caret(&screen), (before + 3, y));
        screen.code(Code::Left);
        assert_eq!(caret(&screen), (before + 2, y));
        screen.code(Code::Left);
        assert_eq!(caret(&screen), (before, y));
        let (drawn, _) = screen.draw();
        let cells = [before, before + 2].map(|x| drawn[(x, y)].style());
        assert_eq!(cells[0], cells[1], "a painted caret");
        screen.code(Code::Tab);
    }
    let mut screen = Screen::lobby(40, 10);
    screen.types("한b");
    assert_eq!(caret(&screen), (6, 8));
    screen.code(Code::Home);
    assert_eq!(caret(&screen), (3, 8));
    let (drawn, _) = screen.draw();
    assert_eq!(drawn[(3, 8)].style(), drawn[(5, 8)].style());
}
