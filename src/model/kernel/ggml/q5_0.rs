//! 5 bits in blocks of 32 with one factor.

use super::format::{Block, Format};

pub struct Q5_0;

impl Format for Q5_0 {
    const BITS: usize = 5;
    const OFFSET: i32 = 16;
    const BLOCK: usize = 32;
    const BYTES: usize = 22;
    const PART: usize = 32;

    fn read(bytes: &[u8], block: &mut Block) {
        block.factor = u16::from_le_bytes([bytes[0], bytes[1]]);
        let high = u32::from_le_bytes([bytes[2], bytes[3], bytes[4], bytes[5]]);
        for (i, byte) in bytes[6..6 + 16].iter().enumerate() {
            block.levels[i] = byte & 15 | ((high >> i & 1) as u8) << 4;
            block.levels[i + 16] = byte >> 4 | ((high >> (i + 16) & 1) as u8) << 4;
        }
    }
}
