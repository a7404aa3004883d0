"""The guard through `ferrule.mcp`: names, defaults, texts, types of the mirrored API, and what differs by intent."""

from __future__ import annotations

import asyncio
import copy
import doctest
import inspect
import logging
import os
import pickle
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

import ferrule.mcp
from ferrule.errors import DeniedError, FerruleError, InvalidInputError
from ferrule.mcp import (
    MCPCommandValidator,
    MCPSecurityError,
    ToolExecutionAudit,
    ToolSandbox,
    get_sandbox,
    get_validator,
    set_sandbox,
    set_validator,
    validate_mcp_server_config,
)


@pytest.fixture(autouse=True)
def defaults() -> Iterator[None]:
    yield
    set_sandbox(None)
    set_validator(None)


def refused(call: Callable[..., object], *given: Any, **named: Any) -> MCPSecurityError:
    with pytest.raises(MCPSecurityError) as told:
        call(*given, **named)
    return told.value


def signature(of: Callable[..., object]) -> str:
    return re.sub(r"ferrule\.\w+\.|<|>", "", str(inspect.signature(of)))


def test_the_signatures_are_the_mirrored_ones() -> None:
    known = "(allowed_commands=None, allow_unsafe=False, custom_whitelist=None, check_path_exists=True)"
    assert signature(MCPCommandValidator) == known
    assert str(inspect.signature(ToolSandbox)).startswith(
        "(allowed_tools=None, blocked_tools=None, allowed_high_risk_tools=None, blocked_arg_patterns=None, "
        "max_calls_per_minute=60, audit_callback=None, enabled=True, *"
    )
    assert str(inspect.signature(validate_mcp_server_config)).startswith(
        "(server_name, command=None, args=None, env=None, url=None, *"
    )
    methods = {
        "validate_tool_execution": "(self, /, tool_name, server_name, arguments)",
        "record_execution": "(self, /, tool_name, server_name, arguments, success, error_message=None, "
        "execution_time_ms=None)",
        "get_audit_log": "(self, /, limit=100, tool_filter=None, server_filter=None, errors_only=False)",
    }
    for name, expected in methods.items():
        assert str(inspect.signature(getattr(ToolSandbox, name))) == expected


def test_the_exception_is_a_value_error_and_one_of_ours() -> None:
    error = refused(MCPCommandValidator().validate_command, "bash", "x")
    assert isinstance(error, ValueError)
    assert isinstance(error, DeniedError)
    assert isinstance(error, FerruleError)
    assert (error.rule, error.place, error.kind) == ("launch.command.unlisted", "command", "denied")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.rule, again.place) == (str(error), error.rule, error.place)


def test_the_constants_are_what_the_mirrored_api_has() -> None:
    assert {"npx", "python3", "docker", "mcp-server-fetch"} <= ferrule.mcp.ALLOWED_COMMANDS
    assert any(pattern.search("a; b") for pattern in ferrule.mcp.DANGEROUS_PATTERNS)
    assert any(pattern.search("${x}") for pattern in ferrule.mcp.DANGEROUS_ARG_PATTERNS)
    assert any(pattern.search("/etc/passwd") for pattern in ferrule.mcp.DANGEROUS_TOOL_ARG_PATTERNS)
    assert "subprocess" in ferrule.mcp.HIGH_RISK_TOOL_PATTERNS
    assert "-c" in ferrule.mcp.BLOCKED_COMMAND_ARG_RULES["python3"]
    assert "\n" in ferrule.mcp.CONTROL_CHARS
    assert ferrule.mcp.ALLOW_UNSAFE_ENV_VAR == "VLLM_MCP_ALLOW_UNSAFE"


def test_an_empty_set_allows_nothing_and_a_given_one_is_left_alone() -> None:
    assert MCPCommandValidator(allowed_commands=set()).allowed_commands == set()
    refused(MCPCommandValidator(allowed_commands=set()).validate_command, "python3", "x")
    given = {"python3"}
    assert MCPCommandValidator(given, custom_whitelist={"mine"}).allowed_commands == {"python3", "mine"}
    assert given == {"python3"}


