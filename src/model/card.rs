//! What can be told of a model without reading its weights.

use std::collections::BTreeMap;

use ferrule_types::ModelCard;

use crate::{
    Form, Opened, memory,
    source::{Raw, Stored},
};

impl Opened {
    /// The card, as far as the weights and the configuration tell it; text is added by `load`.
    pub(crate) fn card(&self, name: &str, form: Form) -> ModelCard {
        let mut bytes: BTreeMap<String, u64> = BTreeMap::new();
        let mut parameters = 0;
        for raw in self.source.all() {
            let (kind, count) = self.counted(&raw);
            *bytes.entry(kind).or_default() += raw.view.bytes().len() as u64;
            parameters += count;
        }
        let per_position = self.spec.geometry().bytes_per_position();
        let cache = per_position.saturating_mul(self.spec.context as u64);
        ModelCard {
            name: name.to_owned(),
            arch: self.arch.name.to_owned(),
            context_length: self.spec.context,
            vocab_size: self.spec.vocab,
            parameters,
            quantization: quantization(&bytes),
            bytes_by_dtype: bytes,
            memory_needed: Some(memory::weights(self, form).saturating_add(cache)),
            ..ModelCard::default()
        }
    }

    /// How a tensor is stored, and how many parameters it holds: packed words hold several each,
    /// scales and biases of packed matrices are not counted.
    pub(crate) fn counted(&self, raw: &Raw) -> (String, u64) {
        let elements = raw.elements() as u64;
        let packing = self.packing();
        let Some(packing) = packing else {
            return (raw.stored.name(), elements);
        };
        let owner = |suffix: &str| raw.name.strip_suffix(suffix);
        if let (Stored::U32, Some(name)) = (raw.stored, owner(".weight")) {
            let bits = packing.of(name).0 as u64;
            return (format!("mlx {bits}-bit"), elements * 32 / bits.max(1));
        }
        if let Some(name) = owner(".scales").or_else(|| owner(".biases")) {
            return (format!("mlx {}-bit", packing.of(name).0), 0);
        }
        (raw.stored.name(), elements)
    }
}

/// The format that most of the bytes are in, unless that is a dense one.
fn quantization(bytes: &BTreeMap<String, u64>) -> Option<String> {
    let (kind, _) = bytes.iter().max_by_key(|(_, n)| **n)?;
    let dense = ["f32", "f16", "bf16"].contains(&kind.as_str());
    (!dense).then(|| kind.clone())
}
