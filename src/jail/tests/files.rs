use std::{fs, os::unix::net::UnixListener, path::Path};

use super::{answers, fixture, holds};
use crate::{Plan, Root, plan::Without};

/// A home with a key, a work folder with a file, and a socket like the one of a container service.
struct World {
    folder: tempfile::TempDir,
    _socket: UnixListener,
}

impl World {
    fn new() -> Self {
        // Not below `/tmp`, which is the jail's own.
        let built = super::built();
        let folder = tempfile::tempdir_in(built).unwrap();
        let put = |path: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "secret").unwrap();
        };
        for path in [
            "home/.ssh/id_rsa",
            "home/.aws/credentials",
            "home/.npmrc",
            "home/notes",
            "work/file",
            "other/file",
        ] {
            put(path);
        }
        let socket = UnixListener::bind(folder.path().join("docker.sock")).unwrap();
        World {
            folder,
            _socket: socket,
        }
    }

    fn path(&self, path: &str) -> String {
        self.folder.path().join(path).display().to_string()
    }

    fn plan(&self, tries: &[String]) -> Plan {
        let tries: Vec<&str> = tries.iter().map(String::as_str).collect();
        let mut plan = fixture("look.py", &tries);
        plan.home = Some(self.path("home").into());
        plan.cwd = Some(self.path("work").into());
        plan
    }
}

async fn sees_only_what_it_was_given(without: Option<Without>, by: &str) {
    let world = World::new();
    let tries = [
        format!("read:{}", world.path("home/.ssh/id_rsa")),
        format!("read:{}", world.path("home/notes")),
        format!("read:{}", world.path("other/file")),
        format!("write:{}", world.path("other/new")),
        format!("unix:{}", world.path("docker.sock")),
        "read:/etc/shadow".to_owned(),
        "read:/proc/1/environ".to_owned(),
        "write:/usr/local/new".to_owned(),
        "write:/etc/hosts".to_owned(),
        "write:/proc/sys/kernel/core_pattern".to_owned(),
        "list:/root".to_owned(),
    ];
    let mut plan = world.plan(&tries);
    plan.without = without;
    let (got, report) = answers(&plan).await;
    for each in &tries {
        let answer = got[each].as_str().unwrap();
        assert!(!answer.starts_with("ok"), "{each}: {answer}; {report:#?}");
    }
    assert_eq!(holds(&report, "filesystem").as_deref(), Some(by));
    assert!(!Path::new(&world.path("other/new")).exists());
}

#[tokio::test]
async fn a_jailed_program_sees_neither_home_nor_keys_nor_sockets() {
    sees_only_what_it_was_given(None, "mount namespace, Landlock").await;
}

#[tokio::test]
async fn without_namespaces_landlock_denies_the_same() {
    sees_only_what_it_was_given(Some(Without::Namespaces), "Landlock").await;
}

async fn uses_what_it_was_given(without: Option<Without>) {
    let world = World::new();
    let tries = [
        format!("read:{}", world.path("work/file")),
        format!("write:{}", world.path("work/new")),
        format!("read:{}", world.path("other/file")),
        "read:/etc/hosts".to_owned(),
        "read:/dev/urandom".to_owned(),
        "write:/dev/null".to_owned(),
        "list:/usr".to_owned(),
        "status".to_owned(),
        "cwd".to_owned(),
    ];
    let mut plan = world.plan(&tries);
    plan.without = without;
    plan.roots.push(Root::read(world.path("other")));
    let (got, report) = answers(&plan).await;
    for each in &tries {
        let answer = got[each].as_str().unwrap();
        assert!(answer.starts_with("ok"), "{each}: {answer}; {report:#?}");
    }
    assert_eq!(got["cwd"], format!("ok {}", world.path("work")));
    assert!(
        Path::new(&world.path("work/new")).exists(),
        "what it writes is there"
    );
}

#[tokio::test]
async fn work_folder_and_roots_can_be_used() {
    uses_what_it_was_given(None).await;
}

#[tokio::test]
async fn work_folder_and_roots_can_be_used_without_namespaces() {
    uses_what_it_was_given(Some(Without::Namespaces)).await;
}

