import { COUNTED_MS, MOST_CODE_TRIES, type CodeToKeep, type CodeToTry, type SignInCodes } from './sign-in-codes.ts'

const NOON = Date.UTC(2026, 10, 29, 12)
const TEN_MINUTES_MS = 600_000

const code = (over: Partial<CodeToKeep> = {}): CodeToKeep => ({
  address: 'ann',
  code: 'right',
  counters: [],
  now: NOON,
  until: NOON + TEN_MINUTES_MS,
  ...over,
})

const tried = (over: Partial<CodeToTry> = {}): CodeToTry => ({
  address: 'ann',
  code: 'right',
  now: NOON + 1,
  isUsedUp: true,
  ...over,
})

/**
 * How one-time codes behave in every store.
 *
 * @param storeOf the store that is open for a test.
 */
export function describeSignInCodes(storeOf: () => { readonly signInCodes: SignInCodes }): void {
  describe('sign-in codes', () => {
    let codes: SignInCodes
    beforeEach(() => {
      codes = storeOf().signInCodes
    })

    test('a code is right for its address, once', async () => {
      await codes.keep(code())
      expect(await codes.try(tried({ address: 'bob' }))).toBe('none')
      expect(await codes.try(tried())).toBe('right')
      expect(await codes.try(tried())).toBe('none')
    })

    test('of many who use one up at the same time, one is right', async () => {
      await codes.keep(code())
      const all = await Promise.all(Array.from({ length: 20 }, () => codes.try(tried())))
      expect(all.filter((one) => one === 'right')).toHaveLength(1)
    })

    test('one that is only looked at can still be used', async () => {
      await codes.keep(code())
      expect(await codes.try(tried({ isUsedUp: false }))).toBe('right')
      expect(await codes.try(tried())).toBe('right')
    })

    test('one that has ended is none', async () => {
      await codes.keep(code())
      expect(await codes.try(tried({ now: NOON + TEN_MINUTES_MS }))).toBe('none')
    })

    test('after five wrong tries the right one is none', async () => {
      await codes.keep(code())
      for (let n = 0; n < MOST_CODE_TRIES; n += 1) expect(await codes.try(tried({ code: 'wrong' }))).toBe('wrong')
      expect(await codes.try(tried({ code: 'wrong' }))).toBe('none')
      expect(await codes.try(tried())).toBe('none')
    })

    test('tries at the same time count each', async () => {
      await codes.keep(code())
      const all = await Promise.all(Array.from({ length: 20 }, () => codes.try(tried({ code: 'wrong' }))))
      expect(all.filter((one) => one === 'wrong')).toHaveLength(MOST_CODE_TRIES)
    })

    test('a second code leaves the first as it was, and using one ends both', async () => {
      await codes.keep(code({ code: 'first' }))
      for (let n = 0; n < MOST_CODE_TRIES - 1; n += 1) await codes.try(tried({ code: 'wrong' }))
      await codes.keep(code({ code: 'second' }))
      expect(await codes.try(tried({ code: 'first', isUsedUp: false }))).toBe('right')
      expect(await codes.try(tried({ code: 'wrong' }))).toBe('wrong')
      expect(await codes.try(tried({ code: 'first' }))).toBe('wrong')
      expect(await codes.try(tried({ code: 'second' }))).toBe('right')
      expect(await codes.try(tried({ code: 'second' }))).toBe('none')
    })

    test('of a thousand that are asked for at once, as many are kept as its counters have room for', async () => {
      const counters = [
        { of: 'address ann', most: 5 },
        { of: 'client', most: 20 },
      ]
      const kept = await Promise.all(
        Array.from({ length: 1000 }, (_, n) => codes.keep(code({ code: `code ${n}`, counters }))),
      )
      expect(kept.filter(({ isKept }) => isKept)).toHaveLength(5)
      expect(kept.at(-1)).toEqual({ isKept: false, full: 0, until: NOON + COUNTED_MS })
      const others = [counters[1] ?? { of: 'client', most: 20 }]
      const more = await Promise.all(
        Array.from({ length: 30 }, (_, n) => codes.keep(code({ address: `other ${n}`, counters: others }))),
      )
      expect(more.filter(({ isKept }) => isKept)).toHaveLength(15)
    })

    test('an hour later there is room again, one by one', async () => {
      const counters = [{ of: 'address ann', most: 2 }]
      const ask = async (now: number) => codes.keep(code({ counters, now, until: now + 1 }))
      await ask(NOON)
      await ask(NOON + 1000)
      expect(await ask(NOON + 2000)).toEqual({ isKept: false, full: 0, until: NOON + COUNTED_MS })
      expect(await ask(NOON + COUNTED_MS)).toEqual({ isKept: true })
      expect(await ask(NOON + COUNTED_MS)).toEqual({ isKept: false, full: 0, until: NOON + COUNTED_MS + 1000 })
    })

    test('tries count until they are forgiven, or it has been a while', async () => {
      const count = (now: number) => codes.countTry({ of: 'wrong', most: 2, withinMs: 1000, now })
      expect(await count(NOON)).toBeUndefined()
      expect(await count(NOON + 400)).toBeUndefined()
      expect(await count(NOON + 500)).toBe(NOON + 1000)
      await codes.forgiveTry('wrong', NOON + 400)
      expect(await count(NOON + 600)).toBeUndefined()
      expect(await count(NOON + 700)).toBe(NOON + 1000)
      expect(await count(NOON + 1000)).toBeUndefined()
      expect(await codes.countTry({ of: 'other', most: 2, withinMs: 1000, now: NOON })).toBeUndefined()
    })
  })
}
