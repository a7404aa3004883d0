use std::time::Duration;

use ferrule_fetch::{Error, Hub, Options, Want};
use ferrule_types::Kind;

use crate::fake_hub::{COMMIT, Fault, Host};
use crate::{Recorder, Stage, TINY, id, impatient, names, weights};

const WEIGHTS: &str = "get model.safetensors";

fn only_weights() -> Want {
    Want::Files(vec!["model.safetensors".to_owned()])
}

/// Pulls the weights and compares them with what the hub has.
async fn arrives(stage: &Stage, recorder: &Recorder) {
    let snapshot = stage
        .hub()
        .pull(&id(TINY), &only_weights(), recorder)
        .await
        .unwrap();
    assert!(std::fs::read(snapshot.dir.join("model.safetensors")).unwrap() == weights());
    assert_eq!(stage.blobs().len(), 1, "{:?}", stage.blobs());
    let files = recorder.files.lock().unwrap();
    assert_eq!(files["model.safetensors"].count, weights().len() as u64);
}

#[tokio::test]
async fn a_broken_transfer_goes_on_where_it_broke() {
    let stage = Stage::new().await;
    stage.remote.misbehave(
        WEIGHTS,
        [
            Fault::CutAfter(1_500_000),
            Fault::CutAfter(700_000),
            Fault::CutAfter(0),
        ],
    );
    let recorder = Recorder::default();
    arrives(&stage, &recorder).await;
    let ranges: Vec<_> = stage
        .remote
        .ranges(Host::Cdn)
        .into_iter()
        .map(Option::unwrap_or_default)
        .collect();
    assert_eq!(
        ranges,
        ["", "bytes=1500000-", "bytes=2200000-", "bytes=2200000-"]
    );
    assert_eq!(
        recorder.files.lock().unwrap()["model.safetensors"].starts,
        1,
        "the bar never went back"
    );
    assert!(
        recorder.notes().contains("trying again"),
        "{}",
        recorder.notes()
    );
}

#[tokio::test]
async fn each_host_is_asked_with_the_etag_that_it_gave() {
    let stage = Stage::new().await;
    stage.remote.put(TINY, "merges.txt", "x".repeat(100_000));
    stage.remote.misbehave(WEIGHTS, [Fault::CutAfter(1000)]);
    stage
        .remote
        .misbehave("get merges.txt", [Fault::CutAfter(1000)]);
    stage
        .hub()
        .pull(&id(TINY), &Want::Model, &())
        .await
        .unwrap();
    let resumed = stage
        .remote
        .seen()
        .into_iter()
        .filter(|seen| seen.headers.contains_key("range"));
    let validators: Vec<_> = resumed
        .map(|seen| (seen.host, seen.headers.get("if-range").cloned()))
        .collect();
    assert!(
        validators.contains(&(Host::Cdn, Some("\"multipart-17\"".to_owned()))),
        "{validators:?}"
    );
    let own = |(host, etag): &(Host, Option<String>)| {
        *host == Host::Home && etag.as_ref().is_some_and(|e| e.len() == 42)
    };
    assert!(validators.iter().any(own), "{validators:?}");
    let foreign = |(host, etag): &(Host, Option<String>)| {
        *host == Host::Home && etag.as_deref() == Some("\"multipart-17\"")
    };
    assert!(!validators.iter().any(foreign), "{validators:?}");
}

#[tokio::test]
async fn an_attempt_that_brought_a_good_piece_is_not_counted() {
    let stage = Stage::new().await;
    let cuts = [0, 0, 1_100_000, 0, 0, 1_100_000];
    stage.remote.misbehave(WEIGHTS, cuts.map(Fault::CutAfter));
    assert!(cuts.len() > impatient().tries as usize);
    arrives(&stage, &Recorder::default()).await;
}

