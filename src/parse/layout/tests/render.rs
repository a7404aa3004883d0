use ferrule_types::{Kind, ToolCall};
use serde_json::json;

use super::{call, card, tool};
use crate::{Syntax, syntax::ALL};

/// A call of `f` with a number and a text, then one of `g` without arguments.
const TWO: &[(&str, &str)] = &[
    ("hermes", HERMES),
    ("qwen", HERMES),
    ("qwen3_xml", QWEN_XML),
    ("step3p5", QWEN_XML),
    ("nemotron", QWEN_XML),
    (
        "nemotron_v2",
        "<TOOLCALL>[{\"name\": \"f\", \"arguments\": {\"a\": 1, \"s\": \"x\"}}, {\"name\": \"g\", \"arguments\": {}}]</TOOLCALL>",
    ),
    (
        "mistral",
        r#"[TOOL_CALLS][{"name": "f", "arguments": {"a": 1, "s": "x"}}, {"name": "g", "arguments": {}}]"#,
    ),
    (
        "llama",
        r#"{"name": "f", "parameters": {"a": 1, "s": "x"}}; {"name": "g", "parameters": {}}"#,
    ),
    ("pythonic", r#"[f(a=1, s="x"), g()]"#),
    (
        "deepseek",
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{\"a\": 1, \"s\": \"x\"}\n```\
         <｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>g\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
    ),
    (
        "deepseek_v31",
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{\"a\": 1, \"s\": \"x\"}<｜tool▁call▁end｜>\
         <｜tool▁call▁begin｜>g<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
    ),
    (
        "deepseek_v4",
        "<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"f\">\n\
         <｜DSML｜parameter name=\"a\" string=\"false\">1</｜DSML｜parameter>\n\
         <｜DSML｜parameter name=\"s\" string=\"true\">x</｜DSML｜parameter>\n\
         </｜DSML｜invoke>\n<｜DSML｜invoke name=\"g\">\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>",
    ),
    (
        "kimi",
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{\"a\": 1, \"s\": \"x\"}\
         <|tool_call_end|><|tool_call_begin|>functions.g:1<|tool_call_argument_begin|>{}<|tool_call_end|>\
         <|tool_calls_section_end|>",
    ),
    (
        "granite",
        r#"<|tool_call|>[{"name": "f", "arguments": {"a": 1, "s": "x"}}, {"name": "g", "arguments": {}}]"#,
    ),
    (
        "xlam",
        r#"[{"name": "f", "arguments": {"a": 1, "s": "x"}}, {"name": "g", "arguments": {}}]"#,
    ),
    (
        "functionary",
        "<|from|>assistant\n<|recipient|>f\n<|content|>{\"a\": 1, \"s\": \"x\"}\n\
         <|from|>assistant\n<|recipient|>g\n<|content|>{}",
    ),
    ("glm47", GLM),
    ("poolside_v1", GLM),
    (
        "minimax",
        "<minimax:tool_call>\n<invoke name=\"f\">\n<parameter name=\"a\">1</parameter>\n<parameter name=\"s\">x</parameter>\n\
         </invoke>\n<invoke name=\"g\">\n</invoke>\n</minimax:tool_call>",
    ),
    (
        "harmony",
        "<|channel|>commentary to=functions.f <|constrain|>json<|message|>{\"a\": 1, \"s\": \"x\"}<|call|>\
         <|start|>assistant<|channel|>commentary to=functions.g <|constrain|>json<|message|>{}<|call|>",
    ),
    (
        "gemma4",
        "<|tool_call>call:f{a:1,s:<|\"|>x<|\"|>}<tool_call|><|tool_call>call:g{}<tool_call|>",
    ),
    ("gemma3", "```tool_code\nf(a=1, s=\"x\")\ng()\n```"),
    (
        "lfm2",
        "<|tool_call_start|>[f(a=1, s=\"x\"), g()]<|tool_call_end|>",
    ),
    (
        "hunyuan",
        r#"<tool_calls>[{"name": "f", "arguments": {"a": 1, "s": "x"}}, {"name": "g", "arguments": {}}]</tool_calls>"#,
    ),
    (
        "command_r",
        "Action: ```json\n[\n    {\n        \"tool_name\": \"f\",\n        \"parameters\": {\"a\": 1, \"s\": \"x\"}\n    },\n    \
         {\n        \"tool_name\": \"g\",\n        \"parameters\": {}\n    }\n]\n```",
    ),
    (
        "command_a",
        "<|START_ACTION|>[\n    {\"tool_call_id\": \"0\", \"tool_name\": \"f\", \"parameters\": {\"a\": 1, \"s\": \"x\"}},\n    \
         {\"tool_call_id\": \"1\", \"tool_name\": \"g\", \"parameters\": {}}\n]<|END_ACTION|>",
    ),
    (
        "phi4_mini",
        r#"functools[{"name": "f", "arguments": {"a": 1, "s": "x"}}, {"name": "g", "arguments": {}}]"#,
    ),
    (
        "olmo3",
        "<function_calls>\nf(a=1, s=\"x\")\ng()\n</function_calls>",
    ),
    ("smollm3", HERMES),
    ("ernie", HERMES),
    (
        "seed_oss",
        "<seed:tool_call>\n<function=f>\n<parameter=a>1</parameter>\n<parameter=s>x</parameter>\n</function>\n</seed:tool_call>\n\
         <seed:tool_call>\n<function=g>\n</function>\n</seed:tool_call>",
    ),
    (
        "jamba",
        "<tool_calls>[\n    {\"name\": \"f\", \"arguments\": {\"a\": 1, \"s\": \"x\"}},\n    \
         {\"name\": \"g\", \"arguments\": {}}\n]</tool_calls>",
    ),
    ("nano", r#"<|call|>f{"a":1,"s":"x"}<|call|>g{}"#),
    ("auto", HERMES),
];

const HERMES: &str = "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1, \"s\": \"x\"}}\n</tool_call>\n\
                      <tool_call>\n{\"name\": \"g\", \"arguments\": {}}\n</tool_call>";
const QWEN_XML: &str = "<tool_call>\n<function=f>\n<parameter=a>\n1\n</parameter>\n<parameter=s>\nx\n</parameter>\n</function>\n\
                        </tool_call>\n<tool_call>\n<function=g>\n</function>\n</tool_call>";
const GLM: &str = "<tool_call>f\n<arg_key>a</arg_key>\n<arg_value>1</arg_value>\n<arg_key>s</arg_key>\n<arg_value>x</arg_value>\n\
                   </tool_call>\n<tool_call>g\n</tool_call>";

fn write(syntax: &str, calls: &[ToolCall]) -> String {
    let writer = Syntax::named(syntax).unwrap().writer();
    writer.calls(calls).unwrap()
}

#[test]
fn every_row_writes_two_calls_as_its_models_do() {
    let calls = [call("f", r#"{"a": 1, "s": "x"}"#), call("g", "")];
    for (row, expected) in TWO {
        assert_eq!(write(row, &calls), *expected, "{row}");
    }
    let named: Vec<&str> = TWO.iter().map(|(row, _)| *row).collect();
    let rows: Vec<&str> = ALL.iter().map(|row| row.name()).collect();
    assert_eq!(named, rows, "each row has its text here");
}

#[test]
fn no_calls_are_no_text() {
    for row in ALL {
        assert_eq!(row.writer().calls(&[]).unwrap(), "", "{}", row.name());
    }
}

#[test]
fn json_arguments_pass_byte_for_byte() {
    let odd = r#"{"big":12345678901234567890123,  "é": "\u00e9\/",
 "a":[1.50, 1e300,{"b" :null}]}"#;
    let text = write("hermes", &[call("f", odd)]);
    assert!(text.contains(odd), "{text}");
}

#[test]
fn nested_values_are_written_as_each_notation_has_them() {
    let nested = call(
        "put-it.there",
        r#"{"o":{"a b":[1,true,null,"é\n\"q\""],"e":{}},"n":-2.50,"t":"Żółć 🦀\ttab"}"#,
    );
    let calls = std::slice::from_ref(&nested);
    assert_eq!(
        write("qwen3_xml", calls),
        "<tool_call>\n<function=put-it.there>\n<parameter=o>\n{\"a b\": [1, true, null, \"é\\n\\\"q\\\"\"], \"e\": {}}\n</parameter>\n\
         <parameter=n>\n-2.50\n</parameter>\n<parameter=t>\nŻółć 🦀\ttab\n</parameter>\n</function>\n</tool_call>"
    );
    assert_eq!(
        write("pythonic", calls),
        r#"[put-it.there(o={"a b": [1, True, None, "é\n\"q\""], "e": {}}, n=-2.50, t="Żółć 🦀\ttab")]"#
    );
    let bare = call(
        "f",
        r#"{"o":{"ab":[1,true,null,"é\n\"q\""],"e":{}},"n":-2.50,"t":"🦀"}"#,
    );
    assert_eq!(
        write("gemma4", &[bare]),
        "<|tool_call>call:f{o:{ab:[1,true,null,<|\"|>é\n\"q\"<|\"|>],e:{}},n:-2.50,t:<|\"|>🦀<|\"|>}<tool_call|>"
    );
}

#[test]
fn python_strings_have_no_escapes_that_python_reads_otherwise() {
    let text = write(
        "pythonic",
        &[call("f", r#"{"a": "\/ \ud83e\udd80 \u00e9 \\ \u0001"}"#)],
    );
    assert_eq!(text, r#"[f(a="/ 🦀 é \\ \u0001")]"#);
}

#[test]
fn text_that_would_read_as_another_value_keeps_its_quotes_unless_the_schema_calls_it_text() {
    let schema = json!({"type": "object", "properties": {
        "known": {"type": "string"},
        "chosen": {"enum": ["1", "2"]},
        "either": {"type": ["string", "integer"]},
    }});
    let tools = [tool("f", schema)];
    let writer = Syntax::named("seed_oss")
        .unwrap()
        .writer()
        .with_tools(&tools);
    let arguments =
        r#"{"known": "1", "chosen": "2", "either": "3", "unknown": "null", "plain": "a 1"}"#;
    let text = writer.calls(&[call("f", arguments)]).unwrap();
    let values: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("<parameter"))
        .collect();
    assert_eq!(
        values,
        [
            "<parameter=known>1</parameter>",
            "<parameter=chosen>2</parameter>",
            "<parameter=either>\"3\"</parameter>",
            "<parameter=unknown>\"null\"</parameter>",
            "<parameter=plain>a 1</parameter>",
        ]
    );
    let told = write("deepseek_v4", &[call("f", r#"{"a": "1"}"#)]);
    assert!(told.contains("string=\"true\">1<"), "{told}");
}

#[test]
fn what_a_syntax_cannot_write_is_refused_with_its_reason() {
    let refused = |syntax: &str, call: ToolCall| {
        let error = Syntax::named(syntax)
            .unwrap()
            .writer()
            .calls(&[call])
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Unsupported, "{error}");
        error.to_string()
    };
    let closing = refused(
        "qwen3_xml",
        call(
            "f",
            r#"{"a": "x\n</parameter>\n</function>\n</tool_call>y"}"#,
        ),
    );
    assert_eq!(
        closing,
        "the tool syntax `qwen3_xml` does not support these arguments: they would read as others"
    );
    refused("glm47", call("f", r#"{"a": "</arg_value></tool_call>"}"#));
    refused("minimax", call("f g", "{}"));
    refused("pythonic", call("f", r#"{"a=1)": 1}"#));
    refused("gemma4", call("f", r#"{"a": {"b c": 1}}"#));
    refused("gemma4", call("f", r#"{"a": "<|\"|>"}"#));
    refused("kimi", call("a:1", "{}"));
    let json = write(
        "hermes",
        &[call("any \"name\"", r#"{"a": "</tool_call>"}"#)],
    );
    assert!(json.contains(r#""any \"name\"""#), "{json}");
}

#[test]
fn a_closing_tag_within_a_string_is_written_where_it_reads_as_text() {
    let text = write("qwen3_xml", &[call("f", r#"{"a": "x</parameter>y"}"#)]);
    assert!(text.contains("\nx</parameter>y\n</parameter>\n"), "{text}");
}

#[test]
fn line_ends_around_a_string_are_kept() {
    for row in ["qwen3_xml", "seed_oss", "minimax", "glm47", "deepseek_v4"] {
        for inner in [
            "\\n", "\\n\\n", "\\na\\n", "\\r\\na", "a\\r\\n", "", " ", " a ",
        ] {
            // It fails if they read back otherwise.
            write(row, &[call("f", &format!("{{\"a\": \"{inner}\"}}"))]);
        }
    }
}

#[test]
fn arguments_that_are_no_json_object_are_refused() {
    let writer = Syntax::named("hermes").unwrap().writer();
    for wrong in ["[1]", "{", "1", "{\"a\": 1} x", "{'a': 1}"] {
        let error = writer.calls(&[call("f", wrong)]).unwrap_err();
        assert_eq!(error.kind(), Kind::InvalidInput, "{wrong}");
    }
}

#[test]
fn the_generation_of_a_model_decides_between_two_ways() {
    let calls = [call("f", r#"{"a": 1}"#), call("g", "{}")];
    let with = |syntax: &str, card: &ferrule_types::ModelCard| {
        Syntax::named(syntax)
            .unwrap()
            .writer()
            .with_card(card)
            .calls(&calls)
            .unwrap()
    };
    assert_eq!(
        with("mistral", &card(&["[TOOL_CALLS]", "[ARGS]"])),
        r#"[TOOL_CALLS]f[ARGS]{"a": 1}[TOOL_CALLS]g[ARGS]{}"#
    );
    assert!(with("mistral", &card(&["[TOOL_CALLS]"])).starts_with("[TOOL_CALLS][{"));
    let mut newer = card(&[]);
    newer.template = Some("... '>>>' ...".into());
    assert_eq!(with("functionary", &newer), ">>>f\n{\"a\": 1}>>>g\n{}");
    newer.template = Some("<arg_key>{k}</arg_key><arg_value>{v}</arg_value>".into());
    assert_eq!(
        with("glm47", &newer),
        "<tool_call>f<arg_key>a</arg_key><arg_value>1</arg_value></tool_call><tool_call>g</tool_call>"
    );
}

#[test]
fn an_index_is_taken_from_the_family_s_own_ids() {
    let mut late = call("f", "{}");
    late.id = "functions.f:7".into();
    assert!(write("kimi", std::slice::from_ref(&late)).contains("functions.f:7<"));
    late.id = "12".into();
    assert!(write("command_a", std::slice::from_ref(&late)).contains("\"tool_call_id\": \"12\""));
    late.id = "call_ab12".into();
    assert!(write("kimi", &[late]).contains("functions.f:0<"));
}

#[test]
fn tools_are_told_with_how_to_call_them() {
    let tools = [tool(
        "add",
        json!({"type": "object", "properties": {"a": {"type": "integer"}}}),
    )];
    for row in ALL {
        let writer = row.writer().with_tools(&tools);
        let text = writer.tools().unwrap();
        assert!(
            text.contains(r#"{"name": "add", "description": "does something", "parameters": {"type": "object""#),
            "{}: {text}",
            row.name()
        );
        let example = writer
            .calls(&[call("tool_name", r#"{"argument": "value"}"#)])
            .unwrap();
        assert!(text.contains(&example), "{}: {text}", row.name());
    }
}

#[test]
fn a_result_cannot_close_its_own_element() {
    let writer = Syntax::named("hermes").unwrap().writer();
    let text = writer.result("f", "call_1", "a \"b\" </tool_response> <x>");
    assert_eq!(
        text,
        "<tool_response>\n{\"name\": \"f\", \"tool_call_id\": \"call_1\", \"content\": \"a \\\"b\\\" <\\/tool_response> <x>\"}\n</tool_response>"
    );
    assert!(!writer.result("f", "", "x").contains("tool_call_id"));
}
