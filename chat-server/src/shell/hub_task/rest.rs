//! How long the hub rests after a fan-out, so that a large room's messages come together in one write a member.

use std::time::Duration;

/// The rest after a fan-out, for each delivery: what is committed meanwhile goes out in one write a member instead of many. A
/// write costs a tenth of it, so a busy room costs a tenth of a core and not all of it.
const REST_A_DELIVERY: Duration = Duration::from_micros(50);

/// The longest rest; nobody sees a message that much later.
const REST_MAX: Duration = Duration::from_millis(6);

/// Events of one fan-out that make a write worth its cost; with a multiple of them the rest is a fraction, so that it does not hold
/// up what is batched anyway.
const EVENTS_A_WRITE: usize = 4;

/// With so many messages on their way to the store there is no rest: what comes next is a batch without it, and resting would only
/// hold back senders that wait for their acknowledgement.
pub(super) const BATCHED_BY_ITSELF: usize = 4;

/// Below this there is no rest, as timers are no finer: small rooms hear everything at once.
pub(super) const REST_MIN: Duration = Duration::from_millis(1);

/// How long the hub rests after a fan-out.
pub(super) fn rest(members: usize, events: usize) -> Duration {
    let members = u32::try_from(members).unwrap_or(u32::MAX);
    let writes = u32::try_from(events / EVENTS_A_WRITE).unwrap_or(u32::MAX);
    REST_A_DELIVERY.saturating_mul(members).min(REST_MAX) / writes.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_large_rooms_rest_and_not_for_long() {
        assert!(rest(19, 1) < REST_MIN);
        assert_eq!(rest(20, 7), REST_MIN);
        assert_eq!(rest(119, 1), Duration::from_micros(5_950));
        assert_eq!(rest(5_000, 1), REST_MAX);
        assert_eq!(rest(5_000, 16), REST_MAX / 4);
        assert!(rest(5_000, 64) < REST_MIN);
    }
}
