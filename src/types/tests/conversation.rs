use serde_json::json;

use super::{golden, passes, refusal};
use crate::{FunctionCall, Message, MessageContent, Part, Role, ToolCall};

#[test]
fn plain_messages_have_openai_s_shape() {
    golden(
        &Message::system("be brief"),
        &json!({"role": "system", "content": "be brief"}),
    );
    golden(
        &Message::user("hello"),
        &json!({"role": "user", "content": "hello"}),
    );
    golden(
        &Message::assistant("hi"),
        &json!({"role": "assistant", "content": "hi"}),
    );
    golden(
        &Message::tool("call_1", "21 degrees"),
        &json!({"role": "tool", "content": "21 degrees", "tool_call_id": "call_1"}),
    );
}

#[test]
fn a_message_that_calls_has_null_content_beside_its_calls() {
    golden(
        &Message::calling(vec![ToolCall::new(
            "call_1",
            "weather",
            r#"{"city": "Bern"}"#,
        )]),
        &json!({
            "role": "assistant",
            "content": null,
            "tool_calls": [{
                "id": "call_1",
                "type": "function",
                "function": {"name": "weather", "arguments": "{\"city\": \"Bern\"}"},
            }],
        }),
    );
}

#[test]
fn absent_content_stays_absent_and_null_stays_null() {
    let absent: Message = passes(r#"{"role":"assistant"}"#);
    let null: Message = passes(r#"{"role":"assistant","content":null}"#);
    assert_eq!(absent.content, None);
    assert_eq!(null.content, Some(MessageContent::Null));
    assert_eq!((absent.text(), null.text()), ("".into(), "".into()));
}

#[test]
fn keys_that_nobody_knows_pass_through_at_every_level() {
    let message: Message = passes(concat!(
        r#"{"role":"assistant","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},"#,
        r#"{"type":"video_url","video_url":{"url":"file:///x"}}],"reasoning_content":"hm","#,
        r#""tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}","strict":true},"#,
        r#""index":0}],"name":"anna","weight":1,"refusal":null}"#,
    ));
    assert_eq!(message.extra["weight"], 1);
    assert_eq!(message.reasoning_content.as_deref(), Some("hm"));
    assert_eq!(message.tool_calls[0].extra["index"], 0);
    assert_eq!(message.tool_calls[0].function.extra["strict"], true);
}

#[test]
fn pictures_and_sound_are_parts() {
    let message: Message = passes(concat!(
        r#"{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA","detail":"low"}},"#,
        r#"{"type":"input_audio","input_audio":{"data":"AA","format":"wav"}},{"type":"text","text":"what is it?"}]}"#,
    ));
    assert_eq!(message.text(), "what is it?");
    let Some(MessageContent::Parts(parts)) = message.content else {
        panic!("no parts")
    };
    assert!(matches!(
        parts[..],
        [Part::ImageUrl(_), Part::InputAudio(_), Part::Text(_)]
    ));
}

#[test]
fn the_text_of_several_parts_is_joined_by_line_ends() {
    assert_eq!(
        Message::user(vec![Part::text("one"), Part::text("two")]).text(),
        "one\ntwo"
    );
}

#[test]
fn the_old_role_function_is_a_tool() {
    let message: Message =
        serde_json::from_value(json!({"role": "function", "name": "f", "content": "1"})).unwrap();
    assert_eq!(message.role, Role::Tool);
}

#[test]
fn an_unknown_role_is_refused_with_the_known_ones() {
    assert_eq!(
        refusal::<Message>(&json!({"role": "wizard", "content": "hi"})),
        "role must be system, developer, user, assistant or tool, got `wizard`"
    );
}

#[test]
fn content_of_another_type_is_refused() {
    assert_eq!(
        refusal::<Message>(&json!({"role": "user", "content": 5})),
        "content must be a string, a list of parts or null, got `5`"
    );
}

#[test]
fn a_known_part_without_its_value_is_refused_by_number() {
    let content = json!([{"type": "text", "text": "a"}, {"type": "text"}]);
    assert_eq!(
        refusal::<MessageContent>(&content),
        "content part 1: missing field `text`"
    );
    assert_eq!(
        refusal::<MessageContent>(&json!([{"text": "a"}])),
        "content part 0: missing field `type`"
    );
}

#[test]
fn arguments_given_as_an_object_are_read_as_its_text() {
    let call: FunctionCall =
        serde_json::from_value(json!({"name": "f", "arguments": {"b": 1, "a": 2.0}})).unwrap();
    assert_eq!(call.arguments, r#"{"b":1,"a":2.0}"#);
    assert_eq!(
        refusal::<FunctionCall>(&json!({"name": "f", "arguments": [1]})),
        "arguments must be the text of a JSON object, or an object, got `[1]`"
    );
}

#[test]
fn calls_that_are_null_or_empty_are_no_calls() {
    for calls in [json!(null), json!([])] {
        let message: Message = serde_json::from_value(
            json!({"role": "assistant", "content": "a", "tool_calls": calls}),
        )
        .unwrap();
        assert_eq!(message, Message::assistant("a"));
    }
}
