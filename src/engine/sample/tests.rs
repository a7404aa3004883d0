#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use ferrule_types::{Dry, Sampling};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::{
    Breakers, Nothing, Sampler,
    pick::{Allowed, draw, likeliest},
    rank::rank,
};
use crate::constraint::Mask;

fn sampler(sampling: &Sampling, prompt: &[u32], seed: u64) -> Sampler {
    Sampler::new(sampling, prompt, seed, 0, None)
}

/// Chooses and writes.
fn step(sampler: &mut Sampler, logits: &[f32]) -> u32 {
    let token = sampler.choose(logits, &[], None).unwrap().token;
    sampler.accept(token);
    token
}

fn choose(sampling: &Sampling, logits: &[f32]) -> u32 {
    step(&mut sampler(sampling, &[], 7), logits)
}

fn warm() -> Sampling {
    Sampling {
        temperature: Some(1.0),
        ..Sampling::default()
    }
}

#[test]
fn without_a_temperature_the_likeliest_is_chosen_and_the_first_of_equals() {
    assert_eq!(choose(&Sampling::default(), &[0.0, 2.0, 2.0, -1.0]), 1);
}

#[test]
fn the_same_seed_draws_the_same_tokens_and_another_choice_draws_others() {
    let draw = |seed, choice| {
        let mut s = Sampler::new(&warm(), &[], seed, choice, None);
        (0..20)
            .map(|_| step(&mut s, &[0.0; 50]))
            .collect::<Vec<_>>()
    };
    assert_eq!(draw(1, 0), draw(1, 0));
    assert_ne!(draw(1, 0), draw(2, 0));
    assert_ne!(draw(1, 0), draw(1, 1));
}

#[test]
fn looking_at_drafts_and_starting_over_change_no_seeded_text() {
    let row = |at: usize| -> Vec<f32> {
        (0..40)
            .map(|id| ((id * 7 + at * 3) % 11) as f32 / 4.0)
            .collect()
    };
    let sampling = Sampling {
        frequency_penalty: Some(0.3),
        dry: Some(Dry::default()),
        ..warm()
    };
    let mut plain = sampler(&sampling, &[1, 2, 3], 9);
    let text: Vec<u32> = (0..30).map(|at| step(&mut plain, &row(at))).collect();
    let mut looking = sampler(&sampling, &[1, 2, 3], 9);
    for (at, token) in text.iter().enumerate() {
        for other in 0..at % 4 {
            looking.choose(&row(at + other), &[], None).unwrap();
        }
        assert_eq!(step(&mut looking, &row(at)), *token);
    }
    // A sequence that lost its place and whose tokens are told again goes on alike.
    let mut again = sampler(&sampling, &[1, 2, 3], 9);
    text[..17].iter().for_each(|token| again.accept(*token));
    let rest: Vec<u32> = (17..30).map(|at| step(&mut again, &row(at))).collect();
    assert_eq!(rest, text[17..]);
}

#[test]
fn draws_follow_the_probabilities() {
    let mut s = sampler(&warm(), &[], 3);
    let logits = [0.7f32.ln(), 0.2f32.ln(), 0.1f32.ln()];
    let mut counts = [0u32; 3];
    for _ in 0..20_000 {
        counts[step(&mut s, &logits) as usize] += 1;
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
        let mut s = sampler(&sampling, &[], 5);
        let mut seen: Vec<u32> = (0..2000).map(|_| step(&mut s, &logits)).collect();
        seen.sort_unstable();
        seen.dedup();
        seen
    };
    let top_k = Some(2);
    assert_eq!(possible(Sampling { top_k, ..warm() }), [0, 1]);
    let top_p = Some(0.79);
    assert_eq!(possible(Sampling { top_p, ..warm() }), [0, 1]);
    let top_p = Some(0.81);
    assert_eq!(possible(Sampling { top_p, ..warm() }), [0, 1, 2]);
    let min_p = Some(0.5);
    assert_eq!(possible(Sampling { min_p, ..warm() }), [0, 1]);
}

