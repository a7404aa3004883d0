#![allow(clippy::unwrap_used)]

mod choice;
mod commas;
mod copies;
mod grammar;
mod render;
mod round;

use ferrule_types::{ModelCard, SpecialToken, Tool, ToolCall};
use serde_json::Value;

fn call(name: &str, arguments: &str) -> ToolCall {
    ToolCall::new("", name, arguments)
}

fn tool(name: &str, schema: Value) -> Tool {
    Tool::new(name, "does something", schema)
}

/// A card whose vocabulary has these as tokens, from 100 on.
fn card(tokens: &[&str]) -> ModelCard {
    let token = |(at, content): (usize, &&str)| SpecialToken {
        content: (*content).to_owned(),
        id: 100 + at as u32,
        special: true,
    };
    ModelCard {
        special_tokens: tokens.iter().enumerate().map(token).collect(),
        vocab_size: 1000,
        ..ModelCard::default()
    }
}
