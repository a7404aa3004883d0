//! From what a user calls a model to one that answers.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use ferrule_engine::{Engine, Settings as EngineSettings};
use ferrule_fetch::{Hub, ModelId, Progress, Settings, Snapshot, TokenSource, Want};
use ferrule_model::{Arch, LoadOptions, Place, Prepared, TemplateSource, ggufs_in, is_gguf};
use ferrule_types::{AskedBy, Context, ModelCard};

use crate::{Error, Result, builtin, runtime};

/// Which model, and how to load it. The default is the built-in model.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// A folder, a `.gguf` file, a hub id (`org/name`, `org/name@revision`), or `builtin`.
    pub model: String,
    /// The name that the model goes by; absent is `model` itself.
    pub name: Option<String>,
    /// GGUF files of the repository or folder; or quantisations, as in `Q4_K_M`.
    pub files: Vec<String>,
    /// The architecture, where the files should not decide.
    pub arch: Option<String>,
    pub tokenizer_json: Option<PathBuf>,
    /// A folder or hub id to take tokenizer and chat template from.
    pub tokenizer_from: Option<String>,
    /// A chat template: a file, or its text.
    pub chat_template: Option<String>,
    /// `auto`, `f32`, `f16` or `bf16`.
    pub dtype: Option<String>,
    /// A format to quantise to while loading: `Q8_0`, `Q4K`, `4` …
    pub in_situ_quant: Option<String>,
    /// Where models from the hub are kept, instead of the usual place.
    pub cache: Option<PathBuf>,
    /// `cache`, `none`, `literal:…`, `env:…` or `path:…`.
    pub token_source: Option<String>,
    /// How its engine is to work.
    pub engine: EngineSettings,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            model: builtin::NAME.to_owned(),
            name: None,
            files: Vec::new(),
            arch: None,
            tokenizer_json: None,
            tokenizer_from: None,
            chat_template: None,
            dtype: None,
            in_situ_quant: None,
            cache: None,
            token_source: None,
            engine: EngineSettings::default(),
        }
    }
}

impl OpenOptions {
    /// The name that the model goes by.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.model)
    }

    fn is_builtin(&self) -> bool {
        self.model == builtin::NAME
    }
}

/// Finds the model, fetching it if it must, and loads it. Blocks.
pub fn open(options: &OpenOptions, progress: &dyn Progress) -> Result<Arc<Engine>> {
    open_within(&Context::new(AskedBy::Operator), options, progress)
}

/// The same for a caller who may give up: cancelling the context ends a pull at once. What has arrived
/// stays, and the next pull goes on from there.
pub fn open_within(
    context: &Context,
    options: &OpenOptions,
    progress: &dyn Progress,
) -> Result<Arc<Engine>> {
    find(context, options, progress)?.prepare()?.open()
}

/// The card of the model as `open` would load it, without reading its weights.
pub fn inspect(options: &OpenOptions, progress: &dyn Progress) -> Result<ModelCard> {
    find(&Context::new(AskedBy::Operator), options, progress)?.card()
}

/// Whether a text that may be a model's name or a prompt is a name: `builtin`, what there is in the file system, what is
/// written as a path, or `org/name`. A prompt has white space, or is a single word.
pub fn names_a_model(text: &str) -> bool {
    let is_word = !text.contains(char::is_whitespace);
    let is_id = || text.contains('/') && ModelId::parse(text).is_ok();
    text == builtin::NAME
        || Path::new(text).exists()
        || is_word && (looks_like_a_path(text) || is_id())
}

/// A model whose files are here, and how they are to be read.
#[derive(Debug)]
pub(crate) struct Found {
    /// The built-in model, if there is none.
    path: Option<PathBuf>,
    load: LoadOptions,
    engine: EngineSettings,
}

/// A model whose small files are read.
#[derive(Debug)]
pub(crate) struct Ready {
    prepared: Prepared,
    engine: EngineSettings,
}

/// Finds the model, fetching it if it must. Blocks.
pub(crate) fn find(
    context: &Context,
    options: &OpenOptions,
    progress: &dyn Progress,
) -> Result<Found> {
    let search = Search {
        context,
        options,
        progress,
    };
    Ok(Found {
        load: search.load_options()?,
        path: search.locate()?,
        engine: options.engine.clone(),
    })
}

impl Found {
    fn place(&self) -> Place<'_> {
        match &self.path {
            Some(path) => path.into(),
            None => builtin::place(),
        }
    }

    fn card(&self) -> Result<ModelCard> {
        Ok(ferrule_model::inspect(self.place(), &self.load)?)
    }

    pub fn prepare(self) -> Result<Ready> {
        if self.path.is_none() {
            builtin::introduce();
        }
        Ok(Ready {
            prepared: ferrule_model::prepare(self.place(), &self.load)?,
            engine: self.engine,
        })
    }
}

impl Ready {
    pub fn card(&self) -> &ModelCard {
        self.prepared.card()
    }

    pub fn open(self) -> Result<Arc<Engine>> {
        let loaded = self.prepared.load()?;
        Ok(Arc::new(Engine::with(loaded, self.engine)?))
    }
}

/// A model on its way from a name to a path.
struct Search<'a> {
    context: &'a Context,
    options: &'a OpenOptions,
    progress: &'a dyn Progress,
}

