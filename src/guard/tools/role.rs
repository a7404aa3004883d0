//! What a parameter means: a path, an address, a command, SQL, or text that means nothing to us.
//!
//! Its name decides, last word first (in `file_content` the head is the content); then its declared format; then the
//! first telling word of its description; and if none of them speaks, the shape of the value.

use std::{collections::HashMap, sync::LazyLock};

use serde_json::Value;

use super::words::words;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Path,
    Url,
    Command,
    Sql,
    /// Prose, code, documents: whatever stands in them is left alone.
    Text,
    Unknown,
}

/// One word of a parameter's name. A weak one speaks only if no other word does.
struct Row {
    word: &'static str,
    role: Role,
    weak: bool,
}

const fn row(word: &'static str, role: Role) -> Row {
    Row {
        word,
        role,
        weak: false,
    }
}

const fn weak(word: &'static str, role: Role) -> Row {
    Row {
        word,
        role,
        weak: true,
    }
}

#[rustfmt::skip]
const NAMES: &[Row] = &[
    row("path", Role::Path), row("paths", Role::Path), row("pathname", Role::Path), row("file", Role::Path),
    row("files", Role::Path), row("filename", Role::Path), row("filenames", Role::Path), row("filepath", Role::Path),
    row("dir", Role::Path), row("dirs", Role::Path), row("directory", Role::Path), row("directories", Role::Path),
    row("folder", Role::Path), row("folders", Role::Path), row("cwd", Role::Path), row("workdir", Role::Path),
    row("dirname", Role::Path), row("root", Role::Path), row("roots", Role::Path),
    row("url", Role::Url), row("urls", Role::Url), row("uri", Role::Url), row("uris", Role::Url), row("href", Role::Url),
    row("link", Role::Url), row("links", Role::Url), row("endpoint", Role::Url), row("webhook", Role::Url),
    row("website", Role::Url), row("host", Role::Url), row("hostname", Role::Url), row("domain", Role::Url),
    row("command", Role::Command), row("commands", Role::Command), row("cmd", Role::Command), row("shell", Role::Command),
    row("bash", Role::Command), row("argv", Role::Command), row("script", Role::Command), row("javascript", Role::Command),
    row("executable", Role::Command),
    row("sql", Role::Sql),
    row("content", Role::Text), row("contents", Role::Text), row("text", Role::Text), row("texts", Role::Text),
    row("body", Role::Text), row("message", Role::Text), row("messages", Role::Text), row("prompt", Role::Text),
    row("description", Role::Text), row("title", Role::Text), row("subject", Role::Text), row("question", Role::Text),
    row("comment", Role::Text), row("comments", Role::Text), row("note", Role::Text), row("notes", Role::Text),
    row("summary", Role::Text), row("instructions", Role::Text), row("html", Role::Text), row("markdown", Role::Text),
    row("diff", Role::Text), row("patch", Role::Text), row("code", Role::Text), row("snippet", Role::Text),
    row("thought", Role::Text), row("reason", Role::Text), row("caption", Role::Text), row("answer", Role::Text),
    row("observations", Role::Text), row("keywords", Role::Text), row("regex", Role::Text), row("search", Role::Text),
    weak("query", Role::Text), weak("data", Role::Text), weak("str", Role::Text), weak("string", Role::Text),
    weak("source", Role::Unknown), weak("destination", Role::Unknown),
];

static BY_WORD: LazyLock<HashMap<&'static str, &'static Row>> =
    LazyLock::new(|| NAMES.iter().map(|row| (row.word, row)).collect());

/// Words of a description that tell a role by themselves. `file` does not: "the text of the file".
const SAID: &[(&str, Role)] = &[
    ("path", Role::Path),
    ("paths", Role::Path),
    ("filename", Role::Path),
    ("directory", Role::Path),
    ("folder", Role::Path),
    ("url", Role::Url),
    ("uri", Role::Url),
    ("sql", Role::Sql),
    ("command", Role::Command),
    ("shell", Role::Command),
    ("text", Role::Text),
    ("content", Role::Text),
    ("prose", Role::Text),
    ("markdown", Role::Text),
    ("code", Role::Text),
];

