//! A file mapped read-only, or one that is part of the program, and views into it.

use std::{
    fs::File,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use memmap2::Mmap;

use crate::{Error, Result};

/// The read-only bytes of a whole file.
#[derive(Debug)]
pub struct Mapped {
    pub path: PathBuf,
    bytes: Bytes,
}

#[derive(Debug)]
enum Bytes {
    File(Mmap),
    /// The system has mapped them with the program.
    Program(&'static [u8]),
}

impl Mapped {
    pub fn open(path: &Path) -> Result<Arc<Self>> {
        let io = |source| Error::Io {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        if length == 0 {
            // An empty file cannot be mapped on every system; say what is wrong instead.
            return Err(Error::Truncated {
                path: path.to_owned(),
                what: "the header".into(),
                expected: 8,
                got: 0,
            });
        }
        // SAFETY: the mapping is private to this process and read-only. Another process that truncates
        // the file while it is in use can still end this one with SIGBUS; every runtime that maps weights
        // shares that limit, and it is stated in the README.
        let map = unsafe { Mmap::map(&file) }.map_err(io)?;
        Ok(Arc::new(Self {
            path: path.to_owned(),
            bytes: Bytes::File(map),
        }))
    }

    /// A file that is part of the program; `name` is what errors call it.
    pub fn of_program(name: &str, bytes: &'static [u8]) -> Arc<Self> {
        Arc::new(Self {
            path: name.into(),
            bytes: Bytes::Program(bytes),
        })
    }

    pub fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::File(map) => map,
            Bytes::Program(bytes) => bytes,
        }
    }

    pub fn size(&self) -> u64 {
        self.bytes().len() as u64
    }

    /// A view of `range`, if the file is long enough.
    pub fn view(self: &Arc<Self>, range: Range<u64>) -> Option<View> {
        if range.start > range.end || range.end > self.size() {
            return None;
        }
        Some(View {
            file: Arc::clone(self),
            start: usize::try_from(range.start).ok()?,
            end: usize::try_from(range.end).ok()?,
        })
    }
}

/// Bytes of a mapped file; cloning is cheap and keeps the mapping alive.
#[derive(Clone, Debug)]
pub struct View {
    file: Arc<Mapped>,
    start: usize,
    end: usize,
}

impl View {
    pub fn bytes(&self) -> &[u8] {
        &self.file.bytes()[self.start..self.end]
    }

    pub fn path(&self) -> &Path {
        &self.file.path
    }

    /// A part of this view.
    pub fn part(&self, range: Range<usize>) -> Option<Self> {
        (range.start <= range.end && range.end <= self.end - self.start).then(|| Self {
            file: Arc::clone(&self.file),
            start: self.start + range.start,
            end: self.start + range.end,
        })
    }

    /// Tells the kernel that these pages were copied and will not be read again, so that loading a
    /// quantised file does not count twice against the process's resident memory.
    pub fn release(&self) {
        #[cfg(unix)]
        if let Bytes::File(map) = &self.file.bytes {
            let page = 4096;
            let start = self.start.next_multiple_of(page);
            let end = self.end / page * page;
            if start < end {
                // SAFETY: the mapping is file-backed, read-only and shared; dropped pages are read again
                // from the file when someone touches them.
                let dropped = unsafe {
                    map.unchecked_advise_range(
                        memmap2::UncheckedAdvice::DontNeed,
                        start,
                        end - start,
                    )
                };
                if let Err(e) = dropped {
                    tracing::debug!("could not release mapped pages: {e}");
                }
            }
        }
    }
}
