import { anthropic } from './anthropic/anthropic.ts'
import { ANTHROPIC_VERSION } from './anthropic/anthropic-version.ts'
import type { CloudIdentity, CloudName } from '../cloud-identity.ts'
import type { CredentialHeader, Headers } from '../transport.ts'
import { azure, azurePlace } from './azure/azure.ts'
import { bedrock, bedrockPlace } from './bedrock/bedrock.ts'
import { bfl } from './bfl/bfl.ts'
import { cerebras } from './cerebras/cerebras.ts'
import { cohere } from './cohere/cohere.ts'
import { deepinfra } from './deepinfra/deepinfra.ts'
import { deepseek } from './deepseek/deepseek.ts'
import { fireworks } from './fireworks/fireworks.ts'
import { gemini } from './gemini/gemini.ts'
import { groq } from './groq/groq.ts'
import { huggingface } from './huggingface/huggingface.ts'
import { llama } from './llama/llama.ts'
import { mistral } from './mistral/mistral.ts'
import { moonshot } from './moonshot/moonshot.ts'
import { nvidia } from './nvidia/nvidia.ts'
import { ollama } from './ollama/ollama.ts'
import { allAudio, openAICompatible } from './openai-compatible/openai-compatible.ts'
import { openAIImages } from './openai-compatible/images-rules.ts'
import { openai } from './openai/openai.ts'
import { openrouter } from './openrouter/openrouter.ts'
import { perplexity } from './perplexity/perplexity.ts'
import type { Provider } from './provider.ts'
import type { PlaceSetting, PlaceSettings, ProviderPlace } from './provider-place.ts'
import { sglang } from './sglang/sglang.ts'
import { speka } from './speka/speka.ts'
import { tei } from './tei/tei.ts'
import { tgi } from './tgi/tgi.ts'
import { together } from './together/together.ts'
import { vertex, vertexPlace } from './vertex/vertex.ts'
import { vllm } from './vllm/vllm.ts'
import { whisperCpp } from './whisper-cpp/whisper-cpp.ts'
import { xai } from './xai/xai.ts'
import type { OperationName } from '../wire/operation-name.ts'

/** A kind of provider that a configuration can name. */
export interface KnownProvider {
  readonly adapter: Provider
  /** Where it lives; without one the configuration must say. */
  readonly baseUrl?: string
  /** How it wants its key. Default: as a bearer token. */
  readonly credentialHeader?: CredentialHeader
  /** What it must be told with every request. Its adapter does; others who ask it something must too. */
  readonly headers?: Headers
  /** Where it serves models that are for another operation first, when that is another place. A `base_url` of the operator's own takes its place. */
  readonly baseUrls?: Readonly<Partial<Record<OperationName, string>>>
  /** The environment variable that holds its key, and switches it on. */
  readonly keyVariable?: string
  /** Where its address comes from when its key is in the environment. Default: from {@link baseUrl} alone. */
  readonly baseUrlVariable?: string
  /** Whose credentials that expire it takes in place of a key. Default: nobody's. */
  readonly cloud?: CloudName
  /** What its configuration may say beside address and key, and the environment variables that say it. Default: nothing. */
  readonly settings?: Readonly<Partial<Record<PlaceSetting, readonly string[]>>>
  /** Where it is, and how it is spoken to there, where that depends on its configuration. */
  readonly place?: (said: PlaceSettings) => ProviderPlace
}

