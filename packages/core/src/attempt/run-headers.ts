import { formatUsd } from '../money.ts'
import type { Headers } from '../transport.ts'
import type { Call } from '../operations/call.ts'

/** Header by which gateways tell each other what a request has passed through. */
export const VIA_HEADER = 'x-speka-via'

/**
 * What every upstream is told beside the request.
 *
 * @param via names this gateway.
 */
export const headersForAll = (call: Call, via: string): Headers => ({
  'x-request-id': call.id,
  [VIA_HEADER]: call.via === undefined ? via : `${call.via},${via}`,
})

/** Another gateway keeps the caller's limits, and decides by the caller's words. */
export const headersForGateway = (headers: Headers, { maxCost, tags = [] }: Call, leftMs: number): Headers => ({
  ...headers,
  'x-speka-timeout-ms': String(Math.max(1, Math.round(leftMs))),
  ...(maxCost !== undefined && { 'x-speka-max-cost-usd': formatUsd(maxCost) }),
  ...(tags.length > 0 && { 'x-speka-tags': tags.join(',') }),
})
