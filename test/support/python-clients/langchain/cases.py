"""LangChain's own classes for OpenAI, pointed at a gateway, one function for each feature."""

import openai
from asked import API_KEY, BASE_URL, HELLO, KEPT, MODEL, PICTURE, QUESTION, THREAT, get_weather
from langchain.agents import create_agent
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_openai import ChatOpenAI, OpenAI, OpenAIEmbeddings
from langchain_openai.middleware import OpenAIModerationMiddleware
from pydantic import BaseModel
from run_cases import run

CONNECTION = {"base_url": BASE_URL, "api_key": API_KEY, "max_retries": 0}
chat = ChatOpenAI(model=MODEL, use_responses_api=False, stream_usage=True, **CONNECTION)
responses = ChatOpenAI(model=MODEL, use_responses_api=True, **CONNECTION)
SEEN = [HumanMessage([{"type": "text", "text": HELLO}, {"type": "image_url", "image_url": {"url": PICTURE}}])]


class Weather(BaseModel):
    degrees: int


def text_of(message) -> str:
    return str(message.text)


def streamed(llm) -> str:
    return "".join(text_of(chunk) for chunk in llm.stream(HELLO))


def after_tools(llm) -> str:
    bound = llm.bind_tools([get_weather])
    asked = bound.invoke(QUESTION)
    results = [ToolMessage(get_weather(**call["args"]), tool_call_id=call["id"]) for call in asked.tool_calls]
    return text_of(bound.invoke([HumanMessage(QUESTION), asked, *results]))


def chat_answer():
    return text_of(chat.invoke(HELLO))


def chat_cost():
    return chat.invoke(HELLO).response_metadata["token_usage"]["cost"]


def chat_stream():
    return streamed(chat)


def chat_stream_usage():
    return [chunk.usage_metadata["output_tokens"] for chunk in chat.stream(HELLO) if chunk.usage_metadata]


def chat_stream_no_usage():
    plain = ChatOpenAI(model=MODEL, **CONNECTION)
    return [chunk.usage_metadata for chunk in plain.stream(HELLO) if chunk.usage_metadata]


def chat_tools():
    return after_tools(chat)


def chat_stream_tools():
    whole = None
    for chunk in chat.bind_tools([get_weather]).stream(QUESTION):
        whole = chunk if whole is None else whole + chunk
    return [[call["name"], list(call["args"])] for call in whole.tool_calls]


def chat_schema():
    return type(chat.with_structured_output(Weather).invoke(HELLO)).__name__


def chat_image():
    return text_of(chat.invoke(SEEN))


def chat_fallback():
    llm = ChatOpenAI(model=f"{MODEL}:500", use_responses_api=False, extra_body={"models": [MODEL]}, **CONNECTION)
    return llm.invoke(HELLO).response_metadata["model_name"]


def chat_error():
    ChatOpenAI(model="nobody/nothing", **CONNECTION).invoke(HELLO)


def chat_broken():
    streamed(ChatOpenAI(model=f"{MODEL}:cut@5", use_responses_api=False, **CONNECTION))


def responses_answer():
    return text_of(responses.invoke(HELLO))


def responses_stream():
    return streamed(responses)


def responses_turns():
    return text_of(responses.invoke([HumanMessage(QUESTION), responses.invoke(QUESTION), HumanMessage(HELLO)]))


def responses_tools():
    return after_tools(responses)


def responses_schema():
    return type(responses.with_structured_output(Weather).invoke(HELLO)).__name__


def responses_image():
    return text_of(responses.invoke(SEEN))


def responses_broken():
    streamed(ChatOpenAI(model=f"{MODEL}:cut@5", use_responses_api=True, **CONNECTION))


def responses_stored():
    keeping = ChatOpenAI(model=KEPT, use_responses_api=True, **CONNECTION)
    first = keeping.invoke(HELLO)
    return text_of(keeping.invoke(HELLO, previous_response_id=first.response_metadata["id"]))


def completions_answer():
    return OpenAI(model=MODEL, max_tokens=100, **CONNECTION).invoke(HELLO)


def completions_stream():
    return "".join(OpenAI(model=MODEL, max_tokens=100, **CONNECTION).stream(HELLO))


def embeddings_texts():
    return [len(vector) for vector in OpenAIEmbeddings(model=MODEL, **CONNECTION).embed_documents(["a cat", "a dog"])]


def embeddings_tokens():
    """It sends tokens of its own accord; the same texts, sent as such, must be the same vectors."""
    plain = OpenAIEmbeddings(model=MODEL, check_embedding_ctx_length=False, **CONNECTION)
    one = OpenAIEmbeddings(model=MODEL, **CONNECTION).embed_query("a cat")
    return max(abs(a - b) for a, b in zip(one, plain.embed_query("a cat"), strict=True))


def embeddings_floats():
    floats = OpenAIEmbeddings(model=MODEL, model_kwargs={"encoding_format": "float"}, **CONNECTION)
    return len(floats.embed_query("a cat"))


def embeddings_dimensions():
    return len(OpenAIEmbeddings(model=MODEL, dimensions=12, **CONNECTION).embed_query("a cat"))


def moderations_texts():
    client = openai.OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0)
    judge = OpenAIModerationMiddleware(model=MODEL, client=client)
    agent = create_agent(chat, middleware=[judge])
    return [text_of(agent.invoke({"messages": [HumanMessage(said)]})["messages"][-1]) for said in (HELLO, THREAT)]


run(
    [
        chat_answer,
        chat_cost,
        chat_stream,
        chat_stream_usage,
        chat_stream_no_usage,
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
        embeddings_tokens,
        embeddings_floats,
        embeddings_dimensions,
        moderations_texts,
    ]
)
