//! 6 bits in blocks of 256, whose sixteen parts have signed scales of 8 bits.

use super::format::{Block, Format};

pub struct Q6K;

impl Format for Q6K {
    const BITS: usize = 6;
    const OFFSET: i32 = 32;
    const BLOCK: usize = 256;
    const BYTES: usize = 210;
    const PART: usize = 16;
    const FACTORS: &'static [usize] = &[208];

    fn read(bytes: &[u8], block: &mut Block) {
        let (low, rest) = bytes.split_at(128);
        let (high, rest) = rest.split_at(64);
        for (scale, byte) in block.scales.iter_mut().zip(&rest[..16]) {
            *scale = *byte as i8;
        }
        block.factor = u16::from_le_bytes([rest[16], rest[17]]);
        let (levels, _) = block.levels.as_chunks_mut::<128>();
        let halves = low.as_chunks::<64>().0.iter().zip(high.as_chunks::<32>().0);
        for (levels, (low, high)) in levels.iter_mut().zip(halves) {
            for i in 0..32 {
                levels[i] = low[i] & 15 | (high[i] & 3) << 4;
                levels[i + 32] = low[i + 32] & 15 | (high[i] >> 2 & 3) << 4;
                levels[i + 64] = low[i] >> 4 | (high[i] >> 4 & 3) << 4;
                levels[i + 96] = low[i + 32] >> 4 | high[i] >> 6 << 4;
            }
        }
    }
}
