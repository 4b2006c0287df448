"""LlamaIndex's classes for OpenAI and for what is like it, pointed at a gateway, one function for each feature."""

from asked import API_KEY, BASE_URL, HELLO, KEPT, MODEL, PICTURE, QUESTION, get_weather
from llama_index.core import PromptTemplate
from llama_index.core.llms import ChatMessage, ImageBlock, TextBlock
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.openai import OpenAIEmbedding
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from llama_index.llms.openai import OpenAI, OpenAIResponses
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel
from run_cases import run

CONNECTION = {"api_base": BASE_URL, "api_key": API_KEY, "max_retries": 0}
ABLE = {"is_chat_model": True, "is_function_calling_model": True, "context_window": 128000}
HI = [ChatMessage(role="user", content=HELLO)]
SEEN = ChatMessage(role="user", blocks=[TextBlock(text=HELLO), ImageBlock(url=PICTURE)])
WEATHER = FunctionTool.from_defaults(get_weather)


def like(model: str = MODEL, **more) -> OpenAILike:
    return OpenAILike(model=model, **ABLE, **CONNECTION, **more)


def responses(model: str = MODEL, **more) -> OpenAIResponses:
    return OpenAIResponses(model=model, context_window=128000, **CONNECTION, **more)


def after_tools(llm) -> str:
    asked = llm.chat_with_tools([WEATHER], QUESTION)
    turns = [ChatMessage(role="user", content=QUESTION), asked.message]
    for call in llm.get_tool_calls_from_response(asked):
        more = {"tool_call_id": call.tool_id}
        turns.append(ChatMessage(role="tool", content=get_weather(**call.tool_kwargs), additional_kwargs=more))
    return llm.chat_with_tools([WEATHER], chat_history=turns).message.content


class Weather(BaseModel):
    """The weather."""

    degrees: int


def chat_answer():
    return like().chat(HI).message.content


def chat_stock():
    """The class that is not told what the model can do knows OpenAI's models only."""
    return OpenAI(model=MODEL, **CONNECTION).chat(HI).message.content


def chat_cost():
    return like().chat(HI).raw.usage.cost


def chat_stream():
    return "".join(part.delta or "" for part in like().stream_chat(HI))


def chat_stream_usage():
    more = {"stream_options": {"include_usage": True}}
    return [part.raw.usage.cost for part in like(additional_kwargs=more).stream_chat(HI) if part.raw.usage]


def chat_tools():
    return after_tools(like())


def chat_stream_tools():
    llm = like()
    parts = list(llm.stream_chat_with_tools([WEATHER], QUESTION))
    return [[call.tool_name, list(call.tool_kwargs)] for call in llm.get_tool_calls_from_response(parts[-1])]


def chat_schema():
    llm = like(should_use_structured_outputs=True)
    return type(llm.as_structured_llm(Weather).chat(HI).raw).__name__


def chat_image():
    return like().chat([SEEN]).message.content


def chat_fallback():
    more = {"extra_body": {"models": [MODEL]}}
    return like(f"{MODEL}:500", additional_kwargs=more).chat(HI).raw.model


def chat_error():
    like("nobody/nothing").chat(HI)


def chat_broken():
    for _ in like(f"{MODEL}:cut@5").stream_chat(HI):
        pass


def responses_answer():
    return responses().chat(HI).message.content


def responses_stream():
    return "".join(part.delta or "" for part in responses().stream_chat(HI))


def responses_turns():
    asked = ChatMessage(role="user", content=QUESTION)
    return responses().chat([asked, responses().chat([asked]).message, *HI]).message.content


def responses_tools():
    return after_tools(responses())


def responses_schema():
    return type(responses().structured_predict(Weather, PromptTemplate(HELLO))).__name__


def responses_image():
    return responses().chat([SEEN]).message.content


def responses_broken():
    for _ in responses(f"{MODEL}:cut@5").stream_chat(HI):
        pass


def responses_stored():
    keeping = responses(KEPT, track_previous_responses=True)
    keeping.chat(HI)
    return keeping.chat(HI).message.content


def completions_answer():
    return OpenAILike(model=MODEL, context_window=128000, max_tokens=100, **CONNECTION).complete(HELLO).text


def completions_stream():
    llm = OpenAILike(model=MODEL, context_window=128000, max_tokens=100, **CONNECTION)
    return "".join(part.delta or "" for part in llm.stream_complete(HELLO))


def embeddings_texts():
    embedding = OpenAILikeEmbedding(model_name=MODEL, **CONNECTION)
    return [len(vector) for vector in embedding.get_text_embedding_batch(["a cat", "a dog"])]


def embeddings_stock():
    return len(OpenAIEmbedding(model_name=MODEL, **CONNECTION).get_text_embedding("a cat"))


def embeddings_floats():
    floats = OpenAILikeEmbedding(model_name=MODEL, additional_kwargs={"encoding_format": "float"}, **CONNECTION)
    return len(floats.get_text_embedding("a cat"))


def embeddings_dimensions():
    return len(OpenAILikeEmbedding(model_name=MODEL, dimensions=12, **CONNECTION).get_text_embedding("a cat"))


run(
    [
        chat_answer,
        chat_stock,
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
        embeddings_stock,
        embeddings_floats,
        embeddings_dimensions,
    ]
)
