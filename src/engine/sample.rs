//! From a row of scores to a token.

use std::collections::HashMap;

use ferrule_types::Sampling;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::constraint::Mask;

/// Chooses the tokens of one answer. Two samplers with the same settings and seed, shown the same
/// scores, choose alike.
pub struct Sampler {
    sampling: Sampling,
    rng: ChaCha8Rng,
    /// How often each token stands in the prompt and in the answer so far.
    seen: HashMap<u32, Seen>,
}

#[derive(Default)]
struct Seen {
    prompt: u32,
    answer: u32,
}

/// A chosen token and the scores it was chosen from, as log probabilities of the model itself.
pub struct Choice {
    pub token: u32,
    pub logprob: Option<Ranked>,
}

/// Log probabilities: of the choice, and of the likeliest tokens.
#[derive(Clone, Debug)]
pub struct Ranked {
    pub chosen: f32,
    pub top: Vec<(u32, f32)>,
}

impl Sampler {
    /// `choice` sets apart the answers of one request: each draws from a stream of its own.
    pub fn new(sampling: &Sampling, prompt: &[u32], seed: u64, choice: u32) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(choice.into());
        let mut seen: HashMap<u32, Seen> = HashMap::new();
        for token in prompt {
            seen.entry(*token).or_default().prompt += 1;
        }
        Self {
            sampling: sampling.clone(),
            rng,
            seen,
        }
    }

    /// `None` when no score is finite. `forbidden` tokens are not chosen.
    pub fn choose(
        &mut self,
        logits: &[f32],
        forbidden: &[u32],
        mask: Option<&Mask>,
    ) -> Option<Choice> {
        let mut scores = logits.to_vec();
        self.bend(&mut scores);
        for id in forbidden {
            if let Some(score) = scores.get_mut(*id as usize) {
                *score = f32::NEG_INFINITY;
            }
        }
        if let Some(mask) = mask {
            for (id, score) in (0..).zip(&mut scores) {
                if !mask.allows(id) {
                    *score = f32::NEG_INFINITY;
                }
            }
        }
        let best = likeliest(&scores)?;
        let token = if self.sampling.is_greedy() {
            best
        } else {
            self.draw(&scores, best)
        };
        self.seen.entry(token).or_default().answer += 1;
        let logprob = self
            .sampling
            .logprobs
            .then(|| rank(logits, token, self.sampling.top_logprobs as usize));
        Some(Choice { token, logprob })
    }

    /// Biases and penalties.
    fn bend(&self, scores: &mut [f32]) {
        let s = &self.sampling;
        let repetition = s.repetition_penalty.unwrap_or(1.0) as f32;
        let presence = s.presence_penalty.unwrap_or(0.0) as f32;
        let frequency = s.frequency_penalty.unwrap_or(0.0) as f32;
        for (id, seen) in &self.seen {
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
    }

    /// Draws from what `top_k`, `top_p` and `min_p` leave.
    fn draw(&mut self, scores: &[f32], best: u32) -> u32 {
        let s = &self.sampling;
        let temperature = s.temperature.unwrap_or(1.0).max(1e-4) as f32;
        let top = scores[best as usize];
        let mut ranked: Vec<(u32, f32)> = scores
            .iter()
            .enumerate()
            .filter(|(_, v)| v.is_finite())
            .map(|(id, v)| (id as u32, ((v - top) / temperature).exp()))
            .collect();
        keep_likeliest(
            &mut ranked,
            s.top_k.map_or(usize::MAX, |k| k as usize).max(1),
        );
        if let Some(p) = s.min_p {
            // The likeliest has weight one.
            let keep = ranked.partition_point(|(_, w)| f64::from(*w) >= p);
            ranked.truncate(keep.max(1));
        }
        if let Some(p) = s.top_p {
            let total: f64 = ranked.iter().map(|(_, w)| f64::from(*w)).sum();
            let mut sum = 0.0;
            let keep = ranked.iter().position(|(_, w)| {
                sum += f64::from(*w);
                sum >= p * total
            });
            ranked.truncate(keep.map_or(ranked.len(), |k| k + 1));
        }
        let total: f64 = ranked.iter().map(|(_, w)| f64::from(*w)).sum();
        let mut mark = self.rng.random::<f64>() * total;
        for (id, weight) in &ranked {
            mark -= f64::from(*weight);
            if mark <= 0.0 {
                return *id;
            }
        }
        ranked.last().map_or(best, |(id, _)| *id)
    }
}

/// The highest finite score's token; the lowest id among equals.
fn likeliest(scores: &[f32]) -> Option<u32> {
    let mut best: Option<(usize, f32)> = None;
    for (id, score) in scores.iter().enumerate() {
        if score.is_finite() && best.is_none_or(|(_, b)| *score > b) {
            best = Some((id, *score));
        }
    }
    best.map(|(id, _)| id as u32)
}

/// The `count` likeliest, in order. Ties go to the lower id, so that the order does not depend on the sort.
fn keep_likeliest(ranked: &mut Vec<(u32, f32)>, count: usize) {
    let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if count < ranked.len() {
        // Most of a vocabulary is cut off before anything is sorted.
        ranked.select_nth_unstable_by(count, order);
        ranked.truncate(count);
    }
    ranked.sort_unstable_by(order);
}

