//! What an attacker would write in place of what the tables name, and what nobody should be stopped from.
#![allow(clippy::unwrap_used)]

use ferrule_types::{AskedBy, Call, Tool, ToolKey, Verdict};
use serde_json::{Value, json};

use super::{CallFacts, ToolPolicy};

fn verdict(tool: &str, schema: Value, arguments: Value) -> Verdict {
    let Value::Object(arguments) = arguments else {
        panic!("arguments are an object");
    };
    let call = Call {
        id: String::new(),
        key: ToolKey::new("s", tool).unwrap(),
        arguments,
        raw: None,
        meta: None,
    };
    let tool = Tool::new(tool, "", schema);
    ToolPolicy::default().judge(&CallFacts {
        call: &call,
        tool: &tool,
        asked_by: AskedBy::Model,
    })
}

fn read(name: &str, text: &str) -> Verdict {
    verdict(
        "read",
        json!({"type": "object", "properties": {name: {"type": "string"}}}),
        json!({name: text}),
    )
}

fn is_denied(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Deny(_))
}

#[test]
fn a_protected_path_is_denied_however_it_is_spelled() {
    let spelled = [
        "/etc",
        "/proc",
        "/root",
        "..\\..\\x",
        "%2e%2e/x",
        "/ETC/passwd",
        "~/.ssh/id_rsa",
        "/home/u/.ssh/config",
        "/var/run/docker.sock",
        "/dev/sda",
        "file:///etc/passwd",
        "FILE:/etc/passwd",
        "/etc//shadow",
        "/etc/./shadow",
        "//etc/shadow",
        "/x/../etc/shadow",
        "/./proc/self/environ",
        "/proc/self/root/etc/shadow",
        "\\\\?\\C:\\Windows\\System32\\config\\SAM",
        "C:/Windows/System32/config/SAM",
        "$HOME/.ssh/id_rsa",
        "${HOME}/.aws/credentials",
        "~root/.ssh",
        "/home/u/.ssh./id_rsa",
        "/etc/sha\u{200b}dow",
        "/etc/shadow\0.txt",
        "/etc/%73hadow",
        "file:%2f%2f%2fetc/shadow",
        "file://localhost/etc/shadow",
        "/mnt/c/Users/u/.ssh/id_rsa",
        "\u{ff0f}etc\u{ff0f}shadow",
        " /etc/shadow ",
        "%252e%252e%252fetc",
        "/tmp/../../etc/shadow",
    ];
    for text in spelled {
        for name in ["path", "filePath", "target"] {
            let verdict = read(name, text);
            assert!(is_denied(&verdict), "{name} {text:?}: {verdict:?}");
        }
    }
    assert!(is_denied(&read("path", "\"/etc/shadow\"")));
    let nested = json!({"options": {"deep": [{"path": "/etc/shadow"}]}});
    assert!(is_denied(&verdict(
        "read",
        json!({"type": "object"}),
        nested
    )));
    let key = json!({"files": {"/etc/shadow": "x"}});
    assert!(is_denied(&verdict("read", json!({"type": "object"}), key)));
    let halves = json!({"path": "/etc", "name": "shadow"});
    assert!(is_denied(&verdict(
        "read",
        json!({"type": "object"}),
        halves
    )));
}

