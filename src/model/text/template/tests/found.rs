//! Where templates come from, and what else goes into them.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::super::{ChatTemplate, Inputs};
use super::any_tokenizer;
use crate::text::{Error, fixtures};

#[test]
fn a_model_without_a_template_reads_a_dialogue() {
    let messages = [
        json!({"role": "system", "content": "Be brief."}),
        json!({"role": "user", "content": "Hello"}),
        json!({"role": "assistant", "content": "Yes?"}),
        json!({"role": "user", "content": "2+2?"}),
    ];
    let inputs = Inputs {
        messages: &messages,
        add_generation_prompt: true,
        ..Inputs::default()
    };
    let prompt = ChatTemplate::plain()
        .unwrap()
        .render(&inputs, &any_tokenizer())
        .unwrap();
    assert_eq!(
        prompt.text(),
        "Be brief.\n\nUser: Hello\nAssistant: Yes?\nUser: 2+2?\nAssistant:"
    );
}

#[test]
fn the_last_message_can_be_left_open_for_the_model_to_go_on() {
    let source = "{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}</{{ m.role }}>{% endfor %}\
        {% if add_generation_prompt %}<assistant>{% endif %}";
    let messages = [
        json!({"role": "user", "content": "Q "}),
        json!({"role": "assistant", "content": "The answer "}),
    ];
    let inputs = Inputs {
        messages: &messages,
        continue_final_message: true,
        add_generation_prompt: true,
        ..Inputs::default()
    };
    let render = |source: &str| {
        ChatTemplate::new(source, "t")
            .unwrap()
            .render(&inputs, &any_tokenizer())
    };
    assert_eq!(
        render(source).unwrap().text(),
        "<user>Q</user><assistant>The answer "
    );
    assert!(matches!(
        render("{{ messages[0].content }}"),
        Err(Error::Refused { .. })
    ));
}

#[test]
fn extra_variables_reach_the_template_but_replace_nothing() {
    let messages = [json!({"role": "user", "content": "Q"})];
    let extra =
        json!({"effort": "high", "messages": [], "bos_token": "<x>", "enable_thinking": true});
    let inputs = Inputs {
        messages: &messages,
        bos_token: Some("<s>"),
        extra: extra.as_object().unwrap().clone(),
        ..Inputs::default()
    };
    let source = "{{ bos_token }}{{ effort }}{{ messages | length }}{{ enable_thinking }}{{ tools is none }}";
    let template = ChatTemplate::new(source, "t").unwrap();
    assert_eq!(
        template.render(&inputs, &any_tokenizer()).unwrap().text(),
        "<s>high1TrueTrue"
    );
    let thinks = Inputs {
        enable_thinking: Some(false),
        ..inputs
    };
    assert_eq!(
        template.render(&thinks, &any_tokenizer()).unwrap().text(),
        "<s>high1FalseTrue"
    );
}

#[test]
fn a_folder_keeps_its_template_in_one_of_three_places() {
    let find = |files: &[(&str, &Value)]| ChatTemplate::from_dir(fixtures::folder(files).path());
    let source = |t: Option<ChatTemplate>| t.unwrap().source().to_string();
    let (jinja, config) = (json!("A{{ x }}"), json!({"chat_template": "B"}));
    assert_eq!(
        source(
            find(&[
                ("chat_template.jinja", &jinja),
                ("tokenizer_config.json", &config)
            ])
            .unwrap()
        ),
        "A{{ x }}"
    );
    assert_eq!(
        source(find(&[("chat_template.json", &config)]).unwrap()),
        "B"
    );
    assert_eq!(
        source(find(&[("tokenizer_config.json", &config)]).unwrap()),
        "B"
    );
    assert!(find(&[]).unwrap().is_none());
    assert!(
        find(&[("tokenizer_config.json", &json!({}))])
            .unwrap()
            .is_none()
    );
    let error = find(&[("tokenizer_config.json", &json!({"chat_template": "a\n{{"}))]).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("tokenizer_config.json: chat_template:2:"),
        "{error}"
    );
    let error = find(&[("tokenizer_config.json", &json!("{\n oops"))]).unwrap_err();
    assert!(matches!(error, Error::Json { line: 2, .. }), "{error}");
}

#[test]
fn named_templates_are_chosen_by_what_the_conversation_has() {
    let config = json!({"chat_template": [
        {"name": "default", "template": "default"}, {"name": "tool_use", "template": "tools"},
        {"name": "rag", "template": "documents"},
    ]});
    let folder = fixtures::folder(&[("tokenizer_config.json", &config)]);
    let template = ChatTemplate::from_dir(folder.path()).unwrap().unwrap();
    let (messages, more) = (
        [json!({"role": "user", "content": "Q"})],
        [json!({"title": "t"})],
    );
    let text = |tools: &[Value], documents: &[Value]| {
        let inputs = Inputs {
            messages: &messages,
            tools,
            documents,
            ..Inputs::default()
        };
        template.render(&inputs, &any_tokenizer()).unwrap().text()
    };
    assert_eq!(text(&[], &[]), "default");
    assert_eq!(text(&more, &[]), "tools");
    assert_eq!(text(&[], &more), "documents");
    let gguf = ChatTemplate::from_gguf("a", Some("{{ tools[0].title }}")).unwrap();
    let inputs = Inputs {
        messages: &messages,
        tools: &more,
        ..Inputs::default()
    };
    assert_eq!(gguf.render(&inputs, &any_tokenizer()).unwrap().text(), "t");
}
