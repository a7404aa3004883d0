use serde_json::{Value, json};

use super::{golden, passes};
use crate::{Call, Json, Kind, Tool, ToolKey};

fn weather() -> Tool {
    let schema =
        json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    Tool::new("weather", "the weather of a city", schema)
}

#[test]
fn a_tool_of_mcp_passes_unchanged() {
    let tool: Tool = passes(concat!(
        r#"{"name":"read","title":"Read","description":"d","inputSchema":{"type":"object"},"#,
        r#""outputSchema":{"type":"string"},"annotations":{"readOnlyHint":true,"mood":"good"},"#,
        r#""icons":[{"src":"data:","sizes":["48x48"]}],"_meta":{"a/b":1},"execution":{"taskSupport":"optional"}}"#,
    ));
    assert!(tool.read_only());
}

#[test]
fn a_tool_without_hints_is_taken_for_the_worst() {
    let tool = weather();
    assert!(!tool.read_only() && tool.destructive() && !tool.idempotent() && tool.open_world());
}

#[test]
fn a_tool_that_only_reads_destroys_nothing_whatever_else_it_claims() {
    let annotations =
        json!({"readOnlyHint": true, "destructiveHint": true, "openWorldHint": false});
    let tool = Tool {
        annotations: annotations.as_object().cloned(),
        ..weather()
    };
    assert!(tool.read_only() && !tool.destructive() && tool.idempotent() && !tool.open_world());
}

#[test]
fn a_tool_is_shown_to_models_as_an_openai_function() {
    let function = weather().to_function();
    assert_eq!(
        function.to_string(),
        concat!(
            r#"{"type":"function","function":{"name":"weather","description":"the weather of a city","#,
            r#""parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}"#,
        )
    );
    assert_eq!(Tool::from_function(&function).unwrap(), weather());
}

#[test]
fn the_clients_three_spellings_and_mcp_s_are_read_as_one() {
    let schema = weather().input_schema;
    for spelling in [
        json!({"type": "function", "function": {"name": "weather", "description": "the weather of a city", "parameters": schema}}),
        json!({"type": "function", "name": "weather", "description": "the weather of a city", "parameters": schema}),
        json!({"name": "weather", "description": "the weather of a city", "input_schema": schema}),
        json!({"name": "weather", "description": "the weather of a city", "inputSchema": schema}),
    ] {
        assert_eq!(
            Tool::from_function(&spelling).unwrap(),
            weather(),
            "{spelling}"
        );
    }
}

#[test]
fn a_function_keeps_what_models_are_told_and_leaves_the_rest_behind() {
    let function = json!({
        "type": "function",
        "function": {"name": "f", "parameters": {"type": "object"}, "strict": true, "return": {"type": "string"}},
    });
    let mut more = function.clone();
    more["function"]["server"] = json!("net");
    more["function"]["title"] = json!("F");
    let tool = Tool::from_function(&more).unwrap();
    assert_eq!(tool.to_function(), function);
    assert_eq!(tool.extra["server"], "net");
}

#[test]
fn a_function_without_parameters_takes_none() {
    for function in [
        json!({"name": "now"}),
        json!({"name": "now", "parameters": null}),
    ] {
        let tool = Tool::from_function(&function).unwrap();
        assert_eq!(
            tool.input_schema,
            json!({"type": "object", "properties": {}})
        );
    }
}

#[test]
fn a_tool_that_is_no_object_or_has_no_name_is_refused() {
    let refused = |tool: Value| Tool::from_function(&tool).unwrap_err().to_string();
    assert_eq!(
        refused(json!("f")),
        "`tool` must be an object with `name` and `parameters`, got \"f\""
    );
    assert_eq!(
        refused(json!({"type": "function", "function": {}})),
        "tool: missing field `name`"
    );
}

#[test]
fn a_call_carries_its_key_its_arguments_and_what_the_model_wrote() {
    let key = ToolKey::new("net", "weather").unwrap();
    let call = Call::written("call_1", key.clone(), r#" {"city": "Bern"} "#).unwrap();
    golden(
        &call,
        &json!({
            "id": "call_1",
            "key": {"server": "net", "tool": "weather"},
            "arguments": {"city": "Bern"},
            "raw": " {\"city\": \"Bern\"} ",
        }),
    );
    assert_eq!(
        call.to_message().function.arguments,
        r#" {"city": "Bern"} "#
    );
    assert_eq!(call.to_message().function.name, "net__weather");

    let made = Call::new("call_2", key, call.arguments);
    assert_eq!(made.to_message().function.arguments, r#"{"city":"Bern"}"#);
}

#[test]
fn no_arguments_at_all_are_an_empty_object() {
    assert_eq!(
        Call::written("1", ToolKey::split("now"), " ")
            .unwrap()
            .arguments,
        Json::new()
    );
}

#[test]
fn arguments_that_are_not_one_object_are_refused_and_never_guessed() {
    for raw in ["{", "[1]", "null", "{} {}", "\"a\""] {
        let problem = Call::written("1", ToolKey::split("files__read"), raw).unwrap_err();
        assert_eq!(problem.kind(), Kind::InvalidInput, "{raw}");
        assert!(
            problem
                .to_string()
                .starts_with("arguments of `files__read`: "),
            "{problem}"
        );
    }
}
