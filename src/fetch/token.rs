//! Where the hub's token comes from, and a wrapper that keeps it out of sight.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// A value that is never printed: its `Debug` text hides it and it has no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the one place that sends it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Who says what the token is: `literal:<value>`, `env:<name>`, `path:<file>`, `cache` or `none`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSource {
    Literal(Secret),
    Env(String),
    Path(PathBuf),
    /// What the hub's own tools would use: `HF_TOKEN`, else the file that a login left.
    Cache,
    None,
}

impl TokenSource {
    pub fn parse(text: &str) -> Result<Self> {
        match text.split_once(':') {
            Some(("literal", value)) => Ok(Self::Literal(Secret::new(value))),
            Some(("env", name)) if !name.is_empty() => Ok(Self::Env(name.to_owned())),
            Some(("path", file)) if !file.is_empty() => Ok(Self::Path(file.into())),
            None if text == "cache" => Ok(Self::Cache),
            None if text == "none" => Ok(Self::None),
            // What stands after the colon may be a token that lost its "literal:".
            _ => Err(Error::BadTokenSource),
        }
    }
}

/// A source that no longer needs the environment. A file is read when the token is first used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    None,
    Given(Secret),
    File { path: PathBuf, required: bool },
}

impl Token {
    /// What `source` stands for in this environment; `fallback` is what `cache` means there.
    pub(crate) fn resolve(
        source: TokenSource,
        fallback: Token,
        env: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self> {
        match source {
            TokenSource::None => Ok(Self::None),
            TokenSource::Cache => Ok(fallback),
            TokenSource::Literal(secret) => Ok(Self::Given(secret)),
            TokenSource::Path(path) => Ok(Self::File {
                path,
                required: true,
            }),
            TokenSource::Env(name) => match env(&name) {
                None => Err(Error::TokenAbsent { name }),
                Some(value) => match value.into_string() {
                    Ok(value) => Ok(Self::Given(Secret::new(value))),
                    Err(_) => Err(Error::NotUtf8 { name }),
                },
            },
        }
    }

    /// The token itself, if there is one. An empty one is none.
    pub(crate) fn read(&self) -> Result<Option<Secret>> {
        let secret = match self {
            Self::None => return Ok(None),
            Self::Given(secret) => secret.clone(),
            Self::File { path, required } => match read_file(path) {
                Ok(text) => Secret::new(text),
                Err(Error::TokenUnreadable { source, .. })
                    if !required && source.kind() == std::io::ErrorKind::NotFound =>
                {
                    return Ok(None);
                }
                Err(error) => return Err(error),
            },
        };
        let trimmed = secret.expose().trim();
        if trimmed.is_empty() {
            return Ok(None);
        }
        if !trimmed.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::TokenMalformed);
        }
        Ok(Some(Secret::new(trimmed)))
    }
}

fn read_file(path: &Path) -> Result<String> {
    let unreadable = |source| Error::TokenUnreadable {
        path: path.to_owned(),
        source,
    };
    let bytes = std::fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|_| Error::NotUtf8 {
        name: path.display().to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(text: &str) -> Result<Token> {
        let env = |name: &str| (name == "MINE").then(|| OsString::from("hf_env\n"));
        Token::resolve(
            TokenSource::parse(text)?,
            Token::Given(Secret::new("hf_cache")),
            &env,
        )
    }

    #[test]
    fn the_five_sources_of_a_token() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, " hf_file \n").unwrap();
        let read = |text: &str| {
            resolve(text)
                .unwrap()
                .read()
                .unwrap()
                .map(|secret| secret.expose().to_owned())
        };
        assert_eq!(read("literal:hf_a:b").as_deref(), Some("hf_a:b"));
        assert_eq!(read("env:MINE").as_deref(), Some("hf_env"));
        assert_eq!(
            read(&format!("path:{}", file.display())).as_deref(),
            Some("hf_file")
        );
        assert_eq!(read("cache").as_deref(), Some("hf_cache"));
        assert_eq!(read("none"), None);
        assert_eq!(read("literal:"), None, "an empty token is none");
    }

    #[test]
    fn a_source_that_is_not_there_is_an_error_that_names_it() {
        assert!(
            resolve("env:OTHER")
                .unwrap_err()
                .to_string()
                .contains("OTHER")
        );
        let error = resolve("path:/nowhere/token").unwrap().read().unwrap_err();
        assert!(error.to_string().contains("/nowhere/token"), "{error}");
    }

    #[test]
    fn a_token_is_in_no_error_and_no_debug_text() {
        let texts = [
            format!("{:?}", TokenSource::parse("literal:hf_hidden").unwrap()),
            resolve("hf_hidden").unwrap_err().to_string(),
            resolve("lit:hf_hidden").unwrap_err().to_string(),
            format!("{:?}", resolve("lit:hf_hidden").unwrap_err()),
            Token::Given(Secret::new("hf_hidden\nX: y"))
                .read()
                .unwrap_err()
                .to_string(),
        ];
        for text in texts {
            assert!(!text.contains("hidden"), "{text}");
        }
    }
}
