//! What is in the cache.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::hub::complete;
use crate::id::is_commit;
use crate::layout::{Layout, files_below};
use crate::{Error, ModelId, Result, Want};

/// One snapshot of a model, whoever pulled it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedModel {
    /// The model, at `revision`.
    pub id: ModelId,
    /// The branch or tag that this snapshot was pulled as (`main` before others), else the commit.
    pub revision: String,
    pub commit: String,
    /// The size of all files together.
    pub bytes: u64,
    /// How many files there are.
    pub files: usize,
    pub dir: PathBuf,
    /// When the youngest of the files was written.
    pub modified: Option<SystemTime>,
    /// Whether it can be loaded, as [`Want::Model`] understands it: weights, configuration and tokenizer.
    pub complete: bool,
}

pub(crate) fn list(layout: &Layout) -> Result<Vec<CachedModel>> {
    let root = layout.root();
    let entries = match std::fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(Error::io("list", root, source)),
    };
    let ids = entries
        .flatten()
        .filter_map(|entry| ModelId::of_folder(entry.file_name().to_str()?));
    let mut models: Vec<_> = ids.flat_map(|id| snapshots(layout, &id)).collect();
    models.sort_unstable_by(|a, b| {
        (a.id.repository(), &a.revision).cmp(&(b.id.repository(), &b.revision))
    });
    Ok(models)
}

fn snapshots(layout: &Layout, id: &ModelId) -> Vec<CachedModel> {
    let names = revisions(&layout.references(id));
    let Ok(entries) = std::fs::read_dir(layout.snapshots(id)) else {
        return Vec::new();
    };
    let commits = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok());
    commits
        .filter(|commit| is_commit(commit))
        .filter_map(|commit| snapshot(layout, id, commit, &names))
        .collect()
}

fn snapshot(
    layout: &Layout,
    id: &ModelId,
    commit: String,
    names: &BTreeMap<String, String>,
) -> Option<CachedModel> {
    let dir = layout.snapshot(id, &commit);
    let revision = names.get(&commit).unwrap_or(&commit).clone();
    let id = id.clone().with_revision(&revision).ok()?;
    let files = files_below(&dir);
    let complete = complete(&id, &dir, &files, &Want::Model).is_ok();
    let (mut bytes, mut modified) = (0, None);
    for about in files
        .iter()
        .filter_map(|file| std::fs::metadata(dir.join(file)).ok())
    {
        bytes += about.len();
        modified = modified.max(about.modified().ok());
    }
    Some(CachedModel {
        id,
        revision,
        commit,
        bytes,
        files: files.len(),
        dir,
        modified,
        complete,
    })
}

/// Commit → the name by which it was pulled.
fn revisions(references: &Path) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for name in files_below(references) {
        let Ok(text) = std::fs::read_to_string(references.join(&name)) else {
            continue;
        };
        let known = names
            .entry(text.trim().to_owned())
            .or_insert_with(|| name.clone());
        if name == ModelId::MAIN {
            *known = name;
        }
    }
    names
}
