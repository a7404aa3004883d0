//! Letting go of the parent's memory in a child that never execs.
//!
//! A forked child shares its parent's pages until one of them writes; the parent of ours holds models and
//! caches, and every page that it wrote to would be kept twice for as long as a server lives. So the keeper
//! and the init, which only wait, throw away what they inherited. They need their stack and nothing else.
//!
//! The copy itself, made once, takes 46 ms for each GiB of memory written to (Linux 6.18, real-time priority on two
//! busy cores; the rest of a jail 2 ms).
//!
//! Runs between fork and exec: see the invariant in `raw`.

use super::raw;

/// Ranges worth throwing away; more than these are kept, which costs memory and nothing else.
const MOST: usize = 256;

/// Smaller ones stay: threads' own data (`errno`) may lie there.
const WORTH_IT: usize = 1 << 20;

/// What can be thrown away, by address. It lies on the stack, since it is read while the heap goes.
pub(super) struct Inherited {
    ranges: [(usize, usize); MOST],
    count: usize,
}

impl Inherited {
    /// Reads this process's map; nothing is found where there is no `/proc`.
    pub(super) fn find() -> Self {
        let mut found = Inherited {
            ranges: [(0, 0); MOST],
            count: 0,
        };
        let Ok(fd) = raw::open(c"/proc/self/maps", libc::O_RDONLY) else {
            return found;
        };
        let mut line = Line::default();
        let mut buffer = [0_u8; 4096];
        while let Ok(length @ 1..) = raw::read(fd, &mut buffer) {
            for &byte in buffer.iter().take(length) {
                if byte == b'\n' {
                    found.take(&line);
                    line = Line::default();
                } else {
                    line.feed(byte);
                }
            }
        }
        raw::close(fd);
        found
    }

    fn take(&mut self, line: &Line) {
        let stack = &raw const *line as usize;
        let ours = (line.from..line.to).contains(&stack);
        let large = line.to.saturating_sub(line.from) >= WORTH_IT;
        if line.is_private_writable()
            && line.no_file
            && large
            && !ours
            && let Some(slot) = self.ranges.get_mut(self.count)
        {
            *slot = (line.from, line.to - line.from);
            self.count += 1;
        }
    }

    /// Throws it away, once the program has left for a memory of its own. The heap is zero afterwards: nobody
    /// may look at it again. What is left is closed to others of the same user.
    pub(super) fn let_go(&self) {
        let _ = raw::control(libc::PR_SET_DUMPABLE, 0);
        for &(from, length) in self.ranges.iter().take(self.count) {
            let advice = libc::MADV_DONTNEED as usize;
            let _ = raw::call(libc::SYS_madvise, [from, length, advice, 0, 0, 0]);
        }
    }
}

/// One line, `from-to rw-p offset device inode  path`, read byte by byte.
#[derive(Default)]
struct Line {
    from: usize,
    to: usize,
    rights: [u8; 4],
    column: usize,
    place: usize,
    no_file: bool,
}

impl Line {
    fn feed(&mut self, byte: u8) {
        if byte == b' ' {
            self.column += 1;
            self.place = 0;
            return;
        }
        match self.column {
            0 if byte == b'-' => self.place = 1,
            0 if self.place == 0 => self.from = self.from << 4 | digit(byte),
            0 => self.to = self.to << 4 | digit(byte),
            1 => {
                if let Some(slot) = self.rights.get_mut(self.place) {
                    *slot = byte;
                }
                self.place += 1;
            }
            4 => {
                self.no_file = byte == b'0' && self.place == 0;
                self.place += 1;
            }
            _ => {}
        }
    }

    fn is_private_writable(&self) -> bool {
        matches!(self.rights, [b'r', b'w', _, b'p'])
    }
}

fn digit(byte: u8) -> usize {
    usize::from(match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        _ => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Line {
        let mut line = Line::default();
        text.bytes().for_each(|byte| line.feed(byte));
        line
    }

    #[test]
    fn only_private_writable_memory_without_a_file_is_let_go() {
        let heap = read("55d0c0a00000-55d0c0c21000 rw-p 00000000 00:00 0                  [heap]");
        assert_eq!((heap.from, heap.to), (0x55d0_c0a0_0000, 0x55d0_c0c2_1000));
        assert!(heap.is_private_writable() && heap.no_file);
        let file = read("7f0000000000-7f0000200000 rw-p 00001000 fe:00 1234   /usr/lib/x.so");
        assert!(!file.no_file);
        let zero_led = read("7f0000000000-7f0000200000 rw-p 00001000 fe:00 0123 /x");
        assert!(!zero_led.no_file);
        assert!(!read("7f0000000000-7f0000200000 r--p 0 00:00 0").is_private_writable());
        assert!(!read("7f0000000000-7f0000200000 rw-s 0 00:00 0").is_private_writable());
    }

    #[test]
    fn a_large_buffer_of_this_process_is_found() {
        let buffer = vec![1_u8; 8 << 20];
        let at = buffer.as_ptr() as usize + (4 << 20);
        let found = Inherited::find();
        let ranges = found.ranges.iter().take(found.count);
        assert!(
            ranges
                .into_iter()
                .any(|&(from, length)| (from..from + length).contains(&at))
        );
    }
}
