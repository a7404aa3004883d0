//! `ferrule tools`: reading what models wrote, and looking after what they may call.

// Doc comments become help texts here, where backticks would only be in the way.
#![allow(clippy::doc_markdown)]

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use clap::{ArgGroup, Args, Subcommand, ValueEnum, ValueHint};
use ferrule::{
    parse::{
        Event, Options, Parsed, Parser, Reasoning, Repair, Syntax, Thinking, limits::CONVERSATION,
    },
    types::Tool,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{audit::Audit, doctor::Doctor, output, pin::Pin};

/// How much is read at a time.
const CHUNK: usize = 64 * 1024;

/// Look at what models write when they call tools, and at what guards these
#[derive(Debug, Args)]
pub struct Tools {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Parse(Parse),
    Syntaxes(Syntaxes),
    Pin(Pin),
    Audit(Audit),
    Doctor(Doctor),
}

/// Print what an answer says, thinks and calls: one event a line, as JSON
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("way").args(["syntax", "reasoning"]).required(true).multiple(true))]
struct Parse {
    /// How the model writes its calls; `ferrule tools syntaxes` lists the names
    #[arg(long, value_name = "NAME")]
    syntax: Option<String>,

    /// How the model writes its thoughts
    #[arg(long, value_name = "NAME")]
    reasoning: Option<String>,

    /// The tools that may be called: a JSON list in the shape of OpenAI, MCP or Anthropic, or of names
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    tools: Option<PathBuf>,

    /// How much broken JSON is mended
    #[arg(long, value_enum, default_value_t = RepairLevel::Conservative)]
    repair: RepairLevel,

    /// Whether the prompt ended within a thought
    #[arg(long, value_enum, default_value_t = Thought::Unknown)]
    thinking: Thought,

    /// Take a call within a thought for a call
    #[arg(long)]
    calls_in_reasoning: bool,

    /// Print one JSON object when all is read, instead of the events
    #[arg(long)]
    whole: bool,

    /// The answer; without it, standard input
    #[arg(value_hint = ValueHint::FilePath)]
    file: Option<PathBuf>,
}

/// List the ways of writing tool calls and thoughts
#[derive(Debug, Args)]
struct Syntaxes {
    /// Print JSON
    #[arg(long)]
    json: bool,

    /// Print the page of the documentation
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RepairLevel {
    Off,
    Conservative,
    Full,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Thought {
    Open,
    Closed,
    Unknown,
}

impl Tools {
    pub fn run(&self) -> Result<()> {
        match &self.action {
            Action::Parse(parse) => parse.run(),
            Action::Syntaxes(syntaxes) => syntaxes.run(),
            Action::Pin(pin) => pin.run(),
            Action::Audit(audit) => audit.run(),
            Action::Doctor(doctor) => doctor.run(),
        }
    }
}

impl Parse {
    fn run(&self) -> Result<()> {
        let mut parser = self.parser()?;
        match self.file.as_deref() {
            None => self.read(&mut parser, io::stdin().lock()),
            Some(path) => {
                let file = File::open(path).with_context(|| shown(path))?;
                self.read(&mut parser, file)
            }
        }
    }

    fn parser(&self) -> Result<Parser> {
        let syntax = self.syntax.as_deref().map(Syntax::named).transpose()?;
        let reasoning = self
            .reasoning
            .as_deref()
            .map(Reasoning::named)
            .transpose()?;
        let options = Options {
            repair: self.repair.into(),
            thinking: self.thinking.into(),
            calls_in_reasoning: self.calls_in_reasoning,
            ..Options::default()
        };
        let parser = Parser::new(syntax, reasoning, options);
        Ok(match &self.tools {
            None => parser,
            Some(path) => parser.with_tools(&offered(path)?),
        })
    }

    fn read(&self, parser: &mut Parser, mut answer: impl Read) -> Result<()> {
        let mut parsed = self.whole.then(Parsed::default);
        let mut chunk = vec![0; CHUNK];
        loop {
            let count = match answer.read(&mut chunk) {
                Ok(count) => count,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e).context("the answer"),
            };
            if count == 0 {
                break;
            }
            tell(parser.feed_bytes(&chunk[..count]), parsed.as_mut())?;
        }
        tell(parser.finish(), parsed.as_mut())?;
        match parsed {
            None => Ok(()),
            Some(parsed) => output::json(&parsed),
        }
    }
}

/// Gathers events, or prints them.
fn tell(events: Vec<Event>, parsed: Option<&mut Parsed>) -> Result<()> {
    if let Some(parsed) = parsed {
        for event in events {
            parsed.take(event);
        }
        return Ok(());
    }
    let mut lines = Vec::new();
    for event in events {
        serde_json::to_writer(&mut lines, &event)?;
        lines.push(b'\n');
    }
    output::bytes(&lines)
}

fn offered(path: &Path) -> Result<Vec<Tool>> {
    let text = fs::read(path).with_context(|| shown(path))?;
    let listed: Value = serde_json::from_slice(&text).with_context(|| shown(path))?;
    // A reply to `tools/list` and a request hold the list under this key.
    let tools = listed.get("tools").unwrap_or(&listed).as_array();
    let tools = tools.with_context(|| format!("{}: expected a list of tools", shown(path)))?;
    let read = tools.iter().map(|tool| match tool {
        Value::String(name) => Ok(Tool::named(name)),
        tool => Tool::from_function(tool).with_context(|| shown(path)),
    });
    read.collect()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

impl Syntaxes {
    fn run(&self) -> Result<()> {
        let rows = [
            Syntax::all().iter().map(|row| Row::of(row)).collect(),
            Reasoning::all()
                .iter()
                .map(|row| Row::thought(row))
                .collect(),
        ];
        match (self.json, self.markdown) {
            (true, _) => json_of(&rows),
            (_, true) => output::text(&page(&rows)),
            _ => output::text(&table(&rows)),
        }
    }
}

#[derive(Serialize)]
struct Row {
    name: &'static str,
    names: &'static [&'static str],
    family: &'static str,
    example: String,
    /// Whether its models copy strings of arguments from the conversation.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    copies: bool,
}

/// Those of calls, and those of thoughts.
type Rows = [Vec<Row>; 2];

impl Row {
    fn of(row: &'static Syntax) -> Self {
        Row {
            name: row.name(),
            names: row.names,
            family: row.family,
            example: row.example(),
            copies: row.copies(),
        }
    }

