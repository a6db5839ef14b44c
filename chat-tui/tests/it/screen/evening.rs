//! Line mode as a whole evening: two people at terminals without a screen, a real server, every command, in Korean.

use std::cell::Cell;

use crate::pty::{Answers, Exit, Pty, Screen};
use crate::screen::support::{Person, ServerProcess};

/// Wide enough that the terminal folds no line.
const SIZE: (u16, u16) = (200, 50);

/// Somebody at a terminal, and what was heard before the last line typed.
struct Seat {
    pty: Pty,
    heard: Cell<usize>,
}

impl Seat {
    fn new(person: &Person, server: &ServerProcess, nick: &str, env: &[(&str, &str)]) -> Self {
        let url = server.url();
        let args = [
            "--server", &url, "--room", "lobby", "--nick", nick, "--plain",
        ];
        let korean = [("LANG", "ko_KR.UTF-8"), ("TZ", "Asia/Seoul")];
        let env = [&korean[..], env].concat();
        let pty = person.run_in(&args, &env, SIZE, Answers::Held);
        let seat = Self {
            pty,
            heard: Cell::new(0),
        };
        seat.hears(&format!("연결됨: lobby에 {nick}"));
        seat
    }

    /// Types a line; from here on is listened.
    fn types(&self, line: &str) {
        self.heard.set(self.pty.screen().bytes.len());
        self.pty.send(format!("{line}\r"));
    }

    /// Waits until a text was written since the last line typed.
    #[track_caller]
    fn hears(&self, text: &str) {
        let from = self.heard.get();
        self.pty.wait_for(&format!("{text:?}"), |screen| {
            let new = screen.bytes.get(from..).unwrap_or_default();
            String::from_utf8_lossy(new).contains(text)
        });
    }

    /// Types a command and waits for its answer.
    #[track_caller]
    fn asks(&self, line: &str, answer: &str) {
        self.types(line);
        self.hears(answer);
    }

    /// Says something here that the other hears so.
    #[track_caller]
    fn says(&self, line: &str, other: &Self, heard: &str) {
        other.heard.set(other.pty.screen().bytes.len());
        self.types(line);
        other.hears(heard);
    }

    fn leaves(self, code: u32) -> Screen {
        self.pty.send("/quit\r");
        let (exit, screen) = self.pty.finish();
        assert_eq!(exit, Exit::Code(code), "{}", screen.lines.join("\n"));
        screen
    }
}

/// Only lines and bells: nothing that moves a cursor or sets a colour.
#[track_caller]
fn assert_lines_and_bells(screen: &Screen) {
    let control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\r' | b'\n' | 0x07);
    let found: Vec<&u8> = screen.bytes.iter().filter(|byte| control(byte)).collect();
    assert!(found.is_empty(), "{found:?}");
    assert!(String::from_utf8(screen.bytes.clone()).is_ok());
}

#[test]
fn t40_two_people_spend_an_evening_in_line_mode() {
    let mut server = ServerProcess::start();
    let (first, second) = (Person::new(), Person::new());
    // One of them sits at another machine, where nothing can be opened for them.
    let remote = [("NO_COLOR", "1"), ("SSH_TTY", "/dev/pts/1")];
    let minsu = Seat::new(&first, &server, "민수", &remote);
    let jieun = Seat::new(&second, &server, "지은", &[("TERM", "dumb")]);
    minsu.hears("지은 들어옴");

    talk(&minsu, &jieun);
    rooms(&minsu, &jieun);
    past(&minsu);
    alone(&minsu, &jieun);
    several_lines(&minsu, &jieun);
    about(&minsu, &jieun);

    server.kill();
    minsu.hears("연결 끊김: ");
    minsu.asks("나중에 봐", "연결이 없습니다. 연결되면 보냅니다");
    minsu.asks("/w 지은 못 감", "/w는 연결이 있어야 합니다");
    minsu.asks("/drop", "쓰던 글을 지웠습니다");
    server.start_again();
    jieun.types("/retry");
    jieun.hears("다시 연결됨: lobby에 지은으로 들어옴");
    minsu.types("/retry");
    minsu.hears("다시 연결됨: lobby에 민수2로 들어옴");
    jieun.hears("민수2: 나중에 봐");

    let minsu = minsu.leaves(1);
    jieun.hears("민수2 나감");
    let jieun = jieun.leaves(0);
    for screen in [&minsu, &jieun] {
        assert_lines_and_bells(screen);
    }
    let heard = String::from_utf8_lossy(&jieun.bytes).into_owned();
    assert_eq!(heard.matches("민수2: 나중에 봐").count(), 1);
    assert!(minsu.bells > 0, "a mention in another room");
    for screen in [&minsu, &jieun] {
        let heard = String::from_utf8_lossy(&screen.bytes).into_owned();
        for key in ["Alt+", "Ctrl+", "PageUp", "F1"] {
            assert!(!heard.contains(key), "{key}");
        }
    }
}

