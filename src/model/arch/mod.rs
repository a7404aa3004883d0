//! The architectures: one file and one row each.
//!
//! A row names a family and turns its configuration into a [`Spec`]; everything else is shared. It does
//! not know how weights are stored or how a decoder runs. To add one, see CONTRIBUTING.md.

mod gemma;
mod gemma2;
mod gemma3;
mod glm4;
mod gpt2;
mod granite;
mod llama;
mod mistral;
mod mixtral;
mod olmo2;
mod opt;
mod phi3;
mod qwen2;
mod qwen3;
mod qwen3_moe;
mod smollm3;
mod starcoder2;
mod usual;

use std::path::Path;

use crate::{Config, Error, Result, layer::Spec};
use usual::Usual;

/// Everything that sets an architecture apart.
#[derive(Debug)]
pub struct Arch {
    pub name: &'static str,
    /// The class names in `architectures` of a config.json.
    pub classes: &'static [&'static str],
    /// The values of `model_type` in a config.json, for folders that name no class.
    pub types: &'static [&'static str],
    /// The values of `general.architecture` in GGUF files.
    pub gguf: &'static [&'static str],
    /// What the reference takes for keys that a config.json leaves out, where that is not the same for
    /// all: a JSON object.
    pub defaults: &'static str,
    pub spec: fn(&Config) -> Result<Spec>,
}

/// The table. Order does not matter: a name belongs to one row.
pub const ARCHS: &[&Arch] = &[
    &gemma::ARCH,
    &gemma2::ARCH,
    &gemma3::ARCH,
    &glm4::ARCH,
    &gpt2::ARCH,
    &granite::ARCH,
    &llama::ARCH,
    &mistral::ARCH,
    &mixtral::ARCH,
    &olmo2::ARCH,
    &opt::ARCH,
    &phi3::ARCH,
    &qwen2::ARCH,
    &qwen3::ARCH,
    &qwen3_moe::ARCH,
    &smollm3::ARCH,
    &starcoder2::ARCH,
];

impl Arch {
    /// The row that a config.json asks for, by class or else by model type.
    pub fn of_folder(config: &Config) -> Result<&'static Self> {
        let class = config
            .list("architectures")
            .and_then(|l| l.first())
            .and_then(|v| v.as_str());
        let kind = config.text("model_type");
        let row = match (class, kind) {
            (Some(class), _) => ARCHS.iter().find(|a| a.classes.contains(&class)),
            (None, Some(kind)) => ARCHS.iter().find(|a| a.types.contains(&kind)),
            (None, None) => {
                return Err(config.wrong("architectures", "a list with a class name", "nothing"));
            }
        };
        let name = class.or(kind).unwrap_or_default();
        row.copied()
            .ok_or_else(|| unknown(config.path(), name, |a| a.classes))
    }

    /// The decoder that a configuration describes.
    pub fn describe(&self, config: &mut Config) -> Result<Spec> {
        config.fill(self.defaults);
        (self.spec)(config)
    }

    /// The row that a GGUF file asks for.
    pub fn of_gguf(path: &Path, name: &str) -> Result<&'static Self> {
        let row = ARCHS.iter().find(|a| a.gguf.contains(&name));
        row.copied().ok_or_else(|| unknown(path, name, |a| a.gguf))
    }

    /// The row of that name (the `arch=` of the Python API); case and separators do not matter.
    pub fn named(name: &str) -> Option<&'static Self> {
        let plain = |s: &str| s.to_lowercase().replace(['_', '-', '.'], "");
        ARCHS.iter().find(|a| plain(a.name) == plain(name)).copied()
    }
}

fn unknown(path: &Path, name: &str, names: fn(&Arch) -> &'static [&'static str]) -> Error {
    let mut known: Vec<&str> = ARCHS.iter().flat_map(|a| names(a)).copied().collect();
    known.sort_unstable();
    Error::UnknownArch {
        path: path.to_owned(),
        name: name.to_owned(),
        known: known.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::ARCHS;

    #[test]
    fn every_name_belongs_to_one_row() {
        for names in [
            |a: &super::Arch| a.classes,
            |a: &super::Arch| a.gguf,
            |a: &super::Arch| a.types,
        ] {
            let all: Vec<_> = ARCHS.iter().flat_map(|a| names(a)).collect();
            let distinct: HashSet<_> = all.iter().collect();
            assert_eq!(
                all.len(),
                distinct.len(),
                "a name stands in two rows: {all:?}"
            );
        }
    }

    #[test]
    fn every_rows_defaults_are_an_object() {
        for arch in ARCHS {
            let value: serde_json::Value = serde_json::from_str(arch.defaults).unwrap();
            assert!(value.is_object(), "{}", arch.name);
        }
    }

    #[test]
    fn every_row_has_its_file_and_its_fixture() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        for arch in ARCHS {
            let file = root.join("arch").join(format!("{}.rs", arch.name));
            assert!(file.is_file(), "{} is missing", file.display());
            let fixture = root.join("../../tests/fixtures/arch").join(arch.name);
            let prefix = format!("{}-", arch.name);
            let variant = std::fs::read_dir(root.join("../../tests/fixtures/arch"))
                .into_iter()
                .flatten()
                .flatten()
                .any(|e| e.file_name().to_string_lossy().starts_with(&prefix));
            assert!(
                fixture.is_dir() || variant,
                "{} is missing",
                fixture.display()
            );
        }
    }
}
