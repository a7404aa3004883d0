//! Matrices in ggml's block formats: packed once, multiplied as whole numbers.
//!
//! The bytes of a file come in and are copied once, sixteen rows side by side; inputs are rounded to 8 bits
//! a block; products go out. A format is a file of its own and a row of [`KINDS`].
//! It does not know files, tensors or layers. A product's bits depend on its row and its input alone.

mod format;
mod inputs;
mod packed;
mod product;
mod q2_k;
mod q3_k;
mod q4_0;
mod q4_1;
mod q4_k;
mod q5_0;
mod q5_1;
mod q5_k;
mod q6_k;
mod q8_0;
mod simd;
#[cfg(test)]
mod tests;
mod words;
#[cfg(target_arch = "x86_64")]
mod x86;

use candle_core::quantized::GgmlDType;
use format::{Format, ROWS, Sizes};
pub use inputs::Inputs;
pub use packed::Packed;
use product::{Form, Panel};

/// Bytes of up to sixteen rows, the length of a row, and where its levels and the numbers beside go.
type Pack = fn(&[u8], usize, &mut [[u8; 64]], &mut [[u8; 32]]);

/// One format: its names and sizes, and what is done with it.
pub struct Kind {
    pub dtype: GgmlDType,
    /// Columns of a block, and the bytes of a file that hold it.
    pub block: usize,
    pub bytes: usize,
    /// Where in the file's block numbers of half precision stand.
    #[cfg(test)]
    factors: &'static [usize],
    /// Words of 64 bytes that the levels of a panel's block take, and words of 32 for the numbers beside.
    levels: usize,
    side: usize,
    pack: Pack,
    widen: fn(Panel, usize, &mut [f32]),
    products: fn(Form, Panel, &Inputs, usize, &mut [[f32; ROWS]]),
}

/// Every format that is multiplied in its packed form.
pub const KINDS: &[Kind] = &[
    kind::<q2_k::Q2K>(GgmlDType::Q2K),
    kind::<q3_k::Q3K>(GgmlDType::Q3K),
    kind::<q4_0::Q4_0>(GgmlDType::Q4_0),
    kind::<q4_1::Q4_1>(GgmlDType::Q4_1),
    kind::<q4_k::Q4K>(GgmlDType::Q4K),
    kind::<q5_0::Q5_0>(GgmlDType::Q5_0),
    kind::<q5_1::Q5_1>(GgmlDType::Q5_1),
    kind::<q5_k::Q5K>(GgmlDType::Q5K),
    kind::<q6_k::Q6K>(GgmlDType::Q6K),
    kind::<q8_0::Q8_0>(GgmlDType::Q8_0),
];

const fn kind<F: Format>(dtype: GgmlDType) -> Kind {
    Kind {
        dtype,
        block: F::BLOCK,
        bytes: F::BYTES,
        #[cfg(test)]
        factors: F::FACTORS,
        levels: F::CHUNKS * F::BITS,
        side: F::SIDE,
        pack: packed::pack::<F>,
        widen: packed::widen::<F>,
        products: product::products::<F>,
    }
}

impl Kind {
    pub fn of(dtype: GgmlDType) -> Option<&'static Self> {
        KINDS.iter().find(|k| k.dtype == dtype)
    }

    /// Bytes that so many elements take once they are packed.
    pub const fn packed(&self, elements: u64) -> u64 {
        let panel = self.levels * 64 + self.side * 32;
        elements / self.block as u64 * panel as u64 / ROWS as u64
    }
}
