use std::{collections::BTreeMap, fmt, ops::RangeInclusive};

use serde::{Deserialize, Serialize};

use crate::Error;

/// How the next token is chosen, and when to stop. The default is greedy and runs until the model
/// stops.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sampling {
    /// Absent or 0 is greedy: always the likeliest token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Only the likeliest `top_k`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u32>,
    /// Only the likeliest whose probabilities together reach `top_p`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Only those at least `min_p` times as likely as the likeliest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_p: Option<f64>,

    /// Divides the score of what occurred in prompt or answer; 1 does nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repetition_penalty: Option<f64>,
    /// Taken off the score of what occurred in the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// Taken off once for each time it occurred in the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry: Option<Dry>,
    /// Added to the scores of these tokens.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub logit_bias: BTreeMap<u32, f64>,

    /// The same seed and the same request give the same answer on the same machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// How many answers.
    pub n: u32,

    /// Whether each token comes with its log probability, and with those of how many likelier ones.
    pub logprobs: bool,
    pub top_logprobs: u32,

    /// Texts that end the answer and are no part of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
    /// Tokens that end the answer beside the model's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop_token_ids: Vec<u32>,
    /// Absent: as many as the context has room for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<usize>,
    /// Before so many nothing ends the answer: no end of the model's, no stop token and no stop text.
    pub min_tokens: usize,
    /// Goes on past the model's own end.
    pub ignore_eos: bool,
    /// Cuts the start off a prompt that is too long instead of refusing it.
    pub truncate_sequence: bool,
}

/// "Don't repeat yourself": punishes the token that would go on with a passage that is already
/// there, the more the longer the passage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dry {
    /// 0 switches it off.
    pub multiplier: f64,
    pub base: f64,
    /// Passages up to this many tokens are free.
    pub allowed_length: usize,
    /// A passage does not reach across these.
    pub sequence_breakers: Vec<String>,
}

impl Default for Sampling {
    fn default() -> Self {
        Sampling {
            temperature: None,
            top_k: None,
            top_p: None,
            min_p: None,
            repetition_penalty: None,
            presence_penalty: None,
            frequency_penalty: None,
            dry: None,
            logit_bias: BTreeMap::new(),
            seed: None,
            n: 1,
            logprobs: false,
            top_logprobs: 0,
            stop: Vec::new(),
            stop_token_ids: Vec::new(),
            max_tokens: None,
            min_tokens: 0,
            ignore_eos: false,
            truncate_sequence: false,
        }
    }
}

impl Default for Dry {
    /// The values of the method's author; they are everybody's defaults.
    fn default() -> Self {
        Dry {
            multiplier: 0.8,
            base: 1.75,
            allowed_length: 2,
            sequence_breakers: ["\n", ":", "\"", "*"].map(str::to_owned).to_vec(),
        }
    }
}

impl Sampling {
    pub fn is_greedy(&self) -> bool {
        self.temperature
            .is_none_or(|temperature| temperature == 0.0)
    }

    /// Says the first thing that no model could do. What depends on the model (the context's
    /// length, the vocabulary's size) is the engine's to check.
    pub fn check(&self) -> Result<(), Error> {
        within("temperature", self.temperature, 0.0..=f64::MAX, "0 or more")?;
        require(
            "top_k",
            self.top_k.is_none_or(|k| k > 0),
            "1 or more, or absent",
            0,
        )?;
        within(
            "top_p",
            self.top_p,
            f64::MIN_POSITIVE..=1.0,
            "above 0 and at most 1",
        )?;
        within("min_p", self.min_p, 0.0..=1.0, "from 0 to 1")?;
        within(
            "repetition_penalty",
            self.repetition_penalty,
            f64::MIN_POSITIVE..=f64::MAX,
            "above 0",
        )?;
        within(
            "presence_penalty",
            self.presence_penalty,
            -2.0..=2.0,
            "from -2 to 2",
        )?;
        within(
            "frequency_penalty",
            self.frequency_penalty,
            -2.0..=2.0,
            "from -2 to 2",
        )?;
        if let Some(dry) = &self.dry {
            dry.check()?;
        }
        for bias in self.logit_bias.values() {
            within(
                "logit_bias",
                Some(*bias),
                -100.0..=100.0,
                "from -100 to 100",
            )?;
        }
        self.check_counts()
    }

    fn check_counts(&self) -> Result<(), Error> {
        require("n", (1..=128).contains(&self.n), "from 1 to 128", self.n)?;
        require(
            "top_logprobs",
            self.top_logprobs <= 20,
            "from 0 to 20",
            self.top_logprobs,
        )?;
        let asked = self.logprobs || self.top_logprobs == 0;
        require(
            "top_logprobs",
            asked,
            "0 unless `logprobs` is true",
            self.top_logprobs,
        )?;
        require(
            "stop",
            self.stop.iter().all(|stop| !stop.is_empty()),
            "texts that are not empty",
            "\"\"",
        )?;
        require("max_tokens", self.max_tokens != Some(0), "1 or more", 0)?;
        let most = self.max_tokens.unwrap_or(usize::MAX);
        require(
            "min_tokens",
            self.min_tokens <= most,
            "at most `max_tokens`",
            self.min_tokens,
        )
    }
}

impl Dry {
    fn check(&self) -> Result<(), Error> {
        within(
            "dry.multiplier",
            Some(self.multiplier),
            0.0..=f64::MAX,
            "0 or more",
        )?;
        within("dry.base", Some(self.base), 1.0..=f64::MAX, "1 or more")
    }
}

fn within(
    field: &'static str,
    value: Option<f64>,
    range: RangeInclusive<f64>,
    allowed: &'static str,
) -> Result<(), Error> {
    // NaN lies in no range; infinity lies beyond the largest number.
    match value {
        Some(value) => require(field, range.contains(&value), allowed, value),
        None => Ok(()),
    }
}

fn require(
    field: &'static str,
    holds: bool,
    allowed: &'static str,
    got: impl fmt::Display,
) -> Result<(), Error> {
    if holds {
        Ok(())
    } else {
        Err(Error::invalid(field, allowed, got))
    }
}
