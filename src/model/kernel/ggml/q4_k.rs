//! 4 bits in blocks of 256, whose eight parts have scales and least values of 6 bits.

use super::format::{Block, Format};

pub struct Q4K;

impl Format for Q4K {
    const BITS: usize = 4;
    const BLOCK: usize = 256;
    const BYTES: usize = 144;
    const PART: usize = 32;
    const LEAST: bool = true;
    const FACTORS: &'static [usize] = &[0, 2];

    fn read(bytes: &[u8], block: &mut Block) {
        head(bytes, block);
        let (levels, _) = block.levels.as_chunks_mut::<64>();
        for (levels, bytes) in levels.iter_mut().zip(bytes[16..].as_chunks::<32>().0) {
            let (low, high) = levels.split_at_mut(32);
            for ((low, high), byte) in low.iter_mut().zip(high).zip(bytes) {
                *low = byte & 15;
                *high = byte >> 4;
            }
        }
    }
}

/// What `Q4_K` and `Q5_K` begin with: two factors, and twice eight numbers of 6 bits in twelve bytes.
pub fn head(bytes: &[u8], block: &mut Block) {
    block.factor = u16::from_le_bytes([bytes[0], bytes[1]]);
    block.least_factor = u16::from_le_bytes([bytes[2], bytes[3]]);
    let packed = &bytes[4..16];
    for i in 0..4 {
        block.scales[i] = (packed[i] & 63) as i8;
        block.leasts[i] = (packed[i + 4] & 63) as i8;
        block.scales[i + 4] = (packed[i + 8] & 15 | packed[i] >> 6 << 4) as i8;
        block.leasts[i + 4] = (packed[i + 8] >> 4 | packed[i + 4] >> 6 << 4) as i8;
    }
}
