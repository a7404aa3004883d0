//! The forms for x86: AVX-512 with VNNI, and AVX2.
//!
//! Every operation must become part of its caller, which alone may use the wide registers: hence
//! `inline(always)` throughout.
#![allow(clippy::inline_always)]

use std::arch::x86_64::{
    __m128i, __m256, __m256i, __m512, __m512i, _MM_HINT_T0, _mm_cvtsi32_si128, _mm_prefetch,
    _mm256_add_epi32, _mm256_and_si256, _mm256_cvtepi8_epi16, _mm256_cvtepi32_ps, _mm256_cvtph_ps,
    _mm256_fmadd_ps, _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_mul_ps, _mm256_mullo_epi32,
    _mm256_or_si256, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_ps,
    _mm256_sll_epi16, _mm256_slli_epi32, _mm256_srai_epi32, _mm256_srl_epi16, _mm512_add_epi32,
    _mm512_and_si512, _mm512_cvtepi8_epi16, _mm512_cvtepi32_ps, _mm512_cvtph_ps,
    _mm512_dpbusd_epi32, _mm512_dpwssd_epi32, _mm512_fmadd_ps, _mm512_mul_ps, _mm512_mullo_epi32,
    _mm512_or_si512, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_set1_ps, _mm512_sll_epi16,
    _mm512_slli_epi32, _mm512_srai_epi32, _mm512_srl_epi16,
};

use super::simd::Simd;

/// For processors with AVX-512 F, BW and VNNI.
#[derive(Clone, Copy)]
pub struct Avx512(());

impl Avx512 {
    pub fn found() -> Option<Self> {
        use std::arch::is_x86_feature_detected as has;
        (has!("avx512f") && has!("avx512bw") && has!("avx512vnni")).then_some(Self(()))
    }
}

/// For processors with AVX2, FMA and F16C. A row of sixteen lanes is two registers.
#[derive(Clone, Copy)]
pub struct Avx2(());

impl Avx2 {
    pub fn found() -> Option<Self> {
        use std::arch::is_x86_feature_detected as has;
        (has!("avx2") && has!("fma") && has!("f16c")).then_some(Self(()))
    }
}

// SAFETY, for every block in this implementation: a value of the type exists only where the features were
// found, and the loads and stores stay inside the arrays that are handed in.
#[allow(clippy::undocumented_unsafe_blocks)]
impl Simd for Avx512 {
    type Bytes = __m512i;
    type Ints = __m512i;
    type Floats = __m512;

    #[inline(always)]
    fn ask(self, from: &[u8; 64], ahead: usize) {
        // Only a hint: no address is wrong.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(from.as_ptr().wrapping_add(ahead).cast()) }
    }

    #[inline(always)]
    fn bytes(self, from: &[u8; 64]) -> __m512i {
        read(from)
    }

    #[inline(always)]
    fn field(self, bytes: __m512i, by: i32, mask: u8) -> __m512i {
        unsafe {
            let moved = match by {
                0 => bytes,
                1.. => _mm512_sll_epi16(bytes, _mm_cvtsi32_si128(by)),
                _ => _mm512_srl_epi16(bytes, _mm_cvtsi32_si128(-by)),
            };
            _mm512_and_si512(moved, _mm512_set1_epi8(mask as i8))
        }
    }

    #[inline(always)]
    fn or(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_or_si512(a, b) }
    }

    #[inline(always)]
    fn ints(self, all: i32) -> __m512i {
        unsafe { _mm512_set1_epi32(all) }
    }

    #[inline(always)]
    fn dot<const FULL: bool>(self, sum: __m512i, bytes: __m512i, x: i32) -> __m512i {
        unsafe { _mm512_dpbusd_epi32(sum, bytes, _mm512_set1_epi32(x)) }
    }

    #[inline(always)]
    fn pairs(self, from: &[u8; 32]) -> __m512i {
        unsafe { _mm512_cvtepi8_epi16(read(from)) }
    }

    #[inline(always)]
    fn dot_pairs(self, sum: __m512i, pairs: __m512i, x: i32) -> __m512i {
        unsafe { _mm512_dpwssd_epi32(sum, pairs, _mm512_set1_epi32(x)) }
    }

    #[inline(always)]
    fn first(self, pairs: __m512i) -> __m512i {
        unsafe { _mm512_srai_epi32::<16>(_mm512_slli_epi32::<16>(pairs)) }
    }

    #[inline(always)]
    fn second(self, pairs: __m512i) -> __m512i {
        unsafe { _mm512_srai_epi32::<16>(pairs) }
    }

    #[inline(always)]
    fn add_product(self, sum: __m512i, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_add_epi32(sum, _mm512_mullo_epi32(a, b)) }
    }

    #[inline(always)]
    fn floats(self, all: f32) -> __m512 {
        unsafe { _mm512_set1_ps(all) }
    }

    #[inline(always)]
    fn rounded(self, ints: __m512i) -> __m512 {
        unsafe { _mm512_cvtepi32_ps(ints) }
    }

    #[inline(always)]
    fn halves(self, from: &[u8; 32]) -> __m512 {
        unsafe { _mm512_cvtph_ps(read(from)) }
    }

    #[inline(always)]
    fn times(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_mul_ps(a, b) }
    }

    #[inline(always)]
    fn fused(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    fn array(self, floats: __m512) -> [f32; 16] {
        // SAFETY: both are sixteen floats.
        unsafe { std::mem::transmute(floats) }
    }
}

/// Plain numbers as a register or two. Not the intrinsics for it: the compiler leaves those as calls here
/// (a third of the time of a product).
#[inline(always)]
fn read<const N: usize, R: Copy>(from: &[u8; N]) -> R {
    const { assert!(size_of::<R>() == N) };
    // SAFETY: the sizes agree, and R is only ever made of registers of whole numbers.
    unsafe { from.as_ptr().cast::<R>().read_unaligned() }
}

