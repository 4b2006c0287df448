import type { OperationName } from '../wire/operation-name.ts'
import { cohereRules } from './cohere/cohere.ts'
import { deepinfraRules } from './deepinfra/deepinfra.ts'
import { deepseekRules } from './deepseek/deepseek.ts'
import { bedrockRules } from './bedrock/bedrock.ts'
import { cerebrasRules } from './cerebras/cerebras.ts'
import { fireworksRules } from './fireworks/fireworks.ts'
import { groqRules } from './groq/groq.ts'
import { huggingfaceRules } from './huggingface/huggingface.ts'
import type { ProviderType } from './known-providers.ts'
import { llamaRules } from './llama/llama.ts'
import { mistralRules } from './mistral/mistral.ts'
import { moonshotRules } from './moonshot/moonshot.ts'
import { nvidiaRules } from './nvidia/nvidia.ts'
import { ollamaRules } from './ollama/ollama.ts'
import type { ChatRules } from './openai-compatible/chat-rules.ts'
import { openaiRules } from './openai/openai.ts'
import { openrouterRules } from './openrouter/openrouter.ts'
import { sglangRules } from './sglang/sglang.ts'
import { tgiRules } from './tgi/tgi.ts'
import { togetherRules } from './together/together.ts'
import { vllmRules } from './vllm/vllm.ts'
import { xaiRules } from './xai/xai.ts'

/** What pages say of a kind of provider, beside what follows from `knownProviders`. Nothing that runs reads it. */
export interface ProviderFacts extends Readonly<Partial<Record<Exclude<OperationName, 'chat'>, string>>> {
  /** As it calls itself. */
  readonly name: string
  /** Where its API is described. */
  readonly docs: string
  /** What its address looks like, where that is made of its configuration. Default: its row of `knownProviders` has it. */
  readonly address?: string
  /** What it takes of a chat request: the rules of its adapter, or a sentence. The other operations: a phrase in Markdown. */
  readonly chat?: ChatRules | string
  /** How models are asked that are not asked so, in sentences. Default: there are none. */
  readonly others?: string
  /** The other dialects that some of its models speak, and which. Default: those of its adapter. */
  readonly native?: string
}

const asItIs = 'every field, as it is'

const asOpenAIDraws =
  'every field; `response_format` is left out for `gpt-image` models, which refuse it, and only these are asked to stream'

const asOpenAIEdits =
  'pictures as they come, in a form, and those at addresses as JSON; `response_format` is left out for `gpt-image` models, and only these are asked to stream'

const asCohereRanks =
  'every field; documents that are objects become texts, and `return_documents` is answered by the gateway'

const asItCame = 'every field, the file as it comes'

const everything = "every field, the gateway's own too"

const drawnByGemini =
  'models that answer with pictures: takes `prompt`, `n` (one call each), `size` (the nearest of its shapes), `response_format`'
const changedByGemini =
  'the same but `n`, with the pictures of a form or in `data:` URLs; a mask and addresses leave it out'

const translated = 'translated, see [decision 18](decisions/0018-native-upstreams.md)'

