"""
Local language models that use tools, safely: the compiled part. Import `ferrule` instead.
"""

from _typeshed import SupportsGetItem
from collections.abc import Awaitable, Mapping, Sequence, Set
from ferrule.audit import AuditCallback, ToolExecutionAudit
from ferrule.piece import Piece
from ferrule.which import Which
from os import PathLike
from re import Pattern
from typing import Any, Final, Literal, SupportsFloat, SupportsIndex, final

__all__ = ["__version__", "Answer", "AnswerChoice", "Arguments", "CallFinished", "CallStarted", "CalledFunction", "ChatCompletionChunkResponse", "ChatCompletionRequest", "ChatCompletionResponse", "ChatCompletionStreamer", "Choice", "ChunkChoice", "Coercion", "CompletionChoice", "CompletionRequest", "CompletionResponse", "Delta", "EmbeddingRequest", "Logprobs", "MCPCommandValidator", "Model", "Parsed", "ParsedCall", "Parser", "Problem", "PromptTokensDetails", "Reasoning", "ResponseLogprob", "ResponseMessage", "Row", "Runner", "Selection", "Stream", "Text", "ToolCallResponse", "ToolSandbox", "TopLogprob", "Usage", "blocked_command_args", "get_sandbox", "get_validator", "guard_lists", "load", "main", "parse", "reasoning_parser", "reasonings", "select", "set_sandbox", "set_validator", "syntaxes", "tool_parser", "validate_mcp_server_config"]

__version__: Final[str]

@final
class Answer:
    """
    An answer: `str(answer)` is its text. Where several were asked for, it is the first, and all are in `choices`.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def __str__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def choices(self, /) -> list[AnswerChoice]: ...
    @property
    def finish_reason(self, /) -> str: ...
    @property
    def logprobs(self, /) -> Logprobs | None: ...
    @property
    def model(self, /) -> str: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> Answer:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def problems(self, /) -> list[Problem]:
        """
        What looked like a call and is none, or is none that may be made.
        """
    @property
    def reasoning(self, /) -> str | None:
        """
        What the model thought before it spoke.
        """
    @property
    def stop_sequence(self, /) -> str | None: ...
    @property
    def text(self, /) -> str: ...
    @property
    def tokens(self, /) -> list[int]: ...
    @property
    def tool_calls(self, /) -> list[ToolCallResponse]:
        """
        The tools that the model asks for.
        """
    @property
    def usage(self, /) -> Usage: ...

@final
class AnswerChoice:
    """
    One of the answers that were asked for.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def __str__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def finish_reason(self, /) -> str: ...
    @property
    def logprobs(self, /) -> Logprobs | None: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> AnswerChoice:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def problems(self, /) -> list[Problem]:
        """
        What looked like a call and is none, or is none that may be made.
        """
    @property
    def reasoning(self, /) -> str | None:
        """
        What the model thought before it spoke.
        """
    @property
    def stop_sequence(self, /) -> str | None: ...
    @property
    def text(self, /) -> str: ...
    @property
    def tokens(self, /) -> list[int]: ...
    @property
    def tool_calls(self, /) -> list[ToolCallResponse]:
        """
        The tools that the model asks for.
        """

@final
class Arguments:
    """
    More of a call's arguments. The fragments of a call that is finished, joined, are JSON.

    >>> from ferrule.parse import tool_parser
    >>> parser = tool_parser("hermes")
    >>> parser.feed('<tool_call>{"name": "add", "arguments": {"a": ')[1:]
    [Arguments(index=0, fragment='{"a": ')]
    """
    __match_args__: Final[tuple[Literal["index"], Literal["fragment"]]]
    type: Final[Literal["arguments"]]
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def fragment(self, /) -> str: ...
    @property
    def index(self, /) -> int: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> Arguments:
        """
        Makes one of what `model_dump` gives.
        """
    def to_dict(self, /) -> dict[str, Any]:
        """
        The attributes as a plain dict, `type` included: the lines of `ferrule tools parse`.
        """

@final
class CallFinished:
    """
    The arguments are a whole JSON object.

    >>> from ferrule.parse import tool_parser
    >>> tool_parser("hermes").feed('<tool_call>{"name": "add", "arguments": {"a": 1,}}</tool_call>')[-1]
    CallFinished(index=0, repaired=['trailing_comma'])
    """
    __match_args__: Final[tuple[Literal["index"], Literal["repaired"], Literal["coerced"]]]
    type: Final[Literal["call_finished"]]
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def coerced(self, /) -> list[Coercion]:
        """
        The values that the syntax writes without a type, and the tool's schema gave one.
        """
    @property
    def index(self, /) -> int: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> CallFinished:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def repaired(self, /) -> list[str]:
        """
        The model's mistakes that were mended.
        """
    def to_dict(self, /) -> dict[str, Any]:
        """
        The attributes as a plain dict, `type` included: the lines of `ferrule tools parse`.
        """

@final
class CallStarted:
    """
    The model begins to ask for a tool.

    >>> from ferrule.parse import CallStarted, tool_parser
    >>> match tool_parser("hermes").feed('<tool_call>{"name": "clock", "arguments": {'):
    ...     case [CallStarted(index=0, name=name), *_]:
    ...         print(name)
    clock
    """
    __match_args__: Final[tuple[Literal["index"], Literal["id"], Literal["name"], Literal["in_reasoning"]]]
    type: Final[Literal["call_started"]]
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def id(self, /) -> str: ...
    @property
    def in_reasoning(self, /) -> bool:
        """
        The model was still thinking; only where the caller allows such calls.
        """
    @property
    def index(self, /) -> int:
        """
        Counts the calls of one answer from 0.
        """
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> CallStarted:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def name(self, /) -> str: ...
    def to_dict(self, /) -> dict[str, Any]:
        """
        The attributes as a plain dict, `type` included: the lines of `ferrule tools parse`.
        """

@final
class CalledFunction:
    """
    The function of a call, and its arguments as the model wrote them: the text of a JSON object.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def arguments(self, /) -> str: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> CalledFunction:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def name(self, /) -> str | None: ...

@final
class ChatCompletionChunkResponse:
    """
    A bit of an answer that is being written.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def adapter_generation(self, /) -> int | None: ...
    @property
    def choices(self, /) -> list[ChunkChoice]: ...
    @property
    def created(self, /) -> int: ...
    @property
    def id(self, /) -> str: ...
    @property
    def model(self, /) -> str: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> ChatCompletionChunkResponse:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def object(self, /) -> str: ...
    @property
    def session_id(self, /) -> str | None: ...
    @property
    def system_fingerprint(self, /) -> str: ...
    @property
    def usage(self, /) -> Usage | None:
        """
        In the last chunk only.
        """

