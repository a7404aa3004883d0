use std::sync::Arc;

use llguidance::Matcher;
use toktrie::{TokEnv, TokTrie};

use super::{
    Mask,
    compile::plainly,
    watch::{Tail, Watch},
};
use crate::{Error, Result};

/// One sequence's way through its constraint. A clone goes its own way.
#[derive(Clone)]
pub struct Guide {
    rules: Arc<Rules>,
    /// What a match begins with; kept only where a match can begin more than once.
    fresh: Option<Box<Matcher>>,
    phase: Phase,
    /// Whether the match may end here. Kept beside the phase, as asking the matcher changes it.
    accepting: bool,
    /// Between two matches that stand side by side.
    between: bool,
    ignore_ends: bool,
}

/// What all guides of one constraint share.
pub(super) struct Rules {
    pub env: TokEnv,
    /// The marks after which a match begins; without them it begins at once.
    pub watch: Option<Watch>,
    pub many: bool,
    /// The tokens that end an answer.
    pub ends: Vec<u32>,
}

#[derive(Clone)]
enum Phase {
    /// Free text, in which a mark may come.
    Free(Tail),
    Within(Box<Matcher>),
    /// Matched, and nothing may follow.
    Done,
}

impl Guide {
    pub(super) fn new(rules: Rules, matcher: Matcher) -> Result<Self> {
        let matcher = Box::new(matcher);
        let again = rules.many || rules.watch.is_some();
        let mut guide = Self {
            fresh: again.then(|| matcher.clone()),
            phase: match rules.watch {
                Some(_) => Phase::Free(Tail::default()),
                None => Phase::Within(matcher),
            },
            rules: Arc::new(rules),
            accepting: false,
            between: false,
            ignore_ends: false,
        };
        guide.settle()?;
        Ok(guide)
    }

    /// Goes on while the constraint allows anything but the end, as `ignore_eos` asks for.
    pub fn ignore_ends(mut self, ignore: bool) -> Self {
        self.ignore_ends = ignore;
        self
    }

    /// The tokens that are allowed here; `None` where all are. Those that end an answer are among them where the
    /// constraint may end.
    pub fn mask(&mut self) -> Result<Option<Mask>> {
        let rules = &*self.rules;
        let size = rules.trie().vocab_size();
        let mut mask = match &mut self.phase {
            Phase::Free(tail) => {
                let watch = rules.watch.as_ref();
                let wrong = watch.map(|w| w.overruns(tail)).unwrap_or_default();
                return Ok((!wrong.is_empty()).then(|| Mask::all_but(&wrong, size)));
            }
            Phase::Done => return Ok(Some(Mask::only(&rules.ends, size))),
            // The match may be left here for free text.
            Phase::Within(_) if self.accepting && rules.many && rules.watch.is_some() => {
                return Ok(None);
            }
            Phase::Within(matcher) => Mask::new(matcher.compute_mask_or_eos().map_err(stuck)?),
        };
        if rules.many && (self.accepting || self.between) {
            // Another match may stand beside this one, or the answer end between them.
            if let (true, Some(fresh)) = (self.accepting, &mut self.fresh) {
                mask.join(&Mask::new(fresh.compute_mask().map_err(stuck)?));
            }
            mask.allow(&self.rules.ends);
        }
        if self.ignore_ends {
            mask.prefer_others_than(&self.rules.ends);
        }
        Ok(Some(mask))
    }

    /// The mask here, and those behind each of the draft's tokens; ends before a token that is not allowed, and behind
    /// one that ends the answer.
    pub fn masks(&mut self, draft: &[u32]) -> Result<Vec<Option<Mask>>> {
        let mut masks = vec![self.mask()?];
        let allowed = |masks: &[Option<Mask>], id: u32| {
            let last = masks.last().and_then(Option::as_ref);
            last.is_none_or(|mask| mask.allows(id))
        };
        if !self.can_roll_back() {
            let mut guide = self.clone();
            for id in draft {
                if !allowed(&masks, *id) || self.rules.ends.contains(id) {
                    break;
                }
                guide.accept(*id)?;
                masks.push(guide.mask()?);
            }
            return Ok(masks);
        }
        let (ends, ignore) = (&self.rules.ends, self.ignore_ends);
        let Phase::Within(matcher) = &mut self.phase else {
            return Ok(masks);
        };
        let mut consumed = 0;
        let mut walk = || -> Result<()> {
            for id in draft {
                if !allowed(&masks, *id) || ends.contains(id) {
                    break;
                }
                matcher.consume_token(*id).map_err(stuck)?;
                consumed += 1;
                let mut mask = Mask::new(matcher.compute_mask_or_eos().map_err(stuck)?);
                if ignore {
                    mask.prefer_others_than(ends);
                }
                masks.push(Some(mask));
                if matcher.is_stopped() {
                    break;
                }
            }
            Ok(())
        };
        walk()?;
        matcher.rollback(consumed).map_err(stuck)?;
        Ok(masks)
    }

