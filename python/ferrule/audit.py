"""What is kept of a call of a tool."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass
class ToolExecutionAudit:
    """One call of a tool as it is kept: secrets are redacted, long values are cut. Times are in seconds since 1970."""

    timestamp: float
    tool_name: str
    server_name: str
    arguments: dict[str, Any]
    success: bool
    error_message: str | None = None
    execution_time_ms: float | None = None


AuditCallback: TypeAlias = Callable[[ToolExecutionAudit], object]
