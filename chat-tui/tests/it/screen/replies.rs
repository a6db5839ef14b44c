//! Answers between people.

use super::support::{Person, ServerProcess, count, is_in};
use crate::line::Line;

#[test]
fn an_answer_shows_what_it_answers_to_everybody() {
    let mut server = ServerProcess::start();
    let (minsu, jieun) = (Person::new(), Person::new());
    let left = minsu.enter(&server, "개발", "민수");
    let right = jieun.enter(&server, "개발", "지은");
    right.send("회의 14:30으로 옮겨도 될까요?\r그리고 점심은요?\r");
    left.wait_for_text("점심은요?");
    left.send("\x1br\x1br저는 좋아요");
    left.wait_for_text("   > 지은: 회의 14:30으로 옮겨도 될까요?");
    // It outlives the program with the draft.
    left.send("!");
    super::support::wait_for_file(minsu.state(), "저는 좋아요!");
    left.kill(rustix::process::Signal::KILL);
    left.wait_exit();
    let left = minsu.enter(&server, "개발", "민수");
    left.wait_for_text("   > 지은: 회의 14:30으로 옮겨도 될까요?");
    // Said without a connection it waits with what it answers.
    server.kill();
    left.wait_for_text("not connected");
    left.send("\r");
    left.wait_for("the pending text", |screen| {
        screen.shows("저는 좋아요!") && !screen.shows("   > ") && count(screen, "> 지은: 회의") == 1
    });
    server.start_again();
    left.send("\x12");
    right.send("\x12");
    for pty in [&left, &right] {
        let screen = pty.wait_for("the answer", |screen| {
            screen.shows("> 지은: 회의 14:30으로 옮겨도 될까요?") && !screen.shows("⋯")
        });
        let quote = screen
            .lines
            .iter()
            .position(|line| line.contains("> 지은: 회의"));
        assert!(screen.lines[quote.unwrap() + 1].contains("저는 좋아요!"));
    }
}

#[test]
fn what_is_quoted_and_not_here_comes_from_the_server() {
    let server = ServerProcess::start();
    let (minsu, jieun, reader) = (Person::new(), Person::new(), Person::new());
    server.say(&jieun, "lobby", "jieun", "아주 오래된 말\n");
    let fill: Vec<String> = (0..80).map(|n| format!("말 {n}\n")).collect();
    let fill = fill.concat();
    server.say(&jieun, "lobby", "jieun", &fill);
    let args = [
        "--room",
        "lobby",
        "--nick",
        "minsu",
        "--plain",
        "--json",
        "--history",
        "1000",
    ];
    let ended = Line::new(minsu.state(), &server.url(), &args).run(b"");
    let first = ended
        .output
        .iter()
        .find(|line| line.contains("아주 오래된 말"))
        .unwrap();
    let first: serde_json::Value = serde_json::from_str(first).unwrap();
    let input =
        serde_json::json!({"text": "그 말이 맞았네요", "reply_to": [first["era"], first["n"]]});
    let args = [
        "--room",
        "lobby",
        "--nick",
        "minsu",
        "--plain",
        "--json-input",
    ];
    let ended = Line::new(minsu.state(), &server.url(), &args).run(input.to_string().as_bytes());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let pty = reader.enter(&server, "lobby", "reader");
    let screen = pty.wait_for_text("minsu  > jieun: 아주 오래된 말");
    assert!(is_in(&screen, "reader"));
    assert_eq!(count(&screen, "아주 오래된 말"), 1, "only the quote");
}
