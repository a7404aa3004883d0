//! What a format of ggml says about itself, and the order in which we keep its numbers.
//!
//! Sixteen rows make a panel. A panel's levels come first, in chunks of 32 columns: `BITS` words of 64 bytes,
//! in which byte `4 * row + i` belongs to column `4 * group + i` of its group of columns. Eight groups share a
//! chunk; where a level has less than eight bits, several groups share a word. Behind the levels stand the
//! side numbers of each block: scales, least values and factors.

use super::simd::Simd;

/// Rows of a panel.
pub const ROWS: usize = 16;
/// Columns of a chunk.
pub const CHUNK: usize = 32;
/// The largest block of any format, in columns.
pub const LARGEST: usize = 256;

/// The numbers of one block of one row, as its file has them:
/// `value = factor * scale * (level - offset) - least_factor * least`, one scale and least value per part.
pub struct Block {
    pub levels: [u8; LARGEST],
    pub scales: [i8; 16],
    pub leasts: [i8; 16],
    /// Half precision, as bits; as is `least_factor`.
    pub factor: u16,
    pub least_factor: u16,
}

impl Block {
    pub const EMPTY: Self = Self {
        levels: [0; LARGEST],
        scales: [0; 16],
        leasts: [0; 16],
        factor: 0,
        least_factor: 0,
    };
}

/// One of ggml's block formats.
pub trait Format {
    /// Bits of a level, and what is taken from it.
    const BITS: usize;
    const OFFSET: i32 = 0;
    /// Columns of a block, and the bytes of its file that hold it.
    const BLOCK: usize;
    const BYTES: usize;
    /// Columns that share a scale; a block of one part has none.
    const PART: usize;
    /// Whether there are least values.
    const LEAST: bool = false;
    /// Where in the file's block numbers of half precision stand.
    #[cfg_attr(not(test), allow(dead_code, reason = "the tests make up blocks"))]
    const FACTORS: &'static [usize] = &[0];

    fn read(bytes: &[u8], block: &mut Block);
}

/// Sizes that follow from a format.
pub trait Sizes: Format {
    const PARTS: usize = Self::BLOCK / Self::PART;
    const CHUNKS: usize = Self::BLOCK / CHUNK;
    /// Pairs of parts; their scales stand side by side.
    const PAIRS: usize = Self::PARTS / 2;
    /// Words of 32 bytes beside each block of a panel.
    const SIDE: usize = (Self::PAIRS + 1) * if Self::LEAST { 2 } else { 1 };
}

impl<F: Format> Sizes for F {}

/// How a level's bits lie in a chunk: in planes of 8, 4, 2 or 1 bits, each with the place where its bits belong.
const fn planes(bits: usize) -> &'static [(usize, usize)] {
    match bits {
        2 => &[(2, 0)],
        3 => &[(2, 0), (1, 2)],
        4 => &[(4, 0)],
        5 => &[(4, 0), (1, 4)],
        6 => &[(4, 0), (2, 4)],
        _ => &[(8, 0)],
    }
}

/// The eight groups of a chunk, as whole bytes.
#[allow(clippy::inline_always)]
#[inline(always)]
pub fn chunk<S: Simd, F: Format>(simd: S, words: &[[u8; 64]]) -> [S::Bytes; 8] {
    let words = &words[..F::BITS];
    let first = simd.bytes(&words[0]);
    let mut out = [first; 8];
    match F::BITS {
        8 => {
            for (o, w) in out.iter_mut().zip(words) {
                *o = simd.bytes(w);
            }
        }
        4..=6 => {
            for g in 0..4 {
                let word = simd.bytes(&words[g]);
                out[g] = simd.field(word, 0, 0x0f);
                out[g + 4] = simd.field(word, -4, 0x0f);
            }
        }
        _ => {
            for g in 0..2 {
                let word = simd.bytes(&words[g]);
                out[g] = simd.field(word, 0, 3);
                out[g + 2] = simd.field(word, -2, 3);
                out[g + 4] = simd.field(word, -4, 3);
                out[g + 6] = simd.field(word, -6, 3);
            }
        }
    }
    match F::BITS {
        3 => {
            let word = simd.bytes(&words[2]);
            for (g, o) in out.iter_mut().enumerate() {
                *o = simd.or(*o, simd.field(word, 2 - g as i32, 4));
            }
        }
        5 => {
            let word = simd.bytes(&words[4]);
            for (g, o) in out.iter_mut().enumerate() {
                *o = simd.or(*o, simd.field(word, 4 - g as i32, 0x10));
            }
        }
        6 => {
            for i in 0..2 {
                let word = simd.bytes(&words[4 + i]);
                for f in 0..4 {
                    let more = simd.field(word, 4 - 2 * f as i32, 0x30);
                    out[i + 2 * f] = simd.or(out[i + 2 * f], more);
                }
            }
        }
        _ => {}
    }
    out
}

/// The inverse of [`chunk`]: puts the groups' whole bytes into `words`.
pub fn put<F: Format>(groups: &[[u8; 64]; 8], words: &mut [[u8; 64]]) {
    let mut at = 0;
    for &(width, place) in planes(F::BITS) {
        // Group `i + width * f` has field `f` of word `i`.
        let mask = ((1u16 << width) - 1) as u8;
        for i in 0..width {
            let word = &mut words[at + i];
            *word = [0; 64];
            for f in 0..8 / width {
                for (w, level) in word.iter_mut().zip(&groups[i + width * f]) {
                    *w |= (level >> place & mask) << (f * width);
                }
            }
        }
        at += width;
    }
}
