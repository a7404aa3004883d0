//! Where a model keeps its chat template.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::ChatTemplate;
use crate::text::{Error, Result};

impl ChatTemplate {
    /// The template of a model folder, or `None` if it has none.
    ///
    /// Looked for, first match wins: `chat_template.jinja` (with `additional_chat_templates/*.jinja` beside it),
    /// `chat_template.json`, `chat_template` in `tokenizer_config.json`. A list of named templates means `default`,
    /// and `tool_use` or `rag` where there are tools or documents.
    pub fn from_dir(dir: impl AsRef<Path>) -> Result<Option<Self>> {
        let dir = dir.as_ref();
        let path = dir.join("chat_template.jinja");
        if path.is_file() {
            let mut named = more(&dir.join("additional_chat_templates"))?;
            named.insert("default".into(), (read(&path)?, path.display().to_string()));
            return from_named(named).map(Some);
        }
        for file in ["chat_template.json", "tokenizer_config.json"] {
            let path = dir.join(file);
            if !path.is_file() {
                continue;
            }
            let config: Value =
                serde_json::from_str(&read(&path)?).map_err(Error::json(&path, "JSON"))?;
            let place = format!("{}: chat_template", path.display());
            match config.get("chat_template") {
                Some(Value::String(source)) => return Self::new(source.as_str(), place).map(Some),
                Some(Value::Array(list)) => {
                    let named = list.iter().filter_map(|entry| {
                        let name = entry.get("name")?.as_str()?;
                        let source = entry.get("template")?.as_str()?;
                        Some((
                            name.to_string(),
                            (source.to_string(), format!("{place} `{name}`")),
                        ))
                    });
                    return from_named(named.collect()).map(Some);
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// A template that the user names: a Jinja file, or a JSON file with a `chat_template` in it.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = read(path)?;
        let place = path.display().to_string();
        if path.extension().is_some_and(|e| e == "json") {
            let config: Value = serde_json::from_str(&text).map_err(Error::json(path, "JSON"))?;
            if let Some(source) = config.get("chat_template").and_then(Value::as_str) {
                return Self::new(source, place);
            }
        }
        Self::new(text, place)
    }

    /// The templates of a GGUF file: `tokenizer.chat_template` and, where present, `tokenizer.chat_template.tool_use`.
    pub fn from_gguf(default: &str, tool_use: Option<&str>) -> Result<Self> {
        let name = "tokenizer.chat_template";
        let mut named = BTreeMap::from([("default".into(), (default.into(), name.into()))]);
        if let Some(source) = tool_use {
            named.insert(
                "tool_use".into(),
                (source.into(), format!("{name}.tool_use")),
            );
        }
        from_named(named)
    }
}

/// Sources by name, each with the place that errors mention.
type Named = BTreeMap<String, (String, String)>;

fn from_named(mut named: Named) -> Result<ChatTemplate> {
    let default = named
        .remove("default")
        .or_else(|| named.pop_first().map(|(_, template)| template));
    let Some((source, place)) = default else {
        return ChatTemplate::plain();
    };
    let variants = named
        .into_iter()
        .filter(|(name, _)| name == "tool_use" || name == "rag")
        .map(|(name, (source, place))| Ok((name, ChatTemplate::new(source, place)?)))
        .collect::<Result<_>>()?;
    ChatTemplate::with_variants(source, place, variants)
}

fn more(dir: &Path) -> Result<Named> {
    let mut named = Named::new();
    let Ok(entries) = std::fs::read_dir(dir) else {
        return Ok(named);
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|e| e == "jinja")
            && let Some(stem) = path.file_stem().and_then(|s| s.to_str())
        {
            named.insert(stem.into(), (read(&path)?, path.display().to_string()));
        }
    }
    Ok(named)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(Error::io(path))
}
