//! No text of the interface stands outside of the table of sentences, where it would be in one language only.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Where the interface is made.
const PARTS: [&str; 4] = ["view", "update", "model", "shell"];

/// Files whose texts are no sentences of the interface, and what they are.
const OTHERS: &[(&str, &str)] = &[
    ("model/words/table.rs", "the table itself"),
    ("model/log/clock.rs", "dates and times, in each language"),
    ("model/mention.rs", "particles that follow a nick"),
    ("shell/line_mode/args.rs", "the help of the command line"),
    (
        "shell/line_mode/drive",
        "the contract of the pipe, in English",
    ),
    (
        "shell/line_mode/format",
        "the contract of the pipe, in English",
    ),
    (
        "shell/line_mode/input",
        "the contract of the pipe, in English",
    ),
    (
        "shell/line_mode/plan",
        "the contract of the pipe, in English",
    ),
    (
        "shell/line_mode/recent",
        "the contract of the pipe, in English",
    ),
    ("shell/connection/dial.rs", "errors, told by the table"),
    ("shell/connection/trust.rs", "errors, told by the table"),
    ("shell/keys", "what `chat-tui key` prints"),
    (
        "shell/storage/key_text.rs",
        "what a file of a key says of itself",
    ),
    ("shell/host.rs", "errors of the server that is opened here"),
    ("shell/terminal/session.rs", "why there is no screen at all"),
    ("shell/terminal/tty.rs", "why there is no screen at all"),
];

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name");
        if path.is_dir() {
            if name != "tests" {
                sources(&path, found);
            }
        } else if name != "tests.rs" {
            found.push(path);
        }
    }
}

/// The texts of a source but for those of attributes and tests, and those that stand in both languages.
fn texts(tokens: TokenStream, found: &mut Vec<String>) {
    let mut tokens = tokens.into_iter().peekable();
    let mut is_test = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(sign) if sign.as_char() == '#' => {
                // An attribute of the file itself.
                tokens.next_if(|next| next.to_string() == "!");
                if let Some(TokenTree::Group(attribute)) = tokens.peek() {
                    is_test |= attribute.to_string().replace(' ', "") == "[cfg(test)]";
                    tokens.next();
                }
            }
            TokenTree::Ident(name) if name == "Said" => {
                if matches!(tokens.peek(), Some(TokenTree::Group(_))) {
                    tokens.next();
                }
            }
            TokenTree::Group(group) if is_test && group.delimiter() == Delimiter::Brace => {
                is_test = false;
            }
            TokenTree::Group(group) => texts(group.stream(), found),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if text.starts_with(['"', 'r']) {
                    found.push(text);
                }
            }
            TokenTree::Punct(_) | TokenTree::Ident(_) => {}
        }
    }
}

/// Whether it is Hangul, or three words of English in a row.
fn is_sentence(text: &str) -> bool {
    let is_word = |word: &str| {
        if word.contains('{') {
            return false;
        }
        let word = word.trim_matches(|c: char| !c.is_alphabetic());
        word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase() || c == '\'')
    };
    let words: Vec<&str> = text.split(' ').collect();
    let is_english = words
        .windows(3)
        .any(|three| three.iter().all(|word| is_word(word)));
    is_english || text.chars().any(|c| matches!(c, 'ㄱ'..='ㅣ' | '가'..='힣'))
}

#[test]
fn t16_no_sentence_stands_outside_of_the_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    for part in PARTS {
        sources(&root.join(part), &mut files);
    }
    assert!(files.len() > 100, "{}", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
        if OTHERS.iter().any(|(other, _)| name.starts_with(other)) {
            continue;
        }
        let source = fs::read_to_string(&file).unwrap();
        let mut found = Vec::new();
        texts(source.parse().unwrap(), &mut found);
        let sentences = found.into_iter().filter(|text| is_sentence(text));
        wrong.extend(sentences.map(|text| format!("{name}: {text}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn t16_a_sentence_is_known_from_a_name() {
    for sentence in [
        "no such room",
        "! {0} is not here",
        "안녕",
        "this is not (yet) done",
    ] {
        assert!(is_sentence(sentence), "{sentence}");
    }
    for name in [
        "Ctrl+K",
        "pagedown",
        "{nick}: {text}",
        "xdg-open",
        "set x",
        "",
    ] {
        assert!(!is_sentence(name), "{name}");
    }
    let mut found = Vec::new();
    let source = r#"
        #![doc = "not this one"]
        #[doc = "not this one"] fn f() { g("one text", Said("and not", "this")); }
        #[cfg(test)] mod tests { const A: &str = "not that"; }
        const B: &str = "another text"; // not this
    "#;
    texts(source.parse().unwrap(), &mut found);
    assert_eq!(found, ["\"one text\"", "\"another text\""]);
}
