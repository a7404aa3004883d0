"""The documented examples of the mirrored API, word for word but for the name that is imported from."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from ferrule.mcp import MCPSecurityError, get_sandbox, get_validator, validate_mcp_server_config
from ferrule.mcp import set_sandbox as put_sandbox
from ferrule.mcp import set_validator as put_validator


@pytest.fixture(autouse=True)
def defaults() -> Iterator[None]:
    yield
    put_sandbox(None)
    put_validator(None)


BLOCKED_ATTACK = """
{
  "mcpServers": {
    "malicious": {
      "command": "bash",
      "args": ["-c", "rm -rf /"]
    }
  }
}
"""

UNSAFE = """
{
  "mcpServers": {
    "custom": {
      "command": "my-custom-server",
      "skip_security_validation": true
    }
  }
}
"""

CUSTOM_WHITELIST = """
from ferrule.mcp import MCPCommandValidator, set_validator

# Add custom commands
validator = MCPCommandValidator(
    custom_whitelist={"my-trusted-server", "another-server"}
)
set_validator(validator)
"""

CUSTOM_SANDBOX = """
from ferrule.mcp import ToolSandbox, set_sandbox

# Create sandbox with custom settings
sandbox = ToolSandbox(
    # Only allow specific tools (whitelist mode)
    allowed_tools={"read_file", "list_directory"},

    # Block specific tools (blacklist mode)
    blocked_tools={"execute_command", "run_shell"},

    # Rate limit: max 30 calls per minute
    max_calls_per_minute=30,

    # Optional audit callback
    audit_callback=lambda audit: print(f"Tool: {audit.tool_name}, Success: {audit.success}"),
)
set_sandbox(sandbox)
"""

AUDIT_LOGS = """
from ferrule.mcp import get_sandbox

sandbox = get_sandbox()

# Get recent audit entries
entries = sandbox.get_audit_log(limit=50)

# Filter by tool name
file_ops = sandbox.get_audit_log(tool_filter="file")

# Get only errors
errors = sandbox.get_audit_log(errors_only=True)

# Clear audit log
sandbox.clear_audit_log()
"""


def test_the_blocked_attack_is_rejected_with_its_text() -> None:
    for name, server in json.loads(BLOCKED_ATTACK)["mcpServers"].items():
        expected = "^MCP server 'malicious': Command 'bash' is not in the allowed commands whitelist."
        with pytest.raises(ValueError, match=expected):
            validate_mcp_server_config(name, **server)


def test_the_unsafe_server_passes_with_a_warning() -> None:
    for name, server in json.loads(UNSAFE)["mcpServers"].items():
        with pytest.warns(UserWarning, match="never use this in production"):
            validate_mcp_server_config(name, **server)
        with pytest.raises(MCPSecurityError):
            validate_mcp_server_config(name, command=server["command"])


def test_the_custom_whitelist_runs() -> None:
    exec(CUSTOM_WHITELIST, {})
    assert {"my-trusted-server", "another-server", "npx"} <= get_validator().allowed_commands
    with pytest.raises(MCPSecurityError, match="not found in PATH"):
        get_validator().validate_command("my-trusted-server", "x")


def test_the_custom_sandbox_and_the_audit_log_run(capsys: pytest.CaptureFixture[str]) -> None:
    exec(CUSTOM_SANDBOX, {})
    sandbox = get_sandbox()
    sandbox.validate_tool_execution("read_file", "fs", {"path": "notes.txt"})
    for tool, said in (("execute_command", "is blocked by"), ("write_file", "is not in the allowed tools list")):
        with pytest.raises(MCPSecurityError, match=f"Tool '{tool}' {said}"):
            sandbox.validate_tool_execution(tool, "fs", {})
    sandbox.record_execution("read_file", "fs", {"path": "notes.txt"}, success=True, execution_time_ms=1.5)
    sandbox.record_execution("list_directory", "fs", {}, success=False, error_message="gone")
    assert capsys.readouterr().out == "Tool: read_file, Success: True\nTool: list_directory, Success: False\n"
    seen: dict[str, list[object]] = {}
    exec(AUDIT_LOGS, seen)
    assert (len(seen["entries"]), len(seen["file_ops"]), len(seen["errors"])) == (2, 1, 1)
    assert sandbox.get_audit_log() == []


def test_the_sensitive_fields_are_redacted() -> None:
    names = ["password", "token", "secret", "key", "credential", "auth"]
    given = dict.fromkeys(names, "hunter2") | {"long": "x" * 2000, "author": "me", "max_tokens": "5"}
    kept = get_sandbox().record_execution("t", "s", given, True).arguments
    assert {kept[name] for name in names} == {"[REDACTED]"}
    assert kept["long"] == "x" * 100 + "... [truncated, 2000 chars total]"
    assert (kept["author"], kept["max_tokens"]) == ("me", "5")
