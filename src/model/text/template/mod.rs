//! Chat templates: a conversation → the one string that a model was trained on.
//!
//! A [`ChatTemplate`] is a Jinja template in transformers' dialect, from a model folder, a GGUF file or the user.
//! Messages, tools and documents enter as JSON in OpenAI's chat shape ([`Inputs`]); a
//! [`Rendered`](super::Rendered) prompt leaves, in which untrusted text is told apart from the template's own
//! (see `protect`). A model that has no template gets [`ChatTemplate::plain`].
//!
//! Messages are adapted to what the template takes, which is found out by trying ([`Takes`]): roles it refuses,
//! lists of text parts, calls whose arguments are strings or objects.
//!
//! `dialect.json` records about 500 constructs that give what they give in Python. Missing: formatting with `%`
//! (`'%s' % x`; the `format` filter is there), unary plus, `varargs` and `kwargs` in macros, a slice with a negative
//! step that stops before 0, the reversal of an empty list or string by a slice (an error), escaping through `safe`,
//! other files (`include`, `import`, `extends`), the filters `random`, `urlize`, `wordwrap`, `xmlattr`. Methods that
//! change a list or a dict are refused, as in transformers' sandbox.
//!
//! It does not know: tokens, tool-call syntaxes, or what the model answers.

mod args;
mod clock;
mod env;
mod filters;
mod find;
mod fold;
mod inputs;
mod json;
mod methods;
mod run;
mod shape;
mod source;
mod takes;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use minijinja::Environment;
use serde_json::{Map, Value, json};

use super::protect::{Gaps, Known, Rendered, Swap};
use super::{Error, Result, Tokenizer};

pub use inputs::Inputs;
use run::{NAME, failure, position, problem, run};
pub use shape::ROLES;
pub(super) use source::Seams;
pub use takes::Takes;

/// A conversation for models that were never taught one: what was said, line by line, and who speaks next.
///
/// System text stands first and alone; then `User: …` and `Assistant: …`. Models trained on nothing but the web have
/// seen dialogues in this form, and go on with an answer where a bare question makes them write more questions.
const PLAIN: &str = "\
{%- for message in messages -%}
{%- if message.role == 'system' -%}
{{ message.content }}{{ '\\n\\n' }}
{%- else -%}
{{ message.role | capitalize }}: {{ message.content }}{{ '\\n' }}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}Assistant:{%- endif -%}";

/// See the [module](self).
#[derive(Clone)]
pub struct ChatTemplate(Arc<Compiled>);

struct Compiled {
    env: Environment<'static>,
    name: String,
    source: String,
    seams: Seams,
    gaps: Gaps,
    takes: Takes,
    bare: bool,
    /// Variants for conversations with tools or with documents.
    variants: BTreeMap<String, ChatTemplate>,
}

impl ChatTemplate {
    /// Compiles a template; `name` is what errors call it, best the path of its file.
    pub fn new(source: impl Into<String>, name: impl Into<String>) -> Result<Self> {
        Self::with_variants(source.into(), name.into(), BTreeMap::new())
    }

    /// For a model without a template; see the source for the form of the prompt.
    ///
    /// Anybody can write `User:` into a message, and such a model cannot tell: nothing here protects from that.
    pub fn plain() -> Result<Self> {
        let mut template = Self::new(PLAIN, "the plain conversation")?;
        if let Some(compiled) = Arc::get_mut(&mut template.0) {
            compiled.bare = true;
        }
        Ok(template)
    }

    fn with_variants(
        source: String,
        name: String,
        variants: BTreeMap<String, ChatTemplate>,
    ) -> Result<Self> {
        let mut env = env::environment();
        env.add_template_owned(NAME, source::prepared(&source))
            .map_err(|e| {
                let (line, column) = position(&e, &source);
                Error::Syntax {
                    name: name.clone(),
                    line,
                    column,
                    problem: problem(&e),
                }
            })?;
        let probe = |messages: &[Value], tools: &[Value]| {
            let mut context = json!({
                "messages": messages,
                "tools": if tools.is_empty() { Value::Null } else { tools.into() },
                "documents": null,
                "add_generation_prompt": true,
                "bos_token": "",
                "eos_token": "",
            });
            for (c, name) in source::LOOKS {
                context[name] = c.to_string().into();
            }
            run(&env, &context).ok()
        };
        let takes = Takes::of(&source, &probe);
        Ok(Self(Arc::new(Compiled {
            seams: Seams::of(&source::prepared(&source)),
            gaps: Gaps::default(),
            env,
            name,
            source,
            takes,
            bare: false,
            variants,
        })))
    }

