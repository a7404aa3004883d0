//! Says what a model is and needs, without loading it.
//!
//!     cargo run --example 02_inspect -- MODEL

use std::io::Write as _;

use ferrule::{OpenOptions, inspect};

fn main() -> anyhow::Result<()> {
    let model = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "tests/fixtures/text/tiny-llama".into());
    let card = inspect(
        &OpenOptions {
            model,
            ..OpenOptions::default()
        },
        &(),
    )?;
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{}: {} parameters, {} tokens of context",
        card.arch, card.parameters, card.context_length
    )?;
    for (kind, bytes) in &card.bytes_by_dtype {
        writeln!(out, "  {kind}: {bytes} bytes")?;
    }
    Ok(())
}
