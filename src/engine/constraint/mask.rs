use toktrie::SimpleVob;

/// The tokens that are allowed at one place, one bit each.
#[derive(Clone, PartialEq, Eq)]
pub struct Mask(SimpleVob);

impl Mask {
    pub(super) fn new(bits: SimpleVob) -> Self {
        Self(bits)
    }

    /// Only these.
    pub fn only(ids: &[u32], size: usize) -> Self {
        let mut bits = SimpleVob::alloc(size);
        for id in ids.iter().filter(|id| (**id as usize) < size) {
            bits.allow_token(*id);
        }
        Self(bits)
    }

    /// All but these.
    pub(super) fn all_but(ids: &[u32], size: usize) -> Self {
        let mut bits = SimpleVob::alloc_ones(size);
        for id in ids.iter().filter(|id| (**id as usize) < size) {
            bits.disallow_token(*id);
        }
        Self(bits)
    }

    pub(super) fn allow(&mut self, ids: &[u32]) {
        let size = self.0.len();
        for id in ids.iter().filter(|id| (**id as usize) < size) {
            self.0.allow_token(*id);
        }
    }

    pub(super) fn join(&mut self, other: &Mask) {
        self.0.or(&other.0);
    }

    /// Takes these away, unless nothing else is allowed.
    pub(super) fn prefer_others_than(&mut self, ids: &[u32]) {
        let mut bits = self.0.clone();
        let size = bits.len();
        for id in ids.iter().filter(|id| (**id as usize) < size) {
            bits.disallow_token(*id);
        }
        if !bits.is_zero() {
            self.0 = bits;
        }
    }

    pub fn allows(&self, id: u32) -> bool {
        (id as usize) < self.0.len() && self.0.is_allowed(id)
    }

    pub fn count(&self) -> usize {
        self.0.num_set()
    }

    /// The allowed tokens in order.
    pub fn ids(&self) -> impl Iterator<Item = u32> + '_ {
        let size = self.0.len() as u32;
        let words = self.0.as_slice().iter().enumerate();
        words
            .flat_map(|(at, word)| Bits {
                rest: *word,
                base: at as u32 * 32,
            })
            .take_while(move |id| *id < size)
    }
}

impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mask({} of {})", self.count(), self.0.len())
    }
}

/// The places of the ones in a word.
struct Bits {
    rest: u32,
    base: u32,
}

impl Iterator for Bits {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.rest == 0 {
            return None;
        }
        let at = self.rest.trailing_zeros();
        self.rest &= self.rest - 1;
        Some(self.base + at)
    }
}

#[cfg(test)]
mod tests {
    use super::Mask;

    #[test]
    fn a_mask_counts_and_lists_what_it_allows() {
        let mask = Mask::only(&[0, 31, 32, 69, 70], 70);
        assert_eq!(mask.ids().collect::<Vec<_>>(), [0, 31, 32, 69]);
        assert!(mask.allows(69) && !mask.allows(70) && !mask.allows(1));
        let rest = Mask::all_but(&[0, 69], 70);
        assert_eq!(rest.count(), 68);
        assert!(!rest.allows(70) && !rest.allows(71));
    }

    #[test]
    fn what_is_not_preferred_stays_where_nothing_else_is_allowed() {
        let mut mask = Mask::only(&[1, 2], 40);
        mask.prefer_others_than(&[2]);
        assert_eq!(mask, Mask::only(&[1], 40));
        mask.prefer_others_than(&[1]);
        assert_eq!(mask, Mask::only(&[1], 40));
    }
}
