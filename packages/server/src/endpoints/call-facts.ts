import { SpekaError, VIA_HEADER, type CallFacts } from '@speka/core'
import type { KeyedExchange } from '../http/exchange.ts'

/**
 * What a request for an answer says besides its body: when it came, who pays, what that key may use, how long it may take.
 *
 * @throws SpekaError `invalid_value` when its timeout is none.
 */
export function callFacts({ id, receivedAt, request, key }: KeyedExchange): CallFacts {
  return {
    id,
    receivedAt,
    keyId: key.id,
    sandboxOnly: key.mode === 'test',
    allowedModels: key.limits.models,
    timeoutMs: timeoutOf(request.headers['x-speka-timeout-ms']),
    via: single(request.headers[VIA_HEADER]),
  }
}

function timeoutOf(header: string | string[] | undefined): number | undefined {
  const text = single(header)
  if (text === undefined) return undefined
  const ms = Number(text)
  if (Number.isInteger(ms) && ms > 0 && ms <= 2_147_483_647) return ms
  throw new SpekaError('invalid_value', 'The header x-speka-timeout-ms must be a whole number of milliseconds above 0.')
}

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(',') : header