    /// Goes behind a token that the mask allowed.
    pub fn accept(&mut self, token: u32) -> Result<()> {
        match &mut self.phase {
            Phase::Done if self.rules.ends.contains(&token) => Ok(()),
            Phase::Done => Err(refused(token)),
            Phase::Free(_) => self.accept_free(token),
            Phase::Within(matcher) => {
                let ends = self.rules.ends.contains(&token);
                if ends && (self.accepting || self.between) {
                    self.phase = Phase::Done;
                    return self.settle();
                }
                if matcher.validate_tokens(&[token]).map_err(stuck)? == 1 {
                    matcher.consume_token(token).map_err(stuck)?;
                    self.between = false;
                    return self.settle();
                }
                if !(self.rules.many && self.accepting) {
                    return Err(refused(token));
                }
                self.begin_again();
                self.accept(token)
            }
        }
    }

    /// The tokens that the grammar forces next, at most so many. The usual spelling of forced text is forced too, so
    /// the mask allows just these.
    pub fn forced(&mut self, most: usize) -> Vec<u32> {
        if self.accepting {
            return Vec::new();
        }
        let Phase::Within(matcher) = &mut self.phase else {
            return Vec::new();
        };
        let mut tokens = matcher.compute_ff_tokens();
        tokens.truncate(most);
        tokens
    }

    /// Matched, and nothing further is allowed.
    pub fn is_done(&self) -> bool {
        matches!(self.phase, Phase::Done)
    }

    /// Whether the answer may end here.
    #[cfg(test)]
    pub fn may_end(&self) -> bool {
        match self.phase {
            Phase::Free(_) | Phase::Done => true,
            Phase::Within(_) => self.accepting || self.between,
        }
    }

    /// Whether a match is being written, which an end would cut off or which text would spoil.
    #[cfg(test)]
    pub fn holds(&self) -> bool {
        !matches!(self.phase, Phase::Free(_))
    }

    fn accept_free(&mut self, token: u32) -> Result<()> {
        let rules = Arc::clone(&self.rules);
        let (Phase::Free(tail), Some(watch)) = (&mut self.phase, &rules.watch) else {
            return Err(refused(token));
        };
        let Some(rest) = watch.push(tail, token, rules.trie()) else {
            return Ok(());
        };
        let Some(mut matcher) = self.fresh.clone() else {
            return Err(refused(token));
        };
        let ids = rules.trie().greedy_tokenize(&rest);
        if matcher.validate_tokens(&ids).map_err(stuck)? != ids.len() {
            return Err(refused(token));
        }
        matcher.consume_tokens(&ids).map_err(stuck)?;
        self.phase = Phase::Within(matcher);
        self.settle()
    }

    /// Finds out what may follow, once the matcher has moved.
    fn settle(&mut self) -> Result<()> {
        let Phase::Within(matcher) = &mut self.phase else {
            self.accepting = false;
            return Ok(());
        };
        if !matcher.is_stopped() {
            self.accepting = matcher.is_accepting().map_err(stuck)?;
            return Ok(());
        }
        if !matcher.stop_reason().is_ok() {
            let reason = matcher.stop_reason().to_string();
            let problem = matcher.get_error().unwrap_or(reason);
            return Err(Error::Stuck {
                problem: plainly(&problem),
            });
        }
        self.accepting = false;
        if self.rules.many {
            self.begin_again();
        } else {
            self.phase = Phase::Done;
        }
        Ok(())
    }

    fn begin_again(&mut self) {
        self.accepting = false;
        self.phase = match (&self.rules.watch, &self.fresh) {
            (Some(_), _) => Phase::Free(Tail::default()),
            (None, Some(fresh)) => {
                self.between = true;
                Phase::Within(fresh.clone())
            }
            (None, None) => Phase::Done,
        };
    }

    /// Whether a token changes nothing but the matcher, which can go back by itself.
    fn can_roll_back(&self) -> bool {
        !self.rules.many && matches!(self.phase, Phase::Within(_))
    }
}

impl Rules {
    fn trie(&self) -> &TokTrie {
        self.env.tok_trie()
    }
}

fn stuck(e: impl std::fmt::Display) -> Error {
    Error::Stuck {
        problem: plainly(&e.to_string()),
    }
}

fn refused(token: u32) -> Error {
    Error::Stuck {
        problem: format!("token {token} is not allowed here"),
    }
}
