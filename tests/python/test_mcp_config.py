"""How MCP servers are written down. Nothing here connects."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

import ferrule
from ferrule import InvalidInputError, McpClientConfig, McpServerConfig, McpServerSource

FILE: dict[str, Any] = {
    "servers": [
        {
            "id": "web_search",
            "name": "Web Search API",
            "source": {"type": "Http", "url": "https://api.example.com/mcp", "timeout_secs": 30},
            "enabled": True,
            "tool_prefix": "web",
        }
    ],
    "auto_register_tools": True,
    "tool_timeout_secs": 30,
    "max_concurrent_calls": 10,
}


def all_kinds() -> McpClientConfig:
    return McpClientConfig(
        servers=[
            McpServerConfig(
                id="web_search",
                name="Web Search",
                source=McpServerSource.Http(url="https://api.example.com/mcp", timeout_secs=30, headers={"X-Key": "1"}),
                enabled=True,
                tool_prefix="web",
                bearer_token="secret",
            ),
            McpServerConfig("rt", "Real time", McpServerSource.WebSocket(url="wss://realtime.example.com/mcp")),
            McpServerConfig(
                "fs",
                "Files",
                McpServerSource.Process("mcp-server-filesystem", ["--root", "/tmp"], env={"LEVEL": "debug"}),
                resources=["file://**"],
            ),
        ],
        tool_timeout_secs=30,
        max_concurrent_calls=10,
    )


def test_the_example_of_the_documents_is_made() -> None:
    config = McpClientConfig(
        servers=[
            McpServerConfig(
                id="web_search",
                name="Web Search",
                source=McpServerSource.Http(url="https://api.example.com/mcp", timeout_secs=30),
                enabled=True,
                tool_prefix="web",
            )
        ]
    )
    assert config.auto_register_tools
    assert config.servers[0].source == McpServerSource.Http("https://api.example.com/mcp", 30)
    assert isinstance(config.servers[0].source, McpServerSource)


def test_both_spellings_are_one_class() -> None:
    assert ferrule.McpClientConfigPy is McpClientConfig
    assert ferrule.McpServerConfigPy is McpServerConfig
    assert ferrule.McpServerSourcePy is McpServerSource
    assert ferrule.McpServerSourcePy.Process("x", [], None, None) == McpServerSource.Process("x")


def test_it_is_written_and_read_again(tmp_path: Path) -> None:
    config = all_kinds()
    assert McpClientConfig.from_dict(config.to_dict()) == config
    file = tmp_path / "mcp.json"
    file.write_text(json.dumps(config.to_dict()))
    assert McpClientConfig.from_file(file) == config
    assert pickle.loads(pickle.dumps(config)) == config


def test_the_file_of_the_documents_is_read() -> None:
    config = McpClientConfig.from_json(json.dumps(FILE))
    assert config.servers[0].tool_prefix == "web"
    assert config.to_dict() == FILE
    del FILE["auto_register_tools"]
    assert McpClientConfig.from_dict(FILE).auto_register_tools


def test_a_token_is_not_shown() -> None:
    assert "secret" not in repr(all_kinds())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "mcp: Expecting"),
        ("[]", "`mcp` must be a JSON object"),
        ('{"server": []}', "`mcp` must be an object with the keys servers, .* got 'server'"),
        ('{"servers": [{"name": "a", "source": {"type": "Carrier"}}]}', "must be Http, Process or WebSocket"),
        ('{"servers": [{"name": "a", "source": {"type": "Http", "uri": "x"}}]}', "`source` must be .* got 'uri'"),
        ('{"servers": [{"name": "a", "source": {"type": "Http"}}]}', "missing 1 required positional argument: 'url'"),
        ('{"servers": [{"name": "a", "source": {"type": "Http", "url": "ftp://x"}}]}', "`url` must be an address"),
        ('{"servers": [{"source": {"type": "Process", "command": ""}}]}', "`command` must be a program"),
        ('{"tool_timeout_secs": 0}', "`tool_timeout_secs` must be above 0"),
        ('{"max_concurrent_calls": 0}', "`max_concurrent_calls` must be 1 or more"),
    ],
)
def test_what_is_wrong_is_told(text: str, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        McpClientConfig.from_json(text)


def test_two_servers_have_two_ids() -> None:
    server = McpServerConfig("a", "A", McpServerSource.Process("x"))
    with pytest.raises(InvalidInputError, match="an id of their own each, got 'a'"):
        McpClientConfig([server, server])
