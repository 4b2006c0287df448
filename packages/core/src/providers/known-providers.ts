import { anthropic } from './anthropic/anthropic.ts'
import { gemini } from './gemini/gemini.ts'
import { openAICompatible } from './openai-compatible/openai-compatible.ts'
import type { CredentialHeader } from '../transport.ts'
import type { Provider } from './provider.ts'

/** A kind of provider that a configuration can name. */
export interface KnownProvider {
  readonly adapter: Provider
  /** Where it lives; without one the configuration must say. */
  readonly baseUrl?: string
  /** How it wants its key. Default: as a bearer token. */
  readonly credentialHeader?: CredentialHeader
  /** Where it draws images, when that is another place. A `base_url` of the operator's own takes its place. */
  readonly imagesBaseUrl?: string
  /** The environment variable that holds its key, and switches it on. */
  readonly keyVariable?: string
}

/** Every kind of provider Speka speaks to, by the `type` it has in the configuration. */
export const knownProviders = {
  'openai-compatible': { adapter: openAICompatible('openai-compatible') },
  openai: provider('openai', 'https://api.openai.com/v1', 'OPENAI_API_KEY'),
  nvidia: provider('nvidia', 'https://integrate.api.nvidia.com/v1', 'NVIDIA_API_KEY'),
  deepseek: provider('deepseek', 'https://api.deepseek.com/v1', 'DEEPSEEK_API_KEY'),
  mistral: provider('mistral', 'https://api.mistral.ai/v1', 'MISTRAL_API_KEY'),
  moonshot: provider('moonshot', 'https://api.moonshot.ai/v1', 'MOONSHOT_API_KEY'),
  llama: provider('llama', 'https://api.llama.com/compat/v1', 'LLAMA_API_KEY'),
  together: provider('together', 'https://api.together.ai/v1', 'TOGETHER_API_KEY'),
  openrouter: provider('openrouter', 'https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY'),
  anthropic: {
    adapter: anthropic,
    baseUrl: 'https://api.anthropic.com/v1',
    credentialHeader: 'x-api-key',
    keyVariable: 'ANTHROPIC_API_KEY',
  },
  gemini: {
    adapter: gemini,
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    credentialHeader: 'x-goog-api-key',
    keyVariable: 'GEMINI_API_KEY',
  },
  vllm: { adapter: openAICompatible('vllm') },
  sglang: { adapter: openAICompatible('sglang') },
  tgi: { adapter: openAICompatible('tgi') },
  ollama: { adapter: openAICompatible('ollama'), baseUrl: 'http://127.0.0.1:11434/v1' },
  speka: {
    adapter: openAICompatible('speka', { routesItself: true }),
    baseUrl: 'https://speka.me/v1',
    keyVariable: 'SPEKA_UPSTREAM_API_KEY',
  },
  sandbox: { adapter: openAICompatible('sandbox'), baseUrl: 'sandbox:' },
} as const satisfies Record<string, KnownProvider>

/** The `type` of a provider in the configuration. */
export type ProviderType = keyof typeof knownProviders

export const isProviderType = (type: string): type is ProviderType => Object.hasOwn(knownProviders, type)

function provider(
  type: string,
  baseUrl: string,
  keyVariable: string,
): KnownProvider & { baseUrl: string; keyVariable: string } {
  return { adapter: openAICompatible(type), baseUrl, keyVariable }
}
