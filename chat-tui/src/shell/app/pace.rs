//! When the screen is drawn: at once for what the person does, and so often at most for what others do.

use std::time::Duration;

/// Time between two frames that only what others said asks for. The first one after a quiet moment does not wait, nor does one that
/// a key asks for, so nobody sees it; a flood costs so many frames a second at most.
pub(super) const FRAME_REST: Duration = Duration::from_millis(8);

/// Which frame is due, and when.
#[derive(Debug, Default)]
pub(super) struct Pace {
    drawn: Option<Duration>,
    wanted: Wanted,
}

/// How much something that happened wants to be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wanted {
    /// Nothing is to be seen of it.
    #[default]
    Nothing,
    /// Somebody else did it.
    Soon,
    /// The person did it and waits for it, or time or the terminal did.
    Now,
}

impl Pace {
    /// Something happened.
    pub(super) fn want(&mut self, wanted: Wanted) {
        self.wanted = self.wanted.max(wanted);
    }

    /// When the next frame is due; never while nothing happens.
    pub(super) fn due(&self) -> Option<Duration> {
        match self.wanted {
            Wanted::Nothing => None,
            Wanted::Now => Some(Duration::ZERO),
            Wanted::Soon => {
                let rested = self.drawn.map(|drawn| drawn.saturating_add(FRAME_REST));
                Some(rested.unwrap_or_default())
            }
        }
    }

    /// A frame was drawn at this time.
    pub(super) fn drawn(&mut self, now: Duration) {
        self.drawn = Some(now);
        self.wanted = Wanted::Nothing;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_frame_is_due_when_something_happened_and_never_else() {
        let mut pace = Pace::default();
        assert_eq!(pace.due(), None);
        pace.want(Wanted::Soon);
        assert_eq!(pace.due(), Some(ms(0)));
        pace.drawn(ms(100));
        assert_eq!(pace.due(), None);
        pace.want(Wanted::Soon);
        assert_eq!(pace.due(), Some(ms(108)));
    }

    #[test]
    fn t46_what_the_person_does_is_shown_at_once() {
        let mut pace = Pace::default();
        pace.drawn(ms(100));
        pace.want(Wanted::Now);
        pace.want(Wanted::Soon);
        assert_eq!(pace.due(), Some(ms(0)));
    }

    #[test]
    fn t49_a_flood_costs_a_bounded_number_of_frames() {
        let mut pace = Pace::default();
        let mut frames = 0;
        // 20,000 messages within two seconds.
        for tenths in 0..20_000 {
            let now = Duration::from_micros(tenths * 100);
            pace.want(Wanted::Soon);
            if pace.due().is_some_and(|due| due <= now) {
                pace.drawn(now);
                frames += 1;
            }
        }
        assert_eq!(frames, 250);
        // The last of them is not forgotten.
        assert!(pace.due().is_some());
    }
}
