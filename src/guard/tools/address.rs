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
    "gopher", "dict", "ldap", "ldaps", "tftp", "jar", "netdoc", "expect", "php", "phar", "zip",
];

/// Judges an address, or a bare host where the parameter asks for one.
pub fn judge(text: &str) -> Option<Wrong> {
    let text = text.trim();
    match Url::parse(text) {
        Ok(url) if SCHEMES.contains(&url.scheme()) => Some(Wrong::Scheme),
        Ok(url) if url.has_host() => of_url(&url),
        // `host:8080` parses as a scheme of its own.
        _ => of_url(&Url::parse(&format!("http://{text}")).ok()?),
    }
}

fn of_url(url: &Url) -> Option<Wrong> {
    match url.host()? {
        // Only of the web's schemes is a host read as a number where it is one.
        Host::Domain(name) => match name.parse() {
            Ok(address) => of_address(address),
            Err(_) => of_name(name),
        },
        Host::Ipv4(address) => of_address(address.into()),
        Host::Ipv6(address) => of_address(address.into()),
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
