//! System calls for the time between fork and exec, and for the processes that never exec.
//!
//! **Invariant.** The parent has many threads, and a fork copies only one of them: any lock may be held for
//! ever in the child, malloc's first of all. So nothing here, and nothing that runs in a child of ours, may
//! allocate, lock, print, panic or free. The children share one memory among them as well, without knowing of
//! each other as threads do: so nothing may touch what belongs to a thread, such as `errno`. Everything goes
//! through the one function [`call`], which is the machine's own instruction.

use std::{ffi::CStr, ptr};

use libc::{c_int, c_long};

/// What the kernel said went wrong.
pub(super) type Errno = c_int;

pub(super) type Answer<T = ()> = Result<T, Errno>;

/// A number, or the address of something that outlives the call, as the kernel takes both.
pub(super) fn call(number: c_long, args: [usize; 6]) -> Answer<usize> {
    /// The kernel's errors are the last page of all numbers.
    const LAST_ERROR: isize = -4095;
    // SAFETY: the callers below hand in what their system call takes; a wrong number is answered by ENOSYS.
    let answer = unsafe { instruction(number, args) };
    if (LAST_ERROR..0).contains(&answer) {
        Err(-answer as Errno)
    } else {
        Ok(answer as usize)
    }
}

#[cfg(target_arch = "x86_64")]
unsafe fn instruction(number: c_long, args: [usize; 6]) -> isize {
    let [a, b, c, d, e, f] = args;
    let answer;
    // SAFETY: the kernel changes nothing but these registers and what the caller gave it.
    unsafe {
        std::arch::asm!(
            "syscall", inlateout("rax") number as isize => answer,
            in("rdi") a, in("rsi") b, in("rdx") c, in("r10") d, in("r8") e, in("r9") f,
            lateout("rcx") _, lateout("r11") _, options(nostack)
        );
    }
    answer
}

#[cfg(target_arch = "aarch64")]
unsafe fn instruction(number: c_long, args: [usize; 6]) -> isize {
    let [a, b, c, d, e, f] = args;
    let answer;
    // SAFETY: the kernel changes nothing but this register and what the caller gave it.
    unsafe {
        std::arch::asm!(
            "svc 0", in("x8") number, inlateout("x0") a as isize => answer,
            in("x1") b, in("x2") c, in("x3") d, in("x4") e, in("x5") f, options(nostack)
        );
    }
    answer
}

/// Elsewhere by the C library. Two children that fail at the same moment may then read each other's error.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
unsafe fn instruction(number: c_long, args: [usize; 6]) -> isize {
    let [a, b, c, d, e, f] = args;
    // SAFETY: as above; errno is this thread's own.
    unsafe {
        match libc::syscall(number, a, b, c, d, e, f) {
            -1 => -(*libc::__errno_location() as isize),
            answer => answer as isize,
        }
    }
}

/// A negative number as the kernel takes it.
const fn signed(value: c_int) -> usize {
    value as isize as usize
}

const HERE: usize = signed(libc::AT_FDCWD);

fn text(text: &CStr) -> usize {
    text.as_ptr() as usize
}

/// What a new process does, with what it is given; it never comes back.
pub(super) type Task = extern "C" fn(*mut libc::c_void) -> c_int;

/// A new process that shares this one's memory until it execs, and has a stack of its own. Copying the memory of
/// a process with gigabytes takes tenths of a second, even if nothing is done with it.
pub(super) fn branch(task: Task, with: *mut libc::c_void, flags: c_int) -> Answer<c_int> {
    let stack = stack()?;
    let flags = flags | libc::CLONE_VM | libc::SIGCHLD;
    // SAFETY: the stack is the new process's alone; the task keeps the invariant of this module.
    let pid = unsafe { libc::clone(task, stack as *mut libc::c_void, flags, with) };
    if pid < 0 {
        // SAFETY: no child has run, so errno is still ours.
        return Err(unsafe { *libc::__errno_location() });
    }
    Ok(pid)
}

/// The upper end of a new stack, with unusable pages around it: no neighbour grows together with it.
fn stack() -> Answer<usize> {
    const SIZE: usize = 256 << 10;
    const AROUND: usize = 64 << 10;
    let flags = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE) as usize;
    let none = libc::PROT_NONE as usize;
    let whole = SIZE + 2 * AROUND;
    let at = call(libc::SYS_mmap, [0, whole, none, flags, signed(-1), 0])?;
    let usable = (libc::PROT_READ | libc::PROT_WRITE) as usize;
    call(libc::SYS_mprotect, [at + AROUND, SIZE, usable, 0, 0, 0])?;
    Ok(at + AROUND + SIZE)
}

