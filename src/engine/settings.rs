//! How an engine is to work: how many sequences at once, and what they may take.

use ferrule_model::{Cache, CacheType, Loaded, available_memory};

use crate::{Error, Result};

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
    /// What one more row of a step costs, as a share of a step of one row; absent is measured as it goes. Guessing
    /// stops where it would not pay.
    pub row_cost: Option<f32>,
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
            row_cost: None,
        }
    }
}

/// What is taken where the system does not say how much memory is free.
const UNKNOWN: u64 = 1 << 30;

impl Settings {
    /// How many blocks of the model's cache there may be.
    pub(crate) fn blocks(&self, model: &Loaded) -> Result<usize> {
        let block = model.decoder.geometry().block_bytes(self.cache_type).max(1);
        let whole = Cache::blocks_for(model.decoder.context()).saturating_mul(self.max_sequences);
        let Some(mib) = self.cache_mb else {
            // Half of what is left beside the weights: they may still be only mapped, and others live here too.
            let weights: u64 = model.card.bytes_by_dtype.values().sum();
            let free = available_memory().map_or(UNKNOWN, |free| free.saturating_sub(weights) / 2);
            let affordable = usize::try_from(free / block).unwrap_or(usize::MAX);
            return Ok(affordable.clamp(4, whole.max(4)).min(MOST));
        };
        let blocks = mib.saturating_mul(1 << 20) / block;
        if blocks == 0 {
            return Err(Error::TinyCache {
                mib,
                least: block.div_ceil(1 << 20),
            });
        }
        Ok(usize::try_from(blocks).unwrap_or(usize::MAX).min(MOST))
    }
}

/// Blocks are numbered in 32 bits.
const MOST: usize = 1 << 30;
