//! Which GGUF file of a repository is meant, and names of files that come in parts.

use crate::select::{has_extension, no_file, no_weights};
use crate::{Error, ModelId, Result};

/// The quantisations that are taken when nothing was said, best compromise first.
const USUAL: [&str; 2] = ["Q4_K_M", "Q8_0"];

/// A GGUF file, or the parts of a split one.
struct Candidate<'a> {
    files: Vec<&'a String>,
}

impl Candidate<'_> {
    fn name(&self) -> &str {
        self.files[0]
    }

    /// Whether the name says that it is of this quantisation.
    fn is_of(&self, quantisation: &str) -> bool {
        let (name, wanted) = (
            self.name().to_ascii_uppercase(),
            quantisation.to_ascii_uppercase(),
        );
        name.match_indices(&wanted).any(|(at, _)| {
            let before = name[..at].chars().next_back();
            let after = name[at + wanted.len()..].chars().next();
            !before.is_some_and(|c| c.is_ascii_alphanumeric())
                && !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
        })
    }
}

/// The files of the wanted GGUF models, each with all its parts.
pub(crate) fn choose(id: &ModelId, names: &[String], wanted: &[String]) -> Result<Vec<String>> {
    let (companions, models): (Vec<_>, Vec<_>) = candidates(names)
        .into_iter()
        .partition(|c| is_companion(c.name()));
    let listed = || {
        models
            .iter()
            .map(|candidate| candidate.name().to_owned())
            .collect()
    };
    let ambiguous = || Error::AmbiguousGguf {
        id: id.repository().to_owned(),
        candidates: listed(),
    };
    if models.is_empty() && wanted.is_empty() {
        return Err(no_weights(id, names));
    }
    let mut chosen: Vec<&Candidate> = Vec::new();
    for wanted in wanted {
        if let Some(named) = models
            .iter()
            .chain(&companions)
            .find(|c| c.files.contains(&wanted))
        {
            chosen.push(named);
            continue;
        }
        let mut found = models
            .iter()
            .filter(|c| !has_extension(wanted, "gguf") && c.is_of(wanted));
        match (found.next(), found.next()) {
            (Some(one), None) => chosen.push(one),
            (Some(_), Some(_)) => return Err(ambiguous()),
            (None, _) => {
                let (id, wanted) = (id.repository().to_owned(), wanted.clone());
                return Err(Error::NoGguf {
                    id,
                    wanted,
                    candidates: listed(),
                });
            }
        }
    }
    if wanted.is_empty() {
        let usual = || {
            USUAL
                .iter()
                .find_map(|usual| only(models.iter().filter(|c| c.is_of(usual))))
        };
        chosen.push(only(models.iter()).or_else(usual).ok_or_else(ambiguous)?);
    }
    let mut files = Vec::new();
    for candidate in chosen {
        let parts = Part::of(candidate.name())
            .map(|part| part.siblings())
            .unwrap_or_default();
        if let Some(missing) = parts.iter().find(|part| !candidate.files.contains(part)) {
            return Err(no_file(id, missing));
        }
        files.extend(candidate.files.iter().map(|&file| file.clone()));
    }
    Ok(files)
}

/// The GGUF files among the names, the parts of a split one put together.
fn candidates(names: &[String]) -> Vec<Candidate<'_>> {
    let mut ggufs: Vec<&String> = names
        .iter()
        .filter(|name| has_extension(name, "gguf"))
        .collect();
    ggufs.sort_unstable();
    let mut candidates: Vec<Candidate> = Vec::new();
    for name in ggufs {
        let same = |other: &&mut Candidate| match (Part::of(name), Part::of(other.name())) {
            (Some(part), Some(other)) => part.stem == other.stem && part.count == other.count,
            _ => false,
        };
        match candidates.iter_mut().find(same) {
            Some(whole) => whole.files.push(name),
            None => candidates.push(Candidate { files: vec![name] }),
        }
    }
    candidates
}

/// Projectors of pictures and importance matrices are GGUF files too, and no models: they are only taken by name.
fn is_companion(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    file.contains("mmproj") || file.contains("imatrix")
}

/// A name of the form `<stem>-00002-of-00003.<extension>`.
pub(crate) struct Part<'a> {
    pub stem: &'a str,
    pub count: u32,
    extension: &'a str,
}

impl<'a> Part<'a> {
    pub(crate) fn of(name: &'a str) -> Option<Self> {
        let (rest, extension) = name.rsplit_once('.')?;
        let (rest, count) = rest.rsplit_once("-of-")?;
        let (stem, number) = rest.rsplit_once('-')?;
        let digits = |text: &str| text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
        (digits(number) && digits(count)).then_some(())?;
        Some(Self {
            stem,
            count: count.parse().ok()?,
            extension,
        })
    }

    /// All parts of the same whole.
    pub(crate) fn siblings(&self) -> Vec<String> {
        (1..=self.count)
            .map(|n| {
                format!(
                    "{}-{n:05}-of-{:05}.{}",
                    self.stem, self.count, self.extension
                )
            })
            .collect()
    }
}

/// The item, if there is exactly one.
fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    items.next().filter(|_| items.next().is_none())
}
