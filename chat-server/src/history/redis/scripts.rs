//! The scripts that run inside Redis. Each begins with what all of them share, `scripts/shared.lua`.

use redis::{Cmd, Pipeline};

use super::people_scripts::PeopleScripts;

/// Behind the first line of each script.
const SHARED: &str = include_str!("scripts/shared.lua");

/// One script.
#[derive(Debug)]
pub(super) struct Script {
    code: String,
    /// What Redis calls it.
    hash: String,
}

/// All scripts.
#[derive(Debug)]
pub(super) struct Scripts {
    /// The era of the store.
    pub(super) store: Script,
    /// Who is who and where.
    pub(super) people: PeopleScripts,
}

impl Default for Scripts {
    fn default() -> Self {
        Self {
            store: Script::whole(include_str!("scripts/store.lua")),
            people: PeopleScripts::default(),
        }
    }
}

impl Scripts {
    const fn all(&self) -> [&Script; 1] {
        [&self.store]
    }

    /// Adds the commands that load all of them.
    pub(super) fn load(&self, pipeline: &mut Pipeline) {
        for script in self.all().into_iter().chain(self.people.all()) {
            pipeline.cmd("SCRIPT").arg("LOAD").arg(&script.code);
        }
    }
}

impl Script {
    /// A script of which the first line says what it may do.
    pub(super) fn whole(text: &str) -> Self {
        let (head, body) = text.split_once('\n').unwrap_or((text, ""));
        let code = format!("{head}\n{SHARED}\n{body}");
        let hash = redis::Script::new(&code).get_hash().to_owned();
        Self { code, hash }
    }

    /// A script of which the first line says what it may do, with something more before it.
    pub(super) fn behind(more: &str, text: &str) -> Self {
        let (head, body) = text.split_once('\n').unwrap_or((text, ""));
        Self::whole(&format!("{head}\n{more}\n{body}"))
    }

    /// The call of it with these keys; its arguments follow.
    pub(super) fn call(&self, keys: &[String]) -> Cmd {
        let mut call = redis::cmd("EVALSHA");
        call.arg(&self.hash).arg(keys.len()).arg(keys);
        call
    }
}