def test_each_part_says_its_text_and_gives_none_for_a_yes() -> None:
    validator = MCPCommandValidator(check_path_exists=False)
    assert validator.validate_command("npx", "s") is None
    assert validator.validate_args(["a;b", "postgres://u:p|w@h/db"], "s") is None
    assert validator.validate_env(None, "s") is None
    assert validator.validate_url("http://localhost:8000/mcp", "s") is None
    cases: list[tuple[Callable[..., object], tuple[Any, ...], str]] = [
        (validator.validate_args, (["a\nb"], "s"), "MCP server 's': Argument 0 contains newline characters."),
        (validator.validate_command_args, ("python", ["-Ic", "x"], "s"), "enables inline code execution for 'python'"),
        (validator.validate_env, ({"LD_PRELOAD": "x"}, "s"), "Setting 'LD_PRELOAD' environment variable is not"),
        (validator.validate_url, ("ftp://h/", "s"), "URL must use http:// or https:// scheme. Got: ftp"),
        (validator.validate_url, ("http://169.254.169.254/", "s"), "cloud metadata"),
        (validator.validate_url, ("http://localhost@evil.com", "s"), "URL contains dangerous pattern"),
    ]
    for method, given, text in cases:
        assert text in str(refused(method, *given))


def test_secrets_in_what_is_refused_are_not_told() -> None:
    url = "https://user:hunter2@example.com/"
    assert "hunter2" not in str(refused(validate_mcp_server_config, "s", url=url))
    env = {"LD_PRELOAD": "hunter2"}
    assert "hunter2" not in str(refused(validate_mcp_server_config, "s", command="python3", args=["a.py"], env=env))


def test_what_is_set_is_what_is_got_and_what_is_asked() -> None:
    assert get_validator() is get_validator()
    assert get_sandbox() is get_sandbox()
    mine, rules = MCPCommandValidator(allowed_commands=["sh"]), ToolSandbox(blocked_tools=["x"])
    set_validator(mine)
    set_sandbox(rules)
    assert get_validator() is mine
    assert get_sandbox() is rules
    refused(validate_mcp_server_config, "s", command="python3", args=["a.py"])


@pytest.mark.parametrize("value", ["1", "0", ""])
def test_the_first_look_honours_the_environment(value: str) -> None:
    program = "from ferrule.mcp import get_validator; print(get_validator().allow_unsafe)"
    command = [sys.executable, "-c", program]
    environment = os.environ | {"VLLM_MCP_ALLOW_UNSAFE": value}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.strip() == str(value == "1")
    assert ("never use this in production" in done.stderr) == (value == "1")


def test_unsafe_warns_and_allows_everything() -> None:
    with pytest.warns(UserWarning, match="unsafe mode"):
        validator = MCPCommandValidator(allow_unsafe=True)
    validator.validate_command("bash", "s")
    validator.validate_args(["a\nb"], "s")
    validator.validate_url("file:///etc/passwd", "s")


def test_a_warning_that_is_an_error_lets_nothing_pass() -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning):
            validate_mcp_server_config("s", command="bash", skip_security_validation=True)


def test_wrong_types_are_type_errors_that_name_the_argument() -> None:
    validator: Any = MCPCommandValidator()
    sandbox: Any = ToolSandbox()
    many: Any = ToolSandbox
    cases: list[tuple[Any, tuple[Any, ...]]] = [
        (validator.validate_command, (5, "s")),
        (validator.validate_args, ("-c", "s")),
        (validator.validate_args, ([5], "s")),
        (validator.validate_env, ({"A": 5}, "s")),
        (validator.validate_url, (None, "s")),
        (sandbox.validate_tool_execution, (5, "s", {})),
        (many, ("read_file",)),
        (many, ([5],)),
        (many, (None, None, None, "abc")),
        (many, (None, None, None, None, 60, "no function")),
    ]
    for call, given in cases:
        with pytest.raises(TypeError):
            call(*given)
    for named in ({"max_calls_per_minute": -1}, {"blocked_arg_patterns": ["(?=x)"]}, {"high_risk": "x"}):
        with pytest.raises(InvalidInputError):
            many(**named)
    with pytest.raises(InvalidInputError):
        sandbox.get_audit_log(limit=-1)


def test_the_classes_are_not_to_be_derived_from() -> None:
    # The core would never call what a subclass says.
    for each in (MCPCommandValidator, ToolSandbox):
        with pytest.raises(TypeError):
            type("Mine", (each,), {})


