//! How fast a call goes.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep_until};

/// How fast the time of a call goes by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// A second of the call is a second.
    Real,
    /// As fast as it can: nobody waits but for answers, and these take no time of the call.
    /// What a session does depends on nothing but its caller and the answers.
    Fast,
    /// So many times as fast as real.
    Times(f64),
}

impl Pace {
    /// Seconds of a call in one of the clock's; `None` where nobody waits.
    fn factor(self) -> Option<f64> {
        match self {
            Pace::Real => Some(1.0),
            Pace::Fast => None,
            Pace::Times(times) if times.is_finite() && times > 0.0 => Some(times),
            Pace::Times(_) => Some(1.0),
        }
    }
}

/// The time of one call beside that of the clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    factor: Option<f64>,
    /// When the call began, by both.
    origin: Instant,
    begun: Timestamp,
}

impl Clock {
    pub fn new(pace: Pace, origin: Instant, begun: Timestamp) -> Self {
        Clock {
            factor: pace.factor(),
            origin,
            begun,
        }
    }

    /// When what happens at this time of the call is due.
    pub fn due(&self, time: Timestamp) -> Instant {
        let Some(factor) = self.factor else {
            return Instant::now();
        };
        let seconds = time.duration_since(self.begun).as_secs_f64() / factor;
        let since = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX);
        // Behind every time that a clock can show nobody waits any more.
        self.origin.checked_add(since).unwrap_or(self.origin)
    }

    /// The time of the call as the clock has it now; `None` where no time goes by.
    pub fn now(&self) -> Option<Timestamp> {
        let factor = self.factor?;
        let seconds = self.origin.elapsed().as_secs_f64() * factor;
        let since = SignedDuration::try_from_secs_f64(seconds).ok()?;
        self.begun.checked_add(since).ok()
    }

    /// Waits until this time of the call.
    pub async fn wait_until(&self, time: Timestamp) {
        if self.factor.is_some() {
            sleep_until(self.due(time)).await;
        }
    }

    /// Nobody waits but for answers.
    pub fn is_fast(&self) -> bool {
        self.factor.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times() -> (Timestamp, Timestamp) {
        let begun: Timestamp = "2026-03-02T02:00:00Z".parse().unwrap();
        (begun, begun + SignedDuration::from_secs(30))
    }

    #[tokio::test(start_paused = true)]
    async fn real_time_goes_by_as_fast_as_the_clock_and_others_faster() {
        for (pace, seconds) in [
            (Pace::Real, 30.0),
            (Pace::Times(10.0), 3.0),
            (Pace::Times(f64::NAN), 30.0),
        ] {
            let (begun, later) = times();
            let origin = Instant::now();
            let clock = Clock::new(pace, origin, begun);
            clock.wait_until(later).await;
            let took = origin.elapsed().as_secs_f64();
            // A clock of tokio's has steps of a millisecond.
            assert!(
                (seconds..seconds + 0.002).contains(&took),
                "{pace:?}: {took}"
            );
            assert!(clock.now().is_some_and(|now| now >= later));
            assert_eq!(clock.due(begun), origin);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_where_it_goes_as_fast_as_it_can() {
        let (begun, later) = times();
        let origin = Instant::now();
        let clock = Clock::new(Pace::Fast, origin, begun);
        clock.wait_until(later).await;
        assert_eq!(origin.elapsed(), Duration::ZERO);
        assert_eq!((clock.now(), clock.is_fast()), (None, true));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_late_was_due_when_it_should_have_been() {
        let (begun, later) = times();
        let origin = Instant::now();
        let clock = Clock::new(Pace::Real, origin, begun);
        tokio::time::advance(Duration::from_secs(45)).await;
        assert_eq!(clock.due(later), origin + Duration::from_secs(30));
    }
}