#[tokio::test]
async fn a_root_to_be_read_cannot_be_written() {
    let world = World::new();
    for without in [None, Some(Without::Namespaces)] {
        let wish = format!("write:{}", world.path("other/new"));
        let mut plan = world.plan(std::slice::from_ref(&wish));
        plan.roots.push(Root::read(world.path("other")));
        plan.without = without;
        let (got, _) = answers(&plan).await;
        assert!(
            ["EROFS", "EACCES"].contains(&got[&wish].as_str().unwrap()),
            "{got}"
        );
    }
}

#[tokio::test]
async fn secrets_below_a_wide_root_are_hidden_or_told() {
    let world = World::new();
    let key = format!("read:{}", world.path("home/.ssh/id_rsa"));
    let npmrc = format!("read:{}", world.path("home/.npmrc"));
    let notes = format!("read:{}", world.path("home/notes"));
    let mut plan = world.plan(&[key.clone(), npmrc.clone(), notes.clone()]);
    plan.roots.push(Root::write(world.path("home")));
    let (got, report) = answers(&plan).await;
    // Where a folder's rights do not matter to its owner, it is empty.
    assert!(
        ["EACCES", "ENOENT"].contains(&got[&key].as_str().unwrap()),
        "{got}"
    );
    assert_eq!(
        (got[&npmrc].as_str(), got[&notes].as_str()),
        (Some("ok 0"), Some("ok 6"))
    );
    assert_eq!(
        holds(&report, "secrets in roots").as_deref(),
        Some("hidden by mounts")
    );

    plan.without = Some(Without::Namespaces);
    let (got, report) = answers(&plan).await;
    assert_eq!(got[&key], "ok 6", "the premise of the next line");
    assert_eq!(holds(&report, "secrets in roots"), None);
}

#[tokio::test]
async fn what_it_writes_to_its_own_folders_is_forgotten() {
    for without in [None, Some(Without::Namespaces)] {
        let script = "import os; t = os.environ['TMPDIR']; open(t + '/x', 'w').write('x'); \
                      open(os.environ['HOME'] + '/y', 'w').write('y'); print(f'\"{t}\"')";
        let mut plan = Plan::new(super::python(), ["-c", script]);
        plan.without = without;
        let (place, _) = answers(&plan).await;
        let place = Path::new(place.as_str().unwrap());
        for _ in 0..100 {
            if !place.join("x").exists() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert!(
            !place.join("x").exists() && !place.join("home/y").exists(),
            "{}",
            place.display()
        );
    }
}

#[tokio::test]
async fn the_environment_is_cleared_but_for_the_list_and_the_plan() {
    // SAFETY: no other test looks at this name.
    unsafe { std::env::set_var("FERRULE_TEST_SECRET_TOKEN", "s3cret") };
    let mut plan = fixture("look.py", &["env"]);
    plan.env
        .push(("GITHUB_TOKEN".to_owned(), "given".to_owned()));
    let (got, _) = answers(&plan).await;
    let names = got["env"].as_str().unwrap();
    assert!(
        names.contains("GITHUB_TOKEN") && names.contains("PATH"),
        "{names}"
    );
    assert!(!names.contains("SECRET"), "{names}");
    for name in names.split(' ').skip(1) {
        let known = [
            "HOME",
            "PATH",
            "USER",
            "LOGNAME",
            "TMP",
            "TEMP",
            "TMPDIR",
            "TZ",
            "TERM",
            "GITHUB_TOKEN",
        ];
        let known = known.contains(&name)
            || name.starts_with("LC_")
            || name.starts_with("LANG")
            || name.contains("CERT")
            || name.contains("CA_");
        assert!(known, "{name}");
    }
}

#[test]
fn a_root_that_holds_everything_is_refused() {
    for wide in ["/", "/proc", "/sys/kernel", "/dev"] {
        let mut plan = fixture("look.py", &[]);
        plan.roots.push(Root::read(wide));
        assert!(
            matches!(plan.check(), Err(crate::Error::TooWide { .. })),
            "{wide}"
        );
    }
}

#[test]
fn paths_among_the_arguments_become_roots_unless_they_are_everybody_s() {
    let world = World::new();
    let (work, file) = (world.path("work"), world.path("other/file"));
    let args = [
        work.as_str(),
        file.as_str(),
        "/",
        "/etc",
        "--flag",
        "relative",
        "/not/there",
    ];
    let mut plan = Plan::new("x", args);
    plan.home = Some(world.path("home").into());
    plan.args.push(world.path("home"));
    let roots = plan.with_named_paths().roots;
    assert_eq!(roots, [Root::write(work), Root::read(world.path("other"))]);
}