/// Becomes another program; comes back only if it cannot.
pub(super) fn exec(path: &CStr, args: usize, environment: usize) -> Errno {
    match call(libc::SYS_execve, [text(path), args, environment, 0, 0, 0]) {
        Ok(_) => libc::EIO,
        Err(errno) => errno,
    }
}

pub(super) fn exit(code: c_int) -> ! {
    loop {
        let _ = call(libc::SYS_exit_group, [signed(code), 0, 0, 0, 0, 0]);
    }
}

pub(super) fn open(path: &CStr, flags: c_int) -> Answer<c_int> {
    let flags = (flags | libc::O_CLOEXEC) as usize;
    call(libc::SYS_openat, [HERE, text(path), flags, 0o600, 0, 0]).map(|fd| fd as c_int)
}

pub(super) fn close(fd: c_int) {
    let _ = call(libc::SYS_close, [signed(fd), 0, 0, 0, 0, 0]);
}

pub(super) fn read(fd: c_int, into: &mut [u8]) -> Answer<usize> {
    call(
        libc::SYS_read,
        [signed(fd), into.as_mut_ptr() as usize, into.len(), 0, 0, 0],
    )
}

pub(super) fn write(fd: c_int, bytes: &[u8]) -> Answer {
    let args = [signed(fd), bytes.as_ptr() as usize, bytes.len(), 0, 0, 0];
    call(libc::SYS_write, args).and_then(|wrote| {
        if wrote == bytes.len() {
            Ok(())
        } else {
            Err(libc::EIO)
        }
    })
}

/// Writes a whole small file of `/proc` or of a cgroup.
pub(super) fn put(path: &CStr, bytes: &[u8]) -> Answer {
    let fd = open(path, libc::O_WRONLY)?;
    let answer = write(fd, bytes);
    close(fd);
    answer
}

pub(super) fn folder(path: &CStr) -> Answer {
    match call(libc::SYS_mkdirat, [HERE, text(path), 0o755, 0, 0, 0]) {
        Ok(_) | Err(libc::EEXIST) => Ok(()),
        Err(errno) => Err(errno),
    }
}

pub(super) fn file(path: &CStr) -> Answer {
    open(path, libc::O_WRONLY | libc::O_CREAT).map(close)
}

pub(super) fn link(at: &CStr, to: &CStr) -> Answer {
    call(libc::SYS_symlinkat, [text(to), HERE, text(at), 0, 0, 0]).map(drop)
}

pub(super) fn remove_folder(path: &CStr) -> Answer {
    let flags = libc::AT_REMOVEDIR as usize;
    call(libc::SYS_unlinkat, [HERE, text(path), flags, 0, 0, 0]).map(drop)
}

pub(super) fn go_to(path: &CStr) -> Answer {
    call(libc::SYS_chdir, [text(path), 0, 0, 0, 0, 0]).map(drop)
}

pub(super) fn mount(
    from: &CStr,
    at: &CStr,
    kind: &CStr,
    flags: libc::c_ulong,
    options: &CStr,
) -> Answer {
    let args = [
        text(from),
        text(at),
        text(kind),
        flags as usize,
        text(options),
        0,
    ];
    call(libc::SYS_mount, args).map(drop)
}

/// `struct mount_attr` of the kernel.
#[repr(C)]
struct MountAttributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

pub(super) const READ_ONLY: u64 = 1;
pub(super) const NO_SUID: u64 = 2;
pub(super) const NO_DEVICES: u64 = 4;
pub(super) const NO_EXEC: u64 = 8;

/// Adds attributes to a mount and to all below it; the old way, a remount, reaches only the uppermost.
pub(super) fn restrict_mount(at: &CStr, set: u64) -> Answer {
    let attributes = MountAttributes {
        set,
        clear: 0,
        propagation: 0,
        user_namespace: 0,
    };
    let args = [
        HERE,
        text(at),
        libc::AT_RECURSIVE as usize,
        ptr::from_ref(&attributes) as usize,
        size_of::<MountAttributes>(),
        0,
    ];
    call(libc::SYS_mount_setattr, args).map(drop)
}

pub(super) fn change_root(new: &CStr, old: &CStr) -> Answer {
    call(libc::SYS_pivot_root, [text(new), text(old), 0, 0, 0, 0]).map(drop)
}

pub(super) fn unmount(at: &CStr) -> Answer {
    let flags = libc::MNT_DETACH as usize;
    call(libc::SYS_umount2, [text(at), flags, 0, 0, 0, 0]).map(drop)
}

