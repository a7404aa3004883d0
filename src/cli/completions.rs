//! `ferrule completions`: what a shell needs to complete our arguments.

use anyhow::Result;
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::output;

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(
    after_help = "Example: ferrule completions bash > ~/.local/share/bash-completion/completions/ferrule"
)]
pub struct Completions {
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub fn run(&self) -> Result<()> {
        let mut script = Vec::new();
        let mut command = crate::Args::command();
        clap_complete::generate(self.shell, &mut command, "ferrule", &mut script);
        output::bytes(&script)
    }
}