const FORMATS: &[(&str, Role)] = &[
    ("uri", Role::Url),
    ("uri-reference", Role::Url),
    ("iri", Role::Url),
    ("url", Role::Url),
    ("hostname", Role::Url),
    ("path", Role::Path),
    ("file-path", Role::Path),
    ("directory-path", Role::Path),
    ("file", Role::Path),
    ("sql", Role::Sql),
    ("shell", Role::Command),
];

/// The longest part of a description that is read: a role is told early or not at all.
const READ: usize = 240;

/// The role of the parameter `name`, as far as its name and its schema tell.
pub fn of(name: &str, schema: Option<&Value>) -> Role {
    let by_name = by_name(name);
    let Some(schema) = schema else {
        return by_name.unwrap_or(Role::Unknown);
    };
    // A weak name is one that means many things: what its owner says of it is worth more.
    match by_name {
        Some(role) if role != Role::Text || !is_weak(name) => role,
        weak => by_format(schema)
            .or_else(|| by_description(schema))
            .or(weak)
            .unwrap_or(Role::Unknown),
    }
}

/// The role that a value has by its look, where nothing else tells one.
pub fn by_shape(text: &str) -> Role {
    let text = text.trim();
    if text.is_empty() || text.len() > 4096 || text.chars().any(char::is_whitespace) {
        return Role::Unknown;
    }
    let low: String = text
        .chars()
        .take(16)
        .collect::<String>()
        .to_ascii_lowercase();
    let begins = |starts: &[&str]| starts.iter().any(|start| low.starts_with(start));
    if begins(&["http:", "https:", "ws:", "wss:", "ftp:"]) {
        return Role::Url;
    }
    let drive =
        low.as_bytes().get(1) == Some(&b':') && matches!(low.as_bytes().get(2), Some(b'/' | b'\\'));
    let starts = [
        "/",
        "\\",
        "~",
        "./",
        "../",
        ".\\",
        "..\\",
        "file:",
        "%2e",
        "%2f",
        "%5c",
        "%7e",
        "%25",
        "$home",
        "${home",
        "%userprofile%",
    ];
    if drive
        || low == ".."
        || begins(&starts)
        || text.contains("../")
        || text.contains("..\\")
        || odd_start(text)
    {
        return Role::Path;
    }
    Role::Unknown
}

/// Slashes and dots of other scripts.
fn odd_start(text: &str) -> bool {
    let first = text.chars().next().unwrap_or(' ');
    !first.is_ascii() && super::path::looks_like_a_separator(first)
}

fn by_name(name: &str) -> Option<Role> {
    let words = words(name);
    let find = |weak: bool| {
        let mut heads = words
            .iter()
            .rev()
            .filter_map(|word| BY_WORD.get(word.as_str()));
        heads.find(|row| row.weak == weak)
    };
    find(false).or_else(|| find(true)).map(|row| row.role)
}

fn is_weak(name: &str) -> bool {
    let words = words(name);
    !words
        .iter()
        .any(|word| BY_WORD.get(word.as_str()).is_some_and(|row| !row.weak))
}

fn by_format(schema: &Value) -> Option<Role> {
    let format = schema.get("format")?.as_str()?;
    FORMATS
        .iter()
        .find(|(name, _)| *name == format)
        .map(|(_, role)| *role)
}

fn by_description(schema: &Value) -> Option<Role> {
    let said = schema.get("description")?.as_str()?;
    let end = said
        .char_indices()
        .nth(READ)
        .map_or(said.len(), |(at, _)| at);
    let mut said = said[..end].split(|c: char| !c.is_alphanumeric());
    said.find_map(|word| {
        SAID.iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
            .map(|(_, role)| *role)
    })
}