pub(super) fn control(what: c_int, value: usize) -> Answer {
    call(libc::SYS_prctl, [what as usize, value, 0, 0, 0, 0]).map(drop)
}

pub(super) fn kill(pid: c_int, signal: c_int) -> Answer {
    call(libc::SYS_kill, [signed(pid), signal as usize, 0, 0, 0, 0]).map(drop)
}

/// The next child that has ended, and its status; `None` where none has yet.
pub(super) fn reap() -> Answer<Option<(c_int, c_int)>> {
    let mut status: c_int = 0;
    let args = [
        signed(-1),
        ptr::from_mut(&mut status) as usize,
        libc::WNOHANG as usize,
        0,
        0,
        0,
    ];
    match call(libc::SYS_wait4, args)? {
        0 => Ok(None),
        pid => Ok(Some((pid as c_int, status))),
    }
}

pub(super) fn parent() -> c_int {
    call(libc::SYS_getppid, [0; 6]).map_or(0, |pid| pid as c_int)
}

pub(super) fn new_session() -> Answer {
    call(libc::SYS_setsid, [0; 6]).map(drop)
}

/// Waits until one of `fds` can be read or the time is over; negative numbers are passed by.
pub(super) fn wait_for(fds: [c_int; 2], milliseconds: Option<u32>) {
    let mut polled = fds.map(|fd| libc::pollfd {
        fd,
        events: libc::POLLIN,
        revents: 0,
    });
    let time = libc::timespec {
        tv_sec: i64::from(milliseconds.unwrap_or(0) / 1000),
        tv_nsec: i64::from(milliseconds.unwrap_or(0) % 1000 * 1_000_000),
    };
    let time = milliseconds.map_or(0, |_| ptr::from_ref(&time) as usize);
    let args = [polled.as_mut_ptr() as usize, polled.len(), time, 0, 8, 0];
    let _ = call(libc::SYS_ppoll, args);
}

/// Signals as a set of bits, as the kernel has them.
pub(super) fn mask_signals(bits: u64) -> Answer {
    let args = [
        libc::SIG_SETMASK as usize,
        ptr::from_ref(&bits) as usize,
        0,
        8,
        0,
        0,
    ];
    call(libc::SYS_rt_sigprocmask, args).map(drop)
}

/// A descriptor from which the signals of `bits`, masked before, are read.
pub(super) fn signals(bits: u64) -> Answer<c_int> {
    let flags = (libc::SFD_CLOEXEC | libc::SFD_NONBLOCK) as usize;
    let args = [signed(-1), ptr::from_ref(&bits) as usize, 8, flags, 0, 0];
    call(libc::SYS_signalfd4, args).map(|fd| fd as c_int)
}

pub(super) const fn bit(signal: c_int) -> u64 {
    1 << (signal - 1)
}

/// The next signal that has come, if any.
pub(super) fn next_signal(fd: c_int) -> Option<c_int> {
    // `struct signalfd_siginfo` is 128 bytes and begins with the number.
    let mut came = [0_u8; 128];
    match read(fd, &mut came) {
        Ok(128) => Some(i32::from_ne_bytes([came[0], came[1], came[2], came[3]])),
        _ => None,
    }
}

/// Every signal to its default: what the parent ignores a server would ignore too, across exec.
pub(super) fn reset_signals() {
    // `struct sigaction` of the kernel, all zero: the default handler. No architecture has it longer.
    let default = [0_usize; 8];
    for signal in 1..=64 {
        let args = [signal, default.as_ptr() as usize, 0, 8, 0, 0];
        let _ = call(libc::SYS_rt_sigaction, args);
    }
}

/// Closes every descriptor from `first` on, at once or at exec.
pub(super) fn close_from(first: c_int, at_exec: bool) {
    const AT_EXEC: usize = 4;
    const OLD_KERNELS_LOOK_THIS_FAR: c_int = 65_536;
    let flags = if at_exec { AT_EXEC } else { 0 };
    let args = [first as usize, u32::MAX as usize, flags, 0, 0, 0];
    if call(libc::SYS_close_range, args).is_ok() {
        return;
    }
    for fd in first..OLD_KERNELS_LOOK_THIS_FAR {
        if at_exec {
            let args = [
                fd as usize,
                libc::F_SETFD as usize,
                libc::FD_CLOEXEC as usize,
                0,
                0,
                0,
            ];
            let _ = call(libc::SYS_fcntl, args);
        } else {
            close(fd);
        }
    }
}
