//! The screen, drawn: keys and news go in, effects and literal screens come out. No terminal, no network.

// Tests all of it; said so that the lints know their helpers for tests too.
#[cfg(test)]
mod support;

#[cfg(test)]
mod commands;
#[cfg(test)]
mod finding;
#[cfg(test)]
mod folding;
#[cfg(test)]
mod form;
#[cfg(test)]
mod formers;
#[cfg(test)]
mod glyphs;
mod hours;
#[cfg(test)]
mod input;
#[cfg(test)]
mod late;
#[cfg(test)]
mod lines;
mod links;
mod literals;
#[cfg(test)]
mod look;
#[cfg(test)]
mod mouse;
#[cfg(test)]
mod notify;
#[cfg(test)]
mod outage;
#[cfg(test)]
mod past;
#[cfg(test)]
mod pastes;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod random;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod reading_mode;
#[cfg(test)]
mod rebound;
#[cfg(test)]
mod replies;
#[cfg(test)]
mod room;
#[cfg(test)]
mod sizes;
#[cfg(test)]
mod svg;
#[cfg(test)]
mod themes;
#[cfg(test)]
mod whole;
