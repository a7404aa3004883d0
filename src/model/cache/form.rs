//! The forms in which a head's keys and values stand in a block.
//!
//! Keys are transposed, `[dim, positions]`: scores of all positions are then summed side by side. Values are
//! `[positions, dim]`, summed along the positions. In eight bits, a scale for each position stands before them.

use half::{bf16, f16};

use crate::{kernel, source::Stored};

/// Positions of a block: as many as the widest registers have lanes.
pub const BLOCK: usize = 16;

/// What the scales of an eight-bit head take.
const SCALES: usize = BLOCK * 4;

/// In which form keys and values are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CacheType {
    F32,
    F16,
    Bf16,
    /// Eight bits, and a scale for each head of each position.
    Q8,
}

impl CacheType {
    pub const ALL: [Self; 4] = [Self::F32, Self::F16, Self::Bf16, Self::Q8];

    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
            Self::Q8 => "q8",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Bytes of one head's keys (or values) in one block.
    pub(super) fn head_bytes(self, dim: usize) -> usize {
        match self {
            Self::F32 => dim * BLOCK * 4,
            Self::F16 | Self::Bf16 => dim * BLOCK * 2,
            Self::Q8 => dim * BLOCK + SCALES,
        }
    }

    pub(super) fn put_key(self, head: &mut [u8], offset: usize, key: &[f32]) {
        self.put(head, offset, key, |d| d * BLOCK + offset);
    }

    pub(super) fn put_value(self, head: &mut [u8], offset: usize, value: &[f32]) {
        self.put(head, offset, value, |d| offset * value.len() + d);
    }

    #[inline]
    fn put(self, head: &mut [u8], offset: usize, row: &[f32], place: impl Fn(usize) -> usize) {
        match self {
            Self::F32 => scatter(head, row, place, f32::to_le_bytes),
            Self::F16 => scatter(head, row, place, |v| f16::from_f32(v).to_le_bytes()),
            Self::Bf16 => scatter(head, row, place, |v| bf16::from_f32(v).to_le_bytes()),
            Self::Q8 => {
                let (scales, quants) = head.split_at_mut(SCALES);
                let largest = row.iter().fold(0f32, |m, v| m.max(v.abs()));
                let scale = largest / 127.0;
                scales[offset * 4..offset * 4 + 4].copy_from_slice(&scale.to_le_bytes());
                let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
                scatter(quants, row, place, |v| {
                    ((v * inverse).round() as i8).to_le_bytes()
                });
            }
        }
    }

    /// A head's numbers as f32, in their order. Of eight bits the integers; `scales` gets what each position is to
    /// be multiplied by, 1 in the other forms.
    pub(crate) fn widen(self, head: &[u8], out: &mut [f32], scales: &mut [f32; BLOCK]) {
        let stored = match self {
            Self::F32 => Stored::F32,
            Self::F16 => Stored::F16,
            Self::Bf16 => Stored::Bf16,
            Self::Q8 => {
                let (factors, quants) = head.split_at(SCALES);
                for (s, b) in scales.iter_mut().zip(factors.as_chunks::<4>().0) {
                    *s = f32::from_le_bytes(*b);
                }
                for (o, q) in out.iter_mut().zip(quants) {
                    *o = f32::from(q.cast_signed());
                }
                return;
            }
        };
        *scales = [1.0; BLOCK];
        kernel::widen(head, stored, out);
    }
}

#[inline]
fn scatter<const N: usize>(
    bytes: &mut [u8],
    row: &[f32],
    place: impl Fn(usize) -> usize,
    narrow: impl Fn(f32) -> [u8; N],
) {
    let (places, _) = bytes.as_chunks_mut::<N>();
    for (d, v) in row.iter().enumerate() {
        places[place(d)] = narrow(*v);
    }
}
