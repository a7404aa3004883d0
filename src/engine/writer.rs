//! An answer in the making: chooses its tokens, and tells them.
//!
//! It sees scores and token ids; the [`Voice`] beside it makes text of them. It does not know blocks, batches
//! or other sequences.

use std::{collections::VecDeque, sync::Arc, time::Instant};

use ferrule_model::Loaded;
use ferrule_types::{Error as SeamError, Finish, Generated, Sampling, Usage};

use crate::{
    Error, Result,
    constraint::{Guide, Mask},
    door::{Outlet, Sent},
    draft::{Drafter, Drafters},
    meter::Meter,
    sample::{Breakers, Choice, Nothing, Sampler},
    text::Voice,
};

/// What an answer is made with.
pub struct Writer {
    pub choice: u32,
    sampling: Arc<Sampling>,
    /// The tokens that end an answer by themselves.
    ends: Arc<[u32]>,
    /// All that end it, which must not come too early; in order.
    early: Vec<u32>,
    sampler: Sampler,
    /// What it may write, and the masks of the step's rows.
    guide: Option<Guide>,
    masks: Result<Vec<Option<Mask>>>,
    /// Makes the drafter when the answer begins: it is several times as large as the prompt, and of a hundred answers
    /// to one request most wait.
    drafters: Option<Drafters>,
    drafter: Option<Box<dyn Drafter>>,
    /// Whether the draft that is out was guessed, rather than forced by the constraint.
    is_guess: bool,
    voice: Voice,
    meter: Arc<Meter>,
    outlet: Outlet,
    /// Told but not taken: the reader is behind.
    backlog: VecDeque<std::result::Result<Generated, SeamError>>,
    gone: bool,
    /// What the first item says; taken when it is told.
    start: Option<Generated>,
    /// The most tokens that the answer may have, and how many it has.
    room: usize,
    made: usize,
    usage: Usage,
    arrived: Instant,
    began: Option<Instant>,
    first: Option<Instant>,
    latest: Option<Instant>,
    is_finished: bool,
}

/// What all answers of a request share.
#[derive(Clone)]
pub struct Common {
    pub model: Arc<Loaded>,
    pub sampling: Arc<Sampling>,
    pub seed: u64,
    pub meter: Arc<Meter>,
    pub outlet: Outlet,
    pub room: usize,
    pub guide: Option<Guide>,
    pub drafters: Option<Drafters>,
    pub breakers: Option<Arc<Breakers>>,
}

impl Writer {
    /// `start` is told before the first piece, by one answer of a request.
    pub fn new(common: &Common, choice: u32, prompt: &[u32], start: Option<Generated>) -> Self {
        let sampling = &common.sampling;
        let ends: Arc<[u32]> = common.model.card.eos.as_slice().into();
        let mut early = Vec::new();
        if sampling.min_tokens > 0 {
            early = [&ends, sampling.stop_token_ids.as_slice()].concat();
            early.sort_unstable();
            early.dedup();
        }
        Self {
            choice,
            sampler: Sampler::new(
                sampling,
                prompt,
                common.seed,
                choice,
                common.breakers.clone(),
            ),
            guide: common.guide.clone(),
            masks: Ok(Vec::new()),
            drafters: common.drafters.clone(),
            drafter: None,
            is_guess: false,
            voice: Voice::new(&common.model, &sampling.stop, choice),
            sampling: Arc::clone(sampling),
            ends,
            early,
            meter: Arc::clone(&common.meter),
            outlet: common.outlet.clone(),
            backlog: VecDeque::new(),
            gone: false,
            usage: Usage {
                // Counted for the first answer only.
                prompt_tokens: start.as_ref().map_or(0, |_| prompt.len() as u64),
                ..Usage::default()
            },
            start,
            room: common.room,
            made: 0,
            arrived: Instant::now(),
            began: None,
            first: None,
            latest: None,
            is_finished: false,
        }
    }

    /// Its first step comes; so much of the prompt was in the cache. After a preemption it begins again.
    pub fn begin(&mut self, prompt: &[u32], cached: usize) {
        if self.began.is_some() {
            return;
        }
        self.drafter = self.drafters.take().map(|make| make(prompt));
        self.began = Some(Instant::now());
        self.usage.queued = self.arrived.elapsed();
        if let Some(start) = self.start.take() {
            self.usage.cached_tokens = cached as u64;
            self.meter.count(|s| {
                s.prompt_tokens += self.usage.prompt_tokens;
                s.cached_tokens += cached as u64;
                s.prefix_hits += u64::from(cached > 0);
            });
            self.tell(start);
        }
    }

    /// Tokens that may come next, to be computed at a venture: what the constraint forces, or what is guessed.
    pub fn draft(&mut self, most: usize, cost: f32) -> Vec<u32> {
        let most = most.min(self.room - self.made - 1);
        if most == 0 {
            return Vec::new();
        }
        let forced = self.guide.as_mut().map(|guide| guide.forced(most));
        let forced = forced.unwrap_or_default();
        self.is_guess = forced.is_empty();
        match &mut self.drafter {
            Some(drafter) if self.is_guess => drafter.propose(most, cost),
            _ => forced,
        }
    }

    /// Whether masks are needed for the rows that come.
    pub fn is_guided(&self) -> bool {
        self.guide.is_some()
    }

    /// Finds out what it may write after what is written, and after each token of the draft. Done while the model
    /// computes.
    pub fn prepare(&mut self, draft: &[u32]) {
        if let Some(guide) = &mut self.guide {
            self.masks = guide.masks(draft);
        }
    }

