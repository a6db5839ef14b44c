//! The documents, and which flag of which program they name.
//!
//! A flag in code belongs to the program that was named last before it. One that stands alone belongs to the program that its document is
//! about; the README is about both, so there every flag stands behind its program.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each document is about, where it is one program.
const ABOUT: [(&str, &str); 5] = [
    ("docs/client.md", "chat-tui"),
    ("docs/scripts.md", "chat-tui"),
    ("docs/server.md", "chat-server"),
    ("docs/nodes.md", "chat-server"),
    ("deploy/README.md", "chat-server"),
];

const PROGRAMS: [&str; 2] = ["chat-server", "chat-tui"];

/// A text for people.
pub(crate) struct Document {
    /// From the root of the repository.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// All of them.
pub(crate) fn all() -> Vec<Document> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut paths = vec![root.join("README.md"), root.join("deploy/README.md")];
    let docs = fs::read_dir(root.join("docs")).unwrap();
    paths.extend(docs.map(|entry| entry.unwrap().path()));
    paths.retain(|path| path.extension().is_some_and(|end| end == "md"));
    paths.sort();
    let document = |path: PathBuf| Document {
        name: path.strip_prefix(root).unwrap().display().to_string(),
        text: fs::read_to_string(&path).unwrap(),
        path,
    };
    paths.into_iter().map(document).collect()
}

impl Document {
    /// The flags of a program that it names.
    pub(crate) fn flags_of(&self, program: &str) -> BTreeSet<String> {
        let named = self.flags().into_iter();
        let of_it = named.filter(|(owner, _)| owner == program);
        of_it.map(|(_, flag)| flag).collect()
    }

    /// Each flag with the program that it belongs to; another program's name, or nothing, where it is none of ours.
    pub(crate) fn flags(&self) -> Vec<(String, String)> {
        let about = ABOUT.iter().find(|(name, _)| *name == self.name);
        let about = about.map_or("", |(_, program)| program);
        let mut found = Vec::new();
        let mut prose = String::new();
        for (at, part) in self.text.split("```").enumerate() {
            if at % 2 == 0 {
                prose.push_str(part);
            } else {
                for line in part.replace("\\\n", " ").lines() {
                    flags_in(line, about, &mut found);
                }
            }
        }
        for span in prose.split('`').skip(1).step_by(2) {
            flags_in(span, about, &mut found);
        }
        found
    }
}

fn flags_in(code: &str, about: &str, found: &mut Vec<(String, String)>) {
    let mut owner = about.to_owned();
    let mut is_begin = true;
    for word in code.split_whitespace() {
        let name = word.rsplit('/').next().unwrap();
        if let Some(flag) = word.strip_prefix("--").filter(|flag| !flag.is_empty()) {
            let end = |c: char| !c.is_ascii_lowercase() && c != '-';
            let flag = flag.split(end).next().unwrap();
            found.push((owner.clone(), format!("--{flag}")));
        } else if is_begin || PROGRAMS.contains(&name) && owner != "cargo" {
            name.clone_into(&mut owner);
        } else if word == "--" {
            let runs = PROGRAMS
                .iter()
                .find(|program| code.contains(&format!("cargo run --release -p {program}")));
            runs.copied().unwrap_or_default().clone_into(&mut owner);
        }
        is_begin = ["|", "||", "&&", ";"].contains(&word) || word.ends_with(';');
    }
}

/// The flags that a program's help names.
pub(crate) fn flags_of_help(help: &str) -> BTreeSet<String> {
    let words = help.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let flags = words.filter(|word| word.starts_with("--") && word.len() > 2);
    flags.map(str::to_owned).collect()
}

/// That all documents name exactly the flags that a program has, but for those by which it tells of itself.
pub(crate) fn check_flags(program: &str, help: &str) {
    let known = flags_of_help(help);
    let mut named = BTreeSet::new();
    for document in all() {
        let flags = document.flags_of(program);
        let unknown: Vec<_> = flags.difference(&known).collect();
        assert!(
            unknown.is_empty(),
            "{}: {program} has no {unknown:?}",
            document.name
        );
        named.extend(flags);
    }
    named.extend(["--help", "--version"].map(str::to_owned));
    let untold: Vec<_> = known.difference(&named).collect();
    assert!(untold.is_empty(), "no document names {program} {untold:?}");
}
