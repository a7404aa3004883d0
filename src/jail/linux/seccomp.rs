//! System calls that no server needs: they reach the kernel's rarely used corners, other processes, or a way
//! out of the other layers. A list of denials, since a list of permissions breaks with the next libc.
//!
//! The parent compiles the filters; the child installs them, by the invariant in `raw`.

use std::{collections::BTreeMap, ptr};

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, sock_filter,
};

use super::raw::{self, Answer};

/// Which sockets may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sockets {
    /// IPv4 and IPv6 at all.
    pub(super) internet: bool,
    /// Of those, more than TCP.
    pub(super) datagrams: bool,
    /// Unix sockets by path; pairs of streams are always free.
    pub(super) unix: bool,
}

/// Answered with "not permitted".
const DENIED: &[libc::c_long] = &[
    // Other processes.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kcmp,
    libc::SYS_pidfd_getfd,
    libc::SYS_process_madvise,
    // Mounts and namespaces.
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    // The kernel itself.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_userfaultfd,
    libc::SYS_syslog,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_fanotify_init,
    libc::SYS_lookup_dcookie,
    libc::SYS_nfsservctl,
    libc::SYS_personality,
    // Keys of the session.
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    // The machine's clock, name and terminal.
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_vhangup,
    // Memory of others.
    libc::SYS_migrate_pages,
    libc::SYS_move_pages,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_iopl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_ioperm,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_modify_ldt,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_uselib,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_sysfs,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_ustat,
];

/// Answered as by a kernel that lacks them, so that libraries take the older way: `io_uring` makes sockets and
/// opens files without passing any filter, and clone3 hides its flags from one.
const ABSENT: &[libc::c_long] = &[
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_clone3,
];

/// Denied where there are no namespaces: shared memory, semaphores and queues have no path that Landlock could see.
const OF_OTHERS: &[libc::c_long] = &[
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_shmctl,
    libc::SYS_semget,
    libc::SYS_semop,
    libc::SYS_semtimedop,
    libc::SYS_semctl,
    libc::SYS_msgget,
    libc::SYS_msgsnd,
    libc::SYS_msgrcv,
    libc::SYS_msgctl,
    libc::SYS_mq_open,
    libc::SYS_mq_unlink,
];

/// Calls that name another process of the same user by their argument, where zero is the caller.
const AT_OTHERS: &[(libc::c_long, u8)] = &[(libc::SYS_prlimit64, 0), (libc::SYS_setpriority, 1)];

pub(super) struct Filters(Vec<BpfProgram>);

/// `struct sock_fprog`.
#[repr(C)]
struct Program {
    length: u16,
    code: *const sock_filter,
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

impl Filters {
    /// `None` on a processor for which filters cannot be compiled.
    /// `isolated` says that nobody else's processes are in sight.
    pub(super) fn compile(sockets: Sockets, isolated: bool) -> Option<Self> {
        let arch: TargetArch = std::env::consts::ARCH.try_into().ok()?;
        let mut denied: Rules = DENIED.iter().map(|&call| (call, Vec::new())).collect();
        denied.insert(libc::SYS_clone, namespaces()?);
        denied.insert(libc::SYS_ioctl, terminals()?);
        denied.insert(libc::SYS_socket, sockets.rules()?);
        if sockets.internet && !sockets.datagrams {
            denied.extend(fast_open()?);
        }
        if !sockets.unix {
            denied.insert(libc::SYS_socketpair, datagram_pairs()?);
        }
        if !isolated {
            denied.extend(OF_OTHERS.iter().map(|&call| (call, Vec::new())));
            for &(call, argument) in AT_OTHERS {
                let other = low(argument, SeccompCmpOp::Ne, 0)?;
                denied.insert(call, vec![SeccompRule::new(vec![other]).ok()?]);
            }
        }
        let absent = ABSENT.iter().map(|&call| (call, Vec::new())).collect();
        let compile = |rules, errno: libc::c_int| {
            let denial = SeccompAction::Errno(errno as u32);
            let filter = SeccompFilter::new(rules, SeccompAction::Allow, denial, arch).ok()?;
            BpfProgram::try_from(filter).ok()
        };
        let mut programs = vec![
            compile(denied, libc::EPERM)?,
            compile(absent, libc::ENOSYS)?,
        ];
        programs.extend(other_numbers());
        Some(Filters(programs))
    }