    fn thought(row: &'static Reasoning) -> Self {
        Row {
            name: row.name(),
            names: row.names,
            family: row.family,
            example: row.example(),
            copies: false,
        }
    }
}

fn json_of([syntaxes, reasonings]: &Rows) -> Result<()> {
    output::json(&json!({"syntaxes": syntaxes, "reasonings": reasonings}))
}

fn table([syntaxes, reasonings]: &Rows) -> String {
    let line = |row: &Row| format!("  {:<40}{}\n", row.names.join(", "), row.family);
    let lines = |rows: &[Row]| rows.iter().map(line).collect::<String>();
    format!(
        "tool calls\n{}\nthoughts\n{}",
        lines(syntaxes),
        lines(reasonings)
    )
}

/// The page of the documentation.
fn page([syntaxes, reasonings]: &Rows) -> String {
    let overview = |rows: &[Row]| rows.iter().map(overview).collect::<String>();
    let sections = |rows: &[Row]| rows.iter().map(section).collect::<String>();
    let head = "| name | also | models |\n|---|---|---|\n";
    format!(
        "{PAGE}\n## Tool calls\n\n{head}{}{}\n## Thoughts\n\n{head}{}{}",
        overview(syntaxes),
        sections(syntaxes),
        overview(reasonings),
        sections(reasonings)
    )
}

fn overview(row: &Row) -> String {
    let also: Vec<String> = row.names[1..]
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    format!(
        "| `{}` | {} | {} |\n",
        row.name,
        also.join(", "),
        row.family
    )
}

fn section(row: &Row) -> String {
    let example = row.example.trim_matches('\n');
    let copies = if row.copies { copies() } else { String::new() };
    // Longer than any fence within.
    format!("\n### {}\n\n~~~~text\n{example}\n~~~~\n{copies}", row.name)
}

fn copies() -> String {
    format!(
        "
Its models are taught to copy. So where a call is held to its tool's schema, arguments that are plain strings, or lists of
them, are stretches of the conversation: whole words, with what stands between them, of one message of a user, of the system
or of a tool, in its last {CONVERSATION} characters. A string of which the schema says more (`enum`, `pattern`, `format`, `maxLength`
and the like), an object's inside, numbers and booleans are as the schema says. What nobody said word for word a model cannot
write so; `copy_arguments=False` of a request turns it off.
"
    )
}

const PAGE: &str = "\
# Ways of writing tool calls and thoughts

<!-- Written by `make docs` from the rows of src/parse: change those. -->

What `ferrule.parse.tool_parser(NAME)`, `ferrule tools parse --syntax NAME` and `syntax=` of a request know, with one call
each as its models write it. The same text gives the same events however it is cut. `ferrule models inspect MODEL` says
which of them a model writes, and why.
";

impl From<RepairLevel> for Repair {
    fn from(level: RepairLevel) -> Self {
        match level {
            RepairLevel::Off => Self::Off,
            RepairLevel::Conservative => Self::Conservative,
            RepairLevel::Full => Self::Full,
        }
    }
}

impl From<Thought> for Thinking {
    fn from(thought: Thought) -> Self {
        match thought {
            Thought::Open => Self::Open,
            Thought::Closed => Self::Closed,
            Thought::Unknown => Self::Unknown,
        }
    }
}
