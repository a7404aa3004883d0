//! One answer in the making: from prompt tokens to the last token, step by step.

use std::time::Instant;

use ferrule_model::{Batch, Cache, Loaded, Slot, Want, text::Detok};
use ferrule_types::{Context, Finish, Generated, Piece, Sampling, TokenLogprob, TopLogprob, Usage};

use crate::{
    Error, Result,
    sample::{Choice, Nothing, Ranked, Sampler},
    stop::Stops,
};

/// Prompt tokens computed at a time: a caller who gives up waits for one such step at most.
const CHUNK: usize = 256;

/// What one answer needs to know.
pub struct Plan<'a> {
    pub model: &'a Loaded,
    pub context: &'a Context,
    pub sampling: &'a Sampling,
    pub prompt: &'a [u32],
    pub seed: u64,
    pub choice: u32,
    /// The most tokens that the answer may have.
    pub room: usize,
}

/// Computes one answer, telling it piece by piece; `tell` answers whether anyone still listens.
pub fn answer(plan: &Plan, tell: &mut dyn FnMut(Generated) -> bool) -> Result<()> {
    let started = Instant::now();
    let mut sequence = Sequence::new(plan);
    let mut usage = Usage {
        // The prompt is computed for each choice and counted for the first.
        prompt_tokens: if plan.choice == 0 {
            plan.prompt.len() as u64
        } else {
            0
        },
        ..Usage::default()
    };
    let prefilled = sequence.prefill()?;
    usage.prompt = started.elapsed();
    let decoding = Instant::now();
    let finish = match prefilled {
        Ok(logits) => sequence.decode(logits, &mut usage, tell)?,
        Err(finish) => Some(finish),
    };
    usage.completion = decoding.elapsed();
    let Some(finish) = finish else {
        return Ok(());
    };
    tell(Generated::End {
        choice: plan.choice,
        finish,
        usage,
    });
    Ok(())
}

struct Sequence<'a> {
    plan: &'a Plan<'a>,
    cache: Cache,
    slot: Slot,
    past: usize,
    sampler: Sampler,
    detok: Detok,
    stops: Stops,
}

impl<'a> Sequence<'a> {
    fn new(plan: &'a Plan) -> Self {
        let mut cache = Cache::new(plan.model.decoder.geometry());
        Self {
            slot: cache.add(),
            cache,
            past: 0,
            sampler: Sampler::new(plan.sampling, plan.prompt, plan.seed, plan.choice, None),
            detok: Detok::new(&plan.model.tokenizer, true),
            stops: Stops::new(&plan.sampling.stop),
            plan,
        }
    }

    /// The logits behind the prompt, or why it was given up.
    fn prefill(&mut self) -> Result<Result<Vec<f32>, Finish>> {
        let chunks = self.plan.prompt.chunks(CHUNK);
        let last = chunks.len().saturating_sub(1);
        let mut logits = Vec::new();
        for (i, chunk) in chunks.enumerate() {
            if let Some(finish) = self.given_up() {
                return Ok(Err(finish));
            }
            let want = if i == last { Want::Last } else { Want::None };
            logits = self.step(chunk, want)?;
        }
        Ok(Ok(logits))
    }

    fn step(&mut self, tokens: &[u32], want: Want) -> Result<Vec<f32>> {
        let reach = self.plan.prompt.len() + self.plan.room;
        let batch = Batch::single(self.slot, tokens, self.past, reach, want)?;
        let rows = self.plan.model.decoder.forward(&batch, &mut self.cache)?;
        self.past += tokens.len();
        Ok(rows.into_iter().next().unwrap_or_default())
    }

    /// `None` when nobody listens any more.
    fn decode(
        &mut self,
        mut logits: Vec<f32>,
        usage: &mut Usage,
        tell: &mut dyn FnMut(Generated) -> bool,
    ) -> Result<Option<Finish>> {
        for made in 0..self.plan.room {
            if let Some(finish) = self.given_up() {
                return Ok(Some(finish));
            }
            let choice = self.choose(&logits, made)?;
            usage.completion_tokens += 1;
            if let Some(finish) = self.ended_by(choice.token) {
                return Ok(self.flush(tell).then_some(finish));
            }
            let (pieces, stop) = self.pieces(&choice);
            for piece in pieces {
                if !tell(Generated::Piece(piece)) {
                    return Ok(None);
                }
            }
            if let Some(stop) = stop {
                return Ok(Some(Finish::StopString(stop)));
            }
            if made + 1 < self.plan.room {
                logits = self.step(&[choice.token], Want::Last)?;
            }
        }
        Ok(self.flush(tell).then_some(Finish::Length))
    }

