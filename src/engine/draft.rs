//! Guesses of what comes next, which the model then checks many at a time.
//!
//! The tokens of prompt and answer come in; a draft goes out, and how much of it was right comes back. A draft never
//! changes a text, only how fast it comes. It does not know what tokens mean, nor how they are checked.

use std::{collections::HashMap, sync::Arc};

/// Guesses tokens. A small model could be one.
pub trait Drafter: Send {
    /// The next tokens, as far as it pays to guess them; at most so many. `cost` is what one more row of a step
    /// costs, as a share of a step with one row: 0.15 to 0.35 for a lone sequence on a CPU, nearly 1 where many
    /// share the step.
    fn propose(&mut self, most: usize, cost: f32) -> Vec<u32>;
    /// Takes note of tokens that stand now behind the text.
    fn extend(&mut self, tokens: &[u32]);
    /// Takes note of how many proposed tokens were checked, and how many of these were right.
    fn learn(&mut self, proposed: usize, accepted: usize);
}

/// Makes a drafter for an answer to this prompt.
pub type Drafters = Arc<dyn Fn(&[u32]) -> Box<dyn Drafter> + Send + Sync>;

/// The longest draft: beyond it even good guesses are often wrong.
const LONGEST: usize = 12;
const SHORTEST: usize = 2;
/// How much one checked draft counts against all before it.
const FRESHNESS: f32 = 0.25;
/// The longest wait for another try, in tokens.
const PATIENCE: u32 = 256;

/// Looks the last tokens up in the text so far, and proposes what followed them there. It pays where an answer repeats
/// its prompt or itself: code, quotations, tool calls.
pub struct Lookup {
    text: Vec<u32>,
    /// What stands behind three (two) tokens where they stood last.
    threes: HashMap<[u32; 3], u32>,
    twos: HashMap<[u32; 2], u32>,
    pace: Pace,
}

/// How much to guess, as experience tells.
struct Pace {
    /// The share of proposed tokens that were right, lately.
    share: f32,
    length: usize,
    /// Drafts that were wrong from their first token, one after another.
    misses: u32,
    /// Tokens to wait before the next draft.
    wait: u32,
}

impl Lookup {
    pub fn new(prompt: &[u32]) -> Self {
        let mut lookup = Self {
            text: Vec::with_capacity(prompt.len() * 2),
            threes: HashMap::with_capacity(prompt.len()),
            twos: HashMap::with_capacity(prompt.len()),
            pace: Pace::new(),
        };
        lookup.write(prompt);
        lookup
    }

    fn write(&mut self, tokens: &[u32]) {
        for token in tokens {
            // A place is known only from the next token on, so that the end does not find itself.
            let at = self.text.len() as u32;
            if let Some(last) = self.text.last_chunk::<3>() {
                self.threes.insert(*last, at);
            }
            if let Some(last) = self.text.last_chunk::<2>() {
                self.twos.insert(*last, at);
            }
            self.text.push(*token);
        }
    }

    /// Where the text went on after its last tokens, and how many of them were found.
    fn place(&self) -> Option<(usize, usize)> {
        let three = self.text.last_chunk::<3>().and_then(|n| self.threes.get(n));
        if let Some(at) = three {
            return Some((*at as usize, 3));
        }
        let two = self.text.last_chunk::<2>().and_then(|n| self.twos.get(n));
        two.map(|at| (*at as usize, 2))
    }
}

impl Drafter for Lookup {
    fn propose(&mut self, most: usize, cost: f32) -> Vec<u32> {
        if self.pace.wait > 0 {
            return Vec::new();
        }
        let Some((at, found)) = self.place() else {
            return Vec::new();
        };
        let most = self.pace.pays(cost.max(0.01), found).min(most);
        // What was found may reach up to the end: then it goes on with itself, as loops do.
        let period = self.text.len() - at;
        (0..most).map(|i| self.text[at + i % period]).collect()
    }

    fn extend(&mut self, tokens: &[u32]) {
        self.write(tokens);
        self.pace.wait = self.pace.wait.saturating_sub(tokens.len() as u32);
    }

    fn learn(&mut self, proposed: usize, accepted: usize) {
        if proposed > 0 {
            self.pace.learn(proposed, accepted.min(proposed));
        }
    }
}

impl Pace {
    fn new() -> Self {
        Self {
            share: 0.6,
            length: 3,
            misses: 0,
            wait: 0,
        }
    }

    /// How many tokens to guess: a row more costs `cost`, and wins a step if all up to it are right.
    fn pays(&self, cost: f32, found: usize) -> usize {
        // Two tokens alone say little: they count only where guesses have mostly been right.
        if found < 3 && self.share < 0.7 {
            return 0;
        }
        let share = self.share.clamp(0.05, 0.98);
        let mut right = 1.0;
        let mut length = 0;
        while length < self.length {
            right *= share;
            if right <= cost {
                break;
            }
            length += 1;
        }
        // A try even where the past says no: misses make the waits before it long.
        let tries = cost < 0.6 && found >= 3;
        if length == 0 && tries { 1 } else { length }
    }

