//! What a package runner fetches, fetched beforehand.
//!
//! `npx package` and `uvx package` reach a registry and run what comes, in one breath. Here the two are apart: the
//! installation runs in a jail of its own, with the network and one writable folder; what it left there runs in
//! the plan's jail, which sees the folder read-only and no registry.
//!
//! In come a plan whose program is a package runner, and a folder for packages; out goes a plan for the program
//! of the package itself. It does not know whether a package is to be trusted, nor which version is right.
//!
//! **Protected**: the machine, from scripts that packages run when they are installed. **Not protected**: the
//! folder of that one package, and what the registry says.

mod npx;
mod uvx;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{io::AsyncReadExt as _, time::timeout};

use crate::{Access, Error, Network, Plan, Result, Root, view::Grant};

/// One package runner.
struct Runner {
    /// What it is called, by whatever path.
    names: &'static [&'static str],
    /// The package and its own arguments out of the runner's; `None` for what is not understood.
    read: fn(&[String]) -> Option<Wish>,
    /// The plan that installs it into a folder.
    install: fn(&Plan, &Wish, &Path) -> Plan,
    /// The program in that folder.
    program: fn(&Wish, &Path) -> Option<PathBuf>,
}

const RUNNERS: &[Runner] = &[npx::RUNNER, uvx::RUNNER];

/// What a runner's command line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    /// As the registry knows it, with its version.
    package: String,
    /// The program of it, if it was named.
    program: Option<String>,
    args: Vec<String>,
}

/// Where packages are kept, and how long fetching one may take.
#[derive(Debug, Clone)]
pub struct Packages {
    pub folder: PathBuf,
    pub limit: Duration,
}

impl Packages {
    pub fn within(folder: impl Into<PathBuf>) -> Self {
        Packages {
            folder: folder.into(),
            limit: Duration::from_mins(5),
        }
    }
}

/// Written last: a folder without it is half an installation.
const DONE: &str = ".installed";

impl Plan {
    /// The plan to run what this one would fetch; this plan itself, if its program fetches nothing.
    pub async fn install(&self, packages: &Packages) -> Result<Plan> {
        let name = Path::new(&self.program).file_name().unwrap_or_default();
        let runner = RUNNERS
            .iter()
            .find(|runner| runner.names.iter().any(|known| name == *known));
        let Some(runner) = runner else {
            return Ok(self.clone());
        };
        let wish = (runner.read)(&self.args).ok_or_else(|| Error::NoPackage {
            got: format!("{} {}", self.program, self.args.join(" ")),
        })?;
        let folder = packages
            .folder
            .join(folder_name(&name.to_string_lossy(), &wish.package));
        if !folder.join(DONE).exists() {
            self.fetch(runner, &wish, &folder, packages.limit).await?;
        }
        let program = (runner.program)(&wish, &folder).ok_or_else(|| Error::NoPackageProgram {
            package: wish.package.clone(),
        })?;
        let mut plan = self.clone();
        plan.program = program.display().to_string();
        plan.args = wish.args;
        plan.roots.push(Root::read(folder));
        Ok(plan)
    }

    async fn fetch(
        &self,
        runner: &Runner,
        wish: &Wish,
        folder: &Path,
        limit: Duration,
    ) -> Result<()> {
        // What a broken installation left is no help to the next one.
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder).map_err(Error::io("make", folder))?;
        let mut plan = (runner.install)(self, wish, folder);
        plan.cwd = Some(folder.to_owned());
        // The server's own variables are the server's: scripts of packages have no use for them.
        plan.roots.clear();
        plan.network = Network::Full;
        // Package managers unpack with many threads.
        plan.limits.processes = plan.limits.processes.map(|count| count.max(512));
        let mut jailed = plan.spawn_with(&settings(), true)?;
        drop(jailed.stdin.take());
        let mut said = String::new();
        let stdout = jailed.stdout.take();
        let ending = async {
            if let Some(stdout) = stdout {
                let mut bytes = Vec::new();
                let _ = stdout.take(1 << 20).read_to_end(&mut bytes).await;
                said = String::from_utf8_lossy(&bytes).into_owned();
            }
            jailed.wait().await
        };
        let package = wish.package.clone();
        let Ok(ended) = timeout(limit, ending).await else {
            return Err(Error::InstallTimeout { package, limit });
        };
        let status = ended.map_err(Error::start("wait for the installation"))?;
        if !status.success() {
            let code = status.code();
            let said = end_of(&format!("{said}\n{}", jailed.stderr()));
            return Err(Error::Install {
                package,
                code,
                said,
            });
        }
        fs::write(folder.join(DONE), &wish.package).map_err(Error::io("write into", folder))
    }
}

