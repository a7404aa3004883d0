//! 8 bits in blocks of 32 with one factor.

use super::format::{Block, Format};

pub struct Q8_0;

impl Format for Q8_0 {
    const BITS: usize = 8;
    const OFFSET: i32 = 128;
    const BLOCK: usize = 32;
    const BYTES: usize = 34;
    const PART: usize = 32;

    fn read(bytes: &[u8], block: &mut Block) {
        block.factor = u16::from_le_bytes([bytes[0], bytes[1]]);
        for (level, byte) in block.levels.iter_mut().zip(&bytes[2..34]) {
            *level = byte ^ 0x80;
        }
    }
}
