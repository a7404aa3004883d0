//! The limits of one process, `setrlimit`: prepared by the parent, set between fork and exec.

use std::ptr;

use super::raw::{self, Answer};
use crate::plan::Limits;

/// One limit: which, its soft and its hard value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    which: u32,
    soft: u64,
    hard: u64,
}

/// A process that has used up its time is told (SIGXCPU), and five seconds later killed.
const GRACE_SECONDS: u64 = 5;

/// What `limits` say, as far as one process goes. How many processes there are is counted elsewhere
/// where that can be done, so it comes on its own.
pub(super) fn prepare(limits: &Limits, processes: Option<u64>) -> Vec<Limit> {
    let cpu = limits.cpu.map(|time| time.as_secs().max(1));
    let mut all = vec![Limit::both(libc::RLIMIT_CORE, 0)];
    let mut add = |which, value: Option<u64>| {
        all.extend(value.map(|value| Limit::both(which, value)));
    };
    // Not RLIMIT_AS: node reserves tens of gigabytes of addresses that it never uses.
    add(libc::RLIMIT_DATA, limits.memory);
    add(libc::RLIMIT_NOFILE, limits.files);
    add(libc::RLIMIT_FSIZE, limits.file_size);
    add(libc::RLIMIT_NPROC, processes);
    all.extend(cpu.map(|seconds| Limit {
        which: libc::RLIMIT_CPU,
        soft: seconds,
        hard: seconds + GRACE_SECONDS,
    }));
    all.into_iter().map(Limit::within_ours).collect()
}

impl Limit {
    fn both(which: u32, value: u64) -> Self {
        Limit {
            which,
            soft: value,
            hard: value,
        }
    }

    /// Nobody but root may raise a hard limit; ours may be lower than what is asked for.
    fn within_ours(self) -> Self {
        let mut ours = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: `ours` is a place for the answer.
        if unsafe { libc::getrlimit(self.which, &raw mut ours) } != 0 {
            return self;
        }
        Limit {
            soft: self.soft.min(ours.rlim_max),
            hard: self.hard.min(ours.rlim_max),
            ..self
        }
    }

    pub(super) fn apply(self) -> Answer {
        let value = [self.soft, self.hard];
        let args = [
            0,
            self.which as usize,
            ptr::from_ref(&value) as usize,
            0,
            0,
            0,
        ];
        raw::call(libc::SYS_prlimit64, args).map(drop)
    }
}
