import type { Bytes } from '../../transport.ts'
import type { ObjectScan } from '../../bytes/scan-object.ts'
import type { CallBody, CallFacts } from '../../wire/call-facts.ts'
import { parseBody, type BodyAids } from '../../wire/parse-body.ts'
import { writeBody } from '../../wire/write-body.ts'
import { checkRerankRequest } from './check-rerank-request.ts'
import type { RerankRequest } from './rerank.ts'

/** A request to rank documents on its way through the engine. */
export interface RerankCall extends CallBody<RerankRequest> {
  readonly endpoint: 'rerank'
}

/**
 * Reads a request body from the wire.
 *
 * @throws SpekaError what {@link parseBody} finds, or what {@link checkRerankRequest} finds.
 */
export function readRerankCall(body: Bytes, facts: CallFacts, aids?: BodyAids): RerankCall {
  const { value, scan } = parseBody(body, aids)
  return callOf(body, scan, checkRerankRequest(value), facts)
}

/**
 * The same call, made by code instead of by bytes.
 *
 * @throws SpekaError what {@link checkRerankRequest} finds.
 */
export function writeRerankCall(request: RerankRequest, facts: CallFacts): RerankCall {
  const outline = checkRerankRequest(request)
  const { body, scan } = writeBody(request)
  return callOf(body, scan, outline, facts)
}

const callOf = (body: Bytes, scan: ObjectScan, outline: RerankRequest, facts: CallFacts): RerankCall => ({
  ...facts,
  endpoint: 'rerank',
  body,
  scan,
  outline,
  stream: false,
  wantsUsage: false,
})
