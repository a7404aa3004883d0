//! A checkpoint's configuration with typed, path-naming access.
//!
//! GGUF metadata is turned into the same keys (see `gguf_config`), so that an arch file reads one form.

use std::{
    fmt::Display,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

use crate::{
    Error, Result,
    layer::{Activation, Rope, Scaling},
};

/// Where a configuration came from. Some conventions of the weights follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    Folder,
    Gguf,
}

/// The keys of a config.json.
#[derive(Clone, Debug)]
pub struct Config {
    path: PathBuf,
    keys: Map<String, Value>,
    pub flavour: Flavour,
}

impl Config {
    pub fn new(path: &Path, keys: Map<String, Value>, flavour: Flavour) -> Self {
        Self {
            path: path.to_owned(),
            keys,
            flavour,
        }
    }

    /// Reads `folder/config.json`. Multimodal checkpoints keep the language model's keys under `text_config`.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("config.json");
        let text = std::fs::read_to_string(&path).map_err(|source| Error::Io {
            path: path.clone(),
            source,
        })?;
        let value: Value = serde_json::from_str(&text).map_err(|e| Error::Header {
            path: path.clone(),
            what: "the configuration".into(),
            expected: "a JSON object".into(),
            got: e.to_string(),
        })?;
        let Value::Object(mut keys) = value else {
            return Err(Error::Header {
                path,
                what: "the configuration".into(),
                expected: "a JSON object".into(),
                got: "another JSON value".into(),
            });
        };
        if let Some(Value::Object(inner)) = keys.remove("text_config") {
            keys.extend(
                inner
                    .into_iter()
                    .filter(|(k, _)| k != "architectures" && k != "model_type"),
            );
        }
        Ok(Self::new(&path, keys, Flavour::Folder))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn is_gguf(&self) -> bool {
        self.flavour == Flavour::Gguf
    }

    /// Fills in what a folder's configuration leaves out. An explicit `null` stays: it means none.
    pub fn fill(&mut self, defaults: &str) {
        if self.is_gguf() {
            return;
        }
        let defaults: Map<String, Value> = serde_json::from_str(defaults).unwrap_or_default();
        for (key, value) in defaults {
            self.keys.entry(key).or_insert(value);
        }
    }

