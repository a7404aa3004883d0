//! What a container may see of the host. *In*: the value of `-v` or `--mount`. *Out*: a refusal where the folder
//! holds the system, secrets or a socket that controls the host, a note where it is another folder. It does not
//! know: what is really in a folder; links are not followed.

use super::{
    command::{is_absolute, tidy},
    grammar::Found,
    harm,
    trial::{Trial, shown},
};

/// The system's own folders, on either system; in lower case.
const SYSTEM: &[&str] = &[
    "etc",
    "proc",
    "sys",
    "dev",
    "boot",
    "root",
    "usr",
    "bin",
    "sbin",
    "lib",
    "lib32",
    "lib64",
    "run",
    "var",
    "private",
    "system",
    "library",
    "applications",
    "cores",
    "nix",
    "snap",
    "windows",
    "program files",
    "program files (x86)",
    "programdata",
];

/// Folders that hold one folder for each user.
const HOMES: &[&str] = &["home", "users"];

/// Where users keep keys; anywhere in the path.
const SECRETS: &[&str] = &[
    ".ssh",
    ".aws",
    ".azure",
    ".gnupg",
    ".kube",
    ".docker",
    ".config",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    ".password-store",
    ".mozilla",
    ".vault-token",
    ".local",
    ".bashrc",
    ".bash_history",
    ".bash_profile",
    ".zsh_history",
    ".zshenv",
    ".zprofile",
    ".gitconfig",
    ".pgpass",
    ".my.cnf",
    ".boto",
    ".s3cfg",
    ".dockercfg",
    ".terraform.d",
    ".oci",
    ".thunderbird",
    ".bitcoin",
    ".ethereum",
    ".profile",
    ".zshrc",
    "keychains",
    "appdata",
];

/// `SOURCE:TARGET[:OPTIONS]`; without a source, or with a name for one, it is a volume of the service's own.
pub(super) fn volume(trial: &mut Trial, found: &Found) {
    let value = found.value;
    // The colon of a drive is none of the separators.
    let drive = if is_absolute(value) && !value.starts_with('/') {
        2
    } else {
        0
    };
    match value[drive..].find(':') {
        Some(end) => source(trial, found, &value[..drive + end]),
        None if value.starts_with('/') => {}
        None => trial.refuse(found.at, found.name, &harm::MOUNT),
    }
}

/// `type=bind,source=…,target=…`, between commas.
pub(super) fn mount(trial: &mut Trial, found: &Found) {
    let pairs = || {
        let pairs = found
            .value
            .split(',')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        pairs.map(|(key, value)| (key.trim().to_ascii_lowercase(), value))
    };
    let kind = pairs()
        .rfind(|(key, _)| key == "type")
        .map_or("volume", |(_, kind)| kind);
    // Quotes hide commas, and a volume's driver can bind anything.
    let hides = found.value.contains('"')
        || pairs().any(|(key, _)| {
            matches!(
                key.as_str(),
                "volume-opt" | "volume-driver" | "bind-propagation"
            )
        });
    if hides || !matches!(kind, "bind" | "volume" | "tmpfs") {
        trial.refuse(found.at, found.name, &harm::MOUNT);
    }
    for (_, path) in pairs().filter(|(key, _)| matches!(key.as_str(), "source" | "src")) {
        source(trial, found, path);
    }
}

fn source(trial: &mut Trial, found: &Found, path: &str) {
    if is_name(path) {
        return;
    }
    if is_open(path) {
        trial.note(
            "filesystem",
            format!("the container reaches the folder '{}'", shown(path)),
        );
    } else {
        trial.refuse(
            found.at,
            &format!("{} {}", found.name, shown(path)),
            &harm::MOUNT,
        );
    }
}

/// A volume's name, which is no path.
fn is_name(path: &str) -> bool {
    path.starts_with(|c: char| c.is_ascii_alphanumeric())
        && path
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

/// A folder in which a server may work.
fn is_open(path: &str) -> bool {
    let path = path.replace('\\', "/").to_ascii_lowercase();
    let climbs = path.split('/').any(|part| part == "..");
    if climbs || !is_absolute(&path) || path.starts_with("//") {
        return false;
    }
    let tidied = tidy(&path);
    let mut parts: Vec<&str> = tidied.split('/').filter(|part| !part.is_empty()).collect();
    // `c:/`, and the same drive as Linux on Windows sees it.
    if parts.first().is_some_and(|part| part.ends_with(':')) {
        parts.remove(0);
    } else if parts.len() > 1 && parts[0] == "mnt" && parts[1].len() == 1 {
        parts.drain(..2);
    }
    let Some(first) = parts.first() else {
        return false;
    };
    let deep_enough = parts.len() > 2 || !HOMES.contains(first);
    deep_enough
        && !SYSTEM.contains(first)
        && !parts.iter().any(|part| {
            SECRETS.contains(part) || part.rsplit_once('.').is_some_and(|(_, end)| end == "sock")
        })
}
