//! The command line, as clap reads it.

// Doc comments become help texts here, where backticks would only be in the way.
#![allow(clippy::doc_markdown)]

use anyhow::Result;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum, ValueHint};
use ferrule::{OpenOptions, cache_type, engine::Settings, logging::Format};

use crate::{chat::Chat, completions::Completions, models::Models, tools::Tools};

/// Local language models that use tools, safely.
#[derive(Debug, Parser)]
#[command(
    name = "ferrule",
    version,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,

    /// How log lines look; FERRULE_LOG chooses which there are
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Chat(Box<Chat>),
    Models(Models),
    Tools(Tools),
    Completions(Completions),
}

impl Command {
    pub fn run(&self) -> Result<()> {
        match self {
            Self::Chat(chat) => chat.run(),
            Self::Models(models) => models.run(),
            Self::Tools(tools) => tools.run(),
            Self::Completions(completions) => completions.run(),
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

impl From<LogFormat> for Format {
    fn from(format: LogFormat) -> Self {
        match format {
            LogFormat::Text => Self::Text,
            LogFormat::Json => Self::Json,
        }
    }
}

/// Which model, and how it is loaded.
#[derive(Clone, Debug, ClapArgs)]
pub struct ModelArgs {
    /// A folder, a .gguf file, a hub id (org/name, org/name@revision), or builtin
    #[arg(value_hint = ValueHint::AnyPath)]
    pub model: String,

    #[command(flatten)]
    pub loading: Loading,
}

/// How a model is found and loaded.
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct Loading {
    /// A GGUF file of the repository, or a quantisation such as Q4_K_M; may be given several times
    #[arg(long = "file", value_name = "NAME")]
    pub files: Vec<String>,

    /// Take tokenizer and chat template from this folder or hub id
    #[arg(long, value_name = "MODEL")]
    pub tokenizer_from: Option<String>,

    /// A chat template to use instead of the model's: a file, or the template itself
    #[arg(long, value_name = "FILE|TEXT")]
    pub chat_template: Option<String>,

    /// How weights are kept: auto (as stored), f32, f16 or bf16
    #[arg(long, default_value = "auto")]
    pub dtype: String,

    /// Quantise the weights while loading: Q4K, Q8_0, 4, 8, …
    #[arg(long, value_name = "FORMAT")]
    pub isq: Option<String>,

    /// Read the model as this architecture instead of the one its files name
    #[arg(long, value_name = "NAME")]
    pub arch: Option<String>,
}

/// How the engine works.
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct EngineArgs {
    /// What keys and values may take [default: a share of the memory that is free]
    #[arg(long, value_name = "MIB")]
    pub kv_cache_mb: Option<u64>,

    /// How keys and values are kept: f32, f16, bf16 or q8 [default: f16]
    #[arg(long, value_name = "TYPE")]
    pub kv_cache_type: Option<String>,

    /// Compute every prompt from its start, even if an earlier one began the same
    #[arg(long)]
    pub no_prefix_cache: bool,

    /// Do not guess likely tokens ahead; the text is the same
    #[arg(long)]
    pub no_speculation: bool,
}

impl EngineArgs {
    pub fn settings(&self) -> Result<Settings> {
        let usual = Settings::default();
        let kind = self.kv_cache_type.as_deref().map(cache_type).transpose()?;
        Ok(Settings {
            cache_mb: self.kv_cache_mb,
            cache_type: kind.unwrap_or(usual.cache_type),
            prefix_cache: !self.no_prefix_cache,
            speculation: !self.no_speculation,
            ..usual
        })
    }
}

impl ModelArgs {
    pub fn options(&self) -> OpenOptions {
        self.loading.options(&self.model)
    }
}

impl Loading {
    pub fn options(&self, model: &str) -> OpenOptions {
        OpenOptions {
            model: model.to_owned(),
            files: self.files.clone(),
            arch: self.arch.clone(),
            tokenizer_from: self.tokenizer_from.clone(),
            chat_template: self.chat_template.clone(),
            dtype: Some(self.dtype.clone()),
            in_situ_quant: self.isq.clone(),
            ..OpenOptions::default()
        }
    }
}
