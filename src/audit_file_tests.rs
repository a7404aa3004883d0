//! The audit's file: what is written is verified, by several writers too, and what is broken is found.

use std::{fs, path::Path, sync::Arc, time::SystemTime};

use ferrule_guard::audit::{Audit, Broken, Entry, Fault};
use ferrule_types::{AskedBy, Context, ToolKey};
use serde_json::json;

use crate::audit_file::{AuditFile, Durability, Error, verify};

fn entry(name: &str) -> Entry {
    let key = ToolKey::split(name);
    Entry::new(
        SystemTime::UNIX_EPOCH,
        &Context::new(AskedBy::Model),
        &key,
        &json!({"token": "abc", "n": 1}),
    )
}

fn open(path: &Path) -> AuditFile {
    AuditFile::open(path, Durability::Kernel).expect("an audit file")
}

#[test]
fn what_is_appended_is_verified_and_goes_on_after_opening_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.jsonl");
    let first = AuditFile::open(&path, Durability::Disk).expect("an audit file");
    first.append(&entry("a__b")).expect("a line");
    let audit = Audit::new(vec![Arc::new(open(&path))]);
    audit.record(&entry("a__c"));
    assert_eq!(audit.failures(), 0);
    let head = verify(&path, None).expect("a whole chain");
    assert_eq!((head.seq, &head), (2, &first.head().expect("a head")));
    assert!(
        !fs::read_to_string(&path).expect("text").contains("abc"),
        "secrets stay out"
    );
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.jsonl");
    let mode = || path.metadata().expect("a file").permissions().mode() & 0o777;
    drop(open(&path));
    assert_eq!(mode(), 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("a mode");
    drop(open(&path));
    assert_eq!(mode(), 0o600);
}

/// The lock belongs to an open file and not to a process, so files that are opened on their own stand for processes.
#[test]
fn many_writers_make_one_chain() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.jsonl");
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let path = &path;
            scope.spawn(move || {
                let file = open(path);
                for at in 0..50 {
                    file.append(&entry(&format!("w{writer}__t{at}")))
                        .expect("a line");
                }
            });
        }
    });
    assert_eq!(verify(&path, None).expect("a whole chain").seq, 200);
}

#[test]
fn an_unfinished_line_is_taken_off_and_a_foreign_file_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.jsonl");
    open(&path).append(&entry("a__b")).expect("a line");
    let whole = fs::read(&path).expect("bytes");
    fs::write(&path, [&whole[..], &whole[..40]].concat()).expect("written");
    assert!(verify(&path, None).is_err());
    open(&path).append(&entry("a__c")).expect("a line");
    assert_eq!(verify(&path, None).expect("a whole chain").seq, 2);
    for foreign in ["my notes", "my notes\nand more\n"] {
        fs::write(&path, foreign).expect("written");
        assert!(matches!(
            AuditFile::open(&path, Durability::Kernel),
            Err(Error::Foreign { .. })
        ));
        assert_eq!(
            fs::read_to_string(&path).expect("text"),
            foreign,
            "it is left as it was"
        );
    }
}

#[test]
fn an_edited_line_is_found_and_a_cut_off_end_with_a_kept_head() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.jsonl");
    let file = open(&path);
    for at in 0..3 {
        file.append(&entry(&format!("a__t{at}"))).expect("a line");
    }
    let head = file.head().expect("a head");
    let text = fs::read_to_string(&path).expect("text");
    fs::write(&path, text.replace("\"t1\"", "\"tx\"")).expect("written");
    let problem = verify(&path, None).expect_err("it is broken");
    assert!(
        matches!(
            problem,
            Error::Broken {
                broken: Broken {
                    line: 2,
                    fault: Fault::Edited
                },
                ..
            }
        ),
        "{problem}"
    );
    let two: String = text.lines().take(2).flat_map(|line| [line, "\n"]).collect();
    fs::write(&path, two).expect("written");
    assert!(verify(&path, None).is_ok());
    let problem = verify(&path, Some(&head)).expect_err("it is short");
    assert!(
        problem.to_string().ends_with("the end was cut off"),
        "{problem}"
    );
}

#[test]
fn a_file_that_was_put_away_is_followed_by_a_new_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.jsonl");
    let file = open(&path);
    file.append(&entry("a__b")).expect("a line");
    fs::rename(&path, folder.path().join("audit.1.jsonl")).expect("moved");
    file.append(&entry("a__c")).expect("a line");
    assert_eq!(verify(&path, None).expect("a whole chain").seq, 1);
}
