//! An answer as it was written, gathered or piece by piece.
//!
//! A library and a request go in; a generation, or whole answers, one for each choice, come out. It does
//! not know Python, nor which classes show the answers.

use std::time::{Duration, Instant};

use ferrule::{
    Held, Library,
    types::{
        self, Context, Error, Finish, Generated, Generation, Model as _, Piece, Request,
        TokenLogprob,
    },
};
use futures_util::StreamExt;

use crate::release::blocking;

/// One choice, all of it.
#[derive(Default)]
pub struct Answer {
    pub text: String,
    pub tokens: Vec<u32>,
    pub finish: Option<Finish>,
    pub logprobs: Vec<TokenLogprob>,
}

/// All choices, and what they cost.
pub struct Answers {
    pub choices: Vec<Answer>,
    pub usage: types::Usage,
    pub took: Duration,
}

/// The model that is to answer, and its answer. `waiting` is for as long as the model is loaded, `context` for the
/// answer: a stream goes on when its beginning was waited for.
pub async fn begin(
    library: Library,
    model: Option<String>,
    waiting: &Context,
    context: Context,
    request: Request,
) -> Result<(Held, Generation), ferrule::Error> {
    let held = library.get(waiting, model.as_deref()).await?;
    let theirs = held.clone();
    // The template is run and the prompt cut into tokens: work, if not much.
    let generation = blocking(move || theirs.generate(&context, request)).await?;
    Ok((held, generation))
}

/// Runs a request to its end.
pub async fn answers(
    library: Library,
    model: Option<String>,
    context: Context,
    request: Request,
) -> Result<(Held, Answers), ferrule::Error> {
    let started = Instant::now();
    let choices = usize::try_from(request.sampling.n).unwrap_or(1);
    let mut answers = Answers {
        choices: std::iter::repeat_with(Answer::default)
            .take(choices)
            .collect(),
        usage: types::Usage::default(),
        took: Duration::ZERO,
    };
    let (held, mut generation) = begin(library, model, &context, context.clone(), request).await?;
    while let Some(next) = generation.next().await {
        answers.take(next?)?;
    }
    answers.took = started.elapsed();
    tracing::debug!(
        prompt_tokens = answers.usage.prompt_tokens,
        completion_tokens = answers.usage.completion_tokens,
        seconds = answers.took.as_secs_f64(),
        "answered"
    );
    Ok((held, answers))
}

impl Answers {
    fn take(&mut self, next: Generated) -> Result<(), Error> {
        match next {
            Generated::Start { .. } => {}
            Generated::Piece(piece) => {
                let answer = self.choice(piece.choice)?;
                answer.text.push_str(readable(&piece));
                answer.tokens.extend(piece.token);
                answer.logprobs.extend(piece.logprob);
            }
            Generated::End {
                choice,
                finish,
                usage,
            } => {
                self.choice(choice)?.finish = Some(finish);
                self.usage += usage;
            }
        }
        Ok(())
    }

    fn choice(&mut self, choice: u32) -> Result<&mut Answer, Error> {
        let asked = self.choices.len();
        let at = usize::try_from(choice).unwrap_or(usize::MAX);
        let allowed = || format!("below {asked}, as many as were asked for");
        self.choices
            .get_mut(at)
            .ok_or_else(|| Error::invalid("choice of a piece", allowed(), choice))
    }
}

/// A piece's text, unless it is a mark: marks are for programs.
pub fn readable(piece: &Piece) -> &str {
    if piece.special { "" } else { &piece.text }
}

/// Why an answer ended, in the words of the chat completions API.
pub const fn finish_reason(finish: &Finish) -> &'static str {
    match finish {
        Finish::Stop | Finish::StopString(_) | Finish::StopToken(_) | Finish::Matched => "stop",
        Finish::Length => "length",
        Finish::Cancelled => "cancelled",
        Finish::TimedOut => "timeout",
    }
}

/// The stop text that ended an answer, if one did.
pub fn stop_sequence(finish: &Finish) -> Option<String> {
    match finish {
        Finish::StopString(text) => Some(text.clone()),
        _ => None,
    }
}
