//! The `ferrule` binary.

fn main() -> std::process::ExitCode {
    ferrule_cli::main()
}
