//! Keys and values of past positions, per sequence and layer. Models are handed one; none owns one.
//!
//! This form keeps each sequence's rows contiguous in f32. It does not know which sequence runs next.

use crate::{Batch, Error, Result, batch::Span};

/// Names a sequence in a [`Cache`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(usize);

/// In which form keys and values are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CacheType {
    F32,
    F16,
    Bf16,
    /// Eight bits and a scale for each head of each position.
    Q8,
}

impl CacheType {
    pub const ALL: [Self; 4] = [Self::F32, Self::F16, Self::Bf16, Self::Q8];

    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
            Self::Q8 => "q8",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How wide each layer's keys and values are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// `kv_heads * head_dim` of every layer.
    pub widths: Vec<usize>,
}

impl Geometry {
    /// Bytes that one position takes in all layers.
    pub fn bytes_per_position(&self) -> u64 {
        let layer = self.widths.iter().map(|w| *w as u64 * 2 * 4);
        layer.fold(0, u64::saturating_add)
    }
}

#[derive(Clone, Debug, Default)]
struct LayerRows {
    keys: Vec<f32>,
    values: Vec<f32>,
}

/// The cache of many sequences.
#[derive(Debug)]
pub struct Cache {
    geometry: Geometry,
    slots: Vec<Option<Vec<LayerRows>>>,
}

impl Cache {
    pub fn new(geometry: Geometry) -> Self {
        Self {
            geometry,
            slots: Vec::new(),
        }
    }

    /// Opens a place for a new sequence.
    pub fn add(&mut self) -> Slot {
        let rows = vec![LayerRows::default(); self.geometry.widths.len()];
        let free = self.slots.iter().position(Option::is_none);
        let at = free.unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        self.slots[at] = Some(rows);
        Slot(at)
    }

    pub fn remove(&mut self, slot: Slot) {
        if let Some(place) = self.slots.get_mut(slot.0) {
            *place = None;
        }
    }

    /// How many positions of the sequence are cached.
    pub fn len(&self, slot: Slot) -> usize {
        let rows = self.slots.get(slot.0).and_then(Option::as_ref);
        match (rows.and_then(|r| r.first()), self.geometry.widths.first()) {
            (Some(layer), Some(width)) => layer.keys.len() / width.max(&1),
            _ => 0,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.slots.iter().all(Option::is_none)
    }

    /// Forgets all positions from `len` on.
    pub fn truncate(&mut self, slot: Slot, len: usize) {
        if let Some(Some(layers)) = self.slots.get_mut(slot.0) {
            for (rows, width) in layers.iter_mut().zip(&self.geometry.widths) {
                rows.keys.truncate(len * width);
                rows.values.truncate(len * width);
            }
        }
    }

    /// Every span must start where its sequence's cache ends.
    pub(crate) fn check(&self, batch: &Batch) -> Result<()> {
        for span in batch.spans() {
            if self.slots.get(span.slot.0).is_none_or(Option::is_none) {
                return Err(Error::Batch {
                    what: "a sequence's slot",
                    expected: "one that was added".into(),
                    got: format!("{:?}", span.slot),
                });
            }
            if self.len(span.slot) != span.past {
                return Err(Error::Batch {
                    what: "a sequence's past",
                    expected: format!("{} cached positions", self.len(span.slot)),
                    got: span.past.to_string(),
                });
            }
        }
        Ok(())
    }

    pub(crate) fn extend(&mut self, layer: usize, span: &Span, keys: &[f32], values: &[f32]) {
        if let Some(Some(layers)) = self.slots.get_mut(span.slot.0) {
            layers[layer].keys.extend_from_slice(keys);
            layers[layer].values.extend_from_slice(values);
        }
    }

    pub(crate) fn rows(&self, layer: usize, span: &Span) -> (&[f32], &[f32]) {
        match self.slots.get(span.slot.0) {
            Some(Some(layers)) => (&layers[layer].keys, &layers[layer].values),
            _ => (&[], &[]),
        }
    }
}
