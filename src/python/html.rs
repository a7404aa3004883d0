//! How values look in a notebook.
//!
//! A value and the names of its attributes go in, a small table of HTML comes out, with everything
//! escaped. It does not know what the attributes mean.

use pyo3::{prelude::*, types::PyString};

use crate::response::is_silent;

pub fn table(
    object: &Bound<'_, PyAny>,
    class: &str,
    fields: impl IntoIterator<Item = impl AsRef<str>>,
) -> PyResult<String> {
    let mut html = format!("<table><caption>{}</caption>", escaped(class));
    for field in fields {
        let field = field.as_ref();
        let value = object.getattr(field)?;
        if is_silent(&value) {
            continue;
        }
        // Text as it reads, everything else as Python shows it.
        let shown = match value.cast::<PyString>() {
            Ok(text) => text.to_cow()?.into_owned(),
            Err(_) => value.repr()?.to_cow()?.into_owned(),
        };
        html.push_str("<tr><th style=\"text-align:left\">");
        html.push_str(&escaped(field));
        html.push_str("</th><td style=\"text-align:left;white-space:pre-wrap\">");
        html.push_str(&escaped(&shown));
        html.push_str("</td></tr>");
    }
    html.push_str("</table>");
    Ok(html)
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
