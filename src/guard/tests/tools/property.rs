use proptest::prelude::*;

use super::*;

/// Pieces from which both good and bad paths are made.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("..".to_owned()),
        Just(".".to_owned()),
        Just("/".to_owned()),
        Just("\\".to_owned()),
        Just("%2e".to_owned()),
        Just("%2f".to_owned()),
        Just("%25".to_owned()),
        Just("~".to_owned()),
        Just("etc".to_owned()),
        Just("．".to_owned()),
        Just("file:".to_owned()),
        "\\PC{0,4}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec(("[a-z_/.]{0,8}", inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_call_makes_the_policy_panic(name in "\\PC{1,12}", arguments in value()) {
        if let Ok(key) = ToolKey::new("s", name.clone()) {
            let arguments = json!({"a": arguments});
            let call = Call::new("1", key, arguments.as_object().cloned().unwrap());
            let facts = CallFacts { call: &call, tool: &Tool::named(name), asked_by: AskedBy::Model };
            ToolPolicy::default().judge(&facts);
        }
    }

    #[test]
    fn a_path_that_is_refused_stays_refused_one_encoding_deeper(pieces in proptest::collection::vec(piece(), 0..8)) {
        let text = pieces.concat();
        let roots = Roots::default();
        let encoded: String = text.bytes().flat_map(|byte| format!("%{byte:02x}").into_bytes()).map(char::from).collect();
        // Deeper than the stack of encodings that is undone nothing is promised.
        if text.matches("%25").count() == 0 && roots.judge(&text).is_some() {
            prop_assert!(roots.judge(&encoded).is_some(), "{text} but not {encoded}");
        }
    }

    #[test]
    fn what_lies_in_etc_is_refused_however_the_way_there_is_written(
        noise in proptest::collection::vec(prop_oneof![Just("/."), Just("//"), Just("/a/.."), Just("/b/c/../..")], 0..5),
        upper in any::<bool>(), back in any::<bool>(),
    ) {
        let mut path = format!("{}/etc/passwd", noise.concat());
        if upper { path = path.to_uppercase(); }
        if back { path = path.replace('/', "\\"); }
        prop_assert!(Roots::default().judge(&path).is_some(), "{path}");
    }

    #[test]
    fn a_blocked_name_is_blocked_in_every_case(name in "[a-z]{1,6}(_[a-z]{1,5}){0,2}", flips in any::<u32>()) {
        let spelled: String = name.chars().enumerate()
            .map(|(at, c)| if flips >> (at % 32) & 1 == 1 { c.to_ascii_uppercase() } else { c }).collect();
        let policy = policy(json!({"blocked_tools": [name]}));
        let verdict = judged(&policy, &spelled, json!({}));
        prop_assert!(!verdict.allows());
    }

    #[test]
    fn words_of_a_name_are_lower_case_and_not_empty(name in "\\PC{0,20}") {
        for word in words::words(&name) {
            prop_assert!(!word.is_empty());
            prop_assert_eq!(word.to_lowercase(), word.clone());
        }
    }
}
