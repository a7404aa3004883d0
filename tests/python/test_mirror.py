"""Scripts for `mistralrs` run: both sets of its keywords, all of its names, and a word on what is not built."""

from __future__ import annotations

import copy
import inspect
import pickle
import warnings
from pathlib import Path
from typing import Any

import pytest

import ferrule
from ferrule import (
    Architecture,
    ChatCompletionRequest,
    ChatCompletionResponse,
    CompletionRequest,
    EmbeddingRequest,
    InvalidInputError,
    McpClientConfig,
    McpServerConfig,
    McpServerSource,
    ModelDType,
    MultimodalAutoMapParams,
    ResponseMessage,
    Runner,
    TextAutoMapParams,
    ToolChoice,
    UnsupportedError,
    Which,
)

REQUEST: dict[str, Any] = {"messages": "Hi", "max_tokens": 1}


def test_the_keywords_of_0_9_2_are_taken(tiny_llama: Path) -> None:
    which = Which.Plain(model_id=str(tiny_llama), auto_map_params=TextAutoMapParams(4096, 1))
    arguments: dict[str, Any] = {
        "max_seqs": 16,
        "no_kv_cache": False,
        "prefix_cache_n": 16,
        "token_source": "none",
        "pa_gpu_mem": 512,
        "pa_gpu_mem_usage": 0.9,
        "pa_ctxt_len": 1024,
        "pa_blk_size": 32,
        "paged_attn": True,
        "seed": 3,
    }
    with pytest.warns(UserWarning, match="ferrule ignores") as told:
        runner = Runner(which=which, **arguments)
    # One warning for the model and one for the runner, whatever they had.
    assert len(told) == 2
    assert "`paged_attn`, `pa_gpu_mem`, `pa_gpu_mem_usage`, `pa_ctxt_len`" in str(told[0].message)
    assert runner.send_chat_completion_request(ChatCompletionRequest("Hi", "default", max_tokens=1)).choices


