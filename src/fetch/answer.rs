//! What a hub's refusal means. A hub says it with a status and an `x-error-code`.

use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{StatusCode, Url};

use crate::{Error, ModelId};

/// What was asked for, so that a refusal can be explained.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    pub id: &'a ModelId,
    /// The file, if it was one; else the list of files.
    pub file: Option<&'a str>,
    pub endpoint: &'a Url,
    pub with_token: bool,
}

impl Question<'_> {
    /// Why the hub itself answered with this status.
    pub(crate) fn refusal(&self, url: &Url, status: StatusCode, headers: &HeaderMap) -> Error {
        let id = || self.id.repository().to_owned();
        let endpoint = || self.endpoint.as_str().trim_end_matches('/').to_owned();
        let page = || format!("{}/{}", endpoint(), self.id.repository());
        let with_token = self.with_token;
        let no_repository = || Error::NoRepository {
            id: id(),
            endpoint: endpoint(),
            with_token,
        };
        let revision = || self.id.revision().to_owned();
        match (
            status.as_u16(),
            text(headers, "x-error-code").as_deref(),
            self.file,
        ) {
            (_, Some("GatedRepo"), _) => Error::Gated {
                id: id(),
                page: page(),
                with_token,
            },
            (_, Some("RevisionNotFound"), _) => Error::NoRevision {
                id: id(),
                revision: revision(),
                page: page(),
            },
            (404, Some("EntryNotFound") | None, Some(file)) => Error::NoFile {
                id: id(),
                revision: revision(),
                file: file.to_owned(),
            },
            (_, Some("RepoNotFound"), _) | (404, _, None) => no_repository(),
            // Without a token a hub says 401 for what is missing and for what is private.
            (401, _, _) if !with_token => no_repository(),
            (401, _, _) => Error::TokenRefused {
                endpoint: endpoint(),
            },
            (403, _, _) => Error::Forbidden {
                id: id(),
                endpoint: endpoint(),
                detail: detail(headers),
                with_token,
            },
            _ => failure(url, status, headers),
        }
    }
}

/// A status that says nothing about the model.
pub(crate) fn failure(url: &Url, status: StatusCode, headers: &HeaderMap) -> Error {
    let (place, wait) = (place(url), wait(headers));
    if status == StatusCode::TOO_MANY_REQUESTS {
        Error::RateLimited { place, wait }
    } else {
        Error::Server {
            place,
            status: status.as_u16(),
            wait,
            detail: detail(headers),
        }
    }
}

/// An address without its query, which may be a signature that opens a private file.
pub(crate) fn place(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

/// `Retry-After` in seconds, or the `t=` of the hub's own `RateLimit` header. A date is not read: no hub sends one.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let seconds = text(headers, RETRY_AFTER.as_str()).or_else(|| {
        let limits = text(headers, "ratelimit")?;
        let limit = limits
            .split(';')
            .find_map(|part| part.trim().strip_prefix("t="))?;
        Some(limit.to_owned())
    })?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

/// What the hub said in words, made harmless for a terminal.
fn detail(headers: &HeaderMap) -> Option<String> {
    let words: String = text(headers, "x-error-message")?
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    Some(words).filter(|words| !words.is_empty())
}

pub(crate) fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(
        status: u16,
        header: Option<(&'static str, &'static str)>,
        file: Option<&str>,
        with_token: bool,
    ) -> Error {
        let id = ModelId::parse("org/name@dev").unwrap();
        let endpoint = Url::parse("https://hub.example").unwrap();
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = header {
            headers.insert(name, value.parse().unwrap());
        }
        let question = Question {
            id: &id,
            file,
            endpoint: &endpoint,
            with_token,
        };
        question.refusal(&endpoint, StatusCode::from_u16(status).unwrap(), &headers)
    }

    #[test]
    fn each_refusal_of_a_hub_has_its_own_error() {
        let code = |code| Some(("x-error-code", code));
        assert!(matches!(
            refusal(401, code("GatedRepo"), None, false),
            Error::Gated {
                with_token: false,
                ..
            }
        ));
        assert!(matches!(
            refusal(403, code("GatedRepo"), Some("a"), true),
            Error::Gated {
                with_token: true,
                ..
            }
        ));
        assert!(matches!(
            refusal(401, code("RepoNotFound"), None, false),
            Error::NoRepository { .. }
        ));
        assert!(matches!(
            refusal(401, None, None, false),
            Error::NoRepository {
                with_token: false,
                ..
            }
        ));
        assert!(matches!(
            refusal(401, None, None, true),
            Error::TokenRefused { .. }
        ));
        assert!(matches!(
            refusal(404, None, None, true),
            Error::NoRepository {
                with_token: true,
                ..
            }
        ));
        assert!(matches!(
            refusal(404, code("RevisionNotFound"), None, false),
            Error::NoRevision { .. }
        ));
        assert!(matches!(
            refusal(404, code("EntryNotFound"), Some("a"), false),
            Error::NoFile { .. }
        ));
        assert!(matches!(
            refusal(404, None, Some("a"), false),
            Error::NoFile { .. }
        ));
        assert!(matches!(
            refusal(403, None, None, true),
            Error::Forbidden { .. }
        ));
        assert!(matches!(
            refusal(503, None, None, true),
            Error::Server { status: 503, .. }
        ));
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let missing = refusal(401, None, None, false).to_string();
        assert!(
            missing.contains("does not exist") && missing.contains("private"),
            "{missing}"
        );
        let gated = refusal(403, Some(("x-error-code", "GatedRepo")), None, false).to_string();
        assert!(
            gated.contains("https://hub.example/org/name") && gated.contains("HF_TOKEN"),
            "{gated}"
        );
    }

    #[test]
    fn a_rate_limit_says_how_long() {
        for header in [("retry-after", "7"), ("ratelimit", "\"api\";r=0;t=7")] {
            let error = refusal(429, Some(header), None, true);
            assert!(
                matches!(error, Error::RateLimited { wait: Some(wait), .. } if wait.as_secs() == 7),
                "{error}"
            );
        }
        assert!(matches!(
            refusal(429, None, None, true),
            Error::RateLimited { wait: None, .. }
        ));
    }

    #[test]
    fn a_place_has_no_signature_and_no_user() {
        let url = Url::parse("https://user:pass@cdn.example/file?Signature=abc#x").unwrap();
        assert_eq!(place(&url), "https://cdn.example/file");
    }
}
