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
