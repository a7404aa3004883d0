//! Log probabilities, as they are told to those who ask.

/// Log probabilities of the model itself: of the choice, and of the likeliest tokens.
#[derive(Debug, PartialEq)]
pub struct Ranked {
    pub chosen: f32,
    pub top: Vec<(u32, f32)>,
}

pub fn rank(logits: &[f32], token: u32, count: usize) -> Ranked {
    let finite = || logits.iter().copied().filter(|v| v.is_finite());
    let highest = finite().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = finite().map(|v| f64::from((v - highest).exp())).sum();
    let whole = highest + sum.ln() as f32;
    Ranked {
        chosen: logits[token as usize] - whole,
        top: likeliest(logits, count)
            .into_iter()
            .map(|(id, v)| (id, v - whole))
            .collect(),
    }
}

/// The highest few, in order; the lower id of equals first. They are few enough to be kept in a sorted list.
fn likeliest(logits: &[f32], count: usize) -> Vec<(u32, f32)> {
    let mut top: Vec<(u32, f32)> = Vec::with_capacity(count + 1);
    if count == 0 {
        return top;
    }
    for (id, value) in logits.iter().enumerate() {
        let full = top.len() == count;
        if !value.is_finite() || full && top.last().is_some_and(|(_, least)| value <= least) {
            continue;
        }
        let at = top.partition_point(|(_, known)| known >= value);
        top.insert(at, (id as u32, *value));
        top.truncate(count);
    }
    top
}
