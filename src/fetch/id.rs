//! The name of a model on a hub.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// The longest repository name that a hub gives out.
const LONGEST_NAME: usize = 96;
/// Git allows more, filesystems do not.
const LONGEST_REVISION: usize = 200;

/// `org/name` or `name`, with a revision: a branch, a tag, a commit or `refs/pr/1`.
///
/// Its text is safe as a path and in an address: it is checked once, here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModelId {
    repository: String,
    revision: String,
}

impl ModelId {
    /// What a model without `@revision` means.
    pub const MAIN: &str = "main";

    /// Reads `org/name@revision`; organisation and revision may be absent.
    pub fn parse(text: &str) -> Result<Self> {
        let (repository, revision) = text.split_once('@').unwrap_or((text, Self::MAIN));
        let bad = |expected| Error::BadId {
            given: text.to_owned(),
            expected,
        };
        if repository.len() > LONGEST_NAME {
            return Err(bad("at most 96 characters before the @"));
        }
        if repository.matches('/').count() > 1 {
            return Err(bad(
                "at most one '/' (a folder on this machine must exist to be used)",
            ));
        }
        if !repository.split('/').all(is_name) {
            return Err(bad(
                "org/name or name, each of letters, digits, '.', '_' and '-', beginning and ending with a letter, \
                 a digit or '_'",
            ));
        }
        if repository.contains("--") || repository.contains("..") {
            return Err(bad("no \"--\" and no \"..\""));
        }
        Self {
            repository: repository.to_owned(),
            revision: String::new(),
        }
        .with_revision(revision)
    }

    /// The same model at another revision.
    pub fn with_revision(self, revision: &str) -> Result<Self> {
        if is_revision(revision) {
            Ok(Self {
                revision: revision.to_owned(),
                ..self
            })
        } else {
            Err(Error::BadRevision {
                given: revision.to_owned(),
            })
        }
    }

    /// `org/name`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The branch, tag or commit.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// The model of a folder `models--org--name` of the cache.
    pub(crate) fn of_folder(folder: &str) -> Option<Self> {
        Self::parse(&folder.strip_prefix("models--")?.replacen("--", "/", 1)).ok()
    }

    /// The folder of the cache that holds this model, at whatever revision.
    pub(crate) fn folder(&self) -> String {
        format!("models--{}", self.repository.replace('/', "--"))
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repository)?;
        if self.revision != Self::MAIN {
            write!(f, "@{}", self.revision)?;
        }
        Ok(())
    }
}

impl FromStr for ModelId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

fn is_name(part: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let bytes = part.as_bytes();
    bytes.first().is_some_and(|&b| word(b))
        && bytes.last().is_some_and(|&b| word(b))
        && bytes.iter().all(|&b| word(b) || b == b'.' || b == b'-')
}

/// Git's own rules for a reference, less what is special in an address or a file name.
fn is_revision(text: &str) -> bool {
    text.len() <= LONGEST_REVISION
        && !text.contains("..")
        && text.split('/').all(|part| {
            !part.is_empty()
                && !part.starts_with(['.', '-'])
                && !part.ends_with('.')
                && !part.to_ascii_lowercase().ends_with(".lock")
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"._-+=,".contains(&b))
        })
}

/// Whether a text is a full commit hash, which names one state for ever.
pub(crate) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_an_optional_organisation_and_revision() {
        for (text, repository, revision) in [
            ("gpt2", "gpt2", "main"),
            ("Qwen/Qwen3-0.6B", "Qwen/Qwen3-0.6B", "main"),
            ("org/name@v1.0", "org/name", "v1.0"),
            ("org/name@refs/pr/1", "org/name", "refs/pr/1"),
            ("a_b/c.d-e", "a_b/c.d-e", "main"),
        ] {
            let id = ModelId::parse(text).unwrap();
            assert_eq!((id.repository(), id.revision()), (repository, revision));
            assert_eq!(id.to_string(), text, "an id is written as it was read");
        }
    }

    #[test]
    fn an_id_that_could_leave_its_folder_is_refused() {
        let long = "x".repeat(97);
        for text in [
            "",
            "/",
            "a/",
            "/a",
            "..",
            "../x",
            "a/..",
            "a/b/c",
            "a b",
            "a\\b",
            "a/b\\..\\c",
            ".hidden",
            "a--b",
            "a..b",
            "C:x",
            "a/b@",
            "a/b@..",
            "a/b@../x",
            "a/b@x/../../y",
            "a/b@/x",
            "a/b@x/",
            "a/b@x y",
            "a/b@x\\y",
            "a/b@.x",
            "a/b@-x",
            "a/b@x@y",
            "a/b@x\0",
            "a\n/b",
            "ä/b",
            "a/b@x.lock",
            &long,
        ] {
            let error = ModelId::parse(text).unwrap_err().to_string();
            assert!(error.contains("expected"), "{text:?}: {error}");
        }
    }

    #[test]
    fn a_folder_of_the_cache_names_its_model() {
        let id = ModelId::parse("org/name").unwrap();
        assert_eq!(id.folder(), "models--org--name");
        assert_eq!(ModelId::of_folder(&id.folder()), Some(id));
        assert_eq!(
            ModelId::of_folder("models--gpt2").unwrap().repository(),
            "gpt2"
        );
        assert_eq!(ModelId::of_folder("datasets--a--b"), None);
        assert_eq!(ModelId::of_folder("models--..--b"), None);
    }
}
