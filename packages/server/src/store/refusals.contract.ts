import { REFUSALS_KEPT_MS, type Refusals, type Refused } from './refusals.ts'

const NOON = Date.UTC(2026, 10, 29, 12)
const MINUTE_MS = 60_000

const refused = (over: Partial<Refused> = {}): Refused => ({
  minute: NOON,
  account: 'acct_A',
  keyId: 'key_A',
  limitId: 'lim_A',
  subject: 'each customer',
  kind: 'usd',
  window: 'month',
  refused: 1,
  ...over,
})

/**
 * How counts of refusals behave in every store.
 *
 * @param storeOf the store that is open for a test.
 */
export function describeRefusals(storeOf: () => { readonly refusals: Refusals }): void {
  describe('refusals', () => {
    test('what is counted again of one key, limit and minute is added up, and listed as it was told', async () => {
      const { refusals } = storeOf()
      await refusals.count([refused({ refused: 2 }), refused({ keyId: 'key_B' })])
      await refusals.count([refused({ refused: 3 }), refused({ limitId: 'lim_B', kind: 'rpm', window: 'minute' })])
      expect(await refusals.list()).toEqual([
        { ...refused({ limitId: 'lim_B', kind: 'rpm', window: 'minute' }), n: 3 },
        { ...refused({ keyId: 'key_B' }), n: 2 },
        { ...refused({ refused: 5 }), n: 1 },
      ])
    })

    test('lists the newest first, by account, key, limit, time and page', async () => {
      const { refusals } = storeOf()
      await refusals.count([
        refused(),
        refused({ minute: NOON + MINUTE_MS, keyId: 'key_B' }),
        refused({ minute: NOON + 2 * MINUTE_MS, account: 'acct_B', limitId: 'lim_B' }),
      ])
      const numbersOf = async (query: Parameters<Refusals['list']>[0]) => (await refusals.list(query)).map(({ n }) => n)
      expect(await numbersOf({ limit: 2 })).toEqual([3, 2])
      expect(await numbersOf({ after: 2 })).toEqual([1])
      expect(await numbersOf({ account: 'acct_A' })).toEqual([2, 1])
      expect(await numbersOf({ keyId: 'key_B' })).toEqual([2])
      expect(await numbersOf({ limitId: 'lim_B' })).toEqual([3])
      expect(await numbersOf({ since: NOON + MINUTE_MS, account: 'acct_A' })).toEqual([2])
    })

    test('adds up what each limit has refused since a moment', async () => {
      const { refusals } = storeOf()
      await refusals.count([
        refused({ minute: NOON - MINUTE_MS, refused: 7 }),
        refused({ refused: 2 }),
        refused({ keyId: 'key_B' }),
        refused({ limitId: 'lim_B' }),
      ])
      expect(await refusals.byLimit(NOON)).toEqual(
        new Map([
          ['lim_A', 3],
          ['lim_B', 1],
        ]),
      )
    })

    test('forgets what was kept long enough, when more is counted', async () => {
      const { refusals } = storeOf()
      await refusals.count([refused(), refused({ minute: NOON + MINUTE_MS })])
      await refusals.count([refused({ minute: NOON + REFUSALS_KEPT_MS + MINUTE_MS })])
      expect((await refusals.list()).map(({ n }) => n)).toEqual([3, 2])
    })
  })
}
