//! How long redaction takes. It stands here because only here a test may look at the clock.

use std::time::Instant;

use super::{redact_text, tests::PIECES};

/// Ten times the text must not take much more than ten times the time.
#[test]
fn time_grows_with_the_length_and_not_faster_for_every_hostile_piece() {
    let mut texts: Vec<String> = PIECES.iter().map(|piece| (*piece).to_owned()).collect();
    for a in PIECES {
        texts.push(format!("{a}:"));
        texts.push(format!("key:{a}"));
        texts.push(format!("a://b:c{a}"));
    }
    for piece in texts {
        let long = piece.repeat(300_000 / piece.len());
        let start = Instant::now();
        redact_text(&long);
        let took = start.elapsed();
        // Quadratic time would be minutes; a slow machine is ten times slower than this.
        assert!(took.as_millis() < 1500, "{piece:?} took {took:?}");
    }
}
