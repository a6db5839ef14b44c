//! The scripts that run inside Redis. Each begins with what all of them share, `scripts/shared.lua`.

use redis::{Cmd, Pipeline};

use super::people_scripts::PeopleScripts;
use crate::faults::{self, Mutant};

/// Behind the first line of each script.
const SHARED: &str = include_str!("scripts/shared.lua");

/// What raises the era of a room, which a mutant leaves out.
const ERA_CHECK: &str = "elseif found[5] ~= id or is_lost then";

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
    /// Appends messages to a room.
    pub(super) publish: Script,
    /// Lets messages be shown.
    pub(super) confirm: Script,
    /// Gives messages of a room.
    pub(super) room: Script,
    /// Says how far a room is.
    pub(super) look: Script,
    /// Gives messages of a room from a time on backwards.
    pub(super) seek: Script,
}

impl Default for Scripts {
    fn default() -> Self {
        Self {
            store: Script::whole(include_str!("scripts/store.lua")),
            people: PeopleScripts::default(),
            publish: Script::whole(include_str!("scripts/publish.lua")),
            confirm: Script::whole(include_str!("scripts/confirm.lua")),
            room: Script::whole(include_str!("scripts/room.lua")),
            look: Script::whole(include_str!("scripts/look.lua")),
            seek: Script::whole(include_str!("scripts/seek.lua")),
        }
    }
}

impl Scripts {
    const fn all(&self) -> [&Script; 6] {
        [
            &self.store,
            &self.publish,
            &self.confirm,
            &self.room,
            &self.look,
            &self.seek,
        ]
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
        let mut code = format!("{head}\n{SHARED}\n{body}");
        if faults::mutant(Mutant::EraCheckOff) {
            code = code.replace(ERA_CHECK, "elseif false then");
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_era_is_checked_in_one_place_that_a_mutant_can_leave_out() {
        assert_eq!(SHARED.matches(ERA_CHECK).count(), 1);
        let scripts = Scripts::default();
        for script in scripts.all() {
            assert!(script.code.starts_with("#!lua"), "{}", script.code);
            assert_eq!(script.hash.len(), 40);
        }
    }
}
