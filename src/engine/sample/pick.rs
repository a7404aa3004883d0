//! From scores to one token: the likeliest, or a draw from what the filters leave.

use ferrule_types::Sampling;

use crate::constraint::Mask;

/// Which tokens may be chosen at a place.
#[derive(Clone, Copy)]
pub struct Allowed<'a> {
    /// In order: a request can forbid thousands, and each is asked about for every token of the vocabulary.
    pub forbidden: &'a [u32],
    pub mask: Option<&'a Mask>,
}

impl Allowed<'_> {
    /// Tells every allowed token with a finite score of at least `least`, in the order of ids.
    fn each(&self, scores: &[f32], least: f32, mut tell: impl FnMut(u32, f32)) {
        let mut tell = |id: u32, score: f32| {
            if score >= least && score.is_finite() && self.forbidden.binary_search(&id).is_err() {
                tell(id, score);
            }
        };
        match self.mask {
            Some(mask) if mask.count() * 8 < scores.len() => {
                for id in mask.ids().take_while(|id| (*id as usize) < scores.len()) {
                    tell(id, scores[id as usize]);
                }
            }
            Some(mask) => {
                for (id, score) in scores.iter().enumerate() {
                    if *score >= least && mask.allows(id as u32) {
                        tell(id as u32, *score);
                    }
                }
            }
            None => {
                for (id, score) in scores.iter().enumerate() {
                    tell(id as u32, *score);
                }
            }
        }
    }

    fn holds(&self, id: u32) -> bool {
        self.forbidden.binary_search(&id).is_err() && self.mask.is_none_or(|mask| mask.allows(id))
    }
}

/// The highest finite score's token and score; the lowest id among equals.
pub fn likeliest(scores: &[f32], allowed: Allowed) -> Option<(u32, f32)> {
    // Mostly the model wants what is allowed.
    if let Some(best) = first_highest(scores)
        && allowed.holds(best.0)
    {
        return Some(best);
    }
    let mut best: Option<(u32, f32)> = None;
    allowed.each(scores, f32::NEG_INFINITY, |id, score| {
        if best.is_none_or(|(_, known)| score > known) {
            best = Some((id, score));
        }
    });
    best
}

/// Scores looked at together.
const BLOCK: usize = 256;

/// The same where everything is allowed, a block at a time. `None` where a score is infinite, or none is finite.
fn first_highest(scores: &[f32]) -> Option<(u32, f32)> {
    let (mut start, mut best) = (0, f32::NEG_INFINITY);
    for (at, highest) in highest_of_blocks(scores).enumerate() {
        if highest > best {
            (start, best) = (at * BLOCK, highest);
        }
    }
    let block = &scores[start..];
    let at = block.iter().position(|score| *score >= best)?;
    best.is_finite().then_some(((start + at) as u32, best))
}

/// In a form that the compiler turns into vectors.
fn highest_of_blocks(scores: &[f32]) -> impl Iterator<Item = f32> + '_ {
    scores.chunks(BLOCK).map(|block| {
        let (parts, rest) = block.as_chunks::<8>();
        let mut lanes = [f32::NEG_INFINITY; 8];
        for part in parts {
            for (lane, score) in lanes.iter_mut().zip(part) {
                *lane = higher(*score, *lane);
            }
        }
        let lanes = lanes.iter().chain(rest);
        lanes.fold(f32::NEG_INFINITY, |a, b| higher(*b, a))
    })
}

/// A score that at least `count` reach, told from the blocks' highest; the lowest where that is not told.
fn reached_by(scores: &[f32], count: usize) -> f32 {
    let mut highest: Vec<f32> = highest_of_blocks(scores).collect();
    if count > highest.len() || highest.contains(&f32::INFINITY) {
        return f32::NEG_INFINITY;
    }
    *highest
        .select_nth_unstable_by(count - 1, |a, b| b.total_cmp(a))
        .1
}

/// Without a branch: which of two random numbers is higher cannot be foreseen. What is not a number is not higher.
fn higher(new: f32, known: f32) -> f32 {
    if new > known { new } else { known }
}

