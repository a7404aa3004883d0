//! Who may depend on whom. Arrows never go up, and each heavy dependency has one home.
//!
//! The facts come from `cargo metadata` and from the text of the manifests; the rules are the
//! tables below. This does not know what the code inside a crate does: see `shape`.

use std::{path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// The arrows: each crate, by its folder in `src/`, and the crates of ours that it may name.
/// The root package is `ferrule`, the façade. A row whose crate is still missing is no fault.
const ARROWS: &[(&str, &[&str])] = &[
    ("types", &[]),
    ("parse", &["types"]),
    ("guard", &["types"]),
    ("jail", &["types"]),
    ("fetch", &["types"]),
    ("model", &["types"]),
    ("engine", &["types", "model"]),
    ("mcp", &["types", "guard", "jail"]),
    ("sandbox", &["types"]),
    ("store", &["types"]),
    ("agent", &["types", "parse", "guard"]),
    ("serve", &["types", "agent", "guard"]),
    (
        "ferrule",
        &[
            "types", "parse", "guard", "jail", "fetch", "model", "engine", "mcp", "sandbox",
            "store", "agent", "serve",
        ],
    ),
    ("cli", &["ferrule"]),
    ("python", &["ferrule", "cli"]),
];

/// Heavy or telling dependencies, and the only crates that may name them. A name stands for its
/// family as well: `candle` for `candle-core`.
const HOMES: &[(&str, &[&str])] = &[
    ("candle", &["model"]),
    ("tokenizers", &["model"]),
    ("toktrie", &["model", "engine"]),
    ("llguidance", &["engine"]),
    ("wasmtime", &["sandbox"]),
    ("rmcp", &["mcp"]),
    ("axum", &["serve"]),
    ("pyo3", &["python"]),
    ("clap", &["cli"]),
    ("reqwest", &["fetch", "mcp", "serve"]),
    ("rusqlite", &["store"]),
    ("redis", &["store"]),
];

/// Crates that only compute: no runtime, no network, no system calls.
const PURE: &[&str] = &["parse"];

/// What a crate that only computes has no use for.
const IMPURE: &[&str] = &[
    "tokio", "futures", "async", "reqwest", "hyper", "rustix", "libc", "mio", "tempfile",
];

#[test]
fn every_arrow_points_down_and_every_heavy_dependency_stays_at_home() -> Result<()> {
    let crates = crates_of_this_workspace()?;
    ensure!(
        crates.len() > 5,
        "cargo metadata names only {} crates",
        crates.len()
    );
    let problems: Vec<String> = crates.iter().flat_map(problems_of).collect();
    ensure!(problems.is_empty(), "\n{}", problems.join("\n"));
    Ok(())
}

#[test]
fn versions_and_features_of_dependencies_stand_in_the_root_manifest_alone() -> Result<()> {
    let mut problems = Vec::new();
    for each in crates_of_this_workspace()? {
        let text =
            std::fs::read_to_string(&each.manifest).with_context(|| each.manifest.clone())?;
        problems.extend(manifest_problems(&each.manifest, &text));
    }
    ensure!(problems.is_empty(), "\n{}", problems.join("\n"));
    Ok(())
}

/// One crate of the workspace and what it names in its manifest, for the build and for tests.
struct Crate {
    folder: String,
    manifest: String,
    dependencies: Vec<String>,
}

fn problems_of(each: &Crate) -> Vec<String> {
    let Some((_, allowed)) = ARROWS.iter().find(|(folder, _)| *folder == each.folder) else {
        return vec![format!(
            "{}: the crate `{}` has no row: say in ARROWS in tests/it/layers.rs what it may depend on, \
             and give it a line in src/README.md",
            each.manifest, each.folder
        )];
    };
    let dependencies = each.dependencies.iter();
    dependencies
        .filter_map(|dependency| problem_with(each, allowed, dependency))
        .collect()
}

fn problem_with(each: &Crate, allowed: &[&str], dependency: &str) -> Option<String> {
    let Crate {
        folder, manifest, ..
    } = each;
    let ours = our_folder(dependency);
    if let Some(ours) = ours.filter(|ours| !allowed.contains(ours) && ours != folder) {
        return Some(format!(
            "{manifest}: `{folder}` names `{ours}` and may name only {allowed:?}: use a trait of `types` \
             and let the façade wire it, or change the picture in ARROWS and in src/README.md together"
        ));
    }
    let home = HOMES.iter().find(|(family, _)| belongs(dependency, family));
    if let Some((_, homes)) = home.filter(|(_, homes)| !homes.contains(&folder.as_str())) {
        return Some(format!(
            "{manifest}: `{dependency}` lives only in {homes:?}: ask that crate through a trait of `types`"
        ));
    }
    let impure =
        PURE.contains(&folder.as_str()) && IMPURE.iter().any(|family| belongs(dependency, family));
    impure.then(|| {
        format!("{manifest}: `{folder}` only computes and has no use for `{dependency}`: hand it the facts")
    })
}

/// The folder of one of our own crates: `ferrule-types` stands in `types`, the façade is itself.
fn our_folder(package: &str) -> Option<&str> {
    if package == "ferrule" {
        Some(package)
    } else {
        package.strip_prefix("ferrule-")
    }
}

fn belongs(dependency: &str, family: &str) -> bool {
    dependency
        .strip_prefix(family)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

/// Reads a crate's manifest line by line: all that may be said of a dependency is that the
/// workspace knows it and, if need be, that it is optional.
fn manifest_problems(manifest: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut section = "";
    let mut lints = false;
    for line in text.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[') {
            section = header.trim_end_matches(']');
            if section.contains("dependencies.") && !section.starts_with("workspace.") {
                problems.push(format!(
                    "{manifest}: [{section}]: write `name.workspace = true` instead"
                ));
            }
            continue;
        }
        lints |= section == "lints" && line == "workspace = true";
        let names_one = section.ends_with("dependencies") && !section.starts_with("workspace.");
        if names_one && !line.is_empty() && !line.starts_with('#') && !is_the_workspaces(line) {
            problems.push(format!(
                "{manifest}: `{line}`: write `name.workspace = true` here, and the version and the features \
                 in [workspace.dependencies] of the root Cargo.toml"
            ));
        }
    }
    if !lints {
        problems.push(format!("{manifest}: add `[lints]` with `workspace = true`"));
    }
    problems
}

fn is_the_workspaces(line: &str) -> bool {
    let Some((name, value)) = line.split_once('=') else {
        return false;
    };
    match (name.trim().ends_with(".workspace"), value.trim()) {
        (true, value) => value == "true",
        (false, value) => value == "{ workspace = true, optional = true }",
    }
}

fn crates_of_this_workspace() -> Result<Vec<Crate>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let answer = Command::new(cargo)
        .args([
            "metadata",
            "--offline",
            "--no-deps",
            "--format-version",
            "1",
        ])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .context("cannot run cargo metadata")?;
    ensure!(
        answer.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&answer.stderr)
    );
    let metadata: Value = serde_json::from_slice(&answer.stdout)?;
    list(&metadata["packages"])
        .iter()
        .map(read_crate)
        .collect::<Option<_>>()
        .context("not cargo's metadata")
}

