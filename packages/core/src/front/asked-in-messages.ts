import type { ConfiguredEngine } from '../create-engine.ts'
import { readMessages, readMessagesToCount, type MessagesAids } from '../dialects/messages/messages.ts'
import type { MessagesConfig } from '../wire/messages-config.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Bytes } from '../transport.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import { commitmentHeaders, ESTIMATED_HEADER, jsonHeaders } from './answer-headers.ts'
import { namedHeaders } from './fetch-answer.ts'

/** What answers in Anthropic's API, through a gateway as a fetch function. */
export interface InMessages {
  readonly engine: Pick<ConfiguredEngine, 'countInput'>
  /** How requests are put to models of other makers. Default: as it is by default. */
  readonly config?: MessagesConfig | undefined
}

/** Below whatever the base URL has before its `/v1`: others have paths that end in `/messages` as well. */
const MESSAGES = /(?:^|\/v1)\/messages(?:\/|$)/

const isInMessages = (path: string): boolean => MESSAGES.test(path)

/** What both APIs have: `anthropic-version`, which Anthropic demands of every request, tells whose client asks. */
const MODELS = /(?:^|\/v1)\/models(?:\/|$)/

/** Whether a request is made to Anthropic's API, and not to OpenAI's. */
export const isAnthropics = (path: string, { headers }: Pick<Request, 'headers'>): boolean =>
  isInMessages(path) || path.startsWith('/anthropic/') || (headers.has('anthropic-version') && MODELS.test(path))

/** Whether a body sent to `path` asks for a message. */
export const asksForMessage = (path: string): boolean => isInMessages(path) && path.endsWith('/messages')

/** Whether a body sent to `path` is to be counted. */
export const asksForCount = (path: string): boolean => isInMessages(path) && path.endsWith('/messages/count_tokens')

/** @throws SpekaError as {@link readMessages} does. */
export async function readMessage(request: Request, facts: CallFacts, { config }: InMessages): Promise<Dialect> {
  return readMessages(await bodyOf(request), facts, aidsFor(request, config))
}

/** How many tokens a request has that is not sent. @throws SpekaError as the engine does. */
export async function countTokens(
  request: Request,
  facts: CallFacts,
  { engine, config }: InMessages,
): Promise<Response> {
  const call = readMessagesToCount(await bodyOf(request), facts, aidsFor(request, config))
  const { tokens, isEstimated, target, said } = await engine.countInput(call, request.signal)
  const headers = {
    ...jsonHeaders,
    ...namedHeaders(facts),
    ...commitmentHeaders({ target, model: target.model, attempts: isEstimated ? 0 : 1, droppedParams: [] }),
    ...(isEstimated && { [ESTIMATED_HEADER]: 'true' }),
  }
  return new Response(said === undefined ? JSON.stringify({ input_tokens: tokens }) : Buffer.from(said), { headers })
}

const bodyOf = async (request: Request): Promise<Bytes> => new Uint8Array(await request.arrayBuffer())

/** What an Anthropic target is told in the caller's own words. */
const HANDED_ON = ['anthropic-version', 'anthropic-beta'] as const

function aidsFor({ headers }: Request, messages: MessagesConfig | undefined): MessagesAids {
  const handedOn = HANDED_ON.flatMap((name) => {
    const value = headers.get(name)
    return value === null ? [] : [[name, value] as const]
  })
  return { headers: Object.fromEntries(handedOn), messages }
}
