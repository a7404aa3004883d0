//! Which block of the cache belongs to whom, and what finished sequences left in it.
//!
//! Every block counts its holders. A full one is known by the tokens in it and by the block before it, so that
//! a later sequence with the same beginning finds it again; the first of a chain hangs on a root that its
//! principal alone has. What nobody holds any more is kept until its room is needed, the longest unused first.
//!
//! It does not know what keys and values are, nor which sequence runs: it keeps the books of numbers.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher, RandomState},
};

use ferrule_model::{Block, Cache};

const LEN: usize = Cache::BLOCK;

/// How many of the blocks that follow a place are looked at for one that begins alike.
const KIN: usize = 64;

/// What stands before a block: nothing, for a principal, or another block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Before {
    /// Made of the principal's name with keys that only this process knows: nobody can name another's.
    Root(u64, u64),
    /// The number of a known block; none is given twice.
    Node(u64),
}

/// Makes the places where the chains of principals begin.
#[derive(Debug, Default)]
pub struct Roots([RandomState; 2]);

impl Roots {
    /// Sequences of different `kind`s never share.
    pub fn of(&self, principal: &str, kind: u64) -> Before {
        let [a, b] = &self.0;
        Before::Root(a.hash_one((principal, kind)), b.hash_one((principal, kind)))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Known {
    before: Before,
    tokens: [u32; LEN],
}

#[derive(Debug, Default)]
struct Page {
    holders: u32,
    known: Option<(Known, u64)>,
    /// When its last holder let go.
    left: u64,
}

#[derive(Debug)]
pub struct Blocks {
    limit: usize,
    pages: Vec<Page>,
    free: Vec<Block>,
    /// Known blocks without a holder, by when they were left.
    idle: BTreeMap<u64, Block>,
    by_content: HashMap<Known, Block>,
    /// What follows a place, the latest last.
    kin: HashMap<Before, Vec<Block>>,
    clock: u64,
    pub evictions: u64,
}

/// The beginning of a prompt that was there already. Its blocks are held.
#[derive(Debug)]
pub struct Found {
    pub blocks: Vec<Block>,
    pub end: Before,
    /// A block of which only the first so many positions fit: to be copied, then let go.
    pub part: Option<(Block, usize)>,
}

impl Blocks {
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            pages: Vec::new(),
            free: Vec::new(),
            idle: BTreeMap::new(),
            by_content: HashMap::new(),
            kin: HashMap::new(),
            clock: 0,
            evictions: 0,
        }
    }

    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Blocks that a sequence holds.
    pub fn used(&self) -> usize {
        self.pages.len() - self.free.len() - self.idle.len()
    }

    /// Blocks that are kept for whoever begins alike.
    pub fn idle(&self) -> usize {
        self.idle.len()
    }

    /// How many can be taken.
    pub fn available(&self) -> usize {
        self.limit - self.used()
    }

    /// An unknown block for one holder; `None` when every one is held.
    pub fn take(&mut self) -> Option<Block> {
        let block = match self.free.pop() {
            Some(block) => block,
            None if self.pages.len() < self.limit => {
                self.pages.push(Page::default());
                Block(self.pages.len() as u32 - 1)
            }
            None => self.evict()?,
        };
        self.page(block).holders = 1;
        Some(block)
    }

    /// Lets go of a sequence's blocks.
    pub fn release(&mut self, table: &mut Vec<Block>) {
        // From its end: of a chain, the beginning is the likelier to be asked for.
        for block in table.drain(..).rev() {
            self.let_go(block);
        }
    }

    pub fn let_go(&mut self, block: Block) {
        self.clock += 1;
        let clock = self.clock;
        let page = self.page(block);
        page.holders -= 1;
        if page.holders > 0 {
            return;
        }
        page.left = clock;
        if page.known.is_some() {
            self.idle.insert(clock, block);
        } else {
            self.free.push(block);
        }
    }

    /// The longest beginning of `tokens` that is known behind `root`.
    pub fn find(&mut self, root: Before, tokens: &[u32]) -> Found {
        let mut found = Found {
            blocks: Vec::new(),
            end: root,
            part: None,
        };
        let (whole, _) = tokens.as_chunks::<LEN>();
        for tokens in whole {
            let known = Known {
                before: found.end,
                tokens: *tokens,
            };
            let Some(block) = self.by_content.get(&known).copied() else {
                break;
            };
            self.hold(block);
            found.blocks.push(block);
            found.end = self.node(block);
        }
        let rest = &tokens[found.blocks.len() * LEN..];
        found.part = self.alike(found.end, rest);
        if let Some((block, _)) = found.part {
            self.hold(block);
        }
        found
    }

    /// How many whole blocks at the beginning of `tokens` others hold: to share them takes none.
    pub fn held(&self, root: Before, tokens: &[u32]) -> usize {
        let mut before = root;
        let (whole, _) = tokens.as_chunks::<LEN>();
        let mut count = 0;
        for tokens in whole {
            let known = Known {
                before,
                tokens: *tokens,
            };
            match self.by_content.get(&known) {
                Some(block) if self.pages[block.0 as usize].holders > 0 => {
                    before = self.node(*block);
                    count += 1;
                }
                _ => break,
            }
        }
        count
    }

