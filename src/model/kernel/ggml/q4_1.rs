//! 4 bits in blocks of 32 with a factor and a least value.

use super::format::{Block, Format};

pub struct Q4_1;

impl Format for Q4_1 {
    const BITS: usize = 4;
    const BLOCK: usize = 32;
    const BYTES: usize = 20;
    const PART: usize = 32;
    const LEAST: bool = true;
    const FACTORS: &'static [usize] = &[0, 2];

    fn read(bytes: &[u8], block: &mut Block) {
        block.factor = u16::from_le_bytes([bytes[0], bytes[1]]);
        // The file has what is added; ours is taken away.
        block.least_factor = u16::from_le_bytes([bytes[2], bytes[3]]) ^ 0x8000;
        for (i, byte) in bytes[4..4 + 16].iter().enumerate() {
            block.levels[i] = byte & 15;
            block.levels[i + 16] = byte >> 4;
        }
    }
}
