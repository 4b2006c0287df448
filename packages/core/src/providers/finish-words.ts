import type { FinishReason } from '../operations/chat/chat.ts'

/** Stands for every word by which an upstream says that it broke off: what came until then is no answer. */
export const BROKE_OFF = 'error'

type Meaning = 'stop' | 'length' | 'tool_calls' | 'content_filter' | typeof BROKE_OFF

interface Row {
  readonly means: Meaning
  /** In small letters, with `_` between them; upstreams differ in that too. */
  readonly words: readonly string[]
  readonly source: string
}

/** How upstreams say why an answer ended, where they do not say it in OpenAI's words. */
const rows: readonly Row[] = [
  {
    means: 'stop',
    words: ['end_turn', 'stop_sequence', 'pause_turn'],
    source: 'https://docs.claude.com/en/api/handling-stop-reasons',
  },
  {
    means: 'length',
    words: ['max_tokens', 'model_context_window_exceeded'],
    source: 'https://docs.claude.com/en/api/handling-stop-reasons',
  },
  { means: 'tool_calls', words: ['tool_use'], source: 'https://docs.claude.com/en/api/handling-stop-reasons' },
  { means: 'content_filter', words: ['refusal'], source: 'https://docs.claude.com/en/api/handling-stop-reasons' },

  {
    means: 'content_filter',
    words: [
      'safety',
      'recitation',
      'language',
      'blocklist',
      'prohibited_content',
      'spii',
      'image_safety',
      'image_prohibited_content',
      'image_recitation',
    ],
    source: 'https://ai.google.dev/api/generate-content#FinishReason',
  },
  {
    // What the model made of a tool call cannot be used.
    means: BROKE_OFF,
    words: [
      'malformed_function_call',
      'malformed_response',
      'unexpected_tool_call',
      'too_many_tool_calls',
      'missing_thought_signature',
    ],
    source: 'https://ai.google.dev/api/generate-content#FinishReason',
  },

  {
    means: 'content_filter',
    words: ['guardrail_intervened', 'content_filtered'],
    source: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html',
  },
  {
    means: BROKE_OFF,
    words: ['malformed_model_output', 'malformed_tool_use'],
    source: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html',
  },

  { means: 'length', words: ['model_length'], source: 'https://docs.mistral.ai/api/endpoint/chat' },
  { means: BROKE_OFF, words: [BROKE_OFF], source: 'https://docs.mistral.ai/api/endpoint/chat, OpenRouter, vLLM' },
  { means: 'stop', words: ['eos'], source: 'https://docs.together.ai/reference/chat-completions-1' },
  { means: 'stop', words: ['eos_token'], source: 'https://huggingface.co/docs/text-generation-inference' },
  {
    means: BROKE_OFF,
    words: ['insufficient_system_resource'],
    source: 'https://api-docs.deepseek.com/api/create-chat-completion',
  },

  // The engine's own word for a request that it dropped.
  {
    means: BROKE_OFF,
    words: ['abort'],
    source:
      'https://github.com/vllm-project/vllm (v1/request.py), https://github.com/sgl-project/sglang (schedule_batch.py)',
  },
  { means: 'stop', words: ['repetition'], source: 'https://github.com/vllm-project/vllm (v1/request.py)' },
  {
    means: 'stop',
    words: ['end_id', 'stop_words'],
    source: 'https://nvidia.github.io/TensorRT-LLM (executor FinishReason)',
  },
  {
    means: BROKE_OFF,
    words: ['timed_out', 'not_finished'],
    source: 'https://nvidia.github.io/TensorRT-LLM (executor FinishReason)',
  },
  { means: 'stop', words: ['word'], source: 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server' },
  { means: 'length', words: ['limit'], source: 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server' },

  { means: 'content_filter', words: ['sensitive'], source: 'https://docs.z.ai/api-reference/llm/chat-completion' },
  { means: BROKE_OFF, words: ['network_error'], source: 'https://docs.z.ai/api-reference/llm/chat-completion' },

  { means: 'stop', words: ['end'], source: 'https://github.com/earendil-works/pi/issues/2142 (LM Studio, Ollama)' },

  {
    means: 'stop',
    words: ['complete'],
    source: 'https://docs.cohere.com/reference/chat',
  },
  { means: 'tool_calls', words: ['tool_call'], source: 'https://docs.cohere.com/reference/chat' },
  { means: 'content_filter', words: ['error_toxic'], source: 'https://docs.cohere.com/v1/reference/chat' },
  { means: 'length', words: ['error_limit'], source: 'https://docs.cohere.com/v1/reference/chat' },
  { means: BROKE_OFF, words: ['timeout', 'user_cancel'], source: 'https://docs.cohere.com/reference/chat' },

  { means: 'length', words: ['token_limit'], source: 'https://cloud.ibm.com/apidocs/watsonx-ai' },
  { means: BROKE_OFF, words: ['cancelled', 'time_limit'], source: 'https://cloud.ibm.com/apidocs/watsonx-ai' },

  {
    means: 'length',
    words: ['max_output_tokens', 'incomplete'],
    source: 'https://platform.openai.com/docs/api-reference/responses/object (incomplete_details)',
  },
  {
    means: BROKE_OFF,
    words: ['failed', 'canceled'],
    source: 'https://platform.openai.com/docs/api-reference/responses/object (status)',
  },
]

const meanings: ReadonlyMap<string, Meaning> = new Map(
  rows.flatMap(({ words, means }) => words.map((word) => [word, means])),
)

/** OpenAI's own words. */
export const openAIs: ReadonlySet<string> = new Set(['stop', 'length', 'tool_calls', 'content_filter', 'function_call'])

/** What no table has, and yet says plainly that something went wrong. */
const saysBroken =
  /abort|cancel|error|fail|time_?out|timed_out|interrupt|disconnect|exception|crash|overload|rate_?limit|terminat|kill|preempt|evict|expire|unavailable/

/**
 * An upstream's word for why an answer ended, in OpenAI's words, or {@link BROKE_OFF}.
 *
 * @returns `undefined` for a word that nobody knows.
 */
export function meaningOf(word: string): FinishReason | typeof BROKE_OFF | undefined {
  if (openAIs.has(word)) return word
  const plain = word
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
    .replace(/^finish_reason_/, '')
  if (openAIs.has(plain)) return plain
  return meanings.get(plain) ?? (saysBroken.test(plain) ? BROKE_OFF : undefined)
}
