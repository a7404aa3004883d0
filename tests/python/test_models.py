"""Several models in one Runner."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from ferrule import NotFoundError, Runner, Which


def test_models_are_added_asked_by_name_and_removed(tiny_llama: Path) -> None:
    runner = Runner(Which.Plain(tiny_llama), name="plain")
    assert runner.add_model(Which.GGUF(tiny_llama / "model.gguf"), "packed") == "packed"
    assert runner.list_models() == ["plain", "packed"]
    assert runner.get_default_model_id() == "plain"
    request = {"messages": "Hi", "max_tokens": 1}
    assert runner.send_chat_completion_request(request).model == "plain"
    assert runner.send_chat_completion_request_to_model(request, "packed").model == "packed"
    assert runner.send_completion_request_to_model({"prompt": "Hi", "max_tokens": 1}, "packed").model == "packed"
    runner.set_default_model_id("packed")
    assert runner.send_chat_completion_request(request).model == "packed"
    runner.remove_model("packed")
    assert runner.list_models() == ["plain"]
    assert runner.get_default_model_id() == "plain"
    with pytest.raises(NotFoundError, match="there is no model `packed`"):
        runner.set_default_model_id("packed")


def test_an_unloaded_model_comes_back_when_it_is_asked(tiny_llama: Path) -> None:
    runner = Runner(Which.Plain(tiny_llama), name="tiny")
    assert runner.is_model_loaded("tiny")
    runner.unload_model("tiny")
    assert not runner.is_model_loaded("tiny")
    assert runner.list_unloaded_models() == ["tiny"]
    assert runner.list_models_with_status() == [("tiny", "unloaded")]
    assert runner.send_chat_completion_request({"messages": "Hi", "max_tokens": 1}).model == "tiny"
    assert runner.get_model_status("tiny") == "loaded"
    runner.unload_model("tiny")
    runner.reload_model("tiny")
    assert runner.is_model_loaded("tiny")
    assert runner.get_model_status("other") is None


def test_a_model_that_fails_to_load_says_why_and_is_in_nobodys_way(tiny_llama: Path) -> None:
    runner = Runner(Which.Plain(tiny_llama), name="tiny")
    with pytest.raises(NotFoundError, match="no such file or folder"):
        runner.add_model(Which.Plain("./nowhere"), "lost")
    status = runner.get_model_status("lost")
    assert status is not None
    assert status.startswith("failed: ./nowhere: no such file")
    assert runner.add_model(Which.Plain("./nowhere"), "later", load=False) == "later"
    assert runner.get_model_status("later") == "unloaded"
    assert runner.send_chat_completion_request({"messages": "Hi", "max_tokens": 1}).model == "tiny"


def test_a_model_makes_way_for_another_of_its_name(tiny_llama: Path) -> None:
    runner = Runner(Which.Plain(tiny_llama), name="tiny")
    asked = {"messages": "Hi", "max_tokens": 200, "ignore_eos": True, "stream": True}
    stream: Any = runner.send_chat_completion_request(asked)
    next(stream)
    with pytest.raises(NotFoundError, match="no such file or folder"):
        runner.add_model(Which.Plain("./nowhere"), "tiny")
    assert sum(1 for _ in stream) >= 199, "what is being written goes on"
    assert runner.add_model(Which.GGUF(tiny_llama / "model.gguf"), "tiny") == "tiny"
    assert runner.list_models_with_status() == [("tiny", "loaded")]


def test_an_idle_model_leaves_after_its_time(tiny_llama: Path) -> None:
    runner = Runner(Which.Plain(tiny_llama), name="tiny", keep_alive=0.05)
    for _ in range(200):
        if not runner.is_model_loaded("tiny"):
            break
        time.sleep(0.02)
    assert runner.list_unloaded_models() == ["tiny"]
    assert runner.send_chat_completion_request({"messages": "Hi", "max_tokens": 1}).model == "tiny"
