import { parseUsd, type PicoUsd } from '@speka/core'
import type { AdjustmentRecord, GrantRecord } from '../store/records.ts'
import { CapBook } from './cap-book.ts'

const NOVEMBER = Date.UTC(2026, 10)
const DECEMBER = Date.UTC(2026, 11)
const NOON = Date.UTC(2026, 10, 22, 12)
const HOUR = 3_600_000
const ALLOWANCE = parseUsd('1')

/** What was asked of the store, to be answered by the test. */
interface Asked {
  readonly at: number
  answer(usd: string): Promise<void>
  fail(): Promise<void>
}

const settled = async (): Promise<void> => void (await book.settled())

let now: number
let asked: Asked[]
let book: CapBook
beforeEach(() => {
  now = NOON
  asked = []
  book = new CapBook(
    (_, at) =>
      new Promise<PicoUsd>((resolve, reject) => {
        asked.push({
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
const adjustment = (more: Partial<AdjustmentRecord> = {}): AdjustmentRecord => ({
  id: 'adj_1',
  account: 'acc',
  createdAt: 1,
  month: '2026-11',
  kind: 'usage',
  usd: '0.6',
  reason: 'a correction',
  ...more,
})
const hearOf = (record: AdjustmentRecord) => book.take([{ kind: 'adjustment', record, revision: 1 }])
const cap = (at = now) => book.capOf({ account: 'acc', allowance: ALLOWANCE }, at)

test('of an account without credit in a month the allowance is taken to be known, and looked after once an hour', async () => {
  hear(grant({ expiresAt: NOVEMBER }))
  hear(grant({ id: 'grant_2', from: DECEMBER }))
  hear(grant({ id: 'grant_3', from: NOON + 1, revokedAt: NOON }))
  const taken = cap()
  expect(taken).toMatchObject({ amount: ALLOWANCE, isKnown: true, until: NOON + 100 })
  await asked[0]?.answer('1')
  const known = cap()
  expect(known.revision).toBeGreaterThan(taken.revision)
  expect(known.until - NOON).toBeLessThanOrEqual(HOUR)
  expect(cap()).toEqual(known)
  expect(asked).toHaveLength(1)
  now = known.until
  expect(cap()).toMatchObject({ amount: ALLOWANCE, isKnown: true, revision: known.revision })
  await asked[1]?.answer('1')
  expect(cap()).toMatchObject({ revision: known.revision, until: known.until + HOUR })
  now += HOUR
  cap()
  await asked[2]?.answer('0.25')
  expect(cap()).toMatchObject({ amount: parseUsd('0.25'), isKnown: true })
  expect(cap().revision).toBeGreaterThan(known.revision)
  expect(asked).toHaveLength(3)
})

test('accounts are not all looked after at one time', async () => {
  const ends = new Set<number>()
  for (const account of ['a', 'b', 'c', 'd']) {
    book.capOf({ account, allowance: ALLOWANCE }, NOON)
    await asked.at(-1)?.answer('1')
    ends.add(book.capOf({ account, allowance: ALLOWANCE }, NOON).until)
  }
  expect(ends.size).toBe(4)
})

test('a correction of usage is heard at once, one of an amount or of a month before is none', async () => {
  cap()
  await asked[0]?.answer('1')
  const before = cap()
  hearOf(adjustment({ id: 'adj_amount', kind: 'amount' }))
  hearOf(adjustment({ id: 'adj_before', month: '2026-10' }))
  expect(cap()).toEqual(before)
  expect(hearOf(adjustment())).toEqual(new Set(['acc']))
  expect(cap()).toMatchObject({ amount: ALLOWANCE, isKnown: false })
  await asked[1]?.answer('0.4')
  expect(cap()).toMatchObject({ amount: parseUsd('0.4'), isKnown: true })
  expect(cap().revision).toBeGreaterThan(before.revision)
})

test('who has come to his plan within the month may have more than it includes: that is read first', async () => {
  const question = { account: 'acc', allowance: ALLOWANCE, begins: NOVEMBER + 1 }
  expect(book.capOf(question, NOON)).toMatchObject({ isKnown: false })
  await asked[0]?.answer('13.5')
  expect(book.capOf(question, NOON)).toMatchObject({ amount: parseUsd('13.5'), isKnown: true })
  expect(book.capOf({ ...question, begins: NOVEMBER }, NOON)).toMatchObject({ amount: ALLOWANCE, isKnown: true })
})

test('until it is known it is at least the allowance, and what is refused then is not refused for good', async () => {
  hear(grant())
  expect(cap()).toMatchObject({ amount: ALLOWANCE, isKnown: false })
  expect(cap().until).toBeLessThan(now + 1000)
  expect(asked).toHaveLength(1)
  const least = cap().revision
  await asked[0]?.answer('11')
  expect(cap()).toMatchObject({ amount: parseUsd('11'), isKnown: true })
  expect(cap().until).toBeGreaterThan(NOON + 100)
  expect(cap().revision).toBeGreaterThan(least)
  expect(asked).toHaveLength(1)
})

test('it is read anew when credit is given, and what was known goes on for the moment, as of before', async () => {
  hear(grant())
  cap()
  await asked[0]?.answer('11')
  const before = cap()
  expect(hear(grant({ id: 'grant_2' }))).toEqual(new Set(['acc']))
  expect(hear(grant({ id: 'grant_2' }))).toEqual(new Set())
  expect(cap()).toMatchObject({ amount: parseUsd('11'), isKnown: false, revision: before.revision })
  expect(asked).toHaveLength(2)
  await asked[1]?.answer('21')
  expect(cap()).toMatchObject({ amount: parseUsd('21'), isKnown: true })
  expect(cap().revision).toBeGreaterThan(before.revision)
})

test('it is read anew when credit begins and ends, a while after each, and when a month begins', async () => {
  hear(grant({ from: NOON - 1000, expiresAt: NOON + 3_600_000 }))
  const turns = [NOON, NOON + 599_000, NOON + 3_600_000, NOON + 4_200_000]
  let last = 0
  for (const [index, turn] of turns.entries()) {
    now = turn
    expect(cap().isKnown).toBe(false)
    await asked[index]?.answer('5')
    expect(cap()).toMatchObject({ isKnown: true })
    expect(cap().revision).toBeGreaterThan(last)
    last = cap().revision
    expect(cap().until).toBeLessThanOrEqual(turns[index + 1] ?? DECEMBER)
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
  expect(cap(NOON)?.revision).toBeGreaterThan(known.revision)
  now += 1000
  cap(NOON)
  await asked[3]?.answer('3')
  expect(cap(NOON)).toMatchObject({ amount: parseUsd('3'), isKnown: true })
})
