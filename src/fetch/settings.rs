//! What the environment says about hubs: where the cache lies, whom to ask, with which token, or nobody.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use reqwest::Url;

use crate::token::{Secret, Token, TokenSource};
use crate::{Error, Result};

const PUBLIC_HUB: &str = "https://huggingface.co";

/// Where models come from and where they go. Made by [`Settings::from_env`], then changed by the `with_…` methods.
#[derive(Clone, Debug)]
pub struct Settings {
    cache: PathBuf,
    endpoint: Url,
    token: Token,
    /// What [`TokenSource::Cache`] goes back to.
    login: Token,
    offline: bool,
}

impl Settings {
    /// The settings of this process. See [`Settings::from_lookup`].
    pub fn from_env() -> Result<Self> {
        Self::from_lookup(&|name| std::env::var_os(name))
    }

    /// Reads the variables that the hub's own tools read; an empty one counts as absent.
    ///
    /// | what | first of |
    /// |---|---|
    /// | cache | `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `<home>/hub` |
    /// | home | `HF_HOME`, `$XDG_CACHE_HOME/huggingface`, `~/.cache/huggingface` |
    /// | endpoint | `HF_ENDPOINT`, `https://huggingface.co` |
    /// | token | `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN`, the file `HF_TOKEN_PATH`, the file `<home>/token` |
    /// | offline | `HF_HUB_OFFLINE`, `TRANSFORMERS_OFFLINE`: `1`, `true`, `yes`, `on` |
    ///
    /// No file is touched: a token file is read when a hub is first asked.
    pub fn from_lookup(env: &dyn Fn(&str) -> Option<OsString>) -> Result<Self> {
        let env = Lookup(env);
        let user = env.path("HOME").or_else(|| env.path("USERPROFILE"));
        let folder = |name: &str| env.path(name).map(|path| expand(path, user.as_deref()));
        let home = folder("HF_HOME")
            .or_else(|| folder("XDG_CACHE_HOME").map(|path| path.join("huggingface")))
            .or_else(|| {
                user.as_deref()
                    .map(|path| path.join(".cache").join("huggingface"))
            });
        let cache = folder("HF_HUB_CACHE")
            .or_else(|| folder("HUGGINGFACE_HUB_CACHE"))
            .or_else(|| home.as_deref().map(|path| path.join("hub")))
            .ok_or(Error::NoCacheFolder)?;
        let login = match env.first_text(&["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"])? {
            Some((_, token)) => Token::Given(Secret::new(token)),
            None => match folder("HF_TOKEN_PATH")
                .or_else(|| home.as_deref().map(|path| path.join("token")))
            {
                Some(path) => Token::File {
                    path,
                    required: false,
                },
                None => Token::None,
            },
        };
        let endpoint = match env.first_text(&["HF_ENDPOINT"])? {
            Some((_, text)) => parse_endpoint(&text)?,
            None => parse_endpoint(PUBLIC_HUB)?,
        };
        let offline = match env.first_text(&["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])? {
            Some((name, text)) => parse_switch(name, &text)?,
            None => false,
        };
        Ok(Self {
            cache,
            endpoint,
            token: login.clone(),
            login,
            offline,
        })
    }

    /// Uses another cache folder: the one that holds `models--org--name` folders.
    pub fn with_cache(self, folder: impl Into<PathBuf>) -> Self {
        Self {
            cache: folder.into(),
            ..self
        }
    }

    /// Asks another hub.
    pub fn with_endpoint(self, address: &str) -> Result<Self> {
        Ok(Self {
            endpoint: parse_endpoint(address)?,
            ..self
        })
    }

    /// Takes the token from elsewhere; `env` is asked for the variable of [`TokenSource::Env`].
    pub fn with_token(
        self,
        source: TokenSource,
        env: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self> {
        Ok(Self {
            token: Token::resolve(source, self.login.clone(), env)?,
            ..self
        })
    }

    /// Forbids or allows the network.
    pub fn with_offline(self, offline: bool) -> Self {
        Self { offline, ..self }
    }

    /// The folder that holds `models--org--name` folders.
    pub fn cache(&self) -> &Path {
        &self.cache
    }

    /// The hub's address, without a slash at its end.
    pub fn endpoint(&self) -> &str {
        self.endpoint.as_str().trim_end_matches('/')
    }

    /// Whether the network may not be used.
    pub fn offline(&self) -> bool {
        self.offline
    }

    pub(crate) fn url(&self) -> &Url {
        &self.endpoint
    }

    pub(crate) fn token(&self) -> Result<Option<Secret>> {
        self.token.read()
    }
}

struct Lookup<'a>(&'a dyn Fn(&str) -> Option<OsString>);

impl Lookup<'_> {
    fn path(&self, name: &str) -> Option<PathBuf> {
        (self.0)(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    }

    /// The first of these variables that holds more than blanks, with its name.
    fn first_text<'n>(&self, names: &[&'n str]) -> Result<Option<(&'n str, String)>> {
        for &name in names {
            if let Some(value) = (self.0)(name) {
                let text = value.into_string().map_err(|_| Error::NotUtf8 {
                    name: name.to_owned(),
                })?;
                if !text.trim().is_empty() {
                    return Ok(Some((name, text.trim().to_owned())));
                }
            }
        }
        Ok(None)
    }
}

/// A leading `~` is the user's folder, as a shell would read it (a service manager or a notebook does not).
fn expand(path: PathBuf, user: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), user) {
        (Ok(rest), Some(user)) => user.join(rest),
        _ => path,
    }
}

fn parse_endpoint(text: &str) -> Result<Url> {
    let bad = || Error::BadSetting {
        name: "HF_ENDPOINT",
        // An address with a user may hold a password too.
        given: if text.contains('@') {
            "an address with a user".to_owned()
        } else {
            text.to_owned()
        },
        expected: "an address such as https://huggingface.co, without user, query or fragment",
    };
    let url = Url::parse(text.trim_end_matches('/')).map_err(|_| bad())?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if plain { Ok(url) } else { Err(bad()) }
}

/// A switch that is neither on nor off is an error: whoever misspells "offline" must not get the network.
fn parse_switch(name: &'static str, text: &str) -> Result<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err(Error::BadSetting {
            name,
            given: text.to_owned(),
            expected: "1, true, yes, on, 0, false, no or off",
        }),
    }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
