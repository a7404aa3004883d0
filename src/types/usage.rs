use std::{iter::Sum, ops::AddAssign, time::Duration};

use serde::{Deserialize, Serialize};

use crate::seconds;

/// What an answer cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    pub prompt_tokens: u64,
    /// Of the prompt's tokens, those that were there from earlier and not computed.
    pub cached_tokens: u64,
    pub completion_tokens: u64,

    /// From the request to its first step.
    #[serde(rename = "queued_seconds", with = "seconds")]
    pub queued: Duration,
    /// From its first step to its first token.
    #[serde(rename = "prompt_seconds", with = "seconds")]
    pub prompt: Duration,
    /// From its first token to its last.
    #[serde(rename = "completion_seconds", with = "seconds")]
    pub completion: Duration,
}

impl Usage {
    pub fn total_tokens(&self) -> u64 {
        self.prompt_tokens + self.completion_tokens
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.prompt_tokens += other.prompt_tokens;
        self.cached_tokens += other.cached_tokens;
        self.completion_tokens += other.completion_tokens;
        self.queued += other.queued;
        self.prompt += other.prompt;
        self.completion += other.completion;
    }
}

impl Sum for Usage {
    fn sum<I: Iterator<Item = Usage>>(usages: I) -> Usage {
        usages.fold(Usage::default(), |mut sum, usage| {
            sum += usage;
            sum
        })
    }
}
