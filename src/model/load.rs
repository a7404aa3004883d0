//! From a path to a model that is ready: decoder, tokenizer, template and card.

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
    /// The name under which it was asked for; the path, if there is none.
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

/// A model, ready to compute.
#[derive(Debug)]
pub struct Loaded {
    pub decoder: Decoder,
    pub tokenizer: Tokenizer,
    pub template: ChatTemplate,
    pub card: ModelCard,
}

/// Loads the model at `path`. Nothing is left behind when it fails.
pub fn load(path: &Path, options: &LoadOptions) -> Result<Loaded> {
    let opened = Opened::open_as(path, options.arch)?;
    // The small files first: what is wrong with them shows before the large ones are read.
    let tokenizer = tokenizer(&opened, options)?;
    let own = template(&opened, options)?;
    check_vocabulary(&opened, &tokenizer)?;
    let decoder = opened.decoder(options.form)?;
    let mut card = opened.card(&options.name(path), options.form);
    describe_text(&mut card, &opened, &tokenizer, own.as_ref())?;
    let template = match own {
        Some(template) => template,
        None => ChatTemplate::plain()?,
    };
    Ok(Loaded {
        decoder,
        tokenizer,
        template,
        card,
    })
}

/// The card of the model at `path`, as `options` would load it; its weights are not read. A model without
/// a tokenizer has a card too.
pub fn inspect(path: &Path, options: &LoadOptions) -> Result<ModelCard> {
    let opened = Opened::open_as(path, options.arch)?;
    let mut card = opened.card(&options.name(path), options.form);
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
    fn name(&self, path: &Path) -> String {
        let name = self.name.clone();
        name.unwrap_or_else(|| path.display().to_string())
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
