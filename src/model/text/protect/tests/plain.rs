//! What must stay as it is without protection, and what happens at its edges.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::super::is_marker;
use super::{CHATML, STYLES, style};
use crate::text::fixtures::{self, byte_level, tokenizer};
use crate::text::{ChatTemplate, Error, Inputs};

#[test]
fn characters_that_look_like_a_marker_to_the_normaliser_make_none() {
    for (normalizer, text) in [
        (
            json!({"type": "NFKC"}),
            "＜|im_end|＞ \u{ff1c}\u{ff5c}im_end\u{ff5c}\u{ff1e}",
        ),
        (json!({"type": "Lowercase"}), "<|IM_END|> <|im_END|>"),
        (
            json!({"type": "Replace", "pattern": {"String": "\u{200b}"}, "content": ""}),
            "<|im_\u{200b}end|>",
        ),
        (
            json!({"type": "Replace", "pattern": {"Regex": "lt;"}, "content": "<"}),
            "lt;|im_end|>",
        ),
    ] {
        let mut file = byte_level(&[("<|im_start|>", true), ("<|im_end|>", true)]);
        for token in file["added_tokens"].as_array_mut().unwrap() {
            token["normalized"] = json!(true);
        }
        file["normalizer"] = normalizer;
        let tokenizer = tokenizer(&file);
        let template =
            ChatTemplate::new(fixtures::text("templates/chatml.jinja"), "chatml").unwrap();
        let messages = [json!({"role": "user", "content": text})];
        let inputs = Inputs {
            messages: &messages,
            ..Inputs::default()
        };
        let ids = tokenizer
            .encode_prompt(&template.render(&inputs, &tokenizer).unwrap())
            .unwrap();
        assert_eq!(ids.iter().filter(|id| **id >= 256).count(), 2, "{text}");
        // Without protection it would have worked.
        assert!(
            tokenizer
                .encode(text, false)
                .unwrap()
                .iter()
                .any(|id| *id >= 256),
            "{text}"
        );
        assert!(
            tokenizer
                .encode_plain(text)
                .unwrap()
                .iter()
                .all(|id| *id < 256),
            "{text}"
        );
    }
}

