//! What of the machine a jailed program sees, by path. The mounts and Landlock both follow this one list.

use std::path::{Component, Path, PathBuf};

use crate::{Access, Plan, plan::too_wide, probe::Found, secrets};

/// One thing that is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// Where the program sees it.
    pub(crate) at: PathBuf,
    /// Where it really is; elsewhere only for files of `/etc` that are links.
    pub(crate) from: PathBuf,
    pub(crate) access: Access,
    pub(crate) folder: bool,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    /// Outer before inner.
    pub(crate) grants: Vec<Grant>,
    /// Links of the root folder, `/bin` → `usr/bin`.
    pub(crate) links: Vec<(PathBuf, PathBuf)>,
    /// Secrets that a grant covers: hidden by a mount, or, without mounts, told.
    pub(crate) secrets: Vec<PathBuf>,
    /// Folders with programs, for the search path.
    pub(crate) programs: Vec<PathBuf>,
}

/// Programs and libraries.
const SYSTEM: &[&str] = &[
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/nix/store",
];

/// What a program needs to know of the machine; the rest of `/etc` is configuration of others, and passwords.
const SETTINGS: &[&str] = &[
    "alternatives",
    "bash.bashrc",
    "ca-certificates",
    "ca-certificates.conf",
    "debian_version",
    "fonts",
    "gai.conf",
    "group",
    "host.conf",
    "hosts",
    "inputrc",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "locale.alias",
    "localtime",
    "magic",
    "mime.types",
    "networks",
    "nsswitch.conf",
    "os-release",
    "passwd",
    "pki/ca-trust",
    "pki/tls/cert.pem",
    "pki/tls/certs",
    "profile",
    "protocols",
    "python3",
    "python3.10",
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.14",
    "resolv.conf",
    "rpc",
    "services",
    "shells",
    "ssl/cert.pem",
    "ssl/certs",
    "ssl/openssl.cnf",
    "crypto-policies",
    "terminfo",
    "timezone",
    "xdg",
    "java-17-openjdk",
    "java-21-openjdk",
];

#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
pub(crate) const DEVICES: &[&str] = &["null", "zero", "full", "random", "urandom"];

impl View {
    /// What `plan` grants to `program`. `extra` are folders of our own making: caches, for an installation.
    pub(crate) fn of(plan: &Plan, program: &Found, extra: &[Grant]) -> Self {
        let home = plan.home();
        let mut view = View::default();
        for path in SYSTEM.iter().map(Path::new) {
            match path.read_link() {
                Ok(to) if path.exists() => view.links.push((path.to_owned(), to)),
                _ => view.add(path, Access::Read),
            }
        }
        for name in SETTINGS {
            view.add(&Path::new("/etc").join(name), Access::Read);
        }
        view.add_runtime(program, home.as_deref());
        for root in &plan.roots {
            view.add_both(&root.path, root.access);
        }
        if let Some(cwd) = &plan.cwd {
            view.add_both(cwd, Access::Write);
        }
        view.grants.extend(extra.iter().cloned());
        view.tidy();
        let secrets = secrets::existing(home.as_deref(), &plan.hidden);
        view.secrets = view.covered(secrets);
        view
    }

    /// A path under its own name; nothing if it is not there.
    fn add(&mut self, path: &Path, access: Access) {
        let Ok(from) = path.canonicalize() else {
            return;
        };
        self.grants.push(Grant {
            at: path.to_owned(),
            folder: from.is_dir(),
            from,
            access,
        });
    }

    /// A path under its own name and, where that is a link or leads through one, under its real name.
    fn add_both(&mut self, path: &Path, access: Access) {
        // `..` is where the links lead, not where the words do.
        let plain =
            path.is_absolute() && !path.components().any(|part| part == Component::ParentDir);
        if plain {
            self.add(path, access);
        }
        if let Ok(real) = path.canonicalize()
            && real != path
        {
            self.add(&real, access);
        }
    }

    /// The installation that a program belongs to: `PREFIX` of `PREFIX/bin/program`, at every link on the way
    /// (an environment's `python` leads to another one's). Where the prefix holds more than an installation,
    /// as `~/.local` does, only the file.
    fn add_runtime(&mut self, program: &Found, home: Option<&Path>) {
        for hop in &program.hops {
            let Some(folder) = hop.parent() else { continue };
            self.programs.push(folder.to_owned());
            if SYSTEM.iter().any(|system| hop.starts_with(system)) {
                continue;
            }
            let is_programs = folder.file_name().is_some_and(|name| {
                ["bin", "shims", "sbin", ".bin"]
                    .iter()
                    .any(|known| name == *known)
            });
            let prefix = folder.parent().filter(|_| is_programs);
            match prefix.filter(|prefix| is_installation(prefix, home)) {
                Some(prefix) => self.add(prefix, Access::Read),
                None => self.add(hop, Access::Read),
            }
        }
        // A module of node lies below `lib/node_modules`, away from any `bin`.
        if let Some(modules) = above(&program.real, "node_modules")
            && !SYSTEM.iter().any(|system| modules.starts_with(system))
        {
            self.add(modules, Access::Read);
        }
        if let Some(interpreter) = &program.interpreter {
            self.add_runtime(interpreter, home);
        }
    }

    /// Outer before inner; of the same path the widest access; nothing that an outer one gives already.
    fn tidy(&mut self) {
        self.programs.dedup();
        self.grants
            .sort_by(|a, b| a.at.cmp(&b.at).then(b.access.cmp(&a.access)));
        self.grants
            .dedup_by(|later, earlier| later.at == earlier.at);
        let all = std::mem::take(&mut self.grants);
        for grant in all {
            let outer = self
                .grants
                .iter()
                .rev()
                .find(|outer| grant.at.starts_with(&outer.at));
            let is_given = outer.is_some_and(|outer| {
                let inside = grant
                    .at
                    .strip_prefix(&outer.at)
                    .map(|rest| outer.from.join(rest));
                outer.access == grant.access && inside.is_ok_and(|inside| inside == grant.from)
            });
            if !is_given {
                self.grants.push(grant);
            }
        }
    }

    /// Where `secrets` are seen through a grant, under every name; not those that a grant names itself.
    fn covered(&self, secrets: Vec<PathBuf>) -> Vec<PathBuf> {
        let is_named = |secret: &PathBuf| {
            self.grants
                .iter()
                .any(|grant| grant.from.starts_with(secret))
        };
        let places = |secret: PathBuf| {
            let below = move |grant: &Grant| {
                let rest = secret.strip_prefix(&grant.from).ok()?;
                Some(grant.at.join(rest))
            };
            self.grants.iter().filter_map(below)
        };
        let unnamed = secrets.into_iter().filter(|secret| !is_named(secret));
        let mut covered: Vec<_> = unnamed.flat_map(places).collect();
        covered.sort();
        covered.dedup();
        covered
    }
}

fn is_installation(prefix: &Path, home: Option<&Path>) -> bool {
    let local = home.is_some_and(|home| prefix == home.join(".local"));
    !local && !too_wide(prefix, home)
}

/// The outermost folder of this name above a path.
fn above<'a>(path: &'a Path, name: &str) -> Option<&'a Path> {
    path.ancestors()
        .filter(|at| at.file_name().is_some_and(|its| its == name))
        .last()
}
