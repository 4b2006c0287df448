import type { ChatRules } from '../openai-compatible/chat-rules.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'
import { openaiRules } from '../openai/openai.ts'
import type { Provider } from '../provider.ts'
import type { PlaceSettings, ProviderPlace } from '../provider-place.ts'
import { withRequests } from '../with-requests.ts'
import { claudeAtBedrock } from './claude.ts'
import { classifyBedrockReply } from './classify.ts'
import { converse } from './converse.ts'
import { embeddingsAtBedrock, embeds } from './embeddings.ts'

/** Models go by names such as `openai.gpt-oss-120b-1:0` and `us.openai.gpt-5.6-sol`, with rules that they have at OpenAI too. */
export const bedrockRules: ChatRules = {
  ...openaiRules,
  models: (openaiRules.models ?? []).map((rules) => ({
    ...rules,
    names: rules.names.map((name) => `*openai.${name}`),
  })),
}

/**
 * Models that speak OpenAI's chat, at an address that has nothing else.
 *
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html
 */
const openAIShaped = openAICompatible('bedrock', {
  rules: bedrockRules,
  embeddings: 'none',
  images: 'none',
  classify: classifyBedrockReply,
})

const openAIAtBedrock = withRequests(openAIShaped, (request) => ({
  ...request,
  path: `${OPENAI_PATH}${request.path}`,
}))

/** Amazon Bedrock. What is made by nobody in particular is asked as OpenAI would be, without a model to go by. */
export const bedrock: Provider = {
  ...openAIAtBedrock,
  ...(embeddingsAtBedrock.embeddings !== undefined && { embeddings: embeddingsAtBedrock.embeddings }),
  forModel: (upstreamModel) =>
    embeds(upstreamModel)
      ? embeddingsAtBedrock
      : (makers.find(({ names }) => names.test(upstreamModel))?.adapter ?? converse),
}

/** Whose models have an API of their own here, by ids such as `us.anthropic.claude-sonnet-4-5-20250929-v1:0`. */
const makers: readonly { readonly names: RegExp; readonly adapter: Provider }[] = [
  { names: /(?:^|[./])anthropic\./, adapter: claudeAtBedrock },
  { names: /(?:^|[./])openai\./, adapter: openAIAtBedrock },
]

/** Where the runtime of a region speaks as OpenAI does. */
const OPENAI_PATH = '/openai/v1'

/** The runtime of a region, or an address that speaks as OpenAI does and nothing else, as `bedrock-mantle` has. */
export function bedrockPlace({ base_url: address, region }: PlaceSettings): ProviderPlace {
  if (address === undefined)
    return region === undefined ? {} : { baseUrl: `https://bedrock-runtime.${region}.amazonaws.com` }
  const base = address.replace(/\/+$/, '')
  if (base.endsWith(OPENAI_PATH)) return { baseUrl: base.slice(0, -OPENAI_PATH.length) }
  return base.endsWith('/v1') ? { baseUrl: base, adapter: openAIShaped } : { baseUrl: base }
}