    fn learn(&mut self, proposed: usize, accepted: usize) {
        let share = accepted as f32 / proposed as f32;
        self.share += FRESHNESS * (share - self.share);
        if accepted == proposed {
            self.length = (self.length + 2).min(LONGEST);
            self.misses = 0;
            return;
        }
        self.length = (accepted + 1).clamp(SHORTEST, LONGEST);
        if accepted > 0 {
            self.misses = 0;
            return;
        }
        self.misses += 1;
        self.wait = (1 << self.misses.min(8)).min(PATIENCE);
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt as _, SeedableRng as _};
    use rand_chacha::ChaCha8Rng;

    use super::{Drafter as _, LONGEST, Lookup};

    const COST: f32 = 0.2;

    /// Writes a text with drafts checked against it; (steps taken, rows computed beyond one each, wasted rows).
    fn write(prompt: &[u32], text: &[u32], cost: f32) -> (usize, usize, usize) {
        let mut lookup = Lookup::new(prompt);
        let (mut at, mut steps, mut rows, mut wasted) = (0, 0, 0, 0);
        while at < text.len() {
            let draft = lookup.propose(usize::MAX, cost);
            let rest = &text[at..];
            let right = draft.iter().zip(rest).take_while(|(a, b)| a == b).count();
            lookup.learn(draft.len(), right);
            // The checked tokens, and the one that the step itself tells.
            let written = (right + 1).min(rest.len());
            lookup.extend(&rest[..written]);
            (steps, rows) = (steps + 1, rows + draft.len());
            wasted += draft.len().min(rest.len()) - right;
            at += written;
        }
        (steps, rows, wasted)
    }

    #[test]
    fn a_text_that_repeats_its_prompt_is_proposed_right_and_in_ever_longer_drafts() {
        let prompt: Vec<u32> = (0..400).collect();
        let (steps, _, wasted) = write(&prompt, &prompt[100..], 0.25);
        assert!(wasted <= 2, "{wasted}");
        assert!(steps < 60, "{steps} steps for 300 tokens");
    }

    #[test]
    fn what_stood_last_behind_the_same_tokens_is_proposed() {
        let mut lookup = Lookup::new(&[1, 2, 3, 10, 11, 5, 1, 2, 3, 20, 21, 6, 1, 2, 3]);
        assert_eq!(lookup.propose(2, COST), [20, 21]);
        lookup.extend(&[20]);
        assert_eq!(lookup.propose(2, COST), [21, 6]);
        assert!(lookup.propose(0, COST).is_empty());
    }

    #[test]
    fn a_loop_goes_on_with_itself() {
        let mut lookup = Lookup::new(&[7, 8, 7, 8, 7, 8]);
        assert_eq!(lookup.propose(3, COST), [7, 8, 7]);
    }

    #[test]
    fn tokens_that_never_stood_side_by_side_are_followed_by_no_guess() {
        let mut lookup = Lookup::new(&(0..100).collect::<Vec<_>>());
        assert!(lookup.propose(8, COST).is_empty());
        lookup.extend(&[50, 3]);
        assert!(lookup.propose(8, COST).is_empty());
        assert!(Lookup::new(&[]).propose(8, COST).is_empty());
        assert!(Lookup::new(&[1, 1]).propose(8, COST).is_empty());
    }

    #[test]
    fn wrong_guesses_are_followed_by_ever_longer_silence_and_then_a_try() {
        let prompt: Vec<u32> = [1, 2, 3].repeat(50);
        let mut lookup = Lookup::new(&prompt);
        let mut silences = Vec::new();
        for _ in 0..6 {
            let mut silence = 0;
            while lookup.propose(8, COST).is_empty() {
                lookup.extend(&[1, 2, 3]);
                silence += 3;
                assert!(silence < 1000, "no further try");
            }
            silences.push(silence);
            lookup.learn(2, 0);
        }
        assert!(silences.is_sorted(), "{silences:?}");
        assert!(silences[5] > 4 * silences[1].max(1), "{silences:?}");
        for _ in 0..40 {
            lookup.extend(&[1, 2, 3]);
            let draft = lookup.propose(usize::MAX, COST).len();
            lookup.learn(draft, draft);
        }
        assert_eq!(lookup.propose(usize::MAX, COST).len(), LONGEST);
    }

    #[test]
    fn random_text_is_hardly_ever_guessed_at() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        // Few words, so that pairs and triples do come back.
        let text: Vec<u32> = (0..6000).map(|_| random.random_range(0..24)).collect();
        let (steps, rows, _) = write(&text[..1000], &text[1000..], 0.25);
        assert!(rows * 33 < steps, "{rows} rows in {steps} steps");
    }

    #[test]
    fn where_a_row_costs_as_much_as_a_step_nothing_is_guessed() {
        let prompt: Vec<u32> = (0..400).collect();
        let (steps, rows, _) = write(&prompt, &prompt[100..], 1.0);
        assert_eq!((steps, rows), (300, 0));
    }
}
