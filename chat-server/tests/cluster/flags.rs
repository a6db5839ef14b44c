//! Each flag that a file of `deploy/` gives the server is one that it has.

use std::process::Command;

const FILES: [(&str, &str); 4] = [
    (
        "chat-server.service",
        include_str!("../../../deploy/chat-server.service"),
    ),
    (
        "chat-server@.service",
        include_str!("../../../deploy/chat-server@.service"),
    ),
    ("compose.yaml", include_str!("../../../deploy/compose.yaml")),
    ("Dockerfile", include_str!("../../../deploy/Dockerfile")),
];

/// The words of a file that are flags of the server: those of the lines that start it, or of the list of its words.
fn flags(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim_start);
    let ours = lines.filter(|line| {
        [
            "ExecStart=/usr/local/bin/chat-server",
            "- --",
            "ENTRYPOINT",
            "CMD",
        ]
        .iter()
        .any(|begin| line.starts_with(begin))
    });
    let words = ours.flat_map(|line| line.split([' ', '=', '"', ',']));
    words
        .filter(|word| word.starts_with("--"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_server_has_every_flag_that_it_is_given() {
    let help = Command::new(env!("CARGO_BIN_EXE_chat-server"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let known: Vec<&str> = help
        .split([' ', ',', '\n'])
        .filter(|word| word.starts_with("--"))
        .collect();
    for (file, text) in FILES {
        let flags = flags(text);
        assert!(!flags.is_empty(), "{file}");
        for flag in flags {
            assert!(
                known.contains(&flag.as_str()),
                "{file} has {flag}, the server has {known:?}"
            );
        }
    }
    // What the unit leaves to the environment.
    assert!(FILES[1].1.contains("\nEnvironment=CHAT_REDIS=redis://"));
    assert!(help.contains("[env: CHAT_REDIS"), "{help}");
}
