//! The exponential function without branches, so that loops over it are done in wide registers.
//!
//! Its result is the same bits alone and among others: there is one formula and no special end of a loop.

/// `e^x` to within two units of the last place; 0 below -87, where it is less than 2e-38.
#[allow(clippy::inline_always)]
#[inline(always)]
pub fn exp(x: f32, fma: impl Fn(f32, f32, f32) -> f32) -> f32 {
    // Adding and subtracting this rounds to a whole number.
    const ROUND: f32 = 12_582_912.0;
    // The natural logarithm of 2, in two parts of which the first has few digits.
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let kept = x.clamp(-87.0, 88.0);
    let whole = fma(kept, std::f32::consts::LOG2_E, ROUND) - ROUND;
    let rest = fma(whole, -LN2_LOW, fma(whole, -LN2_HIGH, kept));
    let mut series = 1.987_569_1e-4;
    for factor in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        5e-1,
    ] {
        series = fma(series, rest, factor);
    }
    let near = fma(series, rest * rest, rest) + 1.0;
    let power = f32::from_bits(((whole as i32 + 127) as u32) << 23);
    if x < -87.0 { 0.0 } else { near * power }
}

/// To within a ten millionth.
#[allow(clippy::inline_always)]
#[inline(always)]
pub fn tanh(x: f32, fma: impl Fn(f32, f32, f32) -> f32) -> f32 {
    1.0 - 2.0 / (exp(2.0 * x, fma) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::{exp, tanh};

    #[test]
    fn both_are_near_the_exact_ones_over_their_whole_range() {
        for i in -86_990..88_000 {
            let x = i as f32 * 1e-3;
            let exact = f64::from(x).exp();
            for got in [exp(x, f32::mul_add), exp(x, |x, y, z| x * y + z)] {
                let off = (f64::from(got) - exact).abs();
                assert!(
                    off <= exact * 3e-7 + 1.2e-38,
                    "{x}: {got} instead of {exact}"
                );
            }
            let off = (f64::from(tanh(x, f32::mul_add)) - f64::from(x).tanh()).abs();
            assert!(off < 3e-7, "{x}: off by {off}");
        }
        assert!(exp(f32::NEG_INFINITY, f32::mul_add).to_bits() == 0);
        assert!((exp(0.0, f32::mul_add) - 1.0).abs() < f32::EPSILON);
    }
}