    /// `null` means that there is none.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.keys.get(key).filter(|v| !v.is_null())
    }

    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub fn value(&self) -> Value {
        Value::Object(self.keys.clone())
    }

    pub fn wrong(&self, key: &str, expected: impl Into<String>, got: impl Display) -> Error {
        Error::Config {
            path: self.path.clone(),
            key: key.into(),
            expected: expected.into(),
            got: got.to_string(),
        }
    }

    fn typed<T>(
        &self,
        key: &str,
        expected: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>> {
        match self.get(key) {
            None => Ok(None),
            Some(v) => match read(v) {
                Some(v) => Ok(Some(v)),
                None => Err(self.wrong(key, expected, v)),
            },
        }
    }

    fn required<T>(&self, key: &str, expected: &str, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| self.wrong(key, expected, "nothing"))
    }

    /// A count; zero and absurd ones are refused, so that no arithmetic on them can overflow.
    pub fn size(&self, key: &str) -> Result<usize> {
        let value = self.maybe_size(key)?;
        self.required(key, COUNT, value)
    }

    pub fn size_or(&self, key: &str, default: usize) -> Result<usize> {
        Ok(self.maybe_size(key)?.unwrap_or(default))
    }

    pub fn maybe_size(&self, key: &str) -> Result<Option<usize>> {
        self.typed(key, COUNT, |v| {
            let n = v.as_u64().or_else(|| {
                v.as_f64()
                    .filter(|f| f.fract() == 0.0 && *f > 0.0)
                    .map(|f| f as u64)
            })?;
            (1..=1 << 24).contains(&n).then_some(n as usize)
        })
    }

    /// How many layers: beyond this no model goes, and a list of them would fill the memory.
    pub fn layers(&self, key: &str) -> Result<usize> {
        let layers = self.size(key)?;
        if layers > MOST_LAYERS {
            return Err(self.wrong(key, format!("at most {MOST_LAYERS}"), layers));
        }
        Ok(layers)
    }

    pub fn float(&self, key: &str) -> Result<f64> {
        let value = self.typed(key, "a number", Value::as_f64)?;
        self.required(key, "a number", value)
    }

    pub fn float_or(&self, key: &str, default: f64) -> Result<f64> {
        Ok(self
            .typed(key, "a number", Value::as_f64)?
            .unwrap_or(default))
    }

    pub fn maybe_float(&self, key: &str) -> Result<Option<f64>> {
        self.typed(key, "a number", Value::as_f64)
    }

    pub fn flag(&self, key: &str, default: bool) -> Result<bool> {
        Ok(self
            .typed(key, "true or false", Value::as_bool)?
            .unwrap_or(default))
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Value::as_str)
    }

    pub fn list(&self, key: &str) -> Option<&Vec<Value>> {
        self.get(key).and_then(Value::as_array)
    }

    pub fn activation(&self, key: &str, default: Activation) -> Result<Activation> {
        match self.text(key) {
            None => Ok(default),
            Some(name) => Activation::named(name)
                .ok_or_else(|| self.wrong(key, format!("one of {}", Activation::known()), name)),
        }
    }

    /// Which layers slide, as a list of `layer_types`; `None` when the configuration has no such list.
    pub fn sliding_layers(&self, layers: usize) -> Result<Option<Vec<bool>>> {
        let Some(types) = self.list("layer_types") else {
            return Ok(None);
        };
        let slides = |kind: &Value| match kind.as_str() {
            Some("sliding_attention") => Ok(true),
            Some("full_attention") => Ok(false),
            _ => {
                let known = "`full_attention` or `sliding_attention` for each layer";
                Err(self.wrong("layer_types", known, kind))
            }
        };
        if types.len() != layers {
            let expected = format!("one kind for each of {layers} layers");
            return Err(self.wrong("layer_types", expected, types.len()));
        }
        types.iter().map(slides).collect::<Result<_>>().map(Some)
    }

    /// The usual rope over `dim` elements, with whatever scaling the configuration asks for.
    pub fn rope(&self, dim: usize, default_theta: f64) -> Result<Rope> {
        let table = self
            .get("rope_parameters")
            .or_else(|| self.get("rope_scaling"));
        self.rope_from(table.and_then(Value::as_object), dim, default_theta)
    }

    /// The same from a given table: newer configurations hold one per kind of layer.
    pub fn rope_from(
        &self,
        table: Option<&Map<String, Value>>,
        dim: usize,
        default_theta: f64,
    ) -> Result<Rope> {
        let empty = Map::new();
        let table = RopeTable {
            config: self,
            keys: table.unwrap_or(&empty),
        };
        let theta = match table.maybe("rope_theta")? {
            Some(theta) => theta,
            None => self.float_or("rope_theta", default_theta)?,
        };
        if theta <= 0.0 || dim == 0 || !dim.is_multiple_of(2) {
            return Err(self.wrong(
                "rope_theta",
                "a positive number over an even head width",
                theta,
            ));
        }
        let mut rope = Rope::plain(dim, theta);
        table.scale(&mut rope)?;
        Ok(rope)
    }
}

const MOST_LAYERS: usize = 4096;
const COUNT: &str = "a positive integer";

/// The scaling part of a rope's configuration.
struct RopeTable<'a> {
    config: &'a Config,
    keys: &'a Map<String, Value>,
}

