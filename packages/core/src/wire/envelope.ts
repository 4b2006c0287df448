import { typedFrame } from '../bytes/frames.ts'
import type { SpekaError } from '../errors.ts'
import type { Bytes, Headers } from '../transport.ts'
import type { RequestId } from '../uuid.ts'
import { anthropicErrorBody, anthropicStatus } from './anthropic-error.ts'
import { errorBody, errorFrame } from './error-body.ts'

/** How an API tells its callers that something went wrong. */
export interface Envelope {
  status(error: SpekaError): number
  body(error: SpekaError, id: RequestId): object
  /** Names the request. */
  headers(id: RequestId): Headers
  /** The event that ends a stream which had begun. */
  event(error: SpekaError, id: RequestId): Bytes
}

export const openaiEnvelope: Envelope = {
  status: ({ status }) => status,
  body: errorBody,
  headers: (id) => ({ 'x-request-id': id }),
  event: errorFrame,
}

export const anthropicEnvelope: Envelope = {
  status: anthropicStatus,
  body: anthropicErrorBody,
  headers: (id) => ({ 'x-request-id': id, 'request-id': id }),
  event: (error, id) => typedFrame(anthropicErrorBody(error, id)),
}
