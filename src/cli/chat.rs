//! `ferrule chat`: a prompt in, an answer as it is written; or a conversation, line by line.

// Doc comments become help texts here, where backticks would only be in the way.
#![allow(clippy::doc_markdown)]

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};

use anyhow::{Result, bail};
use clap::{Args, ValueHint};
use ferrule::{
    Engine, OpenOptions, builtin, names_a_model, runtime,
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
    after_help = "Without PROMPT it reads one from standard input, or line by line from a terminal.\n\
        Without MODEL the built-in demo model answers. A single argument is a MODEL if it is `builtin`, an existing file \
        or folder, or written like a path or a hub id (org/name) without white space; else it is a PROMPT."
)]
pub struct Chat {
    /// A folder, a .gguf file, a hub id (org/name, org/name@revision), or builtin
    #[arg(value_name = "MODEL", value_hint = ValueHint::AnyPath)]
    first: Option<String>,

    /// What to say
    #[arg(value_name = "PROMPT", conflicts_with = "model")]
    second: Option<String>,

    /// The model; an argument is the prompt then, whatever it looks like
    #[arg(long, value_name = "MODEL", value_hint = ValueHint::AnyPath)]
    model: Option<String>,

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

    /// Print the answer and nothing beside it
    #[arg(long, short)]
    quiet: bool,
}

/// What the words of the command line are.
#[derive(Debug, PartialEq, Eq)]
struct Asked<'a> {
    /// None is the built-in model.
    model: Option<&'a str>,
    prompt: Option<&'a str>,
}

impl<'a> Asked<'a> {
    /// A model by its flag, and up to two arguments.
    fn of(model: Option<&'a str>, first: Option<&'a str>, second: Option<&'a str>) -> Self {
        let (model, prompt) = match (model, first, second) {
            (None, Some(only), None) if names_a_model(only) => (Some(only), None),
            (None, first, Some(prompt)) => (first, Some(prompt)),
            // No second argument stands beside the flag.
            (model, prompt, _) => (model, prompt),
        };
        Self { model, prompt }
    }
}

struct Answer {
    text: String,
    finish: Finish,
    usage: Usage,
}

impl Chat {
    pub fn run(&self) -> Result<()> {
        let asked = Asked::of(
            self.model.as_deref(),
            self.first.as_deref(),
            self.second.as_deref(),
        );
        self.sampling().check()?;
        let interactive = asked.prompt.is_none() && io::stdin().is_terminal();
        let prompt = match asked.prompt {
            Some(prompt) => Some(prompt.to_owned()),
            None if interactive => None,
            None => Some(piped()?),
        };
        let options = OpenOptions {
            engine: self.engine.settings()?,
            ..self.loading.options(asked.model.unwrap_or(builtin::NAME))
        };
        let quiet = self.quiet || self.json;
        if asked.model.is_none() && !quiet {
            output::note(builtin::INTRODUCTION);
        }
        let engine = ferrule::open(&options, progress::unless(self.quiet).as_ref())?;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The model and the prompt.
    fn asked<'a>(model: Option<&'a str>, words: &[&'a str]) -> [Option<&'a str>; 2] {
        let asked = Asked::of(model, words.first().copied(), words.get(1).copied());
        [asked.model, asked.prompt]
    }

    #[test]
    fn one_word_is_a_model_if_it_is_written_like_one_and_else_a_prompt() {
        for model in [
            "builtin",
            "./builtin",
            "/no/such/folder",
            "model.gguf",
            "org/name",
            "org/name@v1",
            env!("CARGO_MANIFEST_DIR"),
            ".",
        ] {
            assert_eq!(asked(None, &[model]), [Some(model), None], "{model}");
            assert_eq!(asked(Some("m"), &[model]), [Some("m"), Some(model)]);
        }
        for prompt in [
            "Hello",
            "which files are in ./docs?",
            "/etc/hosts has how many lines?",
            "either/or?",
            "",
        ] {
            assert_eq!(asked(None, &[prompt]), [None, Some(prompt)], "{prompt}");
        }
    }

    #[test]
    fn two_words_are_a_model_and_a_prompt_whatever_they_look_like() {
        let both = ["Hello", "org/name"];
        assert_eq!(asked(None, &both), both.map(Some));
        assert_eq!(asked(None, &[]), [None, None]);
        assert_eq!(asked(Some("m"), &[]), [Some("m"), None]);
    }
}
