"""The whole surface of the official SDK for Python, one function for each feature."""

import base64
import json

import openai
from asked import API_KEY, BASE_URL, HELLO, KEPT, MODEL, PICTURE, QUESTION, RECORDING, THREAT, get_weather
from pydantic import BaseModel
from run_cases import run

client = openai.OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0)
MESSAGES = [{"role": "user", "content": HELLO}]
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
WEATHER = {"name": "get_weather", "description": get_weather.__doc__, "parameters": SCHEMA}


class GetWeather(BaseModel):
    city: str


class Weather(BaseModel):
    degrees: int


def chat_answer():
    return client.chat.completions.create(model=MODEL, messages=MESSAGES).choices[0].message.content


def chat_cost():
    return client.chat.completions.create(model=MODEL, messages=MESSAGES).usage.cost


def chat_stream():
    chunks = client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def chat_stream_usage():
    options = {"include_usage": True}
    with client.chat.completions.stream(model=MODEL, messages=MESSAGES, stream_options=options) as stream:
        return stream.get_final_completion().usage.completion_tokens


def chat_tools():
    messages: list = [{"role": "user", "content": QUESTION}]
    tools = [{"type": "function", "function": WEATHER}]
    asked = client.chat.completions.create(model=MODEL, messages=messages, tools=tools)
    messages.append(asked.choices[0].message)
    for call in asked.choices[0].message.tool_calls:
        told = get_weather(**json.loads(call.function.arguments))
        messages.append({"role": "tool", "tool_call_id": call.id, "content": told})
    return client.chat.completions.create(model=MODEL, messages=messages, tools=tools).choices[0].message.content


def chat_stream_tools():
    tools = [openai.pydantic_function_tool(GetWeather)]
    messages = [{"role": "user", "content": QUESTION}]
    with client.chat.completions.stream(model=MODEL, messages=messages, tools=tools) as stream:
        final = stream.get_final_completion()
    return type(final.choices[0].message.tool_calls[0].function.parsed_arguments).__name__


def chat_schema():
    answer = client.chat.completions.parse(model=MODEL, messages=MESSAGES, response_format=Weather)
    return type(answer.choices[0].message.parsed).__name__


def chat_image():
    content = [{"type": "text", "text": HELLO}, {"type": "image_url", "image_url": {"url": PICTURE}}]
    answer = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": content}])
    return answer.choices[0].message.content


def chat_fallback():
    more = {"models": [MODEL]}
    return client.chat.completions.create(model=f"{MODEL}:500", messages=MESSAGES, extra_body=more).model


def chat_error():
    client.chat.completions.create(model="nobody/nothing", messages=MESSAGES)


def chat_broken():
    for _ in client.chat.completions.create(model=f"{MODEL}:cut@5", messages=MESSAGES, stream=True):
        pass


def responses_answer():
    return client.responses.create(model=MODEL, input=HELLO).output_text


def responses_stream():
    with client.responses.stream(model=MODEL, input=HELLO) as stream:
        return stream.get_final_response().output_text


def responses_turns():
    first = client.responses.create(model=MODEL, input=QUESTION)
    turns = [{"role": "user", "content": QUESTION}, *first.output, {"role": "user", "content": HELLO}]
    return client.responses.create(model=MODEL, input=turns).output_text


def responses_tools():
    tools = [{"type": "function", "strict": False, **WEATHER}]
    turns: list = [{"role": "user", "content": QUESTION}]
    asked = client.responses.create(model=MODEL, input=turns, tools=tools)
    turns += asked.output
    for call in asked.output:
        told = get_weather(**json.loads(call.arguments))
        turns.append({"type": "function_call_output", "call_id": call.call_id, "output": told})
    return client.responses.create(model=MODEL, input=turns, tools=tools).output_text


def responses_schema():
    return type(client.responses.parse(model=MODEL, input=HELLO, text_format=Weather).output_parsed).__name__


def responses_image():
    content = [{"type": "input_text", "text": HELLO}, {"type": "input_image", "image_url": PICTURE, "detail": "auto"}]
    return client.responses.create(model=MODEL, input=[{"role": "user", "content": content}]).output_text


def responses_broken():
    for _ in client.responses.create(model=f"{MODEL}:cut@5", input=HELLO, stream=True):
        pass


def responses_stored():
    first = client.responses.create(model=KEPT, input=HELLO)
    return client.responses.create(model=KEPT, input=HELLO, previous_response_id=first.id).output_text


def completions_answer():
    return client.completions.create(model=MODEL, prompt=HELLO, max_tokens=100).choices[0].text


