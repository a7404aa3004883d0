use std::path::Path;

use ferrule_fetch::Want;

use crate::fake_hub::COMMIT;
use crate::{Stage, TINY, id};

/// What another tool left: `copies` as on a filesystem without links.
fn left_by_another_tool(repository: &Path, files: &[&str], copies: bool) {
    let snapshot = repository.join("snapshots").join(COMMIT);
    for folder in [
        &snapshot,
        &repository.join("blobs"),
        &repository.join("refs"),
    ] {
        std::fs::create_dir_all(folder).unwrap();
    }
    std::fs::write(repository.join("refs/main"), COMMIT).unwrap();
    for file in files {
        if copies {
            std::fs::write(snapshot.join(file), file).unwrap();
        } else {
            std::fs::write(repository.join("blobs").join(format!("{file}-etag")), file).unwrap();
            #[cfg(unix)]
            std::os::unix::fs::symlink(format!("../../blobs/{file}-etag"), snapshot.join(file))
                .unwrap();
        }
    }
}

#[tokio::test]
async fn a_model_that_another_tool_pulled_is_found() {
    for copies in [cfg!(windows), true] {
        let stage = Stage::new().await;
        let files = [
            "config.json",
            "tokenizer.json",
            "model.safetensors",
            "pytorch_model.bin",
        ];
        left_by_another_tool(&stage.repository(), &files, copies);
        let snapshot = stage
            .hub()
            .pull(&id(TINY), &Want::Model, &())
            .await
            .unwrap();
        assert_eq!(
            snapshot.files,
            ["config.json", "model.safetensors", "tokenizer.json"]
        );
        assert!(stage.remote.seen().is_empty());
    }
}

#[tokio::test]
async fn what_another_tool_left_out_is_added() {
    let stage = Stage::new().await;
    left_by_another_tool(
        &stage.repository(),
        &["config.json", "model.safetensors"],
        cfg!(windows),
    );
    let hub = stage.hub();
    assert!(hub.cached(&id(TINY), &Want::Model).is_none());
    let snapshot = hub.pull(&id(TINY), &Want::Model, &()).await.unwrap();
    assert_eq!(
        std::fs::read_to_string(snapshot.dir.join("config.json")).unwrap(),
        "config.json",
        "what is there stays"
    );
    let fetched: Vec<_> = stage
        .remote
        .seen()
        .into_iter()
        .filter(|seen| seen.method == "GET")
        .map(|seen| seen.path)
        .collect();
    assert!(
        !fetched
            .iter()
            .any(|path| path.contains("config.json") && !path.contains("tokenizer")),
        "{fetched:?}"
    );
}

#[tokio::test]
async fn the_list_of_the_cache_names_every_snapshot() {
    let stage = Stage::new().await;
    let hub = stage.hub();
    assert!(
        hub.list_cached().unwrap().is_empty(),
        "a cache that does not exist is empty"
    );
    let snapshot = hub.pull(&id(TINY), &Want::Model, &()).await.unwrap();
    hub.pull(&id(TINY).with_revision(COMMIT).unwrap(), &Want::Model, &())
        .await
        .unwrap();
    stage.remote.put("alone", "x.gguf", vec![0; 100]);
    stage
        .remote
        .set_revision("alone", "v1", &COMMIT.replace('a', "c"));
    hub.pull(&id("alone@v1"), &Want::Model, &()).await.unwrap();
    let part = stage.folder.path().join("hub/models--org--part");
    left_by_another_tool(&part, &["config.json"], true);
    for stranger in [
        "datasets--a--b/snapshots",
        "models--../x",
        "version.txt",
        "models--org--empty/refs",
    ] {
        std::fs::create_dir_all(stage.folder.path().join("hub").join(stranger)).unwrap();
    }

    let models = hub.list_cached().unwrap();
    let ids: Vec<_> = models.iter().map(|model| model.id.to_string()).collect();
    assert_eq!(ids, ["alone@v1", "org/part", TINY]);
    assert_eq!(
        (models[0].bytes, models[0].files, models[0].complete),
        (100, 1, true)
    );
    assert!(!models[1].complete);
    let tiny = &models[2];
    assert_eq!(
        (tiny.revision.as_str(), tiny.commit.as_str(), &tiny.dir),
        ("main", COMMIT, &snapshot.dir)
    );
    assert_eq!(tiny.files, 4);
    assert!(tiny.modified.is_some() && tiny.complete);
    let size: u64 = snapshot
        .paths()
        .map(|path| std::fs::metadata(path).unwrap().len())
        .sum();
    assert_eq!(tiny.bytes, size);
    for model in models.iter().filter(|model| model.complete) {
        assert_eq!(hub.cached(&model.id, &Want::Model).unwrap().dir, model.dir);
    }
}
