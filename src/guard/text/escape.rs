//! What a terminal obeys instead of showing it.

const ESCAPE: char = '\u{1B}';
const BELL: char = '\u{7}';

/// The length of the escape sequence that begins here. A string command that is not ended on its line loses only its
/// beginning: its words were to be hidden, so they are shown.
pub(super) fn length(letters: &[char]) -> Option<usize> {
    match letters {
        ['\u{9B}', rest @ ..] => Some(1 + control(rest)),
        [
            '\u{90}' | '\u{98}' | '\u{9D}' | '\u{9E}' | '\u{9F}',
            rest @ ..,
        ] => Some(1 + string(rest)),
        [ESCAPE, '[', rest @ ..] => Some(2 + control(rest)),
        [ESCAPE, ']' | 'P' | 'X' | '^' | '_', rest @ ..] => Some(2 + string(rest)),
        [ESCAPE, rest @ ..] => Some(1 + short(rest)),
        _ => None,
    }
}

/// Parameters, intermediates and the letter that ends them.
fn control(rest: &[char]) -> usize {
    let parameters = run(rest, '\u{30}'..='\u{3F}');
    let intermediates = run(&rest[parameters..], '\u{20}'..='\u{2F}');
    let end = parameters + intermediates;
    end + usize::from(
        rest.get(end)
            .is_some_and(|c| ('\u{40}'..='\u{7E}').contains(c)),
    )
}

/// Up to the bell or the string terminator. Another escape, a control character or the line's end breaks it off.
fn string(rest: &[char]) -> usize {
    let length = rest
        .iter()
        .position(|c| c.is_control())
        .unwrap_or(rest.len());
    match rest[length..] {
        [BELL | '\u{9C}', ..] => length + 1,
        [ESCAPE, '\\', ..] => length + 2,
        _ => 0,
    }
}

fn short(rest: &[char]) -> usize {
    let intermediates = run(rest, '\u{20}'..='\u{2F}');
    match rest.get(intermediates) {
        Some('\u{30}'..='\u{7E}') => intermediates + 1,
        // A lone escape takes nothing along.
        _ => 0,
    }
}

fn run(letters: &[char], of: std::ops::RangeInclusive<char>) -> usize {
    letters.iter().take_while(|c| of.contains(*c)).count()
}
