//! How often something may be done.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest time that a rate may name, in milliseconds: a day.
const PER_MS_MAX: u64 = 24 * 60 * 60 * 1000;

/// So many times at once, and as many in each such time on and on, spread evenly. In text `5/10s`, with `ms`, `s` or `m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// How many times; at least one.
    pub count: u32,
    /// In which time, in milliseconds; at least one.
    pub per_ms: u64,
}

/// A text that is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a rate is a count and a time, such as 5/10s, both above 0 and the time at most a day")]
pub struct NoRate;

impl Rate {
    /// So many in so many seconds.
    pub const fn new(count: u32, seconds: u32) -> Self {
        Self {
            count,
            per_ms: seconds as u64 * 1000,
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, per_ms } = self;
        if per_ms.is_multiple_of(1000) {
            write!(out, "{count}/{}s", per_ms / 1000)
        } else {
            write!(out, "{count}/{per_ms}ms")
        }
    }
}

impl FromStr for Rate {
    type Err = NoRate;

    fn from_str(text: &str) -> Result<Self, NoRate> {
        let (count, time) = text.split_once('/').ok_or(NoRate)?;
        let (number, unit_ms) = if let Some(number) = time.strip_suffix("ms") {
            (number, 1)
        } else if let Some(number) = time.strip_suffix('s') {
            (number, 1000)
        } else {
            (time.strip_suffix('m').ok_or(NoRate)?, 60_000)
        };
        let count = count.parse().ok().filter(|count| *count > 0);
        let per_ms = number.parse::<u64>().ok();
        let per_ms = per_ms.and_then(|number| number.checked_mul(unit_ms));
        let per_ms = per_ms.filter(|per_ms| (1..=PER_MS_MAX).contains(per_ms));
        Ok(Self {
            count: count.ok_or(NoRate)?,
            per_ms: per_ms.ok_or(NoRate)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_and_shown() {
        for (text, count, per_ms, shown) in [
            ("5/10s", 5, 10_000, "5/10s"),
            ("3/1m", 3, 60_000, "3/60s"),
            ("1/250ms", 1, 250, "1/250ms"),
            ("1/1440m", 1, 86_400_000, "1/86400s"),
        ] {
            let rate: Rate = text.parse().unwrap();
            assert_eq!(rate, Rate { count, per_ms });
            assert_eq!(rate.to_string(), shown);
        }
        for text in [
            "",
            "5",
            "5/",
            "5/10",
            "/10s",
            "0/10s",
            "5/0s",
            "-1/1s",
            "5/1h",
            "5/1441m",
            "5/ 1s",
            "4294967296/1s",
            "5/18446744073709551615s",
        ] {
            assert_eq!(text.parse::<Rate>(), Err(NoRate), "{text}");
        }
    }
}