def test_the_keywords_of_0_9_5_are_taken(tiny_llama: Path) -> None:
    arguments: dict[str, Any] = {"memory_goal": object(), "pa_cache_type": "auto", "mtp_n_predict": 2}
    with pytest.warns(UserWarning, match="`mtp_n_predict`, `memory_goal`, `pa_cache_type` of Runner"):
        Runner(Which.Plain(tiny_llama), max_seqs=32, **arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Runner(Which.Plain(tiny_llama), 8, True, 0, "cache", seed=1)


def test_the_positional_order_of_the_runner_is_the_mirrored_one() -> None:
    order = "which, max_seqs, no_kv_cache, prefix_cache_n, token_source, mtp_model, mtp_n_predict, chat_template, \
jinja_explicit, num_device_layers, in_situ_quant, anymoe_config, memory_goal, pa_blk_size, pa_cache_type, \
no_paged_attn, paged_attn, seed, enable_search, search_embedding_model, search_callback, tool_callbacks, \
mcp_client_config, code_execution_config, shell_config"
    parameters = inspect.signature(Runner).parameters.values()
    positional = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
    assert ", ".join(positional) == order


@pytest.mark.parametrize(
    "method",
    [
        "generate_image",
        "generate_audio",
        "send_re_isq",
        "begin_calibration",
        "calibration_status",
        "apply_calibration",
        "load_lora_adapter",
        "unload_lora_adapter",
        "list_lora_adapters",
        "lora_adapter_status",
        "export_session",
        "import_session",
        "delete_session",
        "list_session_ids",
        "find_file",
    ],
)
def test_methods_that_are_not_built_say_what_does_instead(runner: Runner, method: str) -> None:
    with pytest.raises(UnsupportedError, match=rf"does not support `{method}` \(.+\)$"):
        getattr(runner, method)("anything", other="thing")


UNLOADABLE: list[Which] = [
    Which.Lora("m", []),
    Which.LoraGGUF("m", "f"),
    Which.LoraGGML("m", "f"),
    Which.XLora("x", "order.json"),
    Which.XLoraGGUF("m", "f"),
    Which.XLoraGGML("m", "f"),
    Which.GGML("m", "f"),
    Which.MultimodalPlain("m", auto_map_params=MultimodalAutoMapParams()),
    Which.DiffusionPlain("m"),
    Which.Speech("m"),
]


@pytest.mark.parametrize("which", UNLOADABLE, ids=lambda which: repr(which).split("(")[0])
def test_variants_that_do_not_load_are_refused_by_name(which: Which) -> None:
    name = repr(which).split("(")[0]
    with pytest.raises(UnsupportedError, match=rf"does not support {name} \(.+\)$"):
        Runner(which)


def test_a_model_for_embeddings_is_a_model(tiny_llama: Path) -> None:
    runner = Runner(Which.Embedding(tiny_llama))
    assert runner.send_chat_completion_request(REQUEST).choices


@pytest.mark.parametrize("which", [*UNLOADABLE, Which.Plain("a", "llama"), Which.GGUF(Path("a"), ["b"])], ids=str)
def test_variants_are_values(which: Which) -> None:
    again = pickle.loads(pickle.dumps(which))
    assert again == which == copy.copy(which)
    assert repr(again) == repr(which)
    assert isinstance(which, Which)
    assert eval(repr(which), dict(vars(ferrule))) == which


def test_words_are_listed_counted_found_and_pickled() -> None:
    assert len(Architecture) == len(list(Architecture)) == 25
    assert Architecture.Llama in Architecture
    assert Architecture["Qwen3"].name == "Qwen3"
    assert Architecture.Qwen3Moe == "qwen3_moe"
    assert {ModelDType.F16: 1}[ModelDType.F16] == 1
    assert pickle.loads(pickle.dumps(ToolChoice.NoTools)) is ToolChoice.NoTools
    assert repr(ToolChoice.Auto) == "ToolChoice.Auto"


@pytest.mark.parametrize(
    "request_",
    [
        ChatCompletionRequest([{"role": "user", "content": "Hi"}], "m", True, 2, {5: 1.5}, temperature=0.5, seed=3),
        ChatCompletionRequest("Hi", "m", grammar={"type": "object"}, response_format={"type": "text"}),
        CompletionRequest([1, 2], "m", stop_seqs="x"),
        EmbeddingRequest(["a", "b"]),
    ],
    ids=lambda request: type(request).__name__,
)
def test_requests_are_values(request_: Any) -> None:
    again = pickle.loads(pickle.dumps(request_))
    assert again == request_ == copy.deepcopy(request_)
    assert repr(again) == repr(request_)
    assert request_ != type(request_)("other", model="x")


def test_responses_are_values(runner: Runner) -> None:
    request = {"messages": "Hi", "max_tokens": 2, "logprobs": True, "top_logprobs": 1, "ignore_eos": True}
    response: ChatCompletionResponse = runner.send_chat_completion_request(request)
    again = pickle.loads(pickle.dumps(response))
    assert again == response == copy.deepcopy(response)
    assert again is not response
    assert type(response).model_validate(response.model_dump()) == response
    assert response.choices[0] != response.usage
    assert response.agentic_tool_calls == response.files == []
    assert response.adapter_generation is None
    assert response.session_id is None


def test_a_response_shows_itself_in_a_notebook() -> None:
    message = ResponseMessage.model_validate({"content": "<script>alert('&')</script>", "role": "assistant"})
    html = message._repr_html_()  # pyright: ignore[reportPrivateUsage]
    assert html.startswith("<table>")
    assert "&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;" in html
    assert "<script" not in html


def test_a_configuration_of_mcp_with_servers_waits_for_its_version(tiny_llama: Path) -> None:
    assert Runner(Which.Plain(tiny_llama), mcp_client_config=McpClientConfig())
    server = McpServerConfig("a", "A", McpServerSource.Http("http://localhost"))
    with pytest.raises(UnsupportedError, match="`mcp_client_config` of Runner"):
        Runner(Which.Plain(tiny_llama), mcp_client_config=McpClientConfig([server]))


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"messages": [{"role": "user"}]}, r"`messages\[0\]\.content` must be given, unless .* got nothing"),
        ({"messages": [{"role": "user", "content": None}]}, r"`messages\[0\]\.content` must be given"),
        ({"messages": [{"role": "user", "content": b"\xff"}]}, "must be text, or bytes that are UTF-8, got bytes of"),
        ({"max_tokens": -1}, "`max_tokens` must be a whole number from 0 to 18446744073709551615, got -1"),
        ({"top_k": -2}, "`top_k` must be a whole number from 0 to 4294967295, got -2"),
        ({"n": 1 << 40}, "`n_choices` must be a whole number from 0 to 4294967295"),
        ({"seed": -1}, "`seed` must be a whole number from 0 to"),
        ({"frequency_penalty": 3.0}, "`frequency_penalty` must be from -2 to 2, got 3"),
        ({"min_p": float("inf")}, "`min_p` must be from 0 to 1, got inf"),
        ({"logit_bias": {1: 200.0}}, "`logit_bias` must be from -100 to 100, got 200"),
        ({"response_format": {"type": "xml"}}, "`response_format.type` must be text, json_object or json_schema"),
        ({"response_format": {"type": "json_schema"}}, "`response_format.json_schema.schema` must be a JSON schema"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(runner: Runner, arguments: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidInputError, match=problem):
        runner.send_chat_completion_request({"messages": "Hi"} | arguments)


def test_a_call_without_content_is_a_message(runner: Runner) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "get", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": b"Hi"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "name": "get", "content": "42"},
    ]
    assert runner.send_chat_completion_request({"messages": messages, "max_tokens": 1}).choices


def test_a_prompt_longer_than_the_context_says_both_numbers(runner: Runner, caplog: pytest.LogCaptureFixture) -> None:
    long = {"prompt": [5] * 2000, "max_tokens": 4}
    with pytest.raises(ferrule.LimitError, match="the prompt has 2000 tokens, the model's context holds 1024"):
        runner.send_completion_request(long)
    with caplog.at_level("WARNING", "ferrule"):
        response = runner.send_completion_request(long | {"truncate_sequence": True})
    assert response.usage.prompt_tokens == 1020
    assert "cut 980 tokens off the start of a prompt of 2000" in caplog.text
