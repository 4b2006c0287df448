import { readCompaction, readResponses } from '@speka/core/internal'
import type { Going, KeptResponses } from '../responses/kept-responses.ts'
import type { GoingOn, ReadCall, Readers } from './engine-endpoint.ts'

/**
 * `POST /v1/responses`: answered by way of chat.
 *
 * @param kept who keeps what is answered, and knows what it goes on with.
 */
export const responses = (kept: KeptResponses): Readers => ({
  read: (body, facts, aids) => readResponses(body, facts, aids),
  goOn(sent, facts) {
    const going = kept.begin(sent, facts)
    if (going === undefined) return undefined
    return going instanceof Promise ? going.then(readKeeping) : readKeeping(going)
  },
})

const readKeeping = ({ body, keeping }: Going): GoingOn => ({
  body,
  read: (whole, facts, aids) => readResponses(whole, facts, aids, keeping),
})

/** `POST /v1/responses/compact`: by targets that have the same, and by nobody else. */
export const compaction: ReadCall = (body, facts, aids) => readCompaction(body, facts, aids)
