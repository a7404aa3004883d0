//! A request in flight: its tokens, its blocks, and what its rows are for.
//!
//! It sees token ids only. It does not know which sequence runs next, nor how a token becomes text.

use std::time::Instant;

use ferrule_model::{Block, Cache, Want};
use ferrule_types::{Context, Error as SeamError, Finish};

use crate::{
    blocks::{Before, Blocks},
    measure::Measure,
    writer::Writer,
};

/// What a sequence is computed for.
pub enum Work {
    Answer(Box<Writer>),
    Measure(Measure),
}

pub struct Sequence {
    pub context: Context,
    /// What it may share with others hangs on this; `None` shares nothing.
    pub root: Option<Before>,
    /// The prompt, then what was written. Those before `done` are in the cache.
    pub tokens: Vec<u32>,
    pub done: usize,
    /// How many of them the request brought.
    pub prompt: usize,
    /// The longest that it may become.
    pub reach: usize,
    pub table: Vec<Block>,
    pub work: Work,
    /// Further answers to the same prompt. They begin when its prompt is computed, and find it in the cache.
    pub siblings: Vec<Sequence>,
    /// How far the blocks are known to others, and the place behind them.
    published: usize,
    end: Option<Before>,
}

/// A sequence's part of a step.
#[derive(Debug)]
pub struct Share {
    /// Where it stands among the running ones.
    pub which: usize,
    /// How many of its tokens are computed.
    pub count: usize,
    /// Tokens that it will perhaps write next, computed along with them.
    pub draft: Vec<u32>,
    pub want: Want,
}

impl Share {
    /// How many rows of numbers it gets.
    pub fn rows(&self) -> usize {
        match self.want {
            Want::None => 0,
            Want::Last => 1,
            Want::All | Want::States => self.count + self.draft.len(),
        }
    }
}

impl Sequence {
    pub fn new(context: Context, tokens: Vec<u32>, reach: usize, work: Work) -> Self {
        Self {
            context,
            root: None,
            done: 0,
            prompt: tokens.len(),
            tokens,
            reach,
            table: Vec::new(),
            work,
            siblings: Vec::new(),
            published: 0,
            end: None,
        }
    }

    /// Tokens that are not computed yet.
    pub fn pending(&self) -> usize {
        self.tokens.len() - self.done
    }

    /// Whether it writes, a token at a time.
    pub fn is_decoding(&self) -> bool {
        self.pending() == 1 && self.done >= self.prompt
    }

    /// Whether its reader is behind.
    pub fn is_stalled(&self) -> bool {
        matches!(&self.work, Work::Answer(writer) if writer.is_stalled())
    }

    /// Hands on what its reader had no room for.
    pub fn flush(&mut self) {
        if let Work::Answer(writer) = &mut self.work {
            writer.flush();
        }
    }

    /// Whether nobody would hear any more of it.
    pub fn is_gone(&self) -> bool {
        match &self.work {
            Work::Answer(writer) => writer.is_gone(),
            Work::Measure(measure) => measure.is_gone(),
        }
    }

    /// Why there is no use in going on.
    pub fn given_up(&self, now: Instant) -> Option<Finish> {
        if self.is_gone() || self.context.cancel.is_cancelled() {
            return Some(Finish::Cancelled);
        }
        let late = self.context.deadline.is_some_and(|d| now >= d);
        late.then_some(Finish::TimedOut)
    }

    /// Takes over what the cache has of its beginning. The last token is always computed: its row is wanted.
    pub fn begin(&mut self, blocks: &mut Blocks, cache: &mut Cache) {
        self.end = self.root;
        if let Some(root) = self.root {
            self.find(root, blocks, cache);
        }
        if let Work::Answer(writer) = &mut self.work {
            writer.begin(&self.tokens, self.done.min(self.prompt));
        }
    }

    fn find(&mut self, root: Before, blocks: &mut Blocks, cache: &mut Cache) {
        let found = blocks.find(root, &self.tokens[..self.tokens.len() - 1]);
        self.published = found.blocks.len();
        self.done = found.blocks.len() * Cache::BLOCK;
        self.table = found.blocks;
        self.end = Some(found.end);
        if let Some((block, shared)) = found.part {
            if let Some(own) = blocks.take() {
                cache.copy(block, own);
                self.table.push(own);
                self.done += shared;
            }
            blocks.let_go(block);
        }
    }

    /// Gives its blocks back; what was computed is computed anew when it begins again, or found.
    pub fn suspend(&mut self, blocks: &mut Blocks) {
        blocks.release(&mut self.table);
        self.done = 0;
        self.published = 0;
        self.end = None;
        if let Work::Measure(measure) = &mut self.work {
            measure.restart();
        }
    }

