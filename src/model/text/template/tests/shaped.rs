//! Messages that take the shape a template wants.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{ChatTemplate, Inputs};
use super::{TOKENIZER, any_tokenizer, write};
use crate::text::fixtures;

#[test]
fn text_parts_become_lines_unless_the_template_reads_parts() {
    let parts = json!({"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "input_text", "text": "b"}]});
    assert_eq!(
        write("{{ messages[0].content }}", std::slice::from_ref(&parts)).unwrap(),
        "a\nb"
    );
    let reads = "{% for m in messages %}{% if m.content is string %}{{ m.content }}{% else %}\
        {% for p in m.content %}[{{ p.text }}]{% endfor %}{% endif %};{% endfor %}";
    let system = json!({"role": "system", "content": [{"type": "text", "text": "s"}]});
    let plain = json!({"role": "user", "content": "c"});
    assert_eq!(
        write(reads, &[system, parts, plain.clone()]).unwrap(),
        "s;[a][b];c;"
    );
    // A template for parts alone gets parts.
    let only =
        "{% for m in messages %}{% for p in m.content %}{{ p['text'] }}{% endfor %};{% endfor %}";
    assert_eq!(write(only, &[plain]).unwrap(), "c;");
}

#[test]
fn system_text_goes_before_the_first_question_where_the_role_is_refused_or_ignored() {
    let refuses = "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}\
        {% endif %}{{ m.role }}: {{ m.content }};{% endfor %}";
    let ignores =
        "{% for m in messages if m.role != 'system' %}{{ m.role }}: {{ m.content }};{% endfor %}";
    let message = |role: &str, text: &str| json!({"role": role, "content": text});
    for source in [refuses, ignores] {
        let talk = [
            message("system", "S"),
            message("user", "Q"),
            message("developer", "D"),
            message("user", "R"),
        ];
        assert_eq!(write(source, &talk).unwrap(), "user: S\n\nD\n\nQ;user: R;");
        assert_eq!(
            write(source, &[message("system", "S")]).unwrap(),
            "user: S;"
        );
        assert_eq!(write(source, &[message("user", "Q")]).unwrap(), "user: Q;");
    }
    let takes = "{% for m in messages %}{{ m.role }}: {{ m.content }};{% endfor %}";
    assert_eq!(
        write(takes, &[message("developer", "D"), message("user", "Q")]).unwrap(),
        "system: D;user: Q;"
    );
    let knows = "{# developer #}{% for m in messages %}{{ m.role }}: {{ m.content }};{% endfor %}";
    assert_eq!(
        write(knows, &[message("developer", "D")]).unwrap(),
        "developer: D;"
    );
}

#[test]
fn calls_take_the_form_that_the_template_reads() {
    let call = |arguments: Value| {
        json!({"role": "assistant", "content": null, "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": arguments}},
        ]})
    };
    let user = json!({"role": "user", "content": "Q"});
    let calls = |body: &str| {
        format!(
            "{{% for m in messages %}}{{% for c in m.tool_calls or [] %}}{body}{{% endfor %}}{{% endfor %}}"
        )
    };
    let objects = calls("{{ c.function.name }} {{ c.function.arguments | tojson }}");
    let strings = calls("{{ c.function.name + ' ' + c.function.arguments }}");
    let fields = calls(
        "{{ c.function.name }}{% for k, v in c.function.arguments.items() %} {{ k }}={{ v }}{% endfor %}",
    );
    let write =
        |source: &str, arguments: Value| write(source, &[user.clone(), call(arguments)]).unwrap();
    for arguments in [
        json!({"a": 1, "b": [true]}),
        json!("{\"a\": 1, \"b\": [true]}"),
    ] {
        assert_eq!(
            write(&objects, arguments.clone()),
            "f {\"a\": 1, \"b\": [true]}"
        );
        assert_eq!(
            write(&strings, arguments.clone()),
            "f {\"a\": 1, \"b\": [true]}"
        );
        assert_eq!(write(&fields, arguments), "f a=1 b=[True]");
    }
    assert_eq!(write(&objects, json!("")), "f {}");
    assert_eq!(write(&objects, Value::Null), "f {}");
    assert_eq!(write(&objects, json!("not JSON")), "f \"not JSON\"");
    // Older DeepSeek templates write calls only where the content is null.
    let only_null = "{% for m in messages %}{% if m.content is none %}{% for c in m.tool_calls %}\
        {{ c.function.name + c.function.arguments }}{% endfor %}{% else %}{{ m.content }}{% endif %};{% endfor %}";
    assert_eq!(write(only_null, json!({"a": 1})), "Q;f{\"a\": 1};");
    let adds = "{% for m in messages %}{{ m.content + '.' }}{% for c in m.tool_calls or [] %}{{ c | tojson }}\
        {% endfor %}{% endfor %}";
    assert!(write(adds, json!({"a": 1})).starts_with("Q..{\"id\": \"call_1\""));
}

