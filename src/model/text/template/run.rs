//! Running the engine, and telling what went wrong in it.

use std::collections::HashMap;
use std::error::Error as _;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use minijinja::value::Serde;
use minijinja::{Environment, ErrorKind};
use serde_json::Value;

use super::super::protect::restore;
use super::{env, source};
use crate::text::Error;

/// No context is this long; a template that loops over its own output would fill the memory.
const LONGEST: usize = 64 << 20;

/// The name under which the engine knows the one template there is.
pub(super) const NAME: &str = "chat_template";

pub(super) fn run(env: &Environment<'static>, context: &Value) -> Result<String, minijinja::Error> {
    let render = || {
        let mut out = Bounded(Vec::new());
        env.get_template(NAME)?
            .render_captured_to(minijinja::Value::from(Serde(context)), &mut out)?;
        String::from_utf8(out.0).map_err(|e| {
            minijinja::Error::new(ErrorKind::WriteFailure, "output is not UTF-8").with_source(e)
        })
    };
    // minijinja 3.0.5 panics when it reverses an empty list or string by a slice (`x[::-1]`).
    catch_unwind(AssertUnwindSafe(render)).unwrap_or_else(|_| {
        let problem = "the template engine failed, probably on a slice with a negative step";
        Err(minijinja::Error::new(ErrorKind::InvalidOperation, problem))
    })
}

/// A buffer that refuses to grow past [`LONGEST`].
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "prompt too long",
            ));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Our error for the engine's, with stand-ins put back.
pub(super) fn failure(
    error: &minijinja::Error,
    name: &str,
    source: &str,
    originals: &HashMap<char, char>,
) -> Error {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(env::Raised(text)) = inner.downcast_ref() {
            return Error::Refused {
                name: name.into(),
                text: restore(text, originals),
            };
        }
        if inner
            .downcast_ref::<io::Error>()
            .is_some_and(|e| e.kind() == io::ErrorKind::FileTooLarge)
        {
            return Error::TooLong { limit: LONGEST };
        }
        cause = inner.source();
    }
    let (line, column) = position(error, source);
    Error::Render {
        name: name.into(),
        line,
        column,
        problem: restore(&problem(error), originals),
        unknown: matches!(
            error.kind(),
            ErrorKind::UnknownFilter
                | ErrorKind::UnknownTest
                | ErrorKind::UnknownFunction
                | ErrorKind::UnknownMethod
        ),
    }
}

pub(super) fn position(error: &minijinja::Error, source: &str) -> (usize, usize) {
    match error.range() {
        Some(range) => source::position(source, range.start),
        None => (error.line().unwrap_or(1), 1),
    }
}

pub(super) fn problem(error: &minijinja::Error) -> String {
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}
