import type { Model, Price } from '../catalog/model.ts'
import type { ErrorCode } from '../errors.ts'
import type { Failure } from '../failure.ts'
import type { PicoUsd } from '../money.ts'
import { costOf } from '../pricing/cost-of.ts'
import { priceAt } from '../pricing/price-at.ts'
import { rowFor } from '../pricing/price-row.ts'
import type { Usage } from '../usage.ts'
import type { Call } from '../operations/call.ts'
import { customerOf, sessionOf } from '../operations/named-by-caller.ts'
import { chargeFor, isCharged, periodOf } from './meter.ts'
import type { AttemptRecord, FarSide, Outcome, UsageRecord } from './usage-record.ts'

/** Who was asked, as far as the records say it. */
export interface MeteredTarget {
  readonly provider: string
  readonly model: string
  readonly upstreamModel: string
  readonly entry: Model
  readonly costs?: readonly Price[] | undefined
}

/** How one attempt went: times count from the request's start, in ms. */
export interface AttemptCourse {
  /** When the request arrived, in ms since the epoch. */
  readonly receivedAt: number
  readonly startedMs: number
  readonly endedMs: number
  readonly firstOutputMs: number | undefined
  /** `undefined`: it answered. */
  readonly failure: Failure | undefined
  readonly status: number | undefined
  readonly usage: Usage
}

/** Writes down one attempt. */
export function attemptRecord(target: MeteredTarget, course: AttemptCourse): AttemptRecord {
  const { provider, upstreamModel, model, costs } = target
  const { receivedAt, startedMs, endedMs, firstOutputMs, failure, status, usage } = course
  return {
    provider,
    upstreamModel,
    model,
    startedMs: round(startedMs),
    durationMs: round(endedMs - startedMs),
    firstOutputMs: firstOutputMs === undefined ? undefined : round(firstOutputMs - startedMs),
    outcome: failure?.class ?? 'answered',
    status,
    message: failure?.message,
    cost: failure === undefined && costs !== undefined ? costAt(costs, receivedAt, usage) : undefined,
  }
}

function costAt(costs: readonly Price[], atMs: number, usage: Usage): PicoUsd | undefined {
  const cost = priceAt(costs, atMs)
  return cost === undefined ? undefined : costOf(usage, cost)
}

/** What is known of an answer. */
export interface MeteredAnswer {
  readonly usage: Usage
  readonly upstreamId?: string | undefined
  readonly finishReason?: string | undefined
  /** Which model answered, and for what price, where the upstream is a gateway that chose by itself. */
  readonly model?: string | undefined
  readonly charge?: PicoUsd | undefined
  /** See {@link UsageRecord.answeredBy}. */
  readonly answeredBy?: string | undefined
}

/** How a request went. */
export interface RequestCourse {
  readonly outcome: Outcome
  readonly errorCode: ErrorCode | undefined
  /** Whether any of the answer was delivered. */
  readonly delivered: boolean
  /** Whether the caller ended it, by leaving or by a limit of its own. */
  readonly byCaller: boolean
  readonly attempts: readonly AttemptRecord[]
  readonly farSide?: FarSide | undefined
  readonly durationMs: number
  readonly firstOutputMs: number | undefined
}

/**
 * Writes down a whole request and what it costs, at the price in force when it arrived.
 *
 * @param target who was asked; nobody when a layer answered, which says what that costs.
 */
export function usageRecord(
  call: Call,
  target: MeteredTarget | undefined,
  answer: MeteredAnswer,
  course: RequestCourse,
): UsageRecord {
  const { id, keyId, account, labels, stream, receivedAt, outline } = call
  const { usage, upstreamId, finishReason, charge, answeredBy } = answer
  const { outcome, delivered, byCaller, firstOutputMs, durationMs, errorCode, attempts, farSide } = course
  const inForce = charge === undefined && target !== undefined ? priceAt(target.entry.prices, receivedAt) : undefined
  const price = inForce?.rows === undefined ? inForce : rowFor(inForce, usage)
  const due =
    (isCharged(outcome, delivered, byCaller) ? charge : undefined) ??
    chargeFor(outcome, usage, price, delivered, byCaller)
  const isAboveLimit = call.maxCost !== undefined && due !== undefined && due > call.maxCost
  return {
    id,
    keyId,
    account,
    labels,
    // There is a place for them in each record, so that one with budgets is made as quickly.
    budgets: undefined,
    customer: customerOf(call),
    session: sessionOf(call),
    endpoint: call.surface ?? call.endpoint,
    stream,
    createdAt: receivedAt,
    period: periodOf(receivedAt),
    requestedModel: outline.model,
    metadata: outline.metadata == null ? undefined : keptMetadata(outline.metadata),
    model: answer.model ?? target?.model,
    provider: target?.provider,
    upstreamModel: target?.upstreamModel,
    answeredBy,
    upstreamId,
    outcome,
    finishReason,
    errorCode,
    usage: isAboveLimit ? { ...usage, capped: true } : usage,
    price,
    charge: isAboveLimit ? call.maxCost : due,
    attempts,
    farSide,
    durationMs: round(durationMs),
    firstOutputMs: firstOutputMs === undefined ? undefined : round(firstOutputMs),
  }
}

/** As much of a caller's metadata as OpenAI would keep. */
function keptMetadata(metadata: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> | undefined {
  const kept = Object.entries(metadata)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .slice(0, MOST_METADATA)
    .map(([key, text]) => [key.slice(0, 64).toWellFormed(), text.slice(0, 512).toWellFormed()])
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

const MOST_METADATA = 16

/** To whole microseconds: clocks count finer than anybody can use. */
const round = (ms: number): number => Math.round(ms * 1000) / 1000