#[tokio::test]
async fn a_transfer_that_never_ends_is_given_up_and_keeps_what_it_has() {
    let stage = Stage::new().await;
    stage
        .remote
        .misbehave(WEIGHTS, vec![Fault::CutAfter(1000); 100]);
    let error = stage
        .hub()
        .pull(&id(TINY), &only_weights(), &())
        .await
        .unwrap_err();
    let Error::Broken {
        tries,
        received,
        total,
        ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(
        (*tries, *received, *total),
        (4, 4000, Some(weights().len() as u64))
    );
    assert_eq!(error.kind(), Kind::Upstream);
    assert!(std::error::Error::source(&error).is_some());
    assert!(
        stage.blobs()[0].ends_with(".incomplete"),
        "{:?}",
        stage.blobs()
    );
    assert!(stage.hub().cached(&id(TINY), &only_weights()).is_none());
}

#[tokio::test]
async fn a_cancelled_pull_is_continued_by_the_next_one() {
    let stage = Stage::new().await;
    stage
        .remote
        .misbehave(WEIGHTS, [Fault::StallAfter(2_000_000)]);
    let hub = stage.hub();
    let (model, want) = (id(TINY), only_weights());
    let part = stage.repository().join("blobs");
    tokio::select! {
        _ = hub.pull(&model, &want, &()) => panic!("it should hang"),
        () = grown(&part, 1 << 20) => {}
    }
    let recorder = Recorder::default();
    arrives(&stage, &recorder).await;
    let last = stage.remote.ranges(Host::Cdn).pop().flatten().unwrap();
    assert!(
        last.trim_matches(|c: char| !c.is_ascii_digit())
            .parse::<u64>()
            .unwrap()
            >= 1 << 20,
        "{last}"
    );
}

/// Waits until the only blob has so many bytes.
async fn grown(blobs: &std::path::Path, bytes: u64) {
    let size = || {
        names(blobs)
            .first()
            .and_then(|name| std::fs::metadata(blobs.join(name)).ok())
            .map(|blob| blob.len())
    };
    while size().is_none_or(|size| size < bytes) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Not a test of its own: the process that the next test kills.
#[tokio::test]
async fn child_that_pulls_until_it_is_killed() {
    let (Ok(cache), Ok(endpoint)) = (
        std::env::var("FETCH_TEST_CACHE"),
        std::env::var("FETCH_TEST_ENDPOINT"),
    ) else {
        return;
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = ferrule_fetch::Settings::from_lookup(&|name| {
        (name == "HF_HOME").then(|| cache.clone().into())
    });
    let settings = settings.unwrap().with_endpoint(&endpoint).unwrap();
    Hub::with_options(settings, impatient())
        .pull(&id(TINY), &only_weights(), &())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_killed_process_leaves_no_lock_and_a_part_that_is_continued() {
    let stage = Stage::new().await;
    stage
        .remote
        .misbehave(WEIGHTS, [Fault::StallAfter(2_000_000)]);
    let mut child = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "resuming::child_that_pulls_until_it_is_killed"])
        .env("FETCH_TEST_CACHE", stage.folder.path())
        .env("FETCH_TEST_ENDPOINT", stage.remote.endpoint())
        .stdout(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    grown(&stage.repository().join("blobs"), 1 << 20).await;
    assert!(
        names(&stage.repository().join("snapshots")).is_empty(),
        "nothing is seen before it is whole"
    );

    // While the child lives nobody else writes the blob.
    let (hub, recorder, model, want) = (stage.hub(), Recorder::default(), id(TINY), only_weights());
    let waiting = hub.pull(&model, &want, &recorder);
    assert!(
        tokio::time::timeout(Duration::from_millis(300), waiting)
            .await
            .is_err()
    );
    assert!(
        recorder.notes().contains("fetched elsewhere"),
        "{}",
        recorder.notes()
    );

    child.kill().await.unwrap();
    arrives(&stage, &Recorder::default()).await;
    assert!(stage.remote.ranges(Host::Cdn).pop().flatten().is_some());
}

#[tokio::test]
async fn a_server_without_ranges_is_read_from_the_start_again() {
    let stage = Stage::new().await;
    stage.remote.misbehave(
        WEIGHTS,
        [
            Fault::CutAfter(1_200_000),
            Fault::IgnoreRange(500_000),
            Fault::IgnoreRange(9_000_000),
        ],
    );
    let recorder = Recorder::default();
    arrives(&stage, &recorder).await;
    assert!(
        recorder.notes().contains("starting over"),
        "{}",
        recorder.notes()
    );
    assert_eq!(
        recorder.files.lock().unwrap()["model.safetensors"].starts,
        3
    );
}

#[tokio::test]
async fn a_partial_answer_from_elsewhere_in_the_file_is_not_taken() {
    let stage = Stage::new().await;
    stage
        .remote
        .misbehave(WEIGHTS, [Fault::CutAfter(1_200_000), Fault::WrongRange]);
    arrives(&stage, &Recorder::default()).await;
}

#[tokio::test]
async fn a_server_that_sends_pieces_is_asked_for_the_next_one() {
    let stage = Stage::new().await;
    stage
        .remote
        .misbehave(WEIGHTS, [Fault::Piece(1_100_000), Fault::Piece(1_100_000)]);
    arrives(&stage, &Recorder::default()).await;
}

#[tokio::test]
async fn a_file_that_changes_on_the_way_is_fetched_as_what_it_became() {
    let stage = Stage::new().await;
    stage.remote.put(TINY, "merges.txt", "old".repeat(50_000));
    stage
        .remote
        .misbehave("get merges.txt", [Fault::CutAfter(10_000)]);
    let new = b"newer".repeat(40_000);
    // The first request breaks, and before the second one the file is another.
    stage.remote.misbehave(
        "resolve merges.txt",
        [Fault::Nothing, Fault::Becomes(new.clone())],
    );
    let recorder = Recorder::default();
    let want = Want::Files(vec!["merges.txt".to_owned()]);
    let snapshot = stage.hub().pull(&id(TINY), &want, &recorder).await.unwrap();
    assert!(std::fs::read(snapshot.dir.join("merges.txt")).unwrap() == new);
    assert!(
        recorder.notes().contains("changed on the hub"),
        "{}",
        recorder.notes()
    );
}

#[tokio::test]
async fn a_silent_connection_is_left_and_the_file_continued() {
    let stage = Stage::new().await;
    stage
        .remote
        .misbehave(WEIGHTS, [Fault::StallAfter(1_100_000)]);
    let options = Options {
        stall: Duration::from_millis(400),
        ..impatient()
    };
    let hub = Hub::with_options(stage.settings(), options.clone());
    hub.pull(&id(TINY), &only_weights(), &()).await.unwrap();

    let stage = Stage::new().await;
    stage
        .remote
        .misbehave(WEIGHTS, vec![Fault::StallAfter(0); 20]);
    let hub = Hub::with_options(
        stage.settings(),
        Options {
            tries: 2,
            ..options
        },
    );
    let error = hub.pull(&id(TINY), &only_weights(), &()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Timeout, "{error}");
}

#[tokio::test]
async fn wrong_content_gets_no_place() {
    let stage = Stage::new().await;
    stage.remote.misbehave(WEIGHTS, [Fault::Damaged]);
    let error = stage
        .hub()
        .pull(&id(TINY), &Want::Model, &())
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Hash { .. }) && error.kind() == Kind::Upstream,
        "{error}"
    );
    assert!(
        !stage
            .blobs()
            .iter()
            .any(|name| name.trim_end_matches(".incomplete").len() == 64),
        "neither the blob nor a part: {:?}",
        stage.blobs()
    );
    assert!(stage.hub().cached(&id(TINY), &Want::Model).is_none());
    stage
        .hub()
        .pull(&id(TINY), &Want::Model, &())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_damaged_part_of_an_earlier_pull_is_fetched_anew() {
    let stage = Stage::new().await;
    stage
        .remote
        .misbehave(WEIGHTS, vec![Fault::CutAfter(1000); 4]);
    stage
        .hub()
        .pull(&id(TINY), &only_weights(), &())
        .await
        .unwrap_err();
    let part = stage.repository().join("blobs").join(&stage.blobs()[0]);
    for damaged in [
        vec![7; 4000],
        vec![7; weights().len()],
        vec![7; weights().len() + 1],
    ] {
        std::fs::write(&part, damaged).unwrap();
        arrives(&stage, &Recorder::default()).await;
        std::fs::remove_dir_all(stage.repository()).unwrap();
        std::fs::create_dir_all(part.parent().unwrap()).unwrap();
    }
}

#[tokio::test]
async fn more_bytes_than_announced_are_not_taken() {
    let stage = Stage::new().await;
    stage.remote.misbehave(WEIGHTS, [Fault::Excess(10)]);
    let error = stage
        .hub()
        .pull(&id(TINY), &only_weights(), &())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Size { .. }), "{error}");
}

