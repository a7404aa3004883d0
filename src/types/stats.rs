use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::seconds;

/// What a model is doing, and has done since it was loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stats {
    /// Sequences that are being computed, and those that wait for their turn.
    pub running: u64,
    pub waiting: u64,
    pub blocks_used: u64,
    /// Blocks that hold what an earlier sequence left for later ones.
    pub blocks_cached: u64,
    pub blocks_total: u64,
    pub cache_bytes: u64,
    pub requests: u64,
    /// Requests that were turned away because too many waited already.
    pub refused: u64,
    /// Answers that their callers gave up, or whose time was up.
    pub abandoned: u64,
    pub steps: u64,
    pub prompt_tokens: u64,
    /// Of the prompt tokens, those that were there from earlier.
    pub cached_tokens: u64,
    /// Prompts that found a beginning of theirs in the cache.
    pub prefix_hits: u64,
    pub completion_tokens: u64,
    pub evictions: u64,
    pub preemptions: u64,
    /// Tokens that speculation proposed, and those that were right.
    pub drafted_tokens: u64,
    pub accepted_tokens: u64,
    /// From a request to its first token.
    pub first_token: Histogram,
    /// From one token of an answer to the next.
    pub inter_token: Histogram,
}

/// How often something took how long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Histogram {
    /// How many were within each of [`Histogram::BOUNDS`] and beyond the bound before it; the last
    /// are those beyond all bounds.
    pub counts: [u64; 14],
    #[serde(rename = "sum_seconds", with = "seconds")]
    pub sum: Duration,
}

impl Histogram {
    /// In seconds.
    pub const BOUNDS: [f64; 13] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
    ];

    pub fn add(&mut self, took: Duration) {
        let took_seconds = took.as_secs_f64();
        let at = Self::BOUNDS.partition_point(|bound| *bound < took_seconds);
        self.counts[at] += 1;
        self.sum += took;
    }

    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Histogram;

    #[test]
    fn a_time_is_counted_under_the_first_bound_that_it_does_not_exceed() {
        let mut histogram = Histogram::default();
        for millis in [1, 2, 3, 60_000] {
            histogram.add(Duration::from_millis(millis));
        }
        assert_eq!(histogram.counts[..3], [1, 1, 1]);
        assert_eq!(histogram.counts[13], 1);
        assert_eq!(histogram.count(), 4);
        assert_eq!(histogram.sum, Duration::from_millis(60_006));
    }
}
