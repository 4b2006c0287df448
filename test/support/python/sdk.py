"""What Python users do with the official SDK, one function for each thing. Prints what came back as JSON.

    BASE_URL=… API_KEY=… python sdk.py CASE [ARGUMENT…]
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable

import openai
from pydantic import BaseModel

QUESTION = [{"role": "user", "content": "Say hello to the world."}]


def make_client() -> openai.OpenAI:
    # No retries of its own: what the gateway does not repeat fails here.
    return openai.OpenAI(base_url=os.environ["BASE_URL"], api_key=os.environ["API_KEY"], max_retries=0)


def answer(model: str) -> dict:
    return make_client().chat.completions.create(model=model, messages=QUESTION).to_dict()


def answer_with_request_id(model: str, seed: str = "1") -> dict:
    raw = make_client().chat.completions.with_raw_response.create(
        model=model, messages=QUESTION, temperature=0, seed=int(seed), max_tokens=40
    )
    return {
        "answer": raw.parse().to_dict(),
        "request_id": raw.headers["x-request-id"],
        "cost_header": raw.headers.get("x-speka-cost-usd"),
    }


def stream(model: str, usage: str = "", limit: str = "0") -> dict:
    """All chunks of a streamed answer, and the error that ended it, if one did."""
    options = {"stream_options": {"include_usage": True}} if usage == "usage" else {}
    if int(limit) > 0:
        options |= {"max_tokens": int(limit), "temperature": 0, "seed": 1}
    chunks: list[dict] = []
    try:
        events = make_client().chat.completions.create(model=model, messages=QUESTION, stream=True, **options)
        for chunk in events:
            chunks.append(chunk.to_dict())
    except openai.APIError as error:
        return {"chunks": chunks, "error": described(error)}
    return {"chunks": chunks, "error": None, "request_id": events.response.headers["x-request-id"]}


def stream_helper() -> dict:
    """The SDK's own accumulator, which is stricter about chunks than the plain loop."""
    events: list[str] = []
    with make_client().chat.completions.stream(model="speka/sandbox", messages=QUESTION) as stream:
        for event in stream:
            events.append(event.type)
        return {"events": events, "answer": stream.get_final_completion().to_dict()}


def leave_early() -> dict:
    """Closes a slow stream after three pieces, and asks again on the same client."""
    client = make_client()
    pieces: list[str] = []
    with client.chat.completions.create(model="speka/sandbox:slow", messages=QUESTION, stream=True) as events:
        for chunk in events:
            pieces.append(chunk.choices[0].delta.content or "")
            if len(pieces) == 3:
                break
    after = client.chat.completions.create(model="speka/sandbox", messages=QUESTION)
    return {"pieces": pieces, "next": after.to_dict()}


def wrong_key() -> dict:
    return make_client().with_options(api_key="sk-speka-live-wrong").models.list().to_dict()


def bad_parameter() -> dict:
    return (
        make_client()
        .chat.completions.create(model="speka/sandbox", messages=QUESTION, extra_body={"temperature": "warm"})
        .to_dict()
    )


def fallback() -> dict:
    return (
        make_client()
        .chat.completions.create(
            model="speka/sandbox:500", messages=QUESTION, extra_body={"models": ["speka/sandbox"]}
        )
        .to_dict()
    )


def models() -> list[dict]:
    return [model.to_dict() for model in make_client().models.list()]


def model(id: str) -> dict:
    return make_client().models.retrieve(id).to_dict()


WEATHER_TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}


def tools() -> dict:
    """Offers a tool, runs it as asked, and hands the result back."""
    client = make_client()
    messages: list = [{"role": "user", "content": "What is the weather in Oslo?"}]
    asked = client.chat.completions.create(model="speka/sandbox", messages=messages, tools=[WEATHER_TOOL])
    messages.append(asked.choices[0].message)
    for call in asked.choices[0].message.tool_calls or []:
        json.loads(call.function.arguments)
        messages.append({"role": "tool", "tool_call_id": call.id, "content": "4 degrees and clear"})
    told = client.chat.completions.create(model="speka/sandbox", messages=messages, tools=[WEATHER_TOOL])
    return {"asked": asked.to_dict(), "told": told.to_dict()}


