//! A model's files, opened and understood, before a single weight is read.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    Arch, Config, Decoder, Error, Result, gguf_config,
    layer::{Form, Origin, Spec, build},
    memory,
    mlx::Packing,
    source::{GgufFile, Mapped, SafetensorsFiles, SharedSource, Source as _, listing},
};

/// What a path turned out to be.
#[derive(Debug)]
pub struct Opened {
    pub arch: &'static Arch,
    pub config: Config,
    pub spec: Spec,
    pub source: SharedSource,
    /// The same file as `source`, when it is GGUF: it carries the tokenizer too.
    pub gguf: Option<Arc<GgufFile>>,
    origin: Origin,
}

impl Opened {
    /// Opens a folder with config.json and safetensors, or a `.gguf` file (or a folder with just one).
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_as(path, None)
    }

    /// The same with the architecture named by the caller instead of the files.
    pub fn open_as(path: &Path, arch: Option<&'static Arch>) -> Result<Self> {
        let metadata = std::fs::metadata(path).map_err(|source| Error::Io {
            path: path.to_owned(),
            source,
        })?;
        if metadata.is_file() {
            return if is_gguf(path) {
                Self::of_gguf(GgufFile::open(path)?, arch)
            } else {
                Err(not_a_model(path, "another file"))
            };
        }
        // Repositories of GGUF files often carry the configuration of the model that they were made from.
        let has_config = path.join("config.json").is_file();
        match only_gguf(path) {
            Some(file) if !(has_config && SafetensorsFiles::present(path)) => {
                Self::of_gguf(GgufFile::open(&file)?, arch)
            }
            _ if has_config => Self::folder(path, arch),
            _ => Err(not_a_model(path, &listing(path))),
        }
    }

    fn folder(path: &Path, arch: Option<&'static Arch>) -> Result<Self> {
        let mut config = Config::read(path)?;
        let arch = match arch {
            Some(arch) => arch,
            None => Arch::of_folder(&config)?,
        };
        let spec = arch.describe(&mut config)?;
        let packing = Packing::read(config.path(), &config.value())?;
        Ok(Self {
            arch,
            spec,
            source: Arc::new(SafetensorsFiles::open(path)?),
            gguf: None,
            origin: Origin::Folder { packing },
            config,
        })
    }

    /// Opens a GGUF file that is part of the program; its weights are read where they lie. `name` is what errors
    /// call it.
    pub fn of_program(
        name: &str,
        bytes: &'static [u8],
        arch: Option<&'static Arch>,
    ) -> Result<Self> {
        let file = Mapped::of_program(name, bytes);
        Self::of_gguf(GgufFile::read(&file)?, arch)
    }

    fn of_gguf(file: GgufFile, arch: Option<&'static Arch>) -> Result<Self> {
        let file = Arc::new(file);
        let arch = match arch {
            Some(arch) => arch,
            None => Arch::of_gguf(file.path(), gguf_config::architecture(&file)?)?,
        };
        let mut config = gguf_config::config(&file)?;
        Ok(Self {
            arch,
            spec: arch.describe(&mut config)?,
            config,
            source: Arc::clone(&file) as SharedSource,
            gguf: Some(file),
            origin: Origin::Gguf,
        })
    }

    /// MLX's packing, where the folder has one.
    pub(crate) fn packing(&self) -> Option<&Packing> {
        match &self.origin {
            Origin::Folder { packing } => packing.as_ref(),
            Origin::Gguf => None,
        }
    }

    /// Reads the weights.
    pub fn decoder(&self, form: Form) -> Result<Decoder> {
        memory::check(self, form)?;
        build(self.spec.clone(), &self.source, self.origin.clone(), form)
    }
}

fn not_a_model(path: &Path, found: &str) -> Error {
    Error::NotAModel {
        path: path.to_owned(),
        expected: "a folder with config.json and safetensors weights, or a .gguf file",
        found: found.to_owned(),
    }
}

/// The GGUF files of a folder, by name; without the projectors for images that lie beside some models.
pub fn ggufs_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let is_projector = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.to_lowercase().contains("mmproj")
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| is_gguf(p) && !is_projector(p))
        .collect();
    files.sort();
    files
}

/// Whether a file is GGUF by its name.
pub fn is_gguf(path: &Path) -> bool {
    path.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("gguf"))
}

/// The GGUF file of a folder that holds just one (or one split in parts: then the first).
fn only_gguf(folder: &Path) -> Option<PathBuf> {
    match ggufs_in(folder).as_slice() {
        [one] => Some(one.clone()),
        [first, ..] if first.to_string_lossy().contains("-00001-of-") => Some(first.clone()),
        _ => None,
    }
}
