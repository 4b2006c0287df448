import fc from 'fast-check'
import { formatUsd, parseUsd, picoUsd, type PicoUsd } from '@speka/core'
import { accountRecord, keyRecord, put } from '../store/__fixtures__/records.ts'
import { usageRecord } from '../store/__fixtures__/usage-record.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import type { AdjustmentRecord, GrantRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { readHistory } from './account-history.ts'
import { unnamedSeller } from './billing-in-force.ts'
import { capOf, creditAt } from './credit-at.ts'
import { asIfClosed } from './as-if-closed.ts'
import { gatherFacts, type Terms } from './gather-facts.ts'
import { planVersions } from './plan-versions.ts'
import { toIssue } from './issued-document.ts'
import { reckonDraft, reckonInvoice } from './reckon-invoice.ts'
import { parseSignedUsd } from './signed-usd.ts'

const day = (number: number, month = 10): number => Date.UTC(2026, month, number)

const hour = (hours: number): number => day(1) + hours * 3_600_000

const grant = (id: string, usd: string, more: Partial<GrantRecord> = {}): GrantRecord => ({
  id,
  account: 'acc',
  createdAt: 1,
  usd,
  priority: 100,
  from: day(1),
  ...more,
})

let store: Store
beforeEach(() => {
  store = openMemoryStore()
})

const use = (at: number, usd: string, keyId = 'key') =>
  store.ledger.settle(usageRecord({ account: 'acc', keyId, createdAt: at, charge: parseUsd(usd) }))

/** An account of which nothing is written down but what is given, on a plan that stops at an allowance. */
const account = accountRecord('acc', { plan: 'tiny' })
const onTiny = (includedUsd = '1'): Terms => ({
  billing: unnamedSeller,
  plans: planVersions(
    new Map([['tiny', { monthlyPrice: parseUsd('0'), includedUsage: parseUsd(includedUsd), overage: 'stop' }]]),
  ),
})

async function historyWith(grants: readonly GrantRecord[], adjustments: readonly AdjustmentRecord[] = []) {
  for (const one of grants) await put(store, 'grant', one)
  for (const one of adjustments) await put(store, 'adjustment', one)
  return readHistory(store, account, { names: new Map(), testKeys: ['key_test'] })
}

async function standing(at: number, grants: readonly GrantRecord[], adjustments: readonly AdjustmentRecord[] = []) {
  const found = await creditAt(store, await historyWith(grants, adjustments), () => onTiny(), at)
  return {
    used: formatUsd(found.used),
    allowance: formatUsd(found.allowanceLeft),
    left: grants.map(({ id }) => formatUsd(found.left.find(({ grant: one }) => one.id === id)?.left ?? picoUsd(-1n))),
    cap: formatUsd(capOf(found, at)),
  }
}

/** Closes a month of the account. */
async function issue(month: string): Promise<void> {
  const body = reckonInvoice(await gatherFacts(store.ledger, await historyWith([]), month, onTiny()))
  if (body !== undefined) await store.invoices.issue([toIssue(body, day(2, 12))])
}

/** What the invoice of a month would charge, were it made now. */
async function netOf(month: string): Promise<bigint> {
  const closed = await asIfClosed(store, await historyWith([]), month, () => onTiny())
  return parseSignedUsd(reckonDraft(await gatherFacts(store.ledger, closed, month, onTiny())).net_exact_usd)
}

const correction = (id: string, usd: string, month: string): AdjustmentRecord => ({
  id,
  account: 'acc',
  createdAt: 1,
  month,
  kind: 'usage',
  usd,
  reason: 'a correction',
})

test('the allowance pays first, then credit in the order of spending', async () => {
  const grants = [grant('later', '10'), grant('first', '2', { priority: 1 })]
  expect(await standing(day(2), grants)).toEqual({ used: '0', allowance: '1', left: ['10', '2'], cap: '13' })
  await use(day(2), '0.5')
  await use(day(3), '2')
  expect(await standing(day(4), grants)).toEqual({ used: '2.5', allowance: '0', left: ['10', '0.5'], cap: '13' })
  await use(day(4), '3')
  expect(await standing(day(5), grants)).toEqual({ used: '5.5', allowance: '0', left: ['7.5', '0'], cap: '13' })
})

