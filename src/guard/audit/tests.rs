use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use ferrule_types::{AskedBy, Context, Ruling, ToolKey, Verdict};
use serde_json::json;

use super::{
    Audit, Broken, Chain, Entry, Failure, Fault, Filter, Head, Ring, Sink, verify, verify_from,
    verify_until,
};

fn entry(name: &str) -> Entry {
    let context = Context::new(AskedBy::Model)
        .on_behalf_of("ann")
        .in_session("s1");
    let at = SystemTime::UNIX_EPOCH + Duration::from_millis(1500);
    Entry::new(
        at,
        &context,
        &ToolKey::split(name),
        &json!({"path": "/tmp/a", "password": "x"}),
    )
}

fn names(entries: &[Entry]) -> Vec<&str> {
    entries
        .iter()
        .map(|entry| entry.tool_name.as_str())
        .collect()
}

fn lines(count: usize) -> (Vec<String>, Head) {
    let mut chain = Chain::default();
    let lines = (0..count)
        .map(|at| {
            chain
                .line(&entry(&format!("files__t{at}")))
                .expect("a line")
        })
        .collect();
    (lines, chain.head().clone())
}

fn broken(lines: &[String]) -> Broken {
    verify(lines.iter().map(String::as_str)).expect_err("the chain is broken")
}

#[test]
fn an_entry_reads_as_the_fixture_does() {
    let failed = entry("files__shell__ls")
        .judged(&Verdict::Allow(Ruling::new("tools.ok", "it may")))
        .failed("cannot reach https://u:p@h/ with token=abc")
        .took(Duration::from_micros(2500));
    let wanted: serde_json::Value = serde_json::from_str(include_str!(
        "../../../tests/fixtures/guard/audit/entry.json"
    ))
    .expect("a fixture");
    assert_eq!(serde_json::to_value(&failed).expect("JSON"), wanted);
    assert_eq!(
        serde_json::from_value::<Entry>(wanted).expect("an entry"),
        failed
    );
}

#[test]
fn a_denied_call_is_a_failed_one_for_the_reason_of_its_ruling() {
    let denied = entry("a__b").judged(&Verdict::Deny(Ruling::new(
        "tools.blocked",
        "no, not with password=x",
    )));
    assert!(!denied.success);
    assert_eq!(
        denied.error_message.as_deref(),
        Some("no, not with password=[REDACTED]")
    );
    let asked = entry("a__b")
        .judged(&Verdict::Ask(Ruling::new("r", "why")))
        .answered_by("person");
    let decision = asked.decision.expect("a decision");
    assert_eq!(
        (decision.verdict.as_str(), decision.answered_by.as_deref()),
        ("ask", Some("person"))
    );
}

#[test]
fn huge_arguments_are_kept_as_their_size() {
    let context = Context::new(AskedBy::Operator);
    let key = ToolKey::split("a__b");
    let many: Vec<String> = (0..5000).map(|at| format!("item {at}")).collect();
    let kept = Entry::new(
        SystemTime::UNIX_EPOCH,
        &context,
        &key,
        &json!({"many": many}),
    )
    .arguments
    .to_string();
    assert!(kept.len() < 100 && kept.contains("[truncated]"), "{kept}");
}

#[test]
fn the_ring_keeps_the_newest_thousand_and_gives_the_oldest_of_them_first() {
    let ring = Ring::default();
    for at in 0..1003 {
        ring.record(&entry(&format!("a__t{at}")));
    }
    let all = ring.entries(&Filter {
        limit: 5000,
        ..Filter::default()
    });
    assert_eq!(
        (all.len(), names(&all)[0], names(&all)[999]),
        (1000, "t3", "t1002")
    );
    assert_eq!(ring.entries(&Filter::default()).len(), 100);
    let two = ring.entries(&Filter {
        limit: 2,
        ..Filter::default()
    });
    assert_eq!(names(&two), ["t1001", "t1002"]);
    assert_eq!(ring.clear(), 1000);
    assert_eq!(
        (ring.clear(), ring.entries(&Filter::default()).len()),
        (0, 0)
    );
}