@final
class ChatCompletionRequest:
    """
    A conversation to be answered, and how. A dict with the keys of the chat completions API
    does as well.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __getnewargs_ex__(self, /) -> tuple[tuple[()], dict[str, Any]]:
        """
        For pickling and copying.
        """
    def __new__(cls, /, messages: str | Sequence[Mapping[str, Any]], model: str, logprobs: bool = False, n_choices: SupportsIndex = 1, logit_bias: Mapping[int, float] | Mapping[str, float] | None = None, top_logprobs: SupportsIndex | None = None, max_tokens: SupportsIndex | None = None, presence_penalty: SupportsFloat | SupportsIndex | None = None, frequency_penalty: SupportsFloat | SupportsIndex | None = None, repetition_penalty: SupportsFloat | SupportsIndex | None = None, stop_seqs: str | Sequence[str] | None = None, temperature: SupportsFloat | SupportsIndex | None = None, top_p: SupportsFloat | SupportsIndex | None = None, top_k: SupportsIndex | None = None, stream: bool = False, grammar: str | Mapping[str, Any] | Sequence[str] | Any | None = None, grammar_type: str | None = None, min_p: SupportsFloat | SupportsIndex | None = None, tool_schemas: Sequence[str | Mapping[str, Any]] | None = None, tool_choice: str | Mapping[str, Any] | None = None, dry_multiplier: SupportsFloat | SupportsIndex | None = None, dry_base: SupportsFloat | SupportsIndex | None = None, dry_allowed_length: SupportsIndex | None = None, dry_sequence_breakers: SupportsGetItem[int, str] | None = None, web_search_options: Any | None = None, enable_thinking: bool | None = None, truncate_sequence: bool = False, reasoning_effort: str | None = None, max_tool_rounds: SupportsIndex | None = None, tool_dispatch_url: str | None = None, enable_code_execution: bool = False, enable_shell: bool = False, shell_skills: Any | None = None, agent_permission: Any | None = None, agent_approval_callback: Any | None = None, code_execution_permission: Any | None = None, session_id: str | None = None, files: Any | None = None, input_files: Any | None = None, ignore_eos: bool = False, *, adapter: str | None = None, seed: SupportsIndex | None = None, min_tokens: SupportsIndex | None = None, stop_token_ids: SupportsGetItem[int, SupportsIndex] | None = None, documents: Sequence[Mapping[str, Any]] | None = None, chat_template_kwargs: Mapping[str, Any] | None = None, response_format: Mapping[str, Any] | None = None, parallel_tool_calls: bool | None = None, copy_arguments: bool | None = None, syntax: str | None = None, reasoning: str | None = None) -> ChatCompletionRequest: ...
    def __repr__(self, /) -> str: ...
    @property
    def adapter(self, /) -> str | None: ...
    @property
    def agent_approval_callback(self, /) -> Any | None: ...
    @property
    def agent_permission(self, /) -> Any | None: ...
    @property
    def chat_template_kwargs(self, /) -> dict[str, Any] | None: ...
    @property
    def code_execution_permission(self, /) -> Any | None: ...
    @property
    def copy_arguments(self, /) -> bool | None: ...
    @property
    def documents(self, /) -> list[dict[str, Any]] | None: ...
    @property
    def dry_allowed_length(self, /) -> int | None: ...
    @property
    def dry_base(self, /) -> float | None: ...
    @property
    def dry_multiplier(self, /) -> float | None: ...
    @property
    def dry_sequence_breakers(self, /) -> list[str] | None: ...
    @property
    def enable_code_execution(self, /) -> bool: ...
    @property
    def enable_shell(self, /) -> bool: ...
    @property
    def enable_thinking(self, /) -> bool | None: ...
    @property
    def files(self, /) -> Any | None: ...
    @property
    def frequency_penalty(self, /) -> float | None: ...
    @property
    def grammar(self, /) -> str | dict[str, Any] | list[str] | None: ...
    @property
    def grammar_type(self, /) -> str | None: ...
    @property
    def ignore_eos(self, /) -> bool: ...
    @property
    def input_files(self, /) -> Any | None: ...
    @property
    def logit_bias(self, /) -> dict[int, float] | None: ...
    @property
    def logprobs(self, /) -> bool: ...
    @property
    def max_tokens(self, /) -> int | None: ...
    @property
    def max_tool_rounds(self, /) -> int | None: ...
    @property
    def messages(self, /) -> str | list[dict[str, Any]]: ...
    @property
    def min_p(self, /) -> float | None: ...
    @property
    def min_tokens(self, /) -> int | None: ...
    @property
    def model(self, /) -> str: ...
    @property
    def n_choices(self, /) -> int: ...
    @property
    def parallel_tool_calls(self, /) -> bool | None: ...
    @property
    def presence_penalty(self, /) -> float | None: ...
    @property
    def reasoning(self, /) -> str | None: ...
    @property
    def reasoning_effort(self, /) -> str | None: ...
    @property
    def repetition_penalty(self, /) -> float | None: ...
    @property
    def response_format(self, /) -> dict[str, Any] | None: ...
    @property
    def seed(self, /) -> int | None: ...
    @property
    def session_id(self, /) -> str | None: ...
    @property
    def shell_skills(self, /) -> Any | None: ...
    @property
    def stop_seqs(self, /) -> list[str] | None: ...
    @property
    def stop_token_ids(self, /) -> list[int] | None: ...
    @property
    def stream(self, /) -> bool: ...
    @property
    def syntax(self, /) -> str | None: ...
    @property
    def temperature(self, /) -> float | None: ...
    @property
    def tool_choice(self, /) -> str | dict[str, Any] | None: ...
    @property
    def tool_dispatch_url(self, /) -> str | None: ...
    @property
    def tool_schemas(self, /) -> list[str | dict[str, Any]] | None: ...
    @property
    def top_k(self, /) -> int | None: ...
    @property
    def top_logprobs(self, /) -> int | None: ...
    @property
    def top_p(self, /) -> float | None: ...
    @property
    def truncate_sequence(self, /) -> bool: ...
    @property
    def web_search_options(self, /) -> Any | None: ...

@final
class ChatCompletionResponse:
    """
    The answer to a conversation.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def adapter_generation(self, /) -> int | None: ...
    @property
    def agentic_tool_calls(self, /) -> list[dict[str, Any]]:
        """
        Of the calls that were carried out: none, as long as no tool is.
        """
    @property
    def choices(self, /) -> list[Choice]: ...
    @property
    def created(self, /) -> int: ...
    @property
    def files(self, /) -> list[dict[str, Any]]: ...
    @property
    def id(self, /) -> str: ...
    @property
    def model(self, /) -> str: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> ChatCompletionResponse:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def object(self, /) -> str: ...
    @property
    def session_id(self, /) -> str | None: ...
    @property
    def system_fingerprint(self, /) -> str: ...
    @property
    def usage(self, /) -> Usage: ...

@final
class ChatCompletionStreamer:
    """
    The chunks of an answer while it is written, for `for` and for `async for`. Closing it, leaving its
    `with` block, cancelling who waits for it or dropping it gives the answer up.
    """
    def __aenter__(self, /) -> Awaitable[ChatCompletionStreamer]: ...
    def __aexit__(self, /, *_exception: "object") -> Awaitable[None]: ...
    def __aiter__(self, /) -> ChatCompletionStreamer: ...
    def __anext__(self, /) -> Awaitable[ChatCompletionChunkResponse]: ...
    def __enter__(self, /) -> ChatCompletionStreamer: ...
    def __exit__(self, /, *_exception: "object") -> None: ...
    def __iter__(self, /) -> ChatCompletionStreamer: ...
    def __next__(self, /) -> ChatCompletionChunkResponse: ...
    def aclose(self, /) -> Awaitable[None]:
        """
        The same, to be awaited.
        """
    def close(self, /) -> None:
        """
        Gives the answer up. Reading on ends at once.
        """

@final
class Choice:
    """
    One of the answers that were asked for.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def finish_reason(self, /) -> str: ...
    @property
    def index(self, /) -> int: ...
    @property
    def logprobs(self, /) -> Logprobs | None: ...
    @property
    def message(self, /) -> ResponseMessage: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> Choice:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def problems(self, /) -> list[Problem]:
        """
        What looked like a call and is none, or is none that may be made.
        """
    @property
    def stop_sequence(self, /) -> str | None: ...

@final
class ChunkChoice:
    """
    The bit of one of the answers.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def delta(self, /) -> Delta: ...
    @property
    def finish_reason(self, /) -> str | None:
        """
        In the choice's last chunk only.
        """
    @property
    def index(self, /) -> int: ...
    @property
    def logprobs(self, /) -> ResponseLogprob | None: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> ChunkChoice:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def problems(self, /) -> list[Problem]:
        """
        What looked like a call and is none, or is none that may be made.
        """
    @property
    def stop_sequence(self, /) -> str | None: ...

