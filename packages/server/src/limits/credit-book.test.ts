import { parseUsd, type PicoUsd } from '@speka/core'
import type { GrantRecord } from '../store/records.ts'
import { CreditBook } from './credit-book.ts'

const NOVEMBER = Date.UTC(2026, 10)
const DECEMBER = Date.UTC(2026, 11)
const NOON = Date.UTC(2026, 10, 22, 12)
const ALLOWANCE = parseUsd('1')

/** What was asked of the store, to be answered by the test. */
interface Asked {
  readonly grants: readonly GrantRecord[]
  readonly at: number
  answer(usd: string): Promise<void>
  fail(): Promise<void>
}

const settled = async (): Promise<void> => void (await book.settled())

let now: number
let asked: Asked[]
let book: CreditBook
beforeEach(() => {
  now = NOON
  asked = []
  book = new CreditBook(
    (_, grants, __, at) =>
      new Promise<PicoUsd>((resolve, reject) => {
        asked.push({
          grants,
          at,
          answer: (usd) => (resolve(parseUsd(usd)), settled()),
          fail: () => (reject(new Error('no store')), settled()),
        })
      }),
    () => now,
  )
})

const grant = (more: Partial<GrantRecord> = {}): GrantRecord => ({
  id: 'grant_1',
  account: 'acc',
  createdAt: 1,
  usd: '10',
  priority: 100,
  from: NOVEMBER,
  ...more,
})

const hear = (record: GrantRecord, revision = 1) => book.take([{ kind: 'grant', record, revision }])
const cap = (at = now) => book.capOf('acc', ALLOWANCE, at)

test('an account without credit costs nothing, nor does one whose credit is of another month', () => {
  expect(cap()).toBeUndefined()
  hear(grant({ expiresAt: NOVEMBER }))
  hear(grant({ id: 'grant_2', from: DECEMBER }))
  hear(grant({ id: 'grant_3', from: NOON + 1, revokedAt: NOON }))
  expect(cap()).toBeUndefined()
  expect(asked).toEqual([])
})

test('until it is known it is at least the allowance, and what is refused then is not refused for good', async () => {
  hear(grant())
  expect(cap()).toMatchObject({ amount: ALLOWANCE, isKnown: false })
  expect(cap()?.until).toBeLessThan(now + 1000)
  expect(asked).toHaveLength(1)
  const least = cap()?.revision ?? 0
  await asked[0]?.answer('11')
  expect(cap()).toMatchObject({ amount: parseUsd('11'), isKnown: true, until: DECEMBER })
  expect(cap()?.revision).toBeGreaterThan(least)
  expect(asked).toHaveLength(1)
})

test('it is read anew when credit is given, and what was known goes on for the moment, as of before', async () => {
  hear(grant())
  cap()
  await asked[0]?.answer('11')
  const before = cap()
  expect(hear(grant({ id: 'grant_2' }))).toEqual(new Set(['acc']))
  expect(hear(grant({ id: 'grant_2' }))).toEqual(new Set())
  expect(cap()).toMatchObject({ amount: parseUsd('11'), isKnown: false, revision: before?.revision })
  expect(asked[1]?.grants).toHaveLength(2)
  await asked[1]?.answer('21')
  expect(cap()).toMatchObject({ amount: parseUsd('21'), isKnown: true })
  expect(cap()?.revision).toBeGreaterThan(before?.revision ?? Infinity)
})

test('it is read anew when credit begins and ends, a while after each, and when a month begins', async () => {
  hear(grant({ from: NOON - 1000, expiresAt: NOON + 3_600_000 }))
  const turns = [NOON, NOON + 599_000, NOON + 3_600_000, NOON + 4_200_000]
  let last = 0
  for (const [index, turn] of turns.entries()) {
    now = turn
    expect(cap()?.isKnown).toBe(false)
    await asked[index]?.answer('5')
    expect(cap()).toMatchObject({ isKnown: true })
    expect(cap()?.revision).toBeGreaterThan(last)
    last = cap()?.revision ?? 0
    expect(cap()?.until).toBe(turns[index + 1] ?? DECEMBER)
  }
  expect(asked).toHaveLength(turns.length)
  hear(grant({ id: 'grant_2' }))
  cap()
  await asked[4]?.answer('5')
  now = DECEMBER
  expect(cap()).toMatchObject({ amount: ALLOWANCE, isKnown: false })
})

test('what cannot be read goes on for a second at the most, and is asked for again', async () => {
  hear(grant())
  cap()
  await asked[0]?.answer('11')
  hear(grant({ revokedAt: NOON }), 2)
  const known = cap()
  await asked[1]?.fail()
  expect(cap()).toEqual(known)
  expect(asked).toHaveLength(2)
  now += 999
  expect(cap(NOON)).toMatchObject({ amount: parseUsd('11') })
  await asked[2]?.fail()
  now += 1
  expect(cap(NOON)).toMatchObject({ amount: ALLOWANCE, isKnown: false })
  expect(cap(NOON)?.revision).toBeGreaterThan(known?.revision ?? Infinity)
  now += 1000
  cap(NOON)
  await asked[3]?.answer('3')
  expect(cap(NOON)).toMatchObject({ amount: parseUsd('3'), isKnown: true })
})
