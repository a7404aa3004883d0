//! How far a child came, in words for the parent.

use super::raw::Errno;

/// A step between fork and exec. The child writes its number, the parent reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Stage {
    /// Everything wanted holds; the next thing is exec.
    Ready = 1,
    Cgroup,
    User,
    Namespaces,
    Fork,
    Map,
    Mounts,
    Loopback,
    Folder,
    Capabilities,
    Limits,
    Landlock,
    Seccomp,
    /// After `Ready`: the program itself cannot be run.
    Exec,
}

const ALL: [Stage; 14] = [
    Stage::Ready,
    Stage::Cgroup,
    Stage::User,
    Stage::Namespaces,
    Stage::Fork,
    Stage::Map,
    Stage::Mounts,
    Stage::Loopback,
    Stage::Folder,
    Stage::Capabilities,
    Stage::Limits,
    Stage::Landlock,
    Stage::Seccomp,
    Stage::Exec,
];

/// A step that did not come about, and why.
pub(super) type Failed = (Stage, Errno);

/// What a child says: its stage, an error number, and whether it has a `/proc` (which it does without
/// where the kernel gives it none).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) stage: Stage,
    pub(super) errno: Errno,
    pub(super) has_proc: bool,
}

impl Word {
    pub(super) const LENGTH: usize = 12;

    pub(super) fn bytes(self) -> [u8; Word::LENGTH] {
        let [a, b, c, d] = (self.stage as u32).to_ne_bytes();
        let [e, f, g, h] = self.errno.to_ne_bytes();
        [a, b, c, d, e, f, g, h, u8::from(self.has_proc), 0, 0, 0]
    }

    pub(super) fn read(bytes: [u8; Word::LENGTH]) -> Option<Self> {
        let [a, b, c, d, e, f, g, h, has_proc, ..] = bytes;
        let number = u32::from_ne_bytes([a, b, c, d]);
        let stage = *ALL.iter().find(|stage| **stage as u32 == number)?;
        Some(Word {
            stage,
            errno: Errno::from_ne_bytes([e, f, g, h]),
            has_proc: has_proc == 1,
        })
    }
}

impl Stage {
    pub(super) fn doing(self) -> &'static str {
        match self {
            Stage::Ready | Stage::Exec => "run the program",
            Stage::Cgroup => "enter the cgroup",
            Stage::User => "become the other user",
            Stage::Namespaces => "make the namespaces",
            Stage::Fork => "fork inside the jail",
            Stage::Map => "map the user namespace",
            Stage::Mounts => "mount what the jail sees",
            Stage::Loopback => "bring the jail's loopback up",
            Stage::Folder => "go to the work folder",
            Stage::Capabilities => "drop the capabilities",
            Stage::Limits => "set the limits",
            Stage::Landlock => "restrict the files by Landlock",
            Stage::Seccomp => "restrict the system calls by seccomp",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_child_says_is_read_as_it_was_said() {
        for stage in ALL {
            let word = Word {
                stage,
                errno: 13,
                has_proc: stage == Stage::Ready,
            };
            assert_eq!(Word::read(word.bytes()), Some(word));
        }
        assert_eq!(Word::read([0; Word::LENGTH]), None);
    }
}
