use serde_json::json;

use super::{golden, refusal};
use crate::ToolKey;

/// Every string over the two letters that matter, up to this length.
fn all_names(longest: u32) -> impl Iterator<Item = String> {
    (0..=longest).flat_map(|length| {
        (0..1u32 << length).map(move |bits| {
            (0..length)
                .map(|at| if bits >> at & 1 == 1 { '_' } else { 'a' })
                .collect()
        })
    })
}

#[test]
fn a_name_splits_at_the_first_separator_with_something_on_both_sides() {
    let split = |name| {
        let key = ToolKey::split(name);
        (key.server().to_owned(), key.tool().to_owned())
    };
    let pair = |server: &str, tool: &str| (server.to_owned(), tool.to_owned());
    assert_eq!(split("files__read"), pair("files", "read"));
    assert_eq!(split("files__shell__ls"), pair("files", "shell__ls"));
    assert_eq!(split("files___ls"), pair("files", "_ls"));
    assert_eq!(split("read"), pair("", "read"));
    assert_eq!(split("__init__"), pair("", "__init__"));
    assert_eq!(split("read__"), pair("", "read__"));
    assert_eq!(split(""), pair("", ""));
}

#[test]
fn splitting_and_writing_are_inverse_for_every_name() {
    for name in all_names(12) {
        assert_eq!(ToolKey::split(&name).name(), name);
    }
}

#[test]
fn writing_and_splitting_are_inverse_for_every_key_that_can_be_made() {
    let mut made = 0;
    for server in all_names(5) {
        for tool in all_names(5) {
            if let Ok(key) = ToolKey::new(&server, &tool) {
                assert_eq!(ToolKey::split(&key.name()), key);
                made += 1;
            }
        }
    }
    assert!(made > 1000, "only {made} of {} pairs are keys", 63 * 63);
}

#[test]
fn a_tool_may_have_the_separator_in_its_name_and_a_server_may_not() {
    assert_eq!(
        ToolKey::new("files", "shell__ls").unwrap().name(),
        "files__shell__ls"
    );
    let refused = |server, tool| ToolKey::new(server, tool).unwrap_err().to_string();
    assert_eq!(
        refused("my__files", "ls"),
        "`server` must be a name without `__` in it or `_` at its end, got my__files"
    );
    assert_eq!(
        refused("files_", "ls"),
        "`server` must be a name without `__` in it or `_` at its end, got files_"
    );
    assert_eq!(
        refused("", "my__tool"),
        "`tool` must be a name without `__`, which separates a server from its tool, got my__tool"
    );
    assert_eq!(
        refused("files", ""),
        "`tool` must be a name, got an empty one"
    );
}

#[test]
fn a_key_in_json_is_its_two_halves_and_is_checked() {
    golden(
        &ToolKey::new("files", "read").unwrap(),
        &json!({"server": "files", "tool": "read"}),
    );
    golden(
        &ToolKey::local("now").unwrap(),
        &json!({"server": "", "tool": "now"}),
    );
    assert!(refusal::<ToolKey>(&json!({"server": "a__b", "tool": "c"})).contains("`server`"));
}

#[test]
fn a_legal_name_is_shown_as_it_is() {
    assert_eq!(ToolKey::split("files__read-all").shown(), "files__read-all");
}

#[test]
fn a_name_that_clients_refuse_is_shown_in_a_legal_spelling_of_its_own() {
    let shown = |server: &str, tool: &str| ToolKey::new(server, tool).unwrap().shown().into_owned();
    let long = "x".repeat(200);
    let names = [
        shown("files", "read.file"),
        shown("files", "read/file"),
        shown("files", "läs"),
        shown("files", &long),
        shown("files", &long[1..]),
    ];
    for name in &names {
        assert!(name.len() <= 64, "{name}");
        assert!(
            name.chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'),
            "{name}"
        );
        assert!(name.starts_with("files__"), "{name}");
        assert_eq!(
            names.iter().filter(|other| *other == name).count(),
            1,
            "{name}"
        );
    }
    assert_eq!(
        shown("files", "read.file"),
        names[0],
        "the spelling never changes"
    );
}