@final
class Coercion:
    """
    One value that got its type from the tool's schema.

    >>> from ferrule.parse import parse
    >>> tool = {"name": "add", "inputSchema": {"type": "object", "properties": {"a": {"type": "integer"}}}}
    >>> text = "<tool_call><function=add><parameter=a>1</parameter></function></tool_call>"
    >>> parse(text, "qwen3_coder", tools=[tool]).calls[0].coerced
    [Coercion(at='/a', to='integer')]
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def at(self, /) -> str:
        """
        Where it stands, as a JSON pointer into the arguments.
        """
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> Coercion:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def to(self, /) -> str:
        """
        The type that it was given.
        """

@final
class CompletionChoice:
    """
    One of the continuations that were asked for.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def finish_reason(self, /) -> str: ...
    @property
    def index(self, /) -> int: ...
    @property
    def logprobs(self, /) -> Logprobs | None: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> CompletionChoice:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def stop_sequence(self, /) -> str | None: ...
    @property
    def text(self, /) -> str: ...

@final
class CompletionRequest:
    """
    A text to be continued, and how. A dict with the keys of the completions API does as well.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __getnewargs_ex__(self, /) -> tuple[tuple[()], dict[str, Any]]:
        """
        For pickling and copying.
        """
    def __new__(cls, /, prompt: str | Sequence[int], model: str, best_of: SupportsIndex = 1, echo_prompt: bool = False, presence_penalty: SupportsFloat | SupportsIndex | None = None, frequency_penalty: SupportsFloat | SupportsIndex | None = None, repetition_penalty: SupportsFloat | SupportsIndex | None = None, logit_bias: Mapping[int, float] | Mapping[str, float] | None = None, max_tokens: SupportsIndex | None = None, n_choices: SupportsIndex = 1, stop_seqs: str | Sequence[str] | None = None, temperature: SupportsFloat | SupportsIndex | None = None, top_p: SupportsFloat | SupportsIndex | None = None, suffix: str | None = None, top_k: SupportsIndex | None = None, grammar: str | Mapping[str, Any] | Sequence[str] | Any | None = None, grammar_type: str | None = None, min_p: SupportsFloat | SupportsIndex | None = None, tool_schemas: Sequence[str | Mapping[str, Any]] | None = None, tool_choice: str | None = None, dry_multiplier: SupportsFloat | SupportsIndex | None = None, dry_base: SupportsFloat | SupportsIndex | None = None, dry_allowed_length: SupportsIndex | None = None, dry_sequence_breakers: SupportsGetItem[int, str] | None = None, truncate_sequence: bool = False, ignore_eos: bool = False, *, adapter: str | None = None, seed: SupportsIndex | None = None, min_tokens: SupportsIndex | None = None, stop_token_ids: SupportsGetItem[int, SupportsIndex] | None = None, logprobs: bool = False, top_logprobs: SupportsIndex | None = None, response_format: Mapping[str, Any] | None = None, stream: bool = False) -> CompletionRequest: ...
    def __repr__(self, /) -> str: ...
    @property
    def adapter(self, /) -> str | None: ...
    @property
    def best_of(self, /) -> int: ...
    @property
    def dry_allowed_length(self, /) -> int | None: ...
    @property
    def dry_base(self, /) -> float | None: ...
    @property
    def dry_multiplier(self, /) -> float | None: ...
    @property
    def dry_sequence_breakers(self, /) -> list[str] | None: ...
    @property
    def echo_prompt(self, /) -> bool: ...
    @property
    def frequency_penalty(self, /) -> float | None: ...
    @property
    def grammar(self, /) -> str | dict[str, Any] | list[str] | None: ...
    @property
    def grammar_type(self, /) -> str | None: ...
    @property
    def ignore_eos(self, /) -> bool: ...
    @property
    def logit_bias(self, /) -> dict[int, float] | None: ...
    @property
    def logprobs(self, /) -> bool: ...
    @property
    def max_tokens(self, /) -> int | None: ...
    @property
    def min_p(self, /) -> float | None: ...
    @property
    def min_tokens(self, /) -> int | None: ...
    @property
    def model(self, /) -> str: ...
    @property
    def n_choices(self, /) -> int: ...
    @property
    def presence_penalty(self, /) -> float | None: ...
    @property
    def prompt(self, /) -> str | list[int]: ...
    @property
    def repetition_penalty(self, /) -> float | None: ...
    @property
    def response_format(self, /) -> dict[str, Any] | None: ...
    @property
    def seed(self, /) -> int | None: ...
    @property
    def stop_seqs(self, /) -> list[str] | None: ...
    @property
    def stop_token_ids(self, /) -> list[int] | None: ...
    @property
    def stream(self, /) -> bool: ...
    @property
    def suffix(self, /) -> str | None: ...
    @property
    def temperature(self, /) -> float | None: ...
    @property
    def tool_choice(self, /) -> str | None: ...
    @property
    def tool_schemas(self, /) -> list[str | dict[str, Any]] | None: ...
    @property
    def top_k(self, /) -> int | None: ...
    @property
    def top_logprobs(self, /) -> int | None: ...
    @property
    def top_p(self, /) -> float | None: ...
    @property
    def truncate_sequence(self, /) -> bool: ...

@final
class CompletionResponse:
    """
    The continuation of a text.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def choices(self, /) -> list[CompletionChoice]: ...
    @property
    def created(self, /) -> int: ...
    @property
    def id(self, /) -> str: ...
    @property
    def model(self, /) -> str: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> CompletionResponse:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def object(self, /) -> str: ...
    @property
    def system_fingerprint(self, /) -> str: ...
    @property
    def usage(self, /) -> Usage: ...

@final
class Delta:
    """
    What is to be appended.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def content(self, /) -> str | None: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> Delta:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def reasoning_content(self, /) -> str | None: ...
    @property
    def role(self, /) -> str: ...
    @property
    def tool_calls(self, /) -> list[ToolCallResponse] | None: ...

@final
class EmbeddingRequest:
    """
    Texts that are to become vectors. A dict with the keys of the embeddings API does as well.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __getnewargs_ex__(self, /) -> tuple[tuple[()], dict[str, Any]]:
        """
        For pickling and copying.
        """
    def __new__(cls, /, input: str | Sequence[str] | Sequence[int] | Sequence[Sequence[int]], truncate_sequence: bool = False, *, model: str | None = None, pooling: str = ..., normalize: bool = True, encoding_format: str | None = None, dimensions: SupportsIndex | None = None) -> EmbeddingRequest: ...
    def __repr__(self, /) -> str: ...
    @property
    def dimensions(self, /) -> int | None: ...
    @property
    def encoding_format(self, /) -> str | None: ...
    @property
    def input(self, /) -> Any: ...
    @property
    def model(self, /) -> str | None: ...
    @property
    def normalize(self, /) -> bool: ...
    @property
    def pooling(self, /) -> str: ...
    @property
    def truncate_sequence(self, /) -> bool: ...

