//! MLX's affine quantisation: value = scale * q + bias, one scale and bias per group of a row.

use super::{rows::Rows, widen::widen};
use crate::source::{Stored, View};

/// A packed matrix with its scales and biases, all still in the mapped file.
#[derive(Debug)]
pub struct Affine {
    pub packed: View,
    pub scales: View,
    pub biases: View,
    /// How scales and biases are stored: f32, f16 or bf16.
    pub stored: Stored,
    pub bits: usize,
    pub group: usize,
    pub rows: usize,
    pub width: usize,
}

/// An [`Affine`] whose views have been found to have the sizes that its numbers call for.
#[derive(Debug)]
pub struct AffineRows(Affine);

impl AffineRows {
    /// The widths that MLX packs.
    pub const BITS: [usize; 6] = [2, 3, 4, 5, 6, 8];

    /// `None` when the three views do not have the sizes that the numbers call for.
    pub fn new(parts: Affine) -> Option<Self> {
        let Affine {
            stored,
            bits,
            group,
            rows,
            width,
            ..
        } = parts;
        let groups = (group > 0 && width.is_multiple_of(group)).then(|| width / group)?;
        let per_row = width.checked_mul(bits).filter(|n| n.is_multiple_of(8))? / 8;
        let table = stored.bytes((rows * groups) as u64) as usize;
        let fits = Self::BITS.contains(&bits)
            && width.is_multiple_of(8)
            && matches!(stored, Stored::F32 | Stored::F16 | Stored::Bf16)
            && parts.packed.bytes().len() == rows.checked_mul(per_row)?
            && parts.scales.bytes().len() == table
            && parts.biases.bytes().len() == table;
        fits.then_some(Self(parts))
    }

    fn table<'a>(&self, view: &'a View, row: usize) -> &'a [u8] {
        let size = self.0.stored.bytes((self.0.width / self.0.group) as u64) as usize;
        &view.bytes()[row * size..(row + 1) * size]
    }
}

impl Rows for AffineRows {
    fn rows(&self) -> usize {
        self.0.rows
    }

    fn width(&self) -> usize {
        self.0.width
    }

    fn widen(&self, row: usize, out: &mut [f32]) {
        let per_row = self.0.width * self.0.bits / 8;
        unpack(
            &self.0.packed.bytes()[row * per_row..(row + 1) * per_row],
            self.0.bits,
            out,
        );
        let size = self.0.stored.bytes(1) as usize;
        let scales = self.table(&self.0.scales, row).chunks_exact(size);
        let biases = self.table(&self.0.biases, row).chunks_exact(size);
        for ((values, scale), bias) in out.chunks_exact_mut(self.0.group).zip(scales).zip(biases) {
            let mut pair = [0f32; 2];
            widen(scale, self.0.stored, &mut pair[..1]);
            widen(bias, self.0.stored, &mut pair[1..]);
            // Two steps: fused, each would be a call of a library on processors that are not asked.
            for v in values {
                *v = *v * pair[0] + pair[1];
            }
        }
    }

    fn stored(&self) -> String {
        format!("mlx {}-bit", self.0.bits)
    }
}

/// Values lie one after the other from the lowest bit of the first byte on; for 3, 5 and 6 bits they
/// cross byte borders but never a group of `BITS` bytes, which holds eight of them.
fn unpack(bytes: &[u8], bits: usize, out: &mut [f32]) {
    match bits {
        2 => unpack_wide::<2>(bytes, out),
        3 => unpack_wide::<3>(bytes, out),
        4 => unpack_wide::<4>(bytes, out),
        5 => unpack_wide::<5>(bytes, out),
        6 => unpack_wide::<6>(bytes, out),
        _ => unpack_wide::<8>(bytes, out),
    }
}

fn unpack_wide<const BITS: usize>(bytes: &[u8], out: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the feature was just found on this processor.
        return unsafe { unpack_avx2::<BITS>(bytes, out) };
    }
    unpack_plain::<BITS>(bytes, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn unpack_avx2<const BITS: usize>(bytes: &[u8], out: &mut [f32]) {
    unpack_plain::<BITS>(bytes, out);
}

// It must become part of its caller: only there are the processor's wide registers allowed.
#[allow(clippy::inline_always)]
#[inline(always)]
fn unpack_plain<const BITS: usize>(bytes: &[u8], out: &mut [f32]) {
    let mask = (1u64 << BITS) - 1;
    let (groups, _) = out.as_chunks_mut::<8>();
    for (values, packed) in groups.iter_mut().zip(bytes.as_chunks::<BITS>().0) {
        let mut word = [0u8; 8];
        word[..BITS].copy_from_slice(packed);
        let word = u64::from_le_bytes(word);
        for (i, v) in values.iter_mut().enumerate() {
            *v = (word >> (i * BITS) & mask) as u32 as f32;
        }
    }
}