/** In the order of the pages: labs, then hosts, then gateways, then servers of one's own. */
export const providerFacts = {
  openai: {
    name: 'OpenAI',
    docs: 'https://platform.openai.com/docs/api-reference',
    chat: openaiRules,
    embeddings: asItIs,
    images: asOpenAIDraws,
    image_edits: asOpenAIEdits,
    transcription: asItCame,
    translation: asItCame,
    speech: asItIs,
    moderation: asItIs,
  },
  azure: {
    name: 'Azure OpenAI',
    docs: 'https://learn.microsoft.com/azure/foundry/openai',
    chat: openaiRules,
    embeddings: asItIs,
    images: asOpenAIDraws,
    image_edits: asOpenAIEdits,
    transcription: asItCame,
    translation: asItCame,
    speech: asItIs,
  },
  bedrock: {
    name: 'Amazon Bedrock',
    docs: 'https://docs.aws.amazon.com/bedrock',
    address: 'https://bedrock-runtime.REGION.amazonaws.com',
    chat: bedrockRules,
    others:
      'Claude is asked as at Anthropic, by `InvokeModel`. All other models are asked by `Converse`: requests are translated.',
    native: 'messages, by Claude',
    embeddings:
      'Titan takes `dimensions` and `normalize`, one text at a time; Cohere’s take `input_type`, `truncate` and, from v4 on, `dimensions`, up to 96 texts at a time. A text alone is a query unless `input_type` says otherwise',
  },
  vertex: {
    name: 'Google Vertex AI',
    docs: 'https://cloud.google.com/vertex-ai/generative-ai/docs',
    native: 'messages, by Claude',
    chat: 'Requests are translated: see [decision 18](decisions/0018-native-upstreams.md).',
    embeddings: translated,
    images: drawnByGemini,
    image_edits: changedByGemini,
  },
  nvidia: {
    name: 'NVIDIA',
    docs: 'https://docs.api.nvidia.com',
    chat: nvidiaRules,
    embeddings:
      'takes `input`, `input_type`, `encoding_format`, `truncate`, `dimensions`, `modality`, `user`. More than 50 texts are sent in batches, one after the other; the answer is one, and so is its usage',
    images:
      'FLUX.1: takes `prompt`, `n` (one call each), `size`, `seed`, `steps`, `cfg_scale`. It draws edges of 768 to 1344 in steps of 64',
    rerank:
      'sent as `passages` to the path of the model; `truncate` is `END` unless the caller says otherwise. Its logits come back as relevance from 0 to 1',
  },
  anthropic: {
    name: 'Anthropic',
    docs: 'https://docs.anthropic.com',
    chat: 'Requests are translated: see [decision 18](decisions/0018-native-upstreams.md).',
  },
  gemini: {
    name: 'Google Gemini',
    docs: 'https://ai.google.dev/gemini-api/docs',
    chat: 'Requests are translated: see [decision 18](decisions/0018-native-upstreams.md).',
    embeddings: translated,
    images: drawnByGemini,
    image_edits: changedByGemini,
  },
  deepseek: { name: 'DeepSeek', docs: 'https://api-docs.deepseek.com', chat: deepseekRules },
  mistral: {
    name: 'Mistral AI',
    docs: 'https://docs.mistral.ai',
    chat: mistralRules,
    embeddings:
      'takes `input`, `encoding_format`, `dimensions` (sent as `output_dimension`), `output_dimension`, `output_dtype`',
    transcription:
      'every field but `response_format`, `prompt`, `include` and `chunking_strategy`; its events become OpenAI’s',
    moderation: 'takes texts in `input`, parts that are texts as one; `flagged` is told where any category applies',
  },
  moonshot: { name: 'Moonshot AI', docs: 'https://platform.moonshot.ai/docs', chat: moonshotRules },
  llama: { name: 'Meta Llama API', docs: 'https://llama.developer.meta.com/docs', chat: llamaRules },
  xai: {
    name: 'xAI',
    docs: 'https://docs.x.ai',
    chat: xaiRules,
    images:
      'every field but `size`, `quality` and `style`: it draws in shapes of its own, `aspect_ratio` and `resolution`',
  },
  perplexity: {
    name: 'Perplexity',
    docs: 'https://docs.perplexity.ai',
    chat: 'Requests are translated to its Agent API, in the shape of responses: takes `messages`, `tools` (functions, and its own such as `web_search`), `response_format` with a schema, `reasoning_effort`, the limit, `instructions`, `language_preference` and `max_steps`. The presets `fast`, `low`, `medium`, `high` and `xhigh` are asked for as models.',
  },
  bfl: {
    name: 'Black Forest Labs',
    docs: 'https://docs.bfl.ai',
    images:
      'takes `prompt`, `n` (one order each), `size`, `seed`, `steps`, `guidance`, `prompt_upsampling`, `safety_tolerance`, `output_format`, `aspect_ratio`, `raw`, `image_prompt`, `image_prompt_strength`, `input_image`. It draws edges of 256 to 1440 in steps of 32; ultra and kontext models are asked for a shape',
    image_edits:
      'as `input_image`, `input_image_2` and so on: up to 4 for kontext, 8 for FLUX.2, files and addresses alike; `image` and `mask` for fill. One picture for each request; other models draw from words alone',
  },
  together: {
    name: 'Together AI',
    docs: 'https://docs.together.ai',
    chat: togetherRules,
    embeddings: asItIs,
    images:
      '`size` is sent as `width` and `height`, `b64_json` as `base64`; FLUX.1 [schnell] gets `steps: 4` unless the caller says otherwise',
    rerank: asCohereRanks,
    transcription: asItCame,
    translation: asItCame,
    speech: asItIs,
  },
  groq: {
    name: 'Groq',
    docs: 'https://console.groq.com/docs',
    chat: groqRules,
    transcription: asItCame,
    translation: asItCame,
    speech: asItIs,
  },
  cerebras: { name: 'Cerebras', docs: 'https://inference-docs.cerebras.ai', chat: cerebrasRules },
  fireworks: {
    name: 'Fireworks AI',
    docs: 'https://docs.fireworks.ai',
    chat: fireworksRules,
    embeddings: asItIs,
    rerank: asCohereRanks,
  },
  deepinfra: {
    name: 'DeepInfra',
    docs: 'https://deepinfra.com/docs',
    chat: deepinfraRules,
    embeddings: asItIs,
    images: asOpenAIDraws,
    transcription: asItCame,
    translation: asItCame,
    speech: asItIs,
  },
  huggingface: {
    name: 'Hugging Face Inference Providers',
    docs: 'https://huggingface.co/docs/inference-providers',
    chat: huggingfaceRules,
  },
  openrouter: {
    name: 'OpenRouter',
    docs: 'https://openrouter.ai/docs',
    chat: openrouterRules,
    embeddings: asItIs,
    images: asOpenAIDraws,
  },
  cohere: {
    name: 'Cohere',
    docs: 'https://docs.cohere.com',
    chat: cohereRules,
    embeddings: 'takes `input`, `encoding_format`',
    rerank: asCohereRanks,
  },
  vllm: {
    name: 'vLLM',
    docs: 'https://docs.vllm.ai',
    chat: vllmRules,
    embeddings: asItIs,
    images: asOpenAIDraws,
    rerank: asCohereRanks,
    transcription: `${asItCame}; its pieces of a stream become OpenAI's events`,
    translation: `${asItCame}; its pieces of a stream become OpenAI's events`,
  },
  sglang: {
    name: 'SGLang',
    docs: 'https://docs.sglang.ai',
    chat: sglangRules,
    embeddings: asItIs,
    images: asOpenAIDraws,
  },
  tgi: {
    name: 'Text Generation Inference',
    docs: 'https://huggingface.co/docs/text-generation-inference',
    chat: tgiRules,
  },
  tei: {
    name: 'Text Embeddings Inference',
    docs: 'https://huggingface.co/docs/text-embeddings-inference',
    rerank:
      'sent as `texts`, cut where they are too long; it has one model, and counts nothing, so that usage is estimated',
  },
  'whisper-cpp': {
    name: 'whisper.cpp',
    docs: 'https://github.com/ggml-org/whisper.cpp/tree/master/examples/server',
    transcription:
      'sent to `/inference`, without the model: it has one. It counts nothing, so that the length is measured',
    translation: 'the same, with `translate`',
  },
  ollama: {
    name: 'Ollama',
    docs: 'https://docs.ollama.com',
    chat: ollamaRules,
    embeddings: asItIs,
    images: asOpenAIDraws,
  },
  speka: {
    name: 'Speka',
    docs: 'https://github.com/speka-ai/speka#readme',
    chat: "Takes every field, the gateway's own too.",
    embeddings: everything,
    images: everything,
    image_edits: everything,
    rerank: everything,
    transcription: everything,
    translation: everything,
    speech: everything,
    moderation: everything,
  },
  'openai-compatible': {
    name: "anything else that speaks OpenAI's API",
    docs: 'https://platform.openai.com/docs/api-reference',
    chat: {},
    embeddings: asItIs,
    images: asOpenAIDraws,
    image_edits: asOpenAIEdits,
    rerank: asCohereRanks,
    transcription: asItCame,
    translation: asItCame,
    speech: asItIs,
    moderation: asItIs,
  },
} satisfies Record<Exclude<ProviderType, 'sandbox'>, ProviderFacts>