fn read_crate(package: &Value) -> Option<Crate> {
    let name = package["name"].as_str()?;
    let dependencies = list(&package["dependencies"]).iter();
    Some(Crate {
        folder: our_folder(name).unwrap_or(name).to_owned(),
        manifest: package["manifest_path"].as_str()?.to_owned(),
        dependencies: dependencies
            .map(|each| each["name"].as_str().map(str::to_owned))
            .collect::<Option<_>>()?,
    })
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

// The rules themselves, on samples that break them.

fn sample(folder: &str, dependencies: &[&str]) -> Vec<String> {
    problems_of(&Crate {
        folder: folder.to_owned(),
        manifest: "Cargo.toml".to_owned(),
        dependencies: dependencies.iter().map(|&name| name.to_owned()).collect(),
    })
}

#[track_caller]
fn says(problems: &[String], words: &str) {
    assert!(
        problems.len() == 1 && problems[0].contains(words),
        "{problems:#?}"
    );
}

#[test]
fn an_arrow_that_goes_up_is_told() {
    says(
        &sample("agent", &["ferrule-types", "ferrule-engine"]),
        "`agent` names `engine`",
    );
    says(&sample("model", &["ferrule"]), "`model` names `ferrule`");
    assert!(sample("engine", &["ferrule-types", "ferrule-model", "rand"]).is_empty());
}

#[test]
fn a_heavy_dependency_away_from_home_is_told() {
    says(
        &sample("engine", &["candle-core"]),
        r#"`candle-core` lives only in ["model"]"#,
    );
    says(
        &sample("ferrule", &["pyo3-async-runtimes"]),
        r#"lives only in ["python"]"#,
    );
    says(
        &sample("agent", &["reqwest"]),
        r#"lives only in ["fetch", "mcp", "serve"]"#,
    );
    assert!(sample("model", &["candle-nn", "tokenizers"]).is_empty());
    assert!(
        sample("engine", &["candlestick"]).is_empty(),
        "a family is a whole word"
    );
}

#[test]
fn a_runtime_in_a_crate_that_only_computes_is_told() {
    says(&sample("parse", &["tokio-util"]), "`parse` only computes");
    assert!(sample("parse", &["ferrule-types", "serde_json", "proptest"]).is_empty());
}

#[test]
fn a_crate_without_a_row_is_told_where_to_add_one() {
    says(&sample("attic", &[]), "say in ARROWS in tests/it/layers.rs");
}

#[test]
fn a_version_or_a_feature_in_a_crate_s_own_manifest_is_told() {
    let told = |text: &str| {
        manifest_problems(
            "Cargo.toml",
            &format!("{text}\n[lints]\nworkspace = true\n"),
        )
    };
    for bad in [
        "[dependencies]\nserde = \"1\"",
        "[dependencies]\nserde = { workspace = true, features = [\"rc\"] }",
        "[dev-dependencies]\nserde = { version = \"1\" }",
        "[target.'cfg(unix)'.dependencies]\nrustix = \"1\"",
        "[build-dependencies]\ncc.version = \"1\"",
    ] {
        says(&told(bad), "write `name.workspace = true` here");
    }
    says(
        &told("[dependencies.serde]\nworkspace = true"),
        "write `name.workspace = true` instead",
    );
    let good = "[package]\nname = \"x\"\n[dependencies]\n# why\nserde.workspace = true\n\
                rmcp = { workspace = true, optional = true }\n[features]\na = [\"serde/rc\"]";
    assert_eq!(told(good), Vec::<String>::new());
}

#[test]
fn a_manifest_without_the_workspace_s_lints_is_told() {
    says(
        &manifest_problems("Cargo.toml", "[dependencies]\nserde.workspace = true"),
        "add `[lints]`",
    );
}
