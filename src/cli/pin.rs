//! `ferrule tools pin`: what a server's definitions are, written down, and whether they are still the same.

// Doc comments become help texts here, where backticks would only be in the way.
#![allow(clippy::doc_markdown)]

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail, ensure};
use clap::{Args, ValueHint};
use ferrule::{
    guard::{
        pins::{Changes, Lock, Offered},
        text::Hygiene,
    },
    types::{PromptTemplate, ResourceTemplate, Tool},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::output;

/// Nobody's listing is larger.
const LARGEST: u64 = 64 << 20;

/// Write down what a server's tools are in mcp.lock, or say what has changed since
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ferrule tools pin files --listing tools.json           trust what the server offers now
  ferrule tools pin files --listing tools.json --check   only say what changed; exit status 1 if anything did
  curl … | ferrule tools pin files                       the listing from standard input

A listing is the answer to tools/list (with or without its JSON-RPC frame), to which `instructions`, `prompts` and
`resourceTemplates` may be added under these keys.")]
pub struct Pin {
    /// The server's name
    #[arg(value_name = "SERVER", required_unless_present = "named")]
    server: Option<String>,

    /// The server's name, as a flag
    #[arg(
        long = "server",
        value_name = "NAME",
        conflicts_with = "server",
        id = "named"
    )]
    named: Option<String>,

    /// What the server offers, as JSON; without it, or with -, standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    listing: Option<PathBuf>,

    /// The lock
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, default_value = "mcp.lock")]
    lock: PathBuf,

    /// Write nothing; say what differs, with exit status 1 if anything does
    #[arg(long)]
    check: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is pinned of a listing. A key that is absent was not looked at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listing {
    tools: Option<Vec<Tool>>,
    instructions: Option<String>,
    prompts: Option<Vec<PromptTemplate>>,
    resource_templates: Option<Vec<ResourceTemplate>>,
}

impl Pin {
    pub fn run(&self) -> Result<()> {
        let server = self.server.as_ref().or(self.named.as_ref());
        let server = server.context("expected a server's name")?;
        let listing = self.listing()?;
        let offered = offered(&listing);
        let mut lock = self.read_lock()?;
        let changes = lock.compare(server, &offered);
        self.tell(&changes, &listing)?;
        if self.check {
            ensure!(
                changes.is_empty() && changes.first.is_empty(),
                "{server} is not as {} has it: look at what changed, and pin it without --check if it is good",
                self.lock.display()
            );
            return Ok(());
        }
        lock.pin(server, &offered);
        write(&self.lock, &lock.text())
    }

    fn listing(&self) -> Result<Listing> {
        let file = self
            .listing
            .as_deref()
            .filter(|path| *path != Path::new("-"));
        let name = file.map_or_else(|| "standard input".to_owned(), crate::audit::named);
        let mut text = Vec::new();
        let read = match file {
            None => io::stdin().lock().take(LARGEST + 1).read_to_end(&mut text),
            Some(path) => {
                fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut text))
            }
        };
        read.with_context(|| name.clone())?;
        ensure!(
            text.len() as u64 <= LARGEST,
            "{name}: expected a listing of at most {LARGEST} bytes, got more"
        );
        let read: Value =
            serde_json::from_slice(&text).with_context(|| format!("{name}: expected JSON"))?;
        // JSON-RPC's frame, and a bare list of tools.
        let read = read.get("result").cloned().unwrap_or(read);
        let read = if read.is_array() {
            json!({"tools": read})
        } else {
            read
        };
        let known = ["tools", "instructions", "prompts", "resourceTemplates"];
        if !known.iter().any(|key| read.get(key).is_some()) {
            bail!("{name}: expected an object with `tools`, as tools/list answers it, got none");
        }
        ensure!(
            read.get("nextCursor").is_none_or(Value::is_null),
            "{name}: expected the whole listing, got one page of it (it has a nextCursor); join the pages first"
        );
        as_told(&name, read)
    }

    fn read_lock(&self) -> Result<Lock> {
        let text = match fs::read_to_string(&self.lock) {
            Ok(text) => text,
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => String::new(),
            Err(problem) => return Err(problem).with_context(|| crate::audit::named(&self.lock)),
        };
        Lock::read(&text).with_context(|| crate::audit::named(&self.lock))
    }

    fn tell(&self, changes: &Changes, listing: &Listing) -> Result<()> {
        let found = findings(listing);
        if self.json {
            return output::json(&json!({
                "server": changes.server,
                "first": items(&changes.first),
                "new": items(&changes.new),
                "changed": changes.changed.iter().map(|each| json!({
                    "item": each.item.to_string(), "was": each.was_sha256, "is": each.is_sha256,
                    "fields": each.fields.iter().map(|field| &field.field).collect::<Vec<_>>(),
                })).collect::<Vec<_>>(),
                "gone": changes.gone.iter().map(|each| each.item.to_string()).collect::<Vec<_>>(),
                "odd": found,
            }));
        }
        let told = changes.to_string();
        let told = if told.is_empty() {
            format!("{}: as it was pinned\n", changes.server)
        } else {
            told
        };
        output::text(
            &told
                .lines()
                .map(|line| output::plain(line) + "\n")
                .collect::<String>(),
        )?;
        for line in found {
            output::line(&output::plain(&format!("{}: odd: {line}", changes.server)))?;
        }
        Ok(())
    }
}

fn offered(listing: &Listing) -> Offered {
    let mut offered = Offered::default();
    if let Some(tools) = &listing.tools {
        offered = offered.tools(tools);
    }
    if let Some(instructions) = &listing.instructions {
        offered = offered.instructions(Some(instructions));
    }
    if let Some(prompts) = &listing.prompts {
        offered = offered.prompts(prompts);
    }
    if let Some(templates) = &listing.resource_templates {
        offered = offered.templates(templates);
    }
    offered
}

/// What a person should look at before trusting the tools.
fn findings(listing: &Listing) -> Vec<String> {
    let hygiene = Hygiene::descriptions();
    let of_tool = |tool: &Tool| {
        let (_, findings) = hygiene.clean_tool(tool);
        let name = tool.name.clone();
        findings
            .into_iter()
            .map(move |finding| format!("tool `{name}`: {finding}"))
    };
    listing.tools.iter().flatten().flat_map(of_tool).collect()
}

fn items(items: &[ferrule::guard::pins::Item]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

fn as_told<T: DeserializeOwned>(name: &str, value: Value) -> Result<T> {
    serde_json::from_value(value)
        .with_context(|| format!("{name}: expected the answer to tools/list"))
}

/// Whole or not at all: half a lock would trust by half.
fn write(path: &Path, text: &str) -> Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What is left of it is of no use.
        let _ = fs::remove_file(&beside);
    }
    written.with_context(|| format!("{}: the lock cannot be written", path.display()))
}
