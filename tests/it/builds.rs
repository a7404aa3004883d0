//! The wheel and the tests share one build of every dependency: two cold builds are the largest waste.

use std::{collections::BTreeSet, process::Command};

use anyhow::{Result, ensure};

#[test]
fn the_wheel_builds_no_dependency_that_the_tests_have_built_otherwise() -> Result<()> {
    let tests = tree(&["--workspace", "--edges", "normal,build,dev"])?;
    let wheel = tree(&["--package", "ferrule-python", "--edges", "normal,build"])?;
    let twice: Vec<&String> = wheel.difference(&tests).collect();
    ensure!(
        twice.is_empty(),
        "the tests turn on features of these that the wheel does not; name the features in the \
         root Cargo.toml, where both see them: {twice:#?}"
    );
    Ok(())
}

/// Every package with the features that it is built with.
fn tree(selection: &[&str]) -> Result<BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--prefix", "none"])
        .args(["--format", "{p} {f}"])
        .args(selection)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{complaint}");
    let lines = String::from_utf8(output.stdout)?;
    let known = |line: &str| line.trim_end_matches(" (*)").trim_end().to_owned();
    Ok(lines.lines().map(known).collect())
}
