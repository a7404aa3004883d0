use std::{borrow::Cow, fmt::Write as _};

use ferrule_types::{Error, Tool, ToolCall};
use serde_json::{Value, json};

use super::{Args, Index, Name, Params, QUOTE, Writer, tokens};
use crate::{
    Options, ParsedCall, Parser, Repair,
    value::{coerce, is_text, property},
};

impl Writer<'_> {
    /// The calls as the model would write them, so that they read back as they are, by whoever knows the same tools.
    ///
    /// Fails for what the syntax has no way to write: a string that holds what ends it, a key or a name with brackets
    /// where they stand without quotes.
    pub fn calls(&self, calls: &[ToolCall]) -> Result<String, Error> {
        let layout = self.layout;
        if calls.is_empty() {
            return Ok(String::new());
        }
        let mut text = layout.open.to_owned();
        for (at, call) in calls.iter().enumerate() {
            if at > 0 {
                text.push_str(layout.between);
            }
            self.call(at, call, &mut text)?;
        }
        text.push_str(layout.close);
        if self.reads_back(calls, &text) {
            Ok(text)
        } else {
            Err(self.cannot("these arguments: they would read as others"))
        }
    }

    /// Whether a parser finds just these calls.
    fn reads_back(&self, calls: &[ToolCall], text: &str) -> bool {
        let mut tools = Cow::Borrowed(self.tools);
        for call in calls {
            let name = &call.function.name;
            if !tools.iter().any(|tool| tool.name == *name) {
                tools.to_mut().push(Tool::new(name, "", json!({})));
            }
        }
        let options = Options {
            repair: Repair::Off,
            ..Options::default()
        };
        let parser = Parser::new(Some(self.syntax), None, options).with_tools(&tools);
        let parsed = parser.parse(text);
        let value = |text: &str| serde_json::from_str::<Value>(text).ok();
        let same = |(call, read): (&ToolCall, &ParsedCall)| {
            let written = object(&call.function.arguments).unwrap_or_default();
            call.function.name == read.name && value(written) == value(&read.arguments)
        };
        parsed.problems.is_empty()
            && parsed.text.trim().is_empty()
            && parsed.calls.len() == calls.len()
            && calls.iter().zip(&parsed.calls).all(same)
    }

    fn call(&self, at: usize, call: &ToolCall, text: &mut String) -> Result<(), Error> {
        let layout = self.layout;
        let name = call.function.name.as_str();
        let arguments = object(&call.function.arguments)?;
        let index = index(at, call);
        if let Index::Before(mark) = layout.index {
            text.extend([mark, &index]);
        }
        text.push_str(layout.before_name);
        text.push_str(&self.name(name)?);
        if let Index::After(mark) = layout.index {
            text.extend([mark, &index]);
        }
        text.push_str(layout.before_args);
        match layout.args {
            Args::Json => text.push_str(arguments),
            Args::Compact => text.push_str(&tokens::compact(arguments)),
            Args::Params(params) => self.params(params, name, arguments, text)?,
            Args::Python => {
                for (at, (key, value)) in tokens::entries(arguments).into_iter().enumerate() {
                    let comma = if at > 0 { ", " } else { "" };
                    let key = self.bare(&key)?;
                    text.extend([comma, key, "=", &tokens::python(value)]);
                }
            }
            Args::Gemma => {
                let written = tokens::gemma(arguments, QUOTE);
                text.push_str(
                    &written
                        .ok_or_else(|| self.cannot("brackets in keys, or its quotes in strings"))?,
                );
            }
        }
        text.push_str(layout.after_args);
        Ok(())
    }

    pub(super) fn name(&self, name: &str) -> Result<String, Error> {
        match self.layout.name {
            Name::Json => Ok(json!(name).to_string()),
            Name::Raw => self.bare(name).map(str::to_owned),
        }
    }

    pub(super) fn bare<'k>(&self, key: &'k str) -> Result<&'k str, Error> {
        if tokens::is_bare(key) {
            return Ok(key);
        }
        Err(self.cannot(&format!("the name {key:?}")))
    }

    pub(super) fn cannot(&self, what: &str) -> Error {
        Error::unsupported(
            what.to_owned(),
            format!("the tool syntax `{}`", self.syntax.name()),
        )
    }

    fn params(
        &self,
        params: &Params,
        name: &str,
        arguments: &str,
        text: &mut String,
    ) -> Result<(), Error> {
        let nothing = Value::Null;
        let tool = self.tool(name).map(|tool| &tool.input_schema);
        let root = tool.unwrap_or(&nothing);
        for (key, value) in tokens::entries(arguments) {
            let key = self.bare(&key)?;
            text.extend([params.before_key, key]);
            if !value.starts_with('"') {
                text.extend([
                    params.before_value,
                    &tokens::spaced(value),
                    params.after_value,
                ]);
                continue;
            }
            let inner = tokens::unquoted(value);
            let schema = property(root, root, key);
            let reads = |text: &str| coerce(text, schema, root, "", &mut Vec::new()) == *inner;
            if params.says_text() || is_text(schema, root) == Some(true) || reads(&inner) {
                text.push_str(params.before_text);
                framed(params, &inner, text);
            } else if reads(value) {
                // Where text could be something else, it keeps its quotes.
                text.extend([params.before_value, value]);
            } else {
                return Err(
                    self.cannot("a string that looks like another value, where no schema tells")
                );
            }
            text.push_str(params.after_value);
        }
        Ok(())
    }

    /// The tools, and how to call one: for the system message of a model whose template knows no tools.
    pub fn tools(&self) -> Result<String, Error> {
        let mut text = String::from(
            "You can call these tools. Each is given with the JSON Schema of its arguments.\n",
        );
        for tool in self.tools {
            let function = &tool.to_function()["function"];
            let _ = write!(text, "\n{}", tokens::spaced(&function.to_string()));
        }
        let call = |at: usize, name: &str, key: &str| {
            ToolCall::new(at.to_string(), name, format!("{{\"{key}\": \"value\"}}"))
        };
        let one = self.calls(&[call(0, "tool_name", "argument")])?;
        let two = self.calls(&[
            call(0, "tool_name", "argument"),
            call(1, "other_tool", "argument"),
        ])?;
        let _ = write!(
            text,
            "\n\nTo call one, write just this, with its name and its arguments:\n{one}\n\nTo call several at once:\n{two}\n\n\
             Then stop: what they answer comes with the next message. Never make an answer up."
        );
        Ok(text)
    }

    /// What a tool answered, for a message to a model whose template knows no such messages.
    pub fn result(&self, name: &str, id: &str, text: &str) -> String {
        let mut told = serde_json::Map::new();
        told.insert("name".to_owned(), json!(name));
        if !id.is_empty() {
            told.insert("tool_call_id".to_owned(), json!(id));
        }
        told.insert("content".to_owned(), json!(text));
        // Nothing within closes the element: `\/` is a slash as well.
        let told = tokens::spaced(&Value::Object(told).to_string()).replace("</", "<\\/");
        format!("<tool_response>\n{told}\n</tool_response>")
    }
}