    fn given_up(&self) -> Option<Finish> {
        if self.plan.context.cancel.is_cancelled() {
            return Some(Finish::Cancelled);
        }
        let late = self
            .plan
            .context
            .deadline
            .is_some_and(|d| Instant::now() >= d);
        late.then_some(Finish::TimedOut)
    }

    fn choose(&mut self, logits: &[f32], made: usize) -> Result<Choice> {
        let sampling = self.plan.sampling;
        let mut forbidden = Vec::new();
        if made < sampling.min_tokens {
            forbidden.extend_from_slice(&self.plan.model.card.eos);
            forbidden.extend_from_slice(&sampling.stop_token_ids);
        }
        let position = self.past;
        let choice = self.sampler.choose(logits, &forbidden, None);
        let choice = choice.map_err(|nothing| match nothing {
            Nothing::NotFinite => Error::NotFinite { position },
            Nothing::NotAllowed => Error::NothingAllowed { position },
        })?;
        self.sampler.accept(choice.token);
        Ok(choice)
    }

    fn ended_by(&self, token: u32) -> Option<Finish> {
        let sampling = self.plan.sampling;
        if sampling.stop_token_ids.contains(&token) {
            return Some(Finish::StopToken(token));
        }
        let ends = !sampling.ignore_eos && self.plan.model.card.eos.contains(&token);
        ends.then_some(Finish::Stop)
    }

    /// The token's pieces: its text as far as it may be shown, and its marker if it is a special one.
    fn pieces(&mut self, choice: &Choice) -> (Vec<Piece>, Option<String>) {
        let tokenizer = &self.plan.model.tokenizer;
        let logprob = choice.logprob.as_ref().map(|r| self.told(choice.token, r));
        let base = Piece {
            choice: self.plan.choice,
            token: Some(choice.token),
            logprob,
            ..Piece::default()
        };
        if tokenizer.is_special(choice.token) {
            // What was held back stands before the marker, and no stop text reaches across it.
            let held = Piece {
                choice: self.plan.choice,
                text: self.stops.finish(),
                ..Piece::default()
            };
            let marker = Piece {
                text: tokenizer.token_text(choice.token).unwrap_or_default(),
                special: true,
                ..base
            };
            let pieces = [held, marker].into_iter();
            return (
                pieces.filter(|p| p.special || !p.text.is_empty()).collect(),
                None,
            );
        }
        let text = self.detok.push(choice.token).unwrap_or_default();
        let passed = self.stops.push(&text);
        let piece = Piece {
            text: passed.text,
            ..base
        };
        (vec![piece], passed.stop)
    }

    /// Tells what was held back; whether anyone listened.
    fn flush(&mut self, tell: &mut dyn FnMut(Generated) -> bool) -> bool {
        let rest = self.detok.finish().unwrap_or_default();
        let mut text = self.stops.push(&rest).text;
        text.push_str(&self.stops.finish());
        if text.is_empty() {
            return true;
        }
        tell(Generated::Piece(Piece {
            choice: self.plan.choice,
            text,
            ..Piece::default()
        }))
    }

    fn told(&self, token: u32, ranked: &Ranked) -> TokenLogprob {
        let name = |id: u32| {
            let bytes = self
                .plan
                .model
                .tokenizer
                .token_bytes(id)
                .unwrap_or_default();
            (String::from_utf8_lossy(&bytes).into_owned(), bytes)
        };
        let (text, bytes) = name(token);
        let top = ranked.top.iter().map(|(id, logprob)| {
            let (text, bytes) = name(*id);
            TopLogprob {
                token: *id,
                text,
                bytes,
                logprob: *logprob,
            }
        });
        TokenLogprob {
            token,
            text,
            bytes,
            logprob: ranked.chosen,
            top: top.collect(),
        }
    }
}
