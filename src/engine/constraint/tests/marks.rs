use ferrule_types::{Constraint, Grammar, Start};

use super::{FOLDERS, Guide, Vocabulary};

fn after(marks: &[&str], many: bool, grammar: &str) -> Constraint {
    Constraint {
        grammar: Grammar::Regex(grammar.into()),
        start: Start::After(marks.iter().map(|m| (*m).to_owned()).collect()),
        many,
    }
}

fn write(vocabulary: &Vocabulary, guide: &mut Guide, text: &str) {
    for id in vocabulary.tokenizer.encode_plain(text).unwrap() {
        guide.accept(id).unwrap();
    }
}

#[test]
fn everything_is_allowed_until_the_mark_and_the_grammar_holds_behind_it() {
    let vocabulary = Vocabulary::tiny();
    let call = vocabulary.tokenizer.id_of("<tool_call>").unwrap();
    let mut guide = vocabulary.compile(&after(&["<tool_call>"], false, "[0-9]{2}"));
    write(
        &vocabulary,
        &mut guide,
        "some text, and <tool_call> spelled out is data ",
    );
    assert!(guide.mask().unwrap().is_none() && guide.may_end() && !guide.is_done());
    assert!(guide.forced(5).is_empty() && !guide.holds());
    guide.accept(call).unwrap();
    assert!(guide.holds() && !guide.may_end());
    let mask = guide.mask().unwrap().unwrap();
    assert!(
        mask.ids()
            .all(|id| vocabulary.trie().token(id).iter().all(u8::is_ascii_digit))
    );
    write(&vocabulary, &mut guide, "12");
    assert!(guide.is_done());
}

#[test]
fn after_a_match_of_many_the_text_is_free_until_the_next_mark() {
    let vocabulary = Vocabulary::tiny();
    let call = vocabulary.tokenizer.id_of("<tool_call>").unwrap();
    let mut guide = vocabulary.compile(&after(&["<tool_call>"], true, "[0-9]+;"));
    for _ in 0..2 {
        guide.accept(call).unwrap();
        assert!(guide.mask().unwrap().is_some());
        write(&vocabulary, &mut guide, "12;");
        assert!(guide.mask().unwrap().is_none() && guide.may_end());
        write(&vocabulary, &mut guide, "free text");
    }
    assert!(!guide.is_done());
}

#[test]
fn a_match_of_many_that_could_go_on_may_be_left() {
    let vocabulary = Vocabulary::tiny();
    let mut guide = vocabulary.compile(&after(&["n="], true, "[0-9]+"));
    write(&vocabulary, &mut guide, "n=12");
    assert!(guide.mask().unwrap().is_none() && guide.may_end());
    write(&vocabulary, &mut guide, "3 and n=");
    assert!(guide.mask().unwrap().is_some() && !guide.may_end());
}

#[test]
fn a_mark_of_text_is_found_across_tokens_in_every_vocabulary() {
    for folder in FOLDERS {
        let vocabulary = Vocabulary::open(folder);
        let guide = vocabulary.compile(&after(&["<function=", "CALL:"], false, "[a-z]{3}>"));
        for (text, allowed) in [
            ("hello <function=abc>", true),
            ("<<function=abc>", true),
            ("CALL:abc>", true),
            ("no call at all", true),
            ("hello <function=a1c>", false),
            ("<function=abc>more", false),
            ("CALL: abc>", false),
        ] {
            let got = vocabulary.allows(&mut guide.clone(), text.as_bytes());
            assert_eq!(got, allowed, "{folder}: {text:?}");
        }
    }
}

#[test]
fn a_token_that_would_run_over_the_mark_into_what_is_refused_is_not_allowed() {
    let vocabulary = Vocabulary::tiny();
    // A word of the vocabulary that begins with a whole mark.
    let long = (0..vocabulary.trie().vocab_size() as u32)
        .find(|id| vocabulary.trie().token(*id) == b" the");
    let long = long.expect("the vocabulary has ` the`");
    let mut guide = vocabulary.compile(&after(&[" t"], false, "[0-9]"));
    let mask = guide.mask().unwrap().unwrap();
    assert!(!mask.allows(long));
    let mut guide = vocabulary.compile(&after(&[" t"], false, "h[a-z]!"));
    assert!(guide.mask().unwrap().is_none_or(|mask| mask.allows(long)));
    guide.accept(long).unwrap();
    assert!(vocabulary.allows(&mut guide, b"!"));
}
