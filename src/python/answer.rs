//! An answer as it was written, gathered or piece by piece.
//!
//! The core's flow of [`Generated`] goes in; whole answers, one for each choice, come out. It does
//! not know Python, nor which classes show the answers.

use std::{
    pin::Pin,
    time::{Duration, Instant},
};

use ferrule::{
    runtime,
    types::{
        self, Context, Error, Finish, Generated, Generation, Model, Piece, Request, TokenLogprob,
    },
};
use futures_util::StreamExt;

/// One choice, all of it.
#[derive(Default)]
pub struct Answer {
    pub text: String,
    pub finish: Option<Finish>,
    pub logprobs: Vec<TokenLogprob>,
}

/// All choices, and what they cost.
pub struct Answers {
    pub choices: Vec<Answer>,
    pub usage: types::Usage,
    pub took: Duration,
}

/// Runs a request to its end. Blocks.
pub fn answers(
    model: &dyn Model,
    context: &Context,
    request: Request,
) -> Result<Answers, ferrule::Error> {
    let started = Instant::now();
    let choices = usize::try_from(request.sampling.n).unwrap_or(1);
    let mut answers = Answers {
        choices: std::iter::repeat_with(Answer::default)
            .take(choices)
            .collect(),
        usage: types::Usage::default(),
        took: Duration::ZERO,
    };
    let mut generation = model.generate(context, request)?;
    while let Some(next) = next(&mut generation)? {
        answers.take(next)?;
    }
    answers.took = started.elapsed();
    tracing::debug!(
        prompt_tokens = answers.usage.prompt_tokens,
        completion_tokens = answers.usage.completion_tokens,
        seconds = answers.took.as_secs_f64(),
        "answered"
    );
    Ok(answers)
}

/// The next of a generation; `None` at its end. Blocks.
pub fn next(generation: &mut Generation) -> Result<Option<Generated>, ferrule::Error> {
    let next = runtime::block_on(Pin::new(generation).next())?;
    Ok(next.transpose()?)
}

impl Answers {
    fn take(&mut self, next: Generated) -> Result<(), Error> {
        match next {
            Generated::Start { .. } => {}
            Generated::Piece(piece) => {
                let answer = self.choice(piece.choice)?;
                answer.text.push_str(readable(&piece));
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
