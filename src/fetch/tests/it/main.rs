//! Pulls over real sockets from a hub that lies, stalls and breaks off. Each test has a cache folder of its own.

#![allow(clippy::unwrap_used)]

mod cache;
mod fake_answer;
mod fake_hub;
mod pulling;
mod refusing;
mod resuming;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use fake_hub::FakeHub;
use ferrule_fetch::{Hub, ModelId, Options, Progress, Settings, TokenSource};
use tempfile::TempDir;

pub const TINY: &str = "org/tiny";

/// A hub with one small complete model, and an empty cache.
pub struct Stage {
    pub remote: FakeHub,
    pub folder: TempDir,
}

impl Stage {
    pub async fn new() -> Self {
        let remote = FakeHub::start().await;
        for file in [
            "README.md",
            "config.json",
            "tokenizer.json",
            "tokenizer_config.json",
        ] {
            remote.put(TINY, file, format!("{{\"{file}\": true}}"));
        }
        remote.put(TINY, "model.safetensors", weights());
        Self {
            remote,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn settings(&self) -> Settings {
        let home = self.folder.path().as_os_str().to_owned();
        let settings =
            Settings::from_lookup(&|name| (name == "HF_HOME").then(|| home.clone())).unwrap();
        settings.with_endpoint(&self.remote.endpoint()).unwrap()
    }

    pub fn hub(&self) -> Hub {
        Hub::with_options(self.settings(), impatient())
    }

    pub fn hub_with_token(&self, token: &str) -> Hub {
        let source = TokenSource::parse(&format!("literal:{token}")).unwrap();
        Hub::with_options(
            self.settings().with_token(source, &|_| None).unwrap(),
            impatient(),
        )
    }

    pub fn repository(&self) -> PathBuf {
        self.folder.path().join("hub").join("models--org--tiny")
    }

    /// The names of the blobs.
    pub fn blobs(&self) -> Vec<String> {
        names(&self.repository().join("blobs"))
    }
}

/// Short pauses: a test has seconds. The stall is long enough for a busy machine.
pub fn impatient() -> Options {
    Options {
        tries: 4,
        first_pause: Duration::from_millis(2),
        longest_pause: Duration::from_millis(10),
        patience: Duration::from_secs(2),
        stall: Duration::from_secs(5),
        connect: Duration::from_secs(2),
        ..Options::default()
    }
}

pub fn id(text: &str) -> ModelId {
    ModelId::parse(text).unwrap()
}

/// Some two and a half megabytes that do not repeat themselves.
pub fn weights() -> Vec<u8> {
    (0..625_000_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect()
}

pub fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Remembers what a pull said.
#[derive(Default)]
pub struct Recorder {
    pub files: Mutex<HashMap<String, Bar>>,
    pub notes: Mutex<Vec<String>>,
}

#[derive(Default)]
pub struct Bar {
    pub total: Option<u64>,
    pub count: u64,
    pub starts: u32,
    pub finished: bool,
}

impl Recorder {
    pub fn notes(&self) -> String {
        self.notes.lock().unwrap().join("\n")
    }
}

impl Progress for Recorder {
    fn started(&self, file: &str, total: Option<u64>) {
        let mut files = self.files.lock().unwrap();
        let bar = files.entry(file.to_owned()).or_default();
        *bar = Bar {
            total,
            starts: bar.starts + 1,
            ..Bar::default()
        };
    }

    fn advanced(&self, file: &str, bytes: u64) {
        self.files.lock().unwrap().get_mut(file).unwrap().count += bytes;
    }

    fn finished(&self, file: &str) {
        self.files.lock().unwrap().get_mut(file).unwrap().finished = true;
    }

    fn note(&self, text: &str) {
        self.notes.lock().unwrap().push(text.to_owned());
    }
}