    /// Installs them for good, and gives up gaining rights by exec, which the kernel asks for first.
    pub(super) fn apply(&self) -> Answer {
        for code in &self.0 {
            let program = Program {
                length: code.len() as u16,
                code: code.as_ptr(),
            };
            let program = ptr::from_ref(&program) as usize;
            let install = libc::SECCOMP_SET_MODE_FILTER as usize;
            raw::call(libc::SYS_seccomp, [install, 0, program, 0, 0, 0])?;
        }
        Ok(())
    }
}

impl Sockets {
    /// Everything but what is named: the kernel has forty families, and exploits were in most.
    fn rules(self) -> Option<Vec<SeccompRule>> {
        let mut families = Vec::new();
        if self.internet {
            families.extend([libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK]);
        }
        if self.unix {
            families.push(libc::AF_UNIX);
        }
        // No `Ne` at all would be a rule without conditions, which the compiler of filters refuses.
        families.push(libc::AF_UNSPEC);
        let others = families
            .iter()
            .map(|&family| low(0, SeccompCmpOp::Ne, family));
        let mut rules = vec![SeccompRule::new(others.collect::<Option<_>>()?).ok()?];
        rules.push(both(
            low(0, SeccompCmpOp::Eq, libc::AF_NETLINK)?,
            low(2, SeccompCmpOp::Ne, libc::NETLINK_ROUTE)?,
        )?);
        if self.internet && !self.datagrams {
            rules.extend(only_tcp()?);
        }
        Some(rules)
    }
}

/// Of the internet families, streams alone, and of these TCP alone: Landlock limits no others.
fn only_tcp() -> Option<Vec<SeccompRule>> {
    const KIND: u64 = 0xf;
    let mut rules = Vec::new();
    for family in [libc::AF_INET, libc::AF_INET6] {
        // There is no "masked unequal": the other kinds one by one.
        for kind in (0..=KIND).filter(|kind| *kind != libc::SOCK_STREAM as u64) {
            let kind = SeccompCondition::new(
                1,
                SeccompCmpArgLen::Dword,
                SeccompCmpOp::MaskedEq(KIND),
                kind,
            );
            rules.push(both(low(0, SeccompCmpOp::Eq, family)?, kind.ok()?)?);
        }
        let conditions = vec![
            low(0, SeccompCmpOp::Eq, family)?,
            low(2, SeccompCmpOp::Ne, 0)?,
            low(2, SeccompCmpOp::Ne, libc::IPPROTO_TCP)?,
        ];
        rules.push(SeccompRule::new(conditions).ok()?);
    }
    Some(rules)
}

/// One end of a pair of datagrams sends to any other name, and connects to it. Raw ones are datagrams.
fn datagram_pairs() -> Option<Vec<SeccompRule>> {
    const KIND: u64 = 0xf;
    let rule = |kind: libc::c_int| {
        let masked = SeccompCmpOp::MaskedEq(KIND);
        let condition = SeccompCondition::new(1, SeccompCmpArgLen::Dword, masked, kind as u64);
        SeccompRule::new(vec![condition.ok()?]).ok()
    };
    [libc::SOCK_DGRAM, libc::SOCK_RAW]
        .into_iter()
        .map(rule)
        .collect()
}

/// Sending before connecting, which passes by the check of the port.
fn fast_open() -> Option<Rules> {
    const FAST_OPEN: u64 = 0x2000_0000;
    let calls = [
        (libc::SYS_sendto, 3),
        (libc::SYS_sendmsg, 2),
        (libc::SYS_sendmmsg, 3),
    ];
    let rule = |argument| {
        let masked = SeccompCmpOp::MaskedEq(FAST_OPEN);
        let condition =
            SeccompCondition::new(argument, SeccompCmpArgLen::Dword, masked, FAST_OPEN).ok()?;
        Some(vec![SeccompRule::new(vec![condition]).ok()?])
    };
    calls
        .into_iter()
        .map(|(call, argument)| Some((call, rule(argument)?)))
        .collect()
}

fn namespaces() -> Option<Vec<SeccompRule>> {
    let flags = [
        libc::CLONE_NEWUSER,
        libc::CLONE_NEWNS,
        libc::CLONE_NEWPID,
        libc::CLONE_NEWNET,
        libc::CLONE_NEWIPC,
        libc::CLONE_NEWUTS,
        libc::CLONE_NEWCGROUP,
    ];
    let rule = |flag: libc::c_int| {
        let flag = u64::from(flag as u32);
        let masked = SeccompCmpOp::MaskedEq(flag);
        let condition = SeccompCondition::new(0, SeccompCmpArgLen::Qword, masked, flag).ok()?;
        SeccompRule::new(vec![condition]).ok()
    };
    flags.into_iter().map(rule).collect()
}

/// Typing into somebody's terminal.
fn terminals() -> Option<Vec<SeccompRule>> {
    let requests = [libc::TIOCSTI as i32, libc::TIOCLINUX as i32];
    let rule = |request| SeccompRule::new(vec![low(1, SeccompCmpOp::Eq, request)?]).ok();
    requests.into_iter().map(rule).collect()
}

/// The kernel reads the lower half of these arguments only, so the filter does too.
fn low(argument: u8, how: SeccompCmpOp, value: libc::c_int) -> Option<SeccompCondition> {
    let value = u64::from(value as u32);
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, how, value).ok()
}

fn both(one: SeccompCondition, other: SeccompCondition) -> Option<SeccompRule> {
    SeccompRule::new(vec![one, other]).ok()
}

/// On `x86_64` every call has a second number, with bit 30 set, that lists like the above do not name.
fn other_numbers() -> Option<BpfProgram> {
    const LOAD: u16 = 0x20;
    const AT_LEAST: u16 = 0x35;
    const RETURN: u16 = 0x06;
    const BIT_30: u32 = 0x4000_0000;
    const ALLOW: u32 = 0x7fff_0000;
    const ERROR: u32 = 0x0005_0000;
    let line = |code, jt, jf, k| sock_filter { code, jt, jf, k };
    cfg!(target_arch = "x86_64").then(|| {
        vec![
            line(LOAD, 0, 0, 0),
            line(AT_LEAST, 0, 1, BIT_30),
            line(RETURN, 0, 0, ERROR | libc::ENOSYS as u32),
            line(RETURN, 0, 0, ALLOW),
        ]
    })
}
