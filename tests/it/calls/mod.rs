//! Calls that a model is held to: a random one, which would rather write anything else.

mod copying;
mod toolsets;
mod writing;

use std::collections::BTreeMap;

use ferrule::{
    Engine,
    parse::{Choice, Options, Parsed, Parser, Reasoning, Repair, Syntax, Thinking},
    types::{Constraint, Finish, Model as _, ModelCard, Tool},
};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use self::writing::{Written, engine, write, write_first};

/// Every syntax; `auto` writes as hermes does.
const ROWS: [&str; 32] = [
    "hermes",
    "qwen",
    "qwen3_xml",
    "step3p5",
    "nemotron",
    "mistral",
    "llama",
    "pythonic",
    "deepseek",
    "deepseek_v31",
    "deepseek_v4",
    "kimi",
    "granite",
    "xlam",
    "functionary",
    "glm47",
    "poolside_v1",
    "minimax",
    "harmony",
    "gemma4",
    "gemma3",
    "lfm2",
    "hunyuan",
    "command_r",
    "command_a",
    "phi4_mini",
    "olmo3",
    "smollm3",
    "ernie",
    "seed_oss",
    "jamba",
    "nano",
];

const TOOL_SETS: usize = 300;

fn constraint(
    row: &str,
    card: &ModelCard,
    tools: &[Tool],
    choice: &Choice,
    parallel: bool,
) -> Constraint {
    let syntax = Syntax::named(row).expect("a row");
    let writer = syntax.writer().with_card(card).with_tools(tools);
    let made = writer.constraint(choice, parallel);
    made.unwrap_or_else(|error| panic!("{row}: {error}"))
        .expect("a constraint")
}

fn parser(row: &str, tools: &[Tool]) -> Parser {
    let options = Options {
        repair: Repair::Off,
        ..Options::default()
    };
    let syntax = Syntax::named(row).expect("a row");
    Parser::new(Some(syntax), None, options).with_tools(tools)
}

/// What is wrong with an answer that must be calls of these tools.
fn fault(row: &str, card: &ModelCard, tools: &[Tool], written: &Written) -> Option<String> {
    let parsed = parser(row, tools).parse(&written.text);
    let mut by_pieces = parser(row, tools).with_card(card);
    let mut events: Vec<_> = written
        .pieces
        .iter()
        .flat_map(|piece| by_pieces.feed_piece(piece))
        .collect();
    events.extend(by_pieces.finish());
    let by_pieces = Parsed::gather(events);
    if by_pieces.calls.len() != parsed.calls.len() {
        return Some(format!("by pieces: {by_pieces:?}"));
    }
    if parsed.calls.is_empty() || !parsed.problems.is_empty() || !parsed.text.trim().is_empty() {
        return Some(format!("{parsed:?}"));
    }
    parsed.calls.iter().find_map(|call| {
        let Some(tool) = tools.iter().find(|tool| tool.name == call.name) else {
            return Some(format!("no tool `{}`", call.name));
        };
        let arguments: Value = match serde_json::from_str(&call.arguments) {
            Ok(arguments) => arguments,
            Err(error) => return Some(format!("{error}: {}", call.arguments)),
        };
        let validator = jsonschema::validator_for(&tool.input_schema).expect("a schema");
        let error = validator.validate(&arguments).err()?;
        Some(format!(
            "{error}: {} of {}",
            call.arguments, tool.input_schema
        ))
    })
}

