//! Where an address leads, as far as it is written out. Names are not looked up: that is done when it is dialled.

// From `core`: an address is a number, and no network is touched here.
use core::net::IpAddr;

use url::{Host, Url};

use crate::launch::{Reach, reach};

/// What is wrong with an address that a tool is handed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Where clouds hand out a machine's credentials.
    Metadata,
    /// This machine or this network.
    Private,
    /// A scheme that speaks to other services than the one that is named.
    Scheme,
}

/// Names under which clouds answer.
const METADATA: &[&str] = &[
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
];

/// Schemes that are known from forging requests, and have no other use in a tool.
const SCHEMES: &[&str] = &[
    "gopher",
    "dict",
    "ldap",
    "ldaps",
    "tftp",
    "jar",
    "netdoc",
    "expect",
    "php",
    "phar",
    "zip",
    // Other words before a file's address, or before any address.
    "filesystem",
    "local_file",
    "local-file",
    "url",
    "view-source",
];

/// Judges an address, or a bare host where the parameter asks for one.
pub fn judge(text: &str) -> Option<Wrong> {
    let text = text.trim();
    // Some are no schemes by the letter, and are read as such all the same.
    let scheme = text.split(':').next().unwrap_or_default();
    if scheme.len() < text.len()
        && SCHEMES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(scheme))
    {
        return Some(Wrong::Scheme);
    }
    // `//host/path` takes the scheme of wherever it stands.
    if has_no_scheme(text) {
        return of_url(&Url::parse(&format!("http:{text}")).ok()?);
    }
    match Url::parse(text) {
        Ok(url) if SCHEMES.contains(&url.scheme()) => Some(Wrong::Scheme),
        Ok(url) if url.has_host() => of_url(&url),
        // `host:8080` parses as a scheme of its own.
        _ => of_url(&Url::parse(&format!("http://{text}")).ok()?),
    }
}

/// Also with backslashes, which readers of addresses turn around.
pub fn has_no_scheme(text: &str) -> bool {
    let mut bytes = text.trim_start().bytes();
    [bytes.next(), bytes.next()]
        .iter()
        .all(|byte| matches!(byte, Some(b'/' | b'\\')))
}

/// The path of a `file:` address, however it is spelled: readers of addresses drop blanks and line ends within.
pub fn file(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    (url.scheme() == "file").then(|| url.path().to_owned())
}

fn of_url(url: &Url) -> Option<Wrong> {
    match url.host()? {
        // Only of the web's schemes is a host read as a number where it is one.
        Host::Domain(name) => match name.parse() {
            Ok(address) => of_address(address),
            Err(_) => of_number(name).or_else(|| of_name(name)),
        },
        Host::Ipv4(address) => of_address(address.into()),
        Host::Ipv6(address) => of_address(address.into()),
    }
}

/// `0x7f000001` and `2130706433`, which whoever dials reads as numbers under any scheme.
fn of_number(name: &str) -> Option<Wrong> {
    match Url::parse(&format!("http://{name}")).ok()?.host()? {
        Host::Ipv4(address) => of_address(address.into()),
        _ => None,
    }
}

fn of_name(name: &str) -> Option<Wrong> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if METADATA.contains(&name.as_str()) {
        return Some(Wrong::Metadata);
    }
    let endings = [".localhost", ".local", ".internal"];
    let ours = name == "localhost" || endings.iter().any(|end| name.ends_with(end));
    ours.then_some(Wrong::Private)
}

fn of_address(address: IpAddr) -> Option<Wrong> {
    match reach(address) {
        Reach::Public => None,
        // Nobody serves anything else on a link-local address that a model has business with.
        Reach::Metadata | Reach::LinkLocal => Some(Wrong::Metadata),
        // Nowhere includes 0.0.0.0, which is this machine.
        Reach::Loopback | Reach::Private | Reach::Nowhere => Some(Wrong::Private),
    }
}