#[tokio::test]
async fn an_interrupted_pull_is_not_taken_for_a_model() {
    let stage = Stage::new().await;
    // All that a model must have is there; what is missing is a file that it could also be without.
    stage
        .remote
        .misbehave("get tokenizer_config.json", vec![Fault::CutAfter(1); 4]);
    let hub = Hub::with_options(
        stage.settings(),
        Options {
            connections: 1,
            ..impatient()
        },
    );
    hub.pull(&id(TINY), &Want::Model, &()).await.unwrap_err();
    for revision in ["main", COMMIT] {
        let id = id(TINY).with_revision(revision).unwrap();
        assert_eq!(hub.cached(&id, &Want::Model), None, "{revision}");
    }
    let snapshot = hub.pull(&id(TINY), &Want::Model, &()).await.unwrap();
    assert_eq!(snapshot.files.len(), 4);
}

#[tokio::test]
async fn two_pulls_at_once_fetch_each_file_once() {
    let stage = Stage::new().await;
    let (first, second) = (stage.hub(), stage.hub());
    let (model, want) = (id(TINY), Want::Model);
    let (first, second) = tokio::join!(
        first.pull(&model, &want, &()),
        second.pull(&model, &want, &())
    );
    assert_eq!(first.unwrap(), second.unwrap());
    assert_eq!(stage.remote.ranges(Host::Cdn).len(), 1);
    let files: Vec<_> = stage
        .remote
        .seen()
        .into_iter()
        .filter(|seen| seen.method == "GET")
        .collect();
    assert_eq!(
        files
            .iter()
            .filter(|seen| seen.path.contains(&format!("{COMMIT}/config.json")))
            .count(),
        1
    );
}
