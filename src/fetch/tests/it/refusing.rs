use std::time::{Duration, Instant};

use ferrule_fetch::{Error, Hub, Want};
use ferrule_types::Kind;

use crate::fake_hub::{Access, Fault, TOKEN};
use crate::{Stage, TINY, id, impatient, names};

async fn error(hub: &Hub, model: &str) -> Error {
    hub.pull(&id(model), &Want::Model, &()).await.unwrap_err()
}

#[tokio::test]
async fn a_missing_and_a_private_repository_look_alike_without_a_token() {
    let stage = Stage::new().await;
    stage.remote.set_access(TINY, Access::Private);
    for model in ["org/nothing", TINY] {
        let error = error(&stage.hub(), model).await;
        assert!(
            matches!(
                error,
                Error::NoRepository {
                    with_token: false,
                    ..
                }
            ),
            "{error}"
        );
        let text = error.to_string();
        assert!(
            text.contains("does not exist")
                && text.contains("private")
                && text.contains("HF_TOKEN"),
            "{text}"
        );
    }
    let error = error(&stage.hub_with_token(TOKEN), "org/nothing").await;
    assert!(
        matches!(
            error,
            Error::NoRepository {
                with_token: true,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(error.kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_gated_repository_names_the_page_where_its_terms_are_accepted() {
    let stage = Stage::new().await;
    stage.remote.set_access(TINY, Access::Gated);
    let refused = error(&stage.hub(), TINY).await;
    assert_eq!(refused.kind(), Kind::Denied);
    let text = refused.to_string();
    assert!(
        text.contains(&format!("{}/{TINY}", stage.remote.endpoint())) && text.contains("HF_TOKEN"),
        "{text}"
    );

    stage.remote.misbehave(
        "list",
        [Fault::Status(403, &[("x-error-code", "GatedRepo")])],
    );
    let refused = error(&stage.hub_with_token(TOKEN), TINY).await;
    assert!(
        matches!(
            refused,
            Error::Gated {
                with_token: true,
                ..
            }
        ),
        "{refused}"
    );
}

#[tokio::test]
async fn a_wrong_token_is_refused_and_never_printed() {
    let stage = Stage::new().await;
    let hub = stage.hub_with_token("hf_wrong_and_secret");
    let error = error(&hub, TINY).await;
    assert!(matches!(error, Error::TokenRefused { .. }), "{error}");
    assert_eq!(error.kind(), Kind::Denied);
    for text in [
        error.to_string(),
        format!("{error:?}"),
        format!("{:?}", hub.settings()),
    ] {
        assert!(!text.contains("secret"), "{text}");
    }
}

#[tokio::test]
async fn a_missing_revision_and_a_missing_file_are_told_apart() {
    let stage = Stage::new().await;
    let refused = error(&stage.hub(), "org/tiny@v9").await;
    assert!(
        matches!(&refused, Error::NoRevision { revision, .. } if revision == "v9"),
        "{refused}"
    );
    let want = Want::Files(vec!["absent.json".to_owned()]);
    let refused = stage.hub().pull(&id(TINY), &want, &()).await.unwrap_err();
    assert!(
        matches!(&refused, Error::NoFile { file, .. } if file == "absent.json"),
        "{refused}"
    );
    stage.remote.misbehave(
        "head config.json",
        [Fault::Status(404, &[("x-error-code", "EntryNotFound")])],
    );
    let refused = error(&stage.hub(), TINY).await;
    assert!(
        matches!(&refused, Error::NoFile { file, .. } if file == "config.json"),
        "{refused}"
    );
}

#[tokio::test]
async fn pickled_weights_are_not_fetched() {
    let stage = Stage::new().await;
    stage.remote.put("org/old", "config.json", "{}");
    stage.remote.put("org/old", "pytorch_model.bin", "x");
    let error = error(&stage.hub(), "org/old").await;
    assert_eq!(error.kind(), Kind::Unsupported);
    assert!(error.to_string().contains("pytorch_model.bin"), "{error}");
    assert_eq!(stage.remote.seen().len(), 1, "only the list was asked for");
}

#[tokio::test]
async fn names_from_the_hub_cannot_leave_the_cache() {
    let stage = Stage::new().await;
    for (n, name) in ["tokenizer\\..\\..\\x.json", "tokenizer\u{7}.json"]
        .into_iter()
        .enumerate()
    {
        let repository = format!("org/evil{n}");
        for file in [name, "config.json", "model.safetensors"] {
            stage.remote.put(&repository, file, "x");
        }
        let error = error(&stage.hub(), &repository).await;
        assert!(matches!(error, Error::UnsafeName { .. }), "{name}: {error}");
    }
    for (n, name) in ["../../x.gguf", "/x.gguf", "a//x.gguf", "a/./x.gguf"]
        .into_iter()
        .enumerate()
    {
        let repository = format!("org/evil-gguf{n}");
        stage.remote.put(&repository, name, "x");
        let error = error(&stage.hub(), &repository).await;
        assert!(matches!(error, Error::UnsafeName { .. }), "{name}: {error}");
    }
    for list in [
        r#"{"sha": "../../../../etc", "siblings": []}"#,
        r#"{"siblings": []}"#,
        "<html>",
    ] {
        stage.remote.misbehave("list", [Fault::Body(list)]);
        let error = error(&stage.hub(), TINY).await;
        assert!(matches!(error, Error::Protocol { .. }), "{error}");
    }
    assert!(names(stage.folder.path()).is_empty(), "nothing was written");

    let etags: [&[(&str, &str)]; 3] = [
        &[("etag", "\"../../../evil\"")],
        &[("etag", "\"\"")],
        &[("x-linked-etag", "a/b"), ("etag", "\"good\"")],
    ];
    for headers in etags {
        stage
            .remote
            .misbehave("head config.json", [Fault::Status(200, headers)]);
        let want = Want::Files(vec!["config.json".to_owned()]);
        let error = stage.hub().pull(&id(TINY), &want, &()).await.unwrap_err();
        assert!(matches!(error, Error::Protocol { .. }), "{error}");
    }
    assert!(names(stage.folder.path()).is_empty(), "nothing was written");
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_if_it_is_short() {
    let stage = Stage::new().await;
    stage
        .remote
        .misbehave("list", [Fault::Status(429, &[("retry-after", "1")])]);
    let start = Instant::now();
    stage
        .hub()
        .pull(&id(TINY), &Want::Model, &())
        .await
        .unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_long_rate_limit_is_an_error_that_says_how_long() {
    let stage = Stage::new().await;
    stage.remote.misbehave(
        "get model.safetensors",
        [Fault::Status(429, &[("retry-after", "3600")])],
    );
    let start = Instant::now();
    let error = error(&stage.hub(), TINY).await;
    assert!(start.elapsed() < Duration::from_secs(2));
    assert!(
        matches!(error, Error::RateLimited { .. }) && error.kind() == Kind::Limit,
        "{error}"
    );
    assert!(error.to_string().contains("3600 s"), "{error}");
}

#[tokio::test]
async fn a_hub_that_fails_twice_is_asked_three_times() {
    let stage = Stage::new().await;
    for on in [
        "list",
        "head config.json",
        "get config.json",
        "get model.safetensors",
    ] {
        stage
            .remote
            .misbehave(on, [Fault::Status(500, &[]), Fault::Status(503, &[])]);
    }
    stage
        .hub()
        .pull(&id(TINY), &Want::Model, &())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_hub_that_stays_broken_is_given_up_with_what_it_said() {
    let stage = Stage::new().await;
    stage.remote.misbehave(
        "list",
        vec![Fault::Status(502, &[("x-error-message", "out for\tlunch")]); 20],
    );
    let error = error(&stage.hub(), TINY).await;
    assert!(
        matches!(error, Error::Server { status: 502, .. }) && error.kind() == Kind::Upstream,
        "{error}"
    );
    assert!(error.to_string().contains("out forlunch"), "{error}");
    assert_eq!(stage.remote.seen().len(), impatient().tries as usize);
}

#[tokio::test]
async fn a_hub_that_is_not_there_is_named() {
    let stage = Stage::new().await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let settings = stage
        .settings()
        .with_endpoint(&format!("http://{closed}"))
        .unwrap();
    let error = error(&Hub::with_options(settings, impatient()), TINY).await;
    assert!(matches!(error, Error::Connect { .. }), "{error}");
    assert!(
        error.to_string().contains(&closed.to_string())
            && error.to_string().contains("HF_ENDPOINT"),
        "{error}"
    );
}

#[tokio::test]
async fn redirects_that_lead_in_a_circle_or_out_of_http_end() {
    let stage = Stage::new().await;
    stage.remote.set_moved("org/a", "org/b");
    stage.remote.set_moved("org/b", "org/a");
    assert!(matches!(
        error(&stage.hub(), "org/a").await,
        Error::Protocol { .. }
    ));
    stage
        .remote
        .misbehave("list", [Fault::Redirect("file:///etc/passwd".to_owned())]);
    assert!(matches!(
        error(&stage.hub(), TINY).await,
        Error::Protocol { .. }
    ));
}

#[tokio::test]
async fn offline_asks_nobody_and_says_what_is_missing() {
    let stage = Stage::new().await;
    // A name that cannot be resolved: asking for it would take time and give another error.
    let settings = stage
        .settings()
        .with_endpoint("https://hub.invalid")
        .unwrap()
        .with_offline(true);
    let hub = Hub::with_options(settings, impatient());
    let refused = error(&hub, TINY).await;
    assert!(
        matches!(&refused, Error::Offline { missing, .. } if missing == "revision main"),
        "{refused}"
    );
    assert_eq!(refused.kind(), Kind::NotFound);
    assert!(refused.to_string().contains("HF_HUB_OFFLINE"), "{refused}");

    let snapshot = stage
        .hub()
        .pull(&id(TINY), &Want::Model, &())
        .await
        .unwrap();
    assert_eq!(
        hub.pull(&id(TINY), &Want::Model, &()).await.unwrap(),
        snapshot
    );
    assert_eq!(
        hub.refresh(&id(TINY), &Want::Model, &()).await.unwrap(),
        snapshot
    );

    std::fs::remove_file(snapshot.dir.join("tokenizer.json")).unwrap();
    let refused = error(&hub, TINY).await;
    assert!(
        matches!(&refused, Error::Offline { missing, .. } if missing == "a tokenizer"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_cache_that_cannot_be_written_is_named() {
    let stage = Stage::new().await;
    let file = stage.folder.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let hub = Hub::with_options(stage.settings().with_cache(&file), impatient());
    let error = error(&hub, TINY).await;
    assert!(matches!(error, Error::Io { .. }), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("a-file") && text.contains("a file stands where a folder is expected"),
        "{text}"
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_named() {
    let stage = Stage::new().await;
    let want = Want::Files(vec!["config.json".to_owned()]);
    stage
        .remote
        .misbehave("get config.json", vec![Fault::CutAfter(0); 20]);
    let _ = stage.hub().pull(&id(TINY), &want, &()).await.unwrap_err();
    // The part becomes a device that takes no byte.
    let part = stage.repository().join("blobs").join(&stage.blobs()[0]);
    std::fs::remove_file(&part).unwrap();
    std::os::unix::fs::symlink("/dev/full", &part).unwrap();
    stage.remote.forgive();
    let error = stage.hub().pull(&id(TINY), &want, &()).await.unwrap_err();
    let text = error.to_string();
    assert!(error.kind() == Kind::Limit, "{text}");
    assert!(
        text.contains("blobs") && text.contains("disk is full"),
        "{text}"
    );
}