    /// Of the blocks behind `before`, the one that shares the most tokens with `rest`.
    fn alike(&self, before: Before, rest: &[u32]) -> Option<(Block, usize)> {
        let kin = self.kin.get(&before)?;
        let shared = |block: &Block| {
            let (known, _) = self.pages[block.0 as usize].known.as_ref()?;
            let same = known.tokens.iter().zip(rest).take_while(|(a, b)| a == b);
            Some((*block, same.count()))
        };
        let latest = kin.iter().rev().take(KIN).filter_map(shared);
        latest.filter(|(_, n)| *n > 0).max_by_key(|(_, n)| *n)
    }

    /// Makes a full block known. Where another one holds the same already, that one takes its place.
    pub fn publish(&mut self, before: Before, tokens: [u32; LEN], block: Block) -> (Block, Before) {
        let known = Known { before, tokens };
        if let Some(other) = self.by_content.get(&known).copied() {
            if other != block {
                self.hold(other);
                self.let_go(block);
            }
            return (other, self.node(other));
        }
        self.clock += 1;
        let number = self.clock;
        self.page(block).known = Some((known, number));
        self.by_content.insert(known, block);
        self.kin.entry(before).or_default().push(block);
        (block, Before::Node(number))
    }

    fn node(&self, block: Block) -> Before {
        let known = self.pages[block.0 as usize].known.as_ref();
        Before::Node(known.map_or(0, |(_, number)| *number))
    }

    fn hold(&mut self, block: Block) {
        let page = self.page(block);
        page.holders += 1;
        if page.holders == 1 {
            let left = page.left;
            self.idle.remove(&left);
        }
    }

    /// Forgets the block that was unused for longest.
    fn evict(&mut self) -> Option<Block> {
        let (_, block) = self.idle.pop_first()?;
        if let Some((known, _)) = self.page(block).known.take() {
            self.by_content.remove(&known);
            if let Some(kin) = self.kin.get_mut(&known.before) {
                kin.retain(|b| *b != block);
                if kin.is_empty() {
                    self.kin.remove(&known.before);
                }
            }
        }
        self.evictions += 1;
        Some(block)
    }

    fn page(&mut self, block: Block) -> &mut Page {
        &mut self.pages[block.0 as usize]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Before, Block, Blocks, LEN, Roots};

    fn tokens(n: usize) -> Vec<u32> {
        (0..n as u32).collect()
    }

    /// Takes and publishes the whole blocks of `tokens`.
    fn filled(blocks: &mut Blocks, root: Before, tokens: &[u32]) -> Vec<Block> {
        let mut before = root;
        let mut table = Vec::new();
        for chunk in tokens.as_chunks::<LEN>().0 {
            let block = blocks.take().unwrap();
            let (block, next) = blocks.publish(before, *chunk, block);
            table.push(block);
            before = next;
        }
        table
    }

    #[test]
    fn a_prompt_finds_what_one_with_the_same_beginning_left() {
        let (mut blocks, roots) = (Blocks::new(10), Roots::default());
        let root = roots.of("a", 0);
        let mut table = filled(&mut blocks, root, &tokens(48));
        let held = table.clone();
        blocks.release(&mut table);
        assert_eq!((blocks.used(), blocks.idle()), (0, 3));
        let mut other = tokens(48);
        other[40] = 7;
        let found = blocks.find(root, &other);
        assert_eq!(found.blocks, held[..2]);
        assert_eq!(found.part, Some((held[2], 8)));
        assert_eq!(blocks.used(), 3);
    }

    #[test]
    fn another_principal_or_kind_finds_nothing() {
        let (mut blocks, roots) = (Blocks::new(10), Roots::default());
        let root = roots.of("a", 0);
        let mut table = filled(&mut blocks, root, &tokens(48));
        for root in [roots.of("b", 0), roots.of("a", 1)] {
            let found = blocks.find(root, &tokens(48));
            assert!(found.blocks.is_empty() && found.part.is_none());
        }
        blocks.release(&mut table);
    }

    #[test]
    fn the_longest_unused_goes_first_and_what_is_held_never() {
        let (mut blocks, roots) = (Blocks::new(4), Roots::default());
        let (a, b) = (roots.of("a", 0), roots.of("b", 0));
        let mut first = filled(&mut blocks, a, &tokens(32));
        let mut second = filled(&mut blocks, b, &tokens(32));
        assert!(blocks.take().is_none());
        blocks.release(&mut first);
        blocks.release(&mut second);
        let kept = blocks.find(a, &tokens(32)).blocks;
        assert_eq!(kept.len(), 2);
        // The end of a chain goes before its beginning.
        blocks.take().unwrap();
        assert_eq!(blocks.find(b, &tokens(32)).blocks.len(), 1);
        assert_eq!(blocks.evictions, 1);
        assert!(blocks.take().is_none());
    }

    #[test]
    fn the_same_content_is_kept_once() {
        let (mut blocks, roots) = (Blocks::new(10), Roots::default());
        let root = roots.of("a", 0);
        let mut first = filled(&mut blocks, root, &tokens(32));
        let mut second = filled(&mut blocks, root, &tokens(32));
        assert_eq!(first, second);
        assert_eq!(blocks.used(), 2);
        blocks.release(&mut first);
        assert_eq!(blocks.used(), 2);
        blocks.release(&mut second);
        assert_eq!(
            (blocks.used(), blocks.idle(), blocks.available()),
            (0, 2, 10)
        );
    }
}
