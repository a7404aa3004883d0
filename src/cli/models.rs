//! `ferrule models`: what is there, what it is, and fetching more.

// Doc comments become help texts here, where backticks would only be in the way.
#![allow(clippy::doc_markdown)]

use anyhow::Result;
use clap::{Args, Subcommand};
use ferrule::{
    OpenOptions, builtin,
    fetch::{ModelId, Want},
    parse::{Reasoning, Syntax, select},
    runtime,
    types::ModelCard,
};
use serde_json::json;

use crate::{args::ModelArgs, output, progress};

/// Look at models and fetch them
#[derive(Debug, Args)]
pub struct Models {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Inspect(Inspect),
    Pull(Pull),
    List(List),
}

/// Say what a model is and needs, without loading it
#[derive(Debug, Args)]
struct Inspect {
    #[command(flatten)]
    model: ModelArgs,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Fetch a model from the hub into the cache, and print its folder
#[derive(Debug, Args)]
struct Pull {
    /// org/name, or org/name@revision
    id: String,

    /// A GGUF file of the repository, or a quantisation such as Q4_K_M; may be given several times
    #[arg(long = "file", value_name = "NAME")]
    files: Vec<String>,

    /// Ask the hub for the newest state even when the cache has one
    #[arg(long)]
    refresh: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// List the built-in model and those in the cache
#[derive(Debug, Args)]
struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Models {
    pub fn run(&self) -> Result<()> {
        match &self.action {
            Action::Inspect(inspect) => inspect.run(),
            Action::Pull(pull) => pull.run(),
            Action::List(list) => list.run(),
        }
    }
}

impl Inspect {
    fn run(&self) -> Result<()> {
        let card = ferrule::inspect(&self.model.options(), progress::shown().as_ref())?;
        if self.json {
            let mut told = serde_json::to_value(&card)?;
            let chosen = select(&card);
            told["syntax"] = json!(chosen.syntax.map(Syntax::name));
            told["syntax_why"] = json!(chosen.syntax_why);
            told["reasoning"] = json!(chosen.reasoning.map(Reasoning::name));
            told["reasoning_why"] = json!(chosen.reasoning_why);
            return output::json(&told);
        }
        for (name, value) in rows(&card) {
            output::line(&format!("{name:<16}{value}"))?;
        }
        Ok(())
    }
}

fn rows(card: &ModelCard) -> Vec<(&'static str, String)> {
    let stored = card.bytes_by_dtype.iter();
    let stored: Vec<String> = stored
        .map(|(kind, n)| format!("{kind} {}", output::size(*n)))
        .collect();
    let template = match (&card.template, card.templates.len()) {
        (None, _) => "none: messages are joined as plain text".to_owned(),
        (Some(t), 0) => format!("yes, {} characters", t.chars().count()),
        (Some(t), more) => format!(
            "yes, {} characters, and {more} for other uses",
            t.chars().count()
        ),
    };
    let ends: Vec<String> = card.eos.iter().map(|id| name_of(card, *id)).collect();
    let unknown = || "unknown".to_owned();
    let select = select(card);
    vec![
        ("model", card.name.clone()),
        ("architecture", card.arch.clone()),
        ("parameters", output::count(card.parameters)),
        ("weights", stored.join(", ")),
        (
            "quantisation",
            card.quantization.clone().unwrap_or_else(|| "none".into()),
        ),
        ("context", format!("{} tokens", card.context_length)),
        (
            "vocabulary",
            format!(
                "{} tokens, {} of them added",
                card.vocab_size,
                card.special_tokens.len()
            ),
        ),
        (
            "begins with",
            card.bos
                .map_or_else(|| "nothing".into(), |id| name_of(card, id)),
        ),
        (
            "ends with",
            if ends.is_empty() {
                unknown()
            } else {
                ends.join(", ")
            },
        ),
        ("chat template", template),
        (
            "tool calls",
            chosen(select.syntax.map(Syntax::name), &select.syntax_why),
        ),
        (
            "thoughts",
            chosen(select.reasoning.map(Reasoning::name), &select.reasoning_why),
        ),
        (
            "memory",
            card.memory_needed.map_or_else(unknown, |n| {
                format!("{} with one full context", output::size(n))
            }),
        ),
    ]
}

/// A choice, and what spoke for it.
fn chosen(name: Option<&str>, why: &str) -> String {
    match name {
        Some(name) => format!("{name} ({why})"),
        None => why.to_owned(),
    }
}

fn name_of(card: &ModelCard, id: u32) -> String {
    let token = card.special_tokens.iter().find(|t| t.id == id);
    token.map_or_else(|| id.to_string(), |t| format!("{} ({id})", t.content))
}

impl Pull {
    fn run(&self) -> Result<()> {
        let id = ModelId::parse(&self.id)?;
        let hub = ferrule::hub(&OpenOptions::default())?;
        ferrule::install_tls();
        let want = match self.files.as_slice() {
            [] => Want::Model,
            files => Want::Gguf(files.to_vec()),
        };
        let progress = progress::shown();
        let snapshot = if self.refresh {
            runtime::block_on(hub.refresh(&id, &want, progress.as_ref()))??
        } else {
            runtime::block_on(hub.pull(&id, &want, progress.as_ref()))??
        };
        if self.json {
            return output::json(&json!({
                "id": self.id,
                "commit": snapshot.commit,
                "folder": snapshot.dir,
                "files": snapshot.files,
            }));
        }
        output::line(&snapshot.dir.display().to_string())
    }
}

impl List {
    fn run(&self) -> Result<()> {
        let hub = ferrule::hub(&OpenOptions::default())?;
        let cached = hub.list_cached()?;
        if self.json {
            let ours = json!({
                "id": builtin::NAME,
                "commit": null,
                "bytes": builtin::size(),
                "folder": null,
                "files": [],
            });
            let cached = cached.iter().map(|m| {
                json!({
                    "id": m.id.to_string(),
                    "commit": m.commit,
                    "bytes": m.bytes,
                    "folder": m.dir,
                    "files": m.files,
                })
            });
            let all: Vec<_> = std::iter::once(ours).chain(cached).collect();
            return output::json(&all);
        }
        let place = format!("{}, part of this program", builtin::CARD);
        list_one(builtin::NAME, builtin::size(), &place)?;
        if cached.is_empty() {
            let folder = hub.settings().cache().display().to_string();
            return output::line(&format!(
                "no others in {folder}; `ferrule models pull org/name` fetches one"
            ));
        }
        for model in cached {
            let place = model.dir.display().to_string();
            list_one(&model.id.to_string(), model.bytes, &place)?;
        }
        Ok(())
    }
}

fn list_one(id: &str, bytes: u64, place: &str) -> Result<()> {
    let size = output::size(bytes);
    output::line(&format!("{id:<48}{size:>12}  {place}"))
}
