use super::{answers, fixture, holds};
use crate::{Mode, plan::Without};

#[tokio::test]
async fn system_calls_against_the_kernel_and_the_parent_are_denied() {
    for without in [None, Some(Without::Namespaces)] {
        let mut plan = fixture("attack.py", &[]);
        plan.without = without;
        plan.env
            .push(("TARGET".to_owned(), std::process::id().to_string()));
        let (got, report) = answers(&plan).await;
        for (call, answer) in got.as_object().unwrap() {
            let expected: &[&str] = match call.as_str() {
                "io_uring" | "clone3" | "x32" => &["ENOSYS"],
                "signal" => &["EPERM", "ESRCH"],
                // Who is no root may not, and who is root in a map of one user knows no other.
                "setuid" => &["EPERM", "EINVAL"],
                _ => &["EPERM"],
            };
            assert!(
                expected.contains(&answer.as_str().unwrap()),
                "{call}: {answer}; {report:#?}"
            );
        }
        assert_eq!(holds(&report, "system calls").as_deref(), Some("seccomp"));
        assert!(holds(&report, "other processes").is_some());
    }
}

#[tokio::test]
async fn the_report_agrees_with_what_the_kernel_says_of_the_process() {
    for without in [None, Some(Without::Namespaces)] {
        let mut plan = fixture("look.py", &["status", "read:/etc/shadow"]);
        plan.without = without;
        let (got, report) = answers(&plan).await;
        let status = got["status"].as_str().unwrap();
        assert!(
            status.contains("NoNewPrivs:1") && status.contains("Seccomp:2"),
            "{status}"
        );
        for set in ["CapEff:0000000000000000", "CapPrm:0000000000000000"] {
            assert!(status.contains(set), "{status}");
        }
        assert_ne!(got["read:/etc/shadow"], "ok 100");
        for what in ["privileges", "system calls", "filesystem"] {
            assert!(holds(&report, what).is_some(), "{what}: {report:#?}");
        }
    }
}

#[tokio::test]
async fn switched_off_nothing_is_claimed_and_nothing_is_restricted() {
    let mut plan = fixture("look.py", &["status", "read:/etc/passwd"]);
    plan.mode = Mode::Off;
    let (got, report) = answers(&plan).await;
    assert!(
        got["status"].as_str().unwrap().contains("NoNewPrivs:0"),
        "{got}"
    );
    let held: Vec<&str> = report
        .iter()
        .filter(|line| line.holds())
        .map(|line| line.what.as_str())
        .collect();
    assert_eq!(held, ["environment", "end of the tree"]);
}

#[tokio::test]
async fn strict_refuses_where_a_layer_is_missing_and_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made");
    let mut plan = fixture("look.py", &[&format!("write:{}", made.display())]);
    plan.cwd = Some(folder.path().to_owned());
    plan.mode = Mode::Strict;
    plan.without = Some(Without::Namespaces);
    let error = plan.spawn().unwrap_err();
    assert!(
        matches!(&error, crate::Error::Missing { layer, .. } if layer == "namespaces"),
        "{error}"
    );
    assert!(!made.exists());
}

#[tokio::test]
async fn a_process_namespace_shows_its_own_processes_only() {
    let (got, report) = answers(&fixture("look.py", &["pids"])).await;
    if holds(&report, "other processes").as_deref() == Some("process namespace") {
        let pids = got["pids"].as_str().unwrap().split(' ').count();
        assert!(pids <= 3, "{got}");
    }
}

#[tokio::test]
async fn a_program_that_is_not_there_or_may_not_be_run_is_told() {
    let error = crate::Plan::new("no-such-program-here", [""])
        .spawn()
        .unwrap_err();
    assert!(
        matches!(error, crate::Error::ProgramNotFound { .. }),
        "{error}"
    );
    let error = crate::Plan::new(
        super::fixtures().join("look.py").display().to_string(),
        [""],
    )
    .spawn()
    .unwrap_err();
    assert!(
        matches!(error, crate::Error::NotExecutable { .. }),
        "{error}"
    );
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script");
    std::fs::write(&script, "#!/no/such/interpreter\n").unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let error = crate::Plan::new(script.display().to_string(), [""])
        .spawn()
        .unwrap_err();
    assert!(matches!(error, crate::Error::Start { .. }), "{error}");
}

#[tokio::test]
async fn strict_runs_where_every_layer_can_be_had() {
    let mut plan = fixture("look.py", &["cwd"]);
    plan.network = crate::Network::None;
    plan.mode = Mode::Strict;
    let all = crate::available();
    if all.iter().all(crate::Enforced::holds) {
        let (_, report) = answers(&plan).await;
        assert_eq!(report, all);
    } else {
        println!("not every layer here: {all:#?}");
        assert!(plan.spawn().is_err());
    }
}
