//! A matrix in one of ggml's formats, in the order that the products read it in.

use half::f16;

use super::{
    super::{
        rows::Rows,
        team::{Parts, share, share_chunks},
    },
    Kind,
    format::{Block, CHUNK, Format, ROWS, Sizes, chunk, put},
    inputs::Inputs,
    product::{Form, Panel},
    simd::Plain,
    words::Words,
};
use crate::source::Stored;

/// Bytes of weights that a thread takes at once: small, so that the last one is not waited for.
const BYTES_AT_ONCE: usize = 1 << 15;
/// Products of one panel with one input after which taking the next is cheap.
const PRODUCTS_AT_ONCE: usize = 1 << 22;
/// Bytes of inputs that stay near while the panels of a task pass over them.
const NEAR: usize = 1 << 17;

/// A packed matrix `[rows, width]`.
pub struct Packed {
    kind: &'static Kind,
    rows: usize,
    width: usize,
    /// Panel after panel: its levels, then its side words, filled up to whole words.
    words: Words,
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(
            f,
            "Packed({:?} [{}, {}])",
            self.kind.dtype, self.rows, self.width
        )
    }
}

impl Packed {
    /// `None` when `bytes` is not exactly `rows * width` elements in whole blocks.
    pub fn new(kind: &'static Kind, bytes: &[u8], rows: usize, width: usize) -> Option<Self> {
        let blocks = width / kind.block;
        let row = blocks * kind.bytes;
        if !width.is_multiple_of(kind.block) || bytes.len() != rows.checked_mul(row)? || row == 0 {
            return None;
        }
        let size = blocks * kind.levels + (blocks * kind.side).div_ceil(2);
        let mut words = Words::zeroed(rows.div_ceil(ROWS) * size);
        share_chunks(words.all_mut(), size, size * 64, |panel, words| {
            let from = panel * ROWS * row;
            let to = (from + ROWS * row).min(bytes.len());
            let (levels, sides) = words.split_at_mut(blocks * kind.levels);
            let sides = sides.as_flattened_mut().as_chunks_mut::<32>().0;
            (kind.pack)(&bytes[from..to], row, levels, sides);
        });
        Some(Self {
            kind,
            rows,
            width,
            words,
        })
    }

    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        self.words.all().len() * 64
    }

    pub fn is_wide(&self) -> bool {
        self.kind.block == 256
    }

    fn panel(&self, at: usize) -> Panel<'_> {
        let blocks = self.width / self.kind.block;
        let levels = blocks * self.kind.levels;
        let size = levels + (blocks * self.kind.side).div_ceil(2);
        let (levels, sides) = self.words.all()[at * size..(at + 1) * size].split_at(levels);
        Panel {
            levels,
            sides: &sides.as_flattened().as_chunks().0[..blocks * self.kind.side],
        }
    }

    /// `[count, rows]` of `inputs`, which are `[count, width]` and rounded for this kind of format.
    pub fn products(&self, inputs: &Inputs, count: usize) -> Vec<f32> {
        self.products_as(Form::best(), inputs, count)
    }

    pub(super) fn products_as(&self, form: Form, inputs: &Inputs, count: usize) -> Vec<f32> {
        debug_assert_eq!(inputs.is_wide(), self.is_wide());
        let mut out = vec![0f32; count * self.rows];
        let parts = Parts::new(&mut out);
        let panels = self.rows.div_ceil(ROWS);
        let size = self.words.all().len() / panels.max(1) * 64;
        let at_once = (BYTES_AT_ONCE / size.max(1))
            .min(PRODUCTS_AT_ONCE / (ROWS * self.width * count).max(1))
            .clamp(1, 4);
        let near = (NEAR / self.width).next_multiple_of(8).max(8);
        share(
            panels.div_ceil(at_once),
            at_once * ROWS * self.width * count / 4,
            |task| {
                let mut sums = [[0f32; ROWS]; 64];
                for first in (0..count).step_by(near.min(sums.len())) {
                    let sums = &mut sums[..near.min(64).min(count - first)];
                    for panel in task * at_once..((task + 1) * at_once).min(panels) {
                        (self.kind.products)(form, self.panel(panel), inputs, first, sums);
                        let row = panel * ROWS;
                        let length = ROWS.min(self.rows - row);
                        for (i, sum) in sums.iter().enumerate() {
                            // SAFETY: every panel is dealt once and has rows of its own.
                            let out = unsafe { parts.part((first + i) * self.rows + row, length) };
                            out.copy_from_slice(&sum[..length]);
                        }
                    }
                }
            },
        );
        out
    }
}