def test_high_risk_names_are_refused_unless_they_are_granted_or_only_warned_of() -> None:
    text = (
        "High-risk tool 'execute_command' is blocked by security policy. Add 'fs__execute_command' or "
        "'execute_command' to allowed_high_risk_tools to allow it explicitly."
    )
    call = ("execute_command", "fs", {"command": "ls"})
    assert str(refused(ToolSandbox().validate_tool_execution, *call)) == text
    ToolSandbox(allowed_high_risk_tools={"fs__execute_command"}).validate_tool_execution(*call)
    ToolSandbox(high_risk="warn").validate_tool_execution(*call)
    assert refused(ToolSandbox(high_risk="ask").validate_tool_execution, *call).rule == "tools.high_risk"


@pytest.mark.parametrize("name", ["retrieval_search", "medieval_history", "evaluate_model", "get_executive_summary"])
def test_names_that_only_hold_such_letters_pass(name: str) -> None:
    ToolSandbox().validate_tool_execution(name, "s", {})


@pytest.mark.parametrize("name", ["bash", "runCommand", "run-command", "e_x_e_c", "\u0435xec", "shell__ls", "rm"])
def test_names_that_hide_what_they_do_do_not(name: str) -> None:
    assert refused(ToolSandbox().validate_tool_execution, name, "s", {}).rule in {"tools.high_risk", "tools.risk"}


def test_arguments_are_judged_by_where_they_lead() -> None:
    sandbox = ToolSandbox()
    sandbox.validate_tool_execution("add_note", "s", {"text": "how do I edit /etc/hosts"})
    for path in ["../x", "/etc/passwd", "/ETC/passwd", "~/.ssh/id_rsa", "%2e%2e/x", "file:///etc/passwd"]:
        error = refused(sandbox.validate_tool_execution, "read_file", "s", {"a": [{"path": path}]})
        assert "argument 'a.[0].path' contains blocked pattern" in str(error)
        assert error.place == "arguments.a.[0].path"
    rooted = ToolSandbox(roots=[Path("/work")])
    rooted.validate_tool_execution("read_file", "s", {"path": "/work/a"})
    refused(rooted.validate_tool_execution, "read_file", "s", {"path": "/other/a"})


def test_patterns_are_compiled_or_not_and_keep_their_flags() -> None:
    for patterns in (["(?i)forbidden"], [re.compile("forbidden", re.IGNORECASE)]):
        error = refused(
            ToolSandbox(blocked_arg_patterns=patterns).validate_tool_execution, "t", "s", {"q": "so FORBIDDEN"}
        )
        assert (error.rule, error.place) == ("tools.pattern", "arguments.q")
    ToolSandbox(blocked_arg_patterns=[]).validate_tool_execution("t", "s", {"q": "so FORBIDDEN"})


def test_huge_deep_and_strange_arguments_are_refused_and_still_recorded() -> None:
    sandbox = ToolSandbox()
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"a": deep}
    ring: dict[str, Any] = {}
    ring["self"] = ring
    strange: list[dict[Any, Any]] = [deep, ring, {"a": "x" * (2 << 20)}, {1: 2}, {"a": object()}, {"a": float("nan")}]
    for arguments in strange:
        refused(sandbox.validate_tool_execution, "t", "s", arguments)
        sandbox.record_execution("t", "s", arguments, True)
    assert len(sandbox.get_audit_log()) == len(strange)


def test_rates_count_each_tool_by_itself() -> None:
    sandbox = ToolSandbox(max_calls_per_minute=2)
    for tool in ("a", "b"):
        sandbox.validate_tool_execution(tool, "s", {})
        sandbox.validate_tool_execution(tool, "s", {})
        text = str(refused(sandbox.validate_tool_execution, tool, "s", {}))
        assert text.startswith(f"Rate limit exceeded for tool 's__{tool}': max 2 calls per minute")


def test_a_sandbox_that_is_off_allows_what_it_would_refuse() -> None:
    sandbox = ToolSandbox(blocked_tools={"t"}, max_calls_per_minute=1, enabled=False)
    for _ in range(3):
        sandbox.validate_tool_execution("t", "s", {})


def test_records_are_plain_values_and_the_newest_thousand_are_kept() -> None:
    sandbox = ToolSandbox()
    for number in range(1005):
        sandbox.record_execution(f"t{number}", "s", {"n": number}, number % 2 == 0, None, 0.5)
    log = sandbox.get_audit_log(limit=2000)
    assert (len(log), log[0].tool_name, log[-1].tool_name) == (1000, "t5", "t1004")
    assert [each.tool_name for each in sandbox.get_audit_log(limit=1)] == ["t1004"]
    assert sandbox.get_audit_log(limit=0) == []
    assert len(sandbox.get_audit_log(server_filter="s", tool_filter="t100")) == 6
    assert all(not each.success for each in sandbox.get_audit_log(errors_only=True))
    last = log[-1]
    assert pickle.loads(pickle.dumps(last)) == last == ToolExecutionAudit(**asdict(last))
    assert last.execution_time_ms == 0.5
    assert sandbox.clear_audit_log() == 1000


