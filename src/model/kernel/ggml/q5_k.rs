//! 5 bits in blocks of 256, whose eight parts have scales and least values of 6 bits.

use super::{
    format::{Block, Format},
    q4_k::head,
};

pub struct Q5K;

impl Format for Q5K {
    const BITS: usize = 5;
    const BLOCK: usize = 256;
    const BYTES: usize = 176;
    const PART: usize = 32;
    const LEAST: bool = true;
    const FACTORS: &'static [usize] = &[0, 2];

    fn read(bytes: &[u8], block: &mut Block) {
        head(bytes, block);
        let fifth = &bytes[16..48];
        let (levels, _) = block.levels.as_chunks_mut::<64>();
        let quarters = levels.iter_mut().zip(bytes[48..].as_chunks::<32>().0);
        for (quarter, (levels, bytes)) in quarters.enumerate() {
            for (i, byte) in bytes.iter().enumerate() {
                let bits = fifth[i] >> (2 * quarter);
                levels[i] = byte & 15 | (bits & 1) << 4;
                levels[i + 32] = byte >> 4 | (bits >> 1 & 1) << 4;
            }
        }
    }
}
