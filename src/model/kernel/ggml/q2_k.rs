//! 2 bits in blocks of 256, whose sixteen parts have scales and least values of 4 bits.

use super::format::{Block, Format};

pub struct Q2K;

impl Format for Q2K {
    const BITS: usize = 2;
    const BLOCK: usize = 256;
    const BYTES: usize = 84;
    const PART: usize = 16;
    const LEAST: bool = true;
    const FACTORS: &'static [usize] = &[80, 82];

    fn read(bytes: &[u8], block: &mut Block) {
        for (i, byte) in bytes[..16].iter().enumerate() {
            block.scales[i] = (byte & 15) as i8;
            block.leasts[i] = (byte >> 4) as i8;
        }
        two_bits(&bytes[16..80], &mut block.levels);
        block.factor = u16::from_le_bytes([bytes[80], bytes[81]]);
        block.least_factor = u16::from_le_bytes([bytes[82], bytes[83]]);
    }
}

/// Thirty-two bytes hold 128 levels: the lowest bits of all the first 32, then the next bits.
pub fn two_bits(bytes: &[u8], levels: &mut [u8; 256]) {
    let (halves, _) = levels.as_chunks_mut::<128>();
    for (levels, bytes) in halves.iter_mut().zip(bytes.as_chunks::<32>().0) {
        for (at, quarter) in levels.as_chunks_mut::<32>().0.iter_mut().enumerate() {
            for (level, byte) in quarter.iter_mut().zip(bytes) {
                *level = byte >> (2 * at) & 3;
            }
        }
    }
}
