#!/usr/bin/env python3
"""Install the pinned MCP servers of servers.toml and write the tools each one lists.

Writes DIR/<server>.json: a list of {"name", "description", "inputSchema"}. Standard library
only (Python >= 3.10); needs npm and node for the npm servers, venv and pip for the others."""

from __future__ import annotations

import argparse
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from subprocess import PIPE
from typing import IO, Any, cast

HERE = Path(__file__).resolve().parent
FIELDS = {"name": str, "ecosystem": str, "package": str, "version": str, "with": list, "command": list, "env": list}


class FetchError(Exception):
    """Something that the user has to know."""


def read_servers(path: Path) -> list[dict[str, Any]]:
    """The [[server]] tables of a TOML file whose values are valid JSON too."""
    servers: list[dict[str, Any]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() == "[[server]]":
            servers.append({})
        elif line.strip() and not line.startswith("#"):
            key, _, value = line.partition("=")
            try:
                servers[-1][key.strip()] = json.loads(value)
            except (ValueError, IndexError) as error:
                raise FetchError(f"{path.name}:{number}: expected [[server]] or key = value") from error
    for server in servers:
        if wrong := [key for key, kind in FIELDS.items() if not isinstance(server.get(key), kind)]:
            raise FetchError(f"{path.name}: server {server.get('name', '?')}: missing or wrong: {wrong}")
    return servers


def execute(command: list[str], limit: float) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FetchError(f"{command[0]}: {error}") from error
    if done.returncode != 0:
        raise FetchError(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()[-600:]}")


def install(server: dict[str, Any], cache: Path, limit: float) -> Path:
    """The folder of the server's commands; installs them unless that was done before."""
    home = cache / f"{server['name']}-{server['version']}"
    npm = server["ecosystem"] == "npm"
    binaries = home / ("node_modules/.bin" if npm else "Scripts" if os.name == "nt" else "bin")
    pins = [f"{server['package']}{'@' if npm else '=='}{server['version']}", *server["with"]]
    stamp = home / "installed.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8").split() == pins:
        return binaries
    home.mkdir(parents=True, exist_ok=True)
    if npm:
        execute(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(home), *pins], limit)
    else:
        execute([sys.executable, "-m", "venv", str(home)], limit)
        execute([str(binaries / "python"), "-m", "pip", "install", "--quiet", *pins], limit)
    stamp.write_text("\n".join(pins), encoding="utf-8")
    return binaries


def converse(stdin: IO[str], stdout: IO[str], limit: float) -> list[dict[str, Any]]:
    """The handshake, then every page of tools/list."""
    lines: queue.Queue[str] = queue.Queue()
    end = time.monotonic() + limit

    def pump() -> None:
        for line in stdout:
            lines.put(line)
        lines.put("")

    def request(number: int, method: str, params: dict[str, Any]) -> dict[str, Any]:
        print(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}), file=stdin, flush=True)
        while True:
            try:
                line = lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty as error:
                raise FetchError(f"no answer to {method} in time") from error
            if not line:
                raise FetchError(f"the server ended before it answered {method}")
            answer: dict[str, Any] = json.loads(line) if line.startswith("{") else {}  # else a stray log line
            if answer.get("id") == number and "method" not in answer:
                result = answer.get("result")
                if not isinstance(result, dict):
                    raise FetchError(f"{method} was refused: {answer.get('error')}")
                return cast("dict[str, Any]", result)

    threading.Thread(target=pump, daemon=True).start()
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "fetch", "version": "1"}}
    request(0, "initialize", hello)
    print(json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}), file=stdin, flush=True)
    page = request(1, "tools/list", {})
    tools = list(page["tools"])
    while page.get("nextCursor"):
        page = request(len(tools) + 2, "tools/list", {"cursor": page["nextCursor"]})
        tools += page["tools"]
    return [
        {"name": t["name"], "description": t.get("description", ""), "inputSchema": t["inputSchema"]} for t in tools
    ]


def list_tools(server: dict[str, Any], binaries: Path, limit: float) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        command = [part.replace("{bin}", str(binaries)).replace("{dir}", scratch) for part in server["command"]]
        env = {**os.environ, **dict(pair.split("=", 1) for pair in server["env"])}
        try:
            process = subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=log, text=True, cwd=scratch, env=env)
        except OSError as error:
            raise FetchError(f"cannot start {command[0]}: {error}") from error
        try:
            assert process.stdin
            assert process.stdout
            return converse(process.stdin, process.stdout, limit)
        except (FetchError, OSError, ValueError, KeyError) as error:
            log.seek(0)
            raise FetchError(f"{error}; its stderr ends: {log.read().strip()[-600:]!r}") from error
        finally:
            process.kill()
            process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for <server>.json")
    parser.add_argument("--cache", type=Path, default=HERE / ".cache", help="folder for the installed servers")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds per server (installing: 10 times that)")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    name = ""
    try:
        for server in read_servers(HERE / "servers.toml"):
            name = server["name"]
            tools = list_tools(server, install(server, args.cache.resolve(), 10 * args.limit), args.limit)
            (args.out / f"{name}.json").write_text(json.dumps(tools, indent=1) + "\n", encoding="utf-8")
            print(f"{name}: {len(tools)} tools")
    except (FetchError, OSError) as error:
        sys.exit(f"fetch.py: {name or 'setup'}: {error}")


if __name__ == "__main__":
    main()
