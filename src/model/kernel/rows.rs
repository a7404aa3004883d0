//! A matrix that can widen any of its rows to f32.

use std::fmt::Debug;

use half::{bf16, f16};

use super::{team::share_chunks, widen::widen};
use crate::source::{Stored, View};

/// Elements that a thread converts at once.
const TASK: usize = 1 << 15;

/// A weight matrix `[rows, width]`, stored in whatever form.
pub trait Rows: Debug + Send + Sync {
    fn rows(&self) -> usize;
    fn width(&self) -> usize;
    /// Writes row `row` to `out`, which has `width` places.
    fn widen(&self, row: usize, out: &mut [f32]);
    /// The row as it stands, where that already is f32: saves the copy.
    fn as_f32(&self, _row: usize) -> Option<&[f32]> {
        None
    }
    /// The row's bytes and their type, where that is dense.
    fn dense(&self, _row: usize) -> Option<(&[u8], Stored)> {
        None
    }
    fn stored(&self) -> String;
}

/// Rows of f32, f16 or bf16, in a mapped file or converted from one.
#[derive(Debug)]
pub struct DenseRows {
    data: Data,
    stored: Stored,
    rows: usize,
    width: usize,
}

#[derive(Debug)]
enum Data {
    Mapped(View),
    Owned(Vec<u8>),
}

impl Data {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Mapped(view) => view.bytes(),
            Self::Owned(bytes) => bytes,
        }
    }
}

impl DenseRows {
    /// `None` when the view is not exactly `rows * width` elements of a dense type.
    pub fn new(view: View, stored: Stored, rows: usize, width: usize) -> Option<Self> {
        let dense = matches!(stored, Stored::F32 | Stored::F16 | Stored::Bf16);
        let elements = (rows as u64).checked_mul(width as u64)?;
        (dense && view.bytes().len() as u64 == stored.bytes(elements)).then_some(Self {
            data: Data::Mapped(view),
            stored,
            rows,
            width,
        })
    }

    /// The same values in another dense type; `None` when that is not a dense type.
    pub fn converted(from: &dyn Rows, stored: Stored) -> Option<Self> {
        if !matches!(stored, Stored::F32 | Stored::F16 | Stored::Bf16) {
            return None;
        }
        let (rows, width) = (from.rows(), from.width());
        let size = stored.bytes(width as u64) as usize;
        let mut bytes = vec![0; rows * size];
        let task = (TASK / width.max(1)).max(1);
        share_chunks(&mut bytes, task * size, task * width * 4, |i, bytes| {
            let mut line = vec![0f32; width];
            for (row, bytes) in (i * task..).zip(bytes.chunks_exact_mut(size.max(1))) {
                from.widen(row, &mut line);
                let halves = bytes.as_chunks_mut::<2>().0.iter_mut().zip(&line);
                match stored {
                    Stored::F16 => halves.for_each(|(b, v)| *b = f16::from_f32(*v).to_le_bytes()),
                    Stored::Bf16 => halves.for_each(|(b, v)| *b = bf16::from_f32(*v).to_le_bytes()),
                    _ => {
                        let words = bytes.as_chunks_mut::<4>().0.iter_mut().zip(&line);
                        words.for_each(|(b, v)| *b = v.to_le_bytes());
                    }
                }
            }
        });
        Some(Self {
            data: Data::Owned(bytes),
            stored,
            rows,
            width,
        })
    }

    fn row(&self, row: usize) -> &[u8] {
        let size = self.stored.bytes(self.width as u64) as usize;
        &self.data.bytes()[row * size..(row + 1) * size]
    }
}

impl Rows for DenseRows {
    fn rows(&self) -> usize {
        self.rows
    }

    fn width(&self) -> usize {
        self.width
    }

    fn widen(&self, row: usize, out: &mut [f32]) {
        widen(self.row(row), self.stored, out);
    }

    fn dense(&self, row: usize) -> Option<(&[u8], Stored)> {
        Some((self.row(row), self.stored))
    }

    fn as_f32(&self, row: usize) -> Option<&[f32]> {
        if self.stored != Stored::F32 {
            return None;
        }
        // SAFETY: every bit pattern is an f32; only the aligned middle is used, and only when it is the whole row.
        let (before, middle, after) = unsafe { self.row(row).align_to::<f32>() };
        (before.is_empty() && after.is_empty()).then_some(middle)
    }

    fn stored(&self) -> String {
        self.stored.name()
    }
}

/// Rows that had to be made anew (a transposed GPT-2 matrix, say).
#[derive(Debug)]
pub struct OwnedRows {
    values: Vec<f32>,
    width: usize,
}

impl OwnedRows {
    pub fn new(values: Vec<f32>, width: usize) -> Self {
        debug_assert!(width > 0 && values.len().is_multiple_of(width));
        Self { values, width }
    }
}

impl Rows for OwnedRows {
    fn rows(&self) -> usize {
        self.values.len() / self.width
    }

    fn width(&self) -> usize {
        self.width
    }

    fn widen(&self, row: usize, out: &mut [f32]) {
        out.copy_from_slice(&self.values[row * self.width..(row + 1) * self.width]);
    }

    fn as_f32(&self, row: usize) -> Option<&[f32]> {
        Some(&self.values[row * self.width..(row + 1) * self.width])
    }

    fn stored(&self) -> String {
        Stored::F32.name()
    }
}
