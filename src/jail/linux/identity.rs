//! Who the child is: its user, its user namespace's map, and no capabilities.
//!
//! Runs between fork and exec: see the invariant in `raw`.

use std::{ffi::CString, ptr};

use super::raw::{self, Answer};
use crate::plan::User;

/// The map of a new user namespace, prepared by the parent: inside, the child is who it was outside, so that
/// what it owns it still owns, and nobody else exists.
pub(super) struct Map {
    user: CString,
    group: CString,
}

impl Map {
    pub(super) fn of(user: User) -> Self {
        let line = |id: u32| CString::new(format!("{id} {id} 1\n")).unwrap_or_default();
        Map {
            user: line(user.id),
            group: line(user.group),
        }
    }

    pub(super) fn apply(&self) -> Answer {
        // An unprivileged process may map its group only after it has given up changing groups.
        raw::put(c"/proc/self/setgroups", b"deny")?;
        raw::put(c"/proc/self/uid_map", self.user.as_bytes())?;
        raw::put(c"/proc/self/gid_map", self.group.as_bytes())
    }
}

/// Becomes another user, for good. Only root can.
pub(super) fn become_user(user: User) -> Answer {
    let (id, group) = (user.id as usize, user.group as usize);
    raw::call(libc::SYS_setgroups, [0; 6])?;
    raw::call(libc::SYS_setresgid, [group, group, group, 0, 0, 0])?;
    raw::call(libc::SYS_setresuid, [id, id, id, 0, 0, 0])?;
    // A change of user hides `/proc/self` from its owner, who has a map to write there.
    raw::control(libc::PR_SET_DUMPABLE, 1)
}

/// Gives up every capability, and the way back to them.
pub(super) fn drop_capabilities() -> Answer {
    const VERSION_3: u32 = 0x2008_0522;
    const LAST: usize = 63;
    for capability in 0..=LAST {
        // Not permitted to those who have none to drop, unknown above the kernel's last: both are as wanted.
        let _ = raw::control(libc::PR_CAPBSET_DROP, capability);
    }
    let clear = libc::PR_CAP_AMBIENT_CLEAR_ALL as usize;
    let _ = raw::control(libc::PR_CAP_AMBIENT, clear);
    let header: [u32; 2] = [VERSION_3, 0];
    let none = [0_u32; 6];
    let args = [
        ptr::from_ref(&header) as usize,
        ptr::from_ref(&none) as usize,
        0,
        0,
        0,
        0,
    ];
    raw::call(libc::SYS_capset, args).map(drop)
}
