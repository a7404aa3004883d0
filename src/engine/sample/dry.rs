//! "Don't repeat yourself": which tokens would go on with a passage that is already there, and how long it is.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use ferrule_model::text::Tokenizer;
use ferrule_types::Dry;

/// The tokens that no passage reaches across.
#[derive(Debug, Default)]
pub struct Breakers(Vec<bool>);

impl Breakers {
    /// All tokens that contain one of the texts. A text that no token holds breaks at the last token that spells it.
    fn find(tokenizer: &Tokenizer, texts: &[String]) -> Self {
        let mut broken = vec![false; tokenizer.vocab_size()];
        let mut found = vec![false; texts.len()];
        for (id, broken) in broken.iter_mut().enumerate() {
            let word = tokenizer.token_bytes(id as u32).unwrap_or_default();
            for (text, found) in texts.iter().zip(&mut found) {
                let text = text.as_bytes();
                if !text.is_empty() && word.windows(text.len()).any(|w| w == text) {
                    (*broken, *found) = (true, true);
                }
            }
        }
        for (text, _) in texts.iter().zip(found).filter(|(_, found)| !found) {
            let last = tokenizer
                .encode_plain(text)
                .ok()
                .and_then(|ids| ids.last().copied());
            if let Some(broken) = last.and_then(|id| broken.get_mut(id as usize)) {
                *broken = true;
            }
        }
        Self(broken)
    }

    #[cfg(test)]
    pub(super) fn of(ids: &[u32]) -> Self {
        let size = ids.iter().max().map_or(0, |id| *id as usize + 1);
        let mut broken = vec![false; size];
        for id in ids {
            broken[*id as usize] = true;
        }
        Self(broken)
    }

    fn has(&self, id: u32) -> bool {
        self.0.get(id as usize).copied().unwrap_or(false)
    }
}

/// The breakers of one model. They are nearly always the same texts, and finding them looks at the whole vocabulary.
pub struct BreakerTable {
    tokenizer: Tokenizer,
    last: Mutex<Option<(Vec<String>, Arc<Breakers>)>>,
}

impl BreakerTable {
    pub fn new(tokenizer: &Tokenizer) -> Self {
        Self {
            tokenizer: tokenizer.clone(),
            last: Mutex::default(),
        }
    }

    pub fn of(&self, dry: &Dry) -> Arc<Breakers> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((texts, breakers)) if *texts == dry.sequence_breakers => Arc::clone(breakers),
            _ => {
                let texts = dry.sequence_breakers.clone();
                let breakers = Arc::new(Breakers::find(&self.tokenizer, &texts));
                *last = Some((texts, Arc::clone(&breakers)));
                breakers
            }
        }
    }
}

/// The passages of one text that its end repeats, kept up to date token by token: a step costs as much as its token
/// occurs often.
pub struct Passages {
    breakers: Arc<Breakers>,
    text: Vec<u32>,
    /// Where each token stands.
    places: HashMap<u32, Vec<u32>>,
    /// Where the end of the text also stands, and how much of it: the position behind it and the length, by position.
    matches: Vec<(u32, u32)>,
}

impl Passages {
    pub fn new(text: &[u32], breakers: Arc<Breakers>) -> Self {
        let mut places: HashMap<u32, Vec<u32>> = HashMap::new();
        for (at, token) in text.iter().enumerate() {
            places.entry(*token).or_default().push(at as u32);
        }
        Self {
            matches: ends(text, &breakers),
            text: text.to_vec(),
            places,
            breakers,
        }
    }

    pub fn push(&mut self, token: u32) {
        let before = std::mem::take(&mut self.matches);
        let places = self.places.entry(token).or_default();
        if !self.breakers.has(token) {
            let mut before = before.into_iter().peekable();
            for place in places.iter() {
                while before.next_if(|(at, _)| at < place).is_some() {}
                let longer = before.next_if(|(at, _)| at == place);
                let length = longer.map_or(1, |(_, length)| length + 1);
                self.matches.push((place + 1, length));
            }
        }
        places.push(self.text.len() as u32);
        self.text.push(token);
    }

    /// What to take off the scores, by token.
    pub fn penalties(&self, dry: &Dry) -> HashMap<u32, f32> {
        let mut longest: HashMap<u32, u32> = HashMap::new();
        for (at, length) in &self.matches {
            let Some(next) = self.text.get(*at as usize) else {
                continue;
            };
            if *length as usize >= dry.allowed_length && !self.breakers.has(*next) {
                let known = longest.entry(*next).or_default();
                *known = (*known).max(*length);
            }
        }
        let penalty = |length: u32| {
            let surplus = f64::from(length) - dry.allowed_length as f64;
            // A long passage would make it infinite, and infinity no score.
            (dry.multiplier * dry.base.powf(surplus)).min(1e30) as f32
        };
        longest
            .into_iter()
            .map(|(token, length)| (token, penalty(length)))
            .collect()
    }
}

