//! Docker and Podman: `docker run [flags] image [command]`. A container is no boundary against flags that open it,
//! and its command is judged like any other, since a shell in it reads whatever a tool passes.

use super::{
    Rule, env,
    grammar::{Flag, Found, Grammar, Takes, Walked},
    harm, image, mount,
    trial::{Trial, place},
};

pub(super) static DOCKER: Rule = Rule {
    name: "docker",
    names: &["docker", "podman", "nerdctl"],
    files: &["com.docker.cli", "podman-remote"],
    refused: None,
    judge,
};

static OF_DOCKER: Grammar = Grammar {
    flags: &[GLOBAL],
    clusters: true,
    abbreviates: false,
};

static OF_RUN: Grammar = Grammar {
    flags: &[OPENING, HOSTS, INSIDE],
    clusters: true,
    abbreviates: false,
};

static OF_GATEWAY: Grammar = Grammar {
    flags: &[GATEWAY],
    clusters: true,
    abbreviates: false,
};

/// `docker mcp gateway run`; flags that name files, catalogs or programs are left out.
const GATEWAY: &[Flag] = &[
    Flag::fine(
        Takes::Value,
        &[
            "--servers",
            "--tools",
            "--profile",
            "--transport",
            "--cpus",
            "--memory",
        ],
    ),
    Flag::fine(
        Takes::Switch,
        &[
            "--block-network",
            "--block-secrets",
            "--verify-signatures",
            "--long-lived",
            "--log-calls",
            "--verbose",
            "--dry-run",
            "--static",
        ],
    ),
];

const GLOBAL: &[Flag] = &[
    Flag::harms(
        &harm::DAEMON,
        Takes::Value,
        &[
            "-H",
            "--host",
            "--context",
            "-c",
            "--config",
            "--tlscacert",
            "--tlscert",
            "--tlskey",
            "--url",
            "--connection",
            "--identity",
            "--root",
            "--runroot",
            "--storage-driver",
            "--storage-opt",
            "--module",
            "--hooks-dir",
            "--conmon",
            "--runtime",
            "--volumepath",
            "--network-config-dir",
            "--address",
            "-a",
        ],
    ),
    Flag::harms(
        &harm::DAEMON,
        Takes::Switch,
        &["--tls", "--tlsverify", "--remote", "-r"],
    ),
    Flag::fine(Takes::Value, &["-l", "--log-level"]),
    Flag::fine(Takes::Switch, &["-D", "--debug"]),
    Flag::tells(&["-v", "--version", "--help"]),
];

const OPENING: &[Flag] = &[
    Flag::harms(
        &harm::PRIVILEGE,
        Takes::Switch,
        &["--privileged", "--use-api-socket"],
    ),
    Flag::harms(
        &harm::PRIVILEGE,
        Takes::Value,
        &[
            "--cap-add",
            "--device",
            "--device-cgroup-rule",
            "--device-read-bps",
            "--device-read-iops",
            "--device-write-bps",
            "--device-write-iops",
            "--cgroup-parent",
            "--cgroup-conf",
            "--runtime",
            "--sysctl",
            "--oom-score-adj",
            "--annotation",
            "--rootfs",
            "--hooks-dir",
            "--gidmap",
            "--uidmap",
            "--subuidname",
            "--subgidname",
            "--group-entry",
            "--passwd-entry",
            "--security-label",
        ],
    ),
    Flag::harms(
        &harm::MOUNT,
        Takes::Value,
        &[
            "--volumes-from",
            "--volume-driver",
            "--mount-from",
            "--secret",
        ],
    ),
    Flag::harms(
        &harm::ENV_FILE,
        Takes::Value,
        &["--env-file", "--label-file"],
    ),
    Flag::harms(
        &harm::WRITES,
        Takes::Value,
        &["--cidfile", "--pidfile", "--conmon-pidfile"],
    ),
    Flag::harms(&harm::TLS, Takes::Switch, &["--tls-verify"]),
    Flag::judged(security, &["--security-opt"]),
    Flag::judged(mount::volume, &["-v", "--volume"]),
    Flag::judged(mount::mount, &["--mount"]),
    Flag::judged(entrypoint, &["--entrypoint"]),
];

const HOSTS: &[Flag] = &[
    Flag::judged(network, &["--network", "--net"]),
    Flag::judged(
        space,
        &[
            "--pid",
            "--ipc",
            "--uts",
            "--userns",
            "--cgroupns",
            "--cgroups",
        ],
    ),
    Flag::harms(
        &harm::HOST,
        Takes::Value,
        &["--link", "--pod", "--pod-id-file", "--network-alias-from"],
    ),
    Flag::judged(ports, &["-p", "--publish"]),
    Flag::harms(&harm::HOST, Takes::Switch, &["-P", "--publish-all"]),
];

