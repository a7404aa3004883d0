//! Where a client may connect to. *In*: a URL and, where somebody asked, the addresses of its host. *Out*: refusals.
//! The host is judged as the parser has it, so that `2130706433` and `0x7f.1` are 127.0.0.1. An operator may name
//! this machine and the local network, a request may name public hosts alone. It does not know: how names resolve.

use core::net::IpAddr;

use ferrule_types::AskedBy;
use url::{Host, Url};

use super::{
    address::{Reach, reach},
    trial::{Trial, shown},
};

const SCHEMES: &[&str] = &["http", "https", "ws", "wss"];

/// Names that mean this machine, the local network or a cloud's own services, wherever they resolve to.
const LOOPBACK_NAMES: &[&str] = &[
    "localhost",
    "localhost.localdomain",
    "ip6-localhost",
    "ip6-loopback",
];
const METADATA_NAMES: &[&str] = &[
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
    "metadata.azure.com",
    "metadata.azure.internal",
    "metadata.tencentyun.com",
];
const LOCAL_ENDINGS: &[&str] = &[
    ".local",
    ".internal",
    ".intranet",
    ".lan",
    ".home",
    ".corp",
    ".localdomain",
    ".home.arpa",
    ".cluster.local",
    ".svc",
    ".onion",
];

pub(super) fn judge(trial: &mut Trial, url: &str, addresses: Option<&[IpAddr]>) {
    let Some(parsed) = parse(trial, url) else {
        return;
    };
    judge_host(trial, &parsed, addresses, trial.asked_by);
}

/// A redirect's target. Only the same host, port and no weaker scheme keep the first one's authority.
pub(super) fn judge_redirect(
    trial: &mut Trial,
    from: &str,
    to: &str,
    addresses: Option<&[IpAddr]>,
) {
    let (Some(from), Some(to)) = (parse(trial, from), parse(trial, to)) else {
        return;
    };
    if encrypted(&from) && !encrypted(&to) {
        let text = format!(
            "Redirect leads from an encrypted connection to '{}'. Ask the server's owner.",
            host(&to)
        );
        trial.deny("launch.url.downgrade", "redirect", &text);
    }
    let same = from.host() == to.host()
        && (from.port_or_known_default() == to.port_or_known_default()
            && encrypted(&from) == encrypted(&to)
            || from.port().is_none() && to.port().is_none());
    let authority = if same {
        trial.asked_by
    } else {
        trial.asked_by.max(AskedBy::Request)
    };
    judge_host(trial, &to, addresses, authority);
}

fn parse(trial: &mut Trial, url: &str) -> Option<Url> {
    // Parsers disagree about these: one drops what another takes for a host.
    if url
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || c == '\\')
    {
        let text = "URL contains dangerous pattern: a space, a backslash or a control character. Write it in %-form.";
        trial.deny("launch.url.form", "url", text);
        return None;
    }
    let scheme = url
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let slashes = url
        .get(scheme.len()..)
        .is_some_and(|rest| rest.starts_with("://"));
    if !SCHEMES.contains(&scheme.as_str()) || !slashes {
        let scheme = if url.contains(':') {
            shown(&scheme)
        } else {
            "no scheme".to_owned()
        };
        let text =
            format!("URL must use http:// or https:// scheme. Got: {scheme}. Write the whole URL.");
        trial.deny("launch.url.scheme", "url", &text);
        return None;
    }
    let parsed = Url::parse(url).ok().filter(Url::has_host);
    if parsed.is_none() {
        let text = "URL has no host that can be read. Write it as https://host/path.";
        trial.deny("launch.url.form", "url", text);
    }
    let parsed = parsed?;
    if !parsed.username().is_empty() || parsed.password().is_some() || authority_has_at(url) {
        let text = format!(
            "URL contains dangerous pattern: a name or password before the host '{}'. Send it in a header instead.",
            host(&parsed)
        );
        trial.deny("launch.url.userinfo", "url", &text);
        return None;
    }
    Some(parsed)
}