/// The matches of a whole text at once, in one pass: the Z function of the text read backwards.
fn ends(text: &[u32], breakers: &Breakers) -> Vec<(u32, u32)> {
    let n = text.len();
    let most = text
        .iter()
        .rev()
        .take_while(|id| !breakers.has(**id))
        .count();
    let back = |at: usize| text[n - 1 - at];
    let mut z = vec![0usize; n];
    let (mut left, mut right) = (0, 0);
    for at in 1..n {
        let mut length = if at < right {
            z[at - left].min(right - at)
        } else {
            0
        };
        while at + length < n && back(length) == back(at + length) {
            length += 1;
        }
        if at + length > right {
            (left, right) = (at, at + length);
        }
        z[at] = length;
    }
    let found = z.iter().enumerate().skip(1).rev();
    found
        .map(|(at, length)| ((n - at) as u32, (*length).min(most) as u32))
        .filter(|(_, length)| *length > 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, path::Path, sync::Arc};

    use ferrule_model::text::Tokenizer;
    use ferrule_types::Dry;
    use rand::{RngExt as _, SeedableRng as _};
    use rand_chacha::ChaCha8Rng;

    use super::{BreakerTable, Breakers, Passages};

    /// The definition: every earlier place is compared backwards.
    fn slowly(text: &[u32], breakers: &Breakers, dry: &Dry) -> HashMap<u32, f32> {
        let mut longest: HashMap<u32, usize> = HashMap::new();
        for at in 1..text.len() {
            let pairs = text[..at].iter().rev().zip(text.iter().rev());
            let same = pairs.take_while(|(a, b)| a == b && !breakers.has(**a));
            let length = same.count();
            if length > 0 && length >= dry.allowed_length && !breakers.has(text[at]) {
                let known = longest.entry(text[at]).or_default();
                *known = (*known).max(length);
            }
        }
        let penalty =
            |l: usize| dry.multiplier * dry.base.powi(l as i32 - dry.allowed_length as i32);
        longest
            .into_iter()
            .map(|(t, l)| (t, penalty(l).min(1e30) as f32))
            .collect()
    }

    #[test]
    fn penalties_are_those_of_the_definition_however_the_text_came() {
        let mut random = ChaCha8Rng::seed_from_u64(11);
        for round in 0..60 {
            let kinds = random.random_range(1..6);
            let text: Vec<u32> = (0..120).map(|_| random.random_range(0..kinds)).collect();
            let breakers = Arc::new(if round % 2 == 0 {
                Breakers::of(&[3])
            } else {
                Breakers::default()
            });
            let dry = Dry {
                allowed_length: random.random_range(1..5),
                ..Dry::default()
            };
            let prompt = random.random_range(0..60);
            let mut passages = Passages::new(&text[..prompt], Arc::clone(&breakers));
            for at in prompt..text.len() {
                let (got, expected) = (
                    passages.penalties(&dry),
                    slowly(&text[..at], &breakers, &dry),
                );
                assert_eq!(got.len(), expected.len(), "{:?}", &text[..at]);
                for (token, penalty) in expected {
                    let relative = (got[&token] - penalty).abs() / penalty;
                    assert!(relative < 1e-5, "{token}: {} {penalty}", got[&token]);
                }
                passages.push(text[at]);
            }
        }
    }

    #[test]
    fn a_long_text_of_one_token_costs_no_square() {
        let started = std::time::Instant::now();
        let mut passages = Passages::new(&vec![7; 200_000], Arc::default());
        for _ in 0..20 {
            passages.push(7);
        }
        assert!(passages.penalties(&Dry::default())[&7] >= 1e29);
        assert!(started.elapsed().as_secs() < 5);
    }

    #[test]
    fn a_breaker_is_every_token_that_holds_its_text() {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/text/tiny-llama");
        let tokenizer = Tokenizer::from_dir(folder).expect("a tokenizer");
        let table = BreakerTable::new(&tokenizer);
        let breakers = table.of(&Dry::default());
        assert!(Arc::ptr_eq(&breakers, &table.of(&Dry::default())));
        let mut held = 0;
        for id in 0..tokenizer.vocab_size() as u32 {
            let word = tokenizer.token_bytes(id).unwrap_or_default();
            let holds = word.iter().any(|b| b"\n:\"*".contains(b));
            assert_eq!(breakers.has(id), holds, "{id}");
            held += usize::from(holds);
        }
        assert!(held >= 4);
        let long = Dry {
            sequence_breakers: vec!["a breaker of several words".into()],
            ..Dry::default()
        };
        let last = tokenizer
            .encode_plain("a breaker of several words")
            .expect("tokens");
        assert!(table.of(&long).has(*last.last().expect("one")));
    }
}
