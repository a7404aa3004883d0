//! The Jinja environment that chat templates expect: transformers' settings on top of minijinja.

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Value};

use super::{filters, json, methods};

/// What `raise_exception` was called with; it travels as the source of the engine's error.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Raised(pub String);

/// The steps that one rendering may take: thousands for each of a thousand messages, and spent within a second.
const MOST_STEPS: u64 = 5_000_000;

/// `trim_blocks`, `lstrip_blocks`, loop controls, no escaping, lenient undefined values, Python's methods.
pub(super) fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    if let Ok(syntax) = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
    {
        env.set_syntax(syntax);
    }
    // Spans for error columns; costs nothing while rendering succeeds.
    env.set_debug(true);
    // By default a template named x.html would be escaped.
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env.set_unknown_method_callback(methods::call);
    env.set_formatter(|out, state, value| {
        if value.is_number()
            && !value.is_integer()
            && let Ok(x) = f64::try_from(value.clone())
        {
            return out.write_str(&json::float(x)).map_err(Error::from);
        }
        minijinja::escape_formatter(out, state, value)
    });
    // A template that loops for ever ends in an error and not in a thread that never comes back.
    env.set_fuel(Some(MOST_STEPS));
    filters::add(&mut env);
    env.add_function("raise_exception", |text: &Value| -> Result<Value, Error> {
        let text = text.to_string();
        Err(Error::new(ErrorKind::InvalidOperation, text.clone()).with_source(Raised(text)))
    });
    env
}
