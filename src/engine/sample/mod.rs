//! From a row of scores to a token.
//!
//! Scores come in, with what is forbidden and what a constraint allows; one token goes out, and is told back once it
//! is really written. Choosing changes nothing: a row may be looked at for a draft that is then given up.
//!
//! It does not know text, except that [`BreakerTable`] looks for texts in the vocabulary, nor what a token does.

mod dry;
mod pick;
mod rank;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, sync::Arc};

use ferrule_types::Sampling;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::constraint::Mask;

use dry::Passages;
use pick::{Allowed, draw, likeliest};

pub use dry::{BreakerTable, Breakers};
pub use rank::{Ranked, rank};

/// Chooses the tokens of one answer. Two samplers with the same settings and seed, shown the same
/// scores, choose alike.
pub struct Sampler {
    sampling: Sampling,
    rng: ChaCha8Rng,
    /// Tokens of the answer so far.
    index: u64,
    /// How often each token stands in the prompt and in the answer so far; kept where a penalty asks.
    seen: Option<HashMap<u32, Seen>>,
    passages: Option<Passages>,
    /// Kept from choice to choice, as they are as long as the vocabulary.
    scores: Vec<f32>,
    kept: Vec<pick::Ranked>,
}

#[derive(Default)]
struct Seen {
    prompt: u32,
    answer: u32,
}

/// A chosen token and the scores it was chosen from, as log probabilities of the model itself.
#[derive(Debug)]
pub struct Choice {
    pub token: u32,
    pub logprob: Option<Ranked>,
}

/// Why nothing was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nothing {
    /// The model's scores are damaged.
    NotFinite,
    /// There are scores, but none of a token that may be chosen.
    NotAllowed,
}

impl Sampler {
    /// `choice` sets apart the answers of one request: each draws from a stream of its own. `breakers` are those of
    /// the request's `dry`, if it has one.
    pub fn new(
        sampling: &Sampling,
        prompt: &[u32],
        seed: u64,
        choice: u32,
        breakers: Option<Arc<Breakers>>,
    ) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(choice.into());
        let counts =
            |penalty: Option<f64>, none: f64| penalty.is_some_and(|p| (p - none).abs() > 0.0);
        let counts = counts(sampling.repetition_penalty, 1.0)
            || counts(sampling.presence_penalty, 0.0)
            || counts(sampling.frequency_penalty, 0.0);
        let seen = counts.then(|| {
            let mut seen: HashMap<u32, Seen> = HashMap::new();
            for token in prompt {
                seen.entry(*token).or_default().prompt += 1;
            }
            seen
        });
        let dry = sampling.dry.as_ref().filter(|dry| dry.multiplier > 0.0);
        Self {
            passages: dry.map(|_| Passages::new(prompt, breakers.unwrap_or_default())),
            sampling: sampling.clone(),
            rng,
            index: 0,
            seen,
            scores: Vec::new(),
            kept: Vec::new(),
        }
    }

    /// Chooses, and remembers nothing of it: the same call chooses the same again. `forbidden` tokens, which are in
    /// order, and those that the mask leaves out are not chosen.
    pub fn choose(
        &mut self,
        logits: &[f32],
        forbidden: &[u32],
        mask: Option<&Mask>,
    ) -> Result<Choice, Nothing> {
        let allowed = Allowed { forbidden, mask };
        let mut bent = std::mem::take(&mut self.scores);
        let scores = if self.bends() {
            bent.clear();
            bent.extend_from_slice(logits);
            self.bend(&mut bent);
            &bent
        } else {
            logits
        };
        let token = self.pick(scores, allowed);
        self.scores = bent;
        let Some(token) = token else {
            let everything = Allowed {
                forbidden: &[],
                mask: None,
            };
            return Err(match likeliest(logits, everything) {
                Some(_) => Nothing::NotAllowed,
                None => Nothing::NotFinite,
            });
        };
        let logprob = self
            .sampling
            .logprobs
            .then(|| rank(logits, token, self.sampling.top_logprobs as usize));
        Ok(Choice { token, logprob })
    }

    /// Takes note of a token that was written.
    pub fn accept(&mut self, token: u32) {
        self.index += 1;
        if let Some(seen) = &mut self.seen {
            seen.entry(token).or_default().answer += 1;
        }
        if let Some(passages) = &mut self.passages {
            passages.push(token);
        }
    }

    fn pick(&mut self, scores: &[f32], allowed: Allowed) -> Option<u32> {
        let (best, highest) = likeliest(scores, allowed)?;
        if self.sampling.is_greedy() {
            return Some(best);
        }
        let random = self.random();
        let (sampling, kept) = (&self.sampling, &mut self.kept);
        Some(draw(scores, allowed, highest, sampling, random, kept).unwrap_or(best))
    }

    /// The one number that belongs to this place of this answer, whatever was looked at before: neither a draft nor
    /// a preemption changes a seeded text.
    fn random(&mut self) -> f64 {
        // Two words of 32 bits make one number.
        self.rng.set_word_pos(2 * u128::from(self.index));
        self.rng.random()
    }

    fn bends(&self) -> bool {
        self.seen.is_some() || self.passages.is_some() || !self.sampling.logit_bias.is_empty()
    }

    /// Biases and penalties.
    fn bend(&self, scores: &mut [f32]) {
        let s = &self.sampling;
        let repetition = s.repetition_penalty.unwrap_or(1.0) as f32;
        let presence = s.presence_penalty.unwrap_or(0.0) as f32;
        let frequency = s.frequency_penalty.unwrap_or(0.0) as f32;
        for (id, seen) in self.seen.iter().flatten() {
            let Some(score) = scores.get_mut(*id as usize) else {
                continue;
            };
            if seen.prompt + seen.answer > 0 {
                *score = if *score > 0.0 {
                    *score / repetition
                } else {
                    *score * repetition
                };
            }
            if seen.answer > 0 {
                *score -= presence + frequency * seen.answer as f32;
            }
        }
        for (id, bias) in &s.logit_bias {
            if let Some(score) = scores.get_mut(*id as usize) {
                *score += *bias as f32;
            }
        }
        if let (Some(passages), Some(dry)) = (&self.passages, &s.dry) {
            for (id, penalty) in passages.penalties(dry) {
                if let Some(score) = scores.get_mut(id as usize) {
                    *score -= penalty;
                }
            }
        }
    }
}
