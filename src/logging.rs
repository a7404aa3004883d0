//! Logs: quiet unless asked, on standard error, as text or as JSON lines.
//!
//! `FERRULE_LOG` (or else `RUST_LOG`) takes a filter such as `info` or `ferrule_fetch=debug`. The
//! Python edge installs a bridge into Python's `logging` instead of this.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// How a line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Text,
    Json,
}

/// The filter that the environment asks for: warnings only, unless it says more.
pub fn filter() -> EnvFilter {
    let asked = ["FERRULE_LOG", "RUST_LOG"]
        .into_iter()
        .find_map(|key| std::env::var(key).ok().filter(|v| !v.is_empty()));
    EnvFilter::new(asked.as_deref().unwrap_or("warn"))
}

/// Sends this process's logs to standard error. A second call, or one after another subscriber was
/// installed, does nothing.
pub fn to_terminal(format: Format) {
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
    let registry = tracing_subscriber::registry().with(filter());
    let installed = match format {
        Format::Text => registry.with(lines).try_init(),
        Format::Json => registry.with(lines.json()).try_init(),
    };
    if let Err(e) = installed {
        tracing::debug!("logs go elsewhere already: {e}");
    }
}