test('what has ended or been taken back pays for what was used before, and no more; what begins later only from then', async () => {
  const grants = [
    grant('ends', '10', { expiresAt: day(5) }),
    grant('revoked', '10', { revokedAt: day(6) }),
    grant('begins', '10', { from: day(10) }),
  ]
  await use(day(4), '4')
  expect(await standing(day(5) - 1, grants)).toMatchObject({ left: ['7', '10', '10'], cap: '21' })
  expect(await standing(day(5), grants)).toMatchObject({ cap: '14' })
  expect(await standing(day(7), grants)).toMatchObject({ cap: '4' })
  expect(await standing(day(10), grants)).toMatchObject({ cap: '14' })
})

test('credit comes from month to month with what is left of it, each with an allowance of its own', async () => {
  const grants = [grant('only', '10')]
  await use(day(4), '4')
  await use(day(2, 11), '0.5')
  expect(await standing(day(3, 11), grants)).toEqual({ used: '0.5', allowance: '0.5', left: ['7'], cap: '8' })
  expect(await standing(day(1, 12), grants)).toEqual({ used: '0', allowance: '1', left: ['7'], cap: '8' })
})

test('what an invoice says is spent is so, and what came behind it is paid for by the next', async () => {
  const grants = [grant('only', '10')]
  await use(day(4), '4')
  await historyWith(grants)
  await issue('2026-11')
  expect(await standing(day(3, 11), grants)).toMatchObject({ left: ['7'], cap: '8' })
  await use(day(5), '2')
  expect(await standing(day(3, 11), grants)).toEqual({ used: '0', allowance: '0', left: ['6'], cap: '6' })
})

test('corrections of usage count from the beginning of their month, below zero too', async () => {
  await use(day(4), '4')
  await use(day(2, 11), '1')
  const corrections = [correction('more', '2', '2026-11'), correction('less', '-0.25', '2026-12')]
  // November: 6 used, 1 included. December: 0.75 used.
  expect(await standing(day(3, 11), [grant('only', '10')], corrections)).toEqual({
    used: '1',
    allowance: '0.25',
    left: ['5'],
    cap: '6.25',
  })
})

test('a correction spends credit in a month in which nothing was used, too', async () => {
  const grants = [grant('only', '10', { from: day(1, 9) })]
  expect(await standing(day(3), grants, [correction('more', '3', '2026-10')])).toMatchObject({ left: ['8'] })
})

test('what corrections take back before anything is used lets an account use so much more', async () => {
  expect(await standing(day(2), [], [correction('back', '-3', '2026-11')])).toMatchObject({ allowance: '1', cap: '4' })
  await use(day(2), '2')
  expect(await standing(day(3), [], [correction('back', '-3', '2026-11')])).toMatchObject({ allowance: '1', cap: '4' })
})

test('usage that came late for an invoice is paid for by the month that charges it', async () => {
  await use(day(4), '0.5')
  await issue('2026-11')
  await use(day(5), '0.3')
  expect(await standing(day(1, 11), [])).toEqual({ used: '0', allowance: '0.7', left: [], cap: '0.7' })
  await use(day(6), '5')
  expect(await standing(day(1, 11), [grant('only', '10')])).toMatchObject({ allowance: '0', left: ['5.7'], cap: '5.7' })
})

test('a month before the first that was ever closed spends nothing, as it has no invoice and never will', async () => {
  const grants = [grant('only', '10', { from: day(1, 8) })]
  await use(day(2, 9), '4')
  await use(day(4), '3')
  expect(await standing(day(1, 11), grants)).toMatchObject({ left: ['5'] })
  await issue('2026-11')
  expect(await standing(day(1, 11), grants)).toMatchObject({ left: ['8'] })
})

test('test keys have used nothing', async () => {
  await use(day(4), '4')
  await use(day(4), '2', 'key_test')
  expect(await standing(day(5), [grant('only', '10')])).toMatchObject({ used: '4', left: ['7'] })
})

test('test keys of the account have used nothing, and its other keys have', async () => {
  await put(store, 'key', keyRecord({ id: 'key_own_test', account: 'acc', mode: 'test' }))
  await put(store, 'key', keyRecord({ id: 'key_own', account: 'acc' }))
  await use(day(4), '4', 'key_own')
  await use(day(4), '2', 'key_own_test')
  expect(await standing(day(5), [grant('only', '10')])).toMatchObject({ used: '4', left: ['7'] })
})

const usd = (cents: number): string =>
  (cents < 0 ? '-' : '') + `${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`

