import fc from 'fast-check'
import { formatUsd, parseUsd, picoUsd, type PicoUsd } from '@speka/core'
import { usageRecord } from '../store/__fixtures__/usage-record.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import type { GrantRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { capOf, creditAt, type CreditQuestion } from './credit-at.ts'

const day = (number: number, month = 10): number => Date.UTC(2026, month, number)

const hour = (hours: number): number => day(1) + hours * 3_600_000

const tenCents = (): PicoUsd => parseUsd('0.1')

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

async function standing(at: number, grants: readonly GrantRecord[], more: Partial<CreditQuestion> = {}) {
  const found = await creditAt(store, { account: 'acc', grants, allowanceOf: () => parseUsd('1'), at, ...more })
  return {
    used: formatUsd(found.used),
    allowance: formatUsd(found.allowanceLeft),
    left: found.left.map(({ left }) => formatUsd(left)),
    cap: formatUsd(capOf(found, at)),
  }
}

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

test('what an invoice says is spent is so, whatever came behind it', async () => {
  await use(day(4), '4')
  const nobody = { name: 'a', address: null, country: null, tax_id: null }
  const body = {
    kind: 'invoice',
    account: 'acc',
    month: '2026-11',
    currency: 'USD',
    seller: nobody,
    buyer: nobody,
    requests: 1,
    lines: [{ kind: 'credit', grant: 'only', note: null, expires_at: null, left_usd: '7', amount_usd: '-3' }],
    usage_usd: '4',
    net_exact_usd: '0',
    rounding_usd: '0',
    net_usd: '0',
    tax: [],
    total_usd: '0',
  }
  await store.invoices.issue([{ account: 'acc', month: '2026-11', issuedAt: day(2, 11), body: JSON.stringify(body) }])
  await use(day(5), '2')
  expect(await standing(day(3, 11), [grant('only', '10')])).toMatchObject({ left: ['7'], cap: '8' })
})

test('corrections of usage count from the beginning of their month, and late usage with the invoice that comes next', async () => {
  await use(day(4), '4')
  await use(day(2, 11), '1')
  const asked: [string, boolean][] = []
  const correctionsOf = (month: string, isNext: boolean): PicoUsd => {
    asked.push([month, isNext])
    return parseUsd(isNext ? '2' : '0.5')
  }
  expect(await standing(day(3, 11), [grant('only', '10')], { correctionsOf })).toMatchObject({ left: ['4.5'] })
  expect(asked).toEqual([
    ['2026-11', true],
    ['2026-12', false],
  ])
})

test('keys that are left out have used nothing', async () => {
  await use(day(4), '4')
  await use(day(4), '2', 'test')
  expect(await standing(day(5), [grant('only', '10')], { withoutKeys: new Set(['test']) })).toMatchObject({
    used: '4',
    left: ['7'],
  })
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
      const at = (moment: number) => creditAt(store, { account: 'acc', grants, allowanceOf: tenCents, at: moment })
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
