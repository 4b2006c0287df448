import type { AttemptRecord, UsageRecord } from '@speka/core'
import type { Used } from './difference.ts'

/** One attempt at the provider, as the ledger has it. */
export interface LedgerEntry {
  readonly request: string
  /** When the attempt began, in ms since the epoch. */
  readonly at: number
  /** What the provider calls the model. */
  readonly model: string
  /** The provider's id of the answer; `undefined`: it has told none. */
  readonly id: string | undefined
  readonly used: Used
  /** See {@link Difference.note}. */
  readonly note: string | undefined
  /** Whether it failed without an answer of which anything is known: then there is nothing to compare. */
  readonly isFailed: boolean
}

/** The attempts of a request that were made at a provider. */
export function entriesOf(record: UsageRecord, provider: string): LedgerEntry[] {
  return record.attempts.flatMap((attempt, at) =>
    attempt.provider === provider ? [entryOf(record, attempt, at === record.attempts.length - 1)] : [],
  )
}

/** @param isLast whether what is known of the answer is known of this one: those before it had none. */
function entryOf(record: UsageRecord, attempt: AttemptRecord, isLast: boolean): LedgerEntry {
  const { usage } = record
  const id = isLast ? record.upstreamId : undefined
  const isAnswered = attempt.outcome === 'answered'
  return {
    request: record.id,
    at: Math.floor(record.createdAt + attempt.startedMs),
    model: attempt.upstreamModel,
    id,
    used: {
      requests: 1,
      input: isLast ? usage.inputTokens : undefined,
      output: isLast ? usage.outputTokens : undefined,
      cost: attempt.cost,
    },
    note: noteOf(record, attempt),
    isFailed: !isAnswered && id === undefined,
  }
}

function noteOf({ usage, outcome }: UsageRecord, attempt: AttemptRecord): string | undefined {
  if (usage.capped === true) return 'capped'
  if (usage.estimated === true) return 'estimated'
  if (outcome !== 'complete') return outcome
  return attempt.outcome === 'answered' ? undefined : attempt.outcome
}
