//! `ferrule chat`: a prompt in, an answer as it is written; or a conversation, line by line.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};

use anyhow::{Result, bail};
use clap::Args;
use ferrule::{
    Engine, OpenOptions, runtime,
    types::{
        AskedBy, Context, Finish, Generated, Message, Model as _, Prompt, Request, Sampling, Usage,
    },
};
use serde_json::json;

use crate::{
    args::{EngineArgs, Loading},
    output, progress,
};

/// Talk to a model
#[derive(Debug, Args)]
#[command(
    after_help = "Without PROMPT it reads one from standard input, or line by line from a terminal."
)]
pub struct Chat {
    /// A folder, a .gguf file, or a hub id (org/name, org/name@revision)
    model: Option<String>,

    /// What to say
    prompt: Option<String>,

    #[command(flatten)]
    loading: Loading,

    #[command(flatten)]
    engine: EngineArgs,

    /// Instructions that stand before the conversation
    #[arg(long, value_name = "TEXT")]
    system: Option<String>,

    /// Continue PROMPT as plain text, without the chat template
    #[arg(long)]
    raw: bool,

    /// The longest answer, in tokens [default: as many as the context holds]
    #[arg(long, value_name = "N")]
    max_tokens: Option<usize>,

    /// 0 is greedy: always the likeliest token
    #[arg(long, default_value_t = 0.0, value_name = "T")]
    temperature: f64,

    /// Choose among the N likeliest tokens
    #[arg(long, value_name = "N")]
    top_k: Option<u32>,

    /// Choose among the likeliest tokens that together reach this probability
    #[arg(long, value_name = "P")]
    top_p: Option<f64>,

    /// Choose among tokens at least this likely, compared with the likeliest
    #[arg(long, value_name = "P")]
    min_p: Option<f64>,

    /// Makes sampled answers repeatable
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// A text that ends the answer; may be given several times
    #[arg(long, value_name = "TEXT")]
    stop: Vec<String>,

    /// Print the answer as JSON, with token counts, when it is complete
    #[arg(long)]
    json: bool,
}

struct Answer {
    text: String,
    finish: Finish,
    usage: Usage,
}

impl Chat {
    pub fn run(&self) -> Result<()> {
        let Some(model) = &self.model else {
            bail!("no model named: give a folder, a .gguf file, or a hub id such as `org/name`");
        };
        self.sampling().check()?;
        let interactive = self.prompt.is_none() && io::stdin().is_terminal();
        let prompt = match &self.prompt {
            Some(prompt) => Some(prompt.clone()),
            None if interactive => None,
            None => Some(piped()?),
        };
        let options = OpenOptions {
            engine: self.engine.settings()?,
            ..self.loading.options(model)
        };
        let engine = ferrule::open(&options, progress::shown().as_ref())?;
        match prompt {
            Some(prompt) => self.once(&engine, prompt),
            None => self.converse(&engine),
        }
    }

    fn sampling(&self) -> Sampling {
        Sampling {
            temperature: Some(self.temperature),
            top_k: self.top_k,
            top_p: self.top_p,
            min_p: self.min_p,
            seed: self.seed,
            stop: self.stop.clone(),
            max_tokens: self.max_tokens,
            ..Sampling::default()
        }
    }

    fn opening(&self) -> Vec<Message> {
        self.system
            .iter()
            .map(|s| Message::system(s.as_str()))
            .collect()
    }

    fn once(&self, engine: &Engine, prompt: String) -> Result<()> {
        let prompt = if self.raw {
            Prompt::Text(prompt)
        } else {
            let mut messages = self.opening();
            messages.push(Message::user(prompt));
            Prompt::Chat(messages.into())
        };
        let answer = self.answer(engine, prompt, !self.json)?;
        if !self.json {
            return output::text("\n");
        }
        output::json(&json!({
            "model": engine.card().name,
            "text": answer.text,
            "finish": answer.finish,
            "usage": answer.usage,
        }))
    }

    /// A conversation on a terminal, until its end of input.
    fn converse(&self, engine: &Engine) -> Result<()> {
        let mut messages = self.opening();
        let mut lines = io::stdin().lock().lines();
        loop {
            let _ = write!(io::stderr(), "> ");
            let _ = io::stderr().flush();
            let Some(line) = lines.next().transpose()? else {
                return output::text("\n");
            };
            if line.trim().is_empty() {
                continue;
            }
            messages.push(Message::user(line));
            let answer = self.answer(engine, Prompt::Chat(messages.clone().into()), true)?;
            output::text("\n")?;
            messages.push(Message::assistant(answer.text));
        }
    }

    fn answer(&self, engine: &Engine, prompt: Prompt, show: bool) -> Result<Answer> {
        let request = Request {
            sampling: self.sampling(),
            ..Request::new(prompt)
        };
        let mut generation = engine.generate(&Context::new(AskedBy::Operator), request)?;
        let mut text = String::new();
        loop {
            let next = std::future::poll_fn(|cx| generation.as_mut().poll_next(cx));
            match runtime::block_on(next)?.transpose()? {
                Some(Generated::Start { .. }) => {}
                Some(Generated::Piece(piece)) if piece.special => {}
                Some(Generated::Piece(piece)) => {
                    if show && !piece.text.is_empty() {
                        output::text(&piece.text)?;
                    }
                    text.push_str(&piece.text);
                }
                Some(Generated::End { finish, usage, .. }) => {
                    return Ok(Answer {
                        text,
                        finish,
                        usage,
                    });
                }
                None => bail!("the answer broke off"),
            }
        }
    }
}

fn piped() -> Result<String> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    let text = String::from_utf8(bytes).map_err(|e| {
        anyhow::anyhow!(
            "the prompt on standard input must be UTF-8, byte {} is not",
            e.utf8_error().valid_up_to()
        )
    })?;
    if text.trim().is_empty() {
        bail!("no prompt: give one as an argument or on standard input");
    }
    Ok(text)
}
