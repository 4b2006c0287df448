import { judgeBudget, type Spent } from './judge-budget.ts'

const lingering = { cut: 100, broken: 1000 }
const one = (changes: Partial<Spent>): Spent => ({
  sentAt: 0,
  endedAt: 10,
  ending: 'complete',
  charge: 5n,
  owed: 5n,
  hold: 20n,
  least: 20n,
  ...changes,
})
const refused = (sentAt: number, hold: bigint): Spent =>
  one({ sentAt, endedAt: sentAt + 1, ending: 'refused', charge: undefined, owed: 0n, hold, least: hold })

test('what is charged beyond the cap is overshoot, and so is what the upstream is owed', () => {
  expect(judgeBudget({ cap: 9n, charged: 10n }, [one({}), one({})], lingering)).toMatchObject({
    overshoot: 1n,
    overshootOfTruth: 1n,
    wrong: [],
  })
  expect(judgeBudget({ cap: 9n, charged: 5n }, [one({}), one({ charge: undefined })], lingering)).toMatchObject({
    overshoot: 0n,
    overshootOfTruth: 1n,
    wrong: ['request 1: charged undefined, the upstream has 5'],
  })
  expect(judgeBudget({ cap: 10n, charged: 10n }, [one({}), one({})], lingering)).toMatchObject({
    overshoot: 0n,
    overshootOfTruth: 0n,
  })
})

test.each([
  { name: 'that fits what is left, with nobody else under way, is false', at: 20, hold: 95n, found: 1 },
  { name: 'that does not is right', at: 20, hold: 96n, found: 0 },
  { name: 'that fits beside all that is held is false', at: 5, hold: 80n, found: 1 },
  { name: 'that fits only beside what is charged, not what is held, is taken for right', at: 5, hold: 81n, found: 0 },
])('a refusal $name', ({ at, hold, found }) => {
  expect(judgeBudget({ cap: 100n, charged: 0n }, [one({}), refused(at, hold)], lingering).falseRefusals).toHaveLength(
    found,
  )
})

test('a refusal is held to the least that the request could be admitted with, and others to the most that they can hold', () => {
  const big = one({ least: 1n })
  const judged = (least: bigint) =>
    judgeBudget({ cap: 100n, charged: 0n }, [big, { ...refused(5, 999n), least }], lingering).falseRefusals
  expect([judged(80n), judged(81n)].map(({ length }) => length)).toEqual([1, 0])
})

test('what a cut request held may be held for a while longer, and what a killed one did, for longer still', () => {
  expect([
    found('complete', 11),
    found('cut', 11),
    found('cut', 111),
    found('broken', 111),
    found('broken', 1011),
  ]).toEqual([1, 0, 1, 0, 1])
})

/** How many refusals are false, of one behind a request that ended so. */
const found = (ending: Spent['ending'], at: number): number =>
  judgeBudget({ cap: 100n, charged: 0n }, [one({ ending }), refused(at, 95n)], lingering).falseRefusals.length

test('requests that were refused themselves hold nothing, and those sent afterwards did not yet', () => {
  expect(
    judgeBudget({ cap: 100n, charged: 0n }, [refused(0, 100n), one({ sentAt: 2, hold: 100n })], lingering)
      .falseRefusals,
  ).toHaveLength(1)
  expect(
    judgeBudget({ cap: 100n, charged: 0n }, [refused(0, 200n), refused(0, 100n)], lingering).falseRefusals,
  ).toHaveLength(1)
})

test('a refusal while the cap was lower is held to that', () => {
  const lowered = { from: 10, until: 20, cap: 50n }
  const found = [5, 15, 25].map(
    (at) => judgeBudget({ cap: 100n, charged: 0n, lowered }, [refused(at, 60n)], lingering).falseRefusals.length,
  )
  expect(found).toEqual([1, 0, 1])
})

test('what a request that was cut was charged is not known where no row tells, and may be all that it held', () => {
  const cut = one({ ending: 'cut', charge: undefined })
  const found = [80n, 81n].map(
    (hold) => judgeBudget({ cap: 100n, charged: 0n }, [cut, refused(500, hold)], lingering).falseRefusals.length,
  )
  expect(found).toEqual([1, 0])
})
