import type { UsageRecord } from '@speka/core'
import type { Ledger, RequestPage } from '../store/store.ts'
import { compareRequests } from './compare-requests.ts'
import { compareSums } from './compare-sums.ts'
import type { Difference, Measure } from './difference.ts'
import { exportError } from './export-error.ts'
import type { ExportKind, ExportLine, ExportOptions } from './export-line.ts'
import { entriesOf, type LedgerEntry } from './ledger-entries.ts'
import { modelKey } from './model-key.ts'
import { readExport } from './read-export.ts'
import { Scratch } from './scratch.ts'
import { Tally } from './tally.ts'
import { grainOf, grains, HOUR_MS, isWithin, SpanSeen, type Grain, type TimeSpan } from './time-span.ts'

/** What is held against the ledger, and how. */
export interface ReconcileOptions extends ExportOptions, Measure {
  /** The provider, as the configuration names it. */
  readonly provider: string
  readonly bytes: AsyncIterable<Uint8Array>
  /** Only what was used at this moment or later, in ms since the epoch. Default: from the first line of the export. */
  readonly since?: number | undefined
  /** Only what was used before this moment, in ms since the epoch. Default: to the last line of the export. */
  readonly until?: number | undefined
  /** Told every difference, as it is found. */
  readonly tell?: ((difference: Difference) => void) | undefined
}

/** What came of it. */
export interface Reconciled {
  readonly kind: ExportKind
  /** What is compared: requests by their ids, or sums of minutes, hours or days. */
  readonly by: 'request' | Grain
  readonly span: TimeSpan
  /** Lines of the export, and how many of them are of another time than was asked for. */
  readonly lines: number
  readonly outside: number
  readonly tally: Tally
  readonly apart: Apart
}

/** What of the ledger cannot be compared. */
export interface Apart {
  /** Attempts that failed: the provider has told no id, and may charge for them nevertheless. */
  failed: number
  /** Answers without an id of the provider's, which is what requests are found by. */
  withoutId: number
  withoutIdCost: bigint
}

/** By how much the clocks and the notions of both sides may be apart: a request is found if it is no further beyond the span. */
const MARGIN_MS = HOUR_MS
const PAGE_RECORDS = 250

/**
 * Holds a provider's export against the ledger. Memory does not grow with either: both are put into a file and sorted there.
 *
 * @throws SpekaError `invalid_request` for an export that is not whole, or cannot be read, with the line.
 */
export async function reconcile(ledger: Ledger, options: ReconcileOptions): Promise<Reconciled> {
  const scratch = new Scratch()
  try {
    const asked = { since: options.since ?? -Infinity, until: options.until ?? Infinity }
    const lines = await putLines(scratch, options, asked)
    const span = spanOf(asked, lines)
    const apart: Apart = { failed: 0, withoutId: 0, withoutIdCost: 0n }
    await putEntries(scratch, ledger, options.provider, lines, span, apart)
    const tally = new Tally(options.tell ?? (() => {}))
    if (lines.by === 'request') compareRequests(scratch, options, span, tally)
    else compareSums(scratch, options, grains[lines.by], tally)
    return { kind: lines.kind, by: lines.by, span, lines: lines.count, outside: lines.outside, tally, apart }
  } finally {
    scratch.close()
  }
}

/** What is known of an export when it is read. */
interface LinesRead {
  readonly kind: ExportKind
  readonly by: 'request' | Grain
  readonly count: number
  readonly outside: number
  readonly seen: SpanSeen
  /** Whether any line names a model: else sums are of all of them. */
  readonly hasModels: boolean
}

