"""Coroutines: the same answers, and the event loop goes on meanwhile."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

import ferrule
from ferrule import (
    ChatCompletionStreamer,
    InvalidInputError,
    Runner,
    TimedOutError,
    Which,
)

ENDLESS: dict[str, Any] = {"messages": "Tell me everything.", "n": 64, "ignore_eos": True}


def question(at: int) -> dict[str, Any]:
    return {"messages": f"Tell me number {at}.", "max_tokens": 8, "ignore_eos": True}


async def streamed(runner: Runner, **more: Any) -> ChatCompletionStreamer:
    request = {"messages": "Hi", "stream": True, "ignore_eos": True} | more
    streamer = await runner.asend_chat_completion_request(request)
    assert isinstance(streamer, ChatCompletionStreamer)
    return streamer


def test_a_hundred_at_once_get_the_answers_that_one_gets(runner: Runner) -> None:
    expected = [runner.send_chat_completion_request(question(at)).choices[0].message.content for at in range(10)]

    async def main() -> list[str | None]:
        asked = (runner.asend_chat_completion_request(question(at % 10)) for at in range(100))
        return [response.choices[0].message.content for response in await asyncio.gather(*asked)]

    assert asyncio.run(main()) == expected * 10


def test_a_hundred_at_once_are_computed_together(tiny_llama: Path) -> None:
    with ferrule.load(tiny_llama, prefix_cache=False, speculation=False) as model:

        async def main() -> None:
            asked = (model.agenerate(f"Tell me number {at}.", max_tokens=8, ignore_eos=True) for at in range(100))
            assert {len(answer.tokens) for answer in await asyncio.gather(*asked)} == {8}

        asyncio.run(main())
        # One by one it would be more than 100 times 8.
        assert model.stats()["steps"] < 400


def test_a_completion_is_awaited(runner: Runner) -> None:
    request = {"prompt": "The", "max_tokens": 4, "ignore_eos": True}

    async def main() -> str:
        return (await runner.asend_completion_request(request)).choices[0].text

    assert asyncio.run(main()) == runner.send_completion_request(request).choices[0].text


def test_the_chunks_of_a_stream_add_up_to_the_whole_answer(runner: Runner, chats: list[dict[str, Any]]) -> None:
    chat = chats[0]

    async def main() -> str:
        text = ""
        async with await streamed(runner, messages=chat["messages"], max_tokens=len(chat["greedy"])) as chunks:
            async for chunk in chunks:
                text += chunk.choices[0].delta.content or ""
        return text

    assert asyncio.run(main()) == chat["text"]


def test_the_loop_goes_on_while_models_load_and_answer(runner: Runner) -> None:
    async def main() -> float:
        worst = 0.0

        async def tick() -> None:
            nonlocal worst
            while True:
                before = time.monotonic()
                await asyncio.sleep(0.001)
                worst = max(worst, time.monotonic() - before)

        ticking = asyncio.create_task(tick())
        long = " ".join(["word"] * 150)
        await asyncio.gather(
            *(runner.asend_chat_completion_request({"messages": long, "max_tokens": 20}) for _ in range(20))
        )
        ticking.cancel()
        return worst

    # A loop that waited for one of the answers would have stood still for as long as all of them took.
    assert asyncio.run(main()) < 1


def test_cancelling_who_waits_cancels_the_answer(runner: Runner) -> None:
    async def main() -> None:
        task = asyncio.ensure_future(runner.asend_chat_completion_request(ENDLESS))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(runner.asend_chat_completion_request(ENDLESS), 0.1)
        response = await runner.asend_chat_completion_request(question(1))
        assert response.usage.completion_tokens == 8

    asyncio.run(main())


def test_a_timeout_is_an_error_of_its_own(runner: Runner) -> None:
    async def main() -> None:
        with pytest.raises(TimedOutError, match="within the timeout of 100ms"):
            await runner.asend_chat_completion_request(ENDLESS, timeout=0.1)

    asyncio.run(main())


def test_cancelling_the_reader_closes_the_stream(tiny_llama: Path) -> None:
    # A prompt that takes a while, so that the reader waits.
    template = "{% for i in range(900) %}a {% endfor %}"
    runner = Runner(Which.Plain(tiny_llama), chat_template=template)

    async def main() -> None:
        streamer = await streamed(runner)
        waits = asyncio.ensure_future(anext_of(streamer))
        await asyncio.sleep(0)
        waits.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waits
        # At once, though the work may still be about to let go.
        assert [chunk async for chunk in streamer] == []

    asyncio.run(main())


async def anext_of(streamer: ChatCompletionStreamer) -> object:
    return await streamer.__anext__()


def test_a_closed_stream_ends(runner: Runner) -> None:
    async def main() -> None:
        streamer = await streamed(runner)
        assert (await streamer.__anext__()).choices[0].delta.role == "assistant"
        await streamer.aclose()
        assert [chunk async for chunk in streamer] == []
        with pytest.raises(StopAsyncIteration):
            await streamer.__anext__()

    asyncio.run(main())


def test_what_is_wrong_is_raised_where_it_is_awaited(runner: Runner) -> None:
    async def main() -> None:
        with pytest.raises(InvalidInputError, match="`temperature` must be 0 or more"):
            await runner.asend_chat_completion_request({"messages": "Hi", "temperature": -1})
        with pytest.raises(ferrule.NotFoundError, match="no model `other`"):
            await runner.asend_chat_completion_request(question(1), model_id="other")

    asyncio.run(main())


def test_without_a_loop_there_is_nothing_to_await(runner: Runner) -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        runner.asend_chat_completion_request(question(1))


def test_loops_come_and_go(runner: Runner) -> None:
    async def main() -> int:
        return (await runner.asend_chat_completion_request(question(1))).usage.completion_tokens

    assert [asyncio.run(main()) for _ in range(5)] == [8] * 5
