//! A container's image by its written form. *In*: `mcp/fetch@sha256:…`. *Out*: a refusal of what is no image of a
//! registry, and a note where its content is not fixed. It does not know: what is in it.

use super::{
    harm,
    trial::{Trial, shown},
};

pub(super) fn judge(trial: &mut Trial, index: usize, image: &str) {
    if image.starts_with('@') {
        trial.refuse(index, image, &harm::FILE);
        return;
    }
    // `oci:/path`, `docker-archive:file`, `https://…`: from a file, or from wherever.
    let transports = [
        "dir:",
        "oci:",
        "oci-archive:",
        "docker-archive:",
        "docker-daemon:",
        "containers-storage:",
    ];
    if image.contains(":/")
        || image.starts_with('/')
        || image.starts_with('.')
        || transports
            .iter()
            .any(|transport| image.starts_with(transport))
    {
        trial.refuse(index, "an image from elsewhere", &harm::REMOTE);
        return;
    }
    if let Some((registry, _)) = image
        .split_once('/')
        .filter(|(first, _)| first.contains(['.', ':']))
    {
        trial.note(
            "registry",
            format!("the image comes from '{}'", shown(registry)),
        );
    }
    let digest = image
        .split_once("@sha256:")
        .map_or("", |(_, digest)| digest);
    if digest.len() != 64 || !digest.chars().all(|c| c.is_ascii_hexdigit()) {
        trial.unpinned(index, image);
    }
}

/// Images of which everybody knows what they start: the repository, the program, and whether it takes every argument
/// that is no program, or only flags.
const KNOWN: &[(&str, &str, bool)] = &[
    ("node", "node", true),
    ("denoland/deno", "deno", true),
    ("oven/bun", "bun", true),
    ("astral-sh/uv", "uv", true),
    ("docker", "docker", true),
    ("python", "python", false),
    ("pypy", "pypy", false),
    ("bash", "bash", false),
    ("busybox", "sh", false),
    ("alpine", "sh", false),
    ("debian", "bash", false),
    ("ubuntu", "bash", false),
    ("fedora", "bash", false),
    ("perl", "perl", false),
    ("ruby", "irb", false),
    ("php", "php", false),
];

/// What an image starts when nothing but flags, or nothing at all, stands behind it.
pub(super) fn program(image: &str) -> Option<&'static str> {
    known(image).map(|(_, program, _)| *program)
}

/// The program that takes whatever stands behind the image.
pub(super) fn entrypoint(image: &str) -> Option<&'static str> {
    known(image)
        .filter(|(_, _, all)| *all)
        .map(|(_, program, _)| *program)
}

fn known(image: &str) -> Option<&'static (&'static str, &'static str, bool)> {
    let name = image.split('@').next().unwrap_or_default();
    // A colon before the last slash is a port.
    let name = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    };
    let name = match name.split_once('/') {
        Some((registry, rest)) if registry.contains(['.', ':']) || registry == "localhost" => rest,
        _ => name,
    };
    let name = name.strip_prefix("docker/").unwrap_or(name);
    let name = name.strip_prefix("library/").unwrap_or(name);
    KNOWN.iter().find(|(repository, _, _)| *repository == name)
}
