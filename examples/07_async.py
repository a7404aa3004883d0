"""Asks many things at once from coroutines, and reads one answer as it is written.

    python examples/07_async.py MODEL

You see ten answers that were computed together, a stream, and an answer that took too long. Without MODEL it takes the
tiny random model of the tests, which answers nonsense.
"""

import asyncio
import sys

from ferrule import ChatCompletionStreamer, Runner, Which

path = sys.argv[1] if len(sys.argv) > 1 else "tests/fixtures/text/tiny-llama"


async def main() -> None:
    with Runner(Which.Plain(path)) as runner:
        questions = [f"Say the number {number}." for number in range(10)]
        asked = (runner.asend_chat_completion_request({"messages": each, "max_tokens": 6}) for each in questions)
        for question, response in zip(questions, await asyncio.gather(*asked), strict=True):
            print(f"{question} {response.choices[0].message.content!r}")

        request = {"messages": "Tell me a story.", "max_tokens": 20, "stream": True}
        chunks = await runner.asend_chat_completion_request(request)
        assert isinstance(chunks, ChatCompletionStreamer), "because of stream"
        async with chunks:
            async for chunk in chunks:
                print(chunk.choices[0].delta.content or "", end="", flush=True)
        print()

        try:
            endless = {"messages": "Tell me everything.", "n": 100, "ignore_eos": True}
            await asyncio.wait_for(runner.asend_chat_completion_request(endless), 0.2)
        except asyncio.TimeoutError:
            print("given up after 0.2 seconds")


asyncio.run(main())
