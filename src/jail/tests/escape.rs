//! Ways around a layer: what the layers do not look at must be out of reach too, or the report must say so.

use std::{
    fs,
    os::{
        linux::net::SocketAddrExt as _,
        unix::{
            fs::symlink,
            net::{SocketAddr, UnixDatagram},
        },
    },
};

use super::{answers, fixture, holds, mark};
use crate::{Plan, Root, plan::Without};

/// Memory that this process shares with whoever knows its number, for as long as this lives.
struct Shared(libc::c_int);

impl Shared {
    fn new() -> Self {
        // SAFETY: it only answers a number.
        let number = unsafe { libc::shmget(libc::IPC_PRIVATE, 4096, libc::IPC_CREAT | 0o600) };
        assert!(number >= 0, "{}", std::io::Error::last_os_error());
        Shared(number)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: nobody here is attached to it.
        unsafe { libc::shmctl(self.0, libc::IPC_RMID, std::ptr::null_mut()) };
    }
}

#[tokio::test]
async fn nothing_outside_is_reached_around_a_layer() {
    let folder = tempfile::tempdir_in(super::built()).unwrap();
    let outside = folder.path().join("outside");
    fs::write(&outside, "secret").unwrap();
    let socket = folder.path().join("log");
    let _by_path = UnixDatagram::bind(&socket).unwrap();
    let name = mark("abstract");
    let _by_name =
        UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    let shared = Shared::new();
    for without in [None, Some(Without::Namespaces)] {
        let mut plan = fixture("escape.py", &[]);
        plan.without = without;
        for (name, value) in [
            ("SOCKET", socket.display().to_string()),
            ("ABSTRACT", name.clone()),
            ("OUTSIDE", outside.display().to_string()),
            ("MEMORY", shared.0.to_string()),
            ("TARGET", std::process::id().to_string()),
        ] {
            plan.env.push((name.to_owned(), value));
        }
        let (got, report) = answers(&plan).await;
        let wrong: Vec<_> = got
            .as_object()
            .unwrap()
            .iter()
            .filter(|(act, answer)| (*answer == "ok") != act.starts_with("own "))
            .map(|(act, _)| act.as_str())
            .collect();
        if without.is_none() {
            assert!(wrong.is_empty(), "{wrong:?} {got:#}");
            continue;
        }
        // Landlock knows no right to change rights: that is told.
        assert_eq!(wrong, ["null device", "outside"], "{got:#}");
        let filesystem = report.iter().find(|line| line.what == "filesystem");
        let note = filesystem.and_then(|line| line.note.as_deref());
        assert!(note.unwrap().contains("the rights and times"), "{note:?}");
    }
}

#[tokio::test]
async fn a_secret_is_hidden_under_every_name_of_its_root() {
    let world = tempfile::tempdir_in(super::built()).unwrap();
    let home = world.path().join("home");
    fs::create_dir_all(home.join(".ssh")).unwrap();
    fs::write(home.join(".ssh/id_rsa"), "secret").unwrap();
    fs::write(home.join(".netrc"), "secret").unwrap();
    let link = world.path().join("link");
    symlink(&home, &link).unwrap();
    let key = format!("read:{}", link.join(".ssh/id_rsa").display());
    let names = format!("read:{}", link.join(".netrc").display());
    let mut plan = fixture("look.py", &[&key, &names]);
    plan.home = Some(home);
    plan.roots.push(Root::read(&link));
    let (got, report) = answers(&plan).await;
    if holds(&report, "secrets in roots").is_some() {
        assert!(!got[&key].as_str().unwrap().starts_with("ok"), "{got}");
        assert_eq!(got[&names], "ok 0");
    }
}

#[test]
fn a_wide_folder_is_no_root_under_any_other_name() {
    let world = tempfile::tempdir_in(super::built()).unwrap();
    let home = world.path().join("home");
    fs::create_dir_all(home.join("work")).unwrap();
    let link = world.path().join("link");
    symlink(&home, &link).unwrap();
    let mut plan = Plan::new("x", [home.join("work/..").display().to_string()]);
    plan.args.push(link.display().to_string());
    plan.args.push("/usr/../home".to_owned());
    plan.home = Some(home);
    assert_eq!(plan.with_named_paths().roots, []);
}

#[test]
fn a_script_in_a_home_folder_is_seen_alone() {
    let home = tempfile::tempdir_in(super::built()).unwrap();
    let script = home.path().join("server.py");
    fs::write(&script, "").unwrap();
    let mut plan = Plan::new("python3", [script.display().to_string()]);
    plan.home = Some(home.path().to_owned());
    assert_eq!(plan.with_named_paths().roots, [Root::read(script)]);
}
