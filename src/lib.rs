//! Local language models that use tools, safely: the façade of Ferrule's crates.
//!
//! A model's name goes in ([`OpenOptions`]), an [`Engine`] that answers comes out; a [`Library`] holds several and
//! loads each when it is asked for; no name is that of the [`builtin`] model. The crates below are here as modules.
//! The one tokio runtime, the TLS provider and the logs are set up here and nowhere else. It does not know Python or the terminal: the wheel and the command stand on it.
//!
//! ```no_run
//! use ferrule::{OpenOptions, open};
//!
//! let options = OpenOptions { model: "./my-model".into(), ..OpenOptions::default() };
//! let engine = open(&options, &())?;
//! # Ok::<(), ferrule::Error>(())
//! ```

pub mod audit_file;
pub mod builtin;
pub mod logging;
pub mod policy;
pub mod runtime;
pub mod tool_sandbox;

mod error;
mod held;
mod load;
mod models;
mod offering;
mod open;
pub mod reading;
mod spec;

#[cfg(test)]
mod audit_file_tests;
#[cfg(test)]
mod models_tests;

pub use ferrule_engine as engine;
pub use ferrule_fetch as fetch;
pub use ferrule_guard as guard;
pub use ferrule_jail as jail;
pub use ferrule_model as model;
pub use ferrule_parse as parse;
pub use ferrule_types as types;

pub use engine::Engine;
pub use error::{Error, Result};
pub use held::Held;
pub use models::{Keeping, Library};
pub use open::{OpenOptions, hub, inspect, names_a_model, open, open_within};
pub use spec::cache_type;
pub use tool_sandbox::ToolSandbox;

/// The version of all of it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Installs the TLS provider of the process, unless its owner has installed one.
pub fn install_tls() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Another thread may have been faster; then there is one all the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}
