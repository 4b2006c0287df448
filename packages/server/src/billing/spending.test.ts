import fc from 'fast-check'
import { picoUsd } from '@speka/core'
import { grant, span } from './__fixtures__/facts.ts'
import type { GrantLeft, UsageSpan } from './invoice-facts.ts'
import { bySpending, spend } from './spending.ts'

const day = (number: number): number => Date.UTC(2026, 10, number)
const zero = picoUsd(0n)

const spans = (...charges: readonly (readonly [from: number, charge: number])[]): UsageSpan[] =>
  charges.map(([from, charge], index) => ({
    from: day(from),
    until: charges[index + 1] === undefined ? span.until : day(charges[index + 1]?.[0] ?? 0),
    charge: picoUsd(BigInt(charge)),
  }))

const has = (left: number, id: string, changes: Partial<GrantLeft['grant']> = {}): GrantLeft => ({
  grant: grant(id, changes),
  left: picoUsd(BigInt(left)),
})

/** What the allowance paid, then each grant by its id. */
function paid(to: Partial<Parameters<typeof spend>[0]>) {
  const { ofAllowance, ofGrants } = spend({ allowance: zero, grants: [], spans: [], atStart: zero, ...to })
  return [ofAllowance, ...ofGrants.map(({ grant: { id }, spent, left }) => `${id} ${spent}, left ${left}`)]
}

test('the allowance is spent before credit, and the rest is for the buyer', () => {
  const grants = [has(10, 'a')]
  expect(paid({ allowance: picoUsd(5n), grants, spans: spans([1, 4]) })).toEqual([4n])
  expect(paid({ allowance: picoUsd(5n), grants, spans: spans([1, 9]) })).toEqual([5n, 'a 4, left 6'])
  expect(paid({ allowance: picoUsd(5n), grants, spans: spans([1, 99]) })).toEqual([5n, 'a 10, left 0'])
})

test.each([0, -5])('a grant of which %i is left pays for nothing, and the next for all', (left) => {
  expect(paid({ grants: [has(left, 'a'), has(50, 'b')], spans: spans([1, 10]) })).toEqual([0n, 'b 10, left 40'])
})

test('credit is spent by priority, then by what expires first, then by age, then by id', () => {
  const inOrder = [
    grant('z', { priority: -1 }),
    grant('y', { expiresAt: day(20) }),
    grant('x', { expiresAt: day(21), createdAt: 1 }),
    grant('v', { expiresAt: day(21), createdAt: 2 }),
    grant('b', { createdAt: 0 }),
    grant('c', { createdAt: 0 }),
    grant('a', { priority: 1, expiresAt: day(2) }),
  ]
  fc.assert(
    fc.property(fc.shuffledSubarray(inOrder, { minLength: inOrder.length }), (shuffled) => {
      expect(shuffled.toSorted(bySpending)).toEqual(inOrder)
    }),
  )
})

test('credit pays for what was used while it was in force, and for nothing before or after', () => {
  const used = spans([1, 10], [10, 10], [20, 10])
  expect(paid({ grants: [has(99, 'a', { from: day(10) })], spans: used })).toEqual([0n, 'a 20, left 79'])
  expect(paid({ grants: [has(99, 'a', { expiresAt: day(10) })], spans: used })).toEqual([0n, 'a 10, left 89'])
  expect(paid({ grants: [has(99, 'a', { revokedAt: day(20), expiresAt: day(25) })], spans: used })).toEqual([
    0n,
    'a 20, left 79',
  ])
  expect(paid({ grants: [has(99, 'a', { from: span.until })], spans: used })).toEqual([0n])
})

test('the allowance that an early span leaves is there for a later one', () => {
  const grants = [has(99, 'a', { expiresAt: day(10) })]
  expect(paid({ allowance: picoUsd(15n), grants, spans: spans([1, 10], [10, 10]) })).toEqual([15n])
})

test('late usage counts at the beginning of the month', () => {
  const grants = [has(99, 'a', { from: day(10) })]
  const used = spans([1, 10], [10, 10])
  expect(paid({ allowance: picoUsd(12n), grants, spans: used, atStart: picoUsd(5n) })).toEqual([12n, 'a 10, left 89'])
})

test('corrections below zero lower what was used first, and nothing pays for less than nothing', () => {
  const used = spans([1, 10], [10, 10])
  const grants = [has(99, 'a')]
  expect(paid({ allowance: picoUsd(3n), grants, spans: used, atStart: picoUsd(-4n) })).toEqual([3n, 'a 13, left 86'])
  expect(paid({ allowance: picoUsd(3n), grants, spans: used, atStart: picoUsd(-15n) })).toEqual([3n, 'a 2, left 97'])
  expect(paid({ allowance: picoUsd(3n), grants, spans: used, atStart: picoUsd(-50n) })).toEqual([0n])
})

test.each([
  [-21n, 1n],
  [-20n, 0n],
  [-19n, 0n],
  [5n, 0n],
])('of a correction of %p what is beyond the 20 that were used is in favour of the account', (atStart, inFavour) => {
  const used = spans([1, 10], [10, 10])
  const spending = spend({ allowance: zero, grants: [], spans: used, atStart: picoUsd(atStart) })
  expect(spending.inFavour).toBe(inFavour)
})

const moment = fc.integer({ min: -1, max: 6 })
const anyGrant = fc.record({ from: moment, until: moment, left: fc.integer({ min: 0, max: 8 }), priority: fc.nat(2) })

test('pays what somebody with coins would pay, one by one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(6), { minLength: 6, maxLength: 6 }),
      fc.array(anyGrant, { maxLength: 5 }),
      fc.nat(12),
      fc.integer({ min: -20, max: 20 }),
      (charges, given, allowance, atStart) => {
        const grants = given.map((one, index) =>
          has(one.left, `g${index}`, { from: one.from, expiresAt: one.until, priority: one.priority }),
        )
        const used = charges.map((charge, at) => ({ from: at, until: at + 1, charge: picoUsd(BigInt(charge)) }))
        const { ofAllowance, ofGrants } = spend({
          allowance: picoUsd(BigInt(allowance)),
          grants,
          spans: used,
          atStart: picoUsd(BigInt(atStart)),
        })
        // The coins used, each with its moment; what is owed back takes coins away from the beginning on.
        const coins = [
          ...Array<number>(Math.max(0, atStart)).fill(0),
          ...charges.flatMap((n, at) => Array<number>(n).fill(at)),
        ]
        const payers = grants.toSorted((a, b) => bySpending(a.grant, b.grant)).map((one) => ({ ...one, spent: 0 }))
        let byAllowance = 0
        for (const at of coins.slice(Math.max(0, -atStart))) {
          if (byAllowance < allowance) {
            byAllowance += 1
            continue
          }
          const payer = payers.find(
            (one) => one.grant.from <= at && at < (one.grant.expiresAt ?? Infinity) && one.spent < one.left,
          )
          if (payer !== undefined) payer.spent += 1
        }
        expect(ofAllowance).toBe(BigInt(byAllowance))
        expect(ofGrants.map(({ grant: { id }, spent }) => `${id} ${spent}`)).toEqual(
          payers.filter(({ spent }) => spent > 0).map(({ grant: { id }, spent }) => `${id} ${spent}`),
        )
      },
    ),
  )
})
