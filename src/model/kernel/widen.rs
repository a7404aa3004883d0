//! Dense elements of a file to f32, eight or more at a time.

use crate::source::Stored;

/// Widens little-endian dense elements; other types do not come here.
pub fn widen(bytes: &[u8], stored: Stored, out: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if stored == Stored::F16
        && std::arch::is_x86_feature_detected!("f16c")
        && std::arch::is_x86_feature_detected!("avx")
    {
        // SAFETY: the features were just found on this processor.
        return unsafe { halves(bytes, out) };
    }
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the feature was just found on this processor.
        return unsafe { wide(bytes, stored, out) };
    }
    plain(bytes, stored, out);
}

/// The processor's own conversion.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx,f16c")]
fn halves(bytes: &[u8], out: &mut [f32]) {
    use std::arch::x86_64::{_mm_loadu_si128, _mm256_cvtph_ps, _mm256_storeu_ps};
    let whole = out.len().min(bytes.len() / 2) / 8 * 8;
    let eights = bytes[..2 * whole].as_chunks::<16>().0.iter();
    for (packed, out) in eights.zip(out[..whole].as_chunks_mut::<8>().0) {
        // SAFETY: sixteen bytes are read and eight floats written, of any alignment.
        unsafe {
            let packed = _mm_loadu_si128(packed.as_ptr().cast());
            _mm256_storeu_ps(out.as_mut_ptr(), _mm256_cvtph_ps(packed));
        }
    }
    plain(&bytes[2 * whole..], Stored::F16, &mut out[whole..]);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn wide(bytes: &[u8], stored: Stored, out: &mut [f32]) {
    plain(bytes, stored, out);
}

// It must become part of its caller: only there are the processor's wide registers allowed.
#[allow(clippy::inline_always)]
#[inline(always)]
fn plain(bytes: &[u8], stored: Stored, out: &mut [f32]) {
    match stored {
        Stored::F32 => {
            for (o, b) in out.iter_mut().zip(bytes.as_chunks::<4>().0) {
                *o = f32::from_le_bytes(*b);
            }
        }
        Stored::Bf16 => {
            for (o, b) in out.iter_mut().zip(bytes.as_chunks::<2>().0) {
                *o = f32::from_bits(u32::from(u16::from_le_bytes(*b)) << 16);
            }
        }
        Stored::F16 => {
            for (o, b) in out.iter_mut().zip(bytes.as_chunks::<2>().0) {
                *o = half_to_float(u16::from_le_bytes(*b));
            }
        }
        Stored::U32 | Stored::Ggml(_) | Stored::Other(_) => {
            debug_assert!(false, "not a dense type");
        }
    }
}

/// Without branches, so that a loop over it is vectorised: the exponent is moved by a product, which
/// is exact for normal and subnormal numbers; infinities and NaNs get their exponent by hand.
#[allow(clippy::inline_always)]
#[inline(always)]
pub fn half_to_float(half: u16) -> f32 {
    const REBIAS: f32 = f32::from_bits((127 + 112) << 23);
    let half = u32::from(half);
    let moved = f32::from_bits((half & 0x7fff) << 13) * REBIAS;
    let special = if half & 0x7c00 == 0x7c00 {
        0x7f80_0000
    } else {
        0
    };
    f32::from_bits(moved.to_bits() | special | (half & 0x8000) << 16)
}

#[cfg(test)]
mod tests {
    use half::{bf16, f16};

    use super::{Stored, widen};

    #[test]
    fn every_sixteen_bit_number_is_widened_exactly() {
        let all: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_le_bytes).collect();
        let mut out = vec![0.0; 1 << 16];
        widen(&all, Stored::F16, &mut out);
        for (bits, got) in (0..=u16::MAX).zip(&out) {
            let exact = f16::from_bits(bits).to_f32();
            assert!(
                got.to_bits() == exact.to_bits() || got.is_nan() && exact.is_nan(),
                "{bits:x}"
            );
        }
        widen(&all, Stored::Bf16, &mut out);
        for (bits, got) in (0..=u16::MAX).zip(&out) {
            let exact = bf16::from_bits(bits).to_f32();
            assert!(
                got.to_bits() == exact.to_bits() || got.is_nan() && exact.is_nan(),
                "{bits:x}"
            );
        }
    }
}