/// A token and its score; its weight later on.
pub type Ranked = (u32, f32);

/// Draws from what `top_k`, `min_p` and `top_p` leave, in this order; `random` lies between 0 and 1. A token weighs
/// `exp((score - highest) / temperature)`; sums and the draw run in the order of ids.
pub fn draw(
    scores: &[f32],
    allowed: Allowed,
    highest: f32,
    sampling: &Sampling,
    random: f64,
    kept: &mut Vec<Ranked>,
) -> Option<u32> {
    let temperature = sampling.temperature.unwrap_or(1.0).max(1e-4) as f32;
    let weight = |score: f32| ((score - highest) / temperature).exp();
    kept.clear();
    let least = sampling.min_p.unwrap_or(0.0);
    // What lies clearly below costs no exponential; the bound itself is checked exactly.
    let clear = (least.ln() as f32 - 1e-3) * temperature + highest;
    let most = sampling.top_k.map_or(usize::MAX, |k| k.max(1) as usize);
    // Of many tokens only those with scores like the likeliest are looked at, unless too many of these are not allowed.
    let mut bound = clear;
    if most < scores.len() {
        let margin = allowed.forbidden.len() + allowed.mask.map_or(0, |_| most);
        bound = clear.max(reached_by(scores, most.saturating_add(margin)));
    }
    allowed.each(scores, bound, |id, score| kept.push((id, score)));
    if kept.len() < most && bound > clear {
        kept.clear();
        allowed.each(scores, clear, |id, score| kept.push((id, score)));
    }
    keep_likeliest(kept, most);
    for (_, value) in kept.iter_mut() {
        *value = weight(*value);
    }
    if least > 0.0 {
        // The likeliest weighs one and stays.
        kept.retain(|(_, weight)| f64::from(*weight) >= least.min(1.0));
    }
    if let Some(share) = sampling.top_p.filter(|p| *p < 1.0) {
        keep_share(kept, share);
    }
    let mut mark = random * total(kept);
    for (id, weight) in kept.iter() {
        mark -= f64::from(*weight);
        if mark < 0.0 {
            return Some(*id);
        }
    }
    // Rounding at the very end of the scale.
    kept.iter()
        .rev()
        .find(|(_, weight)| *weight > 0.0)
        .map(|(id, _)| *id)
}

fn total(kept: &[Ranked]) -> f64 {
    kept.iter().map(|(_, weight)| f64::from(*weight)).sum()
}

/// The highest first; the lower id of equals.
// Sorting hands out references.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn order(a: &Ranked, b: &Ranked) -> std::cmp::Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

/// Keeps the highest `count`, in the order of ids.
fn keep_likeliest(kept: &mut Vec<Ranked>, count: usize) {
    if count < kept.len() {
        kept.select_nth_unstable_by(count, order);
        kept.truncate(count);
        kept.sort_unstable_by_key(|(id, _)| *id);
    }
}

/// Keeps the fewest of the highest that together weigh this share, in the order of ids. Only as many are sorted as
/// are needed, and a few more.
fn keep_share(kept: &mut Vec<Ranked>, share: f64) {
    let total = total(kept);
    let enough = share * total;
    // All that weigh less together weigh less than what may be missing: the others are enough.
    let slight = (1.0 - share) * total / kept.len() as f64 / 2.0;
    kept.retain(|(_, weight)| f64::from(*weight) >= slight);
    let (mut sorted, mut sum) = (0, 0.0);
    let mut next = 64;
    while sorted < kept.len() {
        let end = next.min(kept.len());
        if end < kept.len() {
            kept[sorted..].select_nth_unstable_by(end - sorted, order);
        }
        kept[sorted..end].sort_unstable_by(order);
        let reached = kept[sorted..end].iter().position(|(_, weight)| {
            sum += f64::from(*weight);
            sum >= enough
        });
        if let Some(at) = reached {
            kept.truncate(sorted + at + 1);
            break;
        }
        sorted = end;
        next = end * 8;
    }
    kept.sort_unstable_by_key(|(id, _)| *id);
}