/// Writes one required call for each tool set, so many at a time; each set in a few syntaxes.
fn prove(engine: &Engine, at_once: usize, parallel: bool, seed: u64) {
    const ROWS_OF_A_SET: usize = 3;
    let card = engine.card();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut asked = Vec::new();
    for at in 0..TOOL_SETS {
        let tools = toolsets::tools(&mut random);
        for nth in 0..ROWS_OF_A_SET {
            let row = ROWS[(at * ROWS_OF_A_SET + nth) % ROWS.len()];
            asked.push((row, tools.clone(), (at * ROWS_OF_A_SET + nth) as u64));
        }
    }
    let mut finished: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for asked in asked.chunks(at_once) {
        let written: Vec<Written> = std::thread::scope(|scope| {
            let running: Vec<_> = asked
                .iter()
                .map(|(row, tools, seed)| {
                    let constraint = constraint(row, card, tools, &Choice::Required, parallel);
                    scope.spawn(move || write(engine, &constraint, *seed))
                })
                .collect();
            running
                .into_iter()
                .map(|one| one.join().expect("an answer"))
                .collect()
        });
        for ((row, tools, _), written) in asked.iter().zip(written) {
            let (all, whole) = finished.entry(row).or_default();
            *all += 1;
            if written.end == Finish::Length {
                continue;
            }
            *whole += 1;
            if let Some(fault) = fault(row, card, tools, &written) {
                panic!(
                    "{row}: {:?}\n{fault}\n{:?}",
                    written.text,
                    constraint(row, card, tools, &Choice::Required, parallel)
                );
            }
        }
    }
    for (row, (all, whole)) in finished {
        assert!(
            whole * 10 >= all * 7,
            "{row}: {whole} of {all} calls came to an end"
        );
    }
}

#[test]
fn every_required_call_is_valid_for_its_tool_in_every_syntax() {
    prove(&engine(), 1, false, 41);
}

#[test]
fn every_required_call_is_valid_with_eight_at_once_and_calls_side_by_side() {
    prove(&engine(), 8, true, 42);
}

/// The syntaxes whose mark is a token of this vocabulary.
const MARKED: [&str; 9] = [
    "hermes",
    "qwen",
    "qwen3_xml",
    "step3p5",
    "nemotron",
    "glm47",
    "poolside_v1",
    "smollm3",
    "ernie",
];

#[test]
fn a_call_that_the_model_begins_by_itself_is_valid_too() {
    let engine = engine();
    let card = engine.card();
    let mark = card.special_token("<tool_call>");
    let mut random = ChaCha8Rng::seed_from_u64(43);
    let mut whole = 0;
    for at in 0..90 {
        let tools = toolsets::tools(&mut random);
        let row = MARKED[at % MARKED.len()];
        let constraint = constraint(row, card, &tools, &Choice::Auto, false);
        let written = write_first(&engine, &constraint, at as u64, mark);
        if written.end == Finish::Length {
            continue;
        }
        whole += 1;
        if let Some(fault) = fault(row, card, &tools, &written) {
            panic!("{row}: {:?}\n{fault}", written.text);
        }
    }
    assert!(whole >= 80, "{whole} of 90 came to an end");
}

#[test]
fn what_is_no_call_is_free_under_auto() {
    let engine = engine();
    let tools = toolsets::tools(&mut ChaCha8Rng::seed_from_u64(44));
    let constraint = constraint("hermes", engine.card(), &tools, &Choice::Auto, true);
    let free = write(&engine, &constraint, 5);
    assert!(
        !free.text.is_empty() && !free.text.contains("\"arguments\""),
        "{}",
        free.text
    );
}

#[test]
fn a_thought_may_come_before_a_required_call() {
    let engine = engine();
    let card = engine.card();
    let mut random = ChaCha8Rng::seed_from_u64(45);
    let qwen3 = Reasoning::named("qwen3").expect("a reasoning");
    for (thinking, wanted) in [(Thinking::Open, "</think>"), (Thinking::Closed, "<think>")] {
        let tools = toolsets::tools(&mut random);
        let hermes = Syntax::named("hermes").expect("a row");
        let writer = hermes.writer().with_card(card).with_tools(&tools);
        let writer = writer.with_thought("<think>", "</think>", thinking);
        let constraint = writer.constraint(&Choice::Required, false);
        let constraint = constraint.expect("a grammar").expect("a constraint");
        let wanted = card.special_token(wanted);
        // A model that wants to begin a thought and cannot begin another may think for long.
        let written = (0..20)
            .map(|seed| write_first(&engine, &constraint, seed, wanted))
            .find(|written| written.end != Finish::Length);
        let written = written.expect("a whole answer");
        let options = Options {
            thinking,
            repair: Repair::Off,
            ..Options::default()
        };
        let parser = Parser::new(Some(hermes), Some(qwen3), options).with_tools(&tools);
        let parsed = parser.parse(&written.text);
        assert_eq!(parsed.calls.len(), 1, "{parsed:?}");
        assert!(
            parsed.text.trim().is_empty() && parsed.problems.is_empty(),
            "{parsed:?}"
        );
    }
}