    /// Blocks that it takes from the others if it begins now.
    pub fn needed_now(&self, blocks: &Blocks) -> usize {
        let before = &self.tokens[..self.tokens.len() - 1];
        let shared = self.root.map_or(0, |root| blocks.held(root, before));
        self.needed().saturating_sub(shared)
    }

    /// Blocks that its tokens take, one more for what it will write, less those that it has.
    pub fn needed(&self) -> usize {
        (Cache::blocks_for(self.tokens.len()) + 1).saturating_sub(self.table.len())
    }

    /// The part of a step with at most `most` tokens of what is pending; and of guesses at most so many, where one
    /// more row costs so much of a step.
    pub fn share(&mut self, which: usize, most: usize, guesses: (usize, f32)) -> Share {
        let most = match &self.work {
            Work::Measure(measure) => most.min(measure.most_rows()),
            Work::Answer(_) => most,
        };
        let count = self.pending().min(most);
        let whole = count == self.pending();
        let is_decoding = self.is_decoding();
        let mut draft = Vec::new();
        let want = match &mut self.work {
            Work::Answer(writer) => {
                if is_decoding {
                    draft = writer.draft(guesses.0, guesses.1);
                }
                match (whole, draft.is_empty()) {
                    (false, _) => Want::None,
                    (true, true) => Want::Last,
                    (true, false) => Want::All,
                }
            }
            Work::Measure(measure) => measure.want(),
        };
        Share {
            which,
            count,
            draft,
            want,
        }
    }

    /// Whether the rows of a share are chosen from under a constraint.
    pub fn is_guided(&self, share: &Share) -> bool {
        let guided = matches!(&self.work, Work::Answer(writer) if writer.is_guided());
        guided && share.want != Want::None
    }

    /// Finds out which tokens it may write next.
    pub fn prepare(&mut self, share: &Share) {
        if let Work::Answer(writer) = &mut self.work {
            writer.prepare(&share.draft);
        }
    }

    /// Whether its blocks hold `more` tokens behind those that are done; takes what is missing.
    pub fn make_room(&mut self, more: usize, blocks: &mut Blocks) -> bool {
        while self.table.len() < Cache::blocks_for(self.done + more) {
            match blocks.take() {
                Some(block) => self.table.push(block),
                None => return false,
            }
        }
        true
    }

    /// Takes the rows of a share; whether that was its end.
    pub fn take(&mut self, share: &Share, rows: &[Vec<f32>], blocks: &mut Blocks) -> bool {
        let from = self.done;
        self.done += share.count;
        let ended = match &mut self.work {
            Work::Answer(writer) => {
                let mut ended = false;
                for (i, row) in rows.iter().enumerate() {
                    let Some(token) = writer.write(row, i) else {
                        ended = true;
                        break;
                    };
                    self.tokens.push(token);
                    if share.draft.get(i) != Some(&token) {
                        break;
                    }
                    // What was drafted is what was written: its keys stand in the cache already.
                    self.done += 1;
                }
                writer.learn(share.draft.len(), self.done - from - share.count);
                ended
            }
            Work::Measure(measure) => {
                measure.take(&self.tokens, from, rows);
                self.done == self.tokens.len()
            }
        };
        self.publish(blocks);
        ended
    }

    /// Lets others find the blocks that are full.
    fn publish(&mut self, blocks: &mut Blocks) {
        let (whole, _) = self.tokens[..self.done].as_chunks::<{ Cache::BLOCK }>();
        for (at, tokens) in whole.iter().enumerate().skip(self.published) {
            let Some(end) = self.end else { return };
            let (block, end) = blocks.publish(end, *tokens, self.table[at]);
            self.table[at] = block;
            self.end = Some(end);
            self.published = at + 1;
        }
    }

    /// Ends it before it was done.
    pub fn abandon(&mut self, finish: &Finish) {
        for sibling in &mut self.siblings {
            sibling.abandon(finish);
        }
        match &mut self.work {
            Work::Answer(writer) => writer.finish(finish.clone()),
            Work::Measure(measure) => measure.fail(match finish {
                Finish::TimedOut => SeamError::TimedOut {
                    late: self
                        .context
                        .deadline
                        .map_or_else(Default::default, |d| d.elapsed()),
                },
                _ => SeamError::Cancelled,
            }),
        }
    }

    /// Ends it with an error.
    pub fn fail(&mut self, error: &impl Fn() -> SeamError) {
        for sibling in &mut self.siblings {
            sibling.fail(error);
        }
        match &mut self.work {
            Work::Answer(writer) => writer.fail(error()),
            Work::Measure(measure) => measure.fail(error()),
        }
    }
}
