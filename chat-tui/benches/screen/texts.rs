//! What is said: real Korean chat, the same for every program.

/// The room, or channel.
pub(crate) const ROOM: &str = "lobby";

/// What echoes are known by: no text and no sequence of a terminal has it.
pub(crate) const KEY: &[u8] = b"~";

/// Letters of a mark.
const MARK_LETTERS: usize = 8;

/// Most bytes of a text, so that it fits into a line of IRC.
const TEXT_BYTES_MAX: usize = 300;

const KOREAN: &str = include_str!("../../tests/data/chat-ko-dialogue.jsonl");
const COMMUNITY: &str = include_str!("../../tests/data/chat-ko-community.jsonl");

#[derive(serde::Deserialize)]
struct Line {
    text: String,
}

/// Texts without end, each with a mark by which it is known on a screen.
pub(crate) struct Texts {
    texts: Vec<String>,
    next: usize,
}

impl Texts {
    /// From the first one on.
    pub(crate) fn new() -> Self {
        Self {
            texts: [KOREAN, COMMUNITY].into_iter().flat_map(lines).collect(),
            next: 0,
        }
    }

    /// The next text and its mark.
    pub(crate) fn next(&mut self) -> (String, Vec<u8>) {
        let n = self.next;
        self.next += 1;
        let mark = mark(n);
        (
            format!("{mark} {}", self.texts[n % self.texts.len()]),
            mark.into_bytes(),
        )
    }

    /// The next texts and the mark of the last one.
    pub(crate) fn take(&mut self, count: usize) -> (Vec<String>, Vec<u8>) {
        let mut mark = Vec::new();
        let mut texts = Vec::with_capacity(count);
        for _ in 0..count {
            let (text, next) = self.next();
            texts.push(text);
            mark = next;
        }
        (texts, mark)
    }
}

/// Eight capitals. Two marks that stand near each other have another letter in each column, so that a program that writes only the
/// cells that changed writes the whole mark.
fn mark(n: usize) -> String {
    const LETTERS: usize = 26;
    const STEP: usize = 3;
    (0..MARK_LETTERS)
        .map(|column| {
            let letter = (n + column * STEP) % LETTERS;
            char::from(b'A' + u8::try_from(letter).unwrap())
        })
        .collect()
}

fn lines(source: &str) -> Vec<String> {
    let lines = source.lines().map(|line| {
        let line: Line = serde_json::from_str(line).unwrap();
        line.text
    });
    lines
        .filter(|text| {
            text.len() <= TEXT_BYTES_MAX
                && !text.is_empty()
                && !text.contains(|c: char| c == '~' || c.is_control())
        })
        .collect()
}
