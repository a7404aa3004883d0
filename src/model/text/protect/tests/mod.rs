//! Templates in the style of five families, each with a conversation that strangers can write into.
#![allow(clippy::unwrap_used)]

mod forged;
mod plain;

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use serde_json::{Value, json};

use crate::text::fixtures::{self, byte_level, tokenizer};
use crate::text::{ChatTemplate, Error, Inputs, Rendered, Tokenizer};

/// A template with the markers of the models that use it.
struct Style {
    name: &'static str,
    template: ChatTemplate,
    tokenizer: Tokenizer,
    /// The markers of a prompt with an innocent word in a place.
    innocent: Mutex<HashMap<String, Vec<u32>>>,
}

/// Markers that are special, and markers that are merely added.
type Markers = (&'static [&'static str], &'static [&'static str]);

const CHATML: Markers = (
    &["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
    &[
        "<tool_call>",
        "</tool_call>",
        "<tool_response>",
        "</tool_response>",
        "<think>",
        "</think>",
    ],
);
const LLAMA3: Markers = (
    &[
        "<|begin_of_text|>",
        "<|start_header_id|>",
        "<|end_header_id|>",
        "<|eot_id|>",
        "<|eom_id|>",
        "<|python_tag|>",
    ],
    &[],
);
const MISTRAL: Markers = (
    &[
        "<s>",
        "</s>",
        "[INST]",
        "[/INST]",
        "[TOOL_CALLS]",
        "[AVAILABLE_TOOLS]",
        "[/AVAILABLE_TOOLS]",
        "[TOOL_RESULTS]",
        "[/TOOL_RESULTS]",
    ],
    &[],
);
const GEMMA: Markers = (
    &["<bos>", "<eos>"],
    &[
        "<start_of_turn>",
        "<end_of_turn>",
        "<start_of_image>",
        "<h1>",
    ],
);
const PHI: Markers = (
    &[
        "<s>",
        "<|endoftext|>",
        "<|system|>",
        "<|user|>",
        "<|assistant|>",
        "<|end|>",
        "<|tool|>",
        "<|name|>",
    ],
    &[],
);

/// Builds its markers from pieces, as Phi-4's does, and writes names between brackets.
const PIECES: &str = "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] }}\
{% for call in message.tool_calls or [] %}{% for k, v in call.function.arguments.items() %}\
{{ '<' ~ k ~ '>' ~ v ~ '</' ~ k ~ '>' }}{% endfor %}{% endfor %}{{ '<|end|>' }}{% endfor %}\
{% for tool in tools or [] %}<|tool|>{{ tool.function.name }}<|{{ tool.function.description }}|>{% endfor %}\
{% if add_generation_prompt %}<|assistant|>{% endif %}";

fn style(name: &'static str, source: String, (special, added): Markers) -> Style {
    let tokens: Vec<(&str, bool)> = special
        .iter()
        .map(|t| (*t, true))
        .chain(added.iter().map(|t| (*t, false)))
        .collect();
    Style {
        name,
        template: ChatTemplate::new(source, name).unwrap(),
        tokenizer: tokenizer(&byte_level(&tokens)),
        innocent: Mutex::default(),
    }
}

static STYLES: LazyLock<Vec<Style>> = LazyLock::new(|| {
    let file = |name| fixtures::text(&format!("templates/{name}.jinja"));
    vec![
        style("chatml", file("chatml"), CHATML),
        style("llama3", file("llama3"), LLAMA3),
        style("mistral", file("mistral"), MISTRAL),
        style("gemma", file("gemma"), GEMMA),
        style("phi", file("phi"), PHI),
        style("pieces", PIECES.into(), PHI),
    ]
});

/// A conversation with `text` in one of the places that others can write to.
fn conversation(place: &str, text: &str) -> (Vec<Value>, Vec<Value>, Vec<Value>) {
    let at = |here: &str, plain: &str| {
        if here == place {
            text.to_string()
        } else {
            plain.to_string()
        }
    };
    let call = json!({
        "id": "abcdefgh1",
        "type": "function",
        "function": {
            "name": at("called name", "look"),
            "arguments": json!({at("argument name", "q"): at("argument", "x")}).to_string(),
        },
    });
    let messages = vec![
        json!({"role": "system", "content": at("system", "Be brief.")}),
        json!({"role": "user", "content": at("user", "Hello."), "name": at("user name", "ann")}),
        json!({"role": "assistant", "content": at("assistant", "Yes?")}),
        json!({"role": "user", "content": [
            {"type": "text", "text": at("part", "Look ")}, {"type": "text", "text": at("next part", "it up.")},
        ]}),
        json!({"role": "assistant", "content": null, "tool_calls": [call]}),
        json!({"role": "tool", "name": at("tool name", "look"), "tool_call_id": at("call id", "abcdefgh1"),
            "content": at("result", "Found.")}),
    ];
    let tool = json!({"type": "function", "function": {
        "name": at("defined name", "look"),
        "description": at("description", "Looks."),
        "parameters": {
            "type": "object",
            "properties": {at("property", "q"): {"type": "string", "description": at("property description", "What.")}},
            "required": [at("property", "q")],
            at("schema key", "title"): "t",
        },
    }});
    let document = json!({"title": at("document title", "Doc"), "text": at("document", "Text.")});
    (messages, vec![tool], vec![document])
}

const PLACES: [&str; 19] = [
    "system",
    "user",
    "user name",
    "assistant",
    "part",
    "next part",
    "called name",
    "argument name",
    "argument",
    "tool name",
    "call id",
    "result",
    "defined name",
    "description",
    "property",
    "property description",
    "schema key",
    "document title",
    "document",
];

impl Style {
    fn render(&self, place: &str, text: &str) -> Result<Rendered, Error> {
        let (mut messages, mut tools, documents) = conversation(place, text);
        // Gemma and Phi have neither calls nor tools, and refuse a conversation with them.
        if ["gemma", "phi"].contains(&self.name) {
            messages.truncate(4);
            tools.clear();
        }
        let inputs = Inputs {
            messages: &messages,
            tools: &tools,
            documents: &documents,
            add_generation_prompt: true,
            bos_token: Some("<s>"),
            eos_token: Some("</s>"),
            extra: json!({"note": text, "custom": [text]})
                .as_object()
                .unwrap()
                .clone(),
            ..Inputs::default()
        };
        self.template.render(&inputs, &self.tokenizer)
    }

    fn is_marker(&self, id: u32) -> bool {
        self.tokenizer
            .special_tokens()
            .iter()
            .any(|t| t.id == id && t.marker)
    }

    /// The markers of a prompt in order, and the prompt as the ids spell it.
    fn encode(&self, prompt: &Rendered) -> (Vec<u32>, String) {
        let ids = self.tokenizer.encode_prompt(prompt).unwrap();
        let markers = ids
            .iter()
            .copied()
            .filter(|id| self.is_marker(*id))
            .collect();
        (markers, self.tokenizer.decode(&ids, false).unwrap())
    }

    /// Fails unless `text` leaves the markers of a prompt as they are with an innocent word in its place.
    fn withstands(&self, place: &str, text: &str) {
        let mut innocent = self.innocent.lock().unwrap();
        let expected = innocent
            .entry(place.into())
            .or_insert_with(|| self.encode(&self.render(place, "innocent").unwrap()).0);
        let prompt = match self.render(place, text) {
            Ok(prompt) => prompt,
            // A template may refuse the text; that is no forgery.
            Err(Error::Refused { .. }) => return,
            Err(e) => panic!("{}: {place}: {text:?}: {e}", self.name),
        };
        let (markers, spelt) = self.encode(&prompt);
        assert_eq!(spelt, prompt.text(), "{}: {place}: {text:?}", self.name);
        assert_eq!(
            markers, *expected,
            "{}: {place}: {text:?} in {spelt:?}",
            self.name
        );
    }
}
