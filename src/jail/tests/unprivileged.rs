//! The whole parent as somebody who is not root: this test binary once more, as nobody.

use std::{os::unix::process::CommandExt as _, process::Command};

use super::{answers, fixture, holds};
use crate::{Network, plan::Without};

/// What the other test runs as nobody. As a test of its own it runs as whoever runs the tests.
#[tokio::test]
async fn what_holds_for_whoever_we_are_is_what_the_report_says() {
    for without in [None, Some(Without::Namespaces)] {
        let mut plan = fixture(
            "look.py",
            &[
                "status",
                "read:/etc/shadow",
                "list:/root",
                "connect:1.1.1.1:443",
            ],
        );
        plan.network = Network::None;
        plan.without = without;
        let (got, report) = answers(&plan).await;
        println!("{} {got} {report:#?}", std::process::id());
        let status = got["status"].as_str().unwrap();
        assert!(
            status.contains("NoNewPrivs:1") && status.contains("Seccomp:2"),
            "{status}"
        );
        for denied in ["read:/etc/shadow", "list:/root", "connect:1.1.1.1:443"] {
            assert!(!got[denied].as_str().unwrap().starts_with("ok"), "{got}");
        }
        for what in [
            "filesystem",
            "system calls",
            "network",
            "privileges",
            "memory",
        ] {
            assert!(holds(&report, what).is_some(), "{what}: {report:#?}");
        }
    }
}

#[test]
fn a_parent_without_rights_has_a_jail_too() {
    // SAFETY: it only answers.
    if unsafe { libc::geteuid() } != 0 {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let binary = folder.path().join("tests");
    std::fs::copy(std::env::current_exe().unwrap(), &binary).unwrap();
    for path in [folder.path(), &binary] {
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .unwrap();
    }
    let names = [
        "tests::unprivileged::what_holds_for_whoever_we_are_is_what_the_report_says",
        "tests::ends::a_tree_that_ignores_everything_is_gone_after_the_grace",
        "tests::amounts::a_thousand_forks_come_to_an_end_at_the_limit",
        "tests::network::named_hosts_are_reached_through_the_proxy_alone",
        "tests::kernel::system_calls_against_the_kernel_and_the_parent_are_denied",
    ];
    let answer = Command::new(&binary)
        .arg("--exact")
        .args(names)
        .env("HOME", "/nonexistent")
        .current_dir("/")
        .uid(65_534)
        .gid(65_534)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&answer.stdout);
    assert!(
        answer.status.success() && said.contains(&format!("{} passed", names.len())),
        "{said}"
    );
}
