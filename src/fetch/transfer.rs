//! One file: from the hub to its blob, over as many broken connections as it takes.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use reqwest::header::{CONTENT_RANGE, ETAG};

use crate::answer::{place, text};
use crate::client::{About, Client};
use crate::layout::Layout;
use crate::part::{Lock, Part};
use crate::retry::Retry;
use crate::wire::{Origin, Resume, Stream, bare, origin};
use crate::{Error, ModelId, Options, Progress, Result};

/// Bytes are gathered before they are written: a killed process loses fewer than these, and what came in this time.
const BATCH: usize = 1 << 20;
const BATCH_TIME: Duration = Duration::from_secs(1);
/// How often a file may become another one under our hands.
const MOST_CHANGES: u32 = 3;

pub(crate) struct Transfer<'a> {
    pub client: &'a Client,
    pub layout: &'a Layout,
    pub options: &'a Options,
    pub id: &'a ModelId,
    pub commit: &'a str,
    pub file: &'a str,
    pub progress: &'a dyn Progress,
}

impl Transfer<'_> {
    /// Brings the file's blob into the cache, if it is not there, and says where it is.
    pub(crate) async fn run(&self) -> Result<PathBuf> {
        let mut changes = 0;
        loop {
            let about = self.about().await?;
            let blob = self.layout.blob(self.id, &about.etag);
            match self.blob(&about, &blob).await {
                Ok(()) => return Ok(blob),
                Err(error @ Error::Changed { .. }) if changes < MOST_CHANGES => {
                    changes += 1;
                    self.progress.note(&error.to_string());
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn about(&self) -> Result<About> {
        let mut retry = Retry::new(self.options, self.progress);
        loop {
            match self.client.about(self.id, self.commit, self.file).await {
                Ok(about) => return Ok(about),
                Err(error) => retry.pause(error).await?,
            }
        }
    }

    async fn blob(&self, about: &About, blob: &Path) -> Result<()> {
        let complete =
            || std::fs::metadata(blob).is_ok_and(|b| about.size.is_none_or(|size| b.len() == size));
        if complete() {
            return Ok(());
        }
        let lock = Lock::take(
            &self.layout.lock(self.id, &about.etag),
            self.file,
            self.progress,
        )
        .await?;
        if complete() {
            return Ok(());
        }
        let hashed = about.etag.len() == 64 && about.etag.bytes().all(|b| b.is_ascii_hexdigit());
        let mut part = Part::open(blob, hashed, lock).await?;
        let mut suspect = part.len() > 0;
        self.begin(about, &mut part).await?;
        loop {
            self.fill(about, &mut part).await?;
            let Some(got) = part.settle().await? else {
                break;
            };
            if got.eq_ignore_ascii_case(&about.etag) {
                break;
            }
            if !suspect {
                part.discard()?;
                return Err(Error::Hash {
                    file: self.file.to_owned(),
                    expected: about.etag.clone(),
                    got,
                });
            }
            // What an earlier pull left may be at fault: once more, without it.
            suspect = false;
            self.progress.note(&format!(
                "{}: what was left of an earlier pull is damaged; starting over",
                self.file
            ));
            self.restart(about, &mut part).await?;
        }
        part.keep(blob)?;
        self.progress.finished(self.file);
        Ok(())
    }

    /// Makes attempts until all bytes are there.
    async fn fill(&self, about: &About, part: &mut Part) -> Result<()> {
        let mut retry = Retry::new(self.options, self.progress);
        let mut etags = Vec::new();
        if !about.linked {
            etags.push((self.client.wire().home(), format!("\"{}\"", about.etag)));
        }
        loop {
            let before = part.len();
            let Err(failure) = self.attempt(about, part, &mut etags).await else {
                return Ok(());
            };
            // A host that drops every connection after a few bytes is given up, one that brings a good piece is not.
            if part.len() >= before.saturating_add(BATCH as u64) {
                retry.forgive();
            }
            if let Err(error) = retry.pause(failure).await {
                let (file, tries) = (self.file.to_owned(), retry.failures());
                let (received, total) = (part.len(), about.size);
                return Err(match error {
                    Error::Cut { .. } | Error::Timeout { .. } | Error::Connect { .. } => {
                        Error::Broken {
                            file,
                            tries,
                            received,
                            total,
                            source: Box::new(error),
                        }
                    }
                    error => error,
                });
            }
        }
    }

    /// One request, from where the part ends to the end of the file.
    async fn attempt(
        &self,
        about: &About,
        part: &mut Part,
        etags: &mut Vec<(Origin, String)>,
    ) -> Result<()> {
        if about.size.is_some_and(|size| part.len() > size) {
            self.restart(about, part).await?;
        }
        if about.size == Some(part.len()) {
            return Ok(());
        }
        let from = part.len();
        let mut stream = self.open(about, from, etags).await?;
        if from > 0 && !goes_on(&stream, from) {
            let status = stream.response.status();
            self.progress.note(&format!(
                "{} cannot be continued (status {status}); starting over",
                self.file
            ));
            self.restart(about, part).await?;
            if status != StatusCode::OK {
                stream = self.open(about, 0, etags).await?;
            }
        }
        self.receive(about, part, stream).await
    }

    async fn open(
        &self,
        about: &About,
        from: u64,
        etags: &mut Vec<(Origin, String)>,
    ) -> Result<Stream> {
        let stream = self
            .client
            .open(self.id, self.commit, self.file, Resume { from, etags })
            .await?;
        let headers = stream.response.headers();
        let etag = text(headers, ETAG.as_str());
        if stream.at_home {
            let told = if about.linked {
                text(headers, "x-linked-etag")
            } else {
                etag.clone()
            };
            if let Some(got) = told.as_deref().map(bare).filter(|got| *got != about.etag) {
                let (file, expected, got) =
                    (self.file.to_owned(), about.etag.clone(), got.to_owned());
                return Err(Error::Changed {
                    file,
                    expected,
                    got,
                });
            }
        }
        // A weak etag does not promise the same bytes.
        if let Some(etag) = etag.filter(|etag| !etag.starts_with("W/")) {
            etags.push((origin(stream.response.url()), etag));
        }
        Ok(stream)
    }

    async fn receive(&self, about: &About, part: &mut Part, stream: Stream) -> Result<()> {
        let mut response = stream.response;
        let mut batch = Vec::new();
        let mut written = Instant::now();
        loop {
            let arrived = self.client.wire().chunk(&mut response).await;
            if let Ok(Some(bytes)) = &arrived {
                batch.extend_from_slice(bytes.as_ref());
                self.progress
                    .advanced(self.file, bytes.as_ref().len() as u64);
            }
            let so_far = part.len() + batch.len() as u64;
            if about.size.is_some_and(|size| so_far > size) {
                part.restart().await?;
                return Err(self.wrong_size(about, so_far));
            }
            // What came before a break is kept too.
            let due = !matches!(arrived, Ok(Some(_))) || written.elapsed() >= BATCH_TIME;
            if batch.len() >= BATCH || (due && !batch.is_empty()) {
                part.write(std::mem::take(&mut batch)).await?;
                written = Instant::now();
            }
            if arrived?.is_none() {
                let complete = about.size.is_none_or(|size| part.len() == size);
                let cut = || Error::Cut {
                    place: place(response.url()),
                    source: None,
                };
                return if complete { Ok(()) } else { Err(cut()) };
            }
        }
    }

    /// Announces the file and takes in what an earlier pull left of it.
    async fn begin(&self, about: &About, part: &mut Part) -> Result<()> {
        self.progress.started(self.file, about.size);
        let mut told = 0;
        while told < part.len() {
            let count = match part.recall().await? {
                0 => part.len() - told,
                count => count,
            };
            self.progress.advanced(self.file, count);
            told += count;
        }
        Ok(())
    }

    async fn restart(&self, about: &About, part: &mut Part) -> Result<()> {
        part.restart().await?;
        self.begin(about, part).await
    }

    fn wrong_size(&self, about: &About, got: u64) -> Error {
        Error::Size {
            file: self.file.to_owned(),
            expected: about.size.unwrap_or_default(),
            got,
        }
    }
}

/// Whether an answer is the rest of a file of which `from` bytes are here.
fn goes_on(stream: &Stream, from: u64) -> bool {
    let range = text(stream.response.headers(), CONTENT_RANGE.as_str());
    let first = range
        .as_deref()
        .and_then(|range| range.strip_prefix("bytes ")?.split('-').next());
    stream.response.status() == StatusCode::PARTIAL_CONTENT
        && first == Some(from.to_string().as_str())
}
