//! The non-linear functions, element by element.
//!
//! A loop over them becomes vectors with a tail; both do the same steps in the same order, so that a value
//! does not depend on its place. What is not exact stays below 2e-7 of the value, or of one.

use super::team::share_chunks;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    Silu,
    /// Gelu by the error function.
    Gelu,
    /// Gelu by the tanh formula.
    GeluTanh,
    Relu,
}

/// Elements that a thread takes at once, and what one costs in multiplications.
const TASK: usize = 4096;
const COST: usize = 8;

/// Every element's value.
pub fn activate(activation: Activation, x: &[f32]) -> Vec<f32> {
    let mut out = vec![0f32; x.len()];
    share_chunks(&mut out, TASK, TASK * COST, |i, out| {
        each(activation, &x[i * TASK..], None, out);
    });
    out
}

/// `activation(gate) * up`. Both are rows of `width` elements, `stride` apart.
pub fn gate(
    activation: Activation,
    gate: &[f32],
    up: &[f32],
    width: usize,
    stride: usize,
) -> Vec<f32> {
    let rows = (gate.len() + stride - width) / stride.max(1);
    let mut out = vec![0f32; rows * width];
    if width == stride {
        share_chunks(&mut out, TASK, TASK * COST, |i, out| {
            each(activation, &gate[i * TASK..], Some(&up[i * TASK..]), out);
        });
    } else {
        share_chunks(&mut out, width, width * COST, |row, out| {
            let from = row * stride;
            each(activation, &gate[from..], Some(&up[from..]), out);
        });
    }
    out
}

fn each(activation: Activation, x: &[f32], up: Option<&[f32]>, out: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        // SAFETY: the features were just found on this processor.
        return unsafe { fused(activation, x, up, out) };
    }
    choose(activation, x, up, out, |a, b, c| a * b + c);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn fused(activation: Activation, x: &[f32], up: Option<&[f32]>, out: &mut [f32]) {
    choose(activation, x, up, out, f32::mul_add);
}

// From here on all must become part of its caller: only there are the processor's wide registers allowed.
#[allow(clippy::inline_always)]
#[inline(always)]
fn choose(
    activation: Activation,
    x: &[f32],
    up: Option<&[f32]>,
    out: &mut [f32],
    fma: impl Fn(f32, f32, f32) -> f32 + Copy,
) {
    match activation {
        Activation::Silu => run(x, up, out, |v| silu(v, fma)),
        Activation::Gelu => run(x, up, out, |v| gelu(v, fma)),
        Activation::GeluTanh => run(x, up, out, |v| gelu_tanh(v, fma)),
        Activation::Relu => run(x, up, out, |v| if v < 0.0 { 0.0 } else { v }),
    }
}

#[allow(clippy::inline_always)]
#[inline(always)]
fn run(x: &[f32], up: Option<&[f32]>, out: &mut [f32], f: impl Fn(f32) -> f32) {
    if let Some(up) = up {
        for ((o, v), u) in out.iter_mut().zip(x).zip(up) {
            *o = f(*v) * u;
        }
    } else {
        for (o, v) in out.iter_mut().zip(x) {
            *o = f(*v);
        }
    }
}

#[allow(clippy::inline_always)]
#[inline(always)]
fn silu(v: f32, fma: impl Fn(f32, f32, f32) -> f32 + Copy) -> f32 {
    v / (1.0 + exp(-v, fma))
}

/// `v / 2 * (1 + tanh(u))` is `v / (1 + exp(-2 * u))`.
#[allow(clippy::inline_always)]
#[inline(always)]
fn gelu_tanh(v: f32, fma: impl Fn(f32, f32, f32) -> f32 + Copy) -> f32 {
    const TWICE: f32 = 1.595_769; // 2 * sqrt(2 / pi)
    v / (1.0 + exp(-TWICE * v * fma(0.044_715 * v, v, 1.0), fma))
}

/// The error function by Abramowitz and Stegun, 7.1.26: off by at most 1.5e-7.
#[allow(clippy::inline_always)]
#[inline(always)]
fn gelu(v: f32, fma: impl Fn(f32, f32, f32) -> f32 + Copy) -> f32 {
    let x = v.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / fma(0.327_591_1, x, 1.0);
    let mut p = fma(t, 1.061_405_4, -1.453_152);
    p = fma(t, p, 1.421_413_7);
    p = fma(t, p, -0.284_496_74);
    p = fma(t, p, 0.254_829_6);
    let tail = p * t * exp(-x * x, fma);
    // `tail` is 1 - erf(|x|): what is left of v on its negative side.
    let left = 0.5 * v * tail;
    if v < 0.0 { left } else { v - left }
}