def test_secrets_in_errors_are_redacted_too() -> None:
    record = ToolSandbox().record_execution(
        "t", "s", {"headers": ["Authorization: Bearer abc"], "cmd": "x --token=abc"}, False, "https://u:p4ss@h/ failed"
    )
    assert "abc" not in str(record.arguments)
    assert record.error_message is not None
    assert "p4ss" not in record.error_message


def test_a_callback_that_fails_hinders_nobody_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: ToolExecutionAudit) -> None:
        raise RuntimeError("the disk is full, token=abcdefghijklmnop")

    sandbox = ToolSandbox(audit_callback=fail)
    with caplog.at_level(logging.WARNING, logger="ferrule"):
        sandbox.record_execution("t", "s", {}, True)
    assert "the disk is full" in caplog.text
    assert "abcdefghijklmnop" not in caplog.text
    assert len(sandbox.get_audit_log()) == 1


def test_a_callback_may_use_the_sandbox_that_calls_it() -> None:
    seen: list[int] = []

    def look(audit: ToolExecutionAudit) -> None:
        seen.append(len(sandbox.get_audit_log()))
        set_sandbox(sandbox)
        if audit.tool_name == "first":
            sandbox.record_execution("second", "s", {}, True)

    sandbox = ToolSandbox(audit_callback=look)
    sandbox.record_execution("first", "s", {}, True)
    assert seen == [1, 2]


def test_ctrl_c_in_a_callback_reaches_the_program() -> None:
    def interrupt(_: ToolExecutionAudit) -> None:
        raise KeyboardInterrupt

    def program() -> None:
        ToolSandbox(audit_callback=interrupt).record_execution("t", "s", {}, True)
        for _ in range(1000):
            pass

    with pytest.raises(KeyboardInterrupt):
        program()


def test_threads_and_coroutines_count_exactly() -> None:
    heard: list[ToolExecutionAudit] = []
    sandbox = ToolSandbox(max_calls_per_minute=100, audit_callback=heard.append)
    allowed: list[bool] = []

    def call() -> None:
        for _ in range(50):
            try:
                sandbox.validate_tool_execution("t", "s", {"path": "a"})
            except MCPSecurityError:
                continue
            allowed.append(True)
            sandbox.record_execution("t", "s", {}, True)

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(allowed) == len(heard) == len(sandbox.get_audit_log(limit=1000)) == 100

    async def both() -> None:
        await asyncio.gather(*(asyncio.to_thread(call) for _ in range(4)))
        with pytest.raises(MCPSecurityError):
            sandbox.validate_tool_execution("t", "s", {})

    asyncio.run(both())


def test_settings_are_pickled_and_copied_without_the_log() -> None:
    validator = MCPCommandValidator(allowed_commands={"a"}, custom_whitelist={"b"}, check_path_exists=False)
    for again in (pickle.loads(pickle.dumps(validator)), copy.copy(validator)):
        assert (again.allowed_commands, again.check_path_exists) == ({"a", "b"}, False)
    sandbox = ToolSandbox({"a"}, {"b"}, {"c"}, ["d"], 7, enabled=False, high_risk="warn", roots=["/work"])
    sandbox.record_execution("t", "s", {}, True)
    again = pickle.loads(pickle.dumps(sandbox))
    assert (again.allowed_tools, again.blocked_tools, again.allowed_high_risk_tools) == ({"a"}, {"b"}, {"c"})
    assert (again.blocked_arg_patterns, again.max_calls_per_minute, again.enabled) == (["d"], 7, False)
    assert again.get_audit_log() == []
    assert repr(again) == repr(sandbox)


@pytest.mark.parametrize("name", ["MCPCommandValidator", "ToolSandbox", "validate_mcp_server_config"])
def test_the_examples_in_the_docs_run(name: str) -> None:
    value = getattr(ferrule.mcp, name)
    examples = doctest.DocTestParser().get_doctest(value.__doc__, {}, name, None, None)
    told: list[str] = []
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    done = doctest.DocTestRunner(optionflags=flags).run(examples, out=told.append)
    assert (done.failed, "".join(told)) == (0, "")
    assert done.attempted > 0
