//! 3 bits in blocks of 256, whose sixteen parts have signed scales of 6 bits.

use super::{
    format::{Block, Format},
    q2_k::two_bits,
};

pub struct Q3K;

impl Format for Q3K {
    const BITS: usize = 3;
    const OFFSET: i32 = 4;
    const BLOCK: usize = 256;
    const BYTES: usize = 110;
    const PART: usize = 16;
    const FACTORS: &'static [usize] = &[108];

    fn read(bytes: &[u8], block: &mut Block) {
        let (third, rest) = bytes.split_at(32);
        let (low, rest) = rest.split_at(64);
        two_bits(low, &mut block.levels);
        for (at, levels) in block.levels.as_chunks_mut::<32>().0.iter_mut().enumerate() {
            for (level, bits) in levels.iter_mut().zip(third) {
                *level |= (bits >> at & 1) << 2;
            }
        }
        // Four bits of each scale come first, then the upper two of all.
        for i in 0..16 {
            let four = if i < 8 {
                rest[i] & 15
            } else {
                rest[i - 8] >> 4
            };
            let two = rest[8 + i % 4] >> (2 * (i / 4)) & 3;
            block.scales[i] = (four | two << 4) as i8 - 32;
        }
        block.factor = u16::from_le_bytes([rest[12], rest[13]]);
    }
}
