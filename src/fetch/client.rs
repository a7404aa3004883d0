//! The three questions that a hub is asked: which files, what is this file, and give me its bytes from here on.

use reqwest::header::{CONTENT_LENGTH, ETAG};
use reqwest::{Method, Response, StatusCode, Url};
use serde::Deserialize;

use crate::answer::{Question, failure, text};
use crate::id::is_commit;
use crate::layout::is_safe_etag;
use crate::wire::{Resume, Stream, Wire, bare, protocol};
use crate::{ModelId, Options, Result, Settings};

/// A hub's list of files is small; more than this is no list.
const LONGEST_LIST: usize = 32 << 20;

pub(crate) struct Client {
    wire: Wire,
}

/// A revision of a repository.
pub(crate) struct Repository {
    pub commit: String,
    pub files: Vec<String>,
}

/// What the hub says about a file before it is fetched.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// The name of its blob: a SHA-256 for a large file, a Git hash for a small one.
    pub etag: String,
    pub size: Option<u64>,
    /// Whether the etag is the hub's word for a file that may lie elsewhere, not that of the answer itself.
    pub linked: bool,
}

/// The part of the hub's answer that is read.
#[derive(Deserialize)]
struct Listing {
    sha: String,
    #[serde(default)]
    siblings: Vec<Sibling>,
}

#[derive(Deserialize)]
struct Sibling {
    rfilename: String,
}

impl Client {
    pub(crate) fn new(settings: &Settings, options: &Options) -> Result<Self> {
        Ok(Self {
            wire: Wire::new(settings, options)?,
        })
    }

    pub(crate) fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Which files the id's revision has, and which commit it is.
    pub(crate) async fn repository(&self, id: &ModelId) -> Result<Repository> {
        let url = self.address("api/models", id, &["revision", id.revision()], "");
        let question = self.question(id, None);
        let stream = self
            .wire
            .follow(Method::GET, url.clone(), None, |_| false)
            .await?;
        let mut response = accept(question, stream, &url)?.response;
        let mut body = Vec::new();
        while let Some(bytes) = self.wire.chunk(&mut response).await? {
            body.extend_from_slice(bytes.as_ref());
            if body.len() > LONGEST_LIST {
                return Err(protocol(
                    &url,
                    "a list of files",
                    "more than 32 MiB".to_owned(),
                ));
            }
        }
        let listing: Listing = serde_json::from_slice(&body).map_err(|error| {
            protocol(
                &url,
                "JSON with \"sha\" and \"siblings\"",
                error.to_string(),
            )
        })?;
        if !is_commit(&listing.sha) {
            return Err(protocol(
                &url,
                "a commit of 40 hexadecimal digits",
                format!("{:?}", listing.sha),
            ));
        }
        let files = listing
            .siblings
            .into_iter()
            .map(|sibling| sibling.rfilename)
            .collect();
        Ok(Repository {
            commit: listing.sha,
            files,
        })
    }

    /// Size and etag of a file. A redirect to a storage host is not followed if the hub has said both itself.
    pub(crate) async fn about(&self, id: &ModelId, commit: &str, file: &str) -> Result<About> {
        let url = self.address("", id, &["resolve", commit], file);
        let complete = |response: &Response| response.headers().contains_key("x-linked-etag");
        let stream = self
            .wire
            .follow(Method::HEAD, url.clone(), None, complete)
            .await?;
        let redirected = stream.response.status().is_redirection();
        let stream = if redirected {
            stream
        } else {
            accept(self.question(id, Some(file)), stream, &url)?
        };
        let headers = stream.response.headers();
        let linked = text(headers, "x-linked-etag");
        let (linked, etag) = (
            linked.is_some(),
            linked.or_else(|| text(headers, ETAG.as_str())),
        );
        let Some(etag) = etag.as_deref().map(bare) else {
            return Err(protocol(&url, "an etag", "none".to_owned()));
        };
        if !is_safe_etag(etag) {
            return Err(protocol(
                &url,
                "an etag of letters, digits, '.', '_' and '-'",
                format!("{etag:?}"),
            ));
        }
        let own_size = || {
            if redirected {
                None
            } else {
                text(headers, CONTENT_LENGTH.as_str())
            }
        };
        let size = text(headers, "x-linked-size")
            .or_else(own_size)
            .and_then(|size| size.parse().ok());
        Ok(About {
            etag: etag.to_owned(),
            size,
            linked,
        })
    }

    /// The bytes of a file, from where `resume` says. The status is 200, 206 or, for a resumed one only, 416.
    pub(crate) async fn open(
        &self,
        id: &ModelId,
        commit: &str,
        file: &str,
        resume: Resume<'_>,
    ) -> Result<Stream> {
        let url = self.address("", id, &["resolve", commit], file);
        let resumed = resume.from > 0;
        let stream = self
            .wire
            .follow(
                Method::GET,
                url.clone(),
                Some(resume).filter(|_| resumed),
                |_| false,
            )
            .await?;
        if resumed && stream.response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            return Ok(stream);
        }
        accept(self.question(id, Some(file)), stream, &url)
    }

    fn question<'a>(&'a self, id: &'a ModelId, file: Option<&'a str>) -> Question<'a> {
        Question {
            id,
            file,
            endpoint: self.wire.endpoint(),
            with_token: self.wire.has_token(),
        }
    }

    /// `<endpoint>/<prefix>/<org>/<name>/<segments…>/<file>`; a `/` inside a segment is escaped, one of `file` is not.
    fn address(&self, prefix: &str, id: &ModelId, segments: &[&str], file: &str) -> Url {
        let mut url = self.wire.endpoint().clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty()
                .extend(prefix.split('/').filter(|part| !part.is_empty()))
                .extend(id.repository().split('/'))
                .extend(segments)
                .extend(file.split('/').filter(|part| !part.is_empty()));
        }
        url
    }
}

/// The answer, if it is what was asked for.
fn accept(question: Question<'_>, stream: Stream, asked: &Url) -> Result<Stream> {
    let status = stream.response.status();
    match status {
        _ if status.is_success() => Ok(stream),
        _ if status.is_redirection() => Err(protocol(
            asked,
            "a redirect with a location",
            status.to_string(),
        )),
        _ if stream.at_home => Err(question.refusal(asked, status, stream.response.headers())),
        _ => Err(failure(
            stream.response.url(),
            status,
            stream.response.headers(),
        )),
    }
}