#[test]
fn a_filter_looks_within_names_and_a_limit_of_none_gives_none() {
    let ring = Ring::default();
    for name in ["files__read_file", "files__list", "web__fetch_file"] {
        ring.record(&entry(name));
    }
    ring.record(&entry("files__write_file").failed("full"));
    let found = |filter: Filter| {
        names(&ring.entries(&filter))
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let tool = |text: &str| Filter {
        tool: Some(text.into()),
        ..Filter::default()
    };
    assert_eq!(
        found(tool("file")),
        ["read_file", "fetch_file", "write_file"]
    );
    assert_eq!(
        found(Filter {
            server: Some("web".into()),
            ..tool("file")
        }),
        ["fetch_file"]
    );
    assert_eq!(
        found(Filter {
            errors_only: true,
            ..Filter::default()
        }),
        ["write_file"]
    );
    assert_eq!(
        found(Filter {
            limit: 1,
            ..tool("read")
        }),
        ["read_file"]
    );
    assert!(
        found(Filter {
            limit: 0,
            ..Filter::default()
        })
        .is_empty()
    );
    assert!(
        found(Filter {
            principal: Some("bob".into()),
            ..Filter::default()
        })
        .is_empty()
    );
}

#[test]
fn a_sink_that_fails_or_panics_is_counted_and_hinders_nobody() {
    let taken = Arc::new(AtomicU64::new(0));
    let counter = taken.clone();
    let sinks: Vec<Arc<dyn Sink>> = vec![
        Arc::new(|_: &Entry| -> Result<(), Failure> { Err("the disk is full".into()) }),
        Arc::new(|_: &Entry| -> Result<(), Failure> { panic!("a callback's own mistake") }),
        Arc::new(move |_: &Entry| -> Result<(), Failure> {
            counter.fetch_add(1, Ordering::Relaxed);
            Ok(())
        }),
    ];
    let audit = Audit::new(sinks);
    audit.record(&entry("a__b"));
    audit.record(&entry("a__c"));
    assert_eq!((audit.failures(), taken.load(Ordering::Relaxed)), (4, 2));
    assert_eq!(audit.ring().entries(&Filter::default()).len(), 2);
}

#[test]
fn a_whole_chain_is_verified_up_to_its_head() {
    let (lines, head) = lines(5);
    assert_eq!(verify(lines.iter().map(String::as_str)), Ok(head.clone()));
    assert_eq!(verify([]), Ok(Head::default()));
    assert_eq!(Head::of(&lines[4]), Ok(head.clone()));
    let middle = Head::of(&lines[1]).expect("a head");
    assert_eq!(
        verify_from(middle, lines[2..].iter().map(String::as_str)),
        Ok(head.clone())
    );
    let mut chain = Chain::behind(head);
    let next = chain.line(&entry("a__b")).expect("a line");
    assert!(verify(lines.iter().map(String::as_str).chain([next.as_str()])).is_ok());
}

#[test]
fn an_edited_dropped_moved_or_torn_line_is_found_where_it_stands() {
    let (whole, _) = lines(5);
    let mut edited = whole.clone();
    edited[2] = edited[2].replace("/tmp/a", "/tmp/b");
    assert_eq!(
        broken(&edited),
        Broken {
            line: 3,
            fault: Fault::Edited
        }
    );
    let mut dropped = whole.clone();
    dropped.remove(2);
    assert_eq!(
        broken(&dropped),
        Broken {
            line: 3,
            fault: Fault::Misplaced {
                expected: 3,
                got: 4
            }
        }
    );
    let mut swapped = whole.clone();
    swapped.swap(1, 2);
    assert_eq!(broken(&swapped).line, 2);
    assert_eq!(
        broken(&whole[1..]),
        Broken {
            line: 1,
            fault: Fault::Misplaced {
                expected: 1,
                got: 2
            }
        }
    );
    let mut torn = whole.clone();
    torn[4].truncate(60);
    assert_eq!(
        broken(&torn),
        Broken {
            line: 5,
            fault: Fault::Unreadable
        }
    );
    // A line whose digests were computed anew no longer fits the next one.
    let mut forged = whole.clone();
    let mut chain = Chain::behind(Head::of(&whole[1]).expect("a head"));
    forged[2] = chain.line(&entry("a__forged")).expect("a line");
    assert_eq!(
        broken(&forged),
        Broken {
            line: 4,
            fault: Fault::Unlinked
        }
    );
}

#[test]
fn every_single_changed_byte_is_found() {
    let (whole, _) = lines(3);
    for at in 0..whole[1].len() {
        let mut bytes = whole[1].clone().into_bytes();
        bytes[at] ^= 1;
        let changed = String::from_utf8(bytes).expect("ASCII stays ASCII");
        assert!(
            verify([whole[0].as_str(), &changed, &whole[2]]).is_err(),
            "byte {at}"
        );
    }
}

#[test]
fn a_cut_off_end_is_found_only_with_a_head_that_was_kept() {
    let (whole, head) = lines(5);
    let short = || whole[..3].iter().map(String::as_str);
    assert!(verify(short()).is_ok(), "which is why the head can be kept");
    let fault = Fault::Short {
        expected: 5,
        got: 3,
    };
    assert_eq!(verify_until(&head, short()), Err(Broken { line: 3, fault }));
    let earlier = Head::of(&whole[2]).expect("a head");
    assert_eq!(
        verify_until(&earlier, whole.iter().map(String::as_str)),
        Ok(head)
    );
    let mut anew = Chain::default();
    let written_anew: Vec<String> = (0..5)
        .map(|_| anew.line(&entry("a__b")).expect("a line"))
        .collect();
    let fault = Fault::OtherHead;
    assert_eq!(
        verify_until(&earlier, written_anew.iter().map(String::as_str)),
        Err(Broken { line: 3, fault })
    );
}

#[test]
fn a_line_with_the_last_number_there_is_breaks_the_chain_and_nothing_else() {
    let mut chain = Chain::behind(Head {
        seq: u64::MAX,
        ..Head::default()
    });
    let line = chain.line(&entry("a")).unwrap();
    assert!(chain.head().follow(&line).is_err());
}
