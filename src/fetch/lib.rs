//! Models from a hub to a folder.
//!
//! **In**: a [`ModelId`] (`org/name@revision`), a [`Want`] (which of its files) and [`Settings`] (where the
//! cache lies, which hub, whose token, whether the network may be used).
//! **Out**: a [`Snapshot`]: a folder that holds the files, in the layout that the hub's own tools use, so that
//! a model which one of them pulled is found here and the other way round:
//!
//! ```text
//! models--org--name/
//!   refs/main                        the commit that the name "main" stood for
//!   blobs/<etag>                     one file's bytes; <etag>.incomplete while it is on its way
//!   snapshots/<commit>/config.json   → ../../blobs/<etag>
//! .locks/models--org--name/<etag>.lock
//! ```
//!
//! **Offline first**: a complete snapshot in the cache is used without asking the hub, because a program that
//! starts should neither wait for a network nor change its model overnight. [`Hub::refresh`] asks.
//! With `HF_HUB_OFFLINE` set nothing here opens a socket or resolves a name.
//!
//! **What it does not know**: what is in a file, which architectures exist, how progress is shown, and where
//! the TLS provider comes from: who lets a [`Hub`] use the network installs one for the process first
//! (`rustls::crypto::CryptoProvider::install_default`), or the first request panics. The caller brings the
//! tokio runtime. Dropping a future cancels its work; what has arrived stays in `.incomplete` files and the next
//! pull goes on from there.
//!
//! **What is protected**
//! - The token goes to the hub's own scheme, host and port and to no other: redirects are followed by hand, and
//!   one from `https` to `http` is refused. The token is no part of any error, log line or `Debug` text;
//!   nor are the signed parts of a storage host's address.
//! - Names that come from a hub (files, commits, etags) are checked before they become paths: nothing is written
//!   outside the cache folder. No more bytes are taken than were announced.
//! - Large files (LFS) are compared with the SHA-256 that the hub named before they get their place.
//! - A file appears under its final name whole or not at all, also when the process is killed or two of them
//!   pull the same model.
//!
//! **What is not protected**: the hub is believed. Small files are known by a Git hash that is not checked here
//! (their size is), and whoever may write into the cache folder may replace a model. Pickled weights (`.bin`,
//! `.pt`) are never fetched, since reading them runs code.

mod answer;
mod client;
mod error;
mod gguf;
mod hub;
mod id;
mod layout;
mod list;
mod options;
mod part;
mod progress;
mod retry;
mod select;
mod settings;
mod token;
mod transfer;
mod wire;

pub use error::{Error, Result};
pub use hub::{Hub, Snapshot};
pub use id::ModelId;
pub use list::CachedModel;
pub use options::Options;
pub use progress::Progress;
pub use select::Want;
pub use settings::Settings;
pub use token::{Secret, TokenSource};
