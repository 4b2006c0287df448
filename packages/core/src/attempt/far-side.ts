import type { AttemptRecord, FarSide } from '../meter/usage-record.ts'
import type { Headers } from '../transport.ts'
import { FAILED_ATTEMPTS_HEADER, readFailedAttempts } from './failed-attempts.ts'

/**
 * What a Speka server tells in its headers of a request that it served: who answered there, after which attempts, and
 * under which id it is recorded.
 *
 * @param own what is known here of the one call to the server.
 */
export function farSideOf(headers: Headers, own: AttemptRecord): FarSide {
  const { 'x-request-id': requestId, 'x-speka-provider': provider, 'x-speka-model': model } = headers
  const failed = readFailedAttempts(headers[FAILED_ATTEMPTS_HEADER])
  // Their times count from the arrival over there, which is about when the call began here.
  const before = failed.map((attempt) => ({ ...attempt, startedMs: own.startedMs + attempt.startedMs }))
  const last = before.at(-1)
  const startedMs = last === undefined ? own.startedMs : last.startedMs + last.durationMs
  const answered: AttemptRecord = {
    ...own,
    provider: provider ?? own.provider,
    model: model ?? own.model,
    upstreamModel: model ?? own.upstreamModel,
    startedMs,
    durationMs: Math.max(0, own.startedMs + own.durationMs - startedMs),
  }
  return { requestId, provider, attempts: [...before, answered] }
}
