//! Memory for packed matrices: aligned as the widest registers like it, in large pages where there are any.

use memmap2::MmapMut;

/// From this size on a matrix has a mapping of its own: what pays for a large page.
const OWN_MAPPING: usize = 2 << 20;

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Word([u8; 64]);

/// Words of 64 bytes, at first zero.
pub struct Words(Memory);

enum Memory {
    Owned(Vec<Word>),
    Mapped(MmapMut),
}

impl Words {
    pub fn zeroed(count: usize) -> Self {
        if count * 64 >= OWN_MAPPING
            && let Ok(map) = MmapMut::map_anon(count * 64)
        {
            // Decoding walks through all weights for each token: with pages of 4 KiB the processor's list of
            // pages is always too short. A wish only; without it everything works.
            #[cfg(target_os = "linux")]
            let _ = map.advise(memmap2::Advice::HugePage);
            return Self(Memory::Mapped(map));
        }
        Self(Memory::Owned(vec![Word([0; 64]); count]))
    }

    pub fn all(&self) -> &[[u8; 64]] {
        match &self.0 {
            // SAFETY: a word is its bytes.
            Memory::Owned(words) => unsafe {
                std::slice::from_raw_parts(words.as_ptr().cast(), words.len())
            },
            Memory::Mapped(map) => map.as_chunks().0,
        }
    }

    pub fn all_mut(&mut self) -> &mut [[u8; 64]] {
        match &mut self.0 {
            // SAFETY: a word is its bytes.
            Memory::Owned(words) => unsafe {
                std::slice::from_raw_parts_mut(words.as_mut_ptr().cast(), words.len())
            },
            Memory::Mapped(map) => map.as_chunks_mut().0,
        }
    }
}
