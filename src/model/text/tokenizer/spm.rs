//! Sentencepiece scores → the merges that BPE wants.

use std::collections::HashMap;

/// Every way to put an entry together from two others, best score first.
///
/// Sentencepiece merges the pair whose result has the highest score, the leftmost of equals; ranks in the order of
/// scores do the same. `pieces` are the entries that text may become, with their ids and scores.
pub(super) fn merges(pieces: &[(String, u32, f32)]) -> Vec<(String, String)> {
    let ids: HashMap<&str, u32> = pieces.iter().map(|(p, id, _)| (p.as_str(), *id)).collect();
    let mut found: Vec<(f32, u32, u32, &str, usize)> = Vec::new();
    for (piece, _, score) in pieces {
        for (cut, _) in piece.char_indices().skip(1) {
            let (left, right) = piece.split_at(cut);
            if let (Some(left), Some(right)) = (ids.get(left), ids.get(right)) {
                found.push((*score, *left, *right, piece.as_str(), cut));
            }
        }
    }
    // A NaN sorts last instead of anywhere.
    let key = |score: f32| {
        if score.is_nan() {
            f32::NEG_INFINITY
        } else {
            score
        }
    };
    found.sort_by(|a, b| {
        key(b.0)
            .total_cmp(&key(a.0))
            .then_with(|| (a.1, a.2).cmp(&(b.1, b.2)))
    });
    found
        .into_iter()
        .map(|(.., piece, cut)| {
            let (left, right) = piece.split_at(cut);
            (left.to_string(), right.to_string())
        })
        .collect()
}
