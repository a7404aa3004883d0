"""
Local language models that use tools, safely: the compiled part. Import `ferrule` instead.
"""

from _typeshed import SupportsGetItem
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, Final, SupportsFloat, SupportsIndex, final
from typing_extensions import disjoint_base

__all__ = ["__version__", "Architecture", "CalledFunction", "ChatCompletionChunkResponse", "ChatCompletionRequest", "ChatCompletionResponse", "ChatCompletionStreamer", "Choice", "ChunkChoice", "CompletionChoice", "CompletionRequest", "CompletionResponse", "Delta", "Logprobs", "ModelDType", "PromptTokensDetails", "ResponseLogprob", "ResponseMessage", "Runner", "ToolCallResponse", "ToolChoice", "TopLogprob", "Usage", "Which", "main"]

__version__: Final[str]

@final
class Architecture:
    """
    A model architecture, for files that do not say theirs: the names of the mirrored API, whether this
    build has them or not. A string does as well, for all that it has: the name that
    `ferrule models inspect` shows.
    """
    DeepseekV2: Final[Architecture]
    DeepseekV3: Final[Architecture]
    GLM4: Final[Architecture]
    GLM4Moe: Final[Architecture]
    GLM4MoeLite: Final[Architecture]
    Gemma: Final[Architecture]
    Gemma2: Final[Architecture]
    GptOss: Final[Architecture]
    GraniteMoeHybrid: Final[Architecture]
    HunYuanDenseV1: Final[Architecture]
    HunYuanMoEV1: Final[Architecture]
    Lfm2: Final[Architecture]
    Lfm2Moe: Final[Architecture]
    Llama: Final[Architecture]
    Mistral: Final[Architecture]
    Mixtral: Final[Architecture]
    Phi2: Final[Architecture]
    Phi3: Final[Architecture]
    Phi3_5MoE: Final[Architecture]
    Qwen2: Final[Architecture]
    Qwen3: Final[Architecture]
    Qwen3Moe: Final[Architecture]
    Qwen3Next: Final[Architecture]
    SmolLm3: Final[Architecture]
    Starcoder2: Final[Architecture]
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __int__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...

@final
class CalledFunction:
    """
    The function of a call, and its arguments as the model wrote them: the text of a JSON object.
    """
    def __repr__(self, /) -> str: ...
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
    @property
    def name(self, /) -> str: ...

@final
class ChatCompletionChunkResponse:
    """
    A bit of an answer that is being written.
    """
    def __repr__(self, /) -> str: ...
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
    @property
    def object(self, /) -> str: ...
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
    def __new__(cls, /, messages: str | Sequence[Mapping[str, Any]], model: str, logprobs: bool = False, n_choices: SupportsIndex = 1, logit_bias: Mapping[int, float] | Mapping[str, float] | None = None, top_logprobs: SupportsIndex | None = None, max_tokens: SupportsIndex | None = None, presence_penalty: SupportsFloat | SupportsIndex | None = None, frequency_penalty: SupportsFloat | SupportsIndex | None = None, repetition_penalty: SupportsFloat | SupportsIndex | None = None, stop_seqs: str | Sequence[str] | None = None, temperature: SupportsFloat | SupportsIndex | None = None, top_p: SupportsFloat | SupportsIndex | None = None, top_k: SupportsIndex | None = None, stream: bool = False, grammar: str | Mapping[str, Any] | None = None, grammar_type: str | None = None, min_p: SupportsFloat | SupportsIndex | None = None, tool_schemas: Sequence[str | Mapping[str, Any]] | None = None, tool_choice: ToolChoice | str | None = None, dry_multiplier: SupportsFloat | SupportsIndex | None = None, dry_base: SupportsFloat | SupportsIndex | None = None, dry_allowed_length: SupportsIndex | None = None, dry_sequence_breakers: SupportsGetItem[int, str] | None = None, web_search_options: Any | None = None, enable_thinking: bool | None = None, truncate_sequence: bool = False, reasoning_effort: str | None = None, max_tool_rounds: SupportsIndex | None = None, tool_dispatch_url: str | None = None, enable_code_execution: bool = False, enable_shell: bool = False, shell_skills: Any | None = None, agent_permission: Any | None = None, agent_approval_callback: Any | None = None, code_execution_permission: Any | None = None, session_id: str | None = None, files: Any | None = None, input_files: Any | None = None, ignore_eos: bool = False, *, adapter: str | None = None, seed: SupportsIndex | None = None, min_tokens: SupportsIndex | None = None, stop_token_ids: SupportsGetItem[int, SupportsIndex] | None = None, documents: Sequence[Mapping[str, Any]] | None = None, chat_template_kwargs: Mapping[str, Any] | None = None) -> ChatCompletionRequest: ...
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
    def grammar(self, /) -> str | dict[str, Any] | None: ...
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
    def presence_penalty(self, /) -> float | None: ...
    @property
    def reasoning_effort(self, /) -> str | None: ...
    @property
    def repetition_penalty(self, /) -> float | None: ...
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
    def temperature(self, /) -> float | None: ...
    @property
    def tool_choice(self, /) -> ToolChoice | None: ...
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
    def __repr__(self, /) -> str: ...
    @property
    def choices(self, /) -> list[Choice]: ...
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
    @property
    def object(self, /) -> str: ...
    @property
    def system_fingerprint(self, /) -> str: ...
    @property
    def usage(self, /) -> Usage: ...

