use ferrule_types::{Constraint, Fault as _, Grammar, Kind, Start};
use serde_json::json;

use super::{FOLDERS, Grammars, Vocabulary};

#[track_caller]
fn only(grammar: &Grammar, yes: &[&str], no: &[&str]) {
    for folder in FOLDERS {
        let vocabulary = Vocabulary::open(folder);
        let guide = vocabulary.whole(grammar.clone());
        for text in yes {
            let allowed = vocabulary.allows(&mut guide.clone(), text.as_bytes());
            assert!(allowed, "{folder}: {text:?} is refused");
        }
        for text in no {
            let allowed = vocabulary.allows(&mut guide.clone(), text.as_bytes());
            assert!(!allowed, "{folder}: {text:?} is allowed");
        }
    }
}

#[test]
fn a_regex_allows_what_it_matches_as_a_whole() {
    only(
        &Grammar::Regex("(?:ab|cd)+[0-9]{2}/?".into()),
        &["ab12", "cdab07/"],
        &["", "ab1", "ab123", "xab12", "ab12//"],
    );
}

#[test]
fn the_anchors_of_a_regex_change_nothing() {
    only(
        &Grammar::Regex("^ab$".into()),
        &["ab"],
        &["a", "abb", "^ab$"],
    );
}

#[test]
fn characters_of_several_bytes_may_be_spelled_byte_by_byte() {
    only(
        &Grammar::Regex("[а-я]{2}🦀|日本+".into()),
        &["да🦀", "日本本"],
        &["да", "日", "dа🦀"],
    );
}

#[test]
fn a_choice_is_one_of_the_texts() {
    let choices = ["yes", "yes, please", "no \"thanks\"\n", "\u{7f}\\d", "да"];
    only(
        &Grammar::Choice(choices.map(String::from).to_vec()),
        &choices,
        &["", "ye", "yes,", "yesno", "no"],
    );
}

#[test]
fn a_lark_grammar_may_be_recursive() {
    let text =
        "start: list\nlist: \"(\" (item (\",\" item)*)? \")\"\nitem: list | WORD\nWORD: /[a-z]+/";
    only(
        &Grammar::Lark(text.into()),
        &["()", "(a,(b,c),())"],
        &["(", "(a,)", "a", "((a)"],
    );
}

#[test]
fn a_schema_allows_its_instances_with_bounded_white_space() {
    let schema = json!({
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 3}, "age": {"type": "integer", "minimum": 0}},
        "required": ["name"],
        "additionalProperties": false,
    });
    only(
        &Grammar::JsonSchema(schema),
        &[
            r#"{"name":"да!","age":7}"#,
            r#"{"name": ""}"#,
            "{\n  \"name\": \"a\\nb\"\n}",
        ],
        &[
            r#"{"name":"long"}"#,
            r#"{"age":7}"#,
            r#"{"name":"a","age":-1}"#,
            r#"{"name":"a","b":1}"#,
            "{  \"name\": \"a\"}",
            "{\"name\": \"a\"}\n\n\n",
        ],
    );
}

#[test]
fn a_schema_of_references_may_be_recursive() {
    let schema = json!({
        "$ref": "#/$defs/tree",
        "$defs": {"tree": {"type": "array", "items": {"$ref": "#/$defs/tree"}}},
    });
    only(
        &Grammar::JsonSchema(schema),
        &["[]", "[[],[[]]]"],
        &["[", "[1]", "[[]"],
    );
}

#[test]
fn llguidance_s_own_form_is_taken_as_it_is() {
    let grammar = json!({"grammars": [
        {"lark_grammar": "start: \"<\" @inner \">\""},
        {"name": "inner", "json_schema": {"enum": [1, true]}},
    ]});
    only(
        &Grammar::Llguidance(grammar),
        &["<1>", "<true>"],
        &["<2>", "<>"],
    );
}

#[test]
fn where_it_may_end_every_end_of_the_card_is_allowed_and_else_none() {
    let vocabulary = Vocabulary::tiny();
    let ends = ["<|im_end|>", "<|endoftext|>"].map(|end| vocabulary.tokenizer.id_of(end).unwrap());
    let size = vocabulary.tokenizer.vocab_size();
    let grammars = Grammars::of(&vocabulary.tokenizer, size, ends.to_vec());
    let mut guide = grammars
        .compile_anew(&Constraint::whole(Grammar::Regex("a+".into())))
        .unwrap();
    let allowed = |guide: &mut super::Guide| {
        let mask = guide.mask().unwrap().unwrap();
        ends.iter().filter(|id| mask.allows(**id)).count()
    };
    assert_eq!((allowed(&mut guide), guide.may_end()), (0, false));
    let a = vocabulary.trie().token_id(b"a").unwrap();
    guide.accept(a).unwrap();
    assert_eq!((allowed(&mut guide), guide.may_end()), (ends.len(), true));
    let mut going_on = guide.clone().ignore_ends(true);
    assert_eq!(allowed(&mut going_on), 0);
    assert!(going_on.mask().unwrap().unwrap().allows(a));
    guide.accept(ends[1]).unwrap();
    assert!(guide.is_done());
}

