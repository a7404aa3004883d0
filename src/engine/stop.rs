//! Stop texts, found across the borders of pieces and never shown.

/// Holds back just as much text as could still become a stop text.
pub struct Stops {
    stops: Vec<String>,
    held: String,
}

/// What may be shown, and the stop text that was found.
#[derive(Debug, PartialEq, Eq)]
pub struct Passed {
    pub text: String,
    pub stop: Option<String>,
}

impl Stops {
    pub fn new(stops: &[String]) -> Self {
        Self {
            stops: stops.to_vec(),
            held: String::new(),
        }
    }

    pub fn push(&mut self, text: &str) -> Passed {
        self.held.push_str(text);
        let first = self
            .stops
            .iter()
            .filter_map(|stop| Some((self.held.find(stop.as_str())?, stop)))
            // The earliest; of those that begin together, the longest.
            .min_by_key(|(at, stop)| (*at, usize::MAX - stop.len()));
        if let Some((at, stop)) = first {
            let stop = Some(stop.clone());
            self.held.truncate(at);
            return Passed {
                text: std::mem::take(&mut self.held),
                stop,
            };
        }
        let safe = self.held.len() - self.pending();
        let rest = self.held.split_off(safe);
        Passed {
            text: std::mem::replace(&mut self.held, rest),
            stop: None,
        }
    }

    /// Shows a text whatever is in it.
    pub fn pass(&mut self, text: &str) -> Passed {
        let mut shown = self.finish();
        shown.push_str(text);
        Passed {
            text: shown,
            stop: None,
        }
    }

    /// What was held back, once nothing more can come.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// The length of the longest end of the held text with which a stop text begins.
    fn pending(&self) -> usize {
        let longest = |stop: &String| {
            (1..stop.len().min(self.held.len() + 1))
                .rev()
                .filter(|n| stop.is_char_boundary(*n))
                .find(|n| self.held.ends_with(&stop[..*n]))
        };
        self.stops.iter().filter_map(longest).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::Stops;

    fn run(stops: &[&str], pieces: &[&str]) -> (String, Option<String>) {
        let stops: Vec<String> = stops.iter().map(|s| (*s).to_owned()).collect();
        let mut watch = Stops::new(&stops);
        let mut shown = String::new();
        for piece in pieces {
            let passed = watch.push(piece);
            shown.push_str(&passed.text);
            if passed.stop.is_some() {
                return (shown, passed.stop);
            }
        }
        shown.push_str(&watch.finish());
        (shown, None)
    }

    #[test]
    fn a_stop_text_is_found_across_pieces_and_is_not_shown() {
        assert_eq!(
            run(&["STOP"], &["ab S", "T", "OP cd"]),
            ("ab ".into(), Some("STOP".into()))
        );
        assert_eq!(
            run(&["é!"], &["caf", "é", "!"]),
            ("caf".into(), Some("é!".into()))
        );
    }

    #[test]
    fn text_that_only_began_like_a_stop_is_shown_in_the_end() {
        assert_eq!(run(&["STOP"], &["ST", "AND"]), ("STAND".into(), None));
        assert_eq!(run(&["STOP"], &["x STO"]), ("x STO".into(), None));
        assert_eq!(
            run(&["aab"], &["a", "a", "a", "b"]),
            ("a".into(), Some("aab".into()))
        );
    }

    #[test]
    fn the_earliest_stop_wins_and_the_longest_of_those_that_begin_together() {
        assert_eq!(run(&["b", "a"], &["xab"]), ("x".into(), Some("a".into())));
        assert_eq!(
            run(&["\n", "\n\n"], &["x\n\ny"]),
            ("x".into(), Some("\n\n".into()))
        );
    }
}
