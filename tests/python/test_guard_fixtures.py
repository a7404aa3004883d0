"""The tables of launches that the Rust tests read, asked through Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from conftest import FIXTURES
from ferrule.mcp import MCPCommandValidator, MCPSecurityError, set_validator, validate_mcp_server_config

# What the operator's Python cannot say, or what this machine says itself.
NOT_ASKED = {"by", "real", "writable", "stranger", "addresses", "redirect", "skip"}


def cases() -> Iterator[Any]:
    for path in sorted((FIXTURES / "guard" / "launch").glob("*.json")):
        for number, case in enumerate(json.loads(path.read_text())):
            if not NOT_ASKED & case.keys():
                yield pytest.param(case, id=f"{path.stem}-{number}")


@pytest.fixture(autouse=True)
def defaults() -> Iterator[None]:
    yield
    set_validator(None)


def test_there_are_many_lines() -> None:
    assert len(list(cases())) > 300


@pytest.mark.parametrize("case", list(cases()))
def test_a_line_of_the_table_has_its_verdict(case: dict[str, Any]) -> None:
    set_validator(MCPCommandValidator(custom_whitelist=case.get("whitelist"), check_path_exists=False))
    run: list[str] = case.get("run", [])
    given: dict[str, Any] = {
        "command": run[0] if run else None,
        "args": run[1:],
        "env": case.get("env"),
        "url": case.get("url"),
        "cwd": case.get("cwd"),
    }
    if case["verdict"] == "allow":
        validate_mcp_server_config("s", **given)
        return
    with pytest.raises(MCPSecurityError) as refused:
        validate_mcp_server_config("s", **given)
    assert all(text in str(refused.value) for text in case.get("says", []))
    assert refused.value.rule == case.get("rule", refused.value.rule)
    assert refused.value.place == case.get("place", refused.value.place)