@final
class Logprobs:
    """
    How likely each token of an answer was.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def content(self, /) -> list[ResponseLogprob]: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> Logprobs:
        """
        Makes one of what `model_dump` gives.
        """

@final
class MCPCommandValidator:
    """
    Says which MCP servers may be started or connected to. Each method gives `None` for a yes and raises
    `MCPSecurityError` for a no, with the `rule` and the `place` that decided.

    `allowed_commands` are the programs that may run, by name or by whole path: absent, those of
    `ALLOWED_COMMANDS`; an empty set allows nothing. `custom_whitelist` adds to them. `allow_unsafe` switches every
    check off, with a warning. Without `check_path_exists` a program need not be there.

    >>> from ferrule.mcp import MCPCommandValidator
    >>> MCPCommandValidator(check_path_exists=False).validate_command("npx", "files")
    """
    def __getnewargs__(self, /) -> tuple[set[str] | None, bool, set[str], bool]:
        """
        For pickling and copying.
        """
    def __new__(cls, /, allowed_commands: Set[str] | Sequence[str] | None = None, allow_unsafe: bool = False, custom_whitelist: Set[str] | Sequence[str] | None = None, check_path_exists: bool = True) -> MCPCommandValidator: ...
    def __repr__(self, /) -> str: ...
    @property
    def allow_unsafe(self, /) -> bool: ...
    @property
    def allowed_commands(self, /) -> set[str]:
        """
        The programs that may run, those of `custom_whitelist` among them.
        """
    @property
    def check_path_exists(self, /) -> bool: ...
    def validate_args(self, /, args: Sequence[str], server_name: str) -> None:
        """
        The arguments as strings, whatever the program.
        """
    def validate_command(self, /, command: str, server_name: str) -> None:
        """
        The command: listed, found, and nobody else's to change.
        """
    def validate_command_args(self, /, command: str, args: Sequence[str], server_name: str) -> None:
        """
        The arguments as the program reads them.
        """
    def validate_env(self, /, env: dict[str, str] | None, server_name: str) -> None:
        """
        The environment variables that are set for the server.
        """
    def validate_url(self, /, url: str, server_name: str) -> None:
        """
        The URL, with the addresses that its host has now; looking them up takes three seconds at most.
        """

@final
class Model:
    """
    A model that is loaded and answers. Threads and coroutines may share it. `load` makes one.
    """
    def __enter__(self, /) -> Model: ...
    def __exit__(self, /, *_exception: "object") -> None: ...
    def __repr__(self, /) -> str: ...
    def aembed(self, /, texts: str | Sequence[str] | Sequence[int] | Sequence[Sequence[int]], pooling: str = "last", normalize: bool = True, *, truncate: bool = False, timeout: SupportsFloat | SupportsIndex | None = None) -> Awaitable[list[list[float]]]:
        """
        `embed`, to be awaited.
        """
    def agenerate(self, /, prompt: str | Sequence[Mapping[str, Any]] | Sequence[int], *, max_tokens: SupportsIndex | None = None, temperature: SupportsFloat | SupportsIndex | None = None, top_p: SupportsFloat | SupportsIndex | None = None, top_k: SupportsIndex | None = None, min_p: SupportsFloat | SupportsIndex | None = None, repetition_penalty: SupportsFloat | SupportsIndex | None = None, presence_penalty: SupportsFloat | SupportsIndex | None = None, frequency_penalty: SupportsFloat | SupportsIndex | None = None, logit_bias: Mapping[int, float] | Mapping[str, float] | None = None, seed: SupportsIndex | None = None, n: SupportsIndex = 1, stop: str | Sequence[str] | None = None, stop_token_ids: SupportsGetItem[int, SupportsIndex] | None = None, min_tokens: SupportsIndex = 0, ignore_eos: bool = False, logprobs: bool = False, top_logprobs: SupportsIndex = 0, truncate: bool = False, raw: bool = False, tools: Sequence[str | Mapping[str, Any]] | None = None, tool_choice: str | Mapping[str, Any] | None = None, parallel_tool_calls: bool | None = None, copy_arguments: bool | None = None, syntax: str | None = None, reasoning: str | None = None, enable_thinking: bool | None = None, grammar: str | None = None, schema: str | Mapping[str, Any] | Sequence[str] | Any | None = None, choices: str | Sequence[str] | None = None, regex: str | None = None, timeout: SupportsFloat | SupportsIndex | None = None) -> Awaitable[Answer]:
        """
        `generate`, to be awaited. Cancelling it cancels the answer.
        """
    def astream(self, /, prompt: str | Sequence[Mapping[str, Any]] | Sequence[int], *, max_tokens: SupportsIndex | None = None, temperature: SupportsFloat | SupportsIndex | None = None, top_p: SupportsFloat | SupportsIndex | None = None, top_k: SupportsIndex | None = None, min_p: SupportsFloat | SupportsIndex | None = None, repetition_penalty: SupportsFloat | SupportsIndex | None = None, presence_penalty: SupportsFloat | SupportsIndex | None = None, frequency_penalty: SupportsFloat | SupportsIndex | None = None, logit_bias: Mapping[int, float] | Mapping[str, float] | None = None, seed: SupportsIndex | None = None, n: SupportsIndex = 1, stop: str | Sequence[str] | None = None, stop_token_ids: SupportsGetItem[int, SupportsIndex] | None = None, min_tokens: SupportsIndex = 0, ignore_eos: bool = False, logprobs: bool = False, top_logprobs: SupportsIndex = 0, truncate: bool = False, raw: bool = False, tools: Sequence[str | Mapping[str, Any]] | None = None, tool_choice: str | Mapping[str, Any] | None = None, parallel_tool_calls: bool | None = None, copy_arguments: bool | None = None, syntax: str | None = None, reasoning: str | None = None, enable_thinking: bool | None = None, grammar: str | None = None, schema: str | Mapping[str, Any] | Sequence[str] | Any | None = None, choices: str | Sequence[str] | None = None, regex: str | None = None, timeout: SupportsFloat | SupportsIndex | None = None) -> Stream:
        """
        The same for `async for`: nothing is begun before the first piece is awaited.
        """
    @property
    def card(self, /) -> dict[str, Any]:
        """
        What is known of the model without running it.
        """
    def close(self, /) -> None:
        """
        Takes the model out of memory. Streams end with an error that says so, and so does every call from now on.
        """
    @property
    def context_length(self, /) -> int: ...
    def count(self, /, messages: str | Sequence[Mapping[str, Any]]) -> int:
        """
        How many tokens a conversation takes, the template's own words included.
        """
    def detokenize(self, /, tokens: SupportsGetItem[int, SupportsIndex], skip_special: bool = False) -> str:
        """
        The text of tokens.
        """
    def embed(self, /, texts: str | Sequence[str] | Sequence[int] | Sequence[Sequence[int]], pooling: str = "last", normalize: bool = True, *, truncate: bool = False, timeout: SupportsFloat | SupportsIndex | None = None) -> list[list[float]]:
        """
        One vector for each text.
        """
    def generate(self, /, prompt: str | Sequence[Mapping[str, Any]] | Sequence[int], *, max_tokens: SupportsIndex | None = None, temperature: SupportsFloat | SupportsIndex | None = None, top_p: SupportsFloat | SupportsIndex | None = None, top_k: SupportsIndex | None = None, min_p: SupportsFloat | SupportsIndex | None = None, repetition_penalty: SupportsFloat | SupportsIndex | None = None, presence_penalty: SupportsFloat | SupportsIndex | None = None, frequency_penalty: SupportsFloat | SupportsIndex | None = None, logit_bias: Mapping[int, float] | Mapping[str, float] | None = None, seed: SupportsIndex | None = None, n: SupportsIndex = 1, stop: str | Sequence[str] | None = None, stop_token_ids: SupportsGetItem[int, SupportsIndex] | None = None, min_tokens: SupportsIndex = 0, ignore_eos: bool = False, logprobs: bool = False, top_logprobs: SupportsIndex = 0, truncate: bool = False, raw: bool = False, tools: Sequence[str | Mapping[str, Any]] | None = None, tool_choice: str | Mapping[str, Any] | None = None, parallel_tool_calls: bool | None = None, copy_arguments: bool | None = None, syntax: str | None = None, reasoning: str | None = None, enable_thinking: bool | None = None, grammar: str | None = None, schema: str | Mapping[str, Any] | Sequence[str] | Any | None = None, choices: str | Sequence[str] | None = None, regex: str | None = None, timeout: SupportsFloat | SupportsIndex | None = None) -> Answer:
        """
        Answers a conversation, or a user's message; with `raw=True` the string is continued as it is. At most
        one of `grammar` (Lark), `schema` (JSON schema or Pydantic model), `choices` and `regex` says what the
        answer must match. `copy_arguments=False` lets a model that copies the strings of its calls from the
        conversation write what it likes.
        """
    def logprobs(self, /, text: str | Sequence[int], top: SupportsIndex = 0, *, timeout: SupportsFloat | SupportsIndex | None = None) -> list[ResponseLogprob]:
        """
        How likely each token of a text is after those before it, with the `top` likeliest of its place. The first
        token has nothing before it and is left out.
        """
    @property
    def name(self, /) -> str: ...
    def stats(self, /) -> dict[str, Any]:
        """
        What the model is doing, and has done since it was loaded.
        """
    def stream(self, /, prompt: str | Sequence[Mapping[str, Any]] | Sequence[int], *, max_tokens: SupportsIndex | None = None, temperature: SupportsFloat | SupportsIndex | None = None, top_p: SupportsFloat | SupportsIndex | None = None, top_k: SupportsIndex | None = None, min_p: SupportsFloat | SupportsIndex | None = None, repetition_penalty: SupportsFloat | SupportsIndex | None = None, presence_penalty: SupportsFloat | SupportsIndex | None = None, frequency_penalty: SupportsFloat | SupportsIndex | None = None, logit_bias: Mapping[int, float] | Mapping[str, float] | None = None, seed: SupportsIndex | None = None, n: SupportsIndex = 1, stop: str | Sequence[str] | None = None, stop_token_ids: SupportsGetItem[int, SupportsIndex] | None = None, min_tokens: SupportsIndex = 0, ignore_eos: bool = False, logprobs: bool = False, top_logprobs: SupportsIndex = 0, truncate: bool = False, raw: bool = False, tools: Sequence[str | Mapping[str, Any]] | None = None, tool_choice: str | Mapping[str, Any] | None = None, parallel_tool_calls: bool | None = None, copy_arguments: bool | None = None, syntax: str | None = None, reasoning: str | None = None, enable_thinking: bool | None = None, grammar: str | None = None, schema: str | Mapping[str, Any] | Sequence[str] | Any | None = None, choices: str | Sequence[str] | None = None, regex: str | None = None, timeout: SupportsFloat | SupportsIndex | None = None) -> Stream:
        """
        The same piece by piece, for `for` and `async for`; `timeout` is for each piece.
        """
    def tokenize(self, /, text: str, add_special: bool = False) -> list[int]:
        """
        The tokens of a text; special tokens spelled out in it count as such.
        """

@final
class Parsed:
    """
    All events of an answer, gathered.

    >>> from ferrule.parse import parse
    >>> parsed = parse('Wait. <tool_call>{"name": "clock", "arguments": {}}</tool_call>', "hermes")
    >>> parsed.text.strip(), [call.name for call in parsed.calls], parsed.problems
    ('Wait.', ['clock'], [])
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def calls(self, /) -> list[ParsedCall]:
        """
        The calls that are whole.
        """
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> Parsed:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def problems(self, /) -> list[Problem]: ...
    @property
    def reasoning(self, /) -> str: ...
    @property
    def text(self, /) -> str:
        """
        What the model says beside its calls.
        """
    def to_dict(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """

@final
class ParsedCall:
    """
    One call.

    >>> import json
    >>> from ferrule.parse import parse
    >>> call, = parse('<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>', "hermes").calls
    >>> call.name, json.loads(call.arguments)
    ('add', {'a': 1})
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def arguments(self, /) -> str:
        """
        The text of a JSON object.
        """
    @property
    def coerced(self, /) -> list[Coercion]:
        """
        The values that the syntax writes without a type, and the tool's schema gave one.
        """
    @property
    def id(self, /) -> str: ...
    @property
    def in_reasoning(self, /) -> bool:
        """
        The model was still thinking; only where the caller allows such calls.
        """
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> ParsedCall:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def name(self, /) -> str: ...
    @property
    def repaired(self, /) -> list[str]:
        """
        The model's mistakes that were mended.
        """
    def to_dict(self, /) -> dict[str, Any]:
        """
        The attributes as a plain dict.
        """

@final
class Parser:
    """
    Reads one answer after the other, piece by piece. Threads may share it.

    >>> from ferrule.parse import tool_parser
    >>> parser = tool_parser("hermes")
    >>> for piece in ["Let me see. <tool_", 'call>{"name": "clock"', ', "arguments": {}}</tool_call>']:
    ...     for event in parser.feed(piece):
    ...         print(event.type)
    text
    call_started
    arguments
    call_finished
    >>> parser.finish()
    []
    """
    def __repr__(self, /) -> str: ...
    def feed(self, /, text: str | bytes) -> list[Text | Reasoning | CallStarted | Arguments | CallFinished | Problem]:
        """
        What the next bit of the answer completes. Bytes may be cut within a character.

        >>> from ferrule.parse import tool_parser
        >>> tool_parser("mistral").feed("Hello")
        [Text(text='Hello')]
        """
    def finish(self, /) -> list[Text | Reasoning | CallStarted | Arguments | CallFinished | Problem]:
        """
        The answer is at its end: what was held back comes. Then the parser is ready for the next answer.

        >>> from ferrule.parse import tool_parser
        >>> parser = tool_parser("hermes")
        >>> parser.feed("a < b, a <tool"), parser.finish()
        ([Text(text='a < b, a ')], [Text(text='<tool')])
        """
    def parse(self, /, text: str | bytes) -> Parsed:
        """
        A whole answer at once. What is being fed is not touched by it.

        >>> from ferrule.parse import tool_parser
        >>> tool_parser("hermes").parse("Hello").text
        'Hello'
        """
    @property
    def reasoning(self, /) -> str | None:
        """
        The name of the way in which thoughts are written.
        """
    def reset(self, /) -> None:
        """
        Forgets what was fed.

        >>> from ferrule.parse import tool_parser
        >>> parser = tool_parser("hermes")
        >>> parser.feed("<tool_call>"), parser.reset(), parser.feed("Hello")
        ([], None, [Text(text='Hello')])
        """
    @property
    def syntax(self, /) -> str | None:
        """
        The name of the tool syntax.
        """
    @property
    def tools(self, /) -> list[str] | None:
        """
        The names of the tools that may be called; `None` for any.
        """

@final
class Problem:
    """
    Something looked like a call and is none, or is none that may be made. `problem` says which: `undeclared`,
    `in_reasoning`, `malformed`, `truncated`, `nameless`, `too_long` or `too_deep`.

    >>> from ferrule.parse import parse
    >>> parse('<tool_call>{"name": "rm", "arguments": {}}</tool_call>', "hermes", tools=["ls"]).problems[0].name
    'rm'
    """
    __match_args__: Final[tuple[Literal["problem"], Literal["call"], Literal["id"], Literal["name"], Literal["arguments"], Literal["expected"], Literal["limit"], Literal["text"], Literal["broken"]]]
    type: Final[Literal["problem"]]
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def arguments(self, /) -> str | None: ...
    @property
    def broken(self, /) -> ParsedCall | None:
        """
        The call as far as it came; only where events were gathered.
        """
    @property
    def call(self, /) -> int | None:
        """
        The index of the call that this ends, if it had begun.
        """
    @property
    def expected(self, /) -> str | None:
        """
        What the syntax wants instead.
        """
    @property
    def id(self, /) -> str | None: ...
    @property
    def limit(self, /) -> int | None: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> Problem:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def name(self, /) -> str | None:
        """
        The tool that was asked for, where that is known.
        """
    @property
    def problem(self, /) -> str: ...
    @property
    def text(self, /) -> str:
        """
        What the model wrote and no other event holds.
        """
    def to_dict(self, /) -> dict[str, Any]:
        """
        The attributes as a plain dict, `type` included: the lines of `ferrule tools parse`.
        """

@final
class PromptTokensDetails:
    """
    Where the prompt's tokens came from.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def cached_tokens(self, /) -> int:
        """
        Those that were there from an earlier request.
        """
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> PromptTokensDetails:
        """
        Makes one of what `model_dump` gives.
        """

@final
class Reasoning:
    """
    The model thinks.

    >>> from ferrule.parse import reasoning_parser
    >>> reasoning_parser("qwen3", thinking="closed").feed("<think>Hm")
    [Reasoning(text='Hm')]
    """
    __match_args__: Final[tuple[Literal["text"]]]
    type: Final[Literal["reasoning"]]
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> Reasoning:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def text(self, /) -> str: ...
    def to_dict(self, /) -> dict[str, Any]:
        """
        The attributes as a plain dict, `type` included: the lines of `ferrule tools parse`.
        """

@final
class ResponseLogprob:
    """
    A chosen token.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def bytes(self, /) -> list[int]:
        """
        The token's own bytes, which need not be whole characters.
        """
    @property
    def logprob(self, /) -> float: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> ResponseLogprob:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def token(self, /) -> str: ...
    @property
    def top_logprobs(self, /) -> list[TopLogprob]: ...

@final
class ResponseMessage:
    """
    What the model said.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def content(self, /) -> str | None: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> ResponseMessage:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def reasoning_content(self, /) -> str | None: ...
    @property
    def role(self, /) -> str: ...
    @property
    def tool_calls(self, /) -> list[ToolCallResponse] | None: ...

@final
class Row:
    """
    A way of writing, as a table shows it.

    >>> from ferrule.parse import syntaxes
    >>> syntaxes()[0].names
    ['hermes', 'nous']
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def example(self, /) -> str:
        """
        What it looks like.
        """
    @property
    def family(self, /) -> str:
        """
        The models that write so.
        """
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> Row:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def name(self, /) -> str: ...
    @property
    def names(self, /) -> list[str]:
        """
        With its aliases.
        """

@final
class Runner:
    """
    One model or several that are loaded and answer. Threads and coroutines may share it.
    """
    def __enter__(self, /) -> Runner: ...
    def __exit__(self, /, *_exception: "object") -> None: ...
    def __new__(cls, /, which: Which | None = None, max_seqs: SupportsIndex = 32, no_kv_cache: bool = False, prefix_cache_n: SupportsIndex = 16, token_source: str = ..., mtp_model: Any | None = None, mtp_n_predict: SupportsIndex | None = None, chat_template: str | PathLike[str] | None = None, jinja_explicit: str | PathLike[str] | None = None, num_device_layers: SupportsGetItem[int, str] | None = None, in_situ_quant: str | None = None, anymoe_config: Any | None = None, memory_goal: Any | None = None, pa_blk_size: SupportsIndex | None = None, pa_cache_type: Any | None = None, no_paged_attn: bool = False, paged_attn: bool = False, seed: SupportsIndex | None = None, enable_search: bool = False, search_embedding_model: Any | None = None, search_callback: Any | None = None, tool_callbacks: Any | None = None, mcp_client_config: Any | None = None, code_execution_config: Any | None = None, shell_config: Any | None = None, *, timeout: SupportsFloat | SupportsIndex | None = None, name: str | None = None, kv_cache_mb: SupportsIndex | None = None, kv_cache_type: str | None = None, speculation: bool = True, max_queue: SupportsIndex | None = None, keep_alive: SupportsFloat | SupportsIndex | None = None, memory_mb: SupportsIndex | None = None, pa_gpu_mem: Any | None = None, pa_gpu_mem_usage: Any | None = None, pa_ctxt_len: Any | None = None) -> Runner:
        """
        Finds the model, fetches it if it must, and loads it; without `which` the built-in demo model. `seed` is for requests that bring
        none; `timeout` is in seconds, as is `keep_alive`, how long an idle model stays. All models together
        keep within `memory_mb`.
        """
    def __repr__(self, /) -> str: ...
    def add_model(self, /, which: Which, name: str | None = None, *, load: bool = True, keep_alive: SupportsFloat | SupportsIndex | None = None, timeout: SupportsFloat | SupportsIndex | None = None) -> str:
        """
        Adds a model, and loads it unless `load=False`; then it is loaded when it is first asked for. It is loaded as
        the first one was; `name` is what it goes by, and `keep_alive` how many seconds it stays when it is idle.
        A model that went by this name makes way for it.
        """
    def apply_calibration(self, /, *_args: "object", **_more: "object") -> Any: ...
    def asend_chat_completion_request(self, /, request: ChatCompletionRequest | Mapping[str, Any], model_id: str | None = None, *, timeout: SupportsFloat | SupportsIndex | None = None) -> Awaitable[ChatCompletionResponse | Any]:
        """
        `send_chat_completion_request`, to be awaited. Cancelling it cancels the answer.
        """
    def asend_completion_request(self, /, request: CompletionRequest | Mapping[str, Any], model_id: str | None = None, *, timeout: SupportsFloat | SupportsIndex | None = None) -> Awaitable[CompletionResponse]:
        """
        `send_completion_request`, to be awaited.
        """
    def asend_embedding_request(self, /, request: EmbeddingRequest | Mapping[str, Any], model_id: str | None = None, *, timeout: SupportsFloat | SupportsIndex | None = None) -> Awaitable[list[list[float]]]:
        """
        `send_embedding_request`, to be awaited.
        """
    def begin_calibration(self, /, *_args: "object", **_more: "object") -> Any: ...
    def calibration_status(self, /, *_args: "object", **_more: "object") -> Any: ...
    def close(self, /) -> None:
        """
        Takes all models out of memory. Streams end with an error that says so, and so does every call from now on.
        """
    def delete_session(self, /, *_args: "object", **_more: "object") -> Any: ...
    def detokenize_text(self, /, tokens: SupportsGetItem[int, SupportsIndex], skip_special_tokens: bool = True, model_id: str | None = None) -> str:
        """
        The text of tokens.
        """
    def export_session(self, /, *_args: "object", **_more: "object") -> Any: ...
    def find_file(self, /, *_args: "object", **_more: "object") -> Any: ...
    def generate_audio(self, /, *_args: "object", **_more: "object") -> Any: ...
    def generate_image(self, /, *_args: "object", **_more: "object") -> Any: ...
    def get_default_model_id(self, /) -> str | None:
        """
        The model of requests that name none.
        """
    def get_model_status(self, /, model_id: str) -> str | None:
        """
        `loaded`, `loading`, `unloaded`, or `failed: ` and why.
        """
    def import_session(self, /, *_args: "object", **_more: "object") -> Any: ...
    def is_model_loaded(self, /, model_id: str) -> bool: ...
    def list_lora_adapters(self, /, *_args: "object", **_more: "object") -> Any: ...
    def list_models(self, /) -> list[str]:
        """
        The names of all models.
        """
    def list_models_with_status(self, /) -> list[tuple[str, str]]:
        """
        The names and states of all models.
        """
    def list_session_ids(self, /, *_args: "object", **_more: "object") -> Any: ...
    def list_unloaded_models(self, /) -> list[str]:
        """
        The names of the models that are not in memory.
        """
    def load_lora_adapter(self, /, *_args: "object", **_more: "object") -> Any: ...
    def lora_adapter_status(self, /, *_args: "object", **_more: "object") -> Any: ...
    def max_sequence_length(self, /, model_id: str | None = None) -> int:
        """
        How many tokens a prompt and its answer may have together.
        """
    def reload_model(self, /, model_id: str, *, timeout: SupportsFloat | SupportsIndex | None = None) -> None:
        """
        Loads a model that was unloaded.
        """
    def remove_model(self, /, model_id: str) -> None:
        """
        Takes a model out of memory and off the list.
        """
    def send_chat_completion_request(self, /, request: ChatCompletionRequest | Mapping[str, Any], model_id: str | None = None, *, timeout: SupportsFloat | SupportsIndex | None = None) -> ChatCompletionResponse | Any:
        """
        Answers a conversation. With `stream=True` in the request the answer is a
        `ChatCompletionStreamer`, and `timeout` is for each chunk.
        """
    def send_chat_completion_request_to_model(self, /, request: ChatCompletionRequest | Mapping[str, Any], model_id: str, *, timeout: SupportsFloat | SupportsIndex | None = None) -> ChatCompletionResponse | Any:
        """
        The same from the model of this name.
        """
    def send_completion_request(self, /, request: CompletionRequest | Mapping[str, Any], model_id: str | None = None, *, timeout: SupportsFloat | SupportsIndex | None = None) -> CompletionResponse:
        """
        Continues a text.
        """
    def send_completion_request_to_model(self, /, request: CompletionRequest | Mapping[str, Any], model_id: str, *, timeout: SupportsFloat | SupportsIndex | None = None) -> CompletionResponse:
        """
        The same by the model of this name.
        """
    def send_embedding_request(self, /, request: EmbeddingRequest | Mapping[str, Any], model_id: str | None = None, *, timeout: SupportsFloat | SupportsIndex | None = None) -> list[list[float]]:
        """
        One vector for each input.
        """
    def send_re_isq(self, /, *_args: "object", **_more: "object") -> Any: ...
    def set_default_model_id(self, /, model_id: str) -> None: ...
    def tokenize_text(self, /, text: str, add_special_tokens: bool = True, enable_thinking: bool | None = None, model_id: str | None = None) -> list[int]:
        """
        The tokens of a text; special tokens spelled out in it count as such. `enable_thinking` is
        for conversations and means nothing here.
        """
    def unload_lora_adapter(self, /, *_args: "object", **_more: "object") -> Any: ...
    def unload_model(self, /, model_id: str) -> None:
        """
        Takes a model out of memory. It stays listed, and is loaded again when it is asked for; answers that are
        being written go on.
        """

@final
class Selection:
    """
    How a model's answers are read, and what spoke for it.

    >>> from ferrule.parse import select
    >>> select({"template": "{{ '<tool_call>' }} {{ '<tool_response>' }}"}).reasoning is None
    True
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> Selection:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def reasoning(self, /) -> str | None:
        """
        The name of its way of thinking; `None` where nothing tells.
        """
    @property
    def reasoning_why(self, /) -> str: ...
    @property
    def syntax(self, /) -> str | None:
        """
        The name of its tool syntax; `None` where nothing tells.
        """
    @property
    def syntax_why(self, /) -> str: ...

@final
class Stream:
    """
    The pieces of an answer while it is written, for `for` and for `async for`: strings that say more about
    themselves in attributes. Closing it, leaving its `with` block, cancelling who waits for it or dropping it
    gives the answer up.
    """
    def __aenter__(self, /) -> Awaitable[Stream]: ...
    def __aexit__(self, /, *_exception: "object") -> Awaitable[None]: ...
    def __aiter__(self, /) -> Stream: ...
    def __anext__(self, /) -> Awaitable[Piece]: ...
    def __enter__(self, /) -> Stream: ...
    def __exit__(self, /, *_exception: "object") -> None: ...
    def __iter__(self, /) -> Stream: ...
    def __next__(self, /) -> Piece: ...
    def aclose(self, /) -> Awaitable[None]:
        """
        The same, to be awaited.
        """
    def close(self, /) -> None:
        """
        Gives the answer up. Reading on ends at once.
        """

@final
class Text:
    """
    The model speaks.

    >>> from ferrule.parse import Text, tool_parser
    >>> tool_parser("hermes").feed("Hello")
    [Text(text='Hello')]
    """
    __match_args__: Final[tuple[Literal["text"]]]
    type: Final[Literal["text"]]
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> Text:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def text(self, /) -> str: ...
    def to_dict(self, /) -> dict[str, Any]:
        """
        The attributes as a plain dict, `type` included: the lines of `ferrule tools parse`.
        """

@final
class ToolCallResponse:
    """
    A call that the model asks for. In a stream the first chunk of a call has its id and its name, and each further one
    with its index goes on with the arguments.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def function(self, /) -> CalledFunction: ...
    @property
    def id(self, /) -> str | None: ...
    @property
    def index(self, /) -> int: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> ToolCallResponse:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def tp(self, /) -> str: ...
    @property
    def type(self, /) -> str:
        """
        `function`.
        """

@final
class ToolSandbox:
    """
    Says which tools may be called, how often, and with what, and keeps a log of it. (It judges calls; what runs code
    in a sandbox is another thing.)

    `allowed_tools`, if given, are the only ones; `blocked_tools` never run. Names are `tool` or `server__tool`. Tools
    whose names say that they run code need `allowed_high_risk_tools`. Paths and addresses in arguments are judged by
    where they lead; `blocked_arg_patterns` are further regular expressions that no text may match. After
    `max_calls_per_minute` calls of one tool it has to wait; 0 is no limit. `audit_callback` is told of every record.

    `high_risk` (`"deny"`, `"ask"`, `"warn"`) says what becomes of tools that run code. Not said, they are refused
    here, and run with a warning where the core calls them under this sandbox. `roots` are the folders that paths may
    lead to; `private_addresses` (`"allow"`, `"ask"`, `"deny"`) is about this machine and its network.

    >>> from ferrule.mcp import ToolSandbox
    >>> sandbox = ToolSandbox(blocked_tools={"run_shell"})
    >>> sandbox.validate_tool_execution("read_file", "files", {"path": "notes.txt"})
    """
    def __getnewargs_ex__(self, /) -> tuple[tuple[()], dict[str, Any]]:
        """
        For pickling and copying: the settings, without log and counts.
        """
    def __new__(cls, /, allowed_tools: Set[str] | Sequence[str] | None = None, blocked_tools: Set[str] | Sequence[str] | None = None, allowed_high_risk_tools: Set[str] | Sequence[str] | None = None, blocked_arg_patterns: Sequence[str | Pattern[str]] | None = None, max_calls_per_minute: SupportsIndex = 60, audit_callback: AuditCallback | None = None, enabled: bool = True, *, high_risk: str | None = None, roots: Sequence[str | PathLike[str]] | None = None, private_addresses: str | None = None) -> ToolSandbox: ...
    def __repr__(self, /) -> str: ...
    @property
    def allowed_high_risk_tools(self, /) -> set[str]: ...
    @property
    def allowed_tools(self, /) -> set[str] | None: ...
    @property
    def audit_callback(self, /) -> AuditCallback | None: ...
    @property
    def blocked_arg_patterns(self, /) -> list[str]:
        """
        Beside what the roles of parameters tell.
        """
    @property
    def blocked_tools(self, /) -> set[str]: ...
    def clear_audit_log(self, /) -> int:
        """
        Forgets all records, and says how many they were.
        """
    @property
    def enabled(self, /) -> bool: ...
    def get_audit_log(self, /, limit: SupportsIndex = 100, tool_filter: str | None = None, server_filter: str | None = None, errors_only: bool = False) -> list[ToolExecutionAudit]:
        """
        The newest records that fit, the oldest of them first. The filters are parts of names; with a `limit` of 0
        there are none.
        """
    @property
    def max_calls_per_minute(self, /) -> int: ...
    def record_execution(self, /, tool_name: str, server_name: str, arguments: Mapping[str, Any], success: bool, error_message: str | None = None, execution_time_ms: SupportsFloat | SupportsIndex | None = None) -> ToolExecutionAudit:
        """
        Writes down what became of a call. Secrets are redacted and long values cut first, in arguments and error.
        """
    def validate_tool_execution(self, /, tool_name: str, server_name: str, arguments: Mapping[str, Any]) -> None:
        """
        Gives `None` if the tool may be called, and raises `MCPSecurityError` if not. A call that may be made counts
        for the limit.
        """

@final
class TopLogprob:
    """
    A token that could have been chosen.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def bytes(self, /) -> list[int]: ...
    @property
    def logprob(self, /) -> float: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> TopLogprob:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def token(self, /) -> str: ...

@final
class Usage:
    """
    What an answer cost.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Any]]:
        """
        For pickling and copying.
        """
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    @property
    def avg_compl_tok_per_sec(self, /) -> float: ...
    @property
    def avg_prompt_tok_per_sec(self, /) -> float: ...
    @property
    def avg_tok_per_sec(self, /) -> float: ...
    @property
    def completion_tokens(self, /) -> int: ...
    def model_dump(self, /) -> dict[str, Any]:
        """
        The attributes as plain dicts and lists.
        """
    def model_dump_json(self, /, indent: SupportsIndex | None = None) -> str:
        """
        The attributes as JSON, on one line or with this indentation.
        """
    @classmethod
    def model_validate(cls, /, dump: Mapping[str, Any]) -> Usage:
        """
        Makes one of what `model_dump` gives.
        """
    @property
    def prompt_tokens(self, /) -> int: ...
    @property
    def prompt_tokens_details(self, /) -> PromptTokensDetails: ...
    @property
    def total_completion_time_sec(self, /) -> float: ...
    @property
    def total_prompt_time_sec(self, /) -> float: ...
    @property
    def total_time_sec(self, /) -> float: ...
    @property
    def total_tokens(self, /) -> int: ...

