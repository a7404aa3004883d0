//! When a failed request is made again, and after how long.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use crate::{Error, Options, Progress, Result};

/// Counts the failures in a row of one request.
pub(crate) struct Retry<'a> {
    options: &'a Options,
    progress: &'a dyn Progress,
    failures: u32,
}

impl<'a> Retry<'a> {
    pub(crate) fn new(options: &'a Options, progress: &'a dyn Progress) -> Self {
        Self {
            options,
            progress,
            failures: 0,
        }
    }

    /// The last attempt brought something: a long file over a bad line may fail more often than a short one.
    pub(crate) fn forgive(&mut self) {
        self.failures = 0;
    }

    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// Waits before another attempt, or hands the error back when there will be none.
    pub(crate) async fn pause(&mut self, error: Error) -> Result<()> {
        self.failures += 1;
        let wait = match another_try(&error) {
            Again::Never => return Err(error),
            Again::Later => self.backoff(),
            Again::After(wait) if wait > self.options.patience => return Err(error),
            Again::After(wait) => wait,
        };
        if self.failures >= self.options.tries {
            return Err(error);
        }
        self.progress.note(&format!(
            "{error}; trying again in {:.1} s",
            wait.as_secs_f32()
        ));
        tracing::debug!(%error, ?wait, failures = self.failures, "trying again");
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// Doubles with each failure, and is a random part shorter so that many clients do not come back at once.
    fn backoff(&self) -> Duration {
        let doubled = self
            .options
            .first_pause
            .saturating_mul(1 << (self.failures - 1).min(16));
        // The keys of a new hasher are the standard library's only randomness; no more is needed here.
        let random = RandomState::new().build_hasher().finish() as f64 / u64::MAX as f64;
        doubled
            .min(self.options.longest_pause)
            .mul_f64(1.0 - random / 2.0)
    }
}

enum Again {
    Never,
    Later,
    /// The server said when.
    After(Duration),
}

/// Whether the same request may go better next time.
fn another_try(error: &Error) -> Again {
    let wait = match error {
        Error::Connect { .. } | Error::Cut { .. } | Error::Timeout { .. } => None,
        Error::RateLimited { wait, .. } => *wait,
        // A storage host says 403 when the signature of an address is out of date; the hub's own 403 is another error.
        Error::Server { status, wait, .. }
            if *status >= 500 || matches!(status, 403 | 408 | 425) =>
        {
            *wait
        }
        _ => return Again::Never,
    };
    wait.map_or(Again::Later, Again::After)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_below_the_longest() {
        let options = Options::default();
        let mut retry = Retry::new(&options, &());
        for (failures, longest) in [(1, 500), (2, 1000), (3, 2000), (40, 10_000)] {
            retry.failures = failures;
            let pause = retry.backoff();
            let longest = Duration::from_millis(longest);
            assert!(
                pause >= longest / 2 && pause <= longest,
                "{failures}: {pause:?}"
            );
        }
    }
}
