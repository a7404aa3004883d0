use std::time::Duration;

use super::*;

#[tokio::test]
async fn a_call_whose_future_is_dropped_is_recorded() {
    let door = door(Rules::default());
    {
        let context = context();
        let hanging = door.call(&context, wish("files__hangs", json!({"a": 1})), None);
        assert!(
            tokio::time::timeout(Duration::from_millis(20), hanging)
                .await
                .is_err()
        );
    }
    let records = records(&door);
    assert_eq!(records.len(), 1);
    assert!(!records[0].success);
    assert_eq!(
        records[0].error_message.as_deref(),
        Some("given up before it ended")
    );
    assert_eq!(records[0].arguments, json!({"a": 1}));
}

#[tokio::test]
async fn a_toolbox_that_does_not_hear_of_it_does_not_hold_a_cancelled_call() {
    let door = door(Rules::default());
    let context = context();
    let cancel = context.cancel.clone();
    let hanging = door.call(&context, wish("files__hangs", json!({})), None);
    let (answer, ()) = tokio::join!(hanging, async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        cancel.cancel();
    });
    assert!(matches!(answer, Err(Error::Cancelled)));
    assert!(
        records(&door)[0]
            .error_message
            .as_ref()
            .unwrap()
            .contains("cancelled")
    );
    // Before the call as well.
    assert!(
        door.call(&context, wish("files__read", json!({})), None)
            .await
            .is_err()
    );
    assert_eq!(records(&door).len(), 2);
}

#[tokio::test]
async fn a_toolbox_that_panics_leaves_a_record_and_a_door_that_still_opens() {
    let door = Arc::new(door(Rules::default()));
    let inside = door.clone();
    let panicked =
        tokio::spawn(async move { call(&inside, "files__panics", json!({})).await }).await;
    assert!(panicked.unwrap_err().is_panic());
    assert_eq!(
        records(&door)[0].error_message.as_deref(),
        Some("given up before it ended")
    );
    // The first call came from a stranger's tool: what follows must not be asked about.
    assert!(matches!(
        call(&door, "files__read", json!({})).await,
        Reply::Done(Outcome::Done(_))
    ));
}

#[tokio::test]
async fn failures_and_errors_are_recorded_without_secrets() {
    let door = door(Rules {
        approver: false,
        ..Rules::default()
    });
    call(&door, "files__fails", json!({"password": "hunter2"})).await;
    assert!(
        door.call(&context(), wish("files__breaks", json!({})), None)
            .await
            .is_err()
    );
    let records = records(&door);
    assert_eq!(records.len(), 2);
    let all = serde_json::to_string(&records).unwrap();
    assert!(
        !all.contains("hunter2") && !all.contains("abc123def"),
        "{all}"
    );
    assert!(
        all.contains("it failed with") && all.contains("there is no server"),
        "{all}"
    );
}

#[tokio::test]
async fn what_is_too_much_is_not_kept_either() {
    let door = door(rules(json!({"max_argument_depth": 8})));
    let deep = (0..50).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(
        denied(&call(&door, "files__read", json!({"a": deep})).await).rule,
        "tools.size"
    );
    assert!(records(&door)[0].arguments.get("[not kept]").is_some());
}

#[tokio::test]
async fn a_result_is_cut_and_cleaned() {
    let door = door(Rules {
        approver: false,
        ..Rules::default()
    });
    let Reply::Done(large) = call(&door, "files__large", json!({})).await else {
        panic!()
    };
    let words = large.in_words();
    assert!(
        words.len() < 1_100_000 && words.contains("truncated"),
        "{}",
        words.len()
    );
    let Reply::Done(plain) = call(&door, "files__hidden_text", json!({})).await else {
        panic!()
    };
    assert_eq!(plain.in_words(), "seen backwards");
}

#[tokio::test]
async fn a_task_belongs_to_whoever_began_it() {
    let door = door(Rules::default());
    let me = context();
    let get = |context: &Context| {
        let context = context.clone();
        let door = &door;
        async move { door.task(&context, "files", "7", TaskAct::Get).await }
    };
    assert!(get(&me).await.is_err());
    assert_eq!(
        call(&door, "files__task", json!({})).await,
        Reply::Task("7".to_owned())
    );
    assert!(get(&context().on_behalf_of("stranger")).await.is_err());
    let task = get(&me).await.unwrap();
    assert!(task.outcome.unwrap().in_words().len() < 1_100_000);
    get(&me).await.unwrap();
    // The call, and its end, once.
    assert_eq!(records(&door).len(), 2);
}
