//! Templates and messages that cannot be rendered.
#![allow(clippy::unwrap_used)]

use ferrule_types::{Fault, Kind};
use proptest::prelude::*;
use serde_json::json;

use super::super::{ChatTemplate, Inputs};
use super::{TOKENIZER, write};
use crate::text::{Error, fixtures};

#[test]
fn a_syntax_error_names_the_file_the_line_and_the_column() {
    let source = "{% for m in messages %}\n  é{{ m.content | }}\n{% endfor %}";
    let error = ChatTemplate::new(source, "models/x/chat_template.jinja").unwrap_err();
    assert!(
        matches!(
            error,
            Error::Syntax {
                line: 2,
                column: 19,
                ..
            }
        ),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .starts_with("models/x/chat_template.jinja:2:19: "),
        "{error}"
    );
    assert_eq!(error.kind(), Kind::InvalidInput);
    // The column counts what stands in the file, before generation blocks are taken out.
    let error = ChatTemplate::new("{%- generation -%}{{ + }}{% endgeneration %}", "t").unwrap_err();
    assert!(
        matches!(
            error,
            Error::Syntax {
                line: 1,
                column: 22,
                ..
            }
        ),
        "{error}"
    );
    for unfinished in [
        "{% if x %}",
        "{{ 'a }}",
        "{% for x in y %}{% endif %}",
        "{{",
        "{% generation %}",
        "{#",
    ] {
        assert!(
            matches!(
                ChatTemplate::new(unfinished, "t"),
                Err(Error::Syntax { .. })
            ),
            "{unfinished}"
        );
    }
}

#[test]
fn a_failure_while_rendering_names_its_place_and_whether_we_lack_something() {
    let fails =
        |source: &str| write(source, &[json!({"role": "user", "content": "x"})]).unwrap_err();
    let error = fails("a\nb{{ messages[0].nothing.more }}");
    assert!(
        matches!(
            error,
            Error::Render {
                line: 2,
                column: 16,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(error.kind(), Kind::InvalidInput);
    for unknown in [
        "{{ messages | nofilter }}",
        "{{ 'x'.encode() }}",
        "{{ x is notest }}",
        "{{ lipsum() }}",
    ] {
        assert_eq!(fails(unknown).kind(), Kind::Unsupported, "{unknown}");
    }
    let error = fails("{{ raise_exception('no ' ~ messages[0].role) }}");
    assert!(
        matches!(&error, Error::Refused { text, .. } if text == "no user"),
        "{error}"
    );
    assert_eq!(error.kind(), Kind::InvalidInput);
    let error = fails("{% macro m(x) %}{{ raise_exception('inside') }}{% endmacro %}{{ m(1) }}");
    assert!(
        matches!(&error, Error::Refused { text, .. } if text == "inside"),
        "{error}"
    );
}

#[test]
fn a_template_that_fails_inside_the_engine_is_an_error_and_no_panic() {
    for source in [
        "{{ ''[::-1] }}",
        "{{ [1,2,3][0:3:-1] }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for i in range(90000) %}{{ 'x' * 90000 }}{% endfor %}",
        "{{ 'x' * 999999999999 }}",
        "{% include 'a' %}",
    ] {
        assert!(
            write(source, &[json!({"role": "user", "content": "x"})]).is_err(),
            "{source}"
        );
    }
}

#[test]
fn an_unknown_role_is_refused_by_name_before_anything_is_rendered() {
    let error = write(
        "{{ messages }}",
        &[
            json!({"role": "user", "content": "x"}),
            json!({"role": "end|>", "content": ""}),
        ],
    );
    let error = error.unwrap_err();
    assert!(
        matches!(&error, Error::Role { index: 1, got, .. } if got == "end|>"),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("system, developer, user, assistant, tool, function"),
        "{error}"
    );
    for (message, expected) in [
        (json!("x"), "an object"),
        (json!({"content": "x"}), "a role"),
        (json!({"role": 1}), "a role"),
        (
            json!({"role": "user", "content": 7}),
            "content as a string or a list of parts",
        ),
        (
            json!({"role": "user", "content": [{"type": "image_url", "image_url": {}}]}),
            "a text part",
        ),
        (
            json!({"role": "assistant", "tool_calls": {}}),
            "tool_calls as a list",
        ),
        (
            json!({"role": "assistant", "tool_calls": ["f"]}),
            "each tool call as an object",
        ),
    ] {
        let error = write("{{ messages }}", &[message]).unwrap_err();
        assert!(
            matches!(&error, Error::Message { index: 0, expected: e, .. } if *e == expected),
            "{error}"
        );
        assert_eq!(error.kind(), Kind::InvalidInput);
    }
    assert!(matches!(write("x", &[]), Err(Error::NoMessages)));
}

#[test]
fn a_template_that_loops_for_ever_is_stopped() {
    let source = "{% for a in range(99999) %}{% for b in range(99999) %}{% set c = b %}{% endfor %}{% endfor %}";
    let error = write(source, &[json!({"role": "user", "content": "x"})]).unwrap_err();
    assert_eq!(error.kind(), Kind::InvalidInput, "{error}");
}

proptest! {
    #![proptest_config(fixtures::cases(256))]

    #[test]
    fn no_template_makes_us_panic(source in "(\\{\\{|\\}\\}|\\{%|%\\}|\\{#|[a-z '\"\\[\\](),.|:~+*/-]|messages|for|in|if|endfor|endif|set|generation|tojson|\\[::-1\\]|[0-9]){0,40}") {
        if let Ok(template) = ChatTemplate::new(source, "t") {
            let messages = [json!({"role": "user", "content": "x"})];
            let inputs = Inputs { messages: &messages, ..Inputs::default() };
            let _ = template.render(&inputs, &TOKENIZER);
        }
    }
}