def blocked_command_args() -> dict[str, dict[str, str]]:
    """
    For each command the arguments that it must not have, and what each would do.
    """

def get_sandbox() -> ToolSandbox:
    """
    The rules of tools that are in force, with their log.
    """

def get_validator() -> MCPCommandValidator:
    """
    The rules of launches that are in force. Unless some were set, the first call looks at `VLLM_MCP_ALLOW_UNSAFE`:
    `1` switches every check off, with a warning.
    """

def guard_lists() -> dict[str, list[str]]:
    """
    The lists that the mirrored API shows, by their names there.
    """

def load(model: str | PathLike[str] | Which | None = None, *, file: str | Sequence[str] | None = None, name: str | None = None, arch: str | None = None, dtype: str | None = None, in_situ_quant: str | None = None, chat_template: str | PathLike[str] | None = None, tokenizer_from: str | PathLike[str] | None = None, cache: str | PathLike[str] | None = None, token_source: str | None = None, max_sequences: SupportsIndex | None = None, max_queue: SupportsIndex | None = None, kv_cache_mb: SupportsIndex | None = None, kv_cache_type: str | None = None, prefix_cache: bool = True, speculation: bool = True, keep_alive: SupportsFloat | SupportsIndex | None = None, timeout: SupportsFloat | SupportsIndex | None = None) -> Model:
    """
    Finds a model, fetches it if it must, and loads it: a folder, a `.gguf` file, a hub id
    (`org/name[@revision]`), a `Which`, or `builtin`, the demo model that comes with ferrule and answers where none is
    named. `file` chooses among GGUF files.
    """

