//! Sixteen rows at a time, one to a lane: what the products ask of a processor.
//!
//! Every operation gives the same bits in every form: integers are exact, floats are only multiplied,
//! fused and rounded once.

/// A form of the arithmetic. A value of it is the proof that the processor has what it takes.
pub trait Simd: Copy {
    /// Sixty-four small unsigned numbers: four of each row.
    type Bytes: Copy;
    type Ints: Copy;
    type Floats: Copy;

    fn bytes(self, from: &[u8; 64]) -> Self::Bytes;
    /// Asks for the bytes `ahead` of here, whatever is there. The processor's own foresight ends with each
    /// page, and a product with several inputs is too long for it to look past.
    fn ask(self, _from: &[u8; 64], _ahead: usize) {}
    /// The bits of every byte moved up (or down, where negative) by `by`, then masked.
    fn field(self, bytes: Self::Bytes, by: i32, mask: u8) -> Self::Bytes;
    fn or(self, a: Self::Bytes, b: Self::Bytes) -> Self::Bytes;

    fn ints(self, all: i32) -> Self::Ints;
    /// `sum` and, in each lane, the product of its four unsigned bytes with the four signed ones of `x`.
    /// These are never -128. `FULL` says whether the unsigned ones may be above 127.
    fn dot<const FULL: bool>(self, sum: Self::Ints, bytes: Self::Bytes, x: i32) -> Self::Ints;
    /// Two signed bytes of each row, as pairs of 16 bits.
    fn pairs(self, from: &[u8; 32]) -> Self::Ints;
    /// `sum` and, in each lane, the product of its pair with the pair `x`.
    fn dot_pairs(self, sum: Self::Ints, pairs: Self::Ints, x: i32) -> Self::Ints;
    /// The first, or the second, of each pair.
    fn first(self, pairs: Self::Ints) -> Self::Ints;
    fn second(self, pairs: Self::Ints) -> Self::Ints;
    /// `sum + a * b`
    fn add_product(self, sum: Self::Ints, a: Self::Ints, b: Self::Ints) -> Self::Ints;

    fn floats(self, all: f32) -> Self::Floats;
    fn rounded(self, ints: Self::Ints) -> Self::Floats;
    /// Sixteen numbers of half precision.
    fn halves(self, from: &[u8; 32]) -> Self::Floats;
    fn times(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// `a * b + c`, rounded once.
    fn fused(self, a: Self::Floats, b: Self::Floats, c: Self::Floats) -> Self::Floats;
    fn array(self, floats: Self::Floats) -> [f32; 16];
}

/// For any processor.
#[derive(Clone, Copy)]
pub struct Plain;

impl Simd for Plain {
    type Bytes = [u8; 64];
    type Ints = [i32; 16];
    type Floats = [f32; 16];

    fn bytes(self, from: &[u8; 64]) -> [u8; 64] {
        *from
    }

    fn field(self, bytes: [u8; 64], by: i32, mask: u8) -> [u8; 64] {
        bytes.map(|b| mask & if by < 0 { b >> -by } else { b << by })
    }

    fn or(self, a: [u8; 64], b: [u8; 64]) -> [u8; 64] {
        std::array::from_fn(|i| a[i] | b[i])
    }

    fn ints(self, all: i32) -> [i32; 16] {
        [all; 16]
    }

    fn dot<const FULL: bool>(self, sum: [i32; 16], bytes: [u8; 64], x: i32) -> [i32; 16] {
        let x = x.to_le_bytes().map(|b| i32::from(b as i8));
        std::array::from_fn(|l| (0..4).fold(sum[l], |s, i| s + i32::from(bytes[l * 4 + i]) * x[i]))
    }

    fn pairs(self, from: &[u8; 32]) -> [i32; 16] {
        let wide = |b: u8| i32::from(b as i8);
        std::array::from_fn(|l| wide(from[l * 2]) & 0xffff | wide(from[l * 2 + 1]) << 16)
    }

    fn dot_pairs(self, sum: [i32; 16], pairs: [i32; 16], x: i32) -> [i32; 16] {
        let (a, b) = (i32::from(x as i16), x >> 16);
        std::array::from_fn(|l| sum[l] + i32::from(pairs[l] as i16) * a + (pairs[l] >> 16) * b)
    }

    fn first(self, pairs: [i32; 16]) -> [i32; 16] {
        pairs.map(|p| i32::from(p as i16))
    }

    fn second(self, pairs: [i32; 16]) -> [i32; 16] {
        pairs.map(|p| p >> 16)
    }

    fn add_product(self, sum: [i32; 16], a: [i32; 16], b: [i32; 16]) -> [i32; 16] {
        std::array::from_fn(|l| sum[l].wrapping_add(a[l].wrapping_mul(b[l])))
    }

    fn floats(self, all: f32) -> [f32; 16] {
        [all; 16]
    }

    fn rounded(self, ints: [i32; 16]) -> [f32; 16] {
        ints.map(|i| i as f32)
    }

    fn halves(self, from: &[u8; 32]) -> [f32; 16] {
        std::array::from_fn(|l| half::f16::from_le_bytes([from[l * 2], from[l * 2 + 1]]).to_f32())
    }

    fn times(self, a: [f32; 16], b: [f32; 16]) -> [f32; 16] {
        std::array::from_fn(|l| a[l] * b[l])
    }

    fn fused(self, a: [f32; 16], b: [f32; 16], c: [f32; 16]) -> [f32; 16] {
        std::array::from_fn(|l| a[l].mul_add(b[l], c[l]))
    }

    fn array(self, floats: [f32; 16]) -> [f32; 16] {
        floats
    }
}
