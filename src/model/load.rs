//! From a place to a model that is ready: decoder, tokenizer, template and card.

use std::path::{Path, PathBuf};

use ferrule_types::{ModelCard, Sampling, SpecialToken};
use serde_json::Value;

use crate::{
    Arch, Decoder, Error, Form, Opened, Result, gguf_vocab,
    text::{ChatTemplate, Tokenizer},
};

/// How to load a model, where the files should not have the last word.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The name under which it was asked for; that of its place, if there is none.
    pub name: Option<String>,
    pub arch: Option<&'static Arch>,
    pub form: Form,
    pub tokenizer_json: Option<PathBuf>,
    /// A folder to take tokenizer and template from.
    pub tokenizer_folder: Option<PathBuf>,
    pub template: Option<TemplateSource>,
}

/// A chat template that a user gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateSource {
    File(PathBuf),
    Text(String),
}

impl TemplateSource {
    /// A text with template tags is a template; anything else names a file.
    pub fn named(given: &str) -> Self {
        if given.contains("{{") || given.contains("{%") {
            Self::Text(given.to_owned())
        } else {
            Self::File(given.into())
        }
    }
}

/// Where a model's files are. Paths become one by themselves.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// A folder with config.json and safetensors, a `.gguf` file, or a folder with just one.
    Path(&'a Path),
    /// A GGUF file that is part of the program, and what errors and cards call it.
    Program { name: &'a str, bytes: &'static [u8] },
}

impl<'a, P: AsRef<Path> + ?Sized> From<&'a P> for Place<'a> {
    fn from(path: &'a P) -> Self {
        Self::Path(path.as_ref())
    }
}

impl Place<'_> {
    fn open(self, arch: Option<&'static Arch>) -> Result<Opened> {
        match self {
            Self::Path(path) => Opened::open_as(path, arch),
            Self::Program { name, bytes } => Opened::of_program(name, bytes, arch),
        }
    }

    fn name(self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Program { name, .. } => name.to_owned(),
        }
    }
}

/// A model before its weights are read: all that its smaller files say.
#[derive(Debug)]
pub struct Prepared {
    opened: Opened,
    form: Form,
    tokenizer: Tokenizer,
    template: Option<ChatTemplate>,
    card: ModelCard,
}

/// A model, ready to compute.
#[derive(Debug)]
pub struct Loaded {
    pub decoder: Decoder,
    pub tokenizer: Tokenizer,
    pub template: ChatTemplate,
    pub card: ModelCard,
}

/// Loads the model at a place. Nothing is left behind when it fails.
pub fn load<'a>(place: impl Into<Place<'a>>, options: &LoadOptions) -> Result<Loaded> {
    prepare(place, options)?.load()
}

/// The first half of loading. The small files come first: what is wrong with them shows before the large ones
/// are read, and who has to make room for the model knows for how much.
pub fn prepare<'a>(place: impl Into<Place<'a>>, options: &LoadOptions) -> Result<Prepared> {
    let place = place.into();
    let opened = place.open(options.arch)?;
    let tokenizer = tokenizer(&opened, options)?;
    let template = template(&opened, options)?;
    check_vocabulary(&opened, &tokenizer)?;
    let mut card = opened.card(&options.name(place), options.form);
    describe_text(&mut card, &opened, &tokenizer, template.as_ref())?;
    Ok(Prepared {
        opened,
        form: options.form,
        tokenizer,
        template,
        card,
    })
}

impl Prepared {
    pub fn card(&self) -> &ModelCard {
        &self.card
    }

    /// The second half: reads the weights.
    pub fn load(self) -> Result<Loaded> {
        let decoder = self.opened.decoder(self.form)?;
        let template = match self.template {
            Some(template) => template,
            None => ChatTemplate::plain()?,
        };
        Ok(Loaded {
            decoder,
            tokenizer: self.tokenizer,
            template,
            card: self.card,
        })
    }
}

/// The card of the model at a place, as `options` would load it; its weights are not read. A model without
/// a tokenizer has a card too.
pub fn inspect<'a>(place: impl Into<Place<'a>>, options: &LoadOptions) -> Result<ModelCard> {
    let place = place.into();
    let opened = place.open(options.arch)?;
    let mut card = opened.card(&options.name(place), options.form);
    let template = template(&opened, options)?;
    match tokenizer(&opened, options) {
        Ok(tokenizer) => describe_text(&mut card, &opened, &tokenizer, template.as_ref())?,
        Err(e) => {
            tracing::warn!("no tokenizer: {e}");
            card.template = template.map(|t| t.source().to_owned());
        }
    }
    Ok(card)
}

impl LoadOptions {
    fn name(&self, place: Place<'_>) -> String {
        let name = self.name.clone();
        name.unwrap_or_else(|| place.name())
    }
}

