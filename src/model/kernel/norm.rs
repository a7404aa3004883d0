//! Normalisation of rows, and the sums between blocks. A row's bits do not depend on its neighbours.

use super::team::share_chunks;

/// Elements that a thread takes at once.
const TASK: usize = 8192;
const LANES: usize = 16;

/// Rows as long as `weight`, divided by the root of their mean square.
pub fn rms_norm(x: &[f32], weight: &[f32], eps: f32) -> Vec<f32> {
    by_rows(x, weight.len(), |x, out| {
        let square = total(x, |v| v * v) / x.len() as f32;
        let factor = 1.0 / (square + eps).sqrt();
        for ((o, v), w) in out.iter_mut().zip(x).zip(weight) {
            *o = v * factor * w;
        }
    })
}

/// Rows as long as `weight`, brought to mean 0 and variance 1.
pub fn layer_norm(x: &[f32], weight: &[f32], bias: &[f32], eps: f32) -> Vec<f32> {
    by_rows(x, weight.len(), |x, out| {
        let mean = total(x, |v| v) / x.len() as f32;
        let variance = total(x, |v| (v - mean) * (v - mean)) / x.len() as f32;
        let factor = 1.0 / (variance + eps).sqrt();
        for (((o, v), w), b) in out.iter_mut().zip(x).zip(weight).zip(bias) {
            *o = (v - mean) * factor * w + b;
        }
    })
}

/// `x + scale * y`
pub fn add(x: &[f32], y: &[f32], scale: f32) -> Vec<f32> {
    let mut out = vec![0f32; x.len()];
    share_chunks(&mut out, TASK, TASK, |i, out| {
        let from = i * TASK;
        for ((o, x), y) in out.iter_mut().zip(&x[from..]).zip(&y[from..]) {
            *o = x + scale * y;
        }
    });
    out
}

fn by_rows(x: &[f32], width: usize, row: impl Fn(&[f32], &mut [f32]) + Sync) -> Vec<f32> {
    let mut out = vec![0f32; x.len()];
    if width == 0 {
        return out;
    }
    let rows = (TASK / width).max(1);
    share_chunks(&mut out, rows * width, rows * width * 2, |i, out| {
        let x = &x[i * rows * width..][..out.len()];
        for (x, out) in x.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
            row(x, out);
        }
    });
    out
}

/// Sixteen running sums, then these from the first to the last: the compiler may not reorder floats itself.
fn total(x: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let mut sums = [0f32; LANES];
    let (whole, rest) = x.as_chunks::<LANES>();
    for part in whole {
        for (sum, v) in sums.iter_mut().zip(part) {
            *sum += f(*v);
        }
    }
    for (sum, v) in sums.iter_mut().zip(rest) {
        *sum += f(*v);
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::{add, layer_norm, rms_norm};

    fn noise(count: usize) -> Vec<f32> {
        (0..count).map(|i| (i as f32 * 0.61).sin() + 0.3).collect()
    }

    #[test]
    fn a_row_is_the_same_bits_alone_and_among_others() {
        for width in [1, 5, 16, 40, 2048] {
            let (x, weight) = (noise(width * 37), noise(width));
            let all = rms_norm(&x, &weight, 1e-5);
            let layered = layer_norm(&x, &weight, &weight, 1e-5);
            for (i, x) in x.chunks(width).enumerate() {
                let range = i * width..(i + 1) * width;
                assert_eq!(rms_norm(x, &weight, 1e-5), all[range.clone()]);
                assert_eq!(layer_norm(x, &weight, &weight, 1e-5), layered[range]);
            }
        }
    }

    #[test]
    fn norms_are_those_of_the_formulas() {
        let (x, ones, none) = (noise(1000), vec![1.0; 1000], vec![0.0; 1000]);
        let square = |x: &[f32]| x.iter().map(|v| v * v).sum::<f32>() / x.len() as f32;
        let rms = rms_norm(&x, &ones, 0.0);
        assert!((square(&rms) - 1.0).abs() < 1e-4);
        assert!((rms[7] / rms[3] - x[7] / x[3]).abs() < 1e-4);
        let layered = layer_norm(&x, &ones, &none, 0.0);
        assert!((square(&layered) - 1.0).abs() < 1e-4);
        assert!(layered.iter().sum::<f32>().abs() < 1e-2);
    }

    #[test]
    fn sums_are_scaled() {
        assert_eq!(add(&[1.0, 2.0], &[3.0, 4.0], 0.5), [2.5, 4.0]);
    }
}