    /// What became of a draft.
    pub fn learn(&mut self, proposed: usize, accepted: usize) {
        if proposed == 0 {
            return;
        }
        if let (true, Some(drafter)) = (self.is_guess, &mut self.drafter) {
            drafter.learn(proposed, accepted);
        }
        self.meter.count(|s| {
            s.drafted_tokens += proposed as u64;
            s.accepted_tokens += accepted as u64;
        });
    }

    /// Chooses the next token by a step's row number `nth` and tells it; `None` if it was the last.
    pub fn write(&mut self, row: &[f32], nth: usize) -> Option<u32> {
        let choice = match self.choose(row, nth) {
            Ok(choice) => choice,
            Err(error) => {
                self.fail(error.into());
                return None;
            }
        };
        self.made += 1;
        self.count();
        if let Some(finish) = self.ended_by(choice.token) {
            self.finish(finish);
            return None;
        }
        let may_stop = self.made >= self.sampling.min_tokens;
        let ranked = choice.logprob.as_ref();
        let (pieces, stop) = self.voice.say(choice.token, ranked, may_stop);
        for piece in pieces {
            self.tell(Generated::Piece(piece));
        }
        let finish = if let Some(stop) = stop {
            self.voice.hush();
            Some(Finish::StopString(stop))
        } else if self.guide.as_ref().is_some_and(Guide::is_done) {
            Some(Finish::Matched)
        } else {
            (self.made == self.room).then_some(Finish::Length)
        };
        let Some(finish) = finish else {
            return Some(choice.token);
        };
        self.finish(finish);
        None
    }

    fn choose(&mut self, row: &[f32], nth: usize) -> Result<Choice> {
        let early = self.made < self.sampling.min_tokens;
        let forbidden: &[u32] = if early { &self.early } else { &[] };
        let position = self.usage.prompt_tokens as usize + self.made;
        let masks = std::mem::replace(&mut self.masks, Ok(Vec::new()))?;
        // Behind a token that might have ended it no mask was made beforehand.
        let late = match (masks.get(nth), &mut self.guide) {
            (None, Some(guide)) => guide.mask()?,
            _ => None,
        };
        let mask = masks.get(nth).and_then(Option::as_ref).or(late.as_ref());
        let choice = self.sampler.choose(row, forbidden, mask);
        self.masks = Ok(masks);
        let choice = choice.map_err(|nothing| match nothing {
            Nothing::NotFinite => Error::NotFinite { position },
            Nothing::NotAllowed => Error::NothingAllowed { position },
        })?;
        self.sampler.accept(choice.token);
        if let Some(drafter) = &mut self.drafter {
            drafter.extend(&[choice.token]);
        }
        if let Some(guide) = &mut self.guide {
            guide.accept(choice.token)?;
        }
        Ok(choice)
    }

    fn count(&mut self) {
        let now = Instant::now();
        self.usage.completion_tokens += 1;
        let latest = self.latest.replace(now);
        if self.first.is_none() {
            self.first = Some(now);
        }
        let arrived = self.arrived;
        self.meter.count(|s| {
            s.completion_tokens += 1;
            match latest {
                None => s.first_token.add(now - arrived),
                Some(latest) => s.inter_token.add(now - latest),
            }
        });
    }

    fn ended_by(&self, token: u32) -> Option<Finish> {
        if self.sampling.stop_token_ids.contains(&token) {
            return Some(Finish::StopToken(token));
        }
        let ends = !self.sampling.ignore_eos && self.ends.contains(&token);
        ends.then_some(Finish::Stop)
    }

    /// Tells what was held back, and the end.
    pub fn finish(&mut self, finish: Finish) {
        if self.is_finished {
            return;
        }
        // Of a sequence that never began, too, the reader hears how it was.
        self.begin(&[], 0);
        if let Some(piece) = self.voice.rest() {
            self.tell(Generated::Piece(piece));
        }
        let now = Instant::now();
        let began = self.began.unwrap_or(now);
        let first = self.first.unwrap_or(now);
        self.usage.prompt = first - began;
        self.usage.completion = now - first;
        self.tell(Generated::End {
            choice: self.choice,
            finish,
            usage: self.usage,
        });
        self.is_finished = true;
    }

    pub fn fail(&mut self, error: SeamError) {
        if !self.is_finished {
            self.send(Err(error));
            self.is_finished = true;
        }
    }

    fn tell(&mut self, item: Generated) {
        self.send(Ok(item));
    }

    fn send(&mut self, item: std::result::Result<Generated, SeamError>) {
        if self.gone || self.is_finished {
            return;
        }
        if !self.backlog.is_empty() {
            return self.backlog.push_back(item);
        }
        match self.outlet.send(item) {
            Sent::Yes => {}
            Sent::Gone => self.gone = true,
            Sent::Full(item) => self.backlog.push_back(*item),
        }
    }

    /// Tries to tell what is left.
    pub fn flush(&mut self) {
        while let Some(item) = self.backlog.pop_front() {
            match self.outlet.send(item) {
                Sent::Yes => {}
                Sent::Gone => {
                    self.gone = true;
                    self.backlog.clear();
                }
                Sent::Full(item) => {
                    self.backlog.push_front(*item);
                    break;
                }
            }
        }
    }

    pub fn is_stalled(&self) -> bool {
        !self.backlog.is_empty()
    }

    pub fn is_gone(&self) -> bool {
        self.gone || self.outlet.is_gone()
    }
}
