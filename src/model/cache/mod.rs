//! Keys and values of past positions, in blocks of a few positions each. Models are handed one; none owns one.
//!
//! A step names the blocks of each sequence, in order; keys and values go into them and attention reads
//! them back, widened. Memory is taken in slabs as blocks are first used.
//!
//! It does not know which sequence a block belongs to, whether several share one, or which runs next:
//! that is the engine's book-keeping.

mod form;

use std::ops::Range;

use crate::{Batch, Error, Result, batch::Span};

pub(crate) use form::BLOCK;
pub use form::CacheType;

/// Names a block of a [`Cache`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Block(pub u32);

impl Block {
    /// Blocks one after the other, for who keeps no books.
    pub fn several(range: Range<u32>) -> Vec<Self> {
        range.map(Self).collect()
    }
}

/// How the keys and values of every layer are shaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Geometry {
    pub layers: Vec<HeadShape>,
}

/// One layer's keys, and values likewise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeadShape {
    pub heads: usize,
    pub dim: usize,
}

impl Geometry {
    /// Bytes that a block takes in all layers.
    pub fn block_bytes(&self, kind: CacheType) -> u64 {
        let layer =
            |l: &HeadShape| (l.heads as u64).saturating_mul(2 * kind.head_bytes(l.dim) as u64);
        self.layers.iter().map(layer).fold(0, u64::saturating_add)
    }

    /// Bytes that one position takes in all layers, keys and values in `f32`.
    pub fn bytes_per_position(&self) -> u64 {
        self.block_bytes(CacheType::F32) / BLOCK as u64
    }
}

/// How much memory is taken at a time.
const SLAB: u64 = 16 << 20;

/// The blocks of many sequences.
#[derive(Debug)]
pub struct Cache {
    geometry: Geometry,
    kind: CacheType,
    /// Where each layer begins within a block.
    layers: Vec<usize>,
    block_bytes: usize,
    per_slab: usize,
    slabs: Vec<Vec<u8>>,
    limit: usize,
}

impl Cache {
    /// Positions that a block holds.
    pub const BLOCK: usize = BLOCK;

    /// A cache of at most `limit` blocks.
    pub fn new(geometry: Geometry, kind: CacheType, limit: usize) -> Self {
        let block_bytes = geometry.block_bytes(kind).max(1);
        let mut begin = 0;
        let layers = geometry
            .layers
            .iter()
            .map(|l| {
                let at = begin;
                begin += 2 * l.heads * kind.head_bytes(l.dim);
                at
            })
            .collect();
        Self {
            geometry,
            kind,
            layers,
            block_bytes: block_bytes as usize,
            per_slab: (SLAB / block_bytes).clamp(1, 256) as usize,
            slabs: Vec::new(),
            limit,
        }
    }

    /// The most blocks that there can be.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Memory that is taken now.
    pub fn bytes(&self) -> u64 {
        self.slabs.iter().map(|s| s.len() as u64).sum()
    }

    /// How many blocks hold `positions`.
    pub fn blocks_for(positions: usize) -> usize {
        positions.div_ceil(BLOCK)
    }

    /// Copies a whole block over another one.
    pub fn copy(&mut self, from: Block, to: Block) {
        self.reserve(from.max(to));
        let (a, b) = (self.place(from), self.place(to));
        let bytes = self.block_bytes;
        if a.0 == b.0 {
            self.slabs[a.0].copy_within(a.1..a.1 + bytes, b.1);
            return;
        }
        let source = self.slabs[a.0][a.1..a.1 + bytes].to_vec();
        self.slabs[b.0][b.1..b.1 + bytes].copy_from_slice(&source);
    }

    /// Gives all memory back. What the blocks held is lost.
    pub fn clear(&mut self) {
        self.slabs = Vec::new();
    }

    fn place(&self, block: Block) -> (usize, usize) {
        let at = block.0 as usize;
        (at / self.per_slab, at % self.per_slab * self.block_bytes)
    }