def main(args: SupportsGetItem[int, str] | None = None) -> int:
    """
    Runs the `ferrule` command and gives its exit status: what the console script calls. The
    arguments are those of the process, unless some are given.
    """

def parse(text: str | bytes, syntax: str, tools: Sequence[str | Mapping[str, Any]] | None = None, reasoning: str | None = None, thinking: str | None = None, repair: str = "conservative", calls_in_reasoning: bool = False, *, seed: SupportsIndex | None = None) -> Parsed:
    """
    Reads a whole answer; see `tool_parser` for what may be said of it.

    >>> from ferrule.parse import parse
    >>> text = '<tool_call>{"name": "weather", "arguments": {"city": "Paris"}}</tool_call>'
    >>> parse(text, "hermes").calls[0].arguments
    '{"city": "Paris"}'
    """

def reasoning_parser(reasoning: str, thinking: str | None = None) -> Parser:
    """
    A parser that only tells thoughts from what is said.

    >>> from ferrule.parse import reasoning_parser
    >>> parsed = reasoning_parser("qwen3").parse("<think>One and one.</think>Two.")
    >>> parsed.reasoning, parsed.text
    ('One and one.', 'Two.')
    """

def reasonings() -> list[Row]:
    """
    Every way of writing thoughts.

    >>> from ferrule.parse import reasonings
    >>> "qwen3" in [row.name for row in reasonings()]
    True
    """