def completions_stream():
    chunks = client.completions.create(model=MODEL, prompt=HELLO, max_tokens=100, stream=True)
    return "".join(chunk.choices[0].text for chunk in chunks)


def embeddings_texts():
    return [len(one.embedding) for one in client.embeddings.create(model=MODEL, input=["a cat", "a dog"]).data]


def embeddings_floats():
    by_default = client.embeddings.create(model=MODEL, input="a cat").data[0].embedding
    floats = client.embeddings.create(model=MODEL, input="a cat", encoding_format="float").data[0].embedding
    return max(abs(one - other) for one, other in zip(by_default, floats, strict=True))


def embeddings_tokens():
    return len(client.embeddings.create(model=MODEL, input=[[64, 8415], [64, 5679]]).data)


def embeddings_dimensions():
    return len(client.embeddings.create(model=MODEL, input="a cat", dimensions=12).data[0].embedding)


def images_base64():
    drawn = client.images.generate(model=MODEL, prompt="a cat", response_format="b64_json")
    return base64.b64decode(drawn.data[0].b64_json)[1:4].decode()


def images_url():
    return client.images.generate(model=MODEL, prompt="a cat", response_format="url").data[0].url


def images_stream():
    events = client.images.generate(model=MODEL, prompt="a cat", stream=True, partial_images=2)
    return [event.type for event in events]


def images_edit():
    image = ("a.png", base64.b64decode(PICTURE.partition(",")[2]), "image/png")
    drawn = client.images.edit(model=MODEL, image=image, prompt="a hat", response_format="b64_json")
    return base64.b64decode(drawn.data[0].b64_json)[1:4].decode()


def images_edit_stream():
    image = ("a.png", base64.b64decode(PICTURE.partition(",")[2]), "image/png")
    events = client.images.edit(model=MODEL, image=image, prompt="a hat", stream=True, partial_images=1)
    return [event.type for event in events]


def recording():
    return ("a.wav", RECORDING, "audio/wav")


def audio_transcription():
    return client.audio.transcriptions.create(model=MODEL, file=recording()).text


def audio_words():
    return client.audio.transcriptions.create(model=MODEL, file=recording(), response_format="srt")


def audio_heard():
    events = client.audio.transcriptions.create(model=MODEL, file=recording(), stream=True)
    return [(event.type, getattr(event, "text", None)) for event in events][-1]


def audio_translation():
    return client.audio.translations.create(model=MODEL, file=recording()).text


def audio_speech():
    asked = {"model": MODEL, "voice": "alloy", "input": HELLO, "response_format": "wav"}
    return client.audio.speech.create(**asked).read()[:4].decode()


def audio_spoken():
    asked = {"model": MODEL, "voice": "alloy", "input": HELLO, "stream_format": "sse"}
    with client.audio.speech.with_streaming_response.create(**asked) as response:
        lines = [line for line in response.iter_lines() if line.startswith("data: ")]
    return json.loads(lines[-1].partition(" ")[2])["type"]


def audio_error():
    client.audio.transcriptions.create(model=MODEL, file=("a.wav", b"no sound", "audio/wav"))


def moderations_texts():
    return [result.flagged for result in client.moderations.create(model=MODEL, input=[HELLO, THREAT]).results]


def moderations_picture():
    parts = [{"type": "text", "text": THREAT}, {"type": "image_url", "image_url": {"url": PICTURE}}]
    return [result.flagged for result in client.moderations.create(model=MODEL, input=parts).results]


def models_list():
    return [model.id for model in client.models.list()]


def models_one():
    return client.models.retrieve(MODEL).id


run(
    [
        chat_answer,
        chat_cost,
        chat_stream,
        chat_stream_usage,
        chat_tools,
        chat_stream_tools,
        chat_schema,
        chat_image,
        chat_fallback,
        chat_error,
        chat_broken,
        responses_answer,
        responses_stream,
        responses_turns,
        responses_tools,
        responses_schema,
        responses_image,
        responses_broken,
        responses_stored,
        completions_answer,
        completions_stream,
        embeddings_texts,
        embeddings_floats,
        embeddings_tokens,
        embeddings_dimensions,
        images_base64,
        images_url,
        images_stream,
        images_edit,
        images_edit_stream,
        audio_transcription,
        audio_words,
        audio_heard,
        audio_translation,
        audio_speech,
        audio_spoken,
        audio_error,
        moderations_texts,
        moderations_picture,
        models_list,
        models_one,
    ]
)