/// The exponential function between -87 and 88, and its values there beyond; off by at most 1e-7 of it.
#[allow(clippy::inline_always)]
#[inline(always)]
fn exp(x: f32, fma: impl Fn(f32, f32, f32) -> f32 + Copy) -> f32 {
    // Adding this leaves the nearest whole number in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let x = if x > 88.0 { 88.0 } else { x };
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = fma(x, std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = fma(n, -0.693_359_4, x);
    let r = fma(n, 2.121_944_4e-4, r);
    let mut p = fma(r, 1.987_569_2e-4, 1.398_2e-3);
    p = fma(r, p, 8.333_452e-3);
    p = fma(r, p, 4.166_579_6e-2);
    p = fma(r, p, 1.666_666_5e-1);
    p = fma(r, p, 0.5);
    let p = fma(p, r * r, r) + 1.0;
    let power = shifted.to_bits().wrapping_add(127) << 23;
    p * f32::from_bits(power)
}

#[cfg(test)]
mod tests {
    use super::{Activation, activate, gate};

    const ALL: [Activation; 4] = [
        Activation::Silu,
        Activation::Gelu,
        Activation::GeluTanh,
        Activation::Relu,
    ];

    /// Gelu's integral, by steps small enough.
    fn normal(x: f64) -> f64 {
        let steps = 4000;
        let width = x / f64::from(steps);
        let density = |t: f64| (-t * t / 2.0).exp() / std::f64::consts::TAU.sqrt();
        let sum: f64 = (0..steps)
            .map(|i| density((f64::from(i) + 0.5) * width))
            .sum();
        0.5 + sum * width
    }

    fn exact(activation: Activation, v: f64) -> f64 {
        match activation {
            Activation::Silu => v / (1.0 + (-v).exp()),
            Activation::Gelu => v * normal(v),
            Activation::GeluTanh => {
                let u = (2.0 / std::f64::consts::PI).sqrt() * (v + 0.044_715 * v * v * v);
                0.5 * v * (1.0 + u.tanh())
            }
            Activation::Relu => v.max(0.0),
        }
    }

    #[test]
    fn values_are_those_of_the_formulas() {
        let x: Vec<f32> = (-1200..=1200).map(|i| i as f32 * 0.01).collect();
        for activation in ALL {
            for (v, got) in x.iter().zip(activate(activation, &x)) {
                let expected = exact(activation, f64::from(*v));
                let off = (f64::from(got) - expected).abs();
                assert!(
                    off < 1e-6 * expected.abs().max(1.0),
                    "{activation:?} {v}: {got}"
                );
            }
            let far = activate(activation, &[-1e30, 1e30, f32::NAN]);
            assert!(
                far[0].abs() < 1e-6 && far[1] >= 1e30 && far[2].is_nan(),
                "{activation:?} {far:?}"
            );
        }
    }

    #[test]
    fn a_value_does_not_depend_on_its_place() {
        let x: Vec<f32> = (0..9001).map(|i| (i as f32 * 0.37).sin() * 9.0).collect();
        let up: Vec<f32> = x.iter().map(|v| v * 0.3 + 1.0).collect();
        for activation in ALL {
            let all = gate(activation, &x, &up, x.len(), x.len());
            for at in [0, 1, 7, 4095, 4096, 8999, 9000] {
                let alone = gate(activation, &x[at..=at], &up[at..=at], 1, 1);
                assert_eq!(alone[0].to_bits(), all[at].to_bits(), "{activation:?} {at}");
            }
        }
    }

    #[test]
    fn gate_and_up_may_share_their_rows() {
        let both: Vec<f32> = (0..30).map(|i| i as f32 * 0.1).collect();
        let got = gate(Activation::Silu, &both, &both[5..], 5, 10);
        let apart = |from: usize| -> Vec<f32> {
            both.chunks(10)
                .flat_map(|r| r[from..from + 5].to_vec())
                .collect()
        };
        assert_eq!(got, gate(Activation::Silu, &apart(0), &apart(5), 5, 5));
    }
}
