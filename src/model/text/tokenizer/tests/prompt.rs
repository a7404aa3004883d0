//! Rendered prompts as ids.
#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::super::Tokenizer;
use super::FOLDERS;
use crate::text::fixtures::{self, gguf, ids};
use crate::text::{ChatTemplate, Inputs};

#[test]
fn a_whole_chat_becomes_the_ids_of_the_reference() {
    let folder = fixtures::path("tiny-llama");
    let (vocab, source) = gguf("tiny-llama/model.gguf");
    let from_gguf = (
        Tokenizer::from_gguf(&vocab).unwrap(),
        ChatTemplate::from_gguf(&source.unwrap(), None).unwrap(),
    );
    let from_folder = (
        Tokenizer::from_dir(&folder).unwrap(),
        ChatTemplate::from_dir(&folder).unwrap().unwrap(),
    );
    for (tokenizer, template) in [from_folder, from_gguf] {
        for chat in fixtures::json("tiny-llama/chats.json").as_array().unwrap() {
            let list = |key: &str| chat[key].as_array().cloned().unwrap_or_default();
            let inputs = Inputs {
                messages: &list("messages"),
                tools: &list("tools"),
                add_generation_prompt: true,
                ..Inputs::default()
            };
            let prompt = template.render(&inputs, &tokenizer).unwrap();
            assert_eq!(prompt.text(), chat["prompt"]);
            assert_eq!(
                tokenizer.encode_prompt(&prompt).unwrap(),
                ids(&chat["prompt_ids"])
            );
            assert_eq!(
                tokenizer.decode(&ids(&chat["greedy"]), true).unwrap(),
                chat["text"]
            );
        }
    }
}

/// One user message through a template that writes text before and after a marker.
fn prompt(tokenizer: &Tokenizer, source: &str, content: &str) -> Vec<u32> {
    let messages = [json!({"role": "user", "content": content})];
    let inputs = Inputs {
        messages: &messages,
        add_generation_prompt: true,
        ..Inputs::default()
    };
    let prompt = ChatTemplate::new(source, "t")
        .unwrap()
        .render(&inputs, tokenizer)
        .unwrap();
    tokenizer.encode_prompt(&prompt).unwrap()
}

#[test]
fn prompts_with_swapped_characters_are_encoded_like_their_text_in_every_vocabulary() {
    let source =
        "{{ bos_token }}a {{ messages[0].content }}{{ eos_token }} {{ messages[0].content }}\n";
    for folder in FOLDERS {
        let tokenizer = Tokenizer::from_dir(fixtures::path(folder)).unwrap();
        let name = |id: Option<u32>| {
            id.and_then(|id| tokenizer.token_text(id))
                .unwrap_or_default()
        };
        let (bos, eos) = (name(tokenizer.bos()), name(tokenizer.eos()));
        for content in [
            "x",
            "a < b > c",
            "[1] <x|",
            "  two  spaces <",
            "日本 <語>",
            "\n<\n\n>\t",
        ] {
            let text = format!("{bos}a {content}{eos} {content}");
            assert_eq!(
                prompt(&tokenizer, source, content),
                tokenizer.encode(&text, false).unwrap(),
                "{folder}: {text:?}"
            );
        }
    }
}

#[test]
fn a_begin_token_is_there_once_whoever_writes_it() {
    let gguf_tokenizer = |add_bos| {
        let (mut vocab, _) = gguf("spm/mistral/vocab.gguf");
        vocab.add_bos = Some(add_bos);
        Tokenizer::from_gguf(&vocab).unwrap()
    };
    let file = Tokenizer::from_dir(fixtures::path("spm/mistral")).unwrap();
    let count = |tokenizer: &Tokenizer, source: &str| {
        let ids = prompt(tokenizer, source, "<s>");
        ids.iter().filter(|id| **id == 1).count()
    };
    let (with, without) = (
        "{{ bos_token }}{{ messages[0].content }}",
        "{{ messages[0].content }}",
    );
    // llama.cpp adds what the template forgot, transformers does not.
    assert_eq!(
        [
            count(&gguf_tokenizer(true), with),
            count(&gguf_tokenizer(true), without)
        ],
        [1, 1]
    );
    assert_eq!(
        [
            count(&gguf_tokenizer(false), with),
            count(&gguf_tokenizer(false), without)
        ],
        [1, 0]
    );
    assert_eq!([count(&file, with), count(&file, without)], [1, 0]);
    // Without a template the text is encoded as any text is.
    let messages = [json!({"role": "user", "content": "</s>"})];
    let inputs = Inputs {
        messages: &messages,
        add_generation_prompt: true,
        ..Inputs::default()
    };
    for tokenizer in [file, gguf_tokenizer(true)] {
        let plain = ChatTemplate::plain()
            .unwrap()
            .render(&inputs, &tokenizer)
            .unwrap();
        let ids = tokenizer.encode_prompt(&plain).unwrap();
        assert_eq!((ids[0], ids.iter().filter(|id| **id < 3).count()), (1, 1));
        assert_eq!(
            tokenizer.decode(&ids[1..], false).unwrap(),
            "User: </s>\nAssistant:"
        );
    }
}
