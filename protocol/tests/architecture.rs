//! Who may import whom, held by a test: the map of `docs/development.md` in a form that fails.
#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test that cannot go on fails"
)]

use std::path::{Path, PathBuf};

/// A part of the tree, and what its sources never name.
struct Rule {
    /// A file without `.rs`, which stands for the folder of that name too.
    part: &'static str,
    /// The reason, for who breaks it.
    because: &'static str,
    never: &'static [&'static str],
}

const WAITING: &[&str] = &[
    "tokio",
    "tungstenite",
    "hyper",
    "std::fs",
    "std::thread",
    "std::sync::Mutex",
    "std::sync::RwLock",
    "Instant::now",
    "SystemTime",
    "std::net::Tcp",
    "getrandom",
    "tracing",
    "rustix",
    "std::env",
];

const RULES: &[Rule] = &[
    Rule {
        part: "protocol/src",
        because: "the contract does no I/O",
        never: WAITING,
    },
    Rule {
        part: "chat-server/src/record",
        because: "it only holds words",
        never: WAITING,
    },
    Rule {
        part: "chat-server/src/engine",
        because: "the rules never wait",
        never: WAITING,
    },
    Rule {
        part: "chat-server/src/engine",
        because: "the rules know no store and no socket",
        never: &["crate::history", "crate::shell", "rusqlite", "redis::"],
    },
    Rule {
        part: "chat-server/src/history",
        because: "the store knows no rules and no socket",
        never: &["crate::engine", "crate::shell", "tungstenite", "hyper"],
    },
    Rule {
        part: "chat-server/src/shell",
        because: "SQL and Redis stand in the store",
        never: &["rusqlite", "redis::"],
    },
    Rule {
        part: "chat-tui/src/text",
        because: "it knows nobody",
        never: &[
            "crate::model",
            "crate::session",
            "crate::update",
            "crate::view",
            "crate::shell",
            "protocol::",
            "ratatui",
        ],
    },
    Rule {
        part: "chat-tui/src/text",
        because: "strings never wait",
        never: WAITING,
    },
    Rule {
        part: "chat-tui/src/session",
        because: "the rules never wait",
        never: WAITING,
    },
    Rule {
        part: "chat-tui/src/session",
        because: "it does not know how news is shown",
        never: &[
            "crate::model",
            "crate::update",
            "crate::view",
            "crate::shell",
            "crate::text",
            "ratatui",
            "crossterm",
        ],
    },
    Rule {
        part: "chat-tui/src/model",
        because: "what is true never waits",
        never: WAITING,
    },
    Rule {
        part: "chat-tui/src/model",
        because: "it knows neither who changes nor who draws it",
        never: &["crate::update", "crate::view", "crate::shell", "crossterm"],
    },
    Rule {
        part: "chat-tui/src/update",
        because: "the rules never wait",
        never: WAITING,
    },
    Rule {
        part: "chat-tui/src/update",
        because: "it does not know what it looks like",
        never: &["crate::view", "crate::shell", "ratatui", "crossterm"],
    },
    Rule {
        part: "chat-tui/src/view",
        because: "drawing never waits",
        never: WAITING,
    },
    Rule {
        part: "chat-tui/src/view",
        because: "drawing changes nothing",
        never: &["crate::update", "crate::shell", "crossterm", "&mut Model"],
    },
];

/// A crate that stands in one part only.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("rusqlite", &["chat-server/src/history"]),
    ("hyper", &["chat-server/src/shell"]),
    (
        "tungstenite",
        &["chat-server/src/shell", "chat-tui/src/shell/connection"],
    ),
    ("crossterm", &["chat-tui/src/shell/terminal"]),
    ("termina::", &["chat-tui/src/shell/terminal"]),
    (
        "chat_server",
        &[
            "chat-server/src/main",
            "chat-server/src/arguments",
            "chat-tui/src/shell/host",
        ],
    ),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All sources that are no tests, by their path from the root.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if name == "tests" || name == "simulation" {
                continue;
            }
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for name in ["protocol", "chat-server", "chat-tui"] {
        walk(&root().join(name).join("src"), &mut found);
    }
    let relative = |path: &Path| {
        path.strip_prefix(root())
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/")
    };
    found
        .iter()
        .map(|path| {
            (
                relative(path),
                code(&std::fs::read_to_string(path).unwrap()),
            )
        })
        .collect()
}

/// A source without comments and without the tests that stand at its end.
fn code(source: &str) -> String {
    let end = source
        .find("#[cfg(test)]\nmod tests {")
        .unwrap_or(source.len());
    let lines = source[..end].lines();
    let code: Vec<_> = lines
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    code.join("\n")
}

fn is_in(file: &str, part: &str) -> bool {
    file == format!("{part}.rs")
        || file
            .strip_prefix(part)
            .is_some_and(|rest| rest.starts_with('/'))
}

#[test]
fn nobody_imports_what_stands_above_or_waits_in_the_core() {
    let mut broken = Vec::new();
    for (file, code) in sources() {
        for rule in RULES.iter().filter(|rule| is_in(&file, rule.part)) {
            for word in rule.never.iter().filter(|word| code.contains(**word)) {
                broken.push(format!("{file} names {word}, but {}", rule.because));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn crates_stand_where_they_belong() {
    let mut broken = Vec::new();
    for (file, code) in sources() {
        for (word, parts) in ONLY_IN {
            if code.contains(word) && !parts.iter().any(|part| is_in(&file, part)) {
                broken.push(format!("{file} names {word}, which belongs into {parts:?}"));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn the_rules_see_the_tree() {
    let files: Vec<String> = sources().into_iter().map(|(file, _)| file).collect();
    for rule in RULES {
        assert!(
            files.iter().any(|file| is_in(file, rule.part)),
            "{} is gone",
            rule.part
        );
    }
    assert_eq!(
        code("use a;\n// tokio\n#[cfg(test)]\nmod tests {\nuse tokio;\n"),
        "use a;"
    );
}
