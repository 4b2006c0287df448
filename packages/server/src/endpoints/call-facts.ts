import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { parseUsd, SpekaError, type PicoUsd } from '@speka/core'
import { isCallerName, MOST_NAME_CHARACTERS, VIA_HEADER, type CallFacts, type IdSeal } from '@speka/core/internal'
import type { KeyedExchange } from '../http/exchange.ts'
import type { KeyRecord } from '../store/store.ts'

/**
 * What a request for an answer says besides its body: when it came, who pays and for whom, what that key may use, how long it
 * may take, what it may cost.
 *
 * @throws SpekaError `invalid_value` when its timeout or its limit is none, or a name can be none.
 */
export function callFacts({ id, receivedAt, request, key }: KeyedExchange, idSeal?: IdSeal): CallFacts {
  return {
    // First: what a literal begins with is copied as a whole.
    ...factsOfKey(key),
    id,
    receivedAt,
    customer: nameIn('x-speka-customer', request),
    session: nameIn('x-claude-code-session-id', request),
    idSeal,
    timeoutMs: timeoutOf(request.headers['x-speka-timeout-ms']),
    maxCost: maxCostOf(request.headers['x-speka-max-cost-usd']),
    tags: tagsOf(request.headers['x-speka-tags']),
    via: single(request.headers[VIA_HEADER]),
  }
}

/** What is known by the key alone: who pays and for whom, and what may be used. */
export const factsOfKey = (key: KeyRecord) => ({
  keyId: key.id,
  keyName: key.name,
  account: key.account,
  labels: key.labels === 0 ? undefined : key.labels,
  subjects: key,
  sandboxOnly: key.mode === 'test',
  allowedModels: key.limits.models,
  allowedEndpoints: key.limits.endpoints,
  allowedProviders: key.limits.providers,
})

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

/** @throws SpekaError `invalid_value` for what cannot be a name: it is said on purpose, so that nobody else is meant. */
export function nameIn(header: string, { headers }: IncomingMessage): string | undefined {
  const text = single(headers[header])
  if (text === undefined) return undefined
  const name = asUtf8(text)
  if (isCallerName(name)) return name
  const message = `The header ${header} must be a text of 1 to ${MOST_NAME_CHARACTERS} characters, without control characters.`
  throw new SpekaError('invalid_value', message)
}

/** Node reads headers as Latin-1; names of any script come as UTF-8. */
function asUtf8(header: string): string {
  if (!/[\u0080-\u00ff]/.test(header)) return header
  const bytes = Buffer.from(header, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : header
}

const tagsOf = (header: string | string[] | undefined): string[] | undefined =>
  single(header)
    ?.split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(',') : header
