import type { IncomingMessage } from 'node:http'
import type { Bytes, Headers, RequestId, SpekaError } from '@speka/core'
import { anthropicErrorBody, anthropicStatus, errorBody, errorFrame, typedFrame } from '@speka/core/internal'

/** How an API tells its callers that something went wrong. */
export interface Envelope {
  status(error: SpekaError): number
  body(error: SpekaError, id: RequestId): object
  /** Names the request. */
  headers(id: RequestId): Headers
  /** The event that ends a stream which had begun. */
  event(error: SpekaError, id: RequestId): Bytes
}

const openai: Envelope = {
  status: ({ status }) => status,
  body: errorBody,
  headers: (id) => ({ 'x-request-id': id }),
  event: errorFrame,
}

const anthropic: Envelope = {
  status: anthropicStatus,
  body: anthropicErrorBody,
  headers: (id) => ({ 'x-request-id': id, 'request-id': id }),
  event: (error, id) => typedFrame(anthropicErrorBody(error, id)),
}

/** The envelope of the API that a request was made to, whether there is such a path or not. */
export const envelopeFor = (request: Pick<IncomingMessage, 'url' | 'headers'>): Envelope =>
  isAnthropics(request) ? anthropic : openai

/** What Anthropic's API alone has; also below a base URL that has `/v1` although the client adds its own. */
const ANTHROPICS = /^\/(?:anthropic\/|(?:v1\/){1,2}messages(?:[/?]|$))/
/** What both have: `anthropic-version`, which Anthropic demands of every request, tells whose client asks. */
const OF_BOTH = /^\/v1\/(?:models|files|skills)(?:[/?]|$)/

/** Whether a request is made to Anthropic's API, and not to OpenAI's. */
export const isAnthropics = ({ url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>): boolean =>
  ANTHROPICS.test(url) || (headers['anthropic-version'] !== undefined && OF_BOTH.test(url))