fn talk(minsu: &Seat, jieun: &Seat) {
    minsu.says("안녕", jieun, " 민수: 안녕");
    minsu.hears(" 민수: 안녕");
    jieun.says("민수야 반가워", minsu, " 지은, 나를 부름: 민수야 반가워");
    minsu.says("/me 웃는다", jieun, " * 민수 웃는다");
    minsu.says("/topic 릴리스", jieun, " * 민수 님이 주제를 정함: 릴리스");
    minsu.says(
        "/reply 지은 나도",
        jieun,
        " 민수, 나를 부름: > 지은: 민수야 반가워\r\n      나도",
    );
    minsu.says("//me 는 글", jieun, " 민수: /me 는 글");
    minsu.asks("/members", "멤버 2명: ");
    minsu.asks("/rooms", "lobby (2) 릴리스");
}

fn rooms(minsu: &Seat, jieun: &Seat) {
    minsu.asks("/join 개발", "연결됨: 개발에 민수로 들어옴");
    minsu.hears("지금 #개발; 멤버 1명");
    jieun.says(
        "민수님 https://example.com 에서 봐요",
        minsu,
        "#lobby 지은, 나를 부름: 민수님 https://example.com",
    );
    minsu.asks("/room", "1 #lobby: 새 글 1개, 나를 부른 글 1개");
    minsu.hears("2 #개발: 지금 여기");
    minsu.asks(
        "/next",
        "지금 #lobby; 멤버 2명; 주제: 릴리스; 새 글 1개, 나를 부른 글 1개",
    );
    minsu.asks("/unread", "민수님 https://example.com");
    minsu.asks("/links", "1: https://example.com, 지은 님");
    minsu.asks(
        "/open 1",
        "다른 컴퓨터에서 도는 프로그램이라 https://example.com",
    );
    minsu.asks("/back", "지금 #개발");
    minsu.asks(
        "/notify none",
        "개발 ∙ 알림: 없음".replace(" ∙ ", "; ").as_str(),
    );
    minsu.asks("/leave", "#개발에서 나옴");
    minsu.hears("지금 #lobby");
    minsu.asks("/room lob", "지금 #lobby");
}

fn past(minsu: &Seat) {
    minsu.asks("/search 반가워", "반가워: 1개 찾음");
    minsu.asks("/mentions", " #lobby 지은: 민수야 반가워");
    minsu.asks("/last 1", "민수님 https://example.com");
    minsu.asks("/history", "방의 첫 부분입니다");
}

fn alone(minsu: &Seat, jieun: &Seat) {
    minsu.says("/w 지은 비밀", jieun, " @민수: 비밀");
    minsu.hears(" @민수>지은: 비밀");
    jieun.asks("/w 민수", "지금 @민수");
    jieun.says("그래", minsu, " @지은: 그래");
    jieun.asks("/leave", "지금 #lobby");
}

fn several_lines(minsu: &Seat, jieun: &Seat) {
    minsu.asks("/add 한 줄", "쓰던 글 1줄");
    minsu.asks("/add 두 줄", "쓰던 글 2줄");
    minsu.asks("/draft", "쓰던 글: 한 줄");
    minsu.says("/send", jieun, " 민수: 한 줄\r\n      두 줄");
    minsu.asks("/draft", "쓰던 글이 없습니다");
    minsu.asks("/hold", "새 글을 미뤄 둡니다");
    // What is heard next is the answer to the next line alone.
    jieun.says("기다려요?", jieun, " 지은: 기다려요?");
    minsu.asks("네", " 지은: 기다려요?");
    minsu.hears(" 민수: 네");
    minsu.asks("", "새 글을 미뤄 둡니다");
}