/** Every kind of provider Speka speaks to, by the `type` it has in the configuration. */
export const knownProviders = {
  'openai-compatible': {
    adapter: openAICompatible('openai-compatible', {
      reranks: true,
      audio: allAudio,
      moderation: {},
      imageEdits: openAIImages,
    }),
  },
  openai: { adapter: openai, baseUrl: 'https://api.openai.com/v1', keyVariable: 'OPENAI_API_KEY' },
  azure: {
    adapter: azure,
    credentialHeader: 'api-key',
    keyVariable: 'AZURE_OPENAI_API_KEY',
    cloud: 'azure',
    baseUrlVariable: 'AZURE_OPENAI_ENDPOINT',
    settings: { api_version: ['AZURE_OPENAI_API_VERSION'] },
    place: azurePlace,
  },
  bedrock: {
    adapter: bedrock,
    keyVariable: 'AWS_BEARER_TOKEN_BEDROCK',
    cloud: 'aws',
    settings: { region: ['AWS_REGION', 'AWS_DEFAULT_REGION'] },
    place: bedrockPlace,
  },
  vertex: {
    adapter: vertex,
    baseUrl: 'https://aiplatform.googleapis.com/v1',
    credentialHeader: 'x-goog-api-key',
    keyVariable: 'GOOGLE_VERTEX_API_KEY',
    cloud: 'google',
    settings: { project: ['GOOGLE_VERTEX_PROJECT'], location: ['GOOGLE_VERTEX_LOCATION'] },
    place: vertexPlace,
  },
  nvidia: {
    adapter: nvidia,
    baseUrl: 'https://integrate.api.nvidia.com/v1',
    baseUrls: {
      images: 'https://ai.api.nvidia.com/v1/genai',
      rerank: 'https://ai.api.nvidia.com/v1/retrieval',
    },
    keyVariable: 'NVIDIA_API_KEY',
  },
  deepseek: { adapter: deepseek, baseUrl: 'https://api.deepseek.com/v1', keyVariable: 'DEEPSEEK_API_KEY' },
  mistral: { adapter: mistral, baseUrl: 'https://api.mistral.ai/v1', keyVariable: 'MISTRAL_API_KEY' },
  moonshot: { adapter: moonshot, baseUrl: 'https://api.moonshot.ai/v1', keyVariable: 'MOONSHOT_API_KEY' },
  llama: { adapter: llama, baseUrl: 'https://api.llama.com/compat/v1', keyVariable: 'LLAMA_API_KEY' },
  xai: { adapter: xai, baseUrl: 'https://api.x.ai/v1', keyVariable: 'XAI_API_KEY' },
  perplexity: { adapter: perplexity, baseUrl: 'https://api.perplexity.ai/v1', keyVariable: 'PERPLEXITY_API_KEY' },
  bfl: { adapter: bfl, baseUrl: 'https://api.bfl.ai/v1', credentialHeader: 'x-key', keyVariable: 'BFL_API_KEY' },
  together: { adapter: together, baseUrl: 'https://api.together.ai/v1', keyVariable: 'TOGETHER_API_KEY' },
  groq: { adapter: groq, baseUrl: 'https://api.groq.com/openai/v1', keyVariable: 'GROQ_API_KEY' },
  cerebras: { adapter: cerebras, baseUrl: 'https://api.cerebras.ai/v1', keyVariable: 'CEREBRAS_API_KEY' },
  fireworks: {
    adapter: fireworks,
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    keyVariable: 'FIREWORKS_API_KEY',
  },
  deepinfra: { adapter: deepinfra, baseUrl: 'https://api.deepinfra.com/v1/openai', keyVariable: 'DEEPINFRA_API_KEY' },
  huggingface: { adapter: huggingface, baseUrl: 'https://router.huggingface.co/v1', keyVariable: 'HF_TOKEN' },
  openrouter: { adapter: openrouter, baseUrl: 'https://openrouter.ai/api/v1', keyVariable: 'OPENROUTER_API_KEY' },
  anthropic: {
    adapter: anthropic,
    baseUrl: 'https://api.anthropic.com/v1',
    credentialHeader: 'x-api-key',
    headers: ANTHROPIC_VERSION,
    keyVariable: 'ANTHROPIC_API_KEY',
  },
  gemini: {
    adapter: gemini,
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    credentialHeader: 'x-goog-api-key',
    keyVariable: 'GEMINI_API_KEY',
  },
  cohere: {
    adapter: cohere,
    baseUrl: 'https://api.cohere.ai/compatibility/v1',
    baseUrls: { rerank: 'https://api.cohere.com/v2' },
    keyVariable: 'COHERE_API_KEY',
  },
  vllm: { adapter: vllm },
  sglang: { adapter: sglang },
  tgi: { adapter: tgi },
  tei: { adapter: tei },
  'whisper-cpp': { adapter: whisperCpp },
  ollama: { adapter: ollama, baseUrl: 'http://127.0.0.1:11434/v1' },
  speka: {
    adapter: speka,
    baseUrl: 'https://speka.me/v1',
    baseUrlVariable: 'SPEKA_UPSTREAM_BASE_URL',
    keyVariable: 'SPEKA_UPSTREAM_API_KEY',
  },
  sandbox: {
    adapter: openAICompatible('sandbox', {
      images: { streams: () => true },
      imageEdits: { streams: () => true },
      continues: 'prefix',
      reranks: true,
      audio: allAudio,
      moderation: {},
    }),
    baseUrl: 'sandbox:',
  },
} as const satisfies Record<string, KnownProvider>

/** The `type` of a provider in the configuration. */
export type ProviderType = keyof typeof knownProviders

/** Where a provider of a configuration is: of what it does not say, what its type says. No address: it has to say one. */
export function placeOf(type: ProviderType, said: PlaceSettings): ProviderPlace & { readonly adapter: Provider } {
  const known: KnownProvider = knownProviders[type]
  const { adapter = known.adapter, baseUrl, credentialHeader = known.credentialHeader } = known.place?.(said) ?? {}
  const address = baseUrl ?? said.base_url ?? known.baseUrl
  return { adapter, baseUrl: address?.replace(/\/+$/, ''), credentialHeader, identity: identityOf(known, said) }
}

function identityOf({ cloud }: KnownProvider, said: PlaceSettings): CloudIdentity | undefined {
  const { identity, region = regionIn(said.base_url) } = said
  if (cloud === undefined || identity === undefined) return undefined
  const settings = identity === 'environment' ? {} : identity
  return { cloud, settings, ...(cloud === 'aws' && region !== undefined && { region }) }
}

/** The region that an address of Amazon's is in. */
const regionIn = (address: string | undefined): string | undefined =>
  /\.([a-z]+(?:-[a-z]+)+-\d)\./.exec(address ?? '')?.[1]

export const isProviderType = (type: string): type is ProviderType => Object.hasOwn(knownProviders, type)