impl RopeTable<'_> {
    fn maybe(&self, key: &str) -> Result<Option<f64>> {
        match self.keys.get(key).filter(|v| !v.is_null()) {
            None => Ok(None),
            Some(v) => match v.as_f64().filter(|f| f.is_finite()) {
                Some(f) => Ok(Some(f)),
                None => Err(self
                    .config
                    .wrong(&format!("rope_scaling.{key}"), "a number", v)),
            },
        }
    }

    fn number(&self, key: &str) -> Result<f64> {
        let wrong = || {
            self.config.wrong(
                &format!("rope_scaling.{key}"),
                "a positive number",
                "nothing",
            )
        };
        self.maybe(key)?.filter(|v| *v > 0.0).ok_or_else(wrong)
    }

    fn divisors(&self, key: &str, count: usize) -> Result<Vec<f32>> {
        let values: Option<Vec<f32>> = self
            .keys
            .get(key)
            .and_then(Value::as_array)
            .and_then(|a| a.iter().map(|v| v.as_f64().map(|f| f as f32)).collect());
        let got = values
            .as_ref()
            .map_or("nothing".into(), |v| format!("{} numbers", v.len()));
        values.filter(|v| v.len() == count).ok_or_else(|| {
            self.config.wrong(
                &format!("rope_scaling.{key}"),
                format!("{count} numbers"),
                got,
            )
        })
    }

    /// The context before scaling: in the table, at the top, or simply the context.
    fn original(&self) -> Result<usize> {
        let key = "original_max_position_embeddings";
        if let Some(n) = self.maybe(key)?.filter(|n| *n >= 1.0) {
            return Ok(n as usize);
        }
        match self.config.maybe_size(key)? {
            Some(n) => Ok(n),
            None => self.config.size("max_position_embeddings"),
        }
    }

    fn scale(&self, rope: &mut Rope) -> Result<()> {
        let kind = self.keys.get("rope_type").or_else(|| self.keys.get("type"));
        match kind.and_then(Value::as_str).unwrap_or("default") {
            "default" | "none" | "mrope" => {}
            "linear" => {
                rope.scaling = Scaling::Linear {
                    factor: self.number("factor")?,
                }
            }
            "dynamic" => {
                rope.scaling = Scaling::Dynamic {
                    factor: self.number("factor")?,
                    context: self.original()?,
                }
            }
            "llama3" => {
                rope.scaling = Scaling::Llama3 {
                    factor: self.number("factor")?,
                    low: self.number("low_freq_factor")?,
                    high: self.number("high_freq_factor")?,
                    context: self.original()? as f64,
                }
            }
            "yarn" => self.yarn(rope)?,
            "longrope" | "su" => self.long(rope)?,
            other => {
                let known = "default, linear, dynamic, llama3, yarn or longrope";
                return Err(self.config.wrong("rope_scaling.rope_type", known, other));
            }
        }
        Ok(())
    }

    fn yarn(&self, rope: &mut Rope) -> Result<()> {
        let factor = self.number("factor")?;
        let grown = |weight: f64| {
            if factor <= 1.0 {
                1.0
            } else {
                0.1 * weight * factor.ln() + 1.0
            }
        };
        let magnitude = match (
            self.maybe("attention_factor")?,
            self.maybe("mscale")?,
            self.maybe("mscale_all_dim")?,
        ) {
            (Some(a), _, _) => a,
            (None, Some(m), Some(all)) if m != 0.0 && all != 0.0 => grown(m) / grown(all),
            _ => grown(1.0),
        };
        rope.magnitude = magnitude as f32;
        rope.scaling = Scaling::Yarn {
            factor,
            fast: self.maybe("beta_fast")?.unwrap_or(32.0),
            slow: self.maybe("beta_slow")?.unwrap_or(1.0),
            context: self.original()? as f64,
            truncate: self
                .keys
                .get("truncate")
                .and_then(Value::as_bool)
                .unwrap_or(true),
        };
        Ok(())
    }

    fn long(&self, rope: &mut Rope) -> Result<()> {
        let original = self.original()?;
        let factor = match self.maybe("factor")? {
            Some(factor) if !self.config.has("original_max_position_embeddings") => factor,
            _ => self.config.size("max_position_embeddings")? as f64 / original as f64,
        };
        let magnitude = match self.maybe("attention_factor")? {
            Some(given) => given,
            None if factor <= 1.0 => 1.0,
            None => (1.0 + factor.ln() / (original as f64).ln()).sqrt(),
        };
        rope.magnitude = magnitude as f32;
        let pairs = rope.dim / 2;
        rope.scaling = Scaling::PerFrequency {
            short: self.divisors("short_factor", pairs)?,
            long: self.divisors("long_factor", pairs)?,
            context: original,
        };
        Ok(())
    }
}
