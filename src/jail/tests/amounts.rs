use super::{eventually_none, first_line, fixture, holds, mark};
use crate::{User, plan::Without};

async fn forks(without: Option<Without>, user: Option<User>, by: &str) {
    let mark = mark("forks");
    let mut plan = fixture("forks.py", &["stay", &mark]);
    plan.limits.processes = Some(30);
    plan.without = without;
    plan.user = user;
    let mut jailed = plan.spawn().unwrap();
    if holds(jailed.report(), "process count").is_none() {
        println!("not counted here: {:#?}", jailed.report());
        return;
    }
    assert!(
        holds(jailed.report(), "process count")
            .unwrap()
            .starts_with(by),
        "{:#?}",
        jailed.report()
    );
    let children: u32 = first_line(&mut jailed).await.parse().unwrap();
    assert!((1..=30).contains(&children), "{children}");
    drop(jailed);
    assert_eq!(eventually_none(&mark).await, Vec::<u32>::new());
}

const NOBODY: User = User {
    id: 65_534,
    group: 65_534,
};

/// Root alone may become somebody else.
fn is_root() -> bool {
    // SAFETY: it only answers.
    unsafe { libc::geteuid() == 0 }
}

#[tokio::test]
async fn a_thousand_forks_come_to_an_end_at_the_limit() {
    forks(None, None, "").await;
}

#[tokio::test]
async fn without_a_cgroup_another_user_is_counted_in_its_namespace() {
    if is_root() {
        forks(
            Some(Without::Cgroup),
            Some(NOBODY),
            "rlimit in a user namespace",
        )
        .await;
    }
}

#[tokio::test]
async fn without_cgroup_and_namespaces_another_user_is_counted_as_a_whole() {
    if is_root() {
        forks(Some(Without::Both), Some(NOBODY), "rlimit").await;
    }
}

#[tokio::test]
async fn without_a_cgroup_the_report_tells_that_root_is_not_counted() {
    if is_root() {
        let mut plan = fixture("look.py", &[]);
        plan.without = Some(Without::Cgroup);
        let jailed = plan.spawn().unwrap();
        assert_eq!(holds(jailed.report(), "process count"), None);
    }
}

#[tokio::test]
async fn memory_comes_to_an_end_at_the_limit() {
    let mut plan = fixture("eats.py", &[]);
    plan.limits.memory = Some(256 << 20);
    let mut jailed = plan.spawn().unwrap();
    let got: u64 = first_line(&mut jailed).await.parse().unwrap();
    assert!((16..=256).contains(&got), "{got} MiB");
}

#[tokio::test]
async fn a_file_and_the_private_folder_have_a_size() {
    let script = "import os, resource, signal\n\
                  signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n\
                  def fill(path):\n\
                  \x20   got = 0\n\
                  \x20   try:\n\
                  \x20       with open(path, 'wb', buffering=0) as file:\n\
                  \x20           while got < 64: got += file.write(bytes(1 << 20)) >> 20\n\
                  \x20   except OSError: pass\n\
                  \x20   return got\n\
                  print(fill('a'), [fill(os.environ['TMPDIR'] + f'/{n}') for n in range(4)])";
    let folder = tempfile::tempdir().unwrap();
    let mut plan = crate::Plan::new(super::python(), ["-c", script]);
    plan.cwd = Some(folder.path().to_owned());
    plan.limits.file_size = Some(8 << 20);
    plan.limits.temporary = 12 << 20;
    let mut jailed = plan.spawn().unwrap();
    let is_inside = holds(jailed.report(), "filesystem")
        .unwrap()
        .contains("mount");
    let expected = if is_inside {
        "8 [8, 3, 0, 0]"
    } else {
        "8 [8, 8, 8, 8]"
    };
    let said = first_line(&mut jailed).await;
    assert!(said == expected || said == "8 [8, 4, 0, 0]", "{said}");
}

#[tokio::test]
async fn computing_time_comes_to_an_end_at_the_limit() {
    let mut plan = crate::Plan::new(super::python(), ["-c", "while True: pass"]);
    plan.limits.cpu = Some(std::time::Duration::from_secs(1));
    let mut jailed = plan.spawn().unwrap();
    let status = tokio::time::timeout(super::PATIENCE, jailed.wait())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(status.code(), Some(128 + libc::SIGXCPU));
}

#[tokio::test]
async fn a_flood_on_the_error_stream_holds_nobody_up_and_its_end_is_kept() {
    let mut jailed = fixture("flood.py", &[]).spawn().unwrap();
    assert_eq!(first_line(&mut jailed).await, "done");
    jailed.wait().await.unwrap();
    for _ in 0..100 {
        if jailed.stderr().ends_with("the end\n") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let kept = jailed.stderr();
    assert!(
        kept.ends_with("the end\n") && kept.len() <= 64 << 10,
        "{} bytes",
        kept.len()
    );
}
