//! Packages by their written form. *In*: `@scope/name@1.2.3`, `name==1.2`. *Out*: a refusal of what is no registry's
//! package, a note where no version is fixed, and the name. It does not know: whether a package exists, or is good.

use std::mem::take;

use super::{
    command::is_absolute,
    grammar::{Grammar, Walked},
    harm,
    trial::Trial,
};

/// How one registry's packages are judged: [`npm`] or [`python`].
pub(super) type Judge = for<'a> fn(&mut Trial<'a>, usize, &'a str) -> Option<&'a str>;

/// Judges `runner [flags] package [arguments]`: the word behind the flags is the package, unless a flag has named one.
pub(super) fn run(trial: &mut Trial, grammar: &Grammar, from: usize, judge: Judge) {
    match grammar.walk(trial, from) {
        Walked::Word(at) => start(trial, at, judge),
        Walked::End => trial.refuse_end(&harm::COMMAND),
        Walked::Settled => {}
    }
}

/// Judges what a runner starts: the program of that name, out of the package that a flag has named or of its own.
pub(super) fn start(trial: &mut Trial, at: usize, judge: Judge) {
    let word = trial.args[at].as_str();
    let named = take(&mut trial.named);
    let program = if named {
        Some(word)
    } else {
        judge(trial, at, word)
    };
    if let Some(program) = program {
        trial.inner(at, program);
    }
}

/// A flag that names the package, so that the word behind the flags is a program of it.
pub(super) fn named<'a>(trial: &mut Trial<'a>, index: usize, spec: &'a str, judge: Judge) {
    trial.named = true;
    judge(trial, index, spec);
}

/// A package for npm, npx, bunx or Deno. Gives back its bare name, unless it is scoped: then its program is called
/// otherwise.
pub(super) fn npm<'a>(trial: &mut Trial<'a>, index: usize, spec: &'a str) -> Option<&'a str> {
    if is_local(spec) {
        return None;
    }
    let split = spec
        .get(1..)
        .and_then(|rest| rest.find('@'))
        .map(|at| at + 1);
    let (name, version) = match split {
        Some(at) => (&spec[..at], &spec[at + 1..]),
        None => (spec, ""),
    };
    if let Some(aliased) = version.strip_prefix("npm:") {
        npm(trial, index, aliased);
        return Some(name);
    }
    let bare = match name
        .strip_prefix('@')
        .and_then(|scoped| scoped.split_once('/'))
    {
        Some((scope, bare)) if is_npm_name(scope) => bare,
        _ => name,
    };
    let scoped = bare.len() < name.len();
    if [bare, version]
        .iter()
        .any(|part| part.contains([':', '/', '\\']))
    {
        trial.refuse(index, source(spec), &harm::REMOTE);
    } else if !is_npm_name(bare) {
        trial.refuse(index, spec, &harm::NAME);
    } else {
        if !is_exact(version) {
            trial.unpinned(index, spec);
        }
        return (!scoped).then_some(bare);
    }
    None
}

/// A package for uv, uvx, pip or pipx. Gives back its bare name.
pub(super) fn python<'a>(trial: &mut Trial<'a>, index: usize, spec: &'a str) -> Option<&'a str> {
    let requirement = spec.split(';').next().unwrap_or_default().trim();
    if is_local(requirement)
        || [".whl", ".tar.gz"]
            .iter()
            .any(|end| requirement.ends_with(end))
            && !requirement.contains(':')
    {
        return None;
    }
    if requirement.contains([':', '/', '\\']) {
        trial.refuse(index, source(requirement), &harm::REMOTE);
        return None;
    }
    let end = requirement
        .find(|c| !is_python_letter(c))
        .unwrap_or(requirement.len());
    let (name, rest) = requirement.split_at(end);
    let rest = rest.trim();
    let version = match rest
        .strip_prefix('[')
        .and_then(|extras| extras.split_once(']'))
    {
        Some((_, version)) => version.trim(),
        None => rest,
    };
    if name.is_empty()
        || !version.is_empty() && !version.starts_with(['=', '<', '>', '!', '~', '@', '('])
    {
        trial.refuse(index, spec, &harm::NAME);
        return None;
    }
    let pinned = ["===", "==", "@"]
        .iter()
        .find_map(|sign| version.strip_prefix(sign));
    if !pinned.is_some_and(|version| is_release(version.trim())) {
        trial.unpinned(index, spec);
    }
    Some(name)
}

/// Several of Python's packages between commas, as `--with` takes them.
pub(super) fn pythons<'a>(trial: &mut Trial<'a>, index: usize, specs: &'a str) {
    if specs.trim().is_empty() {
        trial.refuse(index, specs, &harm::MISSING);
    } else if specs.contains([':', '/', '\\']) {
        // No list of names: one path or one URL.
        python(trial, index, specs);
    } else {
        // A comma also stands between the bounds of one package.
        let bound = |part: &&str| part.trim_start().starts_with(['=', '<', '>', '!', '~']);
        for spec in specs.split(',').filter(|part| !bound(part)) {
            python(trial, index, spec.trim());
        }
    }
}

/// A file or a folder of this machine.
fn is_local(spec: &str) -> bool {
    let folder = matches!(spec, "." | "..")
        || ["./", "../", "~/", ".\\", "..\\"]
            .iter()
            .any(|start| spec.starts_with(start));
    let path = spec.strip_prefix("file:").unwrap_or(spec);
    (folder || is_absolute(path)) && !path.starts_with("//") && !path.contains("://")
}

fn is_npm_name(name: &str) -> bool {
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    // npm takes these for the value of the switch before them.
    !name.is_empty()
        && name.len() <= 214
        && name.chars().all(letters)
        && !name.starts_with(['.', '_', '-'])
        && !matches!(name, "true" | "false" | "null" | "always")
}

fn is_python_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
}

/// One version of npm's: `1.2.3`, `1.2.3-beta.1`.
fn is_exact(version: &str) -> bool {
    let version = version.strip_prefix('v').unwrap_or(version);
    let numbers = version.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = numbers.split('.').collect();
    parts.len() == 3
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()))
        && version
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'))
}

/// One version of Python's: `1.2`, `2.0rc1`; not `1.*`, and not `latest`.
fn is_release(version: &str) -> bool {
    version.starts_with(|c: char| c.is_ascii_digit())
        && version
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '!' | '-' | '_'))
}

/// Where a package comes from, without the path or query that may hold a secret.
fn source(spec: &str) -> &str {
    match spec.find([':', '/', '\\']) {
        Some(at) => &spec[..=at],
        None => spec,
    }
}
