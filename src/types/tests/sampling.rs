use std::collections::BTreeMap;

use serde_json::json;

use super::{golden, refusal};
use crate::{Dry, Sampling};

fn refused(sampling: &Sampling) -> String {
    sampling.check().unwrap_err().to_string()
}

#[test]
fn the_default_is_greedy_and_one_answer() {
    let default = Sampling::default();
    assert!(default.is_greedy());
    assert!(default.check().is_ok());
    golden(
        &default,
        &json!({
            "n": 1, "logprobs": false, "top_logprobs": 0, "min_tokens": 0, "ignore_eos": false, "truncate_sequence": false,
        }),
    );
    assert_eq!(serde_json::from_str::<Sampling>("{}").unwrap(), default);
}

#[test]
fn everything_that_can_be_set_passes_through_json() {
    let sampling = Sampling {
        temperature: Some(0.7),
        top_k: Some(40),
        top_p: Some(0.95),
        min_p: Some(0.05),
        repetition_penalty: Some(1.1),
        presence_penalty: Some(-0.5),
        frequency_penalty: Some(2.0),
        dry: Some(Dry::default()),
        logit_bias: BTreeMap::from([(7, -100.0)]),
        seed: Some(u64::MAX),
        n: 2,
        logprobs: true,
        top_logprobs: 5,
        stop: vec!["\n".into()],
        stop_token_ids: vec![2],
        max_tokens: Some(10),
        min_tokens: 1,
        ignore_eos: true,
        truncate_sequence: true,
    };
    assert!(sampling.check().is_ok() && !sampling.is_greedy());
    golden(
        &sampling,
        &json!({
            "temperature": 0.7, "top_k": 40, "top_p": 0.95, "min_p": 0.05,
            "repetition_penalty": 1.1, "presence_penalty": -0.5, "frequency_penalty": 2.0,
            "dry": {"multiplier": 0.8, "base": 1.75, "allowed_length": 2, "sequence_breakers": ["\n", ":", "\"", "*"]},
            "logit_bias": {"7": -100.0}, "seed": u64::MAX, "n": 2, "logprobs": true, "top_logprobs": 5,
            "stop": ["\n"], "stop_token_ids": [2], "max_tokens": 10, "min_tokens": 1, "ignore_eos": true,
            "truncate_sequence": true,
        }),
    );
}

#[test]
fn a_setting_that_nobody_knows_is_refused() {
    assert!(
        refusal::<Sampling>(&json!({"temprature": 1})).starts_with("unknown field `temprature`")
    );
}

#[test]
fn zero_temperature_is_greedy_and_allowed() {
    let sampling = Sampling {
        temperature: Some(0.0),
        ..Sampling::default()
    };
    assert!(sampling.is_greedy() && sampling.check().is_ok());
}

#[test]
fn numbers_out_of_range_are_refused_by_name_range_and_value() {
    for (field, text) in [
        (
            json!({"temperature": -0.1}),
            "`temperature` must be 0 or more, got -0.1",
        ),
        (
            json!({"top_k": 0}),
            "`top_k` must be 1 or more, or absent, got 0",
        ),
        (
            json!({"top_p": 0.0}),
            "`top_p` must be above 0 and at most 1, got 0",
        ),
        (
            json!({"top_p": 1.5}),
            "`top_p` must be above 0 and at most 1, got 1.5",
        ),
        (
            json!({"min_p": 1.01}),
            "`min_p` must be from 0 to 1, got 1.01",
        ),
        (
            json!({"repetition_penalty": 0.0}),
            "`repetition_penalty` must be above 0, got 0",
        ),
        (
            json!({"presence_penalty": 2.5}),
            "`presence_penalty` must be from -2 to 2, got 2.5",
        ),
        (
            json!({"frequency_penalty": -3.0}),
            "`frequency_penalty` must be from -2 to 2, got -3",
        ),
        (
            json!({"dry": {"multiplier": -1.0}}),
            "`dry.multiplier` must be 0 or more, got -1",
        ),
        (
            json!({"dry": {"base": 0.5}}),
            "`dry.base` must be 1 or more, got 0.5",
        ),
        (
            json!({"logit_bias": {"1": 101.0}}),
            "`logit_bias` must be from -100 to 100, got 101",
        ),
        (json!({"n": 0}), "`n` must be from 1 to 128, got 0"),
        (
            json!({"top_logprobs": 21, "logprobs": true}),
            "`top_logprobs` must be from 0 to 20, got 21",
        ),
        (
            json!({"top_logprobs": 1}),
            "`top_logprobs` must be 0 unless `logprobs` is true, got 1",
        ),
        (
            json!({"stop": ["a", ""]}),
            "`stop` must be texts that are not empty, got \"\"",
        ),
        (
            json!({"max_tokens": 0}),
            "`max_tokens` must be 1 or more, got 0",
        ),
        (
            json!({"max_tokens": 3, "min_tokens": 4}),
            "`min_tokens` must be at most `max_tokens`, got 4",
        ),
    ] {
        assert_eq!(refused(&serde_json::from_value(field).unwrap()), text);
    }
}

#[test]
fn what_is_not_a_number_is_in_no_range() {
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let default = Sampling::default;
        for sampling in [
            Sampling {
                temperature: Some(odd),
                ..default()
            },
            Sampling {
                top_p: Some(odd),
                ..default()
            },
            Sampling {
                min_p: Some(odd),
                ..default()
            },
            Sampling {
                repetition_penalty: Some(odd),
                ..default()
            },
            Sampling {
                presence_penalty: Some(odd),
                ..default()
            },
            Sampling {
                frequency_penalty: Some(odd),
                ..default()
            },
            Sampling {
                dry: Some(Dry {
                    base: odd,
                    ..Dry::default()
                }),
                ..default()
            },
            Sampling {
                logit_bias: BTreeMap::from([(1, odd)]),
                ..default()
            },
        ] {
            assert!(sampling.check().is_err(), "{sampling:?}");
        }
    }
}
