import { parseUsd, SpekaError, type PicoUsd } from '@speka/core'
import { VIA_HEADER, type CallFacts, type IdSeal } from '@speka/core/internal'
import type { KeyedExchange } from '../http/exchange.ts'

/**
 * What a request for an answer says besides its body: when it came, who pays, what that key may use, how long it may take, what it may cost.
 *
 * @throws SpekaError `invalid_value` when its timeout or its limit is none.
 */
export function callFacts({ id, receivedAt, request, key }: KeyedExchange, idSeal?: IdSeal): CallFacts {
  return {
    id,
    receivedAt,
    keyId: key.id,
    keyName: key.name,
    idSeal,
    sandboxOnly: key.mode === 'test',
    allowedModels: key.limits.models,
    timeoutMs: timeoutOf(request.headers['x-speka-timeout-ms']),
    maxCost: maxCostOf(request.headers['x-speka-max-cost-usd']),
    tags: tagsOf(request.headers['x-speka-tags']),
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

function maxCostOf(header: string | string[] | undefined): PicoUsd | undefined {
  const text = single(header)
  if (text === undefined) return undefined
  try {
    return parseUsd(text.trim())
  } catch (cause) {
    const message = 'The header x-speka-max-cost-usd must be a decimal number of US dollars, such as "0.05".'
    throw new SpekaError('invalid_value', message, { cause })
  }
}

const tagsOf = (header: string | string[] | undefined): string[] | undefined =>
  single(header)
    ?.split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(',') : header
