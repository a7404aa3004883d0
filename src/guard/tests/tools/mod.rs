mod bounds;
mod fixtures;
mod property;

use serde_json::{Value, json};

use ferrule_types::Json;

use super::*;

/// A policy with these settings and the defaults for the rest.
fn policy(settings: Value) -> ToolPolicy {
    ToolPolicy::new(serde_json::from_value(settings).unwrap()).unwrap()
}

fn judged(policy: &ToolPolicy, tool: &str, arguments: Value) -> Verdict {
    let Value::Object(arguments) = arguments else {
        panic!("arguments are an object")
    };
    let call = Call::new("1", ToolKey::new("files", tool).unwrap(), arguments);
    let tool = Tool::named(tool);
    policy.judge(&CallFacts {
        call: &call,
        tool: &tool,
        asked_by: AskedBy::Model,
    })
}

#[test]
fn a_pattern_that_is_none_is_refused_when_it_is_set() {
    let settings = Settings {
        blocked_arg_patterns: vec!["(".to_owned()],
        ..Settings::default()
    };
    let problem = ToolPolicy::new(settings).unwrap_err().to_string();
    assert!(
        problem.contains("blocked_arg_patterns") && problem.contains("`(`"),
        "{problem}"
    );
}

#[test]
fn settings_refuse_keys_that_nobody_knows() {
    let read = serde_json::from_value::<Settings>(json!({"allowed_tool": []}));
    assert!(read.is_err());
}

#[test]
fn a_claim_to_be_harmless_takes_no_risk_away_and_a_claim_to_destroy_adds_one() {
    let call = Call::new("1", ToolKey::new("s", "delete_all").unwrap(), Json::new());
    let mut tool = Tool::named("delete_all");
    let claims = json!({"readOnlyHint": true, "destructiveHint": false});
    tool.annotations = claims.as_object().cloned();
    let look = |call: &Call, tool: &Tool| {
        let facts = CallFacts {
            call,
            tool,
            asked_by: AskedBy::Model,
        };
        ToolPolicy::default().look(&facts)
    };
    assert!(matches!(look(&call, &tool).verdict, Verdict::Ask(_)));

    let call = Call::new("1", ToolKey::new("s", "zap").unwrap(), Json::new());
    let mut tool = Tool::named("zap");
    assert_eq!(look(&call, &tool).risk, Risk::of(&[Class::Unknown]));
    tool.annotations = json!({"destructiveHint": true}).as_object().cloned();
    assert!(matches!(look(&call, &tool).verdict, Verdict::Ask(_)));
}

#[test]
fn the_mirrored_tables_are_judged_by_words_and_roles_no_weaker() {
    for name in HIGH_RISK_TOOL_PATTERNS {
        let verdict = judged(&ToolPolicy::default(), name, json!({}));
        assert_eq!(verdict.ruling().rule, "tools.high_risk", "{name}");
    }
    for path in ["../x", "/etc/x", "/proc/x", "/sys/x", "~root", "/root/x"] {
        let is_listed = |pattern: &&str| Regex::new(pattern).unwrap().is_match(path);
        assert!(DANGEROUS_TOOL_ARG_PATTERNS.iter().any(is_listed), "{path}");
        let verdict = judged(&ToolPolicy::default(), "read", json!({"path": path}));
        assert!(matches!(verdict, Verdict::Deny(_)), "{path}");
    }
}

#[test]
fn a_ruling_points_at_the_argument() {
    let verdict = judged(
        &ToolPolicy::default(),
        "read",
        json!({"a": {"path": ["x", "/etc/passwd"]}}),
    );
    assert_eq!(
        verdict.ruling().place.as_ref().unwrap().part,
        "arguments.a.path.[1]"
    );
}

#[test]
fn what_is_always_refused_is_not_shown() {
    let policy = policy(json!({"allowed_tools": ["files__*"], "blocked_tools": ["rm"]}));
    let shows = |server: &str, tool: &str| policy.shows(&ToolKey::new(server, tool).unwrap());
    assert!(shows("files", "read"));
    assert!(!shows("files", "RM"));
    assert!(!shows("other", "read"));
}

#[test]
fn a_resource_in_a_protected_place_is_refused() {
    let policy = ToolPolicy::default();
    assert!(!policy.judge_resource("FILE:///etc/passwd").allows());
    assert!(
        !policy
            .judge_resource("file:///home/u/%2essh/id_rsa")
            .allows()
    );
    assert!(policy.judge_resource("file:///home/u/a.txt").allows());
    assert!(policy.judge_resource("notes://etc/passwd").allows());
}
