//! How calls are written: as the model would, and as a grammar of what it may.
//!
//! *In*: calls, tools, and what a caller wants of the model ([`Choice`]). *Out*: text that reads back as the same
//! calls, and a [`Constraint`](ferrule_types::Constraint). Both come from one [`Layout`] in each row of the table of
//! syntaxes, so they cannot disagree: see [`Writer`].
//!
//! It does not know: how calls are read, how a grammar is compiled, or whether a model keeps to it.

mod choice;
mod conversation;
mod grammar;
mod marks;
mod render;
mod shapes;
mod tokens;
mod writer;

#[cfg(test)]
mod tests;

pub use choice::Choice;
pub use writer::Writer;

/// One row's way of writing calls, as the model was trained to.
///
/// A group is `open`, calls with `between` between them, `close`. A call is what stands before its name, the name,
/// `before_args`, the arguments and `after_args`.
#[derive(Debug)]
pub struct Layout {
    pub open: &'static str,
    /// What stands before the name; behind the index where that comes first.
    pub before_name: &'static str,
    pub name: Name,
    pub index: Index,
    pub before_args: &'static str,
    pub args: Args,
    pub after_args: &'static str,
    pub between: &'static str,
    pub close: &'static str,
    /// What a model writes only where a call follows: from there on it can be held to the grammar. Where it is no part
    /// of the head above, a whole call follows it.
    pub mark: Option<&'static str>,
    /// Whether a string in arguments of JSON is held to be a stretch of the conversation, where its schema says nothing
    /// else of it: see [`Writer::with_conversation`].
    pub copies: bool,
    /// How the models of some other generation write, told by a sign of theirs; the first that fits.
    pub instead: &'static [(Sign, &'static Layout)],
}

/// What tells one generation of models from another.
#[derive(Debug, Clone, Copy)]
pub enum Sign {
    /// The vocabulary has this token.
    Token(&'static str),
    /// The chat template holds this text.
    Template(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// As it is.
    Raw,
    /// A string of JSON.
    Json,
}

/// The number of the call among those of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    None,
    /// This, then the number, then what stands before the name.
    Before(&'static str),
    /// Right behind the name: this, then the number.
    After(&'static str),
}

#[derive(Debug, Clone, Copy)]
pub enum Args {
    /// A JSON object, with a blank behind each comma and colon.
    Json,
    /// A JSON object without blanks.
    Compact,
    /// One element for each argument.
    Params(&'static Params),
    /// Python's keyword arguments.
    Python,
    /// Keys without quotes, strings within marks.
    Gemma,
}

/// Arguments as elements: text as it is, everything else as JSON.
#[derive(Debug)]
pub struct Params {
    pub before_key: &'static str,
    /// Between the key and a value of JSON.
    pub before_value: &'static str,
    /// Between the key and text; the same, unless the syntax tells the two apart.
    pub before_text: &'static str,
    pub after_value: &'static str,
    /// A line end on either side of a value belongs to the tags, whether they write it or not.
    pub lines: bool,
}

impl Params {
    /// What no text may hold, because it would end there.
    pub fn end(&self) -> &'static str {
        self.after_value.trim()
    }

    /// Whether a value would lose the line ends that it begins or ends with.
    pub fn takes_lines(&self) -> bool {
        self.lines && !self.after_value.starts_with('\n')
    }

    /// Whether the call itself says which values are text.
    pub fn says_text(&self) -> bool {
        self.before_text != self.before_value
    }
}

/// Around every string in Gemma's arguments.
pub const QUOTE: &str = "<|\"|>";
