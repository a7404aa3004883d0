use std::path::Path;

use ferrule_fetch::{Error, Hub, Options, Want};

use crate::fake_hub::{Access, COMMIT, Fault, Host, TOKEN};
use crate::{Recorder, Stage, TINY, id, names, weights};

const OTHER: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

#[tokio::test]
async fn a_pull_brings_what_is_needed_into_the_layout_of_the_hubs_own_tools() {
    let stage = Stage::new().await;
    let snapshot = stage
        .hub()
        .pull(&id(TINY), &Want::Model, &())
        .await
        .unwrap();

    assert_eq!(snapshot.commit, COMMIT);
    assert_eq!(
        snapshot.dir,
        stage.repository().join("snapshots").join(COMMIT)
    );
    let expected = [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    ];
    assert_eq!(snapshot.files, expected);
    assert_eq!(
        names(&snapshot.dir),
        expected,
        "and nothing else, least of all the readme"
    );
    assert_eq!(
        std::fs::read(snapshot.dir.join("model.safetensors")).unwrap(),
        weights()
    );
    assert_eq!(
        std::fs::read_to_string(stage.repository().join("refs/main")).unwrap(),
        COMMIT
    );
    assert!(
        stage
            .blobs()
            .iter()
            .all(|name| matches!(name.len(), 40 | 64)),
        "{:?}",
        stage.blobs()
    );
    #[cfg(unix)]
    {
        let target = std::fs::read_link(snapshot.dir.join("model.safetensors")).unwrap();
        assert_eq!(target.parent(), Some(Path::new("../../blobs")));
    }
}

#[tokio::test]
async fn a_complete_snapshot_is_used_without_asking_the_hub() {
    let stage = Stage::new().await;
    let first = stage
        .hub()
        .pull(&id(TINY), &Want::Model, &())
        .await
        .unwrap();
    stage.remote.forget();
    let hub = stage.hub();
    assert_eq!(hub.pull(&id(TINY), &Want::Model, &()).await.unwrap(), first);
    assert_eq!(hub.cached(&id(TINY), &Want::Model), Some(first));
    assert!(stage.remote.seen().is_empty());
}

#[tokio::test]
async fn a_refresh_follows_the_revision_and_fetches_only_what_changed() {
    let stage = Stage::new().await;
    let hub = stage.hub();
    hub.pull(&id(TINY), &Want::Model, &()).await.unwrap();
    stage.remote.set_revision(TINY, "main", OTHER);
    stage.remote.put(TINY, "config.json", "{\"new\": true}");
    stage.remote.forget();

    assert_eq!(
        hub.pull(&id(TINY), &Want::Model, &()).await.unwrap().commit,
        COMMIT
    );
    let fresh = hub.refresh(&id(TINY), &Want::Model, &()).await.unwrap();
    assert_eq!(fresh.commit, OTHER);
    assert_eq!(
        std::fs::read_to_string(fresh.dir.join("config.json")).unwrap(),
        "{\"new\": true}"
    );
    let fetched: Vec<_> = stage
        .remote
        .seen()
        .into_iter()
        .filter(|seen| seen.method == "GET")
        .collect();
    assert_eq!(fetched.len(), 2, "the list and one file: {fetched:?}");
    assert_eq!(hub.cached(&id(TINY), &Want::Model).unwrap().commit, OTHER);
}

#[tokio::test]
async fn the_token_goes_to_the_hub_and_never_to_the_storage_host() {
    let stage = Stage::new().await;
    stage.remote.set_access(TINY, Access::Private);
    stage
        .hub_with_token(TOKEN)
        .pull(&id(TINY), &Want::Model, &())
        .await
        .unwrap();
    let seen = stage.remote.seen();
    assert!(seen.iter().any(|seen| seen.host == Host::Cdn));
    for seen in seen {
        assert_eq!(
            seen.headers.contains_key("authorization"),
            seen.host == Host::Home,
            "{seen:?}"
        );
    }
}

#[tokio::test]
async fn a_renamed_repository_is_followed_with_the_token() {
    let stage = Stage::new().await;
    stage.remote.set_access(TINY, Access::Private);
    stage.remote.set_moved("tiny", TINY);
    let snapshot = stage
        .hub_with_token(TOKEN)
        .pull(&id("tiny"), &Want::Model, &())
        .await
        .unwrap();
    assert!(
        snapshot
            .dir
            .ends_with(format!("models--tiny/snapshots/{COMMIT}")),
        "it keeps the name that was asked for"
    );
}

