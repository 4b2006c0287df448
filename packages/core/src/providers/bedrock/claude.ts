import { EventStreamCutter, type EventStreamMessage } from '../../bytes/event-stream.ts'
import { join } from '../../bytes/splice.ts'
import { claudeAt } from '../anthropic/anthropic.ts'
import type { ClaudeHost } from '../anthropic/claude-host.ts'
import { messagesApi } from '../anthropic/messages-api.ts'
import { passThrough } from '../native/pass-through.ts'
import type { Provider } from '../provider.ts'
import { classifyBedrockReply } from './classify.ts'
import { EVENT_STREAM, exceptionIn, framedBy } from './event-stream.ts'
import { modelPath } from './model-path.ts'

/**
 * Where the model is in the path, and the version in the body, which may not say whether it wants a stream.
 *
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 */
const host: ClaudeHost = {
  headers: {},
  asksForStreams: false,
  streamHeaders: { accept: EVENT_STREAM },
  path: ({ upstreamModel }, stream) => modelPath(upstreamModel, stream ? 'invoke-with-response-stream' : 'invoke'),
  members: (_, headers) => ({
    anthropic_version: 'bedrock-2023-05-31',
    stream: undefined,
    ...betasIn(headers?.['anthropic-beta']),
  }),
  // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
  counting: {
    path: ({ upstreamModel }) => modelPath(foundationOf(upstreamModel), 'count-tokens'),
    // What an answer shall have at most is asked for here too.
    members: () => ({ max_tokens: 1 }),
    wrap: (body) => Buffer.from(JSON.stringify({ input: { invokeModel: { body: join(body).toString('base64') } } })),
    read: ({ inputTokens }) => inputTokens,
  },
}

/** Tokens are counted for models themselves, not for the regions that they are asked in across: `us.anthropic.…`. */
const foundationOf = (upstreamModel: string): string =>
  upstreamModel.replace(/^[a-z]+(?:-[a-z]+)?\.(?=anthropic\.)/, '')

/** Betas stand in the body too. */
const betasIn = (header: string | undefined): { anthropic_beta?: string[] } =>
  header === undefined ? {} : { anthropic_beta: header.split(',').map((beta) => beta.trim()) }

/** An event of Anthropic's is within each of Amazon's. */
function frameOf(message: EventStreamMessage): Buffer {
  const { kind, payload } = message
  const inner = kind === 'event' ? /"bytes"\s*:\s*"([A-Za-z0-9+/=]*)"/.exec(payload.toString('latin1'))?.[1] : undefined
  if (inner === undefined) {
    const error = { type: 'error', error: exceptionIn(message) }
    return Buffer.from(`event: error\ndata: ${JSON.stringify(error)}\n\n`)
  }
  const event = Buffer.from(inner, 'base64').toString('utf8').replaceAll('\n', ' ')
  const type = /"type"\s*:\s*"(\w+)"/.exec(event)?.[1] ?? 'message'
  return Buffer.from(`event: ${type}\ndata: ${event}\n\n`)
}

const cutter = (limit?: number): EventStreamCutter => new EventStreamCutter(frameOf, limit)

const claude = claudeAt('bedrock', host)

/** Claude at Bedrock, by `InvokeModel`, which has all that Claude has. */
export const claudeAtBedrock: Provider = {
  ...claude,
  ...(claude.chat !== undefined && { chat: framedBy(cutter, claude.chat) }),
  native: { messages: framedBy(cutter, passThrough({ ...messagesApi, headers: host.headers, place: host })) },
  classify: classifyBedrockReply,
}
