import { hash } from 'node:crypto'
import { formatUsd, picoUsd, SpekaError } from '@speka/core'
import type { Actor } from '../actor.ts'
import { adjustmentMonth } from '../billing/adjustment-month.ts'
import { monthOf } from '../billing/month.ts'
import type { AdjustmentRecord, RepriceRecord } from '../store/records.ts'
import type { ChangeBy, Kept, Registry, Write } from '../store/registry.ts'
import { changeBy } from './change.ts'
import type { OperationParts } from './operation.ts'
import { differenceOf, type RepricePart, type RepriceParts, type RepriceResult } from './reprice-view.ts'

/** Records of one change: the thread that writes them has requests to record as well. */
const MOST_AT_ONCE = 500

/** What a reprice writes. */
type RepriceWrite = Write<'reprice'> | Write<'adjustment'>

/** An id that is the same whenever it is made of the same: of two records that are made of it at once, one is refused. */
export const derivedId = (kind: string, ...of: readonly (number | string)[]): string =>
  `${kind}_${hash('sha256', JSON.stringify(of)).slice(0, 22)}`

/** Writes down what a reprice makes a difference to, and tells what was. @throws SpekaError `conflict` */
export async function applyReprice(
  parts: OperationParts,
  actor: Actor,
  result: RepriceResult,
  { reprice, own, behind }: RepriceToApply,
): Promise<RepriceResult> {
  const kept = 'record' in reprice ? reprice : undefined
  const record = 'record' in reprice ? reprice.record : reprice
  const months = await invoiceMonths(parts)
  const adjustments = await adjustmentsFor(months, record, own)
  const late: AdjustmentRecord[] = []
  for (const one of behind) late.push(...(await adjustmentsFor(months, one.record, one.parted)).values())
  const isHalf = kept !== undefined && kept.record.completedAt === undefined
  const isOnRecord = kept !== undefined || adjustments.size > 0
  if (adjustments.size > 0 || late.length > 0 || isHalf)
    await write(parts, actor, isOnRecord ? { record, kept } : undefined, [...late, ...adjustments.values()])
  return {
    ...result,
    id: isOnRecord ? record.id : null,
    applied: true,
    accounts: result.accounts.map((shown, index) => {
      const made = adjustments.get(own[index])
      return { ...shown, adjustment: made?.id ?? null, invoiced_in: made?.month ?? null }
    }),
  }
}

/** What a reprice is applied with. */
interface RepriceToApply {
  /** A new one, or the one that this goes on with. */
  readonly reprice: Kept<'reprice'> | RepriceRecord
  readonly own: readonly RepricePart[]
  /** The earlier ones of that time. */
  readonly behind: readonly RepriceParts[]
}

/** Tells the month whose invoice has what is adjusted now. */
interface InvoiceMonths {
  readonly at: number
  of(account: string): Promise<string>
}

async function invoiceMonths({ store, now }: OperationParts): Promise<InvoiceMonths> {
  const at = now()
  const current = monthOf(at)
  // Hardly ever has a month that runs an invoice: then there is no need to ask for each account.
  const hasInvoices = (await store.invoices.list({ month: current, limit: 1 })).length > 0
  return { at, of: async (account) => (hasInvoices ? adjustmentMonth(store.invoices, account, at) : current) }
}

async function adjustmentsFor(
  months: InvoiceMonths,
  { id, models }: RepriceRecord,
  parted: readonly RepricePart[],
): Promise<Map<RepricePart | undefined, AdjustmentRecord>> {
  const adjustments = new Map<RepricePart | undefined, AdjustmentRecord>()
  for (const part of parted) {
    const difference = differenceOf(part)
    if (difference === 0n) continue
    const { account, month: about, adjusted } = part
    const month = await months.of(account)
    adjustments.set(part, {
      id: derivedId('adj', id, account, about, adjusted.count),
      account,
      createdAt: months.at,
      month,
      kind: 'usage',
      usd: formatUsd(picoUsd(difference)),
      ...(about !== month && { about }),
      reason: `Usage of ${models} in ${about} at another price`,
      reprice: id,
    })
  }
  return adjustments
}

/** All at once where they are few, else in batches: then the reprice says at the end that it is whole. */
async function write(
  { store, now }: OperationParts,
  actor: Actor,
  reprice: Applied | undefined,
  adjustments: readonly AdjustmentRecord[],
): Promise<void> {
  const by = changeBy(actor, 'reprice.apply', now())
  const change = (...writes: readonly RepriceWrite[]) => store.registry.change(writes, by)
  const adding = adjustments.map((after): RepriceWrite => ({ kind: 'adjustment', after }))
  try {
    if (adding.length < MOST_AT_ONCE) await change(...wholeOf(reprice, by.at), ...adding)
    else {
      const begun = reprice && (await begin(store.registry, reprice, by))
      for (let from = 0; from < adding.length; from += MOST_AT_ONCE)
        await change(...adding.slice(from, from + MOST_AT_ONCE))
      await change(...wholeOf(begun, by.at))
    }
  } catch (cause) {
    if (!SpekaError.is(cause) || (cause.code !== 'invalid_value' && cause.code !== 'conflict')) throw cause
    throw new SpekaError(
      'conflict',
      'Another reprice was applied meanwhile. Look at what this one comes to now, then apply it again.',
      { cause },
    )
  }
}

/** A reprice, and what is on record of it. */
interface Applied {
  readonly record: RepriceRecord
  readonly kept: Kept<'reprice'> | undefined
}

/** One that was whole, and gets more for rows that came later, is not until all of that is there. */
async function begin(registry: Registry, { record, kept }: Applied, by: ChangeBy): Promise<Applied> {
  const half = { ...record, completedAt: undefined }
  const [begun] = await registry.change([{ kind: 'reprice', before: kept, after: half }], by)
  return { record, kept: begun }
}

const wholeOf = (applied: Applied | undefined, at: number): RepriceWrite[] =>
  applied === undefined
    ? []
    : [{ kind: 'reprice', before: applied.kept, after: { ...applied.record, completedAt: at } }]