/// What `draw` means, written down without any haste.
fn slowly(scores: &[f32], allowed: &dyn Fn(u32) -> bool, s: &Sampling, random: f64) -> Option<u32> {
    let all = scores.iter().enumerate().map(|(id, v)| (id as u32, *v));
    let mut kept: Vec<(u32, f32)> = all
        .filter(|(id, v)| v.is_finite() && allowed(*id))
        .collect();
    kept.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    kept.truncate(s.top_k.map_or(usize::MAX, |k| k as usize));
    let highest = kept.first()?.1;
    let temperature = s.temperature.unwrap() as f32;
    for (_, v) in &mut kept {
        *v = ((*v - highest) / temperature).exp();
    }
    kept.retain(|(_, w)| f64::from(*w) >= s.min_p.unwrap_or(0.0));
    let by_id = |kept: &[(u32, f32)]| {
        let mut kept = kept.to_vec();
        kept.sort_by_key(|(id, _)| *id);
        kept
    };
    let sum = |kept: &[(u32, f32)]| by_id(kept).iter().map(|(_, w)| f64::from(*w)).sum::<f64>();
    if let Some(p) = s.top_p.filter(|p| *p < 1.0) {
        kept.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let enough = p * sum(&kept);
        let mut reached = 0.0;
        let last = kept.iter().position(|(_, w)| {
            reached += f64::from(*w);
            reached >= enough
        });
        kept.truncate(last.map_or(kept.len(), |at| at + 1));
    }
    let mut mark = random * sum(&kept);
    let kept = by_id(&kept);
    let drawn = kept.iter().find(|(_, w)| {
        mark -= f64::from(*w);
        mark < 0.0
    });
    Some(drawn.or(kept.last())?.0)
}

#[test]
fn choices_are_those_of_the_definition() {
    let mut random = ChaCha8Rng::seed_from_u64(21);
    let mut kept = Vec::new();
    for round in 0..1500 {
        let size = random.random_range(1..if round % 10 == 0 { 20_000 } else { 2_000 });
        let spread = random.random_range(1..12);
        let steps = [4.0, 1e4][round % 2];
        let mut scores: Vec<f32> = (0..size)
            .map(|_| ((random.random::<f32>() * spread as f32 * steps) as i32) as f32 / steps)
            .collect();
        for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            if random.random_bool(0.2) {
                let at = random.random_range(0..size);
                scores[at] = odd;
            }
        }
        let some = |random: &mut ChaCha8Rng| random.random_bool(0.5);
        let sampling = Sampling {
            temperature: Some(random.random_range(0.2..2.0)),
            top_k: some(&mut random).then(|| random.random_range(1..[300, 20][round % 2])),
            top_p: some(&mut random).then(|| random.random_range(0.05..1.0)),
            min_p: some(&mut random).then(|| random.random_range(0.0..0.6)),
            ..Sampling::default()
        };
        let mut forbidden: Vec<u32> = (0..random.random_range(0..4))
            .map(|_| random.random_range(0..size as u32))
            .collect();
        forbidden.sort_unstable();
        let ids: Vec<u32> = (0..size as u32)
            .filter(|_| random.random_bool(0.3))
            .collect();
        let mask = some(&mut random).then(|| Mask::only(&ids, size));
        let allowed = Allowed {
            forbidden: &forbidden,
            mask: mask.as_ref(),
        };
        let may = |id: u32| !forbidden.contains(&id) && mask.as_ref().is_none_or(|m| m.allows(id));
        let greedy = Sampling {
            top_k: Some(1),
            ..sampling.clone()
        };
        let best = likeliest(&scores, allowed);
        assert_eq!(best.map(|(id, _)| id), slowly(&scores, &may, &greedy, 0.5));
        let Some((_, highest)) = best else { continue };
        let number: f64 = random.random();
        let got = draw(&scores, allowed, highest, &sampling, number, &mut kept);
        assert_eq!(
            got,
            slowly(&scores, &may, &sampling, number),
            "{sampling:?}"
        );
    }
}

