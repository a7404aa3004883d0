//! `ferrule tools audit`: reading and checking the file of calls.

// Doc comments become help texts here, where backticks would only be in the way.
#![allow(clippy::doc_markdown)]

use std::{
    collections::VecDeque,
    fs::File,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use clap::{Args, ValueHint};
use ferrule::{
    audit_file::{self, verify},
    guard::audit::{Entry, Head},
};
use serde::Deserialize;
use serde_json::json;

use crate::output;

/// Look at the file of calls, or check that nobody changed it
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ferrule tools audit audit.jsonl --tail 20 --errors
  ferrule tools audit --verify audit.jsonl
  ferrule tools audit --verify audit.jsonl --kept 812:9f2c…")]
pub struct Audit {
    /// The file, with one call a line
    #[arg(value_hint = ValueHint::FilePath)]
    file: PathBuf,

    /// Check the chain of lines; exit status 1 names the first line that is not as it was written
    #[arg(long, conflicts_with_all = ["tail", "tool", "server", "principal", "errors"])]
    verify: bool,

    /// With --verify: the head that was printed earlier, to find out whether the end was cut off
    #[arg(long, value_name = "NUMBER:SHA256", value_parser = head, requires = "verify")]
    kept: Option<Head>,

    /// Only the last so many of those that fit
    #[arg(long, value_name = "COUNT")]
    tail: Option<usize>,

    /// Only tools whose name holds this text
    #[arg(long, value_name = "TEXT")]
    tool: Option<String>,

    /// Only servers whose name holds this text
    #[arg(long, value_name = "TEXT")]
    server: Option<String>,

    /// Only calls on behalf of this principal
    #[arg(long, value_name = "NAME")]
    principal: Option<String>,

    /// Only calls that failed or were refused
    #[arg(long)]
    errors: bool,

    /// Print JSON: one line for each call, or the result of the check
    #[arg(long)]
    json: bool,
}

/// A line of the chain, as far as it is shown.
#[derive(Deserialize)]
struct Line {
    seq: u64,
    entry: Entry,
}

impl Audit {
    pub fn run(&self) -> Result<()> {
        if self.verify {
            return self.check();
        }
        for line in self.wanted()? {
            if self.json {
                output::line(&serde_json::to_string(&line.entry)?)?;
            } else {
                output::line(&shown(&line))?;
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        let checked = verify(&self.file, self.kept.as_ref());
        if self.json {
            let told = match &checked {
                Ok(head) => json!({"whole": true, "lines": head.seq, "head": head}),
                Err(audit_file::Error::Broken { broken, .. }) => {
                    json!({"whole": false, "line": broken.line, "fault": broken.fault.to_string()})
                }
                Err(other) => json!({"whole": false, "fault": other.to_string()}),
            };
            output::json(&told)?;
        }
        let Head { seq, sha256 } = checked?;
        if self.json {
            return Ok(());
        }
        let path = self.file.display();
        output::line(&format!("{path}: whole, {seq} calls, head {seq}:{sha256}"))
    }

    /// The lines that fit; no more of them are held than are shown.
    fn wanted(&self) -> Result<VecDeque<Line>> {
        let path = self.file.display();
        let file = File::open(&self.file).with_context(|| path.to_string())?;
        let mut found = VecDeque::new();
        for (at, text) in BufReader::new(file).lines().enumerate() {
            let number = at + 1;
            let text = text.with_context(|| format!("{path}: line {number}"))?;
            let line: Line = serde_json::from_str(&text).with_context(|| {
                format!("{path}: line {number}: expected a line of the audit chain")
            })?;
            if self.lets(&line.entry) {
                found.push_back(line);
            }
            if self.tail.is_some_and(|most| found.len() > most) {
                found.pop_front();
            }
        }
        Ok(found)
    }

    fn lets(&self, entry: &Entry) -> bool {
        let holds = |wanted: &Option<String>, name: &str| {
            wanted.as_ref().is_none_or(|wanted| name.contains(wanted))
        };
        let principal = self.principal.as_ref();
        holds(&self.tool, &entry.tool_name)
            && holds(&self.server, &entry.server_name)
            && principal.is_none_or(|principal| *principal == entry.principal)
            && !(self.errors && entry.success)
    }
}

fn shown(Line { seq, entry }: &Line) -> String {
    let name = match entry.server_name.as_str() {
        "" => entry.tool_name.clone(),
        server => format!("{server} {}", entry.tool_name),
    };
    let verdict = entry.decision.as_ref();
    let verdict = verdict.map_or("", |decision| decision.verdict.as_str());
    let ended = if entry.success { "ok" } else { "failed" };
    let took = entry.execution_time_ms;
    let took = took.map_or_else(String::new, |ms| format!(" {ms:.0} ms"));
    let why = entry.error_message.as_deref().unwrap_or_default();
    let line = format!(
        "{seq:>6}  {}  {name:<32} {verdict:<5} {ended}{took}  {why}",
        output::time(entry.timestamp)
    );
    output::plain(line.trim_end())
}

fn head(text: &str) -> Result<Head> {
    let (seq, sha256) = text
        .split_once(':')
        .context("expected a number, a colon and a digest, as --verify prints them")?;
    let is_digest = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    ensure!(is_digest, "expected a digest of 64 hexadecimal digits");
    Ok(Head {
        seq: seq.parse().context("expected a number before the colon")?,
        sha256: sha256.to_ascii_lowercase(),
    })
}

/// The path for messages.
pub fn named(path: &Path) -> String {
    path.display().to_string()
}