fn about(minsu: &Seat, jieun: &Seat) {
    minsu.asks("/key", "내 키: ");
    minsu.hears("서버의 키: ");
    minsu.asks("/whois 지은", "서버가 알려 준 값입니다");
    minsu.asks("/status", "내 이름 민수; 연결됨; 알림: 멘션만; 보낼 글 0개");
    minsu.asks("/settings", "언어 ko; 시간 24h");
    minsu.asks("/help", "/history [N]: ");
    minsu.hears("/join 방: 방에 들어갑니다");
    minsu.asks("/resend", "보내지 못한 글이 없습니다");
    minsu.asks("/takeback", "보내지 못한 글이 없습니다");
    minsu.asks("/histroy", "/history를 찾으셨나요?");
    minsu.asks("/retry", "연결됨");
    jieun.heard.set(jieun.pty.screen().bytes.len());
    minsu.asks("/nick 민수2", "이제 민수2입니다");
    jieun.hears("민수가 이름을 민수2로 바꿈");
}

#[test]
fn t40_commands_work_through_pipes_where_they_are_asked_for() {
    let server = ServerProcess::start();
    let person = Person::new();
    server.say(&person, "lobby", "지은", "어제 한 말\n");
    let args = [
        "--room",
        "lobby",
        "--nick",
        "minsu",
        "--commands",
        "--history",
        "1",
        "--time",
        "12h",
        "--lang",
        "ko",
    ];
    let ended = crate::line::Line::new(Person::new().state(), &server.url(), &args)
        .run("hello\n/members\n/quiz\n".as_bytes());
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let output = ended.output.join("\n");
    let is_half = output.contains("오전 ") || output.contains("오후 ");
    assert!(is_half && output.contains(" 지은: 어제 한 말"), "{output}");
    assert!(output.contains(" minsu: hello"), "{output}");
    assert!(output.contains("멤버 1명: minsu (나)"), "{output}");
    assert!(
        output.contains("3번째 줄을 받지 않음: /quiz 명령은 없습니다. /quit"),
        "{output}"
    );
    assert!(ended.error.is_empty(), "{ended:?}");
}

/// The digits of times are those of the test's own moment.
fn without_times(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect()
}

#[test]
fn t40_every_byte_is_a_line_also_on_a_terminal_with_all_colours() {
    let server = ServerProcess::start();
    let person = Person::new();
    let (url, address) = (server.url(), server.address());
    let args = [
        "--server", &url, "--room", "lobby", "--nick", "me", "--plain",
    ];
    let env = [
        ("LANG", "C"),
        ("TZ", "UTC"),
        ("TERM", "xterm-256color"),
        ("COLORTERM", "truecolor"),
    ];
    let pty = person.run_in(&args, &env, SIZE, Answers::AtOnce);
    pty.wait_for_text("now in #lobby");
    pty.send("/add one\r");
    pty.wait_for_text("lines in the draft: 1");
    pty.send("/add *two* `code` https://a.example\r");
    pty.wait_for_text("lines in the draft: 2");
    pty.send("/send\r");
    pty.wait_for_text("      *two*");
    pty.send("/members\r");
    pty.wait_for_text("members 1: me (you)");
    pty.send("/quit\r");
    let (exit, screen) = pty.finish();
    assert_eq!(exit, Exit::Code(0));
    let bytes = String::from_utf8(screen.bytes).unwrap();
    let day = bytes.lines().find(|line| line.contains("day, ")).unwrap();
    let expected = [
        &format!(
            "the key of {address} is new here and remembered from now on: {}. Compare it with what whoever runs the server tells you.",
            server.fingerprint()
        ),
        "connected: in lobby as me",
        "the server says: Welcome to lobby, me.",
        "now in #lobby; members 1",
        "/add one",
        "lines in the draft: 1; /send sends it",
        "/add *two* `code` https://a.example",
        "lines in the draft: 2; /send sends it",
        "/send",
        day,
        "00:00 me: one",
        "      *two* `code` https://a.example",
        "/members",
        "members 1: me (you)",
        "/quit",
        "",
    ];
    assert_eq!(without_times(&bytes), without_times(&expected.join("\r\n")));
}
