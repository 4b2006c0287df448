"""Writes a tiny language model with random weights as a GGUF file.

    python make_model.py OUT.gguf

It is a real transformer in every respect a server can see: attention, a tokenizer, a chat template. What it says is a
walk through a made-up vocabulary. The seed is fixed, so the same file comes out every time and greedy answers are
reproducible.
"""

import sys

import gguf
import numpy

SEED = 7735
LAYERS, WIDTH, HEADS, FEED_FORWARD, CONTEXT = 4, 256, 4, 512, 32768
WORDS = 500

TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)

# As in SentencePiece: the unknown token, the controls, one token for each byte, then the words.
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
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)
    return len(tokens)


def add_weights(writer: gguf.GGUFWriter, random: numpy.random.Generator, vocabulary: int) -> None:
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

    # Each word leans towards one that follows it, so that an answer wanders through the vocabulary instead of circling.
    # Bytes and controls score about zero, white space less: they are said only where a grammar leaves no word to say, so
    # the model never stops by itself, and what a grammar makes it write is compact.
    output = numpy.zeros((vocabulary, WIDTH), dtype=numpy.float32)
    followers = FIRST_WORD + random.permutation(WORDS)
    output[followers] = embeddings[FIRST_WORD:] + random.standard_normal((WORDS, WIDTH), dtype=numpy.float32)
    output[:, BIAS] = 0
    output[[BYTE_ZERO + ord(space) for space in "\t\n\r "], BIAS] = -1
    writer.add_tensor("output.weight", output / numpy.float32(4))


def main(path: str) -> None:
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
    vocabulary = add_tokenizer(writer, made_up_words(random))
    writer.add_vocab_size(vocabulary)
    add_weights(writer, random, vocabulary)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(sys.argv[1])
