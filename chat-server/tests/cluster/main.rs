//! What stands around the servers where there are several: Redis, its Sentinels and nginx, each a real process of its own.

#[cfg(test)]
#[path = "../programs/programs.rs"]
mod programs;

#[cfg(test)]
mod around;
