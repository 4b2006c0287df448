"""The messages of Anthropic's SDK for Python, one function for each feature."""

import anthropic
from asked import API_KEY, BASE_URL, HELLO, MODEL, PICTURE, QUESTION, get_weather
from pydantic import BaseModel
from run_cases import run

client = anthropic.Anthropic(base_url=BASE_URL, api_key=API_KEY, max_retries=0)
MESSAGES = [{"role": "user", "content": HELLO}]
ASKED = {"model": MODEL, "max_tokens": 1000, "messages": MESSAGES}
TOOLS = [
    {
        "name": "get_weather",
        "description": get_weather.__doc__,
        "input_schema": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    }
]


class Weather(BaseModel):
    degrees: int


def text(message):
    return "".join(block.text for block in message.content if block.type == "text")


def answer():
    return text(client.messages.create(**ASKED))


def cost():
    return client.messages.create(**ASKED).usage.cost


def stream():
    with client.messages.stream(**ASKED) as events:
        return "".join(events.text_stream)


def usage():
    with client.messages.stream(**ASKED) as events:
        told = events.get_final_message().usage
        return [told.input_tokens, told.output_tokens]


def tools():
    messages: list = [{"role": "user", "content": QUESTION}]
    asked = client.messages.create(**{**ASKED, "messages": messages}, tools=TOOLS)
    messages.append({"role": "assistant", "content": asked.content})
    results = [
        {"type": "tool_result", "tool_use_id": block.id, "content": get_weather(**block.input)}
        for block in asked.content
        if block.type == "tool_use"
    ]
    messages.append({"role": "user", "content": results})
    return text(client.messages.create(**{**ASKED, "messages": messages}, tools=TOOLS))


def stream_tools():
    with client.messages.stream(**ASKED, tools=TOOLS) as events:
        return [block.name for block in events.get_final_message().content if block.type == "tool_use"]


def schema():
    return type(client.messages.parse(**ASKED, output_format=Weather).parsed_output).__name__


def image():
    source = {"type": "base64", "media_type": "image/png", "data": PICTURE.split(",", 1)[1]}
    content = [{"type": "text", "text": HELLO}, {"type": "image", "source": source}]
    return text(client.messages.create(**{**ASKED, "messages": [{"role": "user", "content": content}]}))


def count():
    return client.messages.count_tokens(model=MODEL, messages=MESSAGES).input_tokens


def models():
    return [model.id for model in client.models.list(limit=1)]


def error():
    return client.messages.create(**{**ASKED, "model": "nobody/nothing"})


def broken():
    with client.messages.stream(**{**ASKED, "model": f"{MODEL}:cut@5"}) as events:
        return text(events.get_final_message())


run([answer, cost, stream, usage, tools, stream_tools, schema, image, count, models, error, broken])
