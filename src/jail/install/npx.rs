//! `npx [-y] package[@version] args…`, by `npm install` into a folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{Runner, Wish};
use crate::Plan;

pub(super) const RUNNER: Runner = Runner {
    names: &["npx"],
    read,
    install,
    program,
};

fn read(args: &[String]) -> Option<Wish> {
    let mut package = None;
    let mut at = 0;
    loop {
        match args.get(at)?.as_str() {
            "-y" | "--yes" | "-q" | "--quiet" => {}
            "-p" | "--package" if package.is_none() => {
                at += 1;
                package = Some(args.get(at)?.clone());
            }
            "--" => {
                at += 1;
                break;
            }
            flag if flag.starts_with("--package=") && package.is_none() => {
                package = flag.split_once('=').map(|(_, name)| name.to_owned());
            }
            // Other flags change where packages come from, or what is run.
            flag if flag.starts_with('-') => return None,
            _ => break,
        }
        at += 1;
    }
    let word = args.get(at)?.clone();
    let (package, program) = match package {
        Some(package) => (package, Some(word)),
        None => (word, None),
    };
    let args = args.get(at + 1..).unwrap_or_default().to_vec();
    name_of(&package)?;
    Some(Wish {
        package,
        program,
        args,
    })
}

/// The name without a version; `None` for what comes from elsewhere than a registry.
fn name_of(package: &str) -> Option<&str> {
    let (scope, rest) = match package.strip_prefix('@') {
        Some(scoped) => scoped
            .split_once('/')
            .map(|(scope, rest)| (Some(scope), rest))?,
        None => (None, package),
    };
    let (name, version) = rest.split_once('@').unwrap_or((rest, "latest"));
    let legal = |text: &str| {
        let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        starts
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c))
    };
    let legal_version = version
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-._~^+".contains(c));
    let whole = legal(name) && scope.is_none_or(legal) && legal_version && !version.is_empty();
    whole
        .then(|| package.get(..package.len() - rest.len() + name.len()))
        .flatten()
}

fn install(plan: &Plan, wish: &Wish, folder: &Path) -> Plan {
    // npm lies beside npx, whatever path the plan names.
    let npm = Path::new(&plan.program).with_file_name("npm");
    let args = [
        "install",
        "--no-audit",
        "--no-fund",
        "--no-save",
        "--loglevel=error",
        "--prefix",
    ];
    let args = args.map(str::to_owned).into_iter();
    let mut install = Plan {
        program: npm.display().to_string(),
        args: args
            .chain([folder.display().to_string(), wish.package.clone()])
            .collect(),
        ..plan.clone()
    };
    install.env = vec![(
        "npm_config_cache".to_owned(),
        folder.join(".cache").display().to_string(),
    )];
    install
}

fn program(wish: &Wish, folder: &Path) -> Option<PathBuf> {
    let modules = folder.join("node_modules");
    let program = match &wish.program {
        Some(program) => program.clone(),
        None => only_program(&modules, name_of(&wish.package)?)?,
    };
    let plain = !program.contains('/') && program != "..";
    Some(modules.join(".bin").join(program)).filter(|path| plain && path.exists())
}

/// The one that npx would choose: the only one, or the one that is called as the package.
fn only_program(modules: &Path, name: &str) -> Option<String> {
    let about = fs::read_to_string(modules.join(name).join("package.json")).ok()?;
    let about: Value = serde_json::from_str(&about).ok()?;
    let last = name.rsplit('/').next()?.to_owned();
    match about.get("bin")? {
        Value::String(_) => Some(last),
        Value::Object(programs) if programs.len() == 1 => programs.keys().next().cloned(),
        Value::Object(programs) => programs.contains_key(&last).then_some(last),
        _ => None,
    }
}
