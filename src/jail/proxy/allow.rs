//! Which hosts, and how a program is told of the proxy.

use std::{
    hash::{BuildHasher as _, Hasher as _},
    net::IpAddr,
};

use super::address::is_public;
use crate::{Error, Result};

const TLS: u16 = 443;

/// The hosts that may be reached. Tests replace what is public.
#[derive(Debug)]
pub(crate) struct Allowed {
    hosts: Vec<Host>,
    /// What a program must show where others could ask too.
    password: Option<String>,
    pub(super) is_public: fn(IpAddr) -> bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Host {
    /// In lower case, without a dot at its end.
    name: String,
    /// Any name below it, and not itself.
    below: bool,
    port: u16,
}

impl Allowed {
    pub(crate) fn new(hosts: &[String], with_password: bool) -> Result<Self> {
        Ok(Allowed {
            hosts: hosts
                .iter()
                .map(|host| Host::read(host))
                .collect::<Result<_>>()?,
            password: with_password.then(password),
            is_public,
        })
    }

    pub(super) fn allows(&self, name: &str, port: u16) -> bool {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        self.hosts.iter().any(|host| {
            let named = match name.strip_suffix(&host.name) {
                Some("") => !host.below,
                Some(rest) => host.below && rest.ends_with('.'),
                None => false,
            };
            named && host.port == port
        })
    }

    /// Whether a request shows the password, if one is wanted.
    pub(super) fn knows(&self, credentials: Option<&str>) -> bool {
        match (&self.password, credentials) {
            (None, _) => true,
            (Some(password), Some(shown)) => shown == base64(format!("jail:{password}").as_bytes()),
            (Some(_), None) => false,
        }
    }

    /// What programs that honour a proxy look at.
    pub(crate) fn environment(&self, port: u16) -> Vec<(String, String)> {
        let user = self
            .password
            .as_ref()
            .map(|password| format!("jail:{password}@"));
        let url = format!("http://{}127.0.0.1:{port}", user.unwrap_or_default());
        let names = [
            "HTTPS_PROXY",
            "https_proxy",
            "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "all_proxy",
        ];
        let mut all: Vec<(String, String)> = names
            .iter()
            .map(|&name| (name.to_owned(), url.clone()))
            .collect();
        // Node asks for this word before it looks at the others.
        all.push(("NODE_USE_ENV_PROXY".to_owned(), "1".to_owned()));
        all
    }
}

impl Host {
    fn read(text: &str) -> Result<Self> {
        let bad = || Error::BadHost {
            got: text.to_owned(),
        };
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) => (
                name,
                port.parse()
                    .ok()
                    .filter(|port| *port != 0)
                    .ok_or_else(bad)?,
            ),
            None => (text, TLS),
        };
        let (below, name) = match name.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, name),
        };
        let legal = |c: char| c.is_ascii_alphanumeric() || ['-', '.', '_'].contains(&c);
        if name.is_empty() || name.starts_with('.') || !name.chars().all(legal) {
            return Err(bad());
        }
        Ok(Host {
            name: name.trim_end_matches('.').to_ascii_lowercase(),
            below,
            port,
        })
    }
}

/// 128 bits that nobody guesses: a fresh hasher is keyed by the system's random numbers.
fn password() -> String {
    let part = || {
        std::collections::hash_map::RandomState::new()
            .build_hasher()
            .finish()
    };
    // A second state differs from the first by one in its key, so the hashes have nothing in common.
    format!("{:016x}{:016x}", part(), part())
}

/// The encoding of credentials in a header.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |chunk: &[u8]| {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let letter = move |at: usize| {
            let letter = LETTERS[(bits >> (18 - 6 * at) & 63) as usize];
            char::from(letter)
        };
        let written = chunk.len() + 1;
        (0..4).map(move |at| if at < written { letter(at) } else { '=' })
    };
    bytes.chunks(3).flat_map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(hosts: &[&str]) -> Allowed {
        let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
        Allowed::new(&hosts, true).unwrap()
    }

    #[test]
    fn a_host_is_allowed_by_its_whole_name_and_its_port() {
        let allowed = allowed(&["api.github.com", "*.npmjs.org", "db.example:5432"]);
        for (name, port) in [
            ("api.github.com", 443),
            ("API.GitHub.com.", 443),
            ("registry.npmjs.org", 443),
            ("a.b.npmjs.org", 443),
            ("db.example", 5432),
        ] {
            assert!(allowed.allows(name, port), "{name}:{port}");
        }
        for (name, port) in [
            ("github.com", 443),
            ("evil-api.github.com", 443),
            ("xapi.github.com", 443),
            ("npmjs.org", 443),
            ("evilnpmjs.org", 443),
            ("api.github.com", 80),
            ("api.github.com.evil.example", 443),
            ("db.example", 443),
            ("", 443),
        ] {
            assert!(!allowed.allows(name, port), "{name}:{port}");
        }
    }

    #[test]
    fn what_is_no_host_is_told() {
        for bad in [
            "",
            "*",
            "*.",
            "https://a.example",
            "a.example:0",
            "a.example:https",
            ".example",
            "a b",
            "[::1]:443",
        ] {
            let error = Allowed::new(&[bad.to_owned()], false).unwrap_err();
            assert!(matches!(error, Error::BadHost { .. }), "{bad}: {error}");
        }
    }

    #[test]
    fn the_password_that_a_program_is_told_is_the_one_that_opens() {
        let allowed = allowed(&["a.example"]);
        let password = allowed.password.clone().unwrap();
        assert!(
            allowed.environment(99)[0]
                .1
                .contains(&format!("jail:{password}@127.0.0.1:99"))
        );
        assert!(allowed.knows(Some(&base64(format!("jail:{password}").as_bytes()))));
        assert!(!allowed.knows(None) && !allowed.knows(Some("")));
        assert_eq!(
            (base64(b"a"), base64(b"ab"), base64(b"abc")),
            ("YQ==".into(), "YWI=".into(), "YWJj".into())
        );
    }
}