impl Rows for Packed {
    fn rows(&self) -> usize {
        self.rows
    }

    fn width(&self) -> usize {
        self.width
    }

    fn widen(&self, row: usize, out: &mut [f32]) {
        (self.kind.widen)(self.panel(row / ROWS), row % ROWS, out);
    }

    fn stored(&self) -> String {
        Stored::Ggml(self.kind.dtype).name()
    }
}

/// Packs up to sixteen rows of `row` bytes each.
pub fn pack<F: Format>(bytes: &[u8], row: usize, levels: &mut [[u8; 64]], sides: &mut [[u8; 32]]) {
    let mut block = Block::EMPTY;
    let mut groups = [[[0u8; 64]; 8]; 8];
    let blocks = levels
        .chunks_exact_mut(F::CHUNKS * F::BITS)
        .zip(sides.chunks_exact_mut(F::SIDE));
    for (b, (levels, side)) in blocks.enumerate() {
        for (r, bytes) in bytes.chunks_exact(row).enumerate() {
            F::read(&bytes[b * F::BYTES..(b + 1) * F::BYTES], &mut block);
            let (fours, _) = block.levels[..F::BLOCK].as_chunks::<4>();
            let places = groups.as_flattened_mut().iter_mut();
            for (group, four) in places.zip(fours) {
                group.as_chunks_mut::<4>().0[r] = *four;
            }
            for p in 0..F::PAIRS {
                side[p][r * 2] = block.scales[2 * p] as u8;
                side[p][r * 2 + 1] = block.scales[2 * p + 1] as u8;
                if F::LEAST {
                    side[F::PAIRS + 1 + p][r * 2] = block.leasts[2 * p] as u8;
                    side[F::PAIRS + 1 + p][r * 2 + 1] = block.leasts[2 * p + 1] as u8;
                }
            }
            side[F::PAIRS].as_chunks_mut::<2>().0[r] = block.factor.to_le_bytes();
            if F::LEAST {
                side[2 * F::PAIRS + 1].as_chunks_mut::<2>().0[r] = block.least_factor.to_le_bytes();
            }
        }
        for (groups, words) in groups.iter().zip(levels.chunks_exact_mut(F::BITS)) {
            put::<F>(groups, words);
        }
    }
}

/// Widens one row of a panel.
pub fn widen<F: Format>(panel: Panel, row: usize, out: &mut [f32]) {
    let blocks = panel
        .levels
        .chunks_exact(F::CHUNKS * F::BITS)
        .zip(panel.sides.chunks_exact(F::SIDE));
    for ((levels, side), out) in blocks.zip(out.chunks_exact_mut(F::BLOCK)) {
        let half = |word: &[u8; 32]| f16::from_le_bytes(word.as_chunks::<2>().0[row]).to_f32();
        let factor = half(&side[F::PAIRS]);
        let least = if F::LEAST {
            half(&side[2 * F::PAIRS + 1])
        } else {
            0.0
        };
        for (c, out) in out.chunks_exact_mut(CHUNK).enumerate() {
            let groups = chunk::<Plain, F>(Plain, &levels[c * F::BITS..]);
            for (g, (out, group)) in out.chunks_exact_mut(4).zip(&groups).enumerate() {
                let part = (c * CHUNK + g * 4) / F::PART;
                let own =
                    |table: usize| f32::from(side[table + part / 2][row * 2 + part % 2] as i8);
                let (scale, least) = if F::PAIRS == 0 {
                    (factor, least)
                } else if F::LEAST {
                    (factor * own(0), least * own(F::PAIRS + 1))
                } else {
                    (factor * own(0), 0.0)
                };
                for (o, level) in out.iter_mut().zip(group.as_chunks::<4>().0[row]) {
                    *o = scale * (i32::from(level) - F::OFFSET) as f32 - least;
                }
            }
        }
    }
}
