//! 5 bits in blocks of 32 with a factor and a least value.

use super::format::{Block, Format};

pub struct Q5_1;

impl Format for Q5_1 {
    const BITS: usize = 5;
    const BLOCK: usize = 32;
    const BYTES: usize = 24;
    const PART: usize = 32;
    const LEAST: bool = true;
    const FACTORS: &'static [usize] = &[0, 2];

    fn read(bytes: &[u8], block: &mut Block) {
        block.factor = u16::from_le_bytes([bytes[0], bytes[1]]);
        // The file has what is added; ours is taken away.
        block.least_factor = u16::from_le_bytes([bytes[2], bytes[3]]) ^ 0x8000;
        let high = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
        for (i, byte) in bytes[8..8 + 16].iter().enumerate() {
            block.levels[i] = byte & 15 | ((high >> i & 1) as u8) << 4;
            block.levels[i + 16] = byte >> 4 | ((high >> (i + 16) & 1) as u8) << 4;
        }
    }
}