def select(model: Model | Mapping[str, Any] | str | PathLike[str] | Which, *, timeout: SupportsFloat | SupportsIndex | None = None) -> Selection:
    """
    How the answers of a model are read: told by its chat template, its special tokens and its name. Takes a `Model`,
    a folder, a `.gguf` file, a hub's id, a `Which`, or a card as `Model.card` gives it.

    >>> from ferrule.parse import select
    >>> select({"name": "mistralai/Mistral-7B-Instruct-v0.3"}).syntax
    'mistral'
    """

def set_sandbox(sandbox: ToolSandbox | None) -> None:
    """
    Sets the rules of tools for the whole process: for whatever calls a tool from now on. `None` puts the default
    ones back, with an empty log.
    """

def set_validator(validator: MCPCommandValidator | None) -> None:
    """
    Sets the rules of launches for the whole process: for whatever starts or reaches an MCP server from now on.
    `None` puts the default ones back.
    """

def syntaxes() -> list[Row]:
    """
    Every way of writing tool calls, in the order of the documentation.

    >>> from ferrule.parse import syntaxes
    >>> {"hermes", "mistral", "llama3", "auto"} <= {name for row in syntaxes() for name in row.names}
    True
    """

def tool_parser(syntax: str, tools: Sequence[str | Mapping[str, Any]] | None = None, reasoning: str | None = None, thinking: str | None = None, repair: str = "conservative", calls_in_reasoning: bool = False, *, seed: SupportsIndex | None = None) -> Parser:
    """
    A parser for answers in which tools are called in this syntax. `tools` are those that may be: names, or tools as
    OpenAI, MCP or Anthropic write them; without it any may. `reasoning` names how the model thinks, and `thinking`
    says whether the prompt left a thought `open` or `closed`. `repair` is `off`, `conservative` or `full`.

    >>> from ferrule.parse import tool_parser
    >>> tool_parser("hermes", tools=["clock"], reasoning="qwen3")
    <ferrule.parse.Parser syntax='hermes' reasoning='qwen3' tools=[clock]>
    """

def validate_mcp_server_config(server_name: str, command: str | None = None, args: Sequence[str] | None = None, env: dict[str, str] | None = None, url: str | None = None, *, cwd: str | PathLike[str] | None = None, skip_security_validation: bool = False) -> None:
    """
    Says whether a server may be started or connected to, by the rules in force: `None` is a yes, a no raises
    `MCPSecurityError`. A server of an `mcp.json` may be handed over as it stands there.
    `skip_security_validation` vouches for the server, with a warning; never use it in production.

    >>> from ferrule.mcp import validate_mcp_server_config
    >>> validate_mcp_server_config("malicious", command="bash")
    Traceback (most recent call last):
        ...
    ferrule.errors.MCPSecurityError: MCP server 'malicious': Command 'bash' is not in the allowed commands whitelist...
    """