@final
class ChatCompletionStreamer:
    """
    The chunks of an answer while it is written. Closing it, leaving its `with` block or dropping it
    gives the answer up.
    """
    def __enter__(self, /) -> ChatCompletionStreamer: ...
    def __exit__(self, /, *_exception: "object") -> None: ...
    def __iter__(self, /) -> ChatCompletionStreamer: ...
    def __next__(self, /) -> ChatCompletionChunkResponse: ...
    def close(self, /) -> None:
        """
        Gives the answer up. Reading on ends at once.
        """

@final
class Choice:
    """
    One of the answers that were asked for.
    """
    def __repr__(self, /) -> str: ...
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
    @property
    def stop_sequence(self, /) -> str | None: ...

@final
class ChunkChoice:
    """
    The bit of one of the answers.
    """
    def __repr__(self, /) -> str: ...
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
    @property
    def stop_sequence(self, /) -> str | None: ...

@final
class CompletionChoice:
    """
    One of the continuations that were asked for.
    """
    def __repr__(self, /) -> str: ...
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
    @property
    def stop_sequence(self, /) -> str | None: ...
    @property
    def text(self, /) -> str: ...

@final
class CompletionRequest:
    """
    A text to be continued, and how. A dict with the keys of the completions API does as well.
    """
    def __new__(cls, /, prompt: str | Sequence[int], model: str, best_of: SupportsIndex = 1, echo_prompt: bool = False, presence_penalty: SupportsFloat | SupportsIndex | None = None, frequency_penalty: SupportsFloat | SupportsIndex | None = None, repetition_penalty: SupportsFloat | SupportsIndex | None = None, logit_bias: Mapping[int, float] | Mapping[str, float] | None = None, max_tokens: SupportsIndex | None = None, n_choices: SupportsIndex = 1, stop_seqs: str | Sequence[str] | None = None, temperature: SupportsFloat | SupportsIndex | None = None, top_p: SupportsFloat | SupportsIndex | None = None, suffix: str | None = None, top_k: SupportsIndex | None = None, grammar: str | Mapping[str, Any] | None = None, grammar_type: str | None = None, min_p: SupportsFloat | SupportsIndex | None = None, tool_schemas: Sequence[str | Mapping[str, Any]] | None = None, tool_choice: ToolChoice | str | None = None, dry_multiplier: SupportsFloat | SupportsIndex | None = None, dry_base: SupportsFloat | SupportsIndex | None = None, dry_allowed_length: SupportsIndex | None = None, dry_sequence_breakers: SupportsGetItem[int, str] | None = None, truncate_sequence: bool = False, ignore_eos: bool = False, *, adapter: str | None = None, seed: SupportsIndex | None = None, min_tokens: SupportsIndex | None = None, stop_token_ids: SupportsGetItem[int, SupportsIndex] | None = None, logprobs: bool = False, top_logprobs: SupportsIndex | None = None) -> CompletionRequest: ...
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
    def grammar(self, /) -> str | dict[str, Any] | None: ...
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
    def seed(self, /) -> int | None: ...
    @property
    def stop_seqs(self, /) -> list[str] | None: ...
    @property
    def stop_token_ids(self, /) -> list[int] | None: ...
    @property
    def suffix(self, /) -> str | None: ...
    @property
    def temperature(self, /) -> float | None: ...
    @property
    def tool_choice(self, /) -> ToolChoice | None: ...
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
    def __repr__(self, /) -> str: ...
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
    def __repr__(self, /) -> str: ...
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
    @property
    def reasoning_content(self, /) -> str | None: ...
    @property
    def role(self, /) -> str: ...
    @property
    def tool_calls(self, /) -> list[ToolCallResponse] | None: ...

@final
class Logprobs:
    """
    How likely each token of an answer was.
    """
    def __repr__(self, /) -> str: ...
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

