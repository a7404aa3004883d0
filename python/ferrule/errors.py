"""The exceptions of ferrule.

Each class is a ``FerruleError`` and, where Python has a word for it, that built-in exception as well, so that
``except FileNotFoundError`` does what one expects. ``kind`` is the same word in JSON, in logs and over HTTP.
"""


class FerruleError(Exception):
    """Something that ferrule was asked for could not be done."""

    kind: str = "internal"


class InvalidInputError(FerruleError, ValueError):
    """The request cannot be carried out as written, now or later."""

    kind = "invalid_input"


class NotFoundError(FerruleError, FileNotFoundError, LookupError):
    """What was asked for by name is not there."""

    kind = "not_found"


class UnsupportedError(FerruleError, NotImplementedError):
    """Understood, but this build or this model cannot do it."""

    kind = "unsupported"


class DeniedError(FerruleError, PermissionError):
    """Policy or missing authority forbids it."""

    kind = "denied"


class MCPSecurityError(DeniedError, ValueError):
    """The guard does not allow it: to start a server, to reach one, or to call a tool.

    ``rule`` is the rule that decided, such as ``launch.node.eval``; ``place`` is the part that made it speak, such as
    ``args[2]``.
    """

    rule: str | None = None
    place: str | None = None


class LimitError(FerruleError):
    """A quota, a size or a rate was exceeded; less, or later, may work."""

    kind = "limit"


class TimedOutError(FerruleError, TimeoutError):
    """The time allowed ran out."""

    kind = "timeout"


class CancelledError(FerruleError):
    """The caller gave up."""

    kind = "cancelled"


class UpstreamError(FerruleError, ConnectionError):
    """Another system failed: a hub, a server, a disk."""

    kind = "upstream"


class InternalError(FerruleError, RuntimeError):
    """Our own mistake."""

    kind = "internal"
