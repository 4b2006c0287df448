import { describe, expect, test } from '@jest/globals'
import { intervalOfMedian } from '../../bench/measure/interval.ts'

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

describe('the interval of a median', () => {
  // Ranks of the binomial distribution at one half, as tables of the sign test have them.
  test.each([
    { count: 6, low: 1, high: 6 },
    { count: 9, low: 2, high: 8 },
    { count: 15, low: 4, high: 12 },
    { count: 20, low: 6, high: 15 },
    { count: 25, low: 8, high: 18 },
  ])('of $count values is from the one of rank $low to that of rank $high', ({ count, low, high }) => {
    expect(intervalOfMedian(upTo(count).toReversed())).toEqual({ median: (count + 1) / 2, low, high, values: count })
  })

  test('of too few values is all of them, and of none is unknown', () => {
    expect(intervalOfMedian([2, 1])).toEqual({ median: 1.5, low: 1, high: 2, values: 2 })
    expect(intervalOfMedian([])).toBeUndefined()
  })
})