#[test]
fn call_ids_are_shortened_the_same_way_in_call_and_result_for_templates_that_count_letters() {
    let template = ChatTemplate::new(fixtures::text("templates/mistral.jinja"), "mistral").unwrap();
    let messages = [
        json!({"role": "user", "content": "Q"}),
        json!({"role": "assistant", "tool_calls": [
            {"id": "call_Zxy-12345678", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}),
        json!({"role": "tool", "tool_call_id": "call_Zxy-12345678", "content": "R"}),
    ];
    let inputs = Inputs {
        messages: &messages,
        bos_token: Some("<s>"),
        eos_token: Some("</s>"),
        ..Inputs::default()
    };
    let text = template.render(&inputs, &any_tokenizer()).unwrap().text();
    let id = text
        .split("\"id\": \"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert_eq!(id.len(), 9, "{text}");
    assert_eq!(text.matches(id).count(), 2, "{text}");
}

#[test]
fn what_a_template_takes_is_found_by_trying() {
    let takes = |name: &str| {
        let template =
            ChatTemplate::new(fixtures::text(&format!("templates/{name}.jinja")), name).unwrap();
        let t = template.takes(false).clone();
        [
            t.string, t.parts, t.system, t.tools, t.calls, t.results, t.thinking,
        ]
    };
    assert_eq!(takes("chatml"), [true, true, true, true, true, true, true]);
    assert_eq!(
        takes("llama3"),
        [true, false, true, true, true, true, false]
    );
    assert_eq!(
        takes("mistral"),
        [true, false, true, true, true, true, false]
    );
    assert_eq!(
        takes("gemma"),
        [true, true, true, false, false, false, false]
    );
    assert_eq!(
        takes("phi"),
        [true, false, true, false, false, false, false]
    );
}

#[test]
fn reasoning_is_found_under_every_name_that_clients_use() {
    let source = "{% for m in messages %}{{ m.reasoning_content }}|{{ m.thinking }};{% endfor %}";
    let message = |key: &str| json!({"role": "assistant", "content": "c", key: "r"});
    let messages = ["reasoning_content", "reasoning", "thinking"].map(message);
    assert_eq!(write(source, &messages).unwrap(), "r|r;r|r;r|r;");
}

proptest! {
    #![proptest_config(fixtures::cases(256))]

    #[test]
    fn any_text_comes_out_of_a_template_as_it_went_in(text in "\\PC{0,60}|[\u{e000}-\u{e010}<>\\[\\]]{0,20}") {
        let messages = [json!({"role": "user", "content": text})];
        let inputs = Inputs { messages: &messages, ..Inputs::default() };
        let template = ChatTemplate::new("{{ messages[0].content }}", "t").unwrap();
        prop_assert_eq!(template.render(&inputs, &TOKENIZER).unwrap().text(), text);
    }
}
