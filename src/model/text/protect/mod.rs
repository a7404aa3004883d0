//! Untrusted text can never become a role marker or any other special token.
//!
//! A chat template glues trusted text (its own) and untrusted text (messages, tool definitions and results,
//! documents) into one string, in which a tokenizer then looks for markers such as `<|im_start|>`. Whoever writes
//! such a string into a web page that a tool reads would thereby open a new turn. So:
//!
//! 1. Before rendering, [`Swap`] replaces in every untrusted string each character that a marker begins or ends
//!    with (`<`, `>`, `[`, …) by a private-use *stand-in* that occurs nowhere in the input. A marker can then
//!    neither begin nor end in untrusted text, however a template cuts, trims, joins or escapes it.
//! 2. The template is rendered, and markers are looked for, while the stand-ins are in place: every match is the
//!    template's own.
//! 3. What lies between the matches is put back to what it was and encoded without looking for markers; a
//!    vocabulary that knows a marker as an ordinary word gets it character by character ([`Rendered`],
//!    `Tokenizer::encode_prompt`).
//!
//! Since stand-ins are gone before the tokenizer cuts words, ordinary text with these characters (`a < b`, `[1]`,
//! `<div>`) is encoded exactly as it would be without protection.
//!
//! **Protected:** every string value and every key in messages, tools, documents and extra arguments, of every
//! role. Markers are all tokens that the vocabulary calls special, and other added tokens that look like markers
//! (`<tool_call>`, `[INST]`), but not runs of spaces, words, or HTML tags. A marker that a template builds from
//! pieces (`'<|' + role + '|>'`) is covered through [`Seams`](super::template::Seams): what would fit between the
//! pieces is broken up too, but for words that templates look up (`name`, `type`, …) as keys and in tool definitions.
//!
//! It does not know: tokens' ids, which template is rendered, or who wrote which message.
//!
//! **Not protected:** roles, since templates build markers from them; they come from a closed list instead.
//! Reasoning tags ([`THINK`]) in an assistant's own content, since templates split it at `</think>`: whoever may
//! write assistant messages may write its reasoning. Markers that are no tokens but plain text (`### Instruction:`,
//! `USER:`, Llama 2's `[INST]`): such a model cannot tell who wrote them. A template that compares untrusted text
//! with a string containing a swapped character sees no match (it may take a pasted `<tool_response>` for plain
//! text, which is right); only a look for one character, `'<' in text`, is answered truly. A template or a tokenizer
//! file is trusted like the weights it belongs to; a template that loops for ever is stopped by its number of steps.

mod guard;
mod rendered;
mod swap;
#[cfg(test)]
mod tests;
mod words;

pub(super) use guard::Gaps;
pub use guard::Guard;
pub(super) use guard::is_marker;
pub use rendered::Rendered;
pub(super) use rendered::restore;
pub(super) use swap::{Known, Swap};

/// Tags around reasoning, which stay what they are in an assistant's own messages.
pub(super) const THINK: [&str; 17] = [
    "<think>",
    "</think>",
    "<thinking>",
    "</thinking>",
    "<thought>",
    "</thought>",
    "<reasoning>",
    "</reasoning>",
    "<answer>",
    "</answer>",
    "<seed:think>",
    "</seed:think>",
    "[THINK]",
    "[/THINK]",
    "[BEGIN FINAL RESPONSE]",
    "◁think▷",
    "◁/think▷",
];
