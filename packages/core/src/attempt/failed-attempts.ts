import { callerSees, type FailureClass } from '../failure.ts'
import { isRecord } from '../json.ts'
import type { AttemptRecord } from '../meter/usage-record.ts'

/** Header by which a gateway tells another one what failed before it answered. */
export const FAILED_ATTEMPTS_HEADER = 'x-speka-failed-attempts'

/** What servers and proxies take in a header without thinking twice. */
const MOST_CHARACTERS = 4096

/** Attempts as one header; `undefined` when they are too much for one. What they cost the operator stays with the operator. */
export function writeFailedAttempts(attempts: readonly AttemptRecord[]): string | undefined {
  const shown = attempts.map(({ cost: _cost, ...attempt }) => attempt)
  const bare = shown.map(({ message: _message, ...attempt }) => attempt)
  return [shown, bare].map(inAscii).find((text) => text.length <= MOST_CHARACTERS)
}

const inAscii = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** The attempts in such a header; what is none is left out. */
export function readFailedAttempts(header: string | undefined): AttemptRecord[] {
  if (header === undefined) return []
  try {
    const list: unknown = JSON.parse(header)
    return Array.isArray(list) ? list.flatMap((item: unknown) => readAttempt(item) ?? []) : []
  } catch {
    return []
  }
}

function readAttempt(item: unknown): AttemptRecord | undefined {
  if (!isRecord(item)) return undefined
  const { provider, upstreamModel, model, startedMs, durationMs, outcome, status, message } = item
  if (typeof provider !== 'string' || typeof upstreamModel !== 'string' || typeof model !== 'string') return undefined
  if (typeof startedMs !== 'number' || typeof durationMs !== 'number' || !isFailureClass(outcome)) return undefined
  return {
    provider,
    upstreamModel,
    model,
    startedMs,
    durationMs,
    outcome,
    status: typeof status === 'number' ? status : undefined,
    message: typeof message === 'string' ? message : undefined,
  }
}

const isFailureClass = (value: unknown): value is FailureClass =>
  typeof value === 'string' && Object.hasOwn(callerSees, value)
