import fc from 'fast-check'
import type { Price, PriceCondition } from '../catalog/model.ts'
import { byParticularity } from '../catalog/written-price.ts'
import { rowFor, rowsInReach } from './price-row.ts'

const row = (when?: PriceCondition): Price => ({ source: 'config', when })
const under = (rows: readonly Price[]): Price => ({ source: 'config', rows })

const base = row()
const long = row({ aboveInputTokens: 1 })
const longer = row({ aboveInputTokens: 200_000 })
const flex = row({ serviceTier: 'flex' })
const longFlex = row({ serviceTier: 'flex', aboveInputTokens: 1 })
const priority = row({ serviceTier: 'priority' })
const longPriority = row({ serviceTier: 'priority', aboveInputTokens: 1 })

test('a price without conditions is its own row', () => {
  const price: Price = { source: 'config' }
  expect(rowFor(price, {})).toBe(price)
  expect(rowsInReach(price, 1)).toEqual([price])
})

test('the most particular row comes first, in whatever order they were told', () => {
  const rows = [longFlex, longPriority, flex, priority, longer, long, base]
  fc.assert(
    fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (told) => {
      expect(told.toSorted(byParticularity)).toEqual(rows)
    }),
  )
  expect([base, row()].toSorted(byParticularity)).toEqual([base, row()])
})

test('the first row holds whose condition the usage meets, and without one the price itself', () => {
  const price = under([longFlex, flex, longer, base])
  expect(rowFor(price, { serviceTier: 'flex', inputTokens: 2 })).toBe(longFlex)
  expect(rowFor(price, { serviceTier: 'flex', inputTokens: 1 })).toBe(flex)
  expect(rowFor(price, { serviceTier: 'default', inputTokens: 200_000 })).toBe(base)
  const onlyFlex = under([flex])
  expect(rowFor(onlyFlex, {})).toBe(onlyFlex)
})

test('a prompt that nobody has counted is longer than none', () => {
  const price = under([row({ aboveInputTokens: 0 }), base])
  expect(rowFor(price, {})).toBe(base)
  expect(rowFor(price, { inputTokens: 1 })).toBe(price.rows?.[0])
})

test('in reach is a step that the prompt may be above, and whatever asks for no length, even of no prompt at all', () => {
  const rows = [longFlex, flex, longer, base]
  expect(rowsInReach(under(rows), 200_001)).toEqual(rows)
  expect(rowsInReach(under(rows), 200_000)).toEqual([longFlex, flex, base])
  expect(rowsInReach(under(rows), 1)).toEqual([flex, base])
  expect(rowsInReach(under(rows), 0)).toEqual([flex, base])
  expect(rowsInReach(base, 5)).toEqual([base])
})
