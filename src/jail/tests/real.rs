//! Servers that strangers wrote, in the default jail: npm's `server-filesystem` and one with Python's `mcp`.
//!
//! They come from their registries, by `npm` and `pip`, and stay beside what the compiler makes. Where they cannot
//! be had, the test says so and passes.

use std::{fs, path::Path, process::Command, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{ChildStdin, ChildStdout},
    time::timeout,
};

use super::{PATIENCE, built, holds};
use crate::{Error, Jailed, Packages, Plan, Root, plan::Without};

struct Client {
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    jailed: Jailed,
    id: u64,
}

impl Client {
    async fn open(plan: &Plan) -> Self {
        let mut jailed = plan.spawn().unwrap();
        let mut client = Client {
            to: jailed.stdin.take().unwrap(),
            from: BufReader::new(jailed.stdout.take().unwrap()),
            jailed,
            id: 0,
        };
        let hello = json!({
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"}
        });
        let answer = client.ask("initialize", hello).await;
        assert!(answer["serverInfo"]["name"].is_string(), "{answer}");
        client
            .say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
            .await;
        client
    }

    async fn say(&mut self, message: &Value) {
        self.to
            .write_all(format!("{message}\n").as_bytes())
            .await
            .unwrap();
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.id += 1;
        let id = self.id;
        self.say(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))
            .await;
        loop {
            let mut line = String::new();
            let read = timeout(PATIENCE, self.from.read_line(&mut line)).await;
            assert!(
                matches!(read, Ok(Ok(1..))),
                "{method}: {read:?}; {}",
                self.jailed.stderr()
            );
            let message: Value = serde_json::from_str(&line).unwrap();
            if message["id"] == id {
                return message["result"].clone();
            }
        }
    }

    async fn tools(&mut self) -> Vec<String> {
        let listed = self.ask("tools/list", json!({})).await;
        let tools = listed["tools"].as_array().unwrap().iter();
        tools
            .map(|tool| tool["name"].as_str().unwrap().to_owned())
            .collect()
    }

    async fn call(&mut self, name: &str, arguments: Value) -> Value {
        self.ask("tools/call", json!({"name": name, "arguments": arguments}))
            .await
    }

    async fn close(self) {
        drop(self.to);
        self.jailed.kill(Duration::from_secs(4)).await.unwrap();
    }
}

#[tokio::test]
async fn npm_s_filesystem_server_works_in_the_default_jail() {
    let served = tempfile::tempdir_in(built()).unwrap();
    fs::write(served.path().join("hello.txt"), "from the jail").unwrap();
    let folder = served.path().display().to_string();
    let args = ["-y", "@modelcontextprotocol/server-filesystem", &folder];
    let plan = Plan::new("npx", args).with_named_paths();
    assert_eq!(plan.roots, [Root::write(served.path())]);
    let plan = match plan
        .install(&Packages::within(built().join("packages")))
        .await
    {
        Ok(plan) => plan,
        Err(
            error @ (Error::Install { .. }
            | Error::ProgramNotFound { .. }
            | Error::InstallTimeout { .. }),
        ) => {
            println!("skipped: npm cannot install here: {error}");
            return;
        }
        Err(error) => panic!("{error}"),
    };
    serves_files(&plan, served.path()).await;
    let mut plan = plan;
    plan.without = Some(Without::Namespaces);
    serves_files(&plan, served.path()).await;
}

async fn serves_files(plan: &Plan, served: &Path) {
    let mut client = Client::open(plan).await;
    assert!(client.tools().await.contains(&"read_text_file".to_owned()));
    let path = served.join("hello.txt");
    let answer = client.call("read_text_file", json!({"path": path})).await;
    assert_eq!(answer["content"][0]["text"], "from the jail");
    let path = served.join("new.txt");
    let answer = client
        .call("write_file", json!({"path": path, "content": "x"}))
        .await;
    assert!(answer["isError"] != true && path.exists(), "{answer}");
    assert!(holds(client.jailed.report(), "filesystem").is_some());
    client.close().await;
}

const SERVER: &str = r#"
import os
from mcp.server.fastmcp import FastMCP

server = FastMCP("jailed")

@server.tool()
def peek(path: str) -> str:
    """Reads a file, or says why not."""
    try:
        return open(path).read()
    except OSError as error:
        return type(error).__name__

server.run()
"#;

/// An environment with `mcp` in it.
fn environment(folder: &Path) -> Result<(), String> {
    let python = folder.join("bin/python");
    let works = || {
        Command::new(&python)
            .args(["-c", "import mcp.server.fastmcp"])
            .output()
            .is_ok_and(|it| it.status.success())
    };
    if works() {
        return Ok(());
    }
    let run = |program: &Path, args: &[&str]| {
        let answer = Command::new(program)
            .args(args)
            .output()
            .map_err(|error| error.to_string())?;
        answer
            .status
            .success()
            .then_some(())
            .ok_or_else(|| String::from_utf8_lossy(&answer.stderr).into_owned())
    };
    // The one of the search path, which may be a shim before somebody's home: that is the harder case.
    run(
        Path::new("python3"),
        &["-m", "venv", &folder.display().to_string()],
    )?;
    run(
        &python,
        &[
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "mcp<2",
        ],
    )?;
    works()
        .then_some(())
        .ok_or_else(|| "mcp cannot be imported".to_owned())
}

#[tokio::test]
async fn a_python_server_works_in_the_default_jail() {
    let folder = built().join("python");
    if let Err(why) = environment(&folder) {
        println!("skipped: pip cannot install mcp here: {why}");
        return;
    }
    let place = tempfile::tempdir_in(built()).unwrap();
    let script = place.path().join("server.py");
    fs::write(&script, SERVER).unwrap();
    let python = folder.join("bin/python").display().to_string();
    let plan = Plan::new(python, [script.display().to_string()]).with_named_paths();
    peeks(&plan, &script, "FileNotFoundError").await;
    let mut plan = plan;
    plan.without = Some(Without::Namespaces);
    peeks(&plan, &script, "PermissionError").await;
}

async fn peeks(plan: &Plan, script: &Path, denial: &str) {
    let mut client = Client::open(plan).await;
    assert_eq!(client.tools().await, ["peek"]);
    let answer = client.call("peek", json!({"path": "/etc/shadow"})).await;
    assert_eq!(answer["content"][0]["text"], denial);
    let answer = client.call("peek", json!({"path": script})).await;
    assert_eq!(answer["content"][0]["text"], SERVER);
    client.close().await;
}