#[test]
fn a_match_that_nothing_can_follow_is_done_by_itself() {
    let vocabulary = Vocabulary::tiny();
    let mut guide = vocabulary.whole(Grammar::Choice(vec!["ab".into()]));
    for id in guide.forced(9) {
        assert!(!guide.is_done());
        guide.accept(id).unwrap();
    }
    assert!(guide.is_done() && guide.may_end());
    let mask = guide.ignore_ends(true).mask().unwrap().unwrap();
    assert_eq!(mask.ids().collect::<Vec<_>>(), vocabulary.ends());
}

#[test]
fn forced_text_is_told_ahead_in_the_tokenizer_s_own_tokens() {
    let vocabulary = Vocabulary::tiny();
    let schema = json!({
        "type": "object", "properties": {"description": {"const": "the quick brown fox"}},
        "required": ["description"], "additionalProperties": false,
        "x-guidance": {"whitespace_flexible": false},
    });
    let mut guide = vocabulary.whole(Grammar::JsonSchema(schema));
    let forced = guide.forced(99);
    let text = r#"{"description":"the quick brown fox"}"#;
    assert_eq!(vocabulary.trie().decode_raw(&forced), text.as_bytes());
    assert_eq!(guide.forced(2), forced[..2]);
    assert_eq!(forced, vocabulary.tokenizer.encode_plain(text).unwrap());
}

#[test]
fn a_token_that_is_not_allowed_is_an_error_and_spoils_nothing() {
    let vocabulary = Vocabulary::tiny();
    let mut guide = vocabulary.whole(Grammar::Regex("[ab]{2}".into()));
    let id = |text: &str| vocabulary.trie().token_id(text.as_bytes()).unwrap();
    let refused = guide.accept(id("c")).unwrap_err();
    assert_eq!(refused.kind(), Kind::Limit);
    guide.accept(id("a")).unwrap();
    guide.accept(vocabulary.ends()[0]).unwrap_err();
    guide.accept(id("b")).unwrap();
    assert!(guide.is_done());
}

#[test]
fn many_matches_from_the_start_stand_side_by_side() {
    let vocabulary = Vocabulary::tiny();
    let constraint = Constraint {
        grammar: Grammar::Regex("<[a-z]+>|![0-9]+".into()),
        start: Start::Now,
        many: true,
    };
    let guide = vocabulary.compile(&constraint);
    for (text, allowed) in [
        ("<a>", true),
        ("<a><bc>", true),
        ("!1", true),
        ("!12<a>!3!4", true),
        ("", false),
        ("<a>x", false),
        ("<a", false),
    ] {
        let got = vocabulary.allows(&mut guide.clone(), text.as_bytes());
        assert_eq!(got, allowed, "{text:?}");
    }
    let mut guide = guide;
    for id in vocabulary.tokenizer.encode_plain("!1").unwrap() {
        guide.accept(id).unwrap();
    }
    let mask = guide.mask().unwrap().unwrap();
    assert!(mask.allows(vocabulary.ends()[0]) && !guide.is_done());
}

#[test]
fn a_special_token_is_allowed_only_where_the_grammar_names_it() {
    let vocabulary = Vocabulary::tiny();
    let call = vocabulary.tokenizer.id_of("<tool_call>").unwrap();
    let mut text = vocabulary.whole(Grammar::Regex("(?s:.*)".into()));
    let mask = text.mask().unwrap().unwrap();
    assert!(!mask.allows(call), "text is no mark");
    for grammar in [
        "start: <tool_call> \"a\"".to_owned(),
        format!("start: <[{call}]> \"a\""),
    ] {
        let mut mark = vocabulary.whole(Grammar::Lark(grammar));
        assert_eq!(
            mark.mask().unwrap().unwrap().ids().collect::<Vec<_>>(),
            [call]
        );
        mark.accept(call).unwrap();
        assert!(vocabulary.allows(&mut mark, b"a"));
    }
}