@final
class ModelDType:
    """
    The type that weights are computed in.
    """
    Auto: Final[ModelDType]
    """
    As the files have them.
    """
    BF16: Final[ModelDType]
    F16: Final[ModelDType]
    F32: Final[ModelDType]
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __int__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...

@final
class PromptTokensDetails:
    """
    Where the prompt's tokens came from.
    """
    def __repr__(self, /) -> str: ...
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

@final
class ResponseLogprob:
    """
    A chosen token.
    """
    def __repr__(self, /) -> str: ...
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
    @property
    def token(self, /) -> str: ...
    @property
    def top_logprobs(self, /) -> list[TopLogprob]: ...

@final
class ResponseMessage:
    """
    What the model said.
    """
    def __repr__(self, /) -> str: ...
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
    @property
    def reasoning_content(self, /) -> str | None: ...
    @property
    def role(self, /) -> str: ...
    @property
    def tool_calls(self, /) -> list[ToolCallResponse] | None: ...

@final
class Runner:
    """
    A model that is loaded and answers. Threads may share it.
    """
    def __new__(cls, /, which: Which, max_seqs: SupportsIndex = 32, no_kv_cache: bool = False, prefix_cache_n: SupportsIndex = 16, token_source: str = ..., mtp_model: Any | None = None, mtp_n_predict: SupportsIndex | None = None, chat_template: str | PathLike[str] | None = None, jinja_explicit: str | PathLike[str] | None = None, num_device_layers: SupportsGetItem[int, str] | None = None, in_situ_quant: str | None = None, anymoe_config: Any | None = None, memory_goal: Any | None = None, pa_blk_size: SupportsIndex | None = None, pa_cache_type: Any | None = None, no_paged_attn: bool = False, paged_attn: bool = False, seed: SupportsIndex | None = None, enable_search: bool = False, search_embedding_model: Any | None = None, search_callback: Any | None = None, tool_callbacks: Any | None = None, mcp_client_config: Any | None = None, code_execution_config: Any | None = None, shell_config: Any | None = None, *, timeout: SupportsFloat | SupportsIndex | None = None) -> Runner:
        """
        Finds the model, fetches it if it must, and loads it. `seed` is for requests that bring
        none; `timeout` is in seconds.
        """
    def __repr__(self, /) -> str: ...
    def detokenize_text(self, /, tokens: SupportsGetItem[int, SupportsIndex], skip_special_tokens: bool = True, model_id: str | None = None) -> str:
        """
        The text of tokens.
        """
    def list_models(self, /) -> list[str]:
        """
        The names of the models that answer.
        """
    def max_sequence_length(self, /, model_id: str | None = None) -> int:
        """
        How many tokens a prompt and its answer may have together.
        """
    def send_chat_completion_request(self, /, request: ChatCompletionRequest | Mapping[str, Any], model_id: str | None = None, *, timeout: SupportsFloat | SupportsIndex | None = None) -> ChatCompletionResponse | Any:
        """
        Answers a conversation. With `stream=True` in the request the answer is a
        `ChatCompletionStreamer`, and `timeout` is for each chunk.
        """
    def send_completion_request(self, /, request: CompletionRequest | Mapping[str, Any], model_id: str | None = None, *, timeout: SupportsFloat | SupportsIndex | None = None) -> CompletionResponse:
        """
        Continues a text.
        """
    def tokenize_text(self, /, text: str, add_special_tokens: bool = True, enable_thinking: bool | None = None, model_id: str | None = None) -> list[int]:
        """
        The tokens of a text; special tokens spelled out in it count as such. `enable_thinking` is
        for conversations and means nothing here.
        """

@final
class ToolCallResponse:
    """
    A call that the model asks for.
    """
    def __repr__(self, /) -> str: ...
    @property
    def function(self, /) -> CalledFunction: ...
    @property
    def id(self, /) -> str: ...
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
    @property
    def tp(self, /) -> str:
        """
        `function`.
        """

@final
class ToolChoice:
    """
    Whether the model may ask for tools. The strings `"none"` and `"auto"` do as well.
    """
    Auto: Final[ToolChoice]
    NoTools: Final[ToolChoice]
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __int__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...

@final
class TopLogprob:
    """
    A token that could have been chosen.
    """
    def __repr__(self, /) -> str: ...
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
    @property
    def token(self, /) -> str: ...

@final
class Usage:
    """
    What an answer cost.
    """
    def __repr__(self, /) -> str: ...
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

