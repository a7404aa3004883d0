//! From a model's name to a folder that holds it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::client::{Client, Repository};
use crate::layout::{Layout, files_below, is_safe_file};
use crate::retry::Retry;
use crate::select::{self, CONFIG, Want};
use crate::transfer::Transfer;
use crate::{CachedModel, Error, ModelId, Options, Progress, Result, Settings};

/// One revision of a model on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The folder that holds the files.
    pub dir: PathBuf,
    /// Which state of the repository it is.
    pub commit: String,
    /// The files that were wanted, relative to `dir`; the parts of a split file in order. Others may lie beside them.
    pub files: Vec<String>,
}

impl Snapshot {
    /// The paths of the files.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.files.iter().map(|file| self.dir.join(file))
    }
}

/// A cache folder and the hub that fills it. Making one does nothing: the token file is read and the HTTP client
/// made when the network is first needed.
pub struct Hub {
    settings: Settings,
    options: Options,
    layout: Layout,
    client: OnceLock<Client>,
}

impl Hub {
    pub fn new(settings: Settings) -> Self {
        Self::with_options(settings, Options::default())
    }

    pub fn with_options(settings: Settings, options: Options) -> Self {
        let layout = Layout::new(settings.cache());
        Self {
            settings,
            options,
            layout,
            client: OnceLock::new(),
        }
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The model's folder: from the cache if all that is wanted is there, without asking the hub whether the
    /// revision has moved; else from the hub, of which only the missing files are fetched.
    pub async fn pull(
        &self,
        id: &ModelId,
        want: &Want,
        progress: &dyn Progress,
    ) -> Result<Snapshot> {
        match self.look(id, want) {
            Ok(snapshot) => Ok(snapshot),
            Err(missing) if self.settings.offline() => Err(self.offline(id, missing)),
            Err(_) => self.fetch(id, want, progress).await,
        }
    }

    /// Like [`Hub::pull`], but asks the hub what the revision is now. Offline the cache has to do.
    pub async fn refresh(
        &self,
        id: &ModelId,
        want: &Want,
        progress: &dyn Progress,
    ) -> Result<Snapshot> {
        if self.settings.offline() {
            return self
                .look(id, want)
                .map_err(|missing| self.offline(id, missing));
        }
        self.fetch(id, want, progress).await
    }

    /// The model's folder, if the cache holds all that is wanted. Touches no network.
    pub fn cached(&self, id: &ModelId, want: &Want) -> Option<Snapshot> {
        self.look(id, want).ok()
    }

    /// Every snapshot of every model in the cache, by name.
    pub fn list_cached(&self) -> Result<Vec<CachedModel>> {
        crate::list::list(&self.layout)
    }

    /// The cached snapshot, or what is missing of it.
    fn look(&self, id: &ModelId, want: &Want) -> Result<Snapshot, String> {
        let commit = self
            .layout
            .commit(id)
            .ok_or_else(|| format!("revision {}", id.revision()))?;
        let dir = self.layout.snapshot(id, &commit);
        let files = complete(id, &dir, &files_below(&dir), want)?;
        Ok(Snapshot { dir, commit, files })
    }

    fn offline(&self, id: &ModelId, missing: String) -> Error {
        Error::Offline {
            id: id.to_string(),
            missing,
            cache: self.layout.root().to_owned(),
        }
    }

    async fn fetch(&self, id: &ModelId, want: &Want, progress: &dyn Progress) -> Result<Snapshot> {
        let client = self.client()?;
        let repository = self.repository(client, id, progress).await?;
        let (commit, names) = (repository.commit, repository.files);
        let files = select::choose(id, &names, want)?;
        if let Some(name) = files.iter().find(|file| !is_safe_file(file)) {
            return Err(Error::UnsafeName { name: name.clone() });
        }
        let dir = self.layout.snapshot(id, &commit);
        let absent = files.iter().filter(|file| !dir.join(file).exists());
        // The configuration gets its place last, so that a snapshot that was interrupted is seen as incomplete.
        let (last, first): (Vec<_>, Vec<_>) = absent.partition(|file| *file == CONFIG);
        for files in [first, last] {
            let (layout, options, commit) = (&self.layout, &self.options, commit.as_str());
            let transfers: Vec<_> = files
                .into_iter()
                .map(|file| async move {
                    let transfer = Transfer {
                        client,
                        layout,
                        options,
                        id,
                        commit,
                        file,
                        progress,
                    };
                    layout.place(id, commit, file, &transfer.run().await?)
                })
                .collect();
            stream::iter(transfers)
                .buffer_unordered(self.options.connections.max(1))
                .try_collect::<()>()
                .await?;
        }
        self.layout.set_commit(id, &commit)?;
        Ok(Snapshot { dir, commit, files })
    }

    async fn repository(
        &self,
        client: &Client,
        id: &ModelId,
        progress: &dyn Progress,
    ) -> Result<Repository> {
        let mut retry = Retry::new(&self.options, progress);
        loop {
            match client.repository(id).await {
                Ok(repository) => return Ok(repository),
                Err(error) => retry.pause(error).await?,
            }
        }
    }

    fn client(&self) -> Result<&Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = Client::new(&self.settings, &self.options)?;
        Ok(self.client.get_or_init(|| client))
    }
}

/// The files of a snapshot folder that are wanted, or what is missing.
pub(crate) fn complete(
    id: &ModelId,
    dir: &Path,
    names: &[String],
    want: &Want,
) -> Result<Vec<String>, String> {
    select::complete(id, names, want, &|index| shards(&dir.join(index)))
}

/// The files that a weight index names.
fn shards(index: &Path) -> Option<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Index {
        weight_map: std::collections::BTreeMap<String, String>,
    }
    let index: Index = serde_json::from_slice(&std::fs::read(index).ok()?).ok()?;
    let mut files: Vec<_> = index.weight_map.into_values().collect();
    files.sort_unstable();
    files.dedup();
    Some(files)
}
