//! Who runs next: first come, first served, as far as blocks and the step's budget reach.
//!
//! Sequences come in at the back; each step those that write get a token each, and what is left of the budget
//! goes to prompts, in order of arrival. When blocks run out, the youngest gives its own back and waits again.
//!
//! It does not know scores, text or how long anything takes.

use std::{collections::VecDeque, time::Instant};

use ferrule_model::{Batch, Cache};
use ferrule_types::{Error as SeamError, Finish};

use crate::{
    Result, Settings,
    blocks::Blocks,
    pace::Pace,
    sequence::{Sequence, Share},
};

/// The most tokens that are guessed at once.
const DRAFT: usize = 12;

pub struct Scheduler {
    pub blocks: Blocks,
    pub running: Vec<Sequence>,
    pub waiting: VecDeque<Sequence>,
    /// Done, but their readers have not taken all.
    pub parting: Vec<Sequence>,
    pub preemptions: u64,
    pub abandoned: u64,
    max_sequences: usize,
    step_tokens: usize,
    speculation: bool,
}

impl Scheduler {
    pub fn new(blocks: Blocks, settings: &Settings) -> Self {
        Self {
            blocks,
            running: Vec::new(),
            waiting: VecDeque::new(),
            parting: Vec::new(),
            preemptions: 0,
            abandoned: 0,
            max_sequences: settings.max_sequences.max(1),
            step_tokens: settings.step_tokens.max(1),
            speculation: settings.speculation,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.running.is_empty() && self.waiting.is_empty() && self.parting.is_empty()
    }

    /// Lets go of those that nobody waits for, and hands on what readers had no room for.
    pub fn tidy(&mut self) {
        let now = Instant::now();
        let leaves = |s: &mut Sequence| {
            s.flush();
            s.given_up(now)
        };
        let mut leaving: Vec<_> = self
            .running
            .extract_if(.., |s| leaves(s).is_some())
            .collect();
        for _ in 0..self.waiting.len() {
            let Some(mut sequence) = self.waiting.pop_front() else {
                break;
            };
            if leaves(&mut sequence).is_some() {
                leaving.push(sequence);
            } else {
                self.waiting.push_back(sequence);
            }
        }
        // Whoever still reads is owed the end, even if the time was up long ago.
        self.parting.retain_mut(|s| {
            s.flush();
            s.is_stalled() && !s.is_gone()
        });
        for mut sequence in leaving {
            self.abandoned += 1;
            let finish = sequence.given_up(now).unwrap_or(Finish::Cancelled);
            sequence.abandon(&finish);
            self.part(sequence);
        }
    }

    /// Takes those at these places out of the running ones.
    fn take(&mut self, mut places: Vec<usize>) -> Vec<Sequence> {
        places.sort_unstable();
        // From the end, so that the places before stay what they are.
        let taken = places.into_iter().rev();
        taken.map(|which| self.running.remove(which)).collect()
    }

    /// Takes the blocks of one that is done, and keeps it until it is read.
    fn part(&mut self, mut sequence: Sequence) {
        sequence.suspend(&mut self.blocks);
        let siblings = std::mem::take(&mut sequence.siblings);
        for sequence in siblings.into_iter().chain([sequence]) {
            if sequence.is_stalled() {
                self.parting.push(sequence);
            }
        }
    }

    /// Chooses the next step's sequences and how many tokens each gets.
    pub fn plan(&mut self, cache: &mut Cache, pace: &Pace) -> Vec<Share> {
        self.admit(cache);
        let decoding = self
            .running
            .iter()
            .filter(|s| s.is_decoding() && !s.is_stalled())
            .count();
        let drafts = if self.speculation { DRAFT } else { 0 };
        let cost = pace.cost(decoding);
        // However many write, prompts get a token: else the first would wait for the last.
        let left = self.step_tokens.max(decoding + 1) - decoding;
        let mut prompts = pace.prompt_tokens(decoding > 0).min(left);
        let begun = self.running.iter();
        let begun = begun.filter(|s| !s.is_decoding() && !s.is_stalled());
        let pending = begun.map(Sequence::pending).fold(0, usize::saturating_add);
        // What prompts leave of the step is for guesses.
        let mut spare = self
            .step_tokens
            .saturating_sub(decoding + prompts.min(pending));
        let mut shares: Vec<Share> = Vec::new();
        // Those that write come first, whenever they arrived; then prompts, the oldest first.
        for writing in [true, false] {
            let mut which = 0;
            while which < self.running.len() {
                let sequence = &mut self.running[which];
                which += 1;
                if sequence.is_stalled() || sequence.is_decoding() != writing {
                    continue;
                }
                let most = if writing { 1 } else { prompts };
                if most == 0 {
                    break;
                }
                let guesses = (drafts.min(spare), cost);
                let mut share = sequence.share(which - 1, most, guesses);
                if !self.make_room(&mut share, &mut shares) {
                    continue;
                }
                // Those before it may have left.
                which = share.which + 1;
                spare = spare.saturating_sub(share.draft.len());
                if !writing {
                    prompts -= share.count;
                }
                shares.push(share);
            }
        }
        shares
    }

    /// Lets those that wait begin, in order, while there is room for what they bring. Those whose readers are
    /// behind neither begin nor count, and give up their blocks to those that could begin.
    fn admit(&mut self, cache: &mut Cache) {
        let reading = self.running.iter().filter(|s| !s.is_stalled());
        let (mut active, mut promised) =
            reading.fold((0, 0), |(n, blocks), s| (n + 1, blocks + s.needed()));
        while active < self.max_sequences {
            let next = self.waiting.iter().position(|s| !s.is_stalled());
            let Some(at) = next else { return };
            let Some(mut sequence) = self.waiting.remove(at) else {
                return;
            };
            let needed = sequence.needed_now(&self.blocks);
            if !self.has_room(needed + promised) && active > 0 {
                return self.waiting.insert(at, sequence);
            }
            sequence.begin(&mut self.blocks, cache);
            promised += sequence.needed();
            self.running.push(sequence);
            active += 1;
        }
    }

    /// Whether so many blocks can be taken, if need be from those whose readers are behind.
    fn has_room(&mut self, needed: usize) -> bool {
        let stalled = self.running.iter().filter(|s| s.is_stalled());
        let held: usize = stalled.map(|s| s.table.len()).sum();
        if needed > self.blocks.available() + held {
            return false;
        }
        while needed > self.blocks.available() {
            let Some(stalled) = self.running.iter().rposition(Sequence::is_stalled) else {
                return false;
            };
            self.preempt(stalled, &mut Vec::new());
        }
        true
    }

    /// Takes the blocks that a share needs, from the youngest if there are no others. False if it must wait itself.
    fn make_room(&mut self, share: &mut Share, shares: &mut Vec<Share>) -> bool {
        loop {
            let more = share.count + share.draft.len();
            if self.running[share.which].make_room(more, &mut self.blocks) {
                return true;
            }
            if !share.draft.is_empty() {
                // Guesses are not worth anybody's blocks.
                share.draft.clear();
                share.want = ferrule_model::Want::Last;
                continue;
            }
            let stalled = self.running.iter().rposition(Sequence::is_stalled);
            let victim = stalled.unwrap_or(self.running.len() - 1);
            if victim == share.which && self.running.len() == 1 {
                // Alone and still too long: cannot be, its length was checked against all blocks there are.
                return false;
            }
            self.preempt(victim, shares);
            if victim == share.which {
                return false;
            }
            if victim < share.which {
                share.which -= 1;
            }
        }
    }

    fn preempt(&mut self, victim: usize, shares: &mut Vec<Share>) {
        let mut sequence = self.running.remove(victim);
        sequence.suspend(&mut self.blocks);
        self.preemptions += 1;
        shares.retain(|s| s.which != victim);
        for share in shares {
            share.which -= usize::from(share.which > victim);
        }
        self.waiting.push_front(sequence);
    }

    pub fn batch(&self, shares: &[Share]) -> Result<Batch> {
        let mut batch = Batch::new();
        for share in shares {
            let s = &self.running[share.which];
            let mut tokens = s.tokens[s.done..s.done + share.count].to_vec();
            tokens.extend_from_slice(&share.draft);
            batch.push(&s.table, &tokens, s.done, s.reach, share.want)?;
        }
        Ok(batch)
    }

    /// Those whose next token is chosen under a constraint.
    pub fn guided<'a>(&'a mut self, shares: &'a [Share]) -> Vec<(&'a mut Sequence, &'a Share)> {
        let running = self.running.iter_mut().enumerate();
        let with_share = running.filter_map(|(i, sequence)| {
            let share = shares.iter().find(|s| s.which == i)?;
            sequence.is_guided(share).then_some((sequence, share))
        });
        with_share.collect()
    }