    /// Renders a conversation for `tokenizer`, so that nothing in `inputs` can become one of its markers.
    pub fn render(&self, inputs: &Inputs, tokenizer: &Tokenizer) -> Result<Rendered> {
        let this = self.variant(inputs);
        let Compiled {
            env, name, source, ..
        } = &*this.0;
        let token = |given: Option<&str>, id: Option<u32>| match given {
            Some(text) => Some(text.to_string()),
            None => id.and_then(|id| tokenizer.token_text(id)),
        };
        let bos = token(inputs.bos_token, tokenizer.bos());
        let eos = token(inputs.eos_token, tokenizer.eos());
        let mut messages = shape::messages(inputs.messages, &this.0.takes)?;
        let extra = Value::Object(inputs.extra.clone());
        let mut untrusted: Vec<&Value> = vec![&extra];
        untrusted.extend(messages.iter().chain(inputs.tools).chain(inputs.documents));
        let trusted = [
            source,
            bos.as_deref().unwrap_or(""),
            eos.as_deref().unwrap_or(""),
        ];
        let guard = tokenizer.guard();
        let mut swap = Swap::new(guard, &this.0.gaps, &this.0.seams, &trusted, &untrusted);

        for message in &mut messages {
            *message = swap.message(message)?;
        }
        let end = match messages.last_mut() {
            Some(last) if inputs.continue_final_message => Some(mark_end(last, &mut swap)?),
            _ => None,
        };
        let mut context = match swap.value(&extra, Known::Keys)? {
            Value::Object(extra) => extra,
            _ => Map::new(),
        };
        let mut list = |items: &[Value], known: Known| -> Result<Value> {
            if items.is_empty() {
                return Ok(Value::Null);
            }
            items.iter().map(|item| swap.value(item, known)).collect()
        };
        let (tools, documents) = (
            list(inputs.tools, Known::Words)?,
            list(inputs.documents, Known::Keys)?,
        );
        context.insert("messages".into(), messages.into());
        context.insert("tools".into(), tools);
        context.insert("documents".into(), documents);
        let prompt = inputs.add_generation_prompt && !inputs.continue_final_message;
        context.insert("add_generation_prompt".into(), prompt.into());
        for (key, value) in [("bos_token", bos), ("eos_token", eos)] {
            context.remove(key);
            context.extend(value.map(|text| (key.to_string(), text.into())));
        }
        if let Some(think) = inputs.enable_thinking {
            context.insert("enable_thinking".into(), think.into());
        }

        for (c, name) in source::LOOKS {
            context.insert(name.into(), swap.looks_like(c)?.to_string().into());
        }

        let originals = swap.into_originals();
        let mut text =
            run(env, &Value::Object(context)).map_err(|e| failure(&e, name, source, &originals))?;
        if let Some(end) = end {
            let at = text.rfind(end).ok_or_else(|| Error::Refused {
                name: name.clone(),
                text: "it leaves out the message that should be continued".into(),
            })?;
            text.truncate(at);
        }
        Ok(Rendered::new(text, originals, guard.clone(), this.0.bare))
    }

    /// What the template takes; of the variant for tools, if there is one and `tools` says so.
    pub fn takes(&self, tools: bool) -> &Takes {
        let variant = self.0.variants.get("tool_use").filter(|_| tools);
        &variant.unwrap_or(self).0.takes
    }

    /// Where the template comes from, as given.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    pub fn source(&self) -> &str {
        &self.0.source
    }

    fn variant(&self, inputs: &Inputs) -> &Self {
        let variants = &self.0.variants;
        let wanted = if !inputs.tools.is_empty() {
            variants.get("tool_use")
        } else if !inputs.documents.is_empty() {
            variants.get("rag")
        } else {
            None
        };
        wanted.unwrap_or(self)
    }
}

impl fmt::Debug for ChatTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatTemplate")
            .field("name", &self.0.name)
            .field("takes", &self.0.takes)
            .finish()
    }
}

/// Puts a character behind the last message's text, where the prompt will be cut.
fn mark_end(message: &mut Value, swap: &mut Swap) -> Result<char> {
    let end = swap.unused()?;
    let content = match message.get_mut("content") {
        Some(Value::Array(parts)) => parts.last_mut().and_then(|part| part.get_mut("text")),
        content => content,
    };
    if let Some(Value::String(text)) = content {
        text.push(end);
    }
    Ok(end)
}
