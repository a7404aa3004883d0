//! One request and its redirects: the only file that opens a connection, and the only one that sees the token.

use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, HeaderValue, IF_RANGE, LOCATION, RANGE};
use reqwest::{Method, Response, Url};

use crate::answer::{place, text};
use crate::{Error, Options, Result, Settings};

const MOST_REDIRECTS: usize = 10;

pub(crate) struct Wire {
    http: reqwest::Client,
    endpoint: Url,
    /// `Bearer …`, marked as sensitive. Only [`Wire::send`] reads it.
    bearer: Option<HeaderValue>,
    stall: Duration,
}

/// Scheme, host and port, as text.
pub(crate) type Origin = String;

/// Where to go on in a file, and by which etag each host knows it: a host that has another file by now answers
/// with the whole of it.
pub(crate) struct Resume<'a> {
    pub from: u64,
    pub etags: &'a [(Origin, String)],
}

/// An answer that carries bytes.
pub(crate) struct Stream {
    pub response: Response,
    /// Whether the hub itself answered, so that the etag is its own. A storage host has other etags.
    pub at_home: bool,
}

impl Wire {
    /// Reads the token file and makes the HTTP client. The process has installed a TLS provider.
    pub(crate) fn new(settings: &Settings, options: &Options) -> Result<Self> {
        let endpoint = settings.url().clone();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("ferrule/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.connect)
            // Redirects are followed here, hop by hop: the token must not travel with them.
            .redirect(reqwest::redirect::Policy::none());
        if is_loopback(&endpoint) {
            builder = builder.no_proxy();
        }
        let bearer = match settings.token()? {
            None => None,
            Some(secret) => {
                let mut value = HeaderValue::from_str(&format!("Bearer {}", secret.expose()))
                    .map_err(|_| Error::TokenMalformed)?;
                value.set_sensitive(true);
                Some(value)
            }
        };
        let http = builder.build().map_err(|source| Error::Client { source })?;
        Ok(Self {
            http,
            endpoint,
            bearer,
            stall: options.stall,
        })
    }

    pub(crate) fn home(&self) -> Origin {
        origin(&self.endpoint)
    }

    pub(crate) fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    pub(crate) fn has_token(&self) -> bool {
        self.bearer.is_some()
    }

    /// Sends a request and follows its redirects. One to another host is not followed where `enough` is content
    /// with the redirect itself.
    pub(crate) async fn follow(
        &self,
        method: Method,
        mut url: Url,
        resume: Option<Resume<'_>>,
        enough: impl Fn(&Response) -> bool,
    ) -> Result<Stream> {
        for _ in 0..MOST_REDIRECTS {
            let at_home = self.is_home(&url);
            let response = self.send(method.clone(), &url, resume.as_ref()).await?;
            let location = text(response.headers(), LOCATION.as_str())
                .filter(|_| response.status().is_redirection());
            let Some(location) = location else {
                return Ok(Stream { response, at_home });
            };
            let target = next(&url, &location)?;
            if !self.is_home(&target) && enough(&response) {
                return Ok(Stream { response, at_home });
            }
            url = target;
        }
        Err(protocol(&url, "at most ten redirects", "more".to_owned()))
    }

    /// The only place that opens a connection, and the only one that uses the token.
    async fn send(
        &self,
        method: Method,
        url: &Url,
        resume: Option<&Resume<'_>>,
    ) -> Result<Response> {
        let place = place(url);
        tracing::debug!(%method, place, "asking");
        // Compressed bytes would have another length than the one announced.
        let mut request = self
            .http
            .request(method, url.clone())
            .header(ACCEPT_ENCODING, "identity");
        if let Some(Resume { from, etags }) = resume {
            request = request.header(RANGE, format!("bytes={from}-"));
            let here = origin(url);
            if let Some((_, etag)) = etags.iter().rev().find(|(origin, _)| *origin == here) {
                request = request.header(IF_RANGE, etag);
            }
        }
        if let Some(bearer) = self.bearer.as_ref().filter(|_| self.is_home(url)) {
            request = request.header(AUTHORIZATION, bearer.clone());
        }
        match tokio::time::timeout(self.stall, request.send()).await {
            Err(_) => Err(Error::Timeout {
                place,
                after: self.stall,
            }),
            Ok(Ok(response)) => Ok(response),
            Ok(Err(source)) => {
                let source = source.without_url();
                Err(if source.is_connect() {
                    Error::Connect { place, source }
                } else {
                    Error::Cut {
                        place,
                        source: Some(source),
                    }
                })
            }
        }
    }

    /// Whether an address is the hub's own: same scheme, host and port.
    fn is_home(&self, url: &Url) -> bool {
        origin(url) == self.home()
    }

    /// The next bytes of an answer; `None` at its end.
    pub(crate) async fn chunk(
        &self,
        response: &mut Response,
    ) -> Result<Option<impl AsRef<[u8]> + use<>>> {
        let place = place(response.url());
        match tokio::time::timeout(self.stall, response.chunk()).await {
            Err(_) => Err(Error::Timeout {
                place,
                after: self.stall,
            }),
            Ok(Err(source)) => Err(Error::Cut {
                place,
                source: Some(source.without_url()),
            }),
            Ok(Ok(bytes)) => Ok(bytes),
        }
    }
}

/// Where a redirect leads, if it may be followed.
fn next(url: &Url, location: &str) -> Result<Url> {
    let target = url
        .join(location)
        .map_err(|_| protocol(url, "a location", format!("{location:?}")))?;
    if !matches!(target.scheme(), "http" | "https") {
        return Err(protocol(
            url,
            "an http location",
            target.scheme().to_owned(),
        ));
    }
    if url.scheme() == "https" && target.scheme() == "http" {
        return Err(Error::Downgrade {
            place: place(url),
            target: place(&target),
        });
    }
    Ok(target)
}

pub(crate) fn origin(url: &Url) -> Origin {
    url.origin().ascii_serialization()
}

/// An etag without its quotes and without the mark of a weak one.
pub(crate) fn bare(etag: &str) -> &str {
    etag.trim().trim_start_matches("W/").trim_matches('"')
}

pub(crate) fn protocol(url: &Url, expected: &'static str, got: String) -> Error {
    Error::Protocol {
        place: place(url),
        expected,
        got,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_is_compared_without_its_decoration() {
        for etag in ["abc", "\"abc\"", "W/\"abc\"", " \"abc\" "] {
            assert_eq!(bare(etag), "abc");
        }
    }

    #[test]
    fn a_redirect_stays_on_http_and_does_not_lose_its_encryption() {
        let url = Url::parse("https://hub.example/a/b?x").unwrap();
        let follow = |location: &str| next(&url, location);
        assert_eq!(follow("/c").unwrap().as_str(), "https://hub.example/c");
        assert_eq!(
            follow("https://cdn.example/c").unwrap().as_str(),
            "https://cdn.example/c"
        );
        let error = follow("http://cdn.example/c?Signature=1").unwrap_err();
        assert!(
            matches!(error, Error::Downgrade { .. }) && !error.to_string().contains("Signature"),
            "{error}"
        );
        for location in ["file:///etc/passwd", "data:,x", "http://["] {
            assert!(
                matches!(follow(location), Err(Error::Protocol { .. })),
                "{location}"
            );
        }
    }

    #[test]
    fn the_hub_is_known_by_scheme_host_and_port() {
        let home = origin(&Url::parse("https://hub.example").unwrap());
        for (address, expected) in [
            ("https://hub.example:443/x?y", true),
            ("https://HUB.example/", true),
            ("http://hub.example", false),
            ("https://hub.example:444", false),
            ("https://cdn.hub.example", false),
            ("https://hub.example.evil", false),
            ("https://hub.example@evil", false),
        ] {
            assert_eq!(
                origin(&Url::parse(address).unwrap()) == home,
                expected,
                "{address}"
            );
        }
    }

    #[test]
    fn loopback_is_recognised_in_each_spelling() {
        for (address, expected) in [
            ("http://localhost:1", true),
            ("http://127.0.0.1", true),
            ("http://127.1.2.3", true),
            ("http://[::1]:80", true),
            ("http://10.0.0.1", false),
            ("http://localhost.example", false),
        ] {
            assert_eq!(
                is_loopback(&Url::parse(address).unwrap()),
                expected,
                "{address}"
            );
        }
    }
}