/// An empty name too: what stands before the `@` is there to be taken for the host.
fn authority_has_at(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#'])
        .next()
        .unwrap_or_default()
        .contains('@')
}

fn judge_host(trial: &mut Trial, url: &Url, addresses: Option<&[IpAddr]>, asked_by: AskedBy) {
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        _ => None,
    };
    let by_name = match url.host() {
        Some(Host::Domain(name)) => reach_of_name(name),
        _ => None,
    };
    if let Some(reach) = by_name {
        judge_reach(trial, url, reach, asked_by);
    }
    match (literal, addresses) {
        (Some(address), _) => judge_reach(trial, url, reach(address), asked_by),
        (None, Some([])) => {
            let text = format!(
                "URL has a host '{}' without an address. Check its name.",
                host(url)
            );
            trial.deny("launch.url.unresolved", "url", &text);
        }
        (None, Some(addresses)) => {
            for address in addresses {
                judge_reach(trial, url, reach(*address), asked_by);
            }
            // What calls itself this machine and is not would be taken for safe by every other check.
            if by_name == Some(Reach::Loopback)
                && addresses.iter().any(|each| reach(*each) != Reach::Loopback)
            {
                let text = format!(
                    "URL has a host '{}' that is not this machine. Repair its entry.",
                    host(url)
                );
                trial.deny("launch.url.address", "url", &text);
            }
        }
        (None, None) if asked_by == AskedBy::Operator => {
            if by_name.is_none() {
                trial.note("address", "nobody looked up where the URL's host leads");
            }
        }
        (None, None) => {
            let text = format!(
                "URL has a host '{}' that nobody looked up. Look up its addresses first.",
                host(url)
            );
            trial.deny("launch.url.unresolved", "url", &text);
        }
    }
    let local = literal.map(reach).or(by_name) == Some(Reach::Loopback);
    if !encrypted(url) && !local {
        plain_text(trial, url, asked_by);
    }
}

fn judge_reach(trial: &mut Trial, url: &Url, reach: Reach, asked_by: AskedBy) {
    let allowed = match reach {
        Reach::Public => true,
        Reach::Loopback | Reach::Private => asked_by == AskedBy::Operator,
        Reach::LinkLocal | Reach::Metadata | Reach::Nowhere => false,
    };
    if allowed {
        return;
    }
    let advice = match reach {
        Reach::Loopback | Reach::Private => "Have an operator configure it.",
        Reach::Nowhere => "Name one host, 127.0.0.1 for this machine.",
        _ => "Name another host.",
    };
    let text = format!(
        "URL leads to {} address: '{}'. {advice}",
        reach.word(),
        host(url)
    );
    trial.deny("launch.url.address", "url", &text);
}

fn plain_text(trial: &mut Trial, url: &Url, asked_by: AskedBy) {
    trial.note(
        "encryption",
        format!(
            "the connection to '{}' is readable on the way; use https",
            host(url)
        ),
    );
    if asked_by != AskedBy::Operator {
        let text = format!("URL is not encrypted: '{}'. Use https.", host(url));
        trial.ask("launch.url.plain", "url", &text);
    }
}

/// Where a name leads by what it says of itself.
fn reach_of_name(name: &str) -> Option<Reach> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if LOOPBACK_NAMES.contains(&name.as_str()) || name.ends_with(".localhost") {
        Some(Reach::Loopback)
    } else if METADATA_NAMES.contains(&name.as_str()) {
        Some(Reach::Metadata)
    } else if !name.contains('.') || LOCAL_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
        Some(Reach::Private)
    } else {
        None
    }
}

fn encrypted(url: &Url) -> bool {
    matches!(url.scheme(), "https" | "wss")
}

/// The host alone: a path or a query may hold a secret.
fn host(url: &Url) -> String {
    shown(url.host_str().unwrap_or_default())
}
