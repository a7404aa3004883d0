//! Where an address leads, as far as it is written out. Names are not looked up: that is done when it is dialled.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

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
        Ok(url) if url.has_host() => of_url(&url),
        // `host:8080` parses as a scheme of its own.
        Ok(url) if SCHEMES.contains(&url.scheme()) => Some(Wrong::Scheme),
        _ => of_url(&Url::parse(&format!("http://{text}")).ok()?),
    }
}

fn of_url(url: &Url) -> Option<Wrong> {
    if SCHEMES.contains(&url.scheme()) {
        return Some(Wrong::Scheme);
    }
    match url.host()? {
        // Only of the web's schemes is a host read as a number where it is one.
        Host::Domain(name) => name.parse().ok().and_then(of_v4).or_else(|| of_name(name)),
        Host::Ipv4(address) => of_v4(address),
        Host::Ipv6(address) => of_v6(address),
    }
}

fn of_name(name: &str) -> Option<Wrong> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if METADATA.contains(&name.as_str()) {
        return Some(Wrong::Metadata);
    }
    let ours = name == "localhost"
        || [".localhost", ".local", ".internal"]
            .iter()
            .any(|end| name.ends_with(end));
    ours.then_some(Wrong::Private)
}

fn of_v4(address: Ipv4Addr) -> Option<Wrong> {
    let [a, b, c, d] = address.octets();
    // Link-local as a whole; and the two that stand elsewhere.
    if address.is_link_local()
        || [a, b, c, d] == [100, 100, 100, 200]
        || [a, b, c, d] == [192, 0, 0, 192]
    {
        return Some(Wrong::Metadata);
    }
    let shared = a == 100 && (64..128).contains(&b);
    let private =
        address.is_loopback() || address.is_private() || a == 0 || shared || address.is_broadcast();
    private.then_some(Wrong::Private)
}

fn of_v6(address: Ipv6Addr) -> Option<Wrong> {
    if let Some(inner) = inner_v4(address) {
        return of_v4(inner);
    }
    let first = address.segments()[0];
    let is_metadata = address == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
    if is_metadata || first & 0xffc0 == 0xfe80 {
        return Some(Wrong::Metadata);
    }
    let private = address.is_loopback() || address.is_unspecified() || first & 0xfe00 == 0xfc00;
    private.then_some(Wrong::Private)
}

/// The old address that stands in a new one: mapped, or behind a translator.
fn inner_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., high, low] = address.segments();
    let inner = Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    let translated = address.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
    address
        .to_ipv4_mapped()
        .or_else(|| translated.then_some(inner))
}
