//! Landlock: which files, which TCP ports and which other processes, for this process and all that it starts.
//!
//! The parent prepares the rules, the child makes them: most of what they name (a private `/tmp`, a new `/proc`)
//! exists only inside its own mounts. The crate `landlock` knows the rights of each version of the interface;
//! it allocates, so the three system calls are made here, by the invariant in `raw`.

use std::{ffi::CString, path::Path, ptr};

use landlock::{ABI, Access as _, AccessFs, AccessNet, BitFlags, Scope};

use super::{
    mounts::text,
    raw::{self, Answer, Errno},
};
use crate::Access;

/// What this kernel can do; `None` where Landlock is not built in or not switched on.
pub(super) fn version() -> Option<ABI> {
    const VERSION: usize = 1;
    match raw::call(libc::SYS_landlock_create_ruleset, [0, 0, VERSION, 0, 0, 0]) {
        Ok(1) => Some(ABI::V1),
        Ok(2) => Some(ABI::V2),
        Ok(3) => Some(ABI::V3),
        Ok(4) => Some(ABI::V4),
        Ok(5) => Some(ABI::V5),
        Ok(6) => Some(ABI::V6),
        Ok(0) | Err(_) => None,
        // Later versions add rights over what seccomp and namespaces already close here.
        Ok(_) => Some(ABI::V7),
    }
}

/// Which TCP connections are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tcp {
    Any,
    None,
    /// Connections to this port, of whatever host.
    To(u16),
}

pub(super) struct Rules {
    handled: Handled,
    paths: Vec<PathRule>,
    port: Option<u16>,
}

/// `struct landlock_ruleset_attr`.
#[repr(C)]
struct Handled {
    files: u64,
    ports: u64,
    scopes: u64,
}

struct PathRule {
    path: CString,
    rights: u64,
}

/// `struct landlock_path_beneath_attr`.
#[repr(C, packed)]
struct Beneath {
    rights: u64,
    folder: i32,
}

/// `struct landlock_net_port_attr`.
#[repr(C)]
struct Port {
    rights: u64,
    port: u64,
}

const PATH_RULE: usize = 1;
const PORT_RULE: usize = 2;

impl Rules {
    pub(super) fn new(abi: ABI, tcp: Tcp) -> Self {
        let bits = |all: BitFlags<AccessFs>| all.bits();
        Rules {
            handled: Handled {
                files: bits(AccessFs::from_all(abi)),
                ports: if tcp == Tcp::Any {
                    0
                } else {
                    AccessNet::from_all(abi).bits()
                },
                scopes: Scope::from_all(abi).bits(),
            },
            paths: Vec::new(),
            port: match tcp {
                Tcp::To(port) => Some(port),
                Tcp::Any | Tcp::None => None,
            },
        }
    }

    /// Whether this kernel limits TCP by port.
    pub(super) fn knows_tcp(abi: ABI) -> bool {
        !AccessNet::from_all(abi).is_empty()
    }

    /// Whether this kernel keeps signals and abstract sockets inside.
    pub(super) fn knows_scopes(abi: ABI) -> bool {
        !Scope::from_all(abi).is_empty()
    }

    /// Grants a path. Rights that only folders have are an error on a file.
    pub(super) fn grant(&mut self, path: &Path, access: Access, folder: bool) {
        // The oldest version names exactly the rights to read and to run.
        let mut rights = AccessFs::from_read(ABI::V1);
        if access == Access::Write {
            rights = BitFlags::from_bits_truncate(self.handled.files)
                & !(AccessFs::MakeChar | AccessFs::MakeBlock);
        }
        if !folder {
            rights &= AccessFs::from_file(ABI::V7);
        }
        self.paths.push(PathRule {
            path: text(path),
            rights: rights.bits() & self.handled.files,
        });
    }

    /// Restricts this process for good. A path that is not there is no fault: nothing is granted.
    pub(super) fn apply(&self) -> Answer {
        let set = self.create()?;
        for rule in &self.paths {
            rule.add(set)?;
        }
        if let Some(port) = self.port {
            let rule = Port {
                rights: AccessNet::ConnectTcp as u64,
                port: u64::from(port),
            };
            add(set, PORT_RULE, ptr::from_ref(&rule) as usize)?;
        }
        let answer = raw::call(libc::SYS_landlock_restrict_self, [set, 0, 0, 0, 0, 0]);
        raw::close(set as i32);
        answer.map(drop)
    }

    fn create(&self) -> Answer<usize> {
        // Older kernels know a shorter structure, and take the longer one as long as the rest is zero.
        let args = [
            ptr::from_ref(&self.handled) as usize,
            size_of::<Handled>(),
            0,
            0,
            0,
            0,
        ];
        raw::call(libc::SYS_landlock_create_ruleset, args)
    }
}

impl PathRule {
    fn add(&self, set: usize) -> Answer {
        let folder = match raw::open(&self.path, libc::O_PATH) {
            Ok(fd) => fd,
            Err(libc::ENOENT | libc::EACCES | libc::ENOTDIR) => return Ok(()),
            Err(errno) => return Err(errno),
        };
        let rule = Beneath {
            rights: self.rights,
            folder,
        };
        let answer = add(set, PATH_RULE, ptr::from_ref(&rule) as usize);
        raw::close(folder);
        answer
    }
}

fn add(set: usize, kind: usize, rule: usize) -> Result<(), Errno> {
    raw::call(libc::SYS_landlock_add_rule, [set, kind, rule, 0, 0, 0]).map(drop)
}
