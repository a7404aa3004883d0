use ferrule_types::{ModelCard, Tool};

use super::{Layout, Sign, conversation::Conversation, marks::Marks};
use crate::{Syntax, Thinking};

/// Writes calls as one model does, and the grammar of what it may call.
///
/// ```
/// use ferrule_parse::Syntax;
/// use ferrule_types::ToolCall;
///
/// let writer = Syntax::named("hermes")?.writer();
/// let call = ToolCall::new("", "add", r#"{"a": 1, "b": 2}"#);
/// let text = writer.calls(&[call])?;
/// assert_eq!(text, "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b\": 2}}\n</tool_call>");
/// # Ok::<(), ferrule_types::Error>(())
/// ```
#[derive(Debug)]
pub struct Writer<'t> {
    pub(super) syntax: &'static Syntax,
    pub(super) layout: &'static Layout,
    pub(super) marks: Marks,
    pub(super) tools: &'t [Tool],
    pub(super) thought: Option<Thought>,
    pub(super) conversation: Option<Conversation>,
}

/// What the model may think before a call that it must make.
#[derive(Debug)]
pub(super) struct Thought {
    pub open: String,
    pub close: String,
    pub thinking: Thinking,
}

impl Syntax {
    /// What writes calls in this syntax.
    pub fn writer(&'static self) -> Writer<'static> {
        Writer {
            syntax: self,
            layout: &self.layout,
            marks: Marks::default(),
            tools: &[],
            thought: None,
            conversation: None,
        }
    }
}

impl<'t> Writer<'t> {
    /// Writes for this model: as its generation does, with its tokens for the marks that it has as tokens. Without a
    /// card all marks are text.
    pub fn with_card(mut self, card: &ModelCard) -> Self {
        self.marks = Marks::of(card);
        let template = card.template.as_deref().unwrap_or_default();
        let told = |sign: &Sign| match sign {
            Sign::Token(token) => card.special_token(token).is_some(),
            Sign::Template(text) => template.contains(text),
        };
        let instead = self.syntax.layout.instead.iter();
        let found = instead
            .filter(|(sign, _)| told(sign))
            .map(|(_, layout)| *layout);
        self.layout = found.take(1).next().unwrap_or(&self.syntax.layout);
        self
    }

    /// These may be called; their schemas also say which values are text.
    pub fn with_tools(self, tools: &[Tool]) -> Writer<'_> {
        Writer {
            syntax: self.syntax,
            layout: self.layout,
            marks: self.marks,
            tools,
            thought: self.thought,
            conversation: self.conversation,
        }
    }

    /// Lets the model think before a call that is required: between these two marks, if it likes; or, where the prompt
    /// has opened the thought, up to the second. An empty mark to open is one that is never written.
    pub fn with_thought(mut self, open: &str, close: &str, thinking: Thinking) -> Self {
        self.thought = Some(Thought {
            open: open.to_owned(),
            close: close.to_owned(),
            thinking,
        });
        self
    }

    /// Holds strings in arguments to what was said to the model: the texts of users, of the system and of tools, in their
    /// order. It does so only for a row that is taught to copy ([`Writer::copies`]); for any other it does nothing.
    ///
    /// Such a string is a run of whole words and other characters that stands so in one of the texts, of which the last
    /// [`limits::CONVERSATION`](crate::limits::CONVERSATION) characters count; it is not empty and neither begins nor ends
    /// with white space. Held are arguments that are plain strings or lists of them, where their schema says no more of
    /// them than that. What it means to say in other words it cannot.
    pub fn with_conversation<'c>(
        mut self,
        texts: impl IntoIterator<Item = &'c str, IntoIter: DoubleEndedIterator>,
    ) -> Self {
        self.conversation = Some(Conversation::of(texts.into_iter()));
        self
    }

    /// Whether the model is taught to copy strings into arguments, rather than to make them up.
    pub fn copies(&self) -> bool {
        self.layout.copies
    }

    pub(super) fn tool(&self, name: &str) -> Option<&'t Tool> {
        self.tools.iter().find(|tool| tool.name == name)
    }
}