impl Search<'_> {
    fn load_options(&self) -> Result<LoadOptions> {
        let options = self.options;
        let arch = match &options.arch {
            Some(name) => Some(Arch::named(name).ok_or_else(|| unknown_arch(name))?),
            None => None,
        };
        let quant = options.in_situ_quant.as_deref();
        let form = ferrule_model::form(options.dtype.as_deref(), quant)?;
        let tokenizer = match &options.tokenizer_from {
            Some(from) => Some(self.place(from, &Want::Tokenizer)?),
            None => None,
        };
        Ok(LoadOptions {
            name: Some(self.card_name()),
            arch,
            form,
            tokenizer_json: options.tokenizer_json.clone(),
            tokenizer_folder: tokenizer,
            template: options.chat_template.as_deref().map(TemplateSource::named),
        })
    }

    /// The card tells who answers: a name that was given, or what the model is.
    fn card_name(&self) -> String {
        let options = self.options;
        if options.name.is_none() && options.is_builtin() {
            return builtin::CARD.to_owned();
        }
        options.name().to_owned()
    }

    /// The folder or file of a model, local or pulled; none of the built-in one.
    fn locate(&self) -> Result<Option<PathBuf>> {
        if !self.options.is_builtin() {
            return self.on_disk().map(Some);
        }
        if let Some(file) = self.options.files.first() {
            return Err(Error::Option {
                what: "file",
                expected: "absent: the built-in model is one file".into(),
                got: file.clone(),
            });
        }
        Ok(None)
    }

    fn on_disk(&self) -> Result<PathBuf> {
        let files = &self.options.files;
        let want = match files.as_slice() {
            [] => Want::Model,
            names => Want::Gguf(names.to_vec()),
        };
        let place = self.place(&self.options.model, &want)?;
        let Some(first) = files.first() else {
            return Ok(place);
        };
        let file = place.join(first);
        if file.is_file() {
            return Ok(file);
        }
        // What was pulled is the file itself.
        if !place.is_dir() {
            return Ok(place);
        }
        // A quantisation instead of a name: the file that carries it.
        let found = gguf_with(&place, first);
        found.ok_or(Error::NoSuchPath { path: file })
    }

    /// A path as it is, or a hub id's folder.
    fn place(&self, model: &str, want: &Want) -> Result<PathBuf> {
        let path = Path::new(model);
        if path.exists() {
            return Ok(path.to_owned());
        }
        if looks_like_a_path(model) {
            return Err(Error::NoSuchPath {
                path: path.to_owned(),
            });
        }
        let id = ModelId::parse(model)?;
        let hub = hub(self.options)?;
        if let Some(snapshot) = hub.cached(&id, want) {
            return Ok(single_gguf(&snapshot));
        }
        crate::install_tls();
        let snapshot = runtime::block_on(self.pull(&hub, &id, want))??;
        Ok(single_gguf(&snapshot))
    }

    async fn pull(&self, hub: &Hub, id: &ModelId, want: &Want) -> Result<Snapshot> {
        tokio::select! {
            pulled = hub.pull(id, want, self.progress) => Ok(pulled?),
            () = self.context.cancel.cancelled() => Err(ferrule_types::Error::Cancelled.into()),
        }
    }
}

/// The settings of the hub that the options and the environment amount to.
pub fn hub(options: &OpenOptions) -> Result<Hub> {
    let mut settings = Settings::from_env()?;
    if let Some(folder) = &options.cache {
        settings = settings.with_cache(folder);
    }
    if let Some(source) = &options.token_source {
        settings =
            settings.with_token(TokenSource::parse(source)?, &|key| std::env::var_os(key))?;
    }
    Ok(Hub::new(settings))
}

fn gguf_with(folder: &Path, quantisation: &str) -> Option<PathBuf> {
    let wanted = quantisation.to_lowercase();
    ggufs_in(folder).into_iter().find(|p| {
        let name = p.file_name().unwrap_or_default().to_string_lossy();
        carries(&name.to_lowercase(), &wanted)
    })
}

/// Whether `q4_k` stands in a file's name as a word of its own: not as the beginning of `q4_k_m`.
fn carries(name: &str, quantisation: &str) -> bool {
    let is_border = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    name.match_indices(quantisation).any(|(at, found)| {
        is_border(name[..at].chars().next_back())
            && is_border(name[at + found.len()..].chars().next())
    })
}

/// A snapshot of GGUF files is named by its first file: others may lie in the same folder.
fn single_gguf(snapshot: &Snapshot) -> PathBuf {
    match snapshot.files.first() {
        Some(first) if is_gguf(Path::new(first)) => snapshot.dir.join(first),
        _ => snapshot.dir.clone(),
    }
}

fn looks_like_a_path(model: &str) -> bool {
    let lower = model.to_lowercase();
    Path::new(model).is_absolute()
        || model.starts_with(['.', '~'])
        || model.contains('\\')
        || model.matches('/').count() > 1 && !model.contains('@')
        || [".gguf", ".safetensors", ".json"]
            .iter()
            .any(|e| lower.ends_with(e))
}

fn unknown_arch(name: &str) -> Error {
    let known: Vec<&str> = ferrule_model::ARCHS.iter().map(|a| a.name).collect();
    Error::Option {
        what: "arch",
        expected: format!("one of {}", known.join(", ")),
        got: name.to_owned(),
    }
}
