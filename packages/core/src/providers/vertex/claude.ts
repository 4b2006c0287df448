import { claudeAt } from '../anthropic/anthropic.ts'
import type { ClaudeHost } from '../anthropic/claude-host.ts'
import { messagesApi } from '../anthropic/messages-api.ts'
import { classifyGeminiReply } from '../gemini/classify.ts'
import { passThrough } from '../native/pass-through.ts'
import type { Provider } from '../provider.ts'
import { nameOf, publisherPath } from './publisher-path.ts'

/**
 * Where the model is in the path, and the version in the body.
 *
 * https://docs.claude.com/en/api/claude-on-vertex-ai
 */
const host: ClaudeHost = {
  headers: {},
  asksForStreams: true,
  path: ({ upstreamModel }, stream) =>
    publisherPath('anthropic', upstreamModel, stream ? 'streamRawPredict' : 'rawPredict'),
  members: () => ({ anthropic_version: 'vertex-2023-10-16' }),
  // https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/count-tokens
  counting: {
    path: () => publisherPath('anthropic', 'count-tokens', 'rawPredict'),
    members: ({ upstreamModel }) => ({ model: nameOf('anthropic', upstreamModel) }),
  },
}

/** Claude at Vertex. Errors are Anthropic's where Claude has made them, else Google's. */
export const claudeAtVertex: Provider = {
  ...claudeAt('vertex', host),
  native: { messages: passThrough({ ...messagesApi, headers: host.headers, place: host }) },
  classify: classifyGeminiReply,
}