async function putLines(scratch: Scratch, options: ReconcileOptions, asked: TimeSpan): Promise<LinesRead> {
  const seen = new SpanSeen()
  let [count, outside, hasModels] = [0, 0, false]
  let kind: ExportKind | undefined
  let grain: Grain | undefined
  for await (const part of readExport(options.bytes, options)) {
    kind = part.kind
    for (const line of part.lines) {
      count += 1
      hasModels ||= line.model !== undefined
      if (kind.hasIds) {
        if (!isWithin(line.from, asked)) outside += 1
        if (isWithin(line.from, widened(asked))) putRequest(scratch, line, seen)
        continue
      }
      const found = grainOf(line)
      if (found !== (grain ??= found))
        throw exportError(
          `Line ${line.line} is of one ${found}, and those before it of one ${grain}: they cannot be added up.`,
        )
      const from = Math.floor((line.from ?? 0) / grains[grain]) * grains[grain]
      if (from < asked.since || from + grains[grain] > asked.until) outside += 1
      else putSum(scratch, line, from, grains[grain], seen)
    }
  }
  if (kind === undefined) throw exportError('The export has no line of anything that was used.')
  return { kind, by: grain ?? 'request', count, outside, seen, hasModels }
}

function putRequest(scratch: Scratch, line: ExportLine, seen: SpanSeen): void {
  if (line.from !== undefined) seen.see(line.from)
  scratch.add({
    ...usedBy(line),
    side: 'export',
    key: line.id ?? '',
    line: line.line,
    at: line.from,
    model: line.model,
  })
}

function putSum(scratch: Scratch, line: ExportLine, from: number, ms: number, seen: SpanSeen): void {
  seen.see(from)
  seen.see(from + ms - 1)
  const model = line.model === undefined ? undefined : modelKey(line.model)
  scratch.add({ ...usedBy(line), side: 'export', key: from / ms, line: line.line, at: from, model, raw: line.raw })
}

const usedBy = ({ requests, input, output, cost }: ExportLine) => ({ requests, input, output, cost })

/** The time that both sides are compared in. Sums are compared as far as they are wholly in it. */
function spanOf({ since, until }: TimeSpan, { seen, by }: LinesRead): TimeSpan {
  const { span } = seen
  const whole = { since: since === -Infinity ? span.since : since, until: until === Infinity ? span.until : until }
  if (by === 'request') return whole
  const ms = grains[by]
  return { since: Math.ceil(whole.since / ms) * ms, until: Math.floor(whole.until / ms) * ms }
}

async function putEntries(
  scratch: Scratch,
  ledger: Ledger,
  provider: string,
  { by, hasModels }: LinesRead,
  span: TimeSpan,
  apart: Apart,
): Promise<void> {
  const wide = widened(span)
  for await (const record of recordsIn(ledger, wide))
    for (const entry of entriesOf(record, provider)) {
      const { id, used, at, request, note } = entry
      if (isWithin(at, span)) setApart(apart, entry, by)
      if (by === 'request') {
        if (id !== undefined) scratch.add({ ...used, side: 'ledger', key: id, request, at, model: entry.model, note })
      } else if (!entry.isFailed && isWithin(at, span)) {
        const model = hasModels ? modelKey(entry.model) : undefined
        scratch.add({ ...used, side: 'ledger', key: Math.floor(at / grains[by]), at, model })
      }
    }
}

function setApart(apart: Apart, { isFailed, id, used }: LedgerEntry, by: LinesRead['by']): void {
  if (isFailed) apart.failed += 1
  else if (id === undefined && by === 'request') {
    apart.withoutId += 1
    apart.withoutIdCost += used.cost ?? 0n
  }
}

async function* recordsIn(ledger: Ledger, { since, until }: TimeSpan): AsyncGenerator<UsageRecord> {
  const filter = { ...(since > -Infinity && { since }), ...(until < Infinity && { until }), first: 'oldest' } as const
  const ask = (cursor?: string): Promise<RequestPage> => ledger.requests(filter, cursor, PAGE_RECORDS)
  for (let page: Promise<RequestPage> | undefined = ask(); page !== undefined;) {
    const { records, next }: RequestPage = await page
    // It is read on another thread, while these are looked at here.
    page = next === undefined ? undefined : ask(next)
    page?.catch(() => {})
    yield* records
  }
}

const widened = ({ since, until }: TimeSpan): TimeSpan => ({ since: since - MARGIN_MS, until: until + MARGIN_MS })
