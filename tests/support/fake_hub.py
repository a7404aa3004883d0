"""A model hub on loopback, made of a folder, that misbehaves when asked to.

    python tests/support/fake_hub.py --root DIR --port 0

prints the port and serves until it is killed; point ``HF_ENDPOINT`` at ``http://127.0.0.1:<port>``. In a test:
``with serving(root) as hub: ... hub.url ... hub.requests``.

``DIR/org/name/`` is the repository ``org/name``, ``DIR/name/`` the repository ``name``; every revision is the same
commit. Large files (``.safetensors``, ``.gguf``) are redirected to a second port, the storage host, which refuses
whoever brings a token. The same folder under the name of a misbehaviour, ``broken/name``, misbehaves:

=========  ==========================================================================================
private    401 without the token ``hf_good``, as if it did not exist
gated      its terms are not accepted: needs the token ``hf_good`` too, and says so
broken     the first two transfers of each file stop half-way with the connection
severed    every transfer of a large file stops after 100 bytes
noranges   the first transfer of each file stops half-way, and ranges are ignored
changed    the first transfer of each small file stops half-way, and then the file is another one
stalled    the first transfer of each large file falls silent half-way
limited    the first request for each address is answered with 429 and ``Retry-After: 1``
banned     every request is answered with 429 and ``Retry-After: 3600``
failing    the first two requests for each address are answered with 500
down       every request is answered with 503
damaged    large files have one wrong bit
slow       large files come in 64 KiB pieces, ten a second
=========  ==========================================================================================

``GET /__requests`` lists what was asked, as JSON.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

TOKEN = "hf_good"
LARGE = (".safetensors", ".gguf")
MISBEHAVIOURS = frozenset(
    {"private", "gated", "broken", "severed", "noranges", "changed", "stalled"}
    | {"limited", "banned", "failing", "down", "damaged", "slow"}
)


@dataclass(frozen=True)
class Request:
    """What a client asked for."""

    host: str
    method: str
    path: str
    token: bool
    range: str | None


@dataclass(frozen=True)
class Repository:
    """A folder and how it is served."""

    folder: Path
    misbehaviour: str

    @property
    def commit(self) -> str:
        return hashlib.sha1(str(self.folder).encode(), usedforsecurity=False).hexdigest()

    def files(self) -> list[str]:
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return sorted(path.relative_to(self.folder).as_posix() for path in found)


class Server(ThreadingHTTPServer):
    """Does not mind clients that go away, and does not wait for them at its own end."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class FakeHub:
    """Two servers, hub and storage host, and what they remember."""

    def __init__(self, root: Path, port: int = 0) -> None:
        self.root = root.resolve()
        self.requests: list[Request] = []
        self.counts: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.servers = {"home": self._server("home", port), "cdn": self._server("cdn", 0)}

    def _server(self, host: str, port: int) -> Server:
        return Server(("127.0.0.1", port), type("Bound", (Handler,), {"hub": self, "host": host}))

    @property
    def port(self) -> int:
        return int(self.servers["home"].server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def cdn_url(self) -> str:
        return f"http://127.0.0.1:{self.servers['cdn'].server_address[1]}"

    def start(self) -> None:
        for server in self.servers.values():
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        for server in self.servers.values():
            server.shutdown()
            server.server_close()

    def count(self, what: str) -> int:
        """How often this has happened before."""
        with self.lock:
            self.counts[what] += 1
            return self.counts[what] - 1

    def repository(self, name: str) -> Repository | None:
        """The folder of a repository, by its own name or under the name of a misbehaviour."""
        if ".." in name:
            return None
        if (self.root / name).is_dir():
            return Repository(self.root / name, "")
        owner, _, rest = name.partition("/")
        if owner in MISBEHAVIOURS and rest:
            for folder in [self.root / rest, *sorted(self.root.glob(f"*/{rest}"))]:
                if folder.is_dir():
                    return Repository(folder, owner)
        return None


class Handler(BaseHTTPRequestHandler):
    """Answers one connection of one of the two hosts."""

    protocol_version = "HTTP/1.1"
    hub: FakeHub
    host: str

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's word)
        """Nothing: the requests are remembered instead."""

    def do_HEAD(self) -> None:
        self.respond()

    def do_GET(self) -> None:
        self.respond()

    def respond(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/__requests":
            body = json.dumps([asdict(request) for request in self.hub.requests]).encode()
            return self.answer(200, body, {"content-type": "application/json"})
        token = self.headers.get("authorization")
        request = Request(self.host, self.command, self.path, token is not None, self.headers.get("range"))
        with self.hub.lock:
            self.hub.requests.append(request)
        if self.host == "cdn":
            if token is not None:
                return self.answer(400, b"a storage host got a token")
            query = parse_qs(url.query)
            repository = self.hub.repository(query["repository"][0])
            if repository is None or query.get("Signature") != ["signed"]:
                return self.answer(403)
            return self.send_file(repository, unquote(url.path).lstrip("/"), '"storage-1"')
        return self.respond_home(url.path, token)

    def respond_home(self, path: str, token: str | None) -> None:
        listing = path.startswith("/api/models/")
        tree = listing and "/tree/" in path
        path_of_model = path.removeprefix("/api/models").strip("/")
        name, mark, rest = path_of_model.partition("/tree/" if tree else "/revision/" if listing else "/resolve/")
        repository = self.hub.repository(unquote(name)) if mark else None
        misbehaviour = repository.misbehaviour if repository else ""
        if misbehaviour == "down":
            return self.answer(503)
        if misbehaviour == "banned":
            return self.answer(429, headers={"retry-after": "3600"})
        if misbehaviour == "limited" and self.hub.count(f"limited {self.command} {path}") < 1:
            return self.answer(429, headers={"retry-after": "1"})
        if misbehaviour == "failing" and self.hub.count(f"failing {self.command} {path}") < 2:
            return self.answer(500)
        if token is not None and token != f"Bearer {TOKEN}":
            return self.answer(401, headers={"x-error-message": "Invalid credentials in Authorization header"})
        if misbehaviour == "gated" and token is None:
            return self.answer(401, headers={"x-error-code": "GatedRepo"})
        if repository is None or (misbehaviour == "private" and token is None):
            return self.answer(401 if token is None else 404, headers={"x-error-code": "RepoNotFound"})
        if listing:
            siblings = [{"rfilename": file} for file in repository.files()]
            about = {"id": name, "sha": repository.commit, "siblings": siblings}
            body = json.dumps(self.tree(repository) if tree else about).encode()
            return self.answer(200, body, {"content-type": "application/json"})
        file = unquote(rest.partition("/")[2])
        if file not in repository.files():
            return self.answer(404, headers={"x-error-code": "EntryNotFound"})
        if not file.endswith(LARGE):
            content = self.content(repository, file)
            return self.send_file(repository, file, f'"{git_hash(content)}"')
        # What is announced is the file as it should be, also where the storage host has a damaged one.
        content = (repository.folder / file).read_bytes()
        location = f"{self.hub.cdn_url}/{quote(file)}?repository={quote(name)}&Signature=signed"
        headers = {
            "location": location,
            "x-repo-commit": repository.commit,
            "x-linked-etag": f'"{hashlib.sha256(content).hexdigest()}"',
            "x-linked-size": str(len(content)),
        }
        return self.answer(302, b"moved", headers)

    def tree(self, repository: Repository) -> list[dict[str, object]]:
        """The list that the hub's own client asks for. Ours does not."""
        contents = {file: self.content(repository, file) for file in repository.files()}
        return [
            {"type": "file", "path": file, "size": len(content), "oid": git_hash(content)}
            for file, content in contents.items()
        ]

    def content(self, repository: Repository, file: str) -> bytes:
        content = (repository.folder / file).read_bytes()
        if repository.misbehaviour == "damaged" and file.endswith(LARGE):
            return content[:-1] + bytes([content[-1] ^ 1])
        if repository.misbehaviour == "changed" and self.hub.counts[f"changed {repository.folder} {file}"]:
            return content + b"\n"
        return content

    def send_file(self, repository: Repository, file: str, etag: str) -> None:
        """The file's bytes, as ``Range`` and ``If-Range`` ask for them, as far as the misbehaviour lets them."""
        content, misbehaviour = self.content(repository, file), repository.misbehaviour
        headers = {"etag": etag, "accept-ranges": "bytes", "x-repo-commit": repository.commit}
        start, asked = 0, self.headers.get("range")
        valid = self.headers.get("if-range") in (None, etag) and misbehaviour != "noranges"
        if asked is not None and valid:
            start = int(asked.removeprefix("bytes=").partition("-")[0])
            if start >= len(content):
                self.answer(416, headers={"content-range": f"bytes */{len(content)}"})
                return
            headers["content-range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        body = content[start:]
        self.send_head(206 if "content-range" in headers else 200, len(body), headers)
        if self.command == "HEAD":
            return
        before = self.hub.count(f"{misbehaviour} {repository.folder} {file}")
        large, half = file.endswith(LARGE), len(body) // 2
        if misbehaviour == "slow" and large:
            for at in range(0, len(body), 1 << 16):
                self.wfile.write(body[at : at + (1 << 16)])
                time.sleep(0.1)
            return
        cut = {
            "broken": half if before < 2 else None,
            "severed": 100 if large else None,
            "noranges": half if before < 1 else None,
            "changed": half if before < 1 and not large else None,
            "stalled": half if before < 1 and large else None,
        }.get(misbehaviour)
        self.wfile.write(body if cut is None else body[:cut])
        if cut is not None:
            self.wfile.flush()
            if misbehaviour == "stalled":
                time.sleep(3600)
            self.close_connection = True

    def answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_head(status, len(body), headers or {})
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_head(self, status: int, length: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(length))
        self.end_headers()


@contextmanager
def serving(root: Path, port: int = 0) -> Iterator[FakeHub]:
    """Runs a hub for as long as the block lasts."""
    hub = FakeHub(root, port)
    hub.start()
    try:
        yield hub
    finally:
        hub.stop()


def git_hash(content: bytes) -> str:
    """The etag of a small file: what Git calls it."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description="A model hub on loopback, made of a folder.")
    parser.add_argument("--root", type=Path, required=True, help="the folder that holds the repositories")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options = parser.parse_args()
    with serving(options.root, options.port) as hub:
        print(hub.port, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