    /// Hands the step's rows to their sequences; those that end leave.
    pub fn settle(&mut self, shares: &[Share], rows: &[Vec<f32>]) {
        let mut rows = rows;
        let mut ended = Vec::new();
        for share in shares {
            let (own, rest) = rows.split_at(share.rows().min(rows.len()));
            rows = rest;
            let sequence = &mut self.running[share.which];
            if sequence.take(share, own, &mut self.blocks) {
                ended.push(share.which);
            }
            if !own.is_empty() {
                // In order, before all others: they belong to a request that has begun.
                let siblings = std::mem::take(&mut sequence.siblings);
                for sibling in siblings.into_iter().rev() {
                    self.waiting.push_front(sibling);
                }
            }
        }
        for sequence in self.take(ended) {
            self.part(sequence);
        }
    }

    /// Ends every sequence with an error: the step that they were in went wrong.
    pub fn fail(&mut self, shares: &[Share], error: &impl Fn() -> SeamError) {
        for mut sequence in self.take(shares.iter().map(|s| s.which).collect()) {
            sequence.fail(error);
            self.part(sequence);
        }
    }

    /// Ends everything: the engine closes.
    pub fn close(&mut self, error: &impl Fn() -> SeamError) {
        let all = self.running.drain(..).chain(self.waiting.drain(..));
        for mut sequence in all.collect::<Vec<_>>() {
            sequence.fail(error);
            self.part(sequence);
        }
    }
}