test('up to the cap of an account its invoice charges for nothing more, and beyond it for each pico-dollar, whatever came late or was corrected', async () => {
  const months = ['2026-10', '2026-11', '2026-12'] as const
  const happening = fc.oneof(
    fc.record({
      kind: fc.constant('use' as const),
      month: fc.nat(2),
      day: fc.integer({ min: 1, max: 27 }),
      cents: fc.nat(300),
    }),
    fc.record({ kind: fc.constant('correct' as const), month: fc.nat(2), cents: fc.integer({ min: -200, max: 200 }) }),
    fc.record({ kind: fc.constant('close' as const), month: fc.nat(1) }),
  )
  const given = fc.record({
    cents: fc.integer({ min: 1, max: 500 }),
    from: fc.integer({ min: 1, max: 80 }),
    lasts: fc.integer({ min: 1, max: 60 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(given, { maxLength: 3 }),
      fc.array(happening, { maxLength: 14 }),
      async (some, happenings) => {
        store = openMemoryStore()
        const grants = some.map(({ cents, from, lasts }, index) =>
          grant(`g${index}`, usd(cents), { from: day(from, 9), expiresAt: day(from + lasts, 9) }),
        )
        const corrections: AdjustmentRecord[] = []
        for (const [index, one] of happenings.entries()) {
          const month = months[one.month] ?? '2026-12'
          if (one.kind === 'use') await use(day(one.day, 9 + one.month), usd(one.cents))
          else if (one.kind === 'correct') {
            corrections.push(correction(`c${String(index).padStart(2, '0')}`, usd(one.cents), month))
            await historyWith(grants, corrections)
          } else if ((await store.invoices.list({ month })).length === 0) {
            await historyWith(grants, corrections)
            if (one.month === 1 && (await store.invoices.list()).length > 0) await issue('2026-10')
            await issue(month)
          }
        }
        const at = day(29, 11)
        const history = await historyWith(grants, corrections)
        const found = await creditAt(store, history, () => onTiny(), at)
        const before = await netOf('2026-12')
        await use(at, formatUsd(picoUsd(capOf(found, at) - found.used)))
        // What corrections took back may be used without a charge; the invoice has it in the account's favour until then.
        const then = before + found.inFavour
        expect(await netOf('2026-12')).toBe(then)
        await use(at, '0.000000000001')
        expect(await netOf('2026-12')).toBe(then + 1n)
      },
    ),
    { numRuns: 100 },
  )
})

test('an account that is stopped at its cap has used no more than allowance and credit, and its cap stays until credit changes', async () => {
  const moment = fc.integer({ min: 0, max: 29 * 24 })
  const given = fc.record({
    usd: fc.integer({ min: 1, max: 50 }),
    from: moment,
    lasts: fc.integer({ min: 1, max: 400 }),
  })
  const used = fc.record({ at: moment, usd: fc.integer({ min: 0, max: 30 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(given, { maxLength: 4 }), fc.array(used, { maxLength: 12 }), async (some, requests) => {
      store = openMemoryStore()
      const grants = some.map(({ usd, from, lasts }, index) =>
        grant(`g${index}`, `0.${String(usd).padStart(2, '0')}`, { from: hour(from), expiresAt: hour(from + lasts) }),
      )
      const ends = grants.flatMap(({ from, expiresAt = 0 }) => [from, expiresAt])
      const at = async (moment: number) => creditAt(store, await historyWith(grants), () => onTiny('0.1'), moment)
      let before: { moment: number; cap: PicoUsd } | undefined
      let total = 0n
      for (const request of requests.toSorted((one, other) => one.at - other.at)) {
        const now = hour(request.at) + 1
        const found = await at(now)
        const cap = capOf(found, now)
        const { moment: last = now } = before ?? {}
        if (before !== undefined && !ends.some((turn) => turn > last && turn <= now)) expect(cap).toBe(before.cap)
        before = { moment: now, cap }
        const charge = parseUsd(`0.${String(request.usd).padStart(2, '0')}`)
        if (found.used + charge > cap) continue
        total += charge
        await store.ledger.settle(usageRecord({ account: 'acc', keyId: 'key', createdAt: now, charge }))
      }
      const all = grants.reduce((sum, { usd }) => sum + parseUsd(usd), 0n)
      expect(total).toBeLessThanOrEqual(picoUsd(all + parseUsd('0.1')))
    }),
    { numRuns: 60 },
  )
})
