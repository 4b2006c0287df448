import { formatUsd, parseUsd, picoUsd } from '@speka/core'
import { z } from 'zod'
import type { Difference } from '../reconcile/difference.ts'
import { exportFormats } from '../reconcile/export-line.ts'
import { reconcile, type Reconciled } from '../reconcile/reconcile.ts'
import type { Count } from '../reconcile/tally.ts'
import { moment, oneOf, severalOf, word } from './fields.ts'
import { operation } from './operation.ts'
import { shownMoment, textOf } from './moments.ts'

/** What is compared where nobody says. */
const COMPARED = ['cost', 'tokens'] as const

const count = z.number()
const counted = z.object({
  count,
  /** What the export says they cost, in US dollars, as far as it says it; and the ledger. */
  export_usd: z.string(),
  ledger_usd: z.string(),
})

/** Something that is not in both alike. Of a sum, ids are `null`; what a side does not say is `null` too. */
export const differenceView = z.object({
  what: z.enum(['different', 'missing_in_ledger', 'missing_in_export', 'double']),
  at: shownMoment,
  model: z.string().nullable(),
  /** The provider's id of the answer. */
  id: z.string().nullable(),
  /** The id of the request in the ledger. */
  request_id: z.string().nullable(),
  /** The line of the export; of several, the first. */
  line: count.nullable(),
  export_requests: count.nullable(),
  ledger_requests: count.nullable(),
  export_input_tokens: count.nullable(),
  ledger_input_tokens: count.nullable(),
  export_output_tokens: count.nullable(),
  ledger_output_tokens: count.nullable(),
  export_usd: z.string().nullable(),
  ledger_usd: z.string().nullable(),
  /** What the export has more than the ledger. */
  difference_usd: z.string().nullable(),
  /** Why it may well differ: how the request ended, `estimated`, `capped`. */
  note: z.string().nullable(),
})

export type DifferenceView = z.output<typeof differenceView>

const reconciliationView = z.object({
  /** Whether nothing differs. */
  agrees: z.boolean(),
  provider: z.string(),
  format: z.enum(exportFormats),
  /** What the file turned out to be. */
  export: z.string(),
  /** What was compared: requests by the provider's ids, or sums. */
  by: z.enum(['request', 'minute', 'hour', 'day']),
  since: shownMoment,
  until: shownMoment,
  lines: count,
  /** Lines of another time than was asked for. */
  outside: count,
  matched: counted,
  different: counted,
  missing_in_ledger: counted,
  missing_in_export: counted,
  double: counted,
  /** Found on both sides, with a cost on one of them alone: only their tokens were compared. */
  uncosted: counted,
  /** Attempts of that time that failed. The provider may charge for them, and they have no id to find them by. */
  failed_attempts: count,
  /** Answers of that time without an id of the provider's, and what they cost. */
  without_id: z.object({ count, ledger_usd: z.string() }),
  /** The largest differences, at most twenty. */
  largest: z.array(differenceView),
})

export type ReconciliationView = z.output<typeof reconciliationView>

const isBytes = (value: unknown): value is AsyncIterable<Uint8Array> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/**
 * Holds a provider's usage export against what attempts cost the operator. It has no route: what is read is what whoever
 * calls it has opened.
 */
export const reconcileUsage = operation({
  right: 'ledger.verify',
  input: z.strictObject({
    provider: word,
    export: z.custom<AsyncIterable<Uint8Array>>(isBytes, { error: 'must be the bytes of a file' }),
    format: oneOf(exportFormats).optional(),
    /** Of a generic CSV, the columns that are called otherwise, by what they hold. */
    columns: z.record(z.string(), z.string()).optional(),
    since: moment.optional(),
    until: moment.optional(),
    compare: severalOf(COMPARED).optional(),
    /** By how much a cost may differ, in US dollars. */
    tolerance: z
      .string()
      .regex(/^\d{1,6}(?:\.\d{1,12})?$/, { error: 'must be an amount of US dollars such as 0.000001' })
      .transform(parseUsd)
      .optional(),
    /** Told every difference, as it is found. */
    tell: z.custom<(difference: DifferenceView) => void>((value) => typeof value === 'function').optional(),
  }),
  output: reconciliationView,
  async run({ store }, { export: bytes, compare = COMPARED, tolerance, tell, ...options }) {
    const reconciled = await reconcile(store.ledger, {
      ...options,
      bytes,
      compare,
      tolerance: tolerance ?? picoUsd(0n),
      tell: tell === undefined ? undefined : (difference) => tell(shownDifference(difference)),
    })
    return viewOf(options.provider, reconciled)
  },
})

function viewOf(provider: string, { kind, by, span, lines, outside, tally, apart }: Reconciled): ReconciliationView {
  const differing = ['different', 'missing_in_ledger', 'missing_in_export', 'double'] as const
  return {
    agrees: differing.every((verdict) => tally.of(verdict).count === 0),
    provider,
    format: kind.format,
    export: kind.title,
    by,
    since: shownBound(span.since),
    until: shownBound(span.until),
    lines,
    outside,
    matched: shownCount(tally.of('matched')),
    different: shownCount(tally.of('different')),
    missing_in_ledger: shownCount(tally.of('missing_in_ledger')),
    missing_in_export: shownCount(tally.of('missing_in_export')),
    double: shownCount(tally.of('double')),
    uncosted: shownCount(tally.uncosted),
    failed_attempts: apart.failed,
    without_id: { count: apart.withoutId, ledger_usd: formatUsd(picoUsd(apart.withoutIdCost)) },
    largest: tally.largest.map(shownDifference),
  }
}

const shownBound = (at: number): string | null => textOf(Number.isFinite(at) ? at : undefined)

const shownCount = ({ count: number, exported, ledger }: Count) => ({
  count: number,
  export_usd: formatUsd(exported),
  ledger_usd: formatUsd(ledger),
})

function shownDifference({
  verdict,
  line,
  id,
  request,
  at,
  model,
  note,
  exported,
  ledger,
}: Difference): DifferenceView {
  const [theirs, ours] = [exported?.cost, ledger?.cost]
  const known = (exported === undefined || theirs !== undefined) && (ledger === undefined || ours !== undefined)
  return {
    what: verdict,
    at: textOf(at),
    model: model ?? null,
    id: id ?? null,
    request_id: request ?? null,
    line: line ?? null,
    export_requests: exported?.requests ?? null,
    ledger_requests: ledger?.requests ?? null,
    export_input_tokens: exported?.input ?? null,
    ledger_input_tokens: ledger?.input ?? null,
    export_output_tokens: exported?.output ?? null,
    ledger_output_tokens: ledger?.output ?? null,
    export_usd: theirs === undefined ? null : formatUsd(theirs),
    ledger_usd: ours === undefined ? null : formatUsd(ours),
    difference_usd: known ? formatUsd(picoUsd((theirs ?? 0n) - (ours ?? 0n))) : null,
    note: note ?? null,
  }
}
