//! `uvx [--from package] program args…`, by `uv tool install` into a folder.

use std::path::{Path, PathBuf};

use super::{Runner, Wish};
use crate::Plan;

pub(super) const RUNNER: Runner = Runner {
    names: &["uvx"],
    read,
    install,
    program,
};

fn read(args: &[String]) -> Option<Wish> {
    let mut words = args.iter();
    let first = words.next()?;
    let (package, program) = match first.split_once('=') {
        Some(("--from", package)) => (package.to_owned(), Some(words.next()?.clone())),
        _ if first == "--from" => (words.next()?.clone(), Some(words.next()?.clone())),
        _ => (first.clone(), None),
    };
    let from_registry = |text: &str| {
        let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        starts
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-._=[],@<>~!".contains(c))
    };
    // Other flags change where packages come from.
    let whole = from_registry(&package) && program.iter().all(|program| from_registry(program));
    whole.then(|| Wish {
        package,
        program,
        args: words.cloned().collect(),
    })
}

fn install(plan: &Plan, wish: &Wish, folder: &Path) -> Plan {
    // uv lies beside uvx, whatever path the plan names.
    let uv = Path::new(&plan.program).with_file_name("uv");
    let args = ["tool", "install", "--no-config", "--quiet", &wish.package];
    let mut install = Plan {
        program: uv.display().to_string(),
        args: args.map(str::to_owned).to_vec(),
        ..plan.clone()
    };
    let places = [
        ("UV_TOOL_DIR", "tools"),
        ("UV_TOOL_BIN_DIR", "bin"),
        ("UV_CACHE_DIR", ".cache"),
        ("UV_PYTHON_INSTALL_DIR", "python"),
    ];
    let variable =
        |(name, place): (&str, &str)| (name.to_owned(), folder.join(place).display().to_string());
    install.env = places.into_iter().map(variable).collect();
    install
}

fn program(wish: &Wish, folder: &Path) -> Option<PathBuf> {
    let name = wish.program.clone().or_else(|| {
        let end = wish
            .package
            .find(|c: char| !(c.is_ascii_alphanumeric() || "-._".contains(c)));
        wish.package
            .get(..end.unwrap_or(wish.package.len()))
            .map(str::to_owned)
    })?;
    let plain = !name.contains('/') && name != "..";
    Some(folder.join("bin").join(name)).filter(|path| plain && path.exists())
}
