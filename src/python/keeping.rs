//! How models are loaded and kept, in Python's words.
//!
//! Keywords of `Runner` and `load` go in, the façade's options come out. It does not know which
//! values are good: the façade and the engine say.

use std::time::Duration;

use ferrule::{Keeping, Library, OpenOptions, cache_type, engine::Settings, types::Error};
use pyo3::prelude::*;

use crate::fault::raise;

/// What all models of a library share.
#[derive(Clone)]
pub struct Loading {
    pub token_source: Option<String>,
    pub chat_template: Option<String>,
    pub in_situ_quant: Option<String>,
    pub max_seqs: Option<usize>,
    pub max_queue: Option<usize>,
    pub kv_cache_mb: Option<u64>,
    pub kv_cache_type: Option<String>,
    pub prefix_cache: bool,
    pub speculation: bool,
}

impl Loading {
    /// The options of one model, completed.
    pub fn options(&self, model: OpenOptions, name: Option<String>) -> PyResult<OpenOptions> {
        let usual = Settings::default();
        let kind = self.kv_cache_type.as_deref().map(cache_type).transpose();
        Ok(OpenOptions {
            name,
            token_source: self.token_source.clone(),
            chat_template: self.chat_template.clone(),
            in_situ_quant: self.in_situ_quant.clone(),
            engine: Settings {
                max_sequences: self.max_seqs.unwrap_or(usual.max_sequences),
                queue: self.max_queue.unwrap_or(usual.queue),
                cache_mb: self.kv_cache_mb,
                cache_type: kind.map_err(raise)?.unwrap_or(usual.cache_type),
                prefix_cache: self.prefix_cache,
                speculation: self.speculation,
                ..usual
            },
            ..model
        })
    }
}

/// A library with a budget in MiB and a time in seconds.
pub fn library(memory_mb: Option<u64>, keep_alive: Option<f64>) -> PyResult<Library> {
    Ok(Library::new(Keeping {
        budget: memory_mb.map(|mb| mb.saturating_mul(1 << 20)),
        keep_alive: time("keep_alive", keep_alive)?,
    }))
}

pub fn time(name: &'static str, seconds: Option<f64>) -> PyResult<Option<Duration>> {
    let wrong = |got| raise(Error::invalid(name, "0 or more seconds, or None", got));
    let read = |seconds| Duration::try_from_secs_f64(seconds).map_err(|_| wrong(seconds));
    seconds.map(read).transpose()
}
