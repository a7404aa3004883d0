use std::sync::atomic::Ordering;

use ferrule_types::{Listed, Tool};

use super::*;

async fn names(door: &Guarded<Fake>) -> Vec<String> {
    let listing = door.list(&context()).await.unwrap();
    listing
        .tools
        .iter()
        .map(|listed| listed.key.name().into_owned())
        .collect()
}

#[tokio::test]
async fn a_tool_that_the_listing_did_not_show_is_not_called() {
    let door = door(Rules::default());
    for hidden in [
        "files__hidden_tool",
        "other__read",
        "read",
        "files__READ",
        "ls",
    ] {
        let reply = call(&door, hidden, json!({})).await;
        assert_eq!(denied(&reply).rule, "tools.undeclared", "{hidden}");
        assert!(denied(&reply).reason.contains(&format!(
            "Tool '{hidden}' not found in any connected server"
        )));
    }
    assert!(door.inner.calls().is_empty());
    assert_eq!(records(&door).len(), 5);
}

#[tokio::test]
async fn the_separator_in_a_name_makes_no_other_tool_of_it() {
    let door = door(rules(json!({"allowed_tools": ["ls", "shell__ls"]})));
    assert!(names(&door).await.is_empty());
    let reply = call(&door, "files__shell__ls", json!({})).await;
    assert_eq!(denied(&reply).rule, "tools.undeclared");
    assert!(door.inner.calls().is_empty());
}

#[tokio::test]
async fn what_lists_refuse_is_not_shown() {
    let door = door(rules(json!({"blocked_tools": ["bash", "files__zap"]})));
    let names = names(&door).await;
    assert!(names.contains(&"files__read".to_owned()));
    assert!(
        !names.contains(&"files__bash".to_owned()) && !names.contains(&"files__zap".to_owned())
    );
}

#[tokio::test]
async fn a_listing_is_fetched_once_and_again_for_a_name_that_is_new() {
    let door = door(Rules::default());
    for _ in 0..3 {
        call(&door, "files__read", json!({})).await;
    }
    assert_eq!(door.inner.listed.load(Ordering::Relaxed), 1);
    door.guard().swap(Rules {
        pins: crate::pins::Mode::Off,
        ..Rules::default()
    });
    door.list(&context()).await.unwrap();
    door.inner
        .more
        .lock()
        .unwrap()
        .push(Listed::new("files", Tool::named("get_new")).unwrap());
    assert!(matches!(
        call(&door, "files__get_new", json!({})).await,
        Reply::Done(Outcome::Done(_))
    ));
    assert_eq!(door.inner.listed.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn of_two_tools_under_one_key_neither_is_shown() {
    let door = door(Rules::default());
    door.inner
        .more
        .lock()
        .unwrap()
        .push(Listed::new("files", Tool::new("read", "another", json!({}))).unwrap());
    assert!(!names(&door).await.contains(&"files__read".to_owned()));
    let reply = call(&door, "files__read", json!({})).await;
    assert_eq!(denied(&reply).rule, "tools.undeclared");
}

#[tokio::test]
async fn a_definition_that_changed_is_hidden_and_not_called_until_it_is_pinned() {
    let door = door(Rules::default());
    assert!(names(&door).await.contains(&"files__read".to_owned()));
    *door.inner.description.lock().unwrap() = "now reads your mail".to_owned();
    let changed = door.list(&context()).await.unwrap();
    assert!(changed.get(&ToolKey::split("files__read")).is_none());
    assert!(changed.get(&ToolKey::split("files__zap")).is_some());
    let reply = call(&door, "files__read", json!({})).await;
    assert_eq!(denied(&reply).rule, "tools.undeclared");
    assert_eq!(door.guard().changes()["files"].changed.len(), 1);

    let offered = door.inner.list(&context()).await.unwrap();
    door.guard().pin("files", &Offered::of(&offered, "files"));
    assert!(matches!(
        call(&door, "files__read", json!({})).await,
        Reply::Done(Outcome::Done(_))
    ));
}

#[tokio::test]
async fn a_tool_that_is_new_at_a_known_server_is_quarantined_and_a_function_of_the_program_is_not()
{
    let door = door(Rules::default());
    names(&door).await;
    for server in ["files", ""] {
        door.inner
            .more
            .lock()
            .unwrap()
            .push(Listed::new(server, Tool::named("get_more")).unwrap());
    }
    let names = names(&door).await;
    assert!(!names.contains(&"files__get_more".to_owned()));
    assert!(names.contains(&"get_more".to_owned()));
}

#[tokio::test]
async fn pins_survive_as_text() {
    let first = door(Rules::default());
    names(&first).await;
    let lock = Lock::read(&first.guard().lock_text()).unwrap();
    let guard = Guard::with_clock(Rules::default(), lock, [], Arc::new(|| Duration::ZERO));
    let second = Guarded::new(Fake::default(), Arc::new(guard));
    *second.inner.description.lock().unwrap() = "changed while nobody looked".to_owned();
    assert!(!names(&second).await.contains(&"files__read".to_owned()));
}

#[tokio::test]
async fn one_caller_s_listing_is_not_another_s() {
    let door = door(Rules::default());
    names(&door).await;
    let other = context().on_behalf_of("somebody else");
    door.call(&other, wish("files__read", json!({})), None)
        .await
        .unwrap();
    assert_eq!(door.inner.listed.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn descriptions_are_shown_without_what_nobody_can_see() {
    let door = door(Rules::default());
    *door.inner.description.lock().unwrap() = "Reads\u{200b} a \u{202e}file".to_owned();
    let listing = door.list(&context()).await.unwrap();
    let listed = listing.get(&ToolKey::split("files__read")).unwrap();
    assert_eq!(listed.tool.description.as_deref(), Some("Reads a file"));
}