#[test]
fn an_address_is_denied_or_asked_about_however_it_is_spelled() {
    let spelled = [
        "http://169.254.169.254/latest",
        "http://2852039166/",
        "http://0xA9FEA9FE/",
        "http://0251.0376.0251.0376/",
        "http://[::ffff:169.254.169.254]/",
        "http:169.254.169.254/x",
        "http:\\\\169.254.169.254\\x",
        "ht\ttp://169.254.169.254/",
        "//169.254.169.254/x",
        "\\\\169.254.169.254\\x",
        "redis://0x7f000001:6379",
        "redis://2130706433",
        "http://localhost",
        "http://LOCALHOST.:80",
        "http://a.localhost",
        "http://127.1/",
        "http://user@127.0.0.1/",
        "http://[::1]/",
        "http://0/",
        "localhost:80",
        "127.0.0.1:80",
        "gopher://x/1",
        "view-source:file:///etc/shadow",
        "VIEW-SOURCE:http://x",
        "local_file:///etc/shadow",
        "url:file:///etc/shadow",
        "fi\tle:///etc/shadow",
        "fi\nle:/etc/shadow",
        "file:///root/.ssh/id_rsa?a b",
        "file:///etc/my shadow",
    ];
    for text in spelled {
        let verdict = read("url", text);
        assert!(
            !matches!(verdict, Verdict::Allow(_)),
            "{text:?}: {verdict:?}"
        );
    }
    for text in [
        "https://x.org/docs/sys/a;v=1",
        "HTTPS://x.org/~user",
        "https://x.org:8443/?q=/etc/passwd",
        "x.org:443",
        "//cdn.x.org/a.js",
    ] {
        let verdict = read("url", text);
        assert!(
            matches!(verdict, Verdict::Allow(_)),
            "{text:?}: {verdict:?}"
        );
    }
}

#[test]
fn a_resource_is_denied_however_its_address_is_spelled() {
    let policy = ToolPolicy::default();
    for uri in [
        "file:///etc/shadow",
        "FILE:///etc/shadow",
        " file:///etc/shadow",
        "fi\tle:///etc/shadow",
        "file:/etc/%73hadow",
    ] {
        assert!(is_denied(&policy.judge_resource(uri)), "{uri:?}");
    }
    for uri in [
        "file:///work/a",
        "git://x/etc/shadow",
        "https://x.org/",
        "memo://etc",
    ] {
        assert!(!is_denied(&policy.judge_resource(uri)), "{uri:?}");
    }
}

#[test]
fn the_names_of_the_peers_bypasses_ask_and_those_of_its_false_alarms_do_not() {
    let none = || json!({"type": "object"});
    for name in [
        "bash",
        "sh",
        "terminal",
        "run",
        "run_script",
        "spawn",
        "popen",
        "cmd",
        "runCommand",
        "run-command",
        "python_repl",
        "code_interpreter",
        "kubectl",
        "rm",
        "delete_file",
        "e_x_e_c",
        "ex\u{435}c",
        "shell__ls",
        "EXEC",
        "deletefile",
        "delete.file",
        "Sh",
        "run_in_shell",
        "exec2",
    ] {
        let verdict = verdict(name, none(), json!({}));
        assert!(!matches!(verdict, Verdict::Allow(_)), "{name}: {verdict:?}");
    }
    for name in [
        "retrieval_search",
        "medieval_history",
        "evaluate_model",
        "get_executive_summary",
        "list_system_info",
        "file_system_list",
        "execute_sql",
        "read_file",
        "write_file",
        "search_python_docs",
        "list_directory",
    ] {
        let verdict = verdict(name, none(), json!({}));
        assert!(matches!(verdict, Verdict::Allow(_)), "{name}: {verdict:?}");
    }
}

#[test]
fn prose_and_code_are_left_alone_and_a_command_is_asked_about() {
    for (name, text) in [
        ("question", "how do I edit /etc/hosts"),
        ("content", "import '../a'"),
        ("query", "/etc/hosts format"),
        ("text", "see /root/ and ~/.ssh/id_rsa"),
        ("body", "https://x/docs/sys/y"),
    ] {
        let verdict = read(name, text);
        assert!(
            matches!(verdict, Verdict::Allow(_)),
            "{name} {text}: {verdict:?}"
        );
    }
    assert!(!matches!(
        read("command", "ls; rm -rf /"),
        Verdict::Allow(_)
    ));
    assert!(is_denied(&read("command", "cat ~/.ssh/id_rsa")));
    assert!(is_denied(&read("command", "cat</etc/shadow")));
}

#[test]
fn depth_without_end_is_denied() {
    let mut deep = json!("x");
    for _ in 0..5000 {
        deep = Value::Array(vec![deep]);
    }
    assert!(is_denied(&verdict(
        "read",
        json!({"type": "object"}),
        Value::Object([("a".to_owned(), deep)].into_iter().collect())
    )));
}
