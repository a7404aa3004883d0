"""How MCP servers are reached, and what they and their tools may do: nothing here connects.

The classes of the configuration go by the names of the documents of ``mistralrs`` and by those of its package
(``…Py``). They are plain values: compared, shown, pickled, and written as the JSON of an ``mcp.json``.

Those of the guard go by the names of ``vllm_mlx.mcp``: an import line is the whole migration. What is set with
``set_validator`` and ``set_sandbox`` holds for the whole process.

>>> from ferrule.mcp import MCPCommandValidator, set_validator
>>> set_validator(MCPCommandValidator(custom_whitelist={"my-trusted-server"}))
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

from ferrule._ferrule import (
    MCPCommandValidator,
    ToolSandbox,
    blocked_command_args,
    get_sandbox,
    get_validator,
    guard_lists,
    set_sandbox,
    set_validator,
    validate_mcp_server_config,
)
from ferrule.audit import ToolExecutionAudit
from ferrule.errors import InvalidInputError, MCPSecurityError

__all__ = [
    "ALLOWED_COMMANDS",
    "ALLOW_UNSAFE_ENV_VAR",
    "BLOCKED_COMMAND_ARG_RULES",
    "CONTROL_CHARS",
    "DANGEROUS_ARG_PATTERNS",
    "DANGEROUS_PATTERNS",
    "DANGEROUS_TOOL_ARG_PATTERNS",
    "HIGH_RISK_TOOL_PATTERNS",
    "MCPCommandValidator",
    "MCPSecurityError",
    "McpClientConfig",
    "McpClientConfigPy",
    "McpHttp",
    "McpProcess",
    "McpServerConfig",
    "McpServerConfigPy",
    "McpServerSource",
    "McpServerSourcePy",
    "McpWebSocket",
    "ToolExecutionAudit",
    "ToolSandbox",
    "get_sandbox",
    "get_validator",
    "set_sandbox",
    "set_validator",
    "validate_mcp_server_config",
]

_lists = guard_lists()

# To be read: what decides is more than lists (see SECURITY.md), and changing these changes nothing.
ALLOWED_COMMANDS: frozenset[str] = frozenset(_lists["ALLOWED_COMMANDS"])
ALLOW_UNSAFE_ENV_VAR: str = _lists["ALLOW_UNSAFE_ENV_VAR"][0]
BLOCKED_COMMAND_ARG_RULES: dict[str, dict[str, str]] = blocked_command_args()
CONTROL_CHARS: tuple[str, ...] = tuple(_lists["CONTROL_CHARS"])
DANGEROUS_ARG_PATTERNS: list[re.Pattern[str]] = [re.compile(each) for each in _lists["DANGEROUS_ARG_PATTERNS"]]
DANGEROUS_PATTERNS: list[re.Pattern[str]] = [re.compile(each) for each in _lists["DANGEROUS_PATTERNS"]]
DANGEROUS_TOOL_ARG_PATTERNS: list[re.Pattern[str]] = [
    re.compile(each) for each in _lists["DANGEROUS_TOOL_ARG_PATTERNS"]
]
HIGH_RISK_TOOL_PATTERNS: list[str] = _lists["HIGH_RISK_TOOL_PATTERNS"]

_T = TypeVar("_T")


def _wrong(what: str, allowed: str, got: object) -> InvalidInputError:
    return InvalidInputError(f"`{what}` must be {allowed}, got {got!r}")


def _known(cls: type[_T], what: str, given: Mapping[str, Any]) -> _T:
    """Makes a value of a mapping that has no key but the class's own."""
    names = [each.name for each in fields(cast(Any, cls))]
    for key in given:
        if key not in names:
            raise _wrong(what, f"an object with the keys {', '.join(names)}", key)
    try:
        return cls(**given)
    except TypeError as error:
        raise InvalidInputError(f"{what}: {error}") from error


def _texts(what: str, given: Mapping[str, str] | None) -> None:
    pairs: list[object] = [each for pair in (given or {}).items() for each in pair]
    if not all(isinstance(each, str) for each in pairs):
        raise _wrong(what, "names and values that are strings", given)


class McpServerSource:
    """How a server is reached: ``McpServerSource.Http(..)``, ``.Process(..)`` or ``.WebSocket(..)``."""

    Http: ClassVar[type[McpHttp]]
    Process: ClassVar[type[McpProcess]]
    WebSocket: ClassVar[type[McpWebSocket]]

    def to_dict(self) -> dict[str, Any]:
        """As an ``mcp.json`` writes it."""
        return {"type": type(self).__name__.removeprefix("Mcp")} | {
            name: value for name, value in vars(self).items() if value is not None
        }

    @staticmethod
    def from_dict(given: Mapping[str, Any]) -> McpServerSource:
        """Reads what ``to_dict`` writes."""
        kinds = {"Http": McpHttp, "Process": McpProcess, "WebSocket": McpWebSocket}
        kind = given.get("type")
        if kind not in kinds:
            raise _wrong("source.type", "Http, Process or WebSocket", kind)
        return _known(kinds[kind], "source", {key: value for key, value in given.items() if key != "type"})


