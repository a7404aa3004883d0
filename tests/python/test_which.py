from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import ferrule
from ferrule import Architecture, InvalidInputError, ModelDType, Runner, UnsupportedError, Which


def first_answer(runner: Runner, chat: dict[str, Any]) -> str | None:
    request = {"messages": chat["messages"], "max_tokens": len(chat["greedy"]), "ignore_eos": True}
    return runner.send_chat_completion_request(request).choices[0].message.content


def test_arguments_are_attributes() -> None:
    which = Which.Plain("org/name", Architecture.Llama, dtype=ModelDType.F32, hf_cache_path=Path("cache"))
    assert isinstance(which, Which)
    assert which.model_id == "org/name"
    assert which.arch == Architecture.Llama
    assert which.dtype == ModelDType.F32
    assert which.hf_cache_path == "cache"
    assert which.topology is None


def test_a_gguf_file_is_named_in_each_way_that_users_know(tiny_llama: Path, chats: list[dict[str, Any]]) -> None:
    ways = [
        Which.GGUF(str(tiny_llama), "model.gguf"),
        Which.GGUF(quantized_model_id=tiny_llama, quantized_filename=["model.gguf"]),
        Which.GGUF(tiny_llama / "model.gguf"),
    ]
    for which in ways:
        assert first_answer(Runner(which), chats[0]) == chats[0]["text"]


@pytest.mark.parametrize("arch", [Architecture.Llama, "llama", None])
def test_an_architecture_goes_by_member_or_by_name(
    tiny_llama: Path, chats: list[dict[str, Any]], arch: Architecture | str | None
) -> None:
    assert first_answer(Runner(Which.Plain(tiny_llama, arch)), chats[0]) == chats[0]["text"]


def test_an_architecture_that_is_not_built_says_which_are(tiny_llama: Path) -> None:
    with pytest.raises(InvalidInputError, match="llama, mistral"):
        Runner(Which.Plain(tiny_llama, arch=Architecture.DeepseekV3))


@pytest.mark.parametrize("dtype", [ModelDType.Auto, ModelDType.F32, ModelDType.BF16, ModelDType.F16])
def test_every_dtype_loads(tiny_llama: Path, dtype: ModelDType) -> None:
    runner = Runner(Which.Plain(tiny_llama, dtype=dtype))
    assert runner.send_chat_completion_request({"messages": "Hi", "max_tokens": 2}).usage.completion_tokens <= 2


def test_weights_are_quantised_while_loading(tiny_llama: Path) -> None:
    runner = Runner(Which.Plain(tiny_llama), in_situ_quant="Q8_0")
    assert runner.send_chat_completion_request({"messages": "Hi", "max_tokens": 2}).usage.completion_tokens <= 2


@pytest.mark.parametrize("argument", ["topology", "write_uqff", "from_uqff", "matformer_slice_name"])
def test_what_would_give_another_model_is_refused(tiny_llama: Path, argument: str) -> None:
    arguments: dict[str, Any] = {argument: "something"}
    with pytest.raises(UnsupportedError, match=f"does not support `{argument}` of Which.Plain"):
        Runner(Which.Plain(tiny_llama, **arguments))


def test_adapters_are_refused(tiny_llama: Path) -> None:
    with pytest.raises(UnsupportedError, match=r"does not support `adapters` of Which\.GGUF"):
        Runner(Which.GGUF(tiny_llama, "model.gguf", adapters=["mine"]))


def test_what_only_tunes_is_ignored_with_a_warning(tiny_llama: Path) -> None:
    with pytest.warns(UserWarning, match="ferrule ignores `imatrix` of Which.Plain"):
        Runner(Which.Plain(tiny_llama, imatrix="file"))


def test_enums_are_compared_hashed_and_shown() -> None:
    assert ModelDType.Auto == ModelDType.Auto
    assert ModelDType.Auto != ModelDType.F16
    assert len({ModelDType.Auto, ModelDType.F16, ModelDType.F16}) == 2
    assert repr(Architecture.Qwen3Moe) == "Architecture.Qwen3Moe"


def test_what_is_wrong_within_one_is_told(tiny_llama: Path) -> None:
    wrong: Any = {"model.gguf"}
    for load in (ferrule.load, Runner):
        with pytest.raises(InvalidInputError, match=r"`which\.quantized_filename` must be JSON, got set"):
            load(Which.GGUF(tiny_llama, wrong))
