//! Strings that break programs, and sequences that terminals obey: each is refused with a reason, or comes back byte for byte and is
//! shown harmlessly.

use std::fs;

use serde::Deserialize;

use super::jobs::checked;
use super::{Object, corpus, counted};
use crate::line::{Ended, Line, PROGRAM};
use crate::pty::{Answers, Exit, Pty};
use crate::server::ChatServer;

#[derive(Deserialize)]
struct Escape {
    text: Option<String>,
    hex: String,
}

/// Every hostile string as an input line.
struct Strings {
    /// In UTF-8.
    texts: Vec<String>,
    /// Not in UTF-8.
    bytes: Vec<Vec<u8>>,
}

impl Strings {
    fn read() -> Self {
        let file = |name: &str| fs::read_to_string(corpus().join(name)).expect("a file");
        let mut texts: Vec<String> =
            serde_json::from_str(&file("naughty-strings.json")).expect("strings");
        let escapes: Vec<Escape> =
            serde_json::from_str(&file("terminal-escapes.json")).expect("sequences");
        let mut bytes = Vec::new();
        for escape in escapes {
            match escape.text {
                Some(text) => texts.push(text),
                None => bytes.push(unhex(&escape.hex)),
            }
        }
        Self { texts, bytes }
    }
}

fn unhex(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().map(|c| c.to_digit(16).expect("hex")).collect();
    let pairs = digits
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit));
    pairs
        .map(|byte| u8::try_from(byte).expect("a byte"))
        .collect()
}

struct Place {
    directory: tempfile::TempDir,
    server: ChatServer,
}

impl Place {
    fn run(&self, args: &[&str], input: &[u8]) -> Ended {
        let args = [&["--room", "hostile", "--nick", "mallory", "--json"], args].concat();
        let state = self.directory.path().join("state");
        Line::new(&state, &self.server.url(), &args).run(input)
    }
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "the counts are what a whole run is for"
)]
fn hostile_strings_are_refused_with_a_reason_or_come_back_byte_for_byte_and_harmless() {
    let directory = tempfile::tempdir().unwrap();
    let server = ChatServer::start(&directory.path().join("data"));
    let place = Place { directory, server };
    let strings = Strings::read();

    let objects = strings
        .texts
        .iter()
        .map(|text| serde_json::json!({ "text": text }).to_string());
    let input: String = objects.map(|object| object + "\n").collect();
    let ended = place.run(&["--json-input"], input.as_bytes());
    assert_eq!(ended.code, Some(1));
    let fates: Vec<_> = strings.texts.iter().map(|text| checked(text)).collect();
    let refused = (1..).zip(&fates).filter_map(|(number, fate): (usize, _)| {
        let error = fate.as_ref().err()?;
        Some(format!("line {number} refused: {error}"))
    });
    let refused: Vec<_> = refused.collect();
    let notes = ended.error.iter().filter(|note| note.starts_with("line "));
    assert!(notes.eq(&refused), "{:?}", ended.error);
    let accepted: Vec<_> = fates.iter().filter_map(|fate| fate.as_ref().ok()).collect();
    let echoes = ended.output.iter().filter_map(|line| Object::message(line));
    let echoes: Vec<_> = echoes.filter_map(|object| object.text).collect();
    assert!(
        echoes.iter().eq(accepted.iter().copied()),
        "not what was sent"
    );

    for bytes in &strings.bytes {
        let ended = place.run(&[], bytes);
        assert_eq!(ended.code, Some(1), "{:?}", ended.error);
        let named = ended
            .error
            .iter()
            .any(|note| note.contains("is not UTF-8 from byte"));
        assert!(named, "{:?}", ended.error);
    }

    let again = place.run(&["--history", "20000"], b"");
    let history = again.output.iter().filter_map(|line| Object::message(line));
    let history: Vec<_> = history.filter_map(|object| object.text).collect();
    assert_eq!(history.get(..accepted.len()), Some(&echoes[..]));
    let shown = harmless_at_a_terminal(&place);

    let changed = strings
        .texts
        .iter()
        .zip(&fates)
        .filter(|(text, fate)| fate.as_ref().is_ok_and(|sent| sent != *text));
    println!(
        "hostile strings: {}",
        strings.texts.len() + strings.bytes.len()
    );
    println!(
        "read back byte for byte: {}, {} of them after NFC",
        accepted.len(),
        changed.count()
    );
    println!("refused: {}", refused.len() + strings.bytes.len());
    println!("  {} not UTF-8", strings.bytes.len());
    let reasons = fates.iter().filter_map(|fate| fate.as_ref().err());
    for (why, count) in counted(reasons) {
        println!("  {count} {why}");
    }
    println!("bytes shown at a terminal without a control character but line ends: {shown}");
}

/// Shows the room at a terminal, and looks at every byte.
fn harmless_at_a_terminal(place: &Place) -> usize {
    let state = place.directory.path().join("state");
    let url = place.server.url();
    let args = [
        "--plain", "--server", &url, "--room", "hostile", "--nick", "reader",
    ];
    let args = [&args[..], &["--history", "20000", "--follow"]].concat();
    let env = [("CHAT_TUI_STATE", state.to_str().expect("a path in UTF-8"))];
    let pty = Pty::spawn(PROGRAM, &args, &env, (80, 24), Answers::AtOnce);
    pty.wait_for_text("connected: in hostile as reader");
    // What a person types is checked in the same way, and its refusal shown harmlessly.
    pty.send("the last word\r");
    pty.wait_for_text("reader: the last word");
    pty.send("/quit\r");
    let (exit, screen) = pty.finish();
    assert_eq!(exit, Exit::Code(0), "{}", screen.lines.join("\n"));
    let text = String::from_utf8(screen.bytes).expect("UTF-8");
    // The terminal's driver, not the program, turns a line feed into both.
    for (at, c) in text.replace("\r\n", "\n").char_indices() {
        let line_end = c == '\n';
        let bidi = matches!(c, '\u{61C}' | '\u{200E}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        assert!(
            line_end || !(c.is_control() || bidi),
            "U+{:04X} at byte {at}",
            u32::from(c)
        );
    }
    assert_eq!(screen.title, None);
    assert_eq!((screen.bells, screen.clipboard), (0, None));
    text.len()
}
