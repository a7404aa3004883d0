//! Every Rust example runs, on the model that it takes by default.

use std::{fs, io::Write as _, path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};

#[test]
fn every_example_runs_and_says_something() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let test = std::env::current_exe()?;
    // target/<profile>/deps/it-… → target/<profile>/examples
    let built = test
        .ancestors()
        .nth(2)
        .context("no target folder")?
        .join("examples");
    let mut count = 0;
    for entry in fs::read_dir(root.join("examples"))? {
        let source = entry?.path();
        if source.extension().is_none_or(|e| e != "rs") {
            continue;
        }
        let name = source.file_stem().context("no name")?;
        let program = built.join(name);
        ensure!(
            program.is_file(),
            "{} is not built: run `cargo test` without --test",
            program.display()
        );
        let output = Command::new(&program).current_dir(root).output()?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "{}: {complaint}",
            program.display()
        );
        ensure!(
            !output.stdout.is_empty(),
            "{} printed nothing",
            program.display()
        );
        count += 1;
    }
    ensure!(count > 0, "no examples found");
    writeln!(std::io::stderr(), "examples: {count} Rust examples ran")?;
    Ok(())
}
