"""Writes a tiny language model with random weights as a GGUF file.

    python make_model.py OUT.gguf [PIECE…]

It is a real transformer in every respect a server can see: attention, a tokenizer, a chat template. What it says is a
walk through a made-up vocabulary; or, if it is given pieces of a text, that text whatever it is asked, token by token, and
then it stops: a call of a tool, for instance, which chance would never spell. The seed is fixed, so the same file comes out
every time and greedy answers are reproducible.
"""

import sys

import gguf
import numpy

SEED = 7735
LAYERS, WIDTH, HEADS, FEED_FORWARD, CONTEXT = 4, 256, 4, 512, 32768
WORDS = 500

# Tools are offered and called as Hermes and Qwen do it.
TEMPLATE = (
    "{% if tools %}<|system|><tools>{% for tool in tools %}\n{{ tool | tojson }}{% endfor %}\n</tools></s>{% endif %}"
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content or '' }}"
    "{% for call in message.tool_calls or [] %}<tool_call>\n"
    '{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}'
    "\n</tool_call>{% endfor %}</s>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)

# As in SentencePiece: the unknown token, the controls, one token for each byte, then the words.
END = 2
CONTROLS = ["<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>"]
BYTE_ZERO = 1 + len(CONTROLS)
FIRST_WORD = BYTE_ZERO + 256

# The one channel that is large and positive whatever was said, so that a token can be liked more or less in general.
BIAS = 0


def made_up_words(random: numpy.random.Generator) -> list[str]:
    """Different words, each written with the space before it."""
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    words: dict[str, None] = {}
    while len(words) < WORDS:
        word = "".join(random.choice(syllables, size=random.integers(1, 4)))
        words["\u2581" + word] = None
    return list(words)


def add_tokenizer(writer: gguf.GGUFWriter, words: list[str]) -> int:
    kinds = gguf.TokenType
    tokens = [("<unk>", 0.0, kinds.UNKNOWN)]
    tokens += [(name, 0.0, kinds.CONTROL) for name in CONTROLS]
    tokens += [(f"<0x{byte:02X}>", 0.0, kinds.BYTE) for byte in range(256)]
    tokens += [(word, -1.0 - rank, kinds.NORMAL) for rank, word in enumerate(words)]

    writer.add_tokenizer_model("llama")
    writer.add_token_list([text for text, _, _ in tokens])
    writer.add_token_scores([score for _, score, _ in tokens])
    writer.add_token_types([kind for _, _, kind in tokens])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(END)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)
    return len(tokens)


def add_weights(writer: gguf.GGUFWriter, random: numpy.random.Generator, words: list[str], is_text: bool) -> None:
    vocabulary = FIRST_WORD + len(words)

    def matrix(name: str, rows: int, columns: int) -> None:
        weights = random.standard_normal((rows, columns), dtype=numpy.float32) / numpy.sqrt(columns)
        writer.add_tensor(name, weights.astype(numpy.float32))

    def ones(name: str) -> None:
        writer.add_tensor(name, numpy.ones(WIDTH, dtype=numpy.float32))

    embeddings = random.standard_normal((vocabulary, WIDTH), dtype=numpy.float32)
    embeddings[:, BIAS] = 10
    writer.add_tensor("token_embd.weight", embeddings)
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        ones(f"{block}.attn_norm.weight")
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            matrix(f"{block}.{part}.weight", WIDTH, WIDTH)
        ones(f"{block}.ffn_norm.weight")
        matrix(f"{block}.ffn_gate.weight", FEED_FORWARD, WIDTH)
        matrix(f"{block}.ffn_up.weight", FEED_FORWARD, WIDTH)
        matrix(f"{block}.ffn_down.weight", WIDTH, FEED_FORWARD)
    ones("output_norm.weight")

    output = text_weights(embeddings) if is_text else wandering_weights(embeddings, random)
    writer.add_tensor("output.weight", output / numpy.float32(4))


def wandering_weights(embeddings: numpy.ndarray, random: numpy.random.Generator) -> numpy.ndarray:
    """Each word leans towards one that follows it, so that an answer wanders through the vocabulary instead of circling.

    Bytes and controls score about zero, white space less: they are said only where a grammar leaves no word to say, so the
    model never stops by itself, and what a grammar makes it write is compact.
    """
    output = numpy.zeros_like(embeddings)
    followers = FIRST_WORD + random.permutation(WORDS)
    output[followers] = embeddings[FIRST_WORD:] + random.standard_normal((WORDS, WIDTH), dtype=numpy.float32)
    output[:, BIAS] = 0
    output[[BYTE_ZERO + ord(space) for space in "\t\n\r "], BIAS] = -1
    return output


def text_weights(embeddings: numpy.ndarray) -> numpy.ndarray:
    """Each piece leans towards the next, the last towards the end; after anything else the first is liked best."""
    output = numpy.zeros_like(embeddings)
    output[FIRST_WORD + 1 :] = embeddings[FIRST_WORD:-1]
    output[END] = embeddings[-1]
    output[:, BIAS] = 0
    output[FIRST_WORD, BIAS] = 8
    return output


def main(path: str, *pieces: str) -> None:
    random = numpy.random.default_rng(SEED)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny-random")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    words = [piece.replace(" ", "\u2581") for piece in pieces] or made_up_words(random)
    writer.add_vocab_size(add_tokenizer(writer, words))
    add_weights(writer, random, words, is_text=len(pieces) > 0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