#[test]
fn penalties_and_biases_move_the_choice() {
    let logits = [1.0, 0.9, 0.0];
    let with =
        |sampling: Sampling, prompt: &[u32]| step(&mut sampler(&sampling, prompt, 0), &logits);
    let repetition = Sampling {
        repetition_penalty: Some(1.5),
        ..Sampling::default()
    };
    assert_eq!(with(repetition, &[0]), 1);
    let presence = Sampling {
        presence_penalty: Some(0.5),
        ..Sampling::default()
    };
    let mut presence = sampler(&presence, &[0], 0);
    // A prompt's tokens do not count for it, the answer's do.
    assert_eq!(step(&mut presence, &logits), 0);
    assert_eq!(step(&mut presence, &logits), 1);
    let bias = Sampling {
        logit_bias: [(2, 5.0)].into(),
        ..Sampling::default()
    };
    assert_eq!(with(bias, &[]), 2);
}

#[test]
fn a_passage_that_is_there_already_is_not_gone_on_with() {
    let sampling = Sampling {
        dry: Some(Dry::default()),
        ..Sampling::default()
    };
    let logits = [0.0, 0.0, 0.0, 1.0, 0.5];
    let prompt = [0, 1, 2, 3, 4, 0, 1, 2];
    let mut plain = sampler(&sampling, &prompt, 0);
    assert_eq!(step(&mut plain, &logits), 4);
    let breakers = Arc::new(Breakers::of(&[2]));
    let mut parted = Sampler::new(&sampling, &prompt, 0, 0, Some(breakers));
    assert_eq!(step(&mut parted, &logits), 3);
}

#[test]
fn what_is_forbidden_or_left_out_by_the_mask_is_not_chosen() {
    let logits = [3.0, 2.0, 1.0, 0.0];
    for sampling in [Sampling::default(), warm()] {
        let mut s = sampler(&sampling, &[], 1);
        let mask = Mask::only(&[1, 3, 9], 20);
        for _ in 0..50 {
            let token = s.choose(&logits, &[1], Some(&mask)).unwrap().token;
            s.accept(token);
            assert_eq!(token, 3);
        }
        let nothing = s.choose(&logits, &[1, 3], Some(&mask)).unwrap_err();
        assert_eq!(nothing, Nothing::NotAllowed);
        let nothing = s.choose(&[f32::NAN; 4], &[], Some(&mask)).unwrap_err();
        assert_eq!(nothing, Nothing::NotFinite);
    }
}

#[test]
fn damaged_scores_are_an_error_and_not_a_token() {
    let mut s = sampler(&warm(), &[], 0);
    let nothing = s.choose(&[f32::NAN, f32::NAN], &[], None).unwrap_err();
    assert_eq!(nothing, Nothing::NotFinite);
    for sampling in [Sampling::default(), warm()] {
        assert_eq!(choose(&sampling, &[f32::NAN, 1.0, f32::NEG_INFINITY]), 1);
        assert_eq!(choose(&sampling, &[f32::INFINITY, 1.0]), 1);
    }
}

#[test]
fn log_probabilities_are_the_model_s_own_and_the_likeliest_come_first() {
    let logits = [
        0.1f32.ln(),
        0.4f32.ln(),
        0.1f32.ln(),
        0.4f32.ln(),
        f32::NEG_INFINITY,
    ];
    let ranked = rank(&logits, 2, 3);
    assert!((ranked.chosen - 0.1f32.ln()).abs() < 1e-6);
    let ids: Vec<u32> = ranked.top.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [1, 3, 0]);
    assert_eq!(rank(&logits, 2, 9).top.len(), 4);
    assert!(rank(&logits, 2, 0).top.is_empty());
}