@dataclass
class McpHttp(McpServerSource):
    """A server at an address."""

    url: str
    timeout_secs: float | None = None
    headers: Mapping[str, str] | None = None

    _schemes: ClassVar[tuple[str, ...]] = ("http://", "https://")

    def __post_init__(self) -> None:
        if not self.url.startswith(self._schemes):
            raise _wrong("url", f"an address that begins with {' or '.join(self._schemes)}", self.url)
        if self.timeout_secs is not None and not self.timeout_secs > 0:
            raise _wrong("timeout_secs", "above 0, or None", self.timeout_secs)
        _texts("headers", self.headers)


@dataclass
class McpWebSocket(McpHttp):
    """A server at the other end of a web socket."""

    _schemes: ClassVar[tuple[str, ...]] = ("ws://", "wss://")


@dataclass
class McpProcess(McpServerSource):
    """A program that is started and spoken to over its standard input and output."""

    command: str
    args: Sequence[str] = field(default_factory=list[str])
    work_dir: str | None = None
    env: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if not self.command:
            raise _wrong("command", "a program", self.command)
        if isinstance(self.args, str):
            raise _wrong("args", "a list of strings", self.args)
        _texts("env", self.env)


McpServerSource.Http = McpHttp
McpServerSource.Process = McpProcess
McpServerSource.WebSocket = McpWebSocket


@dataclass
class McpServerConfig:
    """One server: what it is called, how it is reached, and what its tools are called."""

    id: str
    name: str
    source: McpServerSource
    enabled: bool = True
    tool_prefix: str | None = None
    resources: Sequence[str] | None = None
    bearer_token: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.source, McpServerSource):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _wrong("source", "an McpServerSource", self.source)
        if not self.id:
            raise _wrong("id", "a name", self.id)

    def to_dict(self) -> dict[str, Any]:
        """As an ``mcp.json`` writes it, its token included."""
        given = {name: value for name, value in vars(self).items() if value is not None}
        return given | {"source": self.source.to_dict()}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> McpServerConfig:
        """Reads what ``to_dict`` writes. Without an ``id`` the name is the id."""
        source = McpServerSource.from_dict(given.get("source", {}))
        name = given.get("name", given.get("id"))
        return _known(cls, "server", {"id": name, "name": name} | dict(given) | {"source": source})


@dataclass
class McpClientConfig:
    """The servers whose tools a model may use."""

    servers: list[McpServerConfig] = field(default_factory=list[McpServerConfig])
    auto_register_tools: bool = True
    tool_timeout_secs: float | None = None
    max_concurrent_calls: int | None = None

    def __post_init__(self) -> None:
        ids = [server.id for server in self.servers]
        for each in ids:
            if ids.count(each) > 1:
                raise _wrong("servers", "servers with an id of their own each", each)
        if self.tool_timeout_secs is not None and not self.tool_timeout_secs > 0:
            raise _wrong("tool_timeout_secs", "above 0, or None", self.tool_timeout_secs)
        if self.max_concurrent_calls is not None and self.max_concurrent_calls < 1:
            raise _wrong("max_concurrent_calls", "1 or more, or None", self.max_concurrent_calls)

    def to_dict(self) -> dict[str, Any]:
        """As an ``mcp.json`` writes it, tokens included."""
        given = {name: value for name, value in vars(self).items() if value is not None}
        return given | {"servers": [server.to_dict() for server in self.servers]}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> McpClientConfig:
        """Reads what ``to_dict`` writes."""
        servers = [McpServerConfig.from_dict(each) for each in given.get("servers", [])]
        return _known(cls, "mcp", dict(given) | {"servers": servers})

    @classmethod
    def from_json(cls, text: str | bytes) -> McpClientConfig:
        """Reads the text of an ``mcp.json``."""
        try:
            given = json.loads(text)
        except ValueError as error:
            raise InvalidInputError(f"mcp: {error}") from error
        if not isinstance(given, dict):
            raise _wrong("mcp", "a JSON object", type(given).__name__)
        return cls.from_dict(given)  # pyright: ignore[reportUnknownArgumentType]

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> McpClientConfig:
        """Reads an ``mcp.json``."""
        return cls.from_json(Path(path).read_bytes())


McpClientConfigPy = McpClientConfig
McpServerConfigPy = McpServerConfig
McpServerSourcePy = McpServerSource
