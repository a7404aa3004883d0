//! `ferrule tools doctor`: what protects here, and what would be said of a server.

// Doc comments become help texts here, where backticks would only be in the way.
#![allow(clippy::doc_markdown)]

use anyhow::{Context as _, Result, bail};
use clap::Args;
use ferrule::{
    guard::launch::{Facts, Launch},
    jail, policy, runtime,
    types::{AskedBy, Enforced, Verdict},
};
use serde_json::json;

use crate::output;

/// Say what can hold a server on this machine, and whether it may be started
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ferrule tools doctor
  ferrule tools doctor -- npx -y @modelcontextprotocol/server-filesystem /tmp
  ferrule tools doctor --url https://example.com/mcp

Nothing that is named here is started.")]
pub struct Doctor {
    /// The server's name, for messages
    #[arg(long, value_name = "NAME", default_value = "server")]
    server: String,

    /// The address of a server, instead of a command
    #[arg(long, value_name = "URL", conflicts_with = "line")]
    url: Option<String>,

    /// A variable that the configuration sets for the server; may be given several times
    #[arg(long = "env", value_name = "NAME=VALUE")]
    env: Vec<String>,

    /// Judge as for somebody who asks over the network, instead of for the operator
    #[arg(long)]
    as_request: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,

    /// The command that starts the server, and its arguments
    #[arg(last = true, value_name = "COMMAND")]
    line: Vec<String>,
}

/// What was found out about one launch.
struct Judged {
    facts: Facts,
    verdict: Verdict,
}

impl Doctor {
    pub fn run(&self) -> Result<()> {
        let available = available()?;
        let judged = self.launch()?.as_ref().map(judge).transpose()?;
        if self.json {
            output::json(&json!({
                "jail": available,
                "facts": judged.as_ref().map(|judged| &judged.facts),
                "launch": judged.as_ref().map(|judged| &judged.verdict),
            }))?;
        } else {
            tell(&available, judged.as_ref())?;
        }
        match judged.map(|judged| judged.verdict) {
            Some(Verdict::Deny(ruling)) => bail!("refused: {ruling}"),
            Some(Verdict::Ask(ruling)) => bail!("needs approval: {ruling}"),
            Some(Verdict::Allow(_)) | None => Ok(()),
        }
    }

    fn launch(&self) -> Result<Option<Launch>> {
        let (command, args) = match self.line.split_first() {
            Some((command, args)) => (Some(command.clone()), args.to_vec()),
            None => (None, Vec::new()),
        };
        if command.is_none() && self.url.is_none() {
            return Ok(None);
        }
        let pair = |text: &String| {
            let (name, value) = text.split_once('=').context("--env: expected NAME=VALUE")?;
            Ok((name.to_owned(), value.to_owned()))
        };
        Ok(Some(Launch {
            server: self.server.clone(),
            command,
            args,
            env: self.env.iter().map(pair).collect::<Result<_>>()?,
            url: self.url.clone(),
            asked_by: if self.as_request {
                AskedBy::Request
            } else {
                AskedBy::Operator
            },
            ..Launch::default()
        }))
    }
}

fn judge(launch: &Launch) -> Result<Judged> {
    let facts = runtime::block_on(async { policy::facts(launch).await })?;
    let verdict = policy::validator().judge(launch, &facts);
    Ok(Judged { facts, verdict })
}

/// What holds here, found by starting a program that does nothing.
fn available() -> Result<Vec<Enforced>> {
    let runtime = runtime::handle()?;
    let _within = runtime.enter();
    Ok(jail::available())
}

fn tell(available: &[Enforced], judged: Option<&Judged>) -> Result<()> {
    // The network is open by default: what can be had is not what every server gets.
    output::line(
        "What can hold a server on this machine (the network only if its configuration says so):",
    )?;
    list(available)?;
    let Some(Judged { facts, verdict }) = judged else {
        return Ok(());
    };
    output::line("")?;
    if let Some(program) = &facts.program {
        output::line(&format!("The command is {}", program.real.display()))?;
    }
    if let Some(addresses) = &facts.addresses {
        let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        output::line(&format!("The host is at {}", addresses.join(", ")))?;
    }
    if let Verdict::Allow(ruling) = verdict {
        output::line(&format!("It may be started [rule {}]", ruling.rule))?;
        list(&ruling.enforced)?;
    }
    Ok(())
}

fn list(enforced: &[Enforced]) -> Result<()> {
    for each in enforced {
        let by = each.by.as_deref().unwrap_or("NOTHING");
        let note = each
            .note
            .as_deref()
            .map_or_else(String::new, |note| format!("  ({note})"));
        output::line(&output::plain(&format!("  {:<20}{by}{note}", each.what)))?;
    }
    Ok(())
}
