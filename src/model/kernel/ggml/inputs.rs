//! Inputs of quantised products, rounded to 8 bits: block by block of each row, so that no row knows another.

use super::super::team::share_chunks;

/// A block of 256 columns.
#[derive(Clone, Copy, Debug)]
pub struct Wide {
    /// Four columns in each, the first in the lowest byte.
    pub words: [i32; 64],
    /// Sums of 16 columns, two in each.
    pub sixteens: [i32; 8],
    /// Sums of 32 columns, two in each.
    pub thirties: [i32; 4],
    pub scale: f32,
}

/// A block of 32 columns.
#[derive(Clone, Copy, Debug)]
pub struct Short {
    pub words: [i32; 8],
    /// The sum of the columns, times -128.
    pub start: i32,
    pub scale: f32,
    /// The sum of the columns, times the scale.
    pub total: f32,
}

/// Rounded inputs `[count, width]` in the blocks of a kind of format.
#[derive(Clone, Debug)]
pub enum Inputs {
    Wide(Vec<Wide>),
    Short(Vec<Short>),
}

impl Inputs {
    /// `width` must divide into the kind's blocks.
    pub fn new(values: &[f32], is_wide: bool) -> Self {
        if is_wide {
            Self::Wide(blocks(values, wide))
        } else {
            Self::Short(blocks(values, short))
        }
    }

    pub fn is_wide(&self) -> bool {
        matches!(self, Self::Wide(_))
    }
}

const TASK: usize = 8;
/// Adding this leaves the nearest whole number, ties to even, in the lowest bits.
const ROUND: f32 = 12_582_912.0;

fn blocks<B: Copy + Send, const W: usize>(
    values: &[f32],
    round: impl Fn(&[f32; W]) -> B + Sync,
) -> Vec<B> {
    let (values, rest) = values.as_chunks::<W>();
    debug_assert!(rest.is_empty());
    let mut out: Vec<std::mem::MaybeUninit<B>> = Vec::with_capacity(values.len());
    out.resize_with(values.len(), std::mem::MaybeUninit::uninit);
    share_chunks(&mut out, TASK, TASK * W, |i, out| {
        for (o, values) in out.iter_mut().zip(&values[i * TASK..]) {
            o.write(round(values));
        }
    });
    // SAFETY: every place was written above; both vectors have the same layout.
    unsafe {
        let mut out = std::mem::ManuallyDrop::new(out);
        Vec::from_raw_parts(out.as_mut_ptr().cast(), out.len(), out.capacity())
    }
}

fn wide(values: &[f32; 256]) -> Wide {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the feature was just found on this processor.
        return unsafe { wide_avx2(values) };
    }
    wide_plain(values)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn wide_avx2(values: &[f32; 256]) -> Wide {
    wide_plain(values)
}

#[allow(clippy::inline_always)]
#[inline(always)]
fn wide_plain(values: &[f32; 256]) -> Wide {
    let (scale, bytes) = rounded(values);
    let mut sums = [0i32; 16];
    for (sum, part) in sums.iter_mut().zip(bytes.as_chunks::<16>().0) {
        *sum = part.iter().map(|v| i32::from(*v)).sum();
    }
    let pair = |a: i32, b: i32| a & 0xffff | b << 16;
    Wide {
        words: words(&bytes),
        sixteens: std::array::from_fn(|i| pair(sums[2 * i], sums[2 * i + 1])),
        thirties: std::array::from_fn(|i| {
            let of = |i: usize| sums[2 * i] + sums[2 * i + 1];
            pair(of(2 * i), of(2 * i + 1))
        }),
        scale,
    }
}

fn short(values: &[f32; 32]) -> Short {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the feature was just found on this processor.
        return unsafe { short_avx2(values) };
    }
    short_plain(values)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn short_avx2(values: &[f32; 32]) -> Short {
    short_plain(values)
}

#[allow(clippy::inline_always)]
#[inline(always)]
fn short_plain(values: &[f32; 32]) -> Short {
    let (scale, bytes) = rounded(values);
    let sum: i32 = bytes.iter().map(|v| i32::from(*v)).sum();
    Short {
        words: words(&bytes),
        start: -128 * sum,
        scale,
        total: scale * sum as f32,
    }
}

/// The values as whole numbers from -127 to 127, and what one of them is worth.
#[allow(clippy::inline_always)]
#[inline(always)]
fn rounded<const W: usize>(values: &[f32; W]) -> (f32, [i8; W]) {
    // Sixteen running maxima: one would be a chain that no wide register helps.
    let mut tops = [0f32; 16];
    for part in values.as_chunks::<16>().0 {
        for (top, v) in tops.iter_mut().zip(part) {
            *top = if v.abs() > *top { v.abs() } else { *top };
        }
    }
    let top = tops.iter().fold(0f32, |a, b| a.max(*b));
    // A block that cannot be told from zero is zero; a value that is no number spoils its block's scale.
    let spoilt = values.iter().fold(0f32, |a, v| a + v * 0.0);
    let factor = if top > 1e-30 { 127.0 / top } else { 0.0 };
    (
        top / 127.0 + spoilt,
        values.map(|v| (v * factor + ROUND).to_bits() as i8),
    )
}

#[allow(clippy::inline_always)]
#[inline(always)]
fn words<const W: usize, const N: usize>(bytes: &[i8; W]) -> [i32; N] {
    let mut out = [0; N];
    for (word, four) in out.iter_mut().zip(bytes.as_chunks::<4>().0) {
        *word = i32::from_le_bytes(four.map(|b| b as u8));
    }
    out
}
