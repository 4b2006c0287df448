import type { Failure } from '../../failure.ts'
import { oldLimit, onlyIf } from '../changes/fields.ts'
import { argumentsGiven, developerAsSystem, withoutReasoning } from '../changes/messages.ts'
import { noEmptyTools } from '../changes/tools.ts'
import type { ChatRules } from '../openai-compatible/chat-rules.ts'
import { classifyReply } from '../openai-compatible/classify.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'
import type { Provider, Reply } from '../provider.ts'
import { cohereEmbeddings } from './embeddings-rules.ts'

/** Cohere by its API in OpenAI's shape: https://docs.cohere.com/docs/compatibility-api */
export const cohereRules: ChatRules = {
  takes: new Set([
    'messages',
    'stream',
    'stream_options',
    'max_tokens',
    'temperature',
    'top_p',
    'presence_penalty',
    'frequency_penalty',
    'stop',
    'seed',
    'response_format',
    'tools',
    'reasoning_effort',
  ]),
  changes: {
    ...oldLimit,
    reasoning_effort: {
      says: '`none` or, for all others, `high`',
      becomes: (value) => ({ reasoning_effort: value === 'none' ? 'none' : 'high' }),
    },
    // What happens anyway is not lost.
    tool_choice: { says: 'is left out', becomes: (value) => (value === 'auto' ? {} : undefined) },
    n: onlyIf('is left out', 'n', () => false),
  },
  rewrites: { messages: [developerAsSystem, argumentsGiven, withoutReasoning], tools: [noEmptyTools] },
}

/** Its own status for what it declines: https://docs.cohere.com/reference/errors */
const UNSAFE = 498

const classifyCohereReply = (reply: Reply): Failure =>
  reply.status === UNSAFE
    ? { ...classifyReply(reply), class: 'content_policy', message: 'declined the content' }
    : classifyReply(reply)

/** All of it but for rankings, which are at another address. */
const whole = openAICompatible('cohere', {
  rules: cohereRules,
  embeddings: cohereEmbeddings,
  images: 'none',
  reranks: true,
  classify: classifyCohereReply,
})

const { rerank } = whole
const ranking: Provider = { type: 'cohere', ...(rerank !== undefined && { rerank }), classify: classifyCohereReply }

export const cohere: Provider = {
  ...whole,
  forModel: (model) => (/(?:^|[/-])rerank/i.test(model) ? ranking : whole),
}
