//! What of our environment a child gets: nothing but this.

use std::{collections::BTreeMap, env, path::Path};

use crate::{Plan, view::View};

/// Variables that say how to speak and where certificates lie, and that hold no secret.
const PASSED: &[&str] = &[
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "LC_MESSAGES",
    "LC_NUMERIC",
    "LC_TIME",
    "TZ",
    "TERM",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
];

/// What an installation gets beside it: where packages come from.
const PASSED_TO_INSTALL: &[&str] = &[
    "npm_config_registry",
    "NPM_CONFIG_REGISTRY",
    "PIP_INDEX_URL",
    "PIP_CERT",
    "UV_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

const PROGRAMS: &[&str] = &[
    "/usr/local/bin",
    "/usr/bin",
    "/bin",
    "/usr/local/sbin",
    "/usr/sbin",
    "/sbin",
];

/// The child's environment: what everybody gets, then where it is, then what the operator gives.
pub(crate) fn of(
    plan: &Plan,
    view: &View,
    home: &Path,
    temporary: &Path,
    installs: bool,
) -> BTreeMap<String, String> {
    let more = if installs { PASSED_TO_INSTALL } else { &[] };
    let passed = PASSED
        .iter()
        .chain(more)
        .filter_map(|name| Some(((*name).to_owned(), env::var(name).ok()?)));
    let mut all: BTreeMap<String, String> = passed.collect();
    all.insert("PATH".to_owned(), search_path(view));
    all.insert("HOME".to_owned(), home.display().to_string());
    for name in ["TMPDIR", "TMP", "TEMP"] {
        all.insert(name.to_owned(), temporary.display().to_string());
    }
    for name in ["USER", "LOGNAME"] {
        all.insert(name.to_owned(), "jail".to_owned());
    }
    all.extend(plan.env.iter().cloned());
    all
}

/// The folders of the program itself, then the system's.
fn search_path(view: &View) -> String {
    let own = view
        .programs
        .iter()
        .map(|folder| folder.display().to_string());
    let mut folders: Vec<String> = Vec::new();
    for folder in own.chain(PROGRAMS.iter().map(|&folder| folder.to_owned())) {
        if !folders.contains(&folder) && !folder.contains(':') {
            folders.push(folder);
        }
    }
    folders.join(":")
}