/// The arguments, if they are the text of an object; no text at all is an empty one.
fn object(arguments: &str) -> Result<&str, Error> {
    let arguments = arguments.trim();
    if arguments.is_empty() {
        return Ok("{}");
    }
    match serde_json::from_str::<Value>(arguments) {
        Ok(Value::Object(_)) => Ok(arguments),
        Ok(_) => Err(Error::invalid(
            "tool_calls.function.arguments",
            "the text of a JSON object",
            arguments,
        )),
        Err(problem) => Err(Error::json("tool_calls.function.arguments", problem)),
    }
}

/// Where the family's ids say which call of the conversation it is, the number goes on being that.
fn index(at: usize, call: &ToolCall) -> String {
    let told = call.id.rsplit(':').next().unwrap_or_default();
    let number =
        |text: &str| !text.is_empty() && text.len() < 5 && text.bytes().all(|b| b.is_ascii_digit());
    if number(told) {
        told.to_owned()
    } else {
        at.to_string()
    }
}

/// Text between tags; the line ends that they take away stand there twice.
fn framed(params: &Params, inner: &str, text: &mut String) {
    let takes = params.takes_lines();
    let first = takes && (inner.starts_with('\n') || inner.starts_with("\r\n"));
    let last = takes && inner.ends_with('\n');
    let line_end = |wanted: bool| if wanted { "\n" } else { "" };
    text.extend([line_end(first), inner, line_end(last)]);
}
