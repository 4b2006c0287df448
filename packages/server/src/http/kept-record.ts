import type { AttemptRecord, FailureClass, UsageRecord } from '@speka/core'

/** Failures of which the caller is told in the upstream's own words. */
const inUpstreamWords = new Set<FailureClass | 'answered'>(['caller_fault', 'context_window', 'content_policy'])

/**
 * A record as it is kept. What an upstream said about a request may quote the prompt, so the caller alone gets to read it.
 */
export function keptRecord(record: UsageRecord): UsageRecord {
  if (!record.attempts.some(quotes)) return record
  return { ...record, attempts: record.attempts.map((one) => (quotes(one) ? { ...one, message: undefined } : one)) }
}

const quotes = ({ outcome }: AttemptRecord): boolean => inUpstreamWords.has(outcome)