def streamed_tools() -> dict:
    """The SDK puts the pieces of a tool call together and reads its arguments."""
    tool = openai.pydantic_function_tool(GetWeather)
    with make_client().chat.completions.stream(
        model="speka/sandbox", messages=[{"role": "user", "content": "What is the weather in Oslo?"}], tools=[tool]
    ) as stream:
        final = stream.get_final_completion()
    choice = final.choices[0]
    call = (choice.message.tool_calls or [])[0]
    return {
        "finish_reason": choice.finish_reason,
        "name": call.function.name,
        "parsed_as": type(call.function.parsed_arguments).__name__,
    }


class GetWeather(BaseModel):
    city: str


class Weather(BaseModel):
    city: str
    degrees: int
    clear: bool


def parse(model: str) -> dict:
    """A structured answer, read into a pydantic model by the SDK."""
    completion = make_client().chat.completions.parse(
        model=model, messages=QUESTION, response_format=Weather, max_tokens=500
    )
    parsed = completion.choices[0].message.parsed
    return {"parsed_as": type(parsed).__name__, "parsed": parsed.model_dump() if parsed else None}


def use_async_client() -> dict:
    """Three requests at once on one client: two answers and a stream."""

    async def ask() -> dict:
        async with openai.AsyncOpenAI(
            base_url=os.environ["BASE_URL"], api_key=os.environ["API_KEY"], max_retries=0
        ) as client:

            async def streamed() -> str:
                pieces = [
                    chunk.choices[0].delta.content or ""
                    async for chunk in await client.chat.completions.create(
                        model="speka/sandbox", messages=QUESTION, stream=True
                    )
                ]
                return "".join(pieces)

            one, two, text = await asyncio.gather(
                client.chat.completions.create(model="speka/sandbox", messages=QUESTION),
                client.chat.completions.create(model="speka/sandbox", messages=QUESTION),
                streamed(),
            )
        return {"texts": [one.choices[0].message.content, two.choices[0].message.content, text]}

    return asyncio.run(ask())


def described(error: openai.APIError) -> dict:
    return {
        "class": type(error).__name__,
        "is_api_error": isinstance(error, openai.APIError),
        "message": error.message,
        "code": error.code,
        "param": error.param,
        "type": error.type,
        "status": getattr(error, "status_code", None),
        "request_id": getattr(error, "request_id", None),
    }


def respond(model: str) -> dict:
    """A response, whole, and put together from a stream by the SDK's helper."""
    client = make_client()
    whole = client.responses.create(model=model, input="Say hello to the world.")
    with client.responses.stream(model=model, input="Say hello to the world.") as stream:
        events = [event.type for event in stream]
        streamed = stream.get_final_response()
    return {"text": whole.output_text, "usage": whole.usage.to_dict(), "streamed": streamed.output_text, "events": events}


def respond_until_error(model: str) -> dict:
    """The pieces of a streamed response, and the error that ended it, if one did."""
    pieces: list[str] = []
    try:
        for event in make_client().responses.create(model=model, input="Hello", stream=True):
            if event.type == "response.output_text.delta":
                pieces.append(event.delta)
    except openai.APIError as error:
        return {"pieces": pieces, "error": described(error)}
    return {"pieces": pieces, "error": None}


def complete(model: str) -> dict:
    return make_client().completions.create(model=model, prompt="Say hello to the world.", max_tokens=100).to_dict()


CASES: list[Callable] = [
    answer,
    answer_with_request_id,
    stream,
    stream_helper,
    leave_early,
    wrong_key,
    bad_parameter,
    fallback,
    models,
    model,
    tools,
    streamed_tools,
    parse,
    use_async_client,
    respond,
    respond_until_error,
    complete,
]


def main(name: str, *arguments: str) -> None:
    case = {case.__name__: case for case in CASES}[name]
    try:
        result = {"result": case(*arguments), "error": None}
    except openai.APIError as error:
        result = {"result": None, "error": described(error)}
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
