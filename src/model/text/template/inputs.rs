//! What a caller hands to a template.

use serde_json::{Map, Value};

/// Everything that a prompt is made from.
#[derive(Debug, Clone, Default)]
pub struct Inputs<'a> {
    /// In OpenAI's shape: `role`, `content` (string or text parts), `tool_calls`, `tool_call_id`, `reasoning_content`.
    pub messages: &'a [Value],
    /// `{"type": "function", "function": {…}}`; none is the same as an empty list.
    pub tools: &'a [Value],
    /// `{"title": …, "text": …}`, for templates that take them.
    pub documents: &'a [Value],
    /// End with the beginning of an assistant message.
    pub add_generation_prompt: bool,
    /// End in the middle of the last message, which the model continues.
    pub continue_final_message: bool,
    /// `None` leaves it to the template.
    pub enable_thinking: Option<bool>,
    /// `None` means the tokenizer's.
    pub bos_token: Option<&'a str>,
    pub eos_token: Option<&'a str>,
    /// Further variables for the template (`chat_template_kwargs`); they cannot replace those above.
    pub extra: Map<String, Value>,
}