#[tokio::test]
async fn a_revision_may_be_a_pull_request_or_a_commit() {
    let stage = Stage::new().await;
    stage.remote.set_revision(TINY, "refs/pr/1", OTHER);
    let hub = stage.hub();
    for revision in ["refs/pr/1", OTHER] {
        let id = id(TINY).with_revision(revision).unwrap();
        assert_eq!(
            hub.pull(&id, &Want::Model, &()).await.unwrap().commit,
            OTHER
        );
        assert!(hub.cached(&id, &Want::Model).is_some());
    }
    assert_eq!(
        std::fs::read_to_string(stage.repository().join("refs/refs/pr/1")).unwrap(),
        OTHER
    );
}

#[tokio::test]
async fn the_parts_of_a_gguf_come_together_and_alone() {
    let stage = Stage::new().await;
    let parts = ["q8/m-00001-of-00002.gguf", "q8/m-00002-of-00002.gguf"];
    for file in ["m-Q4_0.gguf", parts[0], parts[1], "mmproj.gguf"] {
        stage.remote.put("org/quantised", file, file);
    }
    let (hub, id) = (stage.hub(), id("org/quantised"));
    let snapshot = hub
        .pull(&id, &Want::Gguf(vec![parts[0].to_owned()]), &())
        .await
        .unwrap();
    assert_eq!(snapshot.files, parts);
    for path in snapshot.paths() {
        assert!(path.is_file());
    }
    assert!(!snapshot.dir.join("m-Q4_0.gguf").exists());
    assert!(
        hub.cached(&id, &Want::Gguf(vec!["m-Q4_0.gguf".to_owned()]))
            .is_none()
    );

    let error = hub
        .refresh(&id, &Want::Gguf(vec![]), &())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::AmbiguousGguf { candidates, .. } if candidates.len() == 2),
        "{error}"
    );
}

#[tokio::test]
async fn progress_adds_up_to_the_size_of_each_file() {
    let stage = Stage::new().await;
    let recorder = Recorder::default();
    stage
        .hub()
        .pull(&id(TINY), &Want::Model, &recorder)
        .await
        .unwrap();
    let files = recorder.files.lock().unwrap();
    assert_eq!(files.len(), 4);
    for (file, bar) in files.iter() {
        assert!(
            bar.finished && bar.starts == 1 && Some(bar.count) == bar.total,
            "{file}"
        );
    }
    assert_eq!(files["model.safetensors"].count, weights().len() as u64);
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let stage = Stage::new().await;
    stage.remote.put(TINY, "merges.txt", "");
    let snapshot = stage
        .hub()
        .pull(&id(TINY), &Want::Model, &())
        .await
        .unwrap();
    assert_eq!(std::fs::read(snapshot.dir.join("merges.txt")).unwrap(), b"");
}

#[tokio::test]
async fn no_more_connections_are_open_than_allowed() {
    let stage = Stage::new().await;
    let wanted: Vec<String> = (0..20).map(|n| format!("{n}.json")).collect();
    for file in &wanted {
        stage.remote.put(TINY, file, file.as_str());
    }
    let options = Options {
        connections: 1,
        ..crate::impatient()
    };
    let hub = Hub::with_options(stage.settings(), options);
    hub.pull(&id(TINY), &Want::Files(wanted), &())
        .await
        .unwrap();
    let order: Vec<_> = stage
        .remote
        .seen()
        .into_iter()
        .skip(1)
        .map(|seen| seen.method)
        .collect();
    assert_eq!(
        order,
        ["HEAD", "GET"].repeat(20),
        "one file after the other"
    );
}

#[tokio::test]
async fn a_hub_that_redirects_without_saying_what_the_file_is_is_followed_without_the_token() {
    let stage = Stage::new().await;
    let target = stage.remote.stored(TINY, "tokenizer.json");
    stage
        .remote
        .misbehave("head tokenizer.json", [Fault::Redirect(target.clone())]);
    stage
        .remote
        .misbehave("resolve tokenizer.json", [Fault::Redirect(target)]);
    let want = Want::Files(vec!["tokenizer.json".to_owned()]);
    let snapshot = stage
        .hub_with_token(TOKEN)
        .pull(&id(TINY), &want, &())
        .await
        .unwrap();
    assert_eq!(
        std::fs::read_to_string(snapshot.dir.join("tokenizer.json")).unwrap(),
        "{\"tokenizer.json\": true}"
    );
    assert_eq!(
        stage.blobs(),
        ["multipart-17"],
        "the storage host's etag is the only one there is"
    );
}

#[tokio::test]
async fn a_pull_may_run_on_any_thread() {
    let stage = Stage::new().await;
    let hub = stage.hub();
    let pull = async move { hub.pull(&id(TINY), &Want::Model, &()).await };
    tokio::spawn(pull).await.unwrap().unwrap();
}
