//! The mouse: clicks mean what is drawn, the wheel scrolls what is below it.

use chat_tui::key::Code;
use chat_tui::model::words::Language;
use chat_tui::update::{Effect, Msg};
use protocol::event::What;

use crate::support::{ME, Screen, member, message, room};

/// Two rooms, some members, a link, at the width of a member column.
fn screen() -> Screen {
    let mut screen = Screen::new(100, 24, Language::Korean);
    screen.msg(Msg::Focus(true));
    let members: Vec<_> = (2..60).map(|n| member(n, &format!("n{n:02}"))).collect();
    screen.enter(&room("개발"), &[vec![member(ME, "민수")], members].concat());
    screen.enter(&room("잡담"), &[]);
    for n in 1..=50 {
        screen.says(message(&room("개발"), n, 2, "지은", n, &format!("글 {n}")));
    }
    screen.says(message(
        &room("개발"),
        51,
        2,
        "지은",
        50,
        "여기 https://a.example/b에서",
    ));
    screen.effects.clear();
    screen
}

/// The cell at which a text begins.
#[track_caller]
fn cell(screen: &Screen, text: &str) -> (u16, u16) {
    for (y, row) in screen.rows().iter().enumerate() {
        if let Some((before, _)) = row.split_once(text) {
            let x = screen.model.widths.width(before);
            return (u16::try_from(x).unwrap(), u16::try_from(y).unwrap());
        }
    }
    panic!("{text:?} is not in\n{}", screen.rows().join("\n"));
}

#[track_caller]
fn click(screen: &mut Screen, text: &str, by: u16) {
    let (x, y) = cell(screen, text);
    screen.msg(Msg::Click { at: (x + by, y) });
}

#[test]
fn a_click_shows_a_tab() {
    let mut screen = screen();
    click(&mut screen, "잡담", 3);
    assert_eq!(screen.model.active, 1);
    click(&mut screen, "개발", 0);
    assert_eq!(screen.model.active, 0);
    // Between two tabs is nothing.
    click(&mut screen, "개발", 5);
    assert_eq!(screen.model.active, 0);
}

#[test]
fn t27_a_click_on_a_link_opens_it_and_beside_it_does_nothing() {
    let mut screen = screen();
    click(&mut screen, "https://a.example/b", 18);
    assert_eq!(
        screen.done(),
        [Effect::Open("https://a.example/b".to_owned())]
    );
    for by in [19, 23, 40] {
        click(&mut screen, "https://a.example/b", by);
        assert_eq!(screen.done(), []);
    }
    click(&mut screen, "여기", 0);
    assert_eq!(screen.done(), []);
}

#[test]
fn a_click_on_a_member_speaks_to_them() {
    let mut screen = screen();
    click(&mut screen, "n03", 1);
    assert_eq!(screen.model.draft().text(), "@n03 ");
    click(&mut screen, "n02", 0);
    assert_eq!(screen.model.draft().text(), "@n03 @n02 ");
    click(&mut screen, "멤버 59", 0);
    assert_eq!(screen.model.draft().text(), "@n03 @n02 ");
}

#[test]
fn the_wheel_scrolls_what_is_below_it() {
    let mut screen = screen();
    let members = cell(&screen, "n03");
    screen.msg(Msg::Wheel {
        up: false,
        at: members,
    });
    screen.hides("나\n");
    screen.hides("n02");
    screen.shows("글 50");
    click(&mut screen, "n05", 0);
    assert_eq!(screen.model.draft().text(), "@n05 ");
    for _ in 0..100 {
        screen.msg(Msg::Wheel {
            up: false,
            at: members,
        });
    }
    screen.shows("n59");
    for _ in 0..100 {
        screen.msg(Msg::Wheel {
            up: true,
            at: members,
        });
    }
    screen.shows("n02");
    let log = cell(&screen, "글 50");
    screen.msg(Msg::Wheel { up: true, at: log });
    screen.hides("글 50");
    screen.shows("n02");
    // The row that tells of it goes down.
    click(&mut screen, "지난 글 읽는 중", 2);
    screen.shows("글 50");
}

#[test]
fn a_click_unfolds_comings_and_goings() {
    let mut screen = screen();
    for who in 70..75 {
        screen.presence(&room("개발"), What::Joined, who, &format!("새{who}"));
    }
    click(&mut screen, "새70, 새71 외 3명 들어옴", 3);
    screen.shows("14:12 새74 들어옴");
    click(&mut screen, "14:12 새74 들어옴", 3);
    screen.shows("새70, 새71 외 3명 들어옴");
}

#[test]
fn under_a_popup_nothing_is_clicked() {
    let mut screen = screen();
    screen.code(Code::F(1));
    screen.msg(Msg::Click { at: (8, 0) });
    assert_eq!(screen.model.active, 0);
    assert_eq!(screen.done(), []);
}

#[test]
fn a_key_releases_the_mouse_and_takes_it_back() {
    let mut screen = screen();
    screen.code(Code::F(6));
    assert_eq!(screen.done(), [Effect::Mouse(false)]);
    screen.shows("F6 되찾기");
    // The bare view leaves it released.
    screen.code(Code::F(4));
    screen.code(Code::Esc);
    assert_eq!(screen.done(), [Effect::Mouse(false), Effect::Mouse(false)]);
    screen.code(Code::F(6));
    assert_eq!(screen.done(), [Effect::Mouse(true)]);
}
