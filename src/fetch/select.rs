//! Which files of a repository are needed. Pure: names in, names out.

use crate::gguf::{self, Part};
use crate::{Error, ModelId, Result};

/// What a caller wants of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// Whatever can be loaded: configuration, tokenizer and safetensors weights; in a repository without them,
    /// its GGUF file (as with [`Want::Gguf`] without names).
    Model,
    /// The named GGUF files, each with all parts if it is split; a name without `.gguf` is a quantisation such as
    /// `Q4_K_M`. Without names: the only one, else the one of `Q4_K_M`, else the one of `Q8_0`.
    Gguf(Vec<String>),
    /// Configuration and tokenizer, no weights.
    Tokenizer,
    /// Exactly these files.
    Files(Vec<String>),
}

/// The file that is linked last: where it stands, the rest of a model does too.
pub(crate) const CONFIG: &str = "config.json";

const FIXED: [&str; 9] = [
    CONFIG,
    "generation_config.json",
    "tokenizer.model",
    "special_tokens_map.json",
    "chat_template.jinja",
    "chat_template.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
];

/// Any one of these makes a tokenizer.
const TOKENIZERS: [&str; 3] = ["tokenizer.json", "tokenizer.model", "vocab.json"];

const PICKLED: [&str; 4] = ["bin", "pt", "pth", "ckpt"];

/// The files of `names` that `want` needs, sorted, or why there are none.
pub(crate) fn choose(id: &ModelId, names: &[String], want: &Want) -> Result<Vec<String>> {
    let mut chosen = match want {
        Want::Tokenizer => side_files(names),
        Want::Files(files) => {
            for file in files {
                if !names.contains(file) {
                    return Err(no_file(id, file));
                }
            }
            files.clone()
        }
        Want::Gguf(wanted) => return gguf::choose(id, names, wanted),
        Want::Model => {
            let weights = weights(names);
            if weights.is_empty() {
                if names.iter().any(|name| has_extension(name, "gguf")) {
                    return gguf::choose(id, names, &[]);
                }
                return Err(no_weights(id, names));
            }
            let mut files = side_files(names);
            files.extend(weights);
            files
        }
    };
    chosen.sort_unstable();
    chosen.dedup();
    Ok(chosen)
}

/// The files of a cached snapshot that `want` needs, or what is missing. A snapshot may be the rest of an
/// interrupted pull, so it is asked for more than a hub's list is. `shards` reads what a weight index names.
pub(crate) fn complete(
    id: &ModelId,
    names: &[String],
    want: &Want,
    shards: &dyn Fn(&str) -> Option<Vec<String>>,
) -> Result<Vec<String>, String> {
    let chosen = choose(id, names, want).map_err(|error| match error {
        Error::NoFile { file, .. } => file,
        Error::NoGguf { wanted, .. } => wanted,
        Error::AmbiguousGguf { candidates, .. } => {
            format!("the choice of one of {}", candidates.join(", "))
        }
        _ => "weights".to_owned(),
    })?;
    if matches!(want, Want::Files(_)) || chosen.iter().any(|name| has_extension(name, "gguf")) {
        return Ok(chosen);
    }
    if !TOKENIZERS.iter().any(|name| has(&chosen, name)) {
        return Err("a tokenizer".to_owned());
    }
    if *want == Want::Tokenizer {
        return Ok(chosen);
    }
    if !has(&chosen, CONFIG) {
        return Err(CONFIG.to_owned());
    }
    let indices = chosen.iter().filter(|name| name.ends_with(".index.json"));
    let named_by_index = indices.filter_map(|name| shards(name)).flatten();
    let named_by_number = chosen
        .iter()
        .filter_map(|name| Part::of(name))
        .flat_map(|part| part.siblings());
    match named_by_index
        .chain(named_by_number)
        .find(|name| !has(&chosen, name))
    {
        Some(missing) => Err(missing),
        None => Ok(chosen),
    }
}

/// Configuration and tokenizer.
fn side_files(names: &[String]) -> Vec<String> {
    let tokenizer = |name: &str| name.starts_with("tokenizer") && has_extension(name, "json");
    let needed =
        |name: &&String| !name.contains('/') && (FIXED.contains(&name.as_str()) || tokenizer(name));
    names.iter().filter(needed).cloned().collect()
}

/// The safetensors files at the root, with their index. One `model.safetensors` beats shards, shards beat the
/// rest, and `consolidated` (a second copy, in another naming) is taken only where nothing else is.
fn weights(names: &[String]) -> Vec<String> {
    let at_root = || {
        names
            .iter()
            .filter(|name| !name.contains('/') && has_extension(name, "safetensors"))
    };
    if has(names, "model.safetensors") {
        return vec!["model.safetensors".to_owned()];
    }
    let shard = |name: &&String| Part::of(name).is_some_and(|part| part.stem == "model");
    let other = |name: &&String| !name.starts_with("consolidated");
    let (mut weights, index): (Vec<String>, fn(&str) -> bool) =
        if at_root().any(|name| shard(&name)) {
            (at_root().filter(shard).cloned().collect(), |name| {
                name == "model.safetensors.index.json"
            })
        } else if at_root().any(|name| other(&name)) {
            (at_root().filter(other).cloned().collect(), |name| {
                !name.starts_with("consolidated")
            })
        } else {
            (at_root().cloned().collect(), |_| true)
        };
    if !weights.is_empty() {
        let is_index = |name: &&String| {
            !name.contains('/') && name.ends_with(".safetensors.index.json") && index(name)
        };
        weights.extend(names.iter().filter(is_index).cloned());
    }
    weights
}

fn has(names: &[String], name: &str) -> bool {
    names.iter().any(|other| other == name)
}

pub(crate) fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, found)| found.eq_ignore_ascii_case(extension))
}

pub(crate) fn no_file(id: &ModelId, file: &str) -> Error {
    Error::NoFile {
        id: id.repository().to_owned(),
        revision: id.revision().to_owned(),
        file: file.to_owned(),
    }
}

pub(crate) fn no_weights(id: &ModelId, names: &[String]) -> Error {
    let id = id.repository().to_owned();
    let pickled: Vec<String> = names
        .iter()
        .filter(|name| {
            PICKLED
                .iter()
                .any(|extension| has_extension(name, extension))
        })
        .cloned()
        .collect();
    if pickled.is_empty() {
        Error::NoWeights {
            id,
            expected: "*.safetensors or *.gguf",
            found: names.to_vec(),
        }
    } else {
        Error::OnlyPickled { id, found: pickled }
    }
}

#[cfg(test)]
#[path = "select_tests.rs"]
mod tests;
