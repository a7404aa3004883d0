//! 4 bits in blocks of 32 with one factor.

use super::format::{Block, Format};

pub struct Q4_0;

impl Format for Q4_0 {
    const BITS: usize = 4;
    const OFFSET: i32 = 8;
    const BLOCK: usize = 32;
    const BYTES: usize = 18;
    const PART: usize = 32;

    fn read(bytes: &[u8], block: &mut Block) {
        block.factor = u16::from_le_bytes([bytes[0], bytes[1]]);
        for (i, byte) in bytes[2..2 + 16].iter().enumerate() {
            block.levels[i] = byte & 15;
            block.levels[i + 16] = byte >> 4;
        }
    }
}
