//! The processes that stand between us and the program and never exec.
//!
//! The *keeper* is our own child. It waits for the program, watches us (by a descriptor of our process: the
//! kernel's own death signal follows the thread that forked, and threads of a runtime come and go), ends the
//! whole tree when the program has ended, when we ask for it, or when we are gone, however that came about. The
//! *init* is the first process of a new process namespace: it reaps, and with it the kernel ends all the others.
//!
//! Neither takes anything from the program but its exit status. Both run by the invariant in `raw`.

use std::ffi::CStr;

use super::raw::{self, bit};

/// What we send to a keeper: end the tree now. A SIGTERM it hands on to the program.
pub(super) const END: libc::c_int = libc::SIGQUIT;

/// The status of a tree that was ended, as after a kill in a shell.
const KILLED: libc::c_int = 128 + libc::SIGKILL;

/// How long to look for the last of a tree whose processes are killed as fast as they are found.
const ROUNDS: u32 = 2000;

/// What the keeper needs to know, on its own stack: the heap is let go.
pub(super) struct Duty {
    /// Who started us.
    pub(super) parent: libc::c_int,
    /// The program, or the init of its namespace.
    pub(super) inner: libc::c_int,
    pub(super) has_init: bool,
    pub(super) group: Option<Left>,
}

/// The cgroup to be left and taken away, as paths.
pub(super) struct Left {
    outer_processes: Text,
    kill: Text,
    folder: Text,
}

/// A path on the stack.
struct Text([u8; 512]);

impl Text {
    /// `None` for one that is too long.
    fn of(path: &CStr) -> Option<Self> {
        let mut text = [0; 512];
        let bytes = path.to_bytes_with_nul();
        text.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Text(text))
    }

    fn get(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or_default()
    }
}

impl Left {
    pub(super) fn of(outer_processes: &CStr, kill: &CStr, folder: &CStr) -> Option<Self> {
        Some(Left {
            outer_processes: Text::of(outer_processes)?,
            kill: Text::of(kill)?,
            folder: Text::of(folder)?,
        })
    }

    fn leave(&self) {
        let _ = raw::put(self.outer_processes.get(), b"0");
    }

    fn end(&self) {
        let _ = raw::put(self.kill.get(), b"1");
    }

    fn remove(&self) {
        let _ = raw::remove_folder(self.folder.get());
    }
}

/// Waits for the end of the tree, and ends with it.
pub(super) fn keep(duty: &Duty) -> ! {
    raw::close_from(0, false);
    // Whatever the program leaves behind becomes ours, and can be found.
    let _ = raw::control(libc::PR_SET_CHILD_SUBREAPER, 1);
    let parent = raw::call(libc::SYS_pidfd_open, [duty.parent as usize, 0, 0, 0, 0, 0]);
    let parent = parent.map_or(-1, |fd| fd as i32);
    let signals = listen();
    // Without descriptors of processes we look once a second.
    let pause = (parent < 0 || signals < 0).then_some(1000);
    let (code, has_ended) = loop {
        if let Some(code) = look_for(duty.inner) {
            break (code, true);
        }
        if raw::parent() != duty.parent {
            break (KILLED, false);
        }
        raw::wait_for([signals, parent], pause);
        match raw::next_signal(signals) {
            Some(END) => break (KILLED, false),
            Some(libc::SIGTERM) => hand_on(duty),
            _ => {}
        }
    };
    end_tree(duty, has_ended);
    raw::exit(code)
}

/// Reaps everything in its namespace, and ends when the program does.
pub(super) fn reap_for(program: libc::c_int) -> ! {
    raw::close_from(0, false);
    let signals = listen();
    loop {
        if let Some(code) = look_for(program) {
            raw::exit(code);
        }
        raw::wait_for([signals, -1], (signals < 0).then_some(100));
        if raw::next_signal(signals) == Some(libc::SIGTERM) {
            terminate(program);
        }
    }
}

fn listen() -> libc::c_int {
    let wanted = bit(libc::SIGCHLD) | bit(libc::SIGTERM) | bit(END);
    raw::signals(wanted).unwrap_or(-1)
}

/// Reaps who has ended; the status of `wanted` if it is among them.
fn look_for(wanted: libc::c_int) -> Option<libc::c_int> {
    loop {
        match raw::reap() {
            Ok(Some((pid, status))) if pid == wanted => return Some(code(status)),
            Ok(Some(_)) => {}
            // Nobody is left to wait for.
            Err(libc::ECHILD) => return Some(KILLED),
            Ok(None) | Err(_) => return None,
        }
    }
}

/// As a shell has it: 128 and the signal, for who was ended by one.
fn code(status: libc::c_int) -> libc::c_int {
    if libc::WIFEXITED(status) {
        libc::WEXITSTATUS(status)
    } else {
        128 + libc::WTERMSIG(status)
    }
}

fn hand_on(duty: &Duty) {
    if duty.has_init {
        let _ = raw::kill(duty.inner, libc::SIGTERM);
    } else {
        terminate(duty.inner);
    }
}

/// The program leads a process group of its own.
fn terminate(program: libc::c_int) {
    if raw::kill(-program, libc::SIGTERM).is_err() {
        let _ = raw::kill(program, libc::SIGTERM);
    }
}

/// `has_ended` says that the inner process is reaped: its number may be somebody else's by now.
fn end_tree(duty: &Duty, has_ended: bool) {
    if let Some(group) = &duty.group {
        group.leave();
        group.end();
    }
    if !has_ended {
        let _ = raw::kill(duty.inner, libc::SIGKILL);
    }
    for _ in 0..ROUNDS {
        kill_children();
        // Those killed give us their children, for the next round.
        while let Ok(Some(_)) = raw::reap() {}
        if raw::reap() == Err(libc::ECHILD) {
            break;
        }
        raw::wait_for([-1, -1], Some(1));
    }
    if let Some(group) = &duty.group {
        group.remove();
    }
}

/// Kills everyone whose parent we are.
fn kill_children() {
    let Ok(fd) = raw::open(c"/proc/thread-self/children", libc::O_RDONLY) else {
        return;
    };
    let mut buffer = [0_u8; 4096];
    let mut pid: libc::c_int = 0;
    while let Ok(length @ 1..) = raw::read(fd, &mut buffer) {
        for byte in buffer.iter().take(length) {
            if byte.is_ascii_digit() {
                pid = pid.wrapping_mul(10).wrapping_add(i32::from(byte - b'0'));
            } else if pid > 1 {
                let _ = raw::kill(pid, libc::SIGKILL);
                pid = 0;
            }
        }
    }
    raw::close(fd);
}
