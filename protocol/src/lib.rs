//! x

pub mod names;
