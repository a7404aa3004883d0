//! A hub on loopback: HTTP/1.1 by hand over real sockets, with a storage host ("CDN") on a second port to which
//! large files are redirected. It can be told to misbehave once or several times, and remembers what it was asked.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, Once};

use sha2::{Digest, Sha256};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

use crate::fake_answer::Answer;

/// The one token that opens private and gated repositories.
pub const TOKEN: &str = "hf_right";
pub const COMMIT: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Host {
    Home,
    Cdn,
}

/// One misbehaviour, used up by one request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// This request goes well.
    Nothing,
    /// Announces everything, sends so many bytes and drops the connection.
    CutAfter(usize),
    /// Sends so many bytes and then nothing more.
    StallAfter(usize),
    /// Answers with the whole file whatever range was asked for, and drops the connection after so many bytes.
    IgnoreRange(usize),
    /// A partial answer that begins somewhere else.
    WrongRange,
    /// A whole answer that holds only so many bytes.
    Piece(usize),
    /// More bytes than the size that was announced before.
    Excess(usize),
    Status(u16, &'static [(&'static str, &'static str)]),
    Redirect(String),
    /// Other bytes of the same length.
    Damaged,
    /// A body of its own.
    Body(&'static str),
    /// From now on the file has this content.
    Becomes(Vec<u8>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Open,
    Private,
    Gated,
}

struct File {
    bytes: Vec<u8>,
    large: bool,
}

impl File {
    /// As a hub does it: the SHA-256 of a large file, something of 40 digits for a small one.
    fn etag(&self) -> String {
        let mut digits = String::new();
        for byte in Sha256::digest(&self.bytes) {
            let _ = write!(digits, "{byte:02x}");
        }
        digits.truncate(if self.large { 64 } else { 40 });
        digits
    }
}

struct Repository {
    access: Access,
    /// Revision → commit.
    revisions: BTreeMap<String, String>,
    files: BTreeMap<String, File>,
}

#[derive(Clone, Debug)]
pub struct Seen {
    pub host: Host,
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
}

#[derive(Default)]
struct State {
    repositories: HashMap<String, Repository>,
    faults: HashMap<String, VecDeque<Fault>>,
    moved: HashMap<String, String>,
    seen: Vec<Seen>,
}

#[derive(Clone)]
pub struct FakeHub {
    home: SocketAddr,
    cdn: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl FakeHub {
    pub async fn start() -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            rustls::crypto::ring::default_provider()
                .install_default()
                .unwrap();
        });
        let (home, cdn) = (
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        );
        let hub = Self {
            home: home.local_addr().unwrap(),
            cdn: cdn.local_addr().unwrap(),
            state: Arc::default(),
        };
        tokio::spawn(hub.clone().listen(home, Host::Home));
        tokio::spawn(hub.clone().listen(cdn, Host::Cdn));
        hub
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.home)
    }

    /// Adds a repository, or a file to it. Names that end in `.safetensors` or `.gguf` are large files.
    pub fn put(&self, repository: &str, file: &str, bytes: impl Into<Vec<u8>>) {
        let large = [".safetensors", ".gguf"]
            .iter()
            .any(|end| file.ends_with(end));
        let mut state = self.state.lock().unwrap();
        let repository = state
            .repositories
            .entry(repository.to_owned())
            .or_insert_with(|| Repository {
                access: Access::Open,
                revisions: BTreeMap::from([("main".to_owned(), COMMIT.to_owned())]),
                files: BTreeMap::new(),
            });
        repository.files.insert(
            file.to_owned(),
            File {
                bytes: bytes.into(),
                large,
            },
        );
    }

    pub fn set_access(&self, repository: &str, access: Access) {
        self.state
            .lock()
            .unwrap()
            .repositories
            .get_mut(repository)
            .unwrap()
            .access = access;
    }

    pub fn set_revision(&self, repository: &str, revision: &str, commit: &str) {
        let mut state = self.state.lock().unwrap();
        let repository = state.repositories.get_mut(repository).unwrap();
        repository
            .revisions
            .insert(revision.to_owned(), commit.to_owned());
    }

    /// Answers for `old` with a redirect to `new`, as after a renaming.
    pub fn set_moved(&self, old: &str, new: &str) {
        self.state
            .lock()
            .unwrap()
            .moved
            .insert(old.to_owned(), new.to_owned());
    }

    /// What the next requests of that sort meet: `"list"`, `"head <file>"`, `"get <file>"` (the bytes themselves,
    /// from whichever host) or `"resolve <file>"` (the hub's answer before a redirect).
    pub fn misbehave(&self, on: &str, faults: impl IntoIterator<Item = Fault>) {
        self.state
            .lock()
            .unwrap()
            .faults
            .entry(on.to_owned())
            .or_default()
            .extend(faults);
    }

    /// No more misbehaviour.
    pub fn forgive(&self) {
        self.state.lock().unwrap().faults.clear();
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.state.lock().unwrap().seen.clone()
    }

    pub fn forget(&self) {
        self.state.lock().unwrap().seen.clear();
    }

    /// The `Range` headers of the requests that asked a host for bytes of a large file, in order.
    pub fn ranges(&self, host: Host) -> Vec<Option<String>> {
        let bytes = |seen: &Seen| {
            seen.host == host && seen.method == "GET" && !seen.path.starts_with("/api/")
        };
        self.seen()
            .into_iter()
            .filter(bytes)
            .map(|seen| seen.headers.get("range").cloned())
            .collect()
    }

    async fn listen(self, listener: TcpListener, host: Host) {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(self.clone().serve(socket, host));
        }
    }

    async fn serve(self, mut socket: TcpStream, host: Host) {
        let mut buffer = Vec::new();
        loop {
            let end = loop {
                if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                    break end;
                }
                let mut more = [0; 4096];
                match socket.read(&mut more).await {
                    Ok(count) if count > 0 => buffer.extend_from_slice(&more[..count]),
                    _ => return,
                }
            };
            let head = String::from_utf8(buffer[..end].to_vec()).unwrap();
            buffer.drain(..end + 4);
            let seen = parse(&head, host);
            self.state.lock().unwrap().seen.push(seen.clone());
            let answer = match host {
                Host::Home => self.home(&seen),
                Host::Cdn => self.cdn(&seen),
            };
            if !answer.send(&mut socket, seen.method == "HEAD").await {
                return;
            }
        }
    }

    fn fault(&self, on: &str) -> Option<Fault> {
        self.state.lock().unwrap().faults.get_mut(on)?.pop_front()
    }

    fn home(&self, seen: &Seen) -> Answer {
        let path = seen.path.trim_start_matches('/');
        let (list, rest) = match path.strip_prefix("api/models/") {
            Some(rest) => (true, rest),
            None => (false, path),
        };
        let Some((name, rest)) = rest.split_once(if list { "/revision/" } else { "/resolve/" })
        else {
            return Answer::status(404, &[]);
        };
        if let Some(new) = self.state.lock().unwrap().moved.get(name) {
            return Answer::redirect(307, &seen.path.replace(name, new));
        }
        let (revision, file) = if list {
            (rest, "")
        } else {
            rest.split_once('/').unwrap_or((rest, ""))
        };
        let on = match (list, seen.method.as_str()) {
            (true, _) => "list".to_owned(),
            (_, "HEAD") => format!("head {file}"),
            _ => format!("resolve {file}"),
        };
        if let Some(answer) = self.spoiled(&on, name, file) {
            return answer;
        }
        let state = self.state.lock().unwrap();
        let repository = state.repositories.get(name);
        if let Some(answer) = refused(repository, seen) {
            return answer;
        }
        let repository = repository.unwrap();
        let revision = revision.replace("%2F", "/");
        let commit = match repository.revisions.get(&revision) {
            Some(commit) => commit.clone(),
            None if repository
                .revisions
                .values()
                .any(|commit| *commit == revision) =>
            {
                revision
            }
            None => return Answer::status(404, &[("x-error-code", "RevisionNotFound")]),
        };
        if list {
            let names: Vec<_> = repository
                .files
                .keys()
                .map(|name| serde_json::json!({"rfilename": name}))
                .collect();
            let body =
                serde_json::json!({"id": name, "sha": commit, "siblings": names}).to_string();
            return Answer::whole(200, body.into_bytes());
        }
        let Some(about) = repository.files.get(file) else {
            return Answer::status(404, &[("x-error-code", "EntryNotFound")]);
        };
        let mut answer = if about.large {
            let target = format!(
                "http://{}/{file}?Signature=signed&sha={}",
                self.cdn,
                about.etag()
            );
            let mut answer = Answer::redirect(302, &target);
            answer.header("x-linked-etag", &format!("\"{}\"", about.etag()));
            answer.header("x-linked-size", &about.bytes.len().to_string());
            answer
        } else {
            let (bytes, etag) = (about.bytes.clone(), about.etag());
            drop(state);
            let fault = if seen.method == "GET" {
                self.fault(&format!("get {file}"))
            } else {
                None
            };
            Answer::ranged(seen, bytes, &etag, fault.as_ref())
        };
        answer.header("x-repo-commit", &commit);
        answer
    }

    /// The misbehaviour of the hub itself that is next, if it replaces the answer.
    fn spoiled(&self, on: &str, repository: &str, file: &str) -> Option<Answer> {
        match self.fault(on)? {
            Fault::Status(status, headers) => Some(Answer::status(status, headers)),
            Fault::Redirect(target) => Some(Answer::redirect(302, &target)),
            Fault::Body(body) => Some(Answer::whole(200, body.into())),
            Fault::Becomes(bytes) => {
                self.put(repository, file, bytes);
                None
            }
            Fault::Nothing => None,
            other => panic!("{other:?} is no fault of {on}"),
        }
    }

    /// Where the storage host has a file.
    pub fn stored(&self, repository: &str, file: &str) -> String {
        let state = self.state.lock().unwrap();
        let etag = state.repositories[repository].files[file].etag();
        format!("http://{}/{file}?Signature=signed&sha={etag}", self.cdn)
    }

    fn cdn(&self, seen: &Seen) -> Answer {
        if seen.headers.contains_key("authorization") {
            return Answer::status(400, &[("x-error-message", "a storage host got a token")]);
        }
        let (file, query) = seen.path.trim_start_matches('/').split_once('?').unwrap();
        assert!(query.contains("Signature=signed"), "{}", seen.path);
        let bytes = {
            let state = self.state.lock().unwrap();
            let wanted = query.rsplit('=').next().unwrap();
            let mut files = state
                .repositories
                .values()
                .flat_map(|repository| repository.files.values());
            files
                .find(|file| file.etag() == wanted)
                .map(|file| file.bytes.clone())
        };
        match bytes {
            // A storage host has etags of its own.
            Some(bytes) => Answer::ranged(
                seen,
                bytes,
                "multipart-17",
                self.fault(&format!("get {file}")).as_ref(),
            ),
            None => Answer::status(404, &[]),
        }
    }
}

/// Why the hub does not open a repository to whoever asks, in the words of the real one.
fn refused(repository: Option<&Repository>, seen: &Seen) -> Option<Answer> {
    let token = seen.headers.get("authorization");
    let token = token.map(|value| value.trim_start_matches("Bearer "));
    let (status, header) = match (repository.map(|repository| repository.access), token) {
        (_, Some(token)) if token != TOKEN => (
            401,
            (
                "x-error-message",
                "Invalid credentials in Authorization header",
            ),
        ),
        (None, Some(_)) => (404, ("x-error-code", "RepoNotFound")),
        (None | Some(Access::Private), None) => (401, ("x-error-code", "RepoNotFound")),
        (Some(Access::Gated), None) => (401, ("x-error-code", "GatedRepo")),
        _ => return None,
    };
    Some(Answer::status(status, &[header]))
}

fn parse(head: &str, host: Host) -> Seen {
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap().split(' ');
    let (method, path) = (
        first.next().unwrap().to_owned(),
        first.next().unwrap().to_owned(),
    );
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Seen {
        host,
        method,
        path,
        headers,
    }
}
