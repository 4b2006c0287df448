import { SpekaError } from '../errors.ts'
import { formatUsd } from '../money.ts'
import {
  fittedTo,
  nativeOperation,
  operationOf,
  unsupportedInChat,
  unsupportedNatively,
  type NativeWay,
} from '../providers/operation-of.ts'
import type { Answer, BytesRequest, ProviderOperation, Reply, Step, StreamRequest } from '../providers/provider.ts'
import { refusePrefill } from '../providers/refuse-prefill.ts'
import type { Target } from '../route/target.ts'
import type { Headers, Upstream } from '../transport.ts'
import { keptAs, type NativeDialect } from '../wire/dialect-name.ts'
import { keptFor } from '../wire/kept-for.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import { limitOutput } from './limit-output.ts'

/** A call as one target will be asked it. */
export interface Prepared {
  /** The call's parameters that the target cannot take. */
  readonly droppedParams: readonly string[]
  /** How to ask for a stream; `undefined`: the caller wants none, or the target has none. */
  readonly stream: StreamRequest | undefined
  /** How to ask for an answer of bytes; `undefined`: it is of JSON or events. */
  readonly bytes: BytesRequest | undefined
  /** How to ask for the whole answer. */
  readonly answer: () => Generator<Step, Answer, Reply>
  /** Set when it is asked in the caller's own dialect. */
  readonly native?: NativeWay | undefined
}

/**
 * Has a target's provider translate a call.
 *
 * @param upstream with which of the operator's keys.
 */
export function prepare(asked: Call, place: Target, upstream = place.upstream): Prepared {
  const limited = asked.maxCost === undefined ? asked : limitOutput(asked, asked.maxCost, place)
  const native = nativeOperation(limited, place.adapter)
  const call = native === undefined ? fittedTo(limited, place) : limited
  if (native === undefined && operations[call.endpoint].endsWithPrefill?.(call) === true) refusePrefill(place)
  const target = native === undefined ? place : sealing(call, place, native.dialect, upstream)
  const operation: ProviderOperation | undefined = native?.operation ?? operationOf(target.adapter, call)
  if (operation === undefined)
    throw new SpekaError('internal_error', `Provider type "${target.adapter.type}" has no ${call.endpoint}.`)
  return {
    droppedParams:
      native === undefined
        ? unsupportedInChat(target.adapter, call, target)
        : unsupportedNatively(native.operation, call, target),
    stream: call.stream ? operation.stream?.(call, target) : undefined,
    bytes: operation.bytes?.(call, target),
    answer: () => operation.answer(call, target),
    ...(native !== undefined && { native }),
  }
}

/** Ids that are remembered at once of an answer, which has its own and at most one that it went on with. */
const MOST_SEALED = 8

/** A target that keeps what it answers, under ids that leave it sealed for the caller's account. */
function sealing(call: Call, target: Target, dialect: NativeDialect, { credential }: Upstream): Target {
  const kind = keptAs[dialect]
  const { idSeal } = call
  if (kind === undefined || idSeal === undefined) return target
  const { provider } = target
  const sealed = new Map<string, string>()
  const seal = (id: string): string => {
    // A stream says again and again what it is called.
    const known = sealed.get(id)
    if (known !== undefined) return known
    if (sealed.size >= MOST_SEALED) sealed.clear()
    const made = idSeal.seal(kind, keptFor(call), { provider, credential, id })
    sealed.set(id, made)
    return made
  }
  return { ...target, seal }
}

/**
 * The call of an answer that has begun and that nobody else will be asked for, without what only the upstream needed: it may
 * take minutes, and is metered by what is left.
 */
export const letGoOfPrompt = (call: Call): Call => operations[call.endpoint].lettingGo?.(call) ?? call

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