/// What an installation sees beyond a server: the machine's own settings of package managers.
fn settings() -> Vec<Grant> {
    let names = ["/etc/npmrc", "/etc/pip.conf", "/etc/uv"].map(PathBuf::from);
    let there = names.into_iter().filter(|path| path.exists());
    let grant = |at: PathBuf| Grant {
        from: at.canonicalize().unwrap_or_else(|_| at.clone()),
        folder: at.is_dir(),
        at,
        access: Access::Read,
    };
    there.map(grant).collect()
}

/// A legal name for a folder, and no two packages with the same.
fn folder_name(runner: &str, package: &str) -> String {
    let letter = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' => c.to_string(),
        other => format!("_{:x}", u32::from(other)),
    };
    format!(
        "{runner}-{}",
        package.chars().map(letter).collect::<String>()
    )
}

fn end_of(text: &str) -> String {
    const SHOWN: usize = 600;
    let text = text.trim();
    let skipped = text.chars().count().saturating_sub(SHOWN);
    text.chars().skip(skipped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(runner: &Runner, line: &str) -> Option<Wish> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        (runner.read)(&words)
    }

    #[test]
    fn a_package_and_its_arguments_are_told_apart_from_the_runners() {
        for (runner, line, package, program, args) in [
            (
                &npx::RUNNER,
                "-y @a/server-b /tmp",
                "@a/server-b",
                None,
                "/tmp",
            ),
            (&npx::RUNNER, "--yes b@1.2 -y", "b@1.2", None, "-y"),
            (&npx::RUNNER, "-y -p c@2 d e", "c@2", Some("d"), "e"),
            (&npx::RUNNER, "--package=c -- d e", "c", Some("d"), "e"),
            (
                &uvx::RUNNER,
                "mcp-server-time --local",
                "mcp-server-time",
                None,
                "--local",
            ),
            (
                &uvx::RUNNER,
                "--from mcp-x==1.0 mcp-y z",
                "mcp-x==1.0",
                Some("mcp-y"),
                "z",
            ),
        ] {
            let wish = wish(runner, line).unwrap();
            assert_eq!(
                (
                    wish.package.as_str(),
                    wish.program.as_deref(),
                    wish.args.join(" ").as_str()
                ),
                (package, program, args),
                "{line}"
            );
        }
    }

    #[test]
    fn what_a_runner_would_do_otherwise_is_not_guessed() {
        for line in [
            "",
            "-y",
            "-c rm",
            "--registry http://evil.example a",
            "--call=x",
            "git+ssh://a/b",
            "./here",
            "-y /a/b",
            "-y file:x",
        ] {
            assert_eq!(wish(&npx::RUNNER, line), None, "npx {line}");
        }
        for line in [
            "",
            "--index-url http://evil.example a",
            "--with b a",
            "git+https://a/b",
            "./here",
            "--from . a",
        ] {
            assert_eq!(wish(&uvx::RUNNER, line), None, "uvx {line}");
        }
    }

    #[test]
    fn no_two_packages_share_a_folder_and_none_leaves_its_own() {
        let names = ["@a/b", "a/b", "a_2fb", "..", "../a", "a b"]
            .map(|package| folder_name("npx", package));
        let different: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len(), "{names:?}");
        assert!(names.iter().all(|name| !name.contains('/')), "{names:?}");
    }
}
