//! Pastes as terminals send them.

use super::support::{Person, ServerProcess, draft};

fn bracketed(text: &str) -> String {
    // Terminals send a carriage return for each line end.
    format!("\x1b[200~{}\x1b[201~", text.replace('\n', "\r"))
}

fn frames(bytes: &[u8]) -> usize {
    const END: &[u8] = b"\x1b[?2026l";
    bytes.windows(END.len()).filter(|part| *part == END).count()
}

#[test]
fn t32_ten_thousand_lines_are_asked_about_before_anything_is_drawn() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    pty.send("before ");
    let before = pty.wait_for_text("› before").bytes.len();
    let lines: Vec<String> = (0..10_000).map(|n| format!("붙임 {n}\n")).collect();
    let lines = lines.concat();
    pty.send(bracketed(&lines));
    let screen = pty.wait_for_text("10,000 lines (118.8 KB): in 30 parts, about 5 s / cancel");
    let drawn = &screen.bytes[before..];
    assert!(!String::from_utf8_lossy(drawn).contains("붙임"));
    assert_eq!(frames(drawn), 1, "the question alone");
    pty.send("\r");
    pty.wait_for_text("nothing was pasted");
    assert_eq!(draft(&pty.screen()), "before ".trim_end());
    assert!(!String::from_utf8_lossy(&pty.screen().bytes).contains("붙임"));
}

#[test]
fn t32_a_paste_is_a_draft_or_goes_out_in_parts_in_order() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    pty.send(bracketed("첫 줄\n둘째 줄\n"));
    let screen = pty.wait_for_text("둘째 줄");
    assert_eq!(draft(&screen), "첫 줄\n둘째 줄");
    assert_eq!(screen.cursor, (3, 26), "behind the last line end");
    assert_eq!(server.texts("lobby"), Vec::<String>::new());
    pty.send("\x03");
    pty.wait_for_text("cleared");
    let lines: Vec<String> = (0..300)
        .map(|n| format!("{n:03} 서버 기록 한 줄\n"))
        .collect();
    let lines = lines.concat();
    pty.send(bracketed(&lines));
    pty.wait_for_text("300 lines (7.8 KB): ");
    pty.send("\x1b[C\r");
    pty.wait_for("all parts", |screen| {
        screen.shows("299") && !screen.shows("⋯")
    });
    let parts = server.texts("lobby");
    assert_eq!(parts.len(), 2);
    assert_eq!(parts.join("\n") + "\n", lines);
}

#[test]
fn t32_a_paste_whose_end_is_lost_ends_by_itself() {
    let server = ServerProcess::start();
    let person = Person::new();
    let pty = person.enter(&server, "lobby", "minsu");
    pty.send("\x1b[200~끝을 잃은 글");
    pty.wait_for_text("› 끝을 잃은 글");
    pty.send("!\r");
    pty.wait_for("the text as sent", |screen| {
        screen.shows("minsu  끝을 잃은 글!") && !screen.shows("⋯")
    });
}
