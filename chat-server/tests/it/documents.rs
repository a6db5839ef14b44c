//! The documents say of the real program what it has, and lead somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::flags::{Document, all, check_flags};
use crate::support::Process;

const SERVER: &str = include_str!("../../../docs/server.md");

fn said_by(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_chat-server"))
        .args(arguments)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn they_name_every_flag_of_the_server_and_no_other() {
    check_flags("chat-server", &said_by(&["--help"]));
}

#[test]
fn each_flag_of_the_readme_stands_behind_its_program() {
    let documents = all();
    let readme = documents
        .iter()
        .find(|document| document.name == "README.md");
    let flags = readme.unwrap().flags();
    assert!(flags.len() > 10, "{flags:?}");
    for (owner, flag) in flags {
        assert!(
            ["chat-server", "chat-tui", "cargo"].contains(&owner.as_str()),
            "{flag}"
        );
    }
}

/// The cells of a table's rows below the line that begins with `head`.
fn rows(text: &str, head: &str) -> Vec<Vec<String>> {
    let lines = text.lines().skip_while(|line| !line.starts_with(head));
    let rows = lines.skip(2).take_while(|line| line.starts_with('|'));
    let cells = |row: &str| row.split('|').map(|cell| cell.trim().to_owned()).collect();
    rows.map(cells).collect()
}

#[test]
fn the_limits_have_the_defaults_that_they_say() {
    let list = said_by(&["--limit", "help"]);
    let heads = list.lines().filter(|line| !line.starts_with(' '));
    let known: BTreeSet<&str> = heads.map(|head| head.split(' ').next().unwrap()).collect();
    let rows = rows(SERVER, "| limit |");
    let told: BTreeSet<String> = rows
        .iter()
        .flat_map(|row| {
            let names = row[1].split(", ").map(|name| name.trim_matches('`'));
            let values = row[2].split(", ");
            assert_eq!(names.clone().count(), values.clone().count(), "{row:?}");
            names
                .zip(values)
                .map(|(name, value)| format!("{name}={value}"))
        })
        .collect();
    assert_eq!(
        told.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        known
    );
}

#[tokio::test]
async fn the_metrics_are_those_that_are_told() {
    let directory = tempfile::tempdir().unwrap();
    let server = Process::start_watched(directory.path(), &[]).await;
    // Some are told from the first write on.
    assert_eq!(server.tells("/readyz").await.0, 200);
    let (_, text) = server.tells("/metrics").await;
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let known: BTreeSet<(&str, &str)> = types.filter_map(|line| line.split_once(' ')).collect();
    let rows = rows(SERVER, "| metric |");
    let told: BTreeSet<(&str, &str)> = rows
        .iter()
        .flat_map(|row| {
            let names = row[1].split(", ").map(|name| name.trim_matches('`'));
            names.map(|name| (name.split('{').next().unwrap(), row[2].as_str()))
        })
        .collect();
    assert!(known.len() > 15, "{text}");
    assert_eq!(told, known);
}

/// What a heading is called in a link.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().replace(' ', "-")
}

fn leads_somewhere(document: &Document, target: &str) -> bool {
    let (file, part) = target.split_once('#').unwrap_or((target, ""));
    let file = if file.is_empty() {
        document.path.clone()
    } else {
        document.path.parent().unwrap().join(file)
    };
    let has_part = |file: &Path| {
        let text = fs::read_to_string(file).unwrap();
        let mut headings = text.lines().filter(|line| line.starts_with('#'));
        headings.any(|heading| anchor(heading) == part)
    };
    file.exists() && (part.is_empty() || has_part(&file))
}

#[test]
fn every_link_between_them_leads_somewhere() {
    let mut links = 0;
    for document in all() {
        for part in document.text.split("](").skip(1) {
            let target = part.split(')').next().unwrap();
            if target.starts_with("https://") {
                continue;
            }
            links += 1;
            assert!(
                leads_somewhere(&document, target),
                "{}: {target}",
                document.name
            );
        }
    }
    assert!(links > 20, "{links}");
}
