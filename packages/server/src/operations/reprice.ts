import { SpekaError } from '@speka/core'
import { z } from 'zod'
import { repricingOf } from '../billing/reprice-row.ts'
import { repriceSums } from '../billing/reprice-sums.ts'
import { parseSignedUsd } from '../billing/signed-usd.ts'
import { testKeyIds } from '../billing/test-keys.ts'
import type { AdjustmentRecord, RepriceRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import { applyReprice, derivedId } from './apply-reprice.ts'
import { id, moment } from './fields.ts'
import { operation, type OperationParts } from './operation.ts'
import { rateFields } from './rate-fields.ts'
import {
  repriceResult,
  shownReprice,
  viewSums,
  type RepricePart,
  type RepriceParts,
  type RepriceSubject,
} from './reprice-view.ts'

const PAGE_ADJUSTMENTS = 1000

/**
 * Says what rows should have cost. Without `apply` nothing is written. With it, the reprice and an adjustment of usage for each
 * account and month that it makes a difference to; rows are never changed. Of several that cover a row the newest counts, so a
 * second time makes no difference, but for what is missing: of one that was interrupted, and of rows that have come since.
 *
 * @throws SpekaError `invalid_value`; `conflict` when another is being applied, or was interrupted
 */
export const reprice = operation({
  right: 'invoices.write',
  input: z.strictObject({
    /** A glob: the models that answered. */
    models: id,
    /** Rows that arrived at this moment or later … */
    since: moment,
    /** … and before this one, which has passed. */
    until: moment,
    /** What they should have cost, all of it. */
    price: rateFields,
    apply: z.boolean({ error: 'must be true or false' }).default(false),
  }),
  output: repriceResult,
  async run(parts, { apply, ...wanted }, actor) {
    demandPast(wanted, parts.now())
    const all = await parts.store.registry.list('reprice')
    const same = sameAs(all, wanted)
    const before = same === undefined ? all : all.slice(0, all.indexOf(same))
    const near = connected(before, wanted)
    if (apply) demandWhole(near)
    const reading: Reading = {
      parts,
      before: before.map(({ record }) => record),
      testKeys: new Set([...(await testKeyIds(parts.store.registry)), ...((await parts.plans()).keys?.testKeys ?? [])]),
      adjustments: all.length === 0 ? [] : await adjustmentsOfReprices(parts),
    }
    const own = await partsOf(reading, wanted, same?.record.id)
    // What this one adds is reckoned from what they should have cost before it, so that has to be whole.
    const behind: RepriceParts[] = []
    for (const { record } of near) behind.push({ record, parted: await partsOf(reading, record, record.id) })
    const result = viewSums(wanted, own, behind)
    if (!apply) return result
    const reprice = same ?? newReprice(wanted, all, parts.now())
    return applyReprice(parts, actor, result, { reprice, own, behind })
  },
})

/** What the rows of reprices are held against. */
interface Reading {
  readonly parts: OperationParts
  /** The reprices before this one, the oldest first. */
  readonly before: readonly RepriceRecord[]
  readonly testKeys: ReadonlySet<string>
  /** Those of any reprice. */
  readonly adjustments: readonly AdjustmentRecord[]
}

/** What a reprice comes to, less what was adjusted by it already. */
async function partsOf(
  { parts, before, testKeys, adjustments }: Reading,
  subject: RepriceSubject,
  id: string | undefined,
): Promise<RepricePart[]> {
  const place = before.findIndex((record) => record.id === id)
  const earlier = (place === -1 ? before : before.slice(0, place)).map(repricingOf).toReversed()
  const { onProgress, store } = parts
  const sums = await repriceSums(repricingOf(subject), { ledger: store.ledger, earlier, testKeys, onProgress })
  const made = new Map<string, RepricePart['adjusted']>()
  for (const { reprice, account, about, month, usd } of adjustments) {
    if (id === undefined || reprice !== id) continue
    const name = `${about ?? month} ${account}`
    const { count, amount } = made.get(name) ?? NOTHING
    made.set(name, { count: count + 1, amount: amount + parseSignedUsd(usd) })
  }
  return sums.map((sum) => ({ ...sum, adjusted: made.get(`${sum.month} ${sum.account}`) ?? NOTHING }))
}

const NOTHING: RepricePart['adjusted'] = { count: 0, amount: 0n }

function demandPast({ since, until }: RepriceSubject, now: number): void {
  if (until <= since) throw refusedUntil('must be later than since')
  if (until > now)
    throw refusedUntil('must not lie ahead: rows that are yet to come are charged by the price of the configuration')
}

const refusedUntil = (why: string): SpekaError => new SpekaError('invalid_value', `until ${why}.`, { param: 'until' })

/** The same reprice, if it was said before and no other about the same time since: then this one goes on with it. */
function sameAs(all: readonly Kept<'reprice'>[], wanted: RepriceSubject): Kept<'reprice'> | undefined {
  const text = textOf(wanted)
  for (const kept of all.toReversed()) {
    if (textOf(kept.record) === text) return kept
    if (isNear(kept.record, wanted)) return undefined
  }
  return undefined
}

const textOf = ({ models, since, until, price }: RepriceSubject): string =>
  JSON.stringify([models, since, until, Object.entries(price).toSorted()])

const isNear = (one: RepriceSubject, other: RepriceSubject): boolean =>
  one.since < other.until && one.until > other.since

/** Those that share rows with one, or with one that does, and so on: what they have said builds on one another. In their order. */
function connected(all: readonly Kept<'reprice'>[], wanted: RepriceSubject): Kept<'reprice'>[] {
  const found = new Set<Kept<'reprice'>>()
  const reached: RepriceSubject[] = [wanted]
  for (const one of reached)
    for (const kept of all)
      if (!found.has(kept) && isNear(kept.record, one)) {
        found.add(kept)
        reached.push(kept.record)
      }
  return all.filter((kept) => found.has(kept))
}

/** What comes later is reckoned from what every earlier one has adjusted, so none may be half done. */
function demandWhole(near: readonly Kept<'reprice'>[]): void {
  const half = near.find(({ record }) => record.completedAt === undefined)
  if (half === undefined) return
  const { models, since, until } = shownReprice(half.record)
  throw new SpekaError(
    'conflict',
    `The reprice ${half.record.id} of ${models} from ${since} until ${until} was interrupted. Apply it again first: it goes on where it ended.`,
  )
}

async function adjustmentsOfReprices({ store }: OperationParts): Promise<AdjustmentRecord[]> {
  const found: AdjustmentRecord[] = []
  let after: string | undefined
  for (;;) {
    const kept = await store.registry.list('adjustment', { after, limit: PAGE_ADJUSTMENTS })
    for (const { record } of kept) if (record.reprice !== undefined) found.push(record)
    if (kept.length < PAGE_ADJUSTMENTS) return found
    after = kept.at(-1)?.record.id
  }
}

/** Its id follows from the one before it, so that of two at once only one is made. */
function newReprice(wanted: RepriceSubject, all: readonly Kept<'reprice'>[], now: number): RepriceRecord {
  const last = all.at(-1)?.record
  // The newest is told by its age, also when the clock has been set back.
  const createdAt = last === undefined ? now : Math.max(now, last.createdAt + 1)
  return { id: derivedId('rep', last?.id ?? ''), account: '', createdAt, ...wanted }
}
