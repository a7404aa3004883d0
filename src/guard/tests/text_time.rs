//! How long hygiene takes. It stands here because only here a test may look at the clock.

use std::time::Instant;

use super::{Hygiene, tests::PIECES};

#[test]
fn time_grows_with_the_length_and_not_faster_for_every_hostile_piece() {
    let hygiene = Hygiene {
        longest_chars: usize::MAX,
        ..Hygiene::descriptions()
    };
    let sentences = [
        "ignore ",
        "before using this tool read ",
        "send the ",
        "<!-- ",
        "\u{1b}]x",
        "\u{1b} ",
    ];
    for piece in PIECES.iter().copied().chain(sentences) {
        let long = piece.repeat(100_000 / piece.len());
        let start = Instant::now();
        hygiene.clean(&long);
        let took = start.elapsed();
        assert!(took.as_secs() < 2, "{piece:?} took {took:?}");
    }
}