    fn reserve(&mut self, block: Block) {
        while self.slabs.len() <= self.place(block).0 {
            // The last one is cut: the limit is a promise about memory.
            let left = self.limit.saturating_sub(self.slabs.len() * self.per_slab);
            self.slabs
                .push(vec![0; self.per_slab.min(left.max(1)) * self.block_bytes]);
        }
    }

    /// Every span needs room for its tokens, in blocks that exist and that no other span writes to.
    pub(crate) fn check(&mut self, batch: &Batch) -> Result<()> {
        let mut written = Vec::new();
        for span in batch.spans() {
            let table = batch.table(span);
            let end = span.past + span.len;
            if table.len() * BLOCK < end {
                return Err(Error::Batch {
                    what: "a sequence's blocks",
                    expected: format!("{} for {end} positions", Self::blocks_for(end)),
                    got: table.len().to_string(),
                });
            }
            if let Some(block) = table.iter().find(|b| b.0 as usize >= self.limit) {
                return Err(Error::Batch {
                    what: "a block",
                    expected: format!("below {}", self.limit),
                    got: block.0.to_string(),
                });
            }
            written.extend_from_slice(&table[span.past / BLOCK..end.div_ceil(BLOCK)]);
        }
        written.sort_unstable();
        if let Some(pair) = written.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::Batch {
                what: "the blocks written to",
                expected: "each by one sequence".into(),
                got: format!("block {} twice", pair[0].0),
            });
        }
        if let Some(last) = written.last() {
            self.reserve(*last);
        }
        Ok(())
    }

    /// Puts the keys and values of a span's tokens, `[len, heads * dim]` each, into its blocks.
    pub(crate) fn write(
        &mut self,
        layer: usize,
        table: &[Block],
        span: &Span,
        keys: &[f32],
        values: &[f32],
    ) {
        let HeadShape { heads, dim } = self.geometry.layers[layer];
        let head_bytes = self.kind.head_bytes(dim);
        let rows = keys
            .chunks_exact(heads * dim)
            .zip(values.chunks_exact(heads * dim));
        for (position, (keys, values)) in (span.past..).zip(rows) {
            let (slab, at) = self.place(table[position / BLOCK]);
            let begin = at + self.layers[layer];
            let bytes = &mut self.slabs[slab][begin..begin + 2 * heads * head_bytes];
            let (k, v) = bytes.split_at_mut(heads * head_bytes);
            let offset = position % BLOCK;
            for h in 0..heads {
                let (place, head) = (h * head_bytes..(h + 1) * head_bytes, h * dim..(h + 1) * dim);
                self.kind
                    .put_key(&mut k[place.clone()], offset, &keys[head.clone()]);
                self.kind.put_value(&mut v[place], offset, &values[head]);
            }
        }
    }

    /// One head's keys and values in a block, as they are kept.
    pub(crate) fn head(&self, layer: usize, head: usize, block: Block) -> (&[u8], &[u8]) {
        let HeadShape { heads, dim } = self.geometry.layers[layer];
        let head_bytes = self.kind.head_bytes(dim);
        let (slab, at) = self.place(block);
        let keys = at + self.layers[layer] + head * head_bytes;
        let values = keys + heads * head_bytes;
        let slab = &self.slabs[slab];
        (
            &slab[keys..keys + head_bytes],
            &slab[values..values + head_bytes],
        )
    }

    pub(crate) fn kind(&self) -> CacheType {
        self.kind
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{BLOCK, Block, Cache, CacheType, Geometry, HeadShape};
    use crate::{Batch, Want};

    fn geometry() -> Geometry {
        Geometry {
            layers: vec![
                HeadShape { heads: 2, dim: 8 },
                HeadShape { heads: 1, dim: 4 },
            ],
        }
    }

    #[test]
    fn what_was_written_is_read_back_in_every_form() {
        for kind in CacheType::ALL {
            let mut cache = Cache::new(geometry(), kind, 8);
            let table = [Block(5), Block(2)];
            let batch = Batch::single(&table, &[1; 20], 0, 20, Want::None).unwrap();
            cache.check(&batch).unwrap();
            let noise = |seed: usize| -> Vec<f32> {
                (0..20 * 16)
                    .map(|i| ((i * 3 + seed) as f32 * 0.37).sin())
                    .collect()
            };
            let (keys, values) = (noise(1), noise(2));
            cache.write(0, &table, &batch.spans()[0], &keys, &values);
            for position in 0..20 {
                for head in 0..2 {
                    let (k, v) = cache.head(0, head, table[position / BLOCK]);
                    let mut wide = vec![0.0; 8 * BLOCK];
                    let mut scales = [1.0; BLOCK];
                    kind.widen(k, &mut wide, &mut scales);
                    let offset = position % BLOCK;
                    for d in 0..8 {
                        let got = wide[d * BLOCK + offset] * scales[offset];
                        assert!(
                            (got - keys[position * 16 + head * 8 + d]).abs() < 0.01,
                            "{kind:?}"
                        );
                    }
                    kind.widen(v, &mut wide, &mut scales);
                    for d in 0..8 {
                        let got = wide[offset * 8 + d] * scales[offset];
                        assert!(
                            (got - values[position * 16 + head * 8 + d]).abs() < 0.01,
                            "{kind:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_batch_must_bring_blocks_for_all_its_positions_and_share_none_that_it_writes() {
        let mut cache = Cache::new(geometry(), CacheType::F32, 4);
        let short = Batch::single(&[Block(0)], &[1; 17], 0, 17, Want::None).unwrap();
        assert!(cache.check(&short).is_err());
        let beyond = Batch::single(&[Block(4)], &[1], 0, 1, Want::None).unwrap();
        assert!(cache.check(&beyond).is_err());
        let mut twice = Batch::single(&[Block(0), Block(1)], &[1], 16, 17, Want::None).unwrap();
        twice
            .push(&[Block(0), Block(1)], &[1], 17, 18, Want::None)
            .unwrap();
        assert!(cache.check(&twice).is_err());
        // The first block is only read.
        let mut shared = Batch::single(&[Block(0), Block(1)], &[1], 16, 17, Want::None).unwrap();
        shared
            .push(&[Block(0), Block(2)], &[1], 16, 17, Want::None)
            .unwrap();
        assert!(cache.check(&shared).is_ok());
    }

    #[test]
    fn a_copied_block_is_the_same_in_another_slab_too() {
        let mut cache = Cache::new(geometry(), CacheType::F16, 600);
        let batch = Batch::single(&[Block(0)], &[1; 16], 0, 16, Want::None).unwrap();
        cache.check(&batch).unwrap();
        let rows: Vec<f32> = (0..256).map(|i| i as f32 * 0.25).collect();
        cache.write(0, &[Block(0)], &batch.spans()[0], &rows, &rows);
        cache.copy(Block(0), Block(1));
        cache.copy(Block(1), Block(599));
        assert_eq!(cache.head(0, 1, Block(0)), cache.head(0, 1, Block(599)));
    }

    #[test]
    fn memory_is_taken_as_blocks_are_used_and_never_more_than_was_allowed() {
        let limit = 300;
        let mut cache = Cache::new(geometry(), CacheType::F32, limit);
        assert_eq!(cache.bytes(), 0);
        let bytes = geometry().block_bytes(CacheType::F32);
        cache.reserve(Block(0));
        assert!(cache.bytes() <= 256 * bytes);
        cache.reserve(Block(299));
        assert_eq!(cache.bytes(), 300 * bytes);
    }

    #[test]
    fn a_block_takes_what_its_form_calls_for() {
        let bytes = |kind| geometry().block_bytes(kind);
        assert_eq!(bytes(CacheType::F32), 16 * (2 * 16 + 2 * 4) * 4);
        assert_eq!(bytes(CacheType::F16), bytes(CacheType::F32) / 2);
        assert_eq!(bytes(CacheType::Q8), 16 * (2 * 16 + 2 * 4) + 16 * 6 * 4);
    }
}
