//! Places that hold secrets. They are outside every jail anyway; these lists are for the roots that are wider
//! than their author thought.

use std::path::{Path, PathBuf};

/// Below a home folder.
const AT_HOME: &[&str] = &[
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    ".oci",
    ".kube",
    ".docker",
    ".fly",
    ".terraform.d",
    ".config/gcloud",
    ".config/gh",
    ".config/hub",
    ".config/git/credentials",
    ".config/rclone",
    ".config/op",
    ".config/containers",
    ".config/google-chrome",
    ".config/chromium",
    ".config/doctl",
    ".mozilla",
    ".netrc",
    ".npmrc",
    ".yarnrc.yml",
    ".pypirc",
    ".git-credentials",
    ".pgpass",
    ".my.cnf",
    ".vault-token",
    ".password-store",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".cache/huggingface/token",
    ".huggingface",
    ".local/share/keyrings",
    ".bash_history",
    ".zsh_history",
    ".python_history",
    ".psql_history",
    ".node_repl_history",
];

/// Of the machine.
const ELSEWHERE: &[&str] = &[
    "/run/docker.sock",
    "/var/run/docker.sock",
    "/run/containerd",
    "/run/podman",
    "/run/crio",
    "/run/user",
    "/run/secrets",
    "/var/run/secrets",
    "/run/dbus",
    "/run/systemd/private",
    "/etc/shadow",
    "/etc/gshadow",
    "/etc/ssh",
    "/etc/sudoers",
    "/etc/ssl/private",
    "/var/lib/docker",
    "/var/lib/kubelet",
    "/root/.ssh",
];

/// The places that exist, by their real paths.
pub(crate) fn existing(home: Option<&Path>, more: &[PathBuf]) -> Vec<PathBuf> {
    let at_home = home.into_iter();
    let at_home = at_home.flat_map(|home| AT_HOME.iter().map(|name| home.join(name)));
    let elsewhere = ELSEWHERE.iter().map(PathBuf::from);
    let places = at_home.chain(elsewhere).chain(more.iter().cloned());
    let mut places: Vec<PathBuf> = places.filter_map(|path| path.canonicalize().ok()).collect();
    places.sort();
    places.dedup();
    places
}
