//! The grammar of calls: which texts are calls of these tools, with arguments that their schemas allow.
//!
//! It does not know: any syntax, tokens beyond the marks of a card, or how a grammar is compiled. It only ever narrows:
//! what it lets through is a call as the layout writes it; what a schema allows and no grammar can tell from what it
//! forbids is left out, or refused with the name of the feature.

mod copies;
mod lark;
mod params;
mod schema;
mod text;
mod values;
mod ways;

use ferrule_types::{Constraint, Error, Grammar, Start, Tool};
use serde_json::{Value, json};

use self::{
    copies::Copies,
    lark::{Blanks, Lark},
    params::Tags,
    schema::Beyond,
    values::Notation,
};
use super::{Args, Choice, Index, Writer, marks::Part, writer::Thought};
use crate::Thinking;

impl Writer<'_> {
    /// What the model may write so that it makes the calls that are wanted; `None` where nothing has to be held.
    ///
    /// Where a call is required the whole answer is one, or one and more if they may be `parallel`; see
    /// [`Writer::with_thought`] for what may come before. Otherwise the model is free until it writes the mark with
    /// which calls begin, and then writes a call; a syntax without such a mark cannot be held to anything.
    ///
    /// Arguments satisfy their schema always, not only where a tool is `strict`: a call that would be refused helps
    /// nobody. Where a schema asks for what no grammar can say, a tool that is neither strict nor required is held to
    /// the rest of it; any other is an error that names the feature.
    pub fn constraint(&self, choice: &Choice, parallel: bool) -> Result<Option<Constraint>, Error> {
        let tools = choice.of(self.tools)?;
        if tools.is_empty() {
            return Ok(None);
        }
        let required = choice.is_required();
        let mut lark = Lark::new(&self.marks);
        let mut copies = self.copying();
        let Some(head) = self.head(required) else {
            return Ok(None);
        };
        let (tail, ends) = self.tail();
        let several = parallel && !ends;
        let calls = tools
            .iter()
            .map(|tool| Ok((*tool, self.body(&mut lark, &mut copies, tool, required)?)));
        let calls: Vec<(&Tool, String)> = calls.collect::<Result<_, Error>>()?;
        let first = self.alternatives(&mut lark, &calls, head.call)?;
        let mut start = vec![lark.literal(head.open), first.clone()];
        if several && !head.is_within_call {
            let whole = self.head(true).map_or("", |head| head.call);
            let next = if head.call == whole {
                first
            } else {
                self.alternatives(&mut lark, &calls, whole)?
            };
            start.push(
                format!("({} {next})*", lark.literal(self.layout.between)).replace("( ", "("),
            );
        }
        start.push(tail);
        if required && let Some(thought) = &self.thought {
            start.insert(0, thinking(&mut lark, thought)?);
        }
        start.retain(|part| !part.is_empty());
        let grammar = Grammar::Lark(lark.finish(&start.join(" ")));
        Ok(Some(match head.mark {
            None => Constraint::whole(grammar),
            Some(mark) => Constraint {
                grammar,
                start: Start::After(vec![mark.to_owned()]),
                many: several,
            },
        }))
    }

    /// Where the grammar begins: at the head of everything, or right behind the mark. `None` without a mark.
    fn head(&self, required: bool) -> Option<Head<'_>> {
        let layout = self.layout;
        let before = match layout.index {
            Index::Before(mark) => mark,
            _ => layout.before_name,
        };
        if required {
            return Some(Head {
                mark: None,
                open: layout.open,
                call: before,
                is_within_call: false,
            });
        }
        let mark = layout.mark?;
        // A mark that is made of a token and text is waited for by its token.
        let parts = self.marks.split(mark);
        let token = parts.iter().find_map(|part| match part {
            Part::Token(id) => self.marks.content(*id),
            Part::Text(_) => None,
        });
        let waited = token.unwrap_or(mark);
        let behind = |text: &'static str| {
            let at = text.find(mark)?;
            let within = mark.find(waited)? + waited.len();
            Some(&text[at + within..])
        };
        let mark = Some(waited);
        Some(if let Some(open) = behind(layout.open) {
            Head {
                mark,
                open,
                call: before,
                is_within_call: false,
            }
        } else if let Some(call) = behind(before) {
            Head {
                mark,
                open: "",
                call,
                is_within_call: true,
            }
        } else {
            Head {
                mark,
                open: layout.open,
                call: before,
                is_within_call: false,
            }
        })
    }

    /// What stands behind the last call; and whether a token that ends the answer closes a call, so that no other can
    /// follow. That token is the engine's to write.
    fn tail(&self) -> (String, bool) {
        let layout = self.layout;
        let ends = |part: &Part<'_>| matches!(part, Part::Token(id) if self.marks.ends_answer(*id));
        let ended = self.marks.split(layout.after_args).iter().any(ends);
        (Lark::new(&self.marks).literal(layout.close), ended)
    }

    /// What stands behind the arguments.
    fn after(&self, lark: &Lark<'_>) -> String {
        let mut kept = String::new();
        for part in self.marks.split(self.layout.after_args) {
            match part {
                Part::Token(id) if self.marks.ends_answer(id) => break,
                Part::Token(id) => kept.push_str(self.marks.content(id).unwrap_or_default()),
                Part::Text(text) => kept.push_str(text),
            }
        }
        lark.literal(&kept)
    }

    /// A call of any of the tools; `before` stands before its name.
    fn alternatives(
        &self,
        lark: &mut Lark<'_>,
        calls: &[(&Tool, String)],
        before: &str,
    ) -> Result<String, Error> {
        let mut names = Vec::new();
        for (tool, body) in calls {
            let layout = self.layout;
            let name = self.name(&tool.name)?;
            let head = match layout.index {
                Index::None => lark.literal(&format!("{before}{name}{}", layout.before_args)),
                Index::Before(_) => {
                    let rest = lark.literal(&format!(
                        "{}{name}{}",
                        layout.before_name, layout.before_args
                    ));
                    format!("{} {NUMBER} {rest}", lark.literal(before))
                }
                Index::After(mark) => {
                    let first = lark.literal(&format!("{before}{name}{mark}"));
                    format!("{first} {NUMBER} {}", lark.literal(layout.before_args))
                }
            };
            let rule = lark.fresh('c');
            lark.rule(&rule, &format!("{head} {body}"));
            names.push(rule);
        }
        let call = lark.fresh('c');
        lark.rule(&call, &names.join(" | "));
        Ok(call)
    }

    /// The arguments of a tool, and what stands behind them.
    fn body(
        &self,
        lark: &mut Lark<'_>,
        copies: &mut Option<Copies<'_>>,
        tool: &Tool,
        required: bool,
    ) -> Result<String, Error> {
        let strict = required || tool.extra.get("strict") == Some(&Value::Bool(true));
        let arguments = self.arguments(lark, copies, &tool.input_schema, strict);
        let arguments = arguments.map_err(|Beyond(what)| {
            self.cannot(&format!("{what}, which the tool `{}` asks for", tool.name))
        })?;
        let rule = lark.fresh('b');
        let after = self.after(lark);
        lark.rule(&rule, format!("{arguments} {after}").trim());
        Ok(rule)
    }

    /// What copies strings, if the layout does and there is anything to copy.
    fn copying(&self) -> Option<Copies<'_>> {
        let conversation = self.conversation.as_ref();
        let copied = conversation.filter(|said| self.layout.copies && !said.is_empty())?;
        Some(Copies::new(copied, self.blanks()?))
    }

    /// The white space in arguments of JSON.
    fn blanks(&self) -> Option<Blanks> {
        match self.layout.args {
            Args::Json => Some(Blanks::Some),
            Args::Compact => Some(Blanks::None),
            Args::Params(_) | Args::Python | Args::Gemma => None,
        }
    }

    fn arguments(
        &self,
        lark: &mut Lark<'_>,
        copies: &mut Option<Copies<'_>>,
        schema: &Value,
        strict: bool,
    ) -> Result<String, Beyond> {
        if let Some(blanks) = self.blanks() {
            let schema = if strict {
                let schema = schema::arguments(schema);
                schema::beyond(&schema).map_or(Ok(schema), Err)?
            } else {
                schema::loosely(schema)
            };
            let copied = copies.as_mut();
            let copied = copied.and_then(|copies| copies.arguments(lark, &schema));
            return Ok(copied.unwrap_or_else(|| lark::json_as(blanks, schema)));
        }
        let root = schema::plain(schema);
        let fields = match object_fields(&root) {
            Ok(fields) => fields,
            Err(beyond) if strict => return Err(beyond),
            Err(_) => own_fields(&root),
        };
        match self.layout.args {
            Args::Json | Args::Compact => Ok(String::new()),
            Args::Params(params) => {
                let mut written = Vec::new();
                let tags = Tags::new(params, self.layout.after_args);
                for (key, schema, must) in fields {
                    if !super::tokens::is_bare(key) {
                        return Err(Beyond::new(format!("the argument {key:?}")));
                    }
                    let body = match schema::checked(&root, schema)
                        .and_then(|()| params::param(lark, &tags, &root, key, schema))
                    {
                        Err(_) if !strict => params::param(lark, &tags, &root, key, &json!({}))?,
                        other => other?,
                    };
                    let rule = lark.fresh('p');
                    lark.rule(&rule, &body);
                    written.push(if must { rule } else { format!("{rule}?") });
                }
                Ok(written.join(" "))
            }
            Args::Python => values::arguments(lark, Notation::Python, &root, &fields, strict),
            Args::Gemma => {
                let inner = values::arguments(lark, Notation::Gemma, &root, &fields, strict)?;
                Ok(format!("\"{{\" {inner} \"}}\""))
            }
        }
    }
}

