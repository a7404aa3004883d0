//! How an engine is to work: how many sequences at once, and what they may take.

use ferrule_model::CacheType;

/// Everything has a default that fits one user on one machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// How many sequences are computed together; more wait.
    pub max_sequences: usize,
    /// How many may wait; more are refused.
    pub queue: usize,
    /// The most tokens of a step, prompts and answers together.
    pub step_tokens: usize,
    /// What keys and values may take, in MiB; absent is a share of the memory that is free when the model is
    /// loaded.
    pub cache_mb: Option<u64>,
    pub cache_type: CacheType,
    /// Whether a prompt may go on from what an earlier one of the same principal left in the cache.
    pub prefix_cache: bool,
    /// Whether likely tokens are guessed from the prompt and verified several at a time. The text is the same.
    pub speculation: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_sequences: 32,
            queue: 1024,
            step_tokens: 512,
            cache_mb: None,
            cache_type: CacheType::F16,
            prefix_cache: true,
            speculation: true,
        }
    }
}