@disjoint_base
class Which:
    """
    Which model, and in which form its files are.
    """
    @final
    class GGUF(Which):
        """
        A GGUF file or several, in a folder or at a hub. A quantisation such as `Q4_K_M` may stand
        for a file's name, and `quantized_model_id` may be the file itself.
        """
        __match_args__: Final = ("quantized_model_id", "quantized_filename", "tok_model_id", "topology", "dtype", "tokenizer_json", "mmproj_filename", "organization", "write_uqff", "imatrix", "calibration_file", "max_edge", "adapters", "max_adapters", "max_rank", "max_bytes", "hf_cache_path", "matformer_config_path", "matformer_slice_name", "encoder_cache_memory_bytes")
        def __new__(cls, /, quantized_model_id: str | PathLike[str], quantized_filename: str | Sequence[str] = ..., tok_model_id: str | PathLike[str] | None = None, topology: str | PathLike[str] | None = None, dtype: ModelDType = ..., *, tokenizer_json: str | PathLike[str] | None = None, mmproj_filename: str | None = None, organization: str | None = None, write_uqff: str | PathLike[str] | None = None, imatrix: str | PathLike[str] | None = None, calibration_file: str | PathLike[str] | None = None, max_edge: SupportsIndex | None = None, adapters: str | Sequence[str] | None = None, max_adapters: SupportsIndex = 16, max_rank: SupportsIndex = 256, max_bytes: SupportsIndex = 8589934592, hf_cache_path: str | PathLike[str] | None = None, matformer_config_path: str | PathLike[str] | None = None, matformer_slice_name: str | None = None, encoder_cache_memory_bytes: SupportsIndex | None = None) -> Which.GGUF: ...
        @property
        def adapters(self, /) -> list[str] | None: ...
        @property
        def calibration_file(self, /) -> str | None: ...
        @property
        def dtype(self, /) -> ModelDType: ...
        @property
        def encoder_cache_memory_bytes(self, /) -> int | None: ...
        @property
        def hf_cache_path(self, /) -> str | None: ...
        @property
        def imatrix(self, /) -> str | None: ...
        @property
        def matformer_config_path(self, /) -> str | None: ...
        @property
        def matformer_slice_name(self, /) -> str | None: ...
        @property
        def max_adapters(self, /) -> int: ...
        @property
        def max_bytes(self, /) -> int: ...
        @property
        def max_edge(self, /) -> int | None: ...
        @property
        def max_rank(self, /) -> int: ...
        @property
        def mmproj_filename(self, /) -> str | None: ...
        @property
        def organization(self, /) -> str | None: ...
        @property
        def quantized_filename(self, /) -> list[str]: ...
        @property
        def quantized_model_id(self, /) -> str: ...
        @property
        def tok_model_id(self, /) -> str | None: ...
        @property
        def tokenizer_json(self, /) -> str | None: ...
        @property
        def topology(self, /) -> str | None: ...
        @property
        def write_uqff(self, /) -> str | None: ...
    @final
    class Plain(Which):
        """
        A folder of safetensors, plain or quantised by MLX; or a hub id, `org/name[@revision]`.
        """
        __match_args__: Final = ("model_id", "arch", "tokenizer_json", "topology", "organization", "write_uqff", "from_uqff", "dtype", "imatrix", "calibration_file", "hf_cache_path", "matformer_config_path", "matformer_slice_name")
        def __new__(cls, /, model_id: str | PathLike[str], arch: Architecture | str | None = None, tokenizer_json: str | PathLike[str] | None = None, topology: str | PathLike[str] | None = None, organization: str | None = None, write_uqff: str | PathLike[str] | None = None, from_uqff: str | Sequence[str] | None = None, dtype: ModelDType = ..., imatrix: str | PathLike[str] | None = None, calibration_file: str | PathLike[str] | None = None, hf_cache_path: str | PathLike[str] | None = None, matformer_config_path: str | PathLike[str] | None = None, matformer_slice_name: str | None = None) -> Which.Plain: ...
        @property
        def arch(self, /) -> Architecture | str | None: ...
        @property
        def calibration_file(self, /) -> str | None: ...
        @property
        def dtype(self, /) -> ModelDType: ...
        @property
        def from_uqff(self, /) -> list[str] | None: ...
        @property
        def hf_cache_path(self, /) -> str | None: ...
        @property
        def imatrix(self, /) -> str | None: ...
        @property
        def matformer_config_path(self, /) -> str | None: ...
        @property
        def matformer_slice_name(self, /) -> str | None: ...
        @property
        def model_id(self, /) -> str: ...
        @property
        def organization(self, /) -> str | None: ...
        @property
        def tokenizer_json(self, /) -> str | None: ...
        @property
        def topology(self, /) -> str | None: ...
        @property
        def write_uqff(self, /) -> str | None: ...

def main(args: SupportsGetItem[int, str] | None = None) -> int:
    """
    Runs the `ferrule` command and gives its exit status: what the console script calls. The
    arguments are those of the process, unless some are given.
    """