#[inline(always)]
fn both<A: Copy, R>(pair: [A; 2], f: impl Fn(A) -> R) -> [R; 2] {
    [f(pair[0]), f(pair[1])]
}

#[inline(always)]
fn each<A: Copy, B: Copy, R>(a: [A; 2], b: [B; 2], f: impl Fn(A, B) -> R) -> [R; 2] {
    [f(a[0], b[0]), f(a[1], b[1])]
}

#[inline(always)]
fn halved(from: &[u8; 32]) -> [__m128i; 2] {
    read(from)
}

// SAFETY, for every block in this implementation: a value of the type exists only where the features were
// found, and the loads and stores stay inside the arrays that are handed in.
#[allow(clippy::undocumented_unsafe_blocks)]
impl Simd for Avx2 {
    type Bytes = [__m256i; 2];
    type Ints = [__m256i; 2];
    type Floats = [__m256; 2];

    #[inline(always)]
    fn ask(self, from: &[u8; 64], ahead: usize) {
        // Only a hint: no address is wrong.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(from.as_ptr().wrapping_add(ahead).cast()) }
    }

    #[inline(always)]
    fn bytes(self, from: &[u8; 64]) -> [__m256i; 2] {
        read(from)
    }

    #[inline(always)]
    fn field(self, bytes: [__m256i; 2], by: i32, mask: u8) -> [__m256i; 2] {
        both(bytes, |bytes| unsafe {
            let moved = match by {
                0 => bytes,
                1.. => _mm256_sll_epi16(bytes, _mm_cvtsi32_si128(by)),
                _ => _mm256_srl_epi16(bytes, _mm_cvtsi32_si128(-by)),
            };
            _mm256_and_si256(moved, _mm256_set1_epi8(mask as i8))
        })
    }

    #[inline(always)]
    fn or(self, a: [__m256i; 2], b: [__m256i; 2]) -> [__m256i; 2] {
        each(a, b, |a, b| unsafe { _mm256_or_si256(a, b) })
    }

    #[inline(always)]
    fn ints(self, all: i32) -> [__m256i; 2] {
        [unsafe { _mm256_set1_epi32(all) }; 2]
    }

    #[inline(always)]
    fn dot<const FULL: bool>(self, sum: [__m256i; 2], bytes: [__m256i; 2], x: i32) -> [__m256i; 2] {
        // The products are added in pairs to 16 bits that saturate: with bytes above 127 they would.
        each(sum, bytes, |sum, bytes| unsafe {
            let x = _mm256_set1_epi32(x);
            let ones = _mm256_set1_epi16(1);
            let part = |mask: i8| {
                let masked = _mm256_and_si256(bytes, _mm256_set1_epi8(mask));
                _mm256_madd_epi16(_mm256_maddubs_epi16(masked, x), ones)
            };
            let sum = _mm256_add_epi32(sum, part(0x7f));
            if FULL {
                _mm256_add_epi32(sum, part(i8::MIN))
            } else {
                sum
            }
        })
    }

    #[inline(always)]
    fn pairs(self, from: &[u8; 32]) -> [__m256i; 2] {
        both(halved(from), |h| unsafe { _mm256_cvtepi8_epi16(h) })
    }

    #[inline(always)]
    fn dot_pairs(self, sum: [__m256i; 2], pairs: [__m256i; 2], x: i32) -> [__m256i; 2] {
        each(sum, pairs, |sum, pairs| unsafe {
            _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi32(x)))
        })
    }

    #[inline(always)]
    fn first(self, pairs: [__m256i; 2]) -> [__m256i; 2] {
        both(pairs, |p| unsafe {
            _mm256_srai_epi32::<16>(_mm256_slli_epi32::<16>(p))
        })
    }

    #[inline(always)]
    fn second(self, pairs: [__m256i; 2]) -> [__m256i; 2] {
        both(pairs, |p| unsafe { _mm256_srai_epi32::<16>(p) })
    }

    #[inline(always)]
    fn add_product(self, sum: [__m256i; 2], a: [__m256i; 2], b: [__m256i; 2]) -> [__m256i; 2] {
        let products = each(a, b, |a, b| unsafe { _mm256_mullo_epi32(a, b) });
        each(sum, products, |s, p| unsafe { _mm256_add_epi32(s, p) })
    }

    #[inline(always)]
    fn floats(self, all: f32) -> [__m256; 2] {
        [unsafe { _mm256_set1_ps(all) }; 2]
    }

    #[inline(always)]
    fn rounded(self, ints: [__m256i; 2]) -> [__m256; 2] {
        both(ints, |i| unsafe { _mm256_cvtepi32_ps(i) })
    }

    #[inline(always)]
    fn halves(self, from: &[u8; 32]) -> [__m256; 2] {
        both(halved(from), |h| unsafe { _mm256_cvtph_ps(h) })
    }

    #[inline(always)]
    fn times(self, a: [__m256; 2], b: [__m256; 2]) -> [__m256; 2] {
        each(a, b, |a, b| unsafe { _mm256_mul_ps(a, b) })
    }

    #[inline(always)]
    fn fused(self, a: [__m256; 2], b: [__m256; 2], c: [__m256; 2]) -> [__m256; 2] {
        let ab = each(a, b, |a, b| (a, b));
        each(ab, c, |(a, b), c| unsafe { _mm256_fmadd_ps(a, b, c) })
    }

    #[inline(always)]
    fn array(self, floats: [__m256; 2]) -> [f32; 16] {
        // SAFETY: both are sixteen floats.
        unsafe { std::mem::transmute(floats) }
    }
}
