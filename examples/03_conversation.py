"""Holds a conversation of three turns with plain dicts, as for any server of the chat completions API.

    python examples/03_conversation.py MODEL

You see each question, its answer, and how many tokens the growing history took. Without MODEL it takes the tiny
random model of the tests, which answers nonsense.
"""

import sys

from ferrule import Runner, Which

model = sys.argv[1] if len(sys.argv) > 1 else "tests/fixtures/text/tiny-llama"
runner = Runner(Which.Plain(model))

history = [{"role": "system", "content": "Be brief."}]
for question in ("Who are you?", "What can you do?", "Say it in one word."):
    history.append({"role": "user", "content": question})
    request = {"messages": history, "max_tokens": 20, "temperature": 0.7, "seed": 1}
    response = runner.send_chat_completion_request(request)
    answer = response.choices[0].message.content
    history.append({"role": "assistant", "content": answer or ""})
    print(f"you:   {question}\nmodel: {answer!r}  [{response.usage.prompt_tokens} prompt tokens]")