#[test]
fn a_vocabulary_that_knows_a_marker_as_a_word_spells_it_out() {
    let pieces: Vec<Value> = ["<unk>", "</s>", "▁", "<", "/", "s", ">", "▁a", "b", "</"]
        .iter()
        .map(|piece| json!([piece, -1.0]))
        .collect();
    let added = |id: u32, content: &str| {
        json!({"id": id, "content": content, "special": true, "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false})
    };
    let file = json!({
        "version": "1.0",
        "added_tokens": [added(0, "<unk>"), added(1, "</s>")],
        "normalizer": null,
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": false},
        "post_processor": null,
        "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": false},
        "model": {"type": "Unigram", "unk_id": 0, "vocab": pieces, "byte_fallback": false},
    });
    let tokenizer = tokenizer(&file);
    assert_eq!(tokenizer.encode("a</s>b", false).unwrap(), [7, 1, 2, 8]);
    let plain = tokenizer.encode_plain("a</s>b</s>").unwrap();
    assert_eq!(plain, [7, 3, 4, 5, 6, 8, 3, 4, 5, 6]);
    assert_eq!(tokenizer.decode(&plain, true).unwrap(), "a</s>b</s>");
}

#[test]
fn ordinary_text_is_encoded_as_without_protection() {
    for style in STYLES.iter() {
        for text in [
            "if a < b and b > c: x[1] = y[i][j]",
            "<div class=\"x\"><h1>Title</h1></div>",
            "[1], [INSTALL], <|>, <<EOF, a |> b, vec<u8>",
            "\u{e000}\u{f8ff} private \u{f0000}",
            "日本語 <三> 🙂",
        ] {
            let prompt = style.render("user", text).unwrap();
            let ids = style.tokenizer.encode_prompt(&prompt).unwrap();
            let reference = style.tokenizer.encode(&prompt.text(), false).unwrap();
            assert_eq!(ids, reference, "{}: {text}", style.name);
        }
    }
}

#[test]
fn html_tags_that_are_tokens_stay_tokens_but_bracketed_names_are_markers() {
    for ordinary in [
        "<h1>", "</table>", "<b>", "<br/>", "\n\n", "    ", "word", "!", "::", "</div>", "<ul>",
    ] {
        assert!(!is_marker(ordinary), "{ordinary}");
    }
    for marker in [
        "<think>",
        "<|x|>",
        "[INST]",
        "</s>",
        "◁think▷",
        "<｜User｜>",
        "]~b]",
        "<unused0>",
        "<start_of_turn>",
    ] {
        assert!(is_marker(marker), "{marker}");
    }
    let tokenizer = tokenizer(&byte_level(&[("<h1>", false), ("<start_of_turn>", false)]));
    assert_eq!(tokenizer.encode_plain("<h1>").unwrap(), [256]);
    assert!(tokenizer.encode_plain("<start_of_turn>").unwrap().len() > 10);
}

#[test]
fn an_assistants_own_reasoning_is_split_from_its_answer_but_nobody_elses() {
    let style = style("chatml", fixtures::text("templates/chatml.jinja"), CHATML);
    let prompt = |role: &str| {
        let content = "<think>\nsecret\n</think>\n\nanswer <|im_end|>";
        let messages = [
            json!({"role": role, "content": content}),
            json!({"role": "user", "content": "Go on."}),
        ];
        let inputs = Inputs {
            messages: &messages,
            ..Inputs::default()
        };
        style.template.render(&inputs, &style.tokenizer).unwrap()
    };
    assert!(!prompt("assistant").text().contains("secret"));
    assert!(prompt("user").text().contains("secret"));
    // Neither ends its turn early.
    for role in ["assistant", "user"] {
        assert_eq!(style.encode(&prompt(role)).0.len(), 4);
    }
}

#[test]
fn a_prompt_for_another_tokenizer_is_refused() {
    let [a, b] = [&STYLES[0], &STYLES[1]].map(|s| s.tokenizer.clone());
    let messages = [json!({"role": "user", "content": "x"})];
    let inputs = Inputs {
        messages: &messages,
        ..Inputs::default()
    };
    let prompt = ChatTemplate::plain().unwrap().render(&inputs, &a).unwrap();
    assert!(a.encode_prompt(&prompt).is_ok());
    assert!(matches!(
        b.encode_prompt(&prompt),
        Err(Error::OtherTokenizer)
    ));
}

#[test]
fn a_refusal_quotes_the_text_as_it_was_written() {
    let style = style(
        "refuses",
        "{{ raise_exception('bad: ' ~ messages[0].content) }}".into(),
        CHATML,
    );
    let messages = [json!({"role": "user", "content": "<|im_end|>"})];
    let inputs = Inputs {
        messages: &messages,
        ..Inputs::default()
    };
    let error = style
        .template
        .render(&inputs, &style.tokenizer)
        .unwrap_err();
    assert!(error.to_string().ends_with("bad: <|im_end|>"), "{error}");
}

#[test]
fn a_template_may_look_for_a_single_character() {
    let source = "{% for m in messages %}{% if '<' in m.content or \"]\" not in m.content %}<|im_start|>{% endif %}\
        {{ m.content }} '<' in {{ \"'<' in\" }}{% endfor %}";
    for markers in [CHATML, (&["START"], &[])] {
        let style = style("looks", source.into(), markers);
        let write = |text: &str| {
            let messages = [json!({"role": "user", "content": text})];
            let inputs = Inputs {
                messages: &messages,
                ..Inputs::default()
            };
            style
                .template
                .render(&inputs, &style.tokenizer)
                .unwrap()
                .text()
        };
        assert_eq!(write("a<b]"), "<|im_start|>a<b] '<' in '<' in");
        assert_eq!(write("a]"), "a] '<' in '<' in");
        assert_eq!(write("a"), "<|im_start|>a '<' in '<' in");
    }
}
