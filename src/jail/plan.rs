use std::{path::PathBuf, time::Duration};

use crate::{Error, Result};

/// What to run, and what it may reach.
#[derive(Debug, Clone)]
pub struct Plan {
    /// A path, or a name to be looked for in the search path.
    pub program: String,
    pub args: Vec<String>,
    /// What the operator gives this server beyond the few harmless variables that every program gets. Nothing
    /// else of our own environment reaches it.
    pub env: Vec<(String, String)>,
    /// The work folder: read-write, and where the program starts. Without one it starts in an empty folder of
    /// its own, which is thrown away.
    pub cwd: Option<PathBuf>,
    /// What it may see of the machine beyond the system and its own runtime.
    pub roots: Vec<Root>,
    /// What it must not see even if a root holds it, beside the known places of secrets.
    pub hidden: Vec<PathBuf>,
    pub network: Network,
    pub limits: Limits,
    pub mode: Mode,
    /// Another user to be, if we are root: then a limit on processes holds without a cgroup too.
    pub user: Option<User>,
    /// Where secrets are looked for; ours, if nobody says.
    pub home: Option<PathBuf>,
    /// What another system would lack, to see what is left then.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub(crate) without: Option<Without>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "only tests play another system")
)]
pub(crate) enum Without {
    Namespaces,
    Cgroup,
    Both,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    pub path: PathBuf,
    pub access: Access,
}

/// What may be done below a path. Whatever may be read may be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    Read,
    Write,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Network {
    /// Whatever this machine reaches: nothing is enforced, and the report says so.
    #[default]
    Full,
    None,
    /// Its own loopback, on which nobody else is.
    Loopback,
    /// These hosts over TLS (`name`, `*.name` or `name:port`; 443 if no port is said), through our proxy.
    Hosts(Vec<String>),
}

/// What happens when a layer cannot be had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Nothing is started.
    Strict,
    /// It is started with what holds, and the report says what does not.
    #[default]
    BestEffort,
    /// Nothing is restricted; the environment and the end of the tree are ours all the same.
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User {
    pub id: u32,
    pub group: u32,
}

/// Bounds; `None` is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory: of each process, and of all together where a cgroup can count them.
    pub memory: Option<u64>,
    /// Processes and threads at one time.
    pub processes: Option<u64>,
    /// Open files of each process.
    pub files: Option<u64>,
    /// Bytes of any one file.
    pub file_size: Option<u64>,
    /// Computing time of each process, over its whole life.
    pub cpu: Option<Duration>,
    /// Bytes in the private temporary folder, where it is one in memory.
    pub temporary: u64,
}

impl Default for Limits {
    fn default() -> Self {
        const GIB: u64 = 1 << 30;
        Limits {
            memory: Some(4 * GIB),
            processes: Some(256),
            files: Some(4096),
            file_size: Some(GIB),
            // A server idles nearly all the time; one that computes for hours has gone astray.
            cpu: Some(Duration::from_hours(4)),
            temporary: GIB / 2,
        }
    }
}

impl Root {
    pub fn read(path: impl Into<PathBuf>) -> Self {
        Root {
            path: path.into(),
            access: Access::Read,
        }
    }

    pub fn write(path: impl Into<PathBuf>) -> Self {
        Root {
            path: path.into(),
            access: Access::Write,
        }
    }
}

impl Plan {
    /// `program` in the default jail: best effort, full network, and no folder but a private one.
    pub fn new<A: Into<String>>(
        program: impl Into<String>,
        args: impl IntoIterator<Item = A>,
    ) -> Self {
        Plan {
            program: program.into(),
            args: args.into_iter().map(Into::into).collect(),
            env: Vec::new(),
            cwd: None,
            roots: Vec::new(),
            hidden: Vec::new(),
            network: Network::default(),
            limits: Limits::default(),
            mode: Mode::default(),
            user: None,
            home: None,
            without: None,
        }
    }

    /// Adds the folders and files that the arguments name by whole paths: read-write for a folder, as for a
    /// server that is told which folder to serve, and read-only the folder of a file, as for a script. Only for
    /// arguments that the operator wrote, and never a place that holds more than one server's business.
    pub fn with_named_paths(mut self) -> Self {
        let home = self.home();
        for arg in &self.args {
            let path = PathBuf::from(arg);
            let (root, access) = match path.parent() {
                Some(_) if path.is_absolute() && path.is_dir() => (path, Access::Write),
                Some(folder) if path.is_absolute() && path.is_file() => {
                    (folder.to_owned(), Access::Read)
                }
                _ => continue,
            };
            if !is_everybodys(&root, home.as_deref()) {
                self.roots.push(Root { path: root, access });
            } else if access == Access::Read {
                // A script that lies in a home folder is not the home folder.
                self.roots.push(Root::read(arg));
            }
        }
        self
    }

    pub(crate) fn home(&self) -> Option<PathBuf> {
        self.home.clone().or_else(std::env::home_dir)
    }

    /// Refuses what cannot be meant, before anything is started.
    pub(crate) fn check(&self) -> Result<()> {
        if self.program.is_empty() {
            return Err(Error::NoProgram);
        }
        let named = self.env.iter().flat_map(|(name, value)| [name, value]);
        let words = std::iter::once(&self.program)
            .chain(&self.args)
            .chain(named);
        if words.into_iter().any(|word| word.contains('\0')) {
            let what = "a program, its arguments and its environment".to_owned();
            return Err(Error::ZeroByte { what });
        }
        let folders = self.roots.iter().map(|root| &root.path);
        for path in folders.chain(&self.cwd) {
            if !path.exists() {
                return Err(Error::NoFolder { path: path.clone() });
            }
            let real = path.canonicalize().map_err(Error::io("look at", path))?;
            if real.parent().is_none() || NEVER.iter().any(|never| real.starts_with(never)) {
                return Err(Error::TooWide { path: path.clone() });
            }
        }
        Ok(())
    }
}

/// The kernel's own file systems are nobody's root.
const NEVER: &[&str] = &["/proc", "/sys", "/dev"];

/// The same under every name: a link or a `..` may lead there.
fn is_everybodys(path: &std::path::Path, home: Option<&std::path::Path>) -> bool {
    let real = path.canonicalize().ok();
    let real_home = home.and_then(|home| home.canonicalize().ok());
    [Some(path), real.as_deref()]
        .into_iter()
        .flatten()
        .any(|path| too_wide(path, home) || too_wide(path, real_home.as_deref()))
}

/// Whether `path` holds the home folder, or is it, or holds everybody's files.
pub(crate) fn too_wide(path: &std::path::Path, home: Option<&std::path::Path>) -> bool {
    const SHARED: &[&str] = &[
        "/", "/home", "/etc", "/var", "/usr", "/opt", "/run", "/srv", "/mnt",
    ];
    SHARED
        .iter()
        .any(|shared| path == std::path::Path::new(shared))
        || home.is_some_and(|home| home.starts_with(path))
}
