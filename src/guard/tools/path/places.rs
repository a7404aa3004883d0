//! The places that are not for tools: one row each. They are told without regard to case, also under a drive's letter.

use super::{Place, Start};

/// How protected a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The system's own. A root that lies within opens it.
    System,
    /// Secrets, and doors to the whole machine. Nothing opens it.
    Secret,
}

use Severity::{Secret, System};

enum At {
    /// From the top of the disk.
    Top,
    /// Wherever these parts follow each other.
    Anywhere,
    /// As the last part.
    End,
}

struct Row {
    /// As people write it, and as it is told.
    place: &'static str,
    parts: &'static [&'static str],
    at: At,
    severity: Severity,
}

const fn top(place: &'static str, parts: &'static [&'static str], severity: Severity) -> Row {
    Row {
        place,
        parts,
        at: At::Top,
        severity,
    }
}

const fn anywhere(place: &'static str, parts: &'static [&'static str]) -> Row {
    Row {
        place,
        parts,
        at: At::Anywhere,
        severity: Secret,
    }
}

const fn named(place: &'static str, parts: &'static [&'static str]) -> Row {
    Row {
        place,
        parts,
        at: At::End,
        severity: Secret,
    }
}

/// Secrets stand first: of two rows that fit, the graver one is told.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    top("/etc/shadow", &["etc", "shadow"], Secret),
    top("/etc/shadow-", &["etc", "shadow-"], Secret),
    top("/etc/gshadow", &["etc", "gshadow"], Secret),
    top("/etc/sudoers", &["etc", "sudoers"], Secret),
    top("/etc/sudoers.d/", &["etc", "sudoers.d"], Secret),
    top("/etc/ssh/", &["etc", "ssh"], Secret),
    top("/etc/ssl/private/", &["etc", "ssl", "private"], Secret),
    top("/proc/", &["proc"], Secret),
    top("/dev/", &["dev"], Secret),
    top("/run/secrets/", &["run", "secrets"], Secret),
    top("/var/run/secrets/", &["var", "run", "secrets"], Secret),
    top("/var/lib/docker/", &["var", "lib", "docker"], Secret),
    top("/run/containerd/", &["run", "containerd"], Secret),
    top("/var/run/containerd/", &["var", "run", "containerd"], Secret),
    top("/windows/system32/config/", &["windows", "system32", "config"], Secret),
    named("docker.sock", &["docker.sock"]),
    named("podman.sock", &["podman.sock"]),
    named("containerd.sock", &["containerd.sock"]),
    anywhere("~/.ssh/", &[".ssh"]),
    anywhere("~/.gnupg/", &[".gnupg"]),
    anywhere("~/.aws/", &[".aws"]),
    anywhere("~/.azure/", &[".azure"]),
    anywhere("~/.kube/", &[".kube"]),
    anywhere("~/.config/gcloud/", &[".config", "gcloud"]),
    anywhere("~/.config/gh/", &[".config", "gh"]),
    anywhere("~/.docker/config.json", &[".docker", "config.json"]),
    anywhere("~/.local/share/keyrings/", &[".local", "share", "keyrings"]),
    anywhere("~/.password-store/", &[".password-store"]),
    anywhere("~/Library/Keychains/", &["library", "keychains"]),
    named("~/.netrc", &[".netrc"]),
    named("~/_netrc", &["_netrc"]),
    named("~/.pgpass", &[".pgpass"]),
    named("~/.git-credentials", &[".git-credentials"]),
    named("~/.npmrc", &[".npmrc"]),
    named("~/.pypirc", &[".pypirc"]),
    named("~/.vault-token", &[".vault-token"]),
    named("~/.cargo/credentials.toml", &[".cargo", "credentials.toml"]),
    named("id_rsa", &["id_rsa"]),
    named("id_dsa", &["id_dsa"]),
    named("id_ecdsa", &["id_ecdsa"]),
    named("id_ed25519", &["id_ed25519"]),
    top("/etc/", &["etc"], System),
    top("/private/etc/", &["private", "etc"], System),
    top("/sys/", &["sys"], System),
    top("/boot/", &["boot"], System),
    top("/root/", &["root"], System),
    top("~root", &["~root"], System),
    top("/var/root/", &["var", "root"], System),
    top("/windows/system32/", &["windows", "system32"], System),
];

/// Of `/dev/` these hold nothing.
const HARMLESS: &[&str] = &["null", "zero", "stdin", "stdout", "stderr"];

/// The protected place that this is, or lies in.
pub(super) fn find(place: &Place<'_>) -> Option<(&'static str, Severity)> {
    if is_harmless(place) {
        return None;
    }
    let row = ROWS.iter().find(|row| fits(row, place))?;
    Some((row.place, row.severity))
}

fn is_harmless(place: &Place<'_>) -> bool {
    place.start == Start::Absolute
        && matches!(place.parts[..], [dev, name] if dev == "dev" && HARMLESS.contains(&name))
}

fn fits(row: &Row, place: &Place<'_>) -> bool {
    let parts = without_drive(&place.parts);
    match row.at {
        At::Top => place.start == Start::Absolute && begins(parts, row.parts),
        At::Anywhere => (0..parts.len()).any(|at| begins(&parts[at..], row.parts)),
        At::End => {
            parts.len() >= row.parts.len()
                && begins(&parts[parts.len() - row.parts.len()..], row.parts)
        }
    }
}

/// `C:/Windows` and `//?/C:/Windows` are both the folder at the top.
fn without_drive<'a, 'b>(parts: &'b [&'a str]) -> &'b [&'a str] {
    let parts = if parts.first() == Some(&"?") {
        &parts[1..]
    } else {
        parts
    };
    match parts.first() {
        Some(drive) if drive.len() == 2 && drive.ends_with(':') => &parts[1..],
        _ => parts,
    }
}

fn begins(parts: &[&str], with: &[&str]) -> bool {
    parts.len() >= with.len()
        && parts
            .iter()
            .zip(with)
            .all(|(part, wanted)| same(part, wanted))
}

fn same(part: &str, wanted: &str) -> bool {
    // Where names end in blanks or dots that a system drops, the place is the same.
    let part = part.trim().trim_end_matches('.');
    part.eq_ignore_ascii_case(wanted)
}