/// The folder beside the weights that holds a model's smaller files.
fn folder(opened: &Opened) -> &Path {
    let path = opened.source.path();
    if opened.gguf.is_some() {
        path.parent().unwrap_or(path)
    } else {
        path
    }
}

fn tokenizer(opened: &Opened, options: &LoadOptions) -> Result<Tokenizer> {
    if let Some(file) = &options.tokenizer_json {
        return Ok(Tokenizer::from_file(file)?);
    }
    if let Some(folder) = &options.tokenizer_folder {
        return Ok(Tokenizer::from_dir(folder)?);
    }
    match opened.gguf.as_deref().and_then(gguf_vocab::vocab) {
        Some(vocab) => Ok(Tokenizer::from_gguf(&vocab)?),
        None => Ok(Tokenizer::from_dir(folder(opened))?),
    }
}

fn template(opened: &Opened, options: &LoadOptions) -> Result<Option<ChatTemplate>> {
    match &options.template {
        Some(TemplateSource::File(file)) => return Ok(Some(ChatTemplate::from_file(file)?)),
        Some(TemplateSource::Text(source)) => {
            return Ok(Some(ChatTemplate::new(
                source.as_str(),
                "the given chat template",
            )?));
        }
        None => {}
    }
    if let Some(folder) = &options.tokenizer_folder
        && let Some(template) = ChatTemplate::from_dir(folder)?
    {
        return Ok(Some(template));
    }
    match &opened.gguf {
        Some(file) => gguf_vocab::template(file),
        None => Ok(ChatTemplate::from_dir(folder(opened))?),
    }
}

/// A vocabulary larger than the embedding is another model's. Rows without a token are usual: tables are
/// padded to round numbers. So are a few added tokens without a row, which fine-tuned checkpoints carry
/// along and never use; to use one is an error of that request.
fn check_vocabulary(opened: &Opened, tokenizer: &Tokenizer) -> Result<()> {
    let rows = opened.spec.vocab;
    let size = tokenizer.vocab_size();
    let added = tokenizer.special_tokens().iter();
    let beyond = added.filter(|t| t.id as usize >= rows).count();
    if size <= rows + beyond {
        return Ok(());
    }
    Err(Error::Vocabulary {
        path: opened.source.path().to_owned(),
        tokenizer: size,
        embedding: rows,
    })
}

fn describe_text(
    card: &mut ModelCard,
    opened: &Opened,
    tokenizer: &Tokenizer,
    template: Option<&ChatTemplate>,
) -> Result<()> {
    card.template = template.map(|t| t.source().to_owned());
    card.special_tokens = tokenizer
        .special_tokens()
        .iter()
        .map(|t| SpecialToken {
            content: t.content.clone(),
            id: t.id,
            special: t.special,
        })
        .collect();
    card.bos = tokenizer.bos();
    let generation = generation_config(opened)?;
    let sources = [
        generation.get("eos_token_id"),
        opened.config.get("eos_token_id"),
    ];
    let mut ends: Vec<u32> = sources.into_iter().flatten().flat_map(ids).collect();
    ends.extend(tokenizer.ends());
    ends.sort_unstable();
    ends.dedup();
    ends.retain(|id| (*id as usize) < opened.spec.vocab);
    card.eos = ends;
    card.sampling = recommended(&generation);
    Ok(())
}

/// `generation_config.json`, or nothing.
fn generation_config(opened: &Opened) -> Result<Value> {
    let path = folder(opened).join("generation_config.json");
    if opened.gguf.is_some() || !path.is_file() {
        return Ok(Value::Null);
    }
    let text = std::fs::read_to_string(&path).map_err(|source| Error::Io {
        path: path.clone(),
        source,
    })?;
    serde_json::from_str(&text).map_err(|e| Error::Header {
        path,
        what: "the generation configuration".into(),
        expected: "a JSON object".into(),
        got: e.to_string(),
    })
}

fn ids(value: &Value) -> Vec<u32> {
    let id = |v: &Value| v.as_u64().and_then(|v| u32::try_from(v).ok());
    match value {
        Value::Array(list) => list.iter().filter_map(id).collect(),
        other => id(other).into_iter().collect(),
    }
}

/// What the model's makers recommend, if they recommend to sample at all.
fn recommended(generation: &Value) -> Option<Sampling> {
    let number = |key: &str| generation.get(key).and_then(Value::as_f64);
    let samples = generation.get("do_sample").and_then(Value::as_bool)?;
    let sampling = Sampling {
        temperature: number("temperature"),
        top_k: number("top_k").map(|k| k as u32).filter(|k| *k > 0),
        top_p: number("top_p"),
        min_p: number("min_p"),
        repetition_penalty: number("repetition_penalty"),
        ..Sampling::default()
    };
    (samples && sampling.check().is_ok()).then_some(sampling)
}