pub fn rank(logits: &[f32], token: u32, count: usize) -> Ranked {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|v| f64::from(v - top).exp()).sum();
    let whole = top + sum.ln() as f32;
    let mut ranked: Vec<(u32, f32)> = Vec::new();
    if count > 0 {
        let all = logits.iter().enumerate();
        ranked = all.map(|(id, v)| (id as u32, v - whole)).collect();
        keep_likeliest(&mut ranked, count);
    }
    Ranked {
        chosen: logits[token as usize] - whole,
        top: ranked,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Sampler, Sampling};

    fn choose(sampling: &Sampling, logits: &[f32]) -> u32 {
        Sampler::new(sampling, &[], 7, 0)
            .choose(logits, &[], None)
            .unwrap()
            .token
    }

    #[test]
    fn without_a_temperature_the_likeliest_is_chosen_and_the_first_of_equals() {
        assert_eq!(choose(&Sampling::default(), &[0.0, 2.0, 2.0, -1.0]), 1);
    }

    #[test]
    fn the_same_seed_draws_the_same_tokens_and_another_choice_draws_others() {
        let sampling = Sampling {
            temperature: Some(1.0),
            ..Sampling::default()
        };
        let draw = |seed, choice| {
            let mut s = Sampler::new(&sampling, &[], seed, choice);
            (0..20)
                .map(|_| s.choose(&[0.0; 50], &[], None).unwrap().token)
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(1, 0), draw(1, 0));
        assert_ne!(draw(1, 0), draw(2, 0));
        assert_ne!(draw(1, 0), draw(1, 1));
    }

    #[test]
    fn draws_follow_the_probabilities() {
        let sampling = Sampling {
            temperature: Some(1.0),
            ..Sampling::default()
        };
        let mut s = Sampler::new(&sampling, &[], 3, 0);
        let logits = [0.7f32.ln(), 0.2f32.ln(), 0.1f32.ln()];
        let mut counts = [0u32; 3];
        for _ in 0..20_000 {
            counts[s.choose(&logits, &[], None).unwrap().token as usize] += 1;
        }
        for (count, p) in counts.iter().zip([0.7, 0.2, 0.1]) {
            assert!(
                (f64::from(*count) / 20_000.0 - p).abs() < 0.02,
                "{counts:?}"
            );
        }
    }

    #[test]
    fn the_filters_leave_only_what_they_say() {
        let logits = [0.5f32.ln(), 0.3f32.ln(), 0.15f32.ln(), 0.05f32.ln()];
        let possible = |sampling: Sampling| {
            let sampling = Sampling {
                temperature: Some(1.0),
                ..sampling
            };
            let mut s = Sampler::new(&sampling, &[], 5, 0);
            let mut seen: Vec<u32> = (0..2000)
                .map(|_| s.choose(&logits, &[], None).unwrap().token)
                .collect();
            seen.sort_unstable();
            seen.dedup();
            seen
        };
        assert_eq!(
            possible(Sampling {
                top_k: Some(2),
                ..Sampling::default()
            }),
            [0, 1]
        );
        assert_eq!(
            possible(Sampling {
                top_p: Some(0.79),
                ..Sampling::default()
            }),
            [0, 1]
        );
        assert_eq!(
            possible(Sampling {
                top_p: Some(0.81),
                ..Sampling::default()
            }),
            [0, 1, 2]
        );
        assert_eq!(
            possible(Sampling {
                min_p: Some(0.5),
                ..Sampling::default()
            }),
            [0, 1]
        );
    }

    #[test]
    fn penalties_and_biases_move_the_choice() {
        let logits = [1.0, 0.9, 0.0];
        let with = |sampling: Sampling, prompt: &[u32]| {
            Sampler::new(&sampling, prompt, 0, 0)
                .choose(&logits, &[], None)
                .unwrap()
                .token
        };
        let repetition = Sampling {
            repetition_penalty: Some(1.5),
            ..Sampling::default()
        };
        assert_eq!(with(repetition, &[0]), 1);
        let mut presence = Sampler::new(
            &Sampling {
                presence_penalty: Some(0.5),
                ..Sampling::default()
            },
            &[0],
            0,
            0,
        );
        // A prompt's tokens do not count for it, the answer's do.
        assert_eq!(presence.choose(&logits, &[], None).unwrap().token, 0);
        assert_eq!(presence.choose(&logits, &[], None).unwrap().token, 1);
        let bias = Sampling {
            logit_bias: [(2, 5.0)].into(),
            ..Sampling::default()
        };
        assert_eq!(with(bias, &[]), 2);
    }

    #[test]
    fn damaged_scores_are_an_error_and_not_a_token() {
        let sampling = Sampling {
            temperature: Some(1.0),
            ..Sampling::default()
        };
        assert!(
            Sampler::new(&sampling, &[], 0, 0)
                .choose(&[f32::NAN, f32::NAN], &[], None)
                .is_none()
        );
        assert_eq!(choose(&sampling, &[f32::NAN, 1.0, f32::NEG_INFINITY]), 1);
    }
}
