use super::*;

#[tokio::test]
async fn a_resource_is_read_clean_and_counts_as_foreign_text() {
    let door = door(Rules::default());
    let shelf = door.shelf().unwrap();
    let Reply::Done(reading) = shelf
        .read(&context(), "files", "notes://a", None)
        .await
        .unwrap()
    else {
        panic!()
    };
    assert_eq!(reading.contents[0].text.as_deref(), Some("ab"));
    assert_eq!(reading.contents[0].uri, "notes://a");
    let (_, ask) = question(call(&door, "files__zap", json!({})).await);
    let Question::Approval(approval) = ask.question else {
        panic!()
    };
    assert!(approval.because.reason.contains("notes://a"));
    assert_eq!(records(&door)[0].tool_name, "resources/read");
}

#[tokio::test]
async fn a_resource_in_a_protected_place_is_not_read() {
    let door = door(Rules::default());
    let shelf = door.shelf().unwrap();
    for uri in [
        "file:///etc/shadow",
        "file:///home/u/.ssh/id_rsa",
        "FILE:/proc/1/environ",
    ] {
        let problem = shelf
            .read(&context(), "files", uri, None)
            .await
            .unwrap_err();
        assert_eq!(problem.kind(), Kind::Denied);
        assert_eq!(
            shelf
                .subscribe(&context(), "files", uri)
                .await
                .unwrap_err()
                .kind(),
            Kind::Denied
        );
    }
    assert_eq!(records(&door).len(), 3);
}

#[tokio::test]
async fn a_prompt_that_changed_is_hidden_and_not_rendered() {
    let door = door(Rules::default());
    let shelf = door.shelf().unwrap();
    let key = ToolKey::split("files__greet");
    let me = context();
    let render = || shelf.prompt(&me, &key, BTreeMap::new(), None);
    let Reply::Done(rendered) = render().await.unwrap() else {
        panic!()
    };
    assert_eq!(
        serde_json::to_value(&rendered.messages[0].content).unwrap()["text"],
        "hi"
    );
    *door.inner.description.lock().unwrap() = "another".to_owned();
    assert!(shelf.prompts(&context()).await.unwrap().is_empty());
    assert_eq!(render().await.unwrap_err().kind(), Kind::NotFound);
}
