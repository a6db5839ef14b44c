//! What stands around the servers where there are several: Redis, its Sentinels and nginx as real processes, and the files of `deploy/`.

#[cfg(test)]
#[path = "../programs/programs.rs"]
#[expect(dead_code, unused_imports, reason = "other tests use more of it")]
mod programs;

#[cfg(test)]
mod around;
#[cfg(test)]
mod compose;
#[cfg(test)]
mod ending;
#[cfg(test)]
mod flags;
#[cfg(test)]
mod redis_settings;
#[cfg(test)]
mod units;
