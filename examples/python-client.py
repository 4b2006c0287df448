"""The official Python SDK against a running gateway: pip install openai, then
SPEKA_API_KEY=sk-speka-… python examples/python-client.py"""

import os

from openai import APIError, OpenAI

client = OpenAI(
    base_url=os.environ.get("SPEKA_BASE_URL", "http://127.0.0.1:7735/v1"),
    api_key=os.environ["SPEKA_API_KEY"],
)
messages = [{"role": "user", "content": "Hello from Python!"}]

# The first model always fails; the gateway goes on to the next. `models` is Speka's, so it travels in extra_body.
answer = client.chat.completions.create(
    model="speka/sandbox:500", messages=messages, extra_body={"models": ["speka/sandbox"]}
)
print(answer.choices[0].message.content)
print(f"answered by {answer.model}, cost {answer.usage.cost_details['total']} USD")

# A stream, with its cost in the last chunk because include_usage asks for it.
stream = client.chat.completions.create(
    model="speka/sandbox", messages=messages, stream=True, stream_options={"include_usage": True}
)
pieces = 0
for chunk in stream:
    pieces += len(chunk.choices)
    if chunk.usage:
        print(f"streamed in {pieces} chunks, cost {chunk.usage.cost_details['total']} USD")

# A stream that the upstream cuts off raises; it never looks like a short answer.
try:
    for chunk in client.chat.completions.create(model="speka/sandbox:cut@3", messages=messages, stream=True):
        pass
except APIError as error:
    print(f"broke off: {error.code}")