const INSIDE: &[Flag] = &[
    Flag::judged(variable, &["-e", "--env"]),
    Flag::harms(&harm::EVAL, Takes::Value, &["--health-cmd"]),
    Flag::fine(
        Takes::Value,
        &[
            "--name",
            "-l",
            "--label",
            "-m",
            "--memory",
            "--memory-swap",
            "--memory-reservation",
            "--memory-swappiness",
            "--shm-size",
            "--cpus",
            "-c",
            "--cpu-shares",
            "--cpu-quota",
            "--cpu-period",
            "--cpuset-cpus",
            "--cpuset-mems",
            "--pids-limit",
            "--ulimit",
            "--cap-drop",
            "--tmpfs",
            "-w",
            "--workdir",
            "-u",
            "--user",
            "--group-add",
            "-h",
            "--hostname",
            "--domainname",
            "--platform",
            "--pull",
            "--restart",
            "--stop-signal",
            "--stop-timeout",
            "--log-driver",
            "--log-opt",
            "--dns",
            "--dns-search",
            "--dns-option",
            "--add-host",
            "--expose",
            "--gpus",
            "-a",
            "--attach",
            "--network-alias",
            "--net-alias",
            "--ip",
            "--ip6",
            "--mac-address",
            "--isolation",
            "--health-interval",
            "--health-retries",
            "--health-timeout",
            "--health-start-period",
            "--detach-keys",
            "--blkio-weight",
            "--kernel-memory",
            "--storage-opt",
            "--arch",
            "--os",
            "--variant",
            "--timeout",
            "--retry",
        ],
    ),
    Flag::fine(
        Takes::Switch,
        &[
            "-i",
            "--interactive",
            "-t",
            "--tty",
            "--rm",
            "-d",
            "--detach",
            "--init",
            "--read-only",
            "-q",
            "--quiet",
            "--sig-proxy",
            "--no-healthcheck",
            "--oom-kill-disable",
            "--replace",
            "--no-hosts",
            "--no-hostname",
            "--read-only-tmpfs",
            "--disable-content-trust",
        ],
    ),
    Flag::tells(&["--help"]),
];

fn judge(trial: &mut Trial, from: usize) {
    let Walked::Word(at) = OF_DOCKER.walk(trial, from) else {
        return;
    };
    match (
        trial.args[at].as_str(),
        trial.args.get(at + 1).map(String::as_str),
    ) {
        ("run", _) => run(trial, at + 1),
        ("container", Some("run")) => run(trial, at + 2),
        ("mcp", Some("gateway")) if trial.args.get(at + 2).is_some_and(|word| word == "run") => {
            OF_GATEWAY.walk(trial, at + 3);
            trial.note(
                "launch policy",
                "the gateway's own settings decide which containers are started",
            );
        }
        ("version" | "info" | "ps" | "images", _) => {}
        (word, _) => trial.refuse(at, word, &harm::COMMAND),
    }
}

fn run(trial: &mut Trial, from: usize) {
    let Walked::Word(at) = OF_RUN.walk(trial, from) else {
        return;
    };
    image::judge(trial, at, &trial.args[at]);
    let entrypoint = last_entrypoint(trial, from, at);
    match (entrypoint, trial.args.get(at + 1)) {
        // An empty one takes the image's own away.
        (Some((index, program)), _) if !program.is_empty() => {
            trial.inner_with(index, program, at + 1);
        }
        (None, word) if word.is_none_or(|word| word.starts_with('-')) => {
            if let Some(program) = image::program(&trial.args[at]) {
                trial.inner_with(at, program, at + 1);
            }
        }
        // A database's address may end in a program's name.
        (_, Some(word)) if word.contains("://") && image::entrypoint(&trial.args[at]).is_none() => {
        }
        (_, Some(program)) => {
            if !trial.inner(at + 1, program)
                && entrypoint.is_none()
                && let Some(program) = image::entrypoint(&trial.args[at])
            {
                trial.inner_with(at, program, at + 1);
            }
        }
        (_, None) => {}
    }
}

/// The program that the flags before the image put in place of the image's own: the command's arguments are its.
fn last_entrypoint<'a>(trial: &Trial<'a>, from: usize, image: usize) -> Option<(usize, &'a str)> {
    let args = trial.args;
    (from..image)
        .rev()
        .find_map(|index| match args[index].strip_prefix("--entrypoint")? {
            "" => Some((index + 1, args.get(index + 1)?.as_str())),
            attached => Some((index, attached.strip_prefix('=')?)),
        })
}

/// Here only that it is written at all; its arguments are judged once the image is found.
fn entrypoint(trial: &mut Trial, found: &Found) {
    // Podman reads a list: ["sh", "-c"].
    if found.value.starts_with('[') {
        trial.refuse(found.at, found.name, &harm::SHELL);
    }
}

/// A variable's name is read by whatever runs inside. Without a value it is one of ours, which was judged.
fn variable(trial: &mut Trial, found: &Found) {
    if let Some((name, _)) = found.value.split_once('=') {
        env::judge_name(trial, name, &place(found.at));
    }
}

/// Options that take a right away; every other gives one.
fn security(trial: &mut Trial, found: &Found) {
    if !matches!(
        found.value,
        "no-new-privileges" | "no-new-privileges:true" | "no-new-privileges=true"
    ) {
        trial.refuse(found.at, found.name, &harm::PRIVILEGE);
    }
}

/// `none`, `bridge`, a network's name; also as `name=…,alias=…`.
fn network(trial: &mut Trial, found: &Found) {
    let opens = found.value.split(',').any(|part| {
        let name = part.strip_prefix("name=").unwrap_or(part);
        name.eq_ignore_ascii_case("host") || name.contains([':', '/'])
    });
    if opens {
        trial.refuse(found.at, found.name, &harm::HOST);
    }
}

fn space(trial: &mut Trial, found: &Found) {
    if !matches!(
        found.value,
        "private" | "none" | "shareable" | "auto" | "keep-id" | "nomap" | "enabled"
    ) {
        trial.refuse(found.at, found.name, &harm::HOST);
    }
}

fn ports(trial: &mut Trial, found: &Found) {
    if !["127.0.0.1:", "[::1]:", "localhost:"]
        .iter()
        .any(|host| found.value.starts_with(host))
    {
        trial.note(
            "network",
            "the container's port is open to other machines; write 127.0.0.1 before it",
        );
    }
}