/// A thought that may come before the calls, or must be ended first.
fn thinking(lark: &mut Lark<'_>, thought: &Thought) -> Result<String, Error> {
    let Thought {
        open,
        close,
        thinking,
    } = thought;
    if close.is_empty() {
        return Err(Error::invalid("thought", "a mark that ends it", "none"));
    }
    let body = format!("/(?s:.*)/ & ~/(?s:.*){}(?s:.*)/", lark::escaped(close));
    let text = lark.text(&body, close);
    let rule = lark.fresh('h');
    if *thinking == Thinking::Open {
        lark.rule(&rule, &format!("{text} {LINES}"));
        return Ok(rule);
    }
    let head = lark.literal(open);
    lark.rule(&rule, format!("{head} {text} {LINES}").trim_start());
    Ok(format!("{rule}?"))
}

/// Between a thought and what follows it.
const LINES: &str = "/\\n{0,2}/";

/// The number of a call.
const NUMBER: &str = "/0|[1-9][0-9]{0,2}/";

struct Head<'l> {
    mark: Option<&'l str>,
    /// What is left of the head of the group.
    open: &'l str,
    /// What is left of the head of the first call.
    call: &'l str,
    /// The mark belongs to a call: each has its own.
    is_within_call: bool,
}

type Field<'s> = (&'s str, &'s Value, bool);

fn object_fields(root: &Value) -> Result<Vec<Field<'_>>, Beyond> {
    let Value::Object(object) = ways::resolved(root, root)? else {
        return Ok(Vec::new());
    };
    if let Some(beyond) = schema::beyond(&json!({"allOf": [own(object)]})) {
        return Err(beyond);
    }
    Ok(ways::fields(object)?.fields)
}

/// The checks of the object itself, without its properties': those are looked at one by one.
fn own(object: &serde_json::Map<String, Value>) -> Value {
    let mut own = object.clone();
    own.retain(|key, _| !["properties", "$defs", "definitions"].contains(&key.as_str()));
    Value::Object(own)
}

/// The properties of a schema whose other checks cannot be held.
fn own_fields(root: &Value) -> Vec<Field<'_>> {
    let object = ways::resolved(root, root).unwrap_or(root);
    let own = object.get("properties").and_then(Value::as_object);
    let required = object.get("required").and_then(Value::as_array);
    let must =
        |key: &String| required.is_some_and(|names| names.iter().any(|name| name == key.as_str()));
    own.into_iter()
        .flatten()
        .map(|(key, schema)| (key.as_str(), schema, must(key)))
        .collect()
}
