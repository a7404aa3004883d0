#![allow(clippy::unwrap_used)]

use super::{super::rows::Rows, Form, Inputs, KINDS, Kind, Packed};

/// A matrix of plausible numbers: any bytes are blocks, but factors should be no infinities.
fn matrix(kind: &'static Kind, rows: usize, width: usize) -> Packed {
    let mut state = 12345u32;
    let mut bytes: Vec<u8> = (0..rows * width / kind.block * kind.bytes)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect();
    for block in bytes.chunks_exact_mut(kind.bytes) {
        for place in kind.factors {
            // The upper byte of a half between 2^-7 and 2^-6, of either sign.
            block[place + 1] = block[place + 1] & 0x83 | 0x20;
        }
    }
    Packed::new(kind, &bytes, rows, width).unwrap()
}

fn noise(count: usize) -> Vec<f32> {
    (0..count)
        .map(|i| (i as f32 * 0.61).sin() * (1.0 + (i % 7) as f32))
        .collect()
}

fn forms() -> Vec<Form> {
    let mut all = vec![Form::Plain];
    #[cfg(target_arch = "x86_64")]
    {
        all.extend(super::x86::Avx2::found().map(Form::Avx2));
        all.extend(super::x86::Avx512::found().map(Form::Avx512));
    }
    all
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|v| v.to_bits()).collect()
}

#[test]
fn a_product_has_the_same_bits_alone_and_among_any_number_in_every_form() {
    for kind in KINDS {
        let (rows, width) = (37, 512);
        let weight = matrix(kind, rows, width);
        let x = noise(37 * width);
        let inputs = |x: &[f32]| Inputs::new(x, weight.is_wide());
        let expected: Vec<u32> = x
            .chunks(width)
            .flat_map(|x| bits(&weight.products_as(Form::Plain, &inputs(x), 1)))
            .collect();
        for form in forms() {
            for count in [1, 2, 3, 5, 16, 37] {
                let got = weight.products_as(form, &inputs(&x[..count * width]), count);
                assert_eq!(
                    bits(&got),
                    expected[..count * rows],
                    "{:?} {count}",
                    kind.dtype
                );
            }
        }
    }
}

#[test]
fn a_product_is_that_of_the_widened_row_up_to_the_rounding_of_the_input() {
    for kind in KINDS {
        let (rows, width) = (20, 1024);
        let weight = matrix(kind, rows, width);
        let x = noise(width);
        let got = weight.products(&Inputs::new(&x, weight.is_wide()), 1);
        let mut line = vec![0.0; width];
        for (row, got) in got.iter().enumerate() {
            weight.widen(row, &mut line);
            let products = line
                .iter()
                .zip(&x)
                .map(|(w, x)| f64::from(*w) * f64::from(*x));
            let exact: f64 = products.clone().sum();
            // Each input is off by at most half a step, independently.
            let size: f64 = line
                .iter()
                .map(|w| f64::from(*w).powi(2))
                .sum::<f64>()
                .sqrt();
            let bound = size * 7.0 / 127.0 / 2.0 * 4.0;
            assert!(
                (exact - f64::from(*got)).abs() < bound,
                "{:?} {exact} {got}",
                kind.dtype
            );
        }
    }
}

#[test]
fn packing_takes_hardly_more_room_than_the_file() {
    for kind in KINDS {
        let weight = matrix(kind, 64, 2048);
        let file = 64 * 2048 / kind.block * kind.bytes;
        let packed = kind.packed(64 * 2048) as usize;
        assert_eq!(weight.bytes(), packed, "{:?}", kind.dtype);
        // Two bits with scales of four grow most.
        assert!(packed * 5 <= file * 6, "{:?}", kind.dtype);
    }
}

#[test]
fn an_input_that_is_no_number_spoils_its_own_products_only() {
    let weight = matrix(
        Kind::of(candle_core::quantized::GgmlDType::Q4K).unwrap(),
        16,
        512,
    );
    let mut x = noise(2 * 512);
    x[3] = f32::NAN;
    let got = weight.products(&Inputs::new(&x, true), 2);
    assert!(got[..16].iter().all(|v| v.is_nan()));
    assert!(got[16..].iter().all(|v| v.is_finite()));
}
