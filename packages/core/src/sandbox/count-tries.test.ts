import { TryCounter } from './count-tries.ts'

const fault = { kind: 'status', status: 429, tries: 2 } as const

describe('counting tries', () => {
  test('spoils the first tries of each request, and no more', () => {
    const counter = new TryCounter()
    const spoiled = (id: string) => counter.spoils(fault, 'm', id)
    expect([spoiled('a'), spoiled('b'), spoiled('a'), spoiled('a'), spoiled('b'), spoiled('b'), spoiled('a')]).toEqual([
      true,
      true,
      true,
      false,
      true,
      false,
      false,
    ])
  })

  test('keeps the models of one request apart', () => {
    const counter = new TryCounter()
    counter.spoils(fault, 'm', 'a')
    counter.spoils(fault, 'm', 'a')
    expect(counter.spoils(fault, 'm', 'a')).toBe(false)
    expect(counter.spoils(fault, 'other', 'a')).toBe(true)
  })

  test('starts over after an answer when requests have no id', () => {
    const counter = new TryCounter()
    const spoiled = Array.from({ length: 6 }, () => counter.spoils(fault, 'm', undefined))
    expect(spoiled).toEqual([true, true, false, true, true, false])
  })

  test('always spoils when the fault has no end', () => {
    const counter = new TryCounter()
    const forEver = { kind: 'refused', tries: Infinity } as const
    expect([1, 2, 3].every(() => counter.spoils(forEver, 'm', 'a'))).toBe(true)
  })

  test('forgets the oldest request beyond ten thousand', () => {
    const counter = new TryCounter()
    const once = { kind: 'refused', tries: 1 } as const
    for (let id = 0; id <= 10_000; id += 1) counter.spoils(once, 'm', `${id}`)
    expect(counter.spoils(once, 'm', '10000')).toBe(false)
    expect(counter.spoils(once, 'm', '1')).toBe(false)
    expect(counter.spoils(once, 'm', '0')).toBe(true)
  })
})
