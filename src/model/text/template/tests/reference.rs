//! Against what transformers printed.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use time::macros::datetime;

use super::super::{ChatTemplate, Inputs, clock, json as python};
use super::{any_tokenizer, list, render};
use crate::text::fixtures;

#[test]
fn every_recorded_case_renders_as_in_transformers() {
    let mut different = Vec::new();
    for case in list(&fixtures::json("templates/cases.json")) {
        let name = format!("{} / {}", case["template"], case["name"]);
        let source = fixtures::text(&format!(
            "templates/{}.jinja",
            case["template"].as_str().unwrap()
        ))
        // The one thing in these templates that minijinja cannot do.
        .replace("'%s has %d' % ('it', 3)", "'%s has %d'|format('it', 3)");
        let now = case["now"].as_str();
        assert!(now.is_none_or(|t| t == "2025-03-09T14:05:06"), "{now:?}");
        clock::tests::NOW.set(now.map(|_| datetime!(2025-03-09 14:05:06 UTC)));
        let mut context = case["kwargs"].clone();
        for key in ["messages", "tools", "documents"] {
            context[key] = case[key].clone();
        }
        match (render(&source, &context), case.get("error")) {
            (Ok(got), None) if got == case["expected"] => {}
            (Err(got), Some(error)) if got.contains(error.as_str().unwrap()) => {}
            (got, _) => different.push(format!(
                "{name}\n expected {:?}\n got {got:?}",
                case["expected"]
            )),
        }
        // Images, roles and conversations that we refuse; see the tests of `shape`.
        let is_refused =
            name.contains("control") || name.contains("parts") || name.contains("filters");
        if case.get("error").is_none() && !is_refused {
            let template = ChatTemplate::new(source, "t").unwrap();
            let (messages, tools, documents) = (
                list(&case["messages"]),
                list(&case["tools"]),
                list(&case["documents"]),
            );
            let extra: Map<String, Value> = case["kwargs"].as_object().unwrap().clone();
            let inputs = Inputs {
                messages: &messages,
                tools: &tools,
                documents: &documents,
                add_generation_prompt: extra["add_generation_prompt"] == true,
                enable_thinking: extra.get("enable_thinking").and_then(Value::as_bool),
                bos_token: extra.get("bos_token").and_then(Value::as_str),
                eos_token: extra.get("eos_token").and_then(Value::as_str),
                extra: extra.clone(),
                ..Inputs::default()
            };
            let got = template.render(&inputs, &any_tokenizer()).map(|r| r.text());
            if got.as_deref().ok() != case["expected"].as_str() {
                different.push(format!(
                    "{name} (protected)\n expected {:?}\n got {got:?}",
                    case["expected"]
                ));
            }
        }
    }
    clock::tests::NOW.set(None);
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn every_recorded_expression_gives_what_it_gives_in_transformers() {
    let file = fixtures::json("templates/expressions.json");
    let mut different = Vec::new();
    for case in list(&file["expressions"]) {
        let source = case["source"].as_str().unwrap();
        if source.contains("'%s has %d' %") {
            continue;
        }
        let got = render(
            source,
            &json!({"messages": file["messages"], "tools": file["tools"]}),
        );
        if got.as_deref().ok() != case["expected"].as_str() {
            different.push(format!(
                "{source}\n expected {:?}\n got {got:?}",
                case["expected"]
            ));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn small_templates_give_what_they_give_in_transformers() {
    let file: Value = serde_json::from_str(include_str!("../dialect.json")).unwrap();
    for (list, is_same) in [("same", true), ("different", false)] {
        for case in file[list].as_array().unwrap() {
            let template = case[0].as_str().unwrap();
            let got = render(template, &file["context"]);
            assert_eq!(
                got.as_deref().ok() == case[1].as_str(),
                is_same,
                "{template}: {got:?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(fixtures::cases(256))]

    #[test]
    fn tojson_prints_what_reads_back(text in "\\PC{0,40}", eighths in any::<i32>(), whole in any::<i64>()) {
        let value = json!({"t": text, "n": f64::from(eighths) / 8.0, "w": whole, "l": [null, true, {"k": []}]});
        let printed = render("{{ v | tojson }}{{ '\n' }}{{ v | tojson(indent=2) }}", &json!({"v": value})).unwrap();
        let (line, lines) = printed.split_once('\n').unwrap();
        prop_assert_eq!(&serde_json::from_str::<Value>(line).unwrap(), &value);
        prop_assert_eq!(&serde_json::from_str::<Value>(lines).unwrap(), &value);
    }

    #[test]
    fn a_float_prints_with_the_digits_that_read_back(number in any::<f64>()) {
        let printed = python::float(number);
        prop_assert_eq!(printed.parse::<f64>().unwrap().to_bits(), number.to_bits(), "{}", printed);
        prop_assert!(printed.contains(['.', 'e', 'n']), "{}", printed);
    }
}
