import type { Price } from '@speka/core'
import { keyRecord, somebody } from './__fixtures__/records.ts'
import { pico, usageRecord } from './__fixtures__/usage-record.ts'
import type { LabelSet } from './registry.ts'
import type { Store } from './store.ts'
import { TEST_KEY_ID } from './test-key-id.ts'

const price: Price = { input: pico(3n), cachedInput: pico(1n), output: pico(5n), source: 'config', asOf: '2026-01' }
const usage = { inputTokens: 100, cachedInputTokens: 40, outputTokens: 10 }
/** Of which 60 of the prompt, 40 of the cache and 10 of the answer are charged. */
const charge = 60n * 3n + 40n + 10n * 5n

const inMarch = (day: number): number => Date.UTC(2026, 2, day)

/** How every store tells what usage is to be billed. */
export function describeBilledUsage(opened: () => Store): void {
  const of = (month = '2026-03', account = 'default') => opened().ledger.billed({ account, month })
  const settle = async (...records: Parameters<typeof usageRecord>[0][]): Promise<void> => {
    for (const each of records)
      await opened().ledger.settle(usageRecord({ price, usage, charge, createdAt: inMarch(9), ...each }))
  }

  describe('usage to be billed', () => {
    test('tells how much of each unit is charged at its rate, so that the charge is their sum exactly', async () => {
      await settle({}, {})
      expect(await of()).toEqual([
        {
          keyId: 'key_A',
          team: undefined,
          model: 'acme/fast',
          price,
          requests: 2,
          counts: { inputTokens: 120, cachedInputTokens: 80, outputTokens: 20 },
          charge: 2n * charge,
        },
      ])
    })

    test('has a line for each key, model and row of a price, those of none first', async () => {
      const flex: Price = { ...price, input: pico(2n), when: { serviceTier: 'flex' } }
      await settle(
        { model: 'b' },
        { model: 'a' },
        { model: 'a', price: flex, charge: charge - 60n },
        { model: undefined },
        { keyId: 'key_B', model: 'a' },
        { keyId: undefined, model: 'a' },
      )
      expect((await of()).map(({ keyId, model, price: { when } = price }) => [keyId, model, when])).toEqual([
        [undefined, 'a', undefined],
        ['key_A', undefined, undefined],
        ['key_A', 'a', { serviceTier: 'flex' }],
        ['key_A', 'a', undefined],
        ['key_A', 'b', undefined],
        ['key_B', 'a', undefined],
      ])
    })

    test('has what was charged otherwise than by its units apart, without a price', async () => {
      await settle(
        {},
        { charge: 7n, usage: { ...usage, capped: true } },
        { charge: 0n, outcome: 'failed' },
        { charge: 5n, price: undefined },
        { charge: 0n, usage: {} },
      )
      expect(await of()).toMatchObject([
        { price: undefined, requests: 2, charge: 12n, counts: {} },
        { price, requests: 1, charge },
      ])
    })

    test('has nothing of requests whose charge is unknown, or for which nothing usable was delivered', async () => {
      await settle({ charge: undefined, usage: {} }, { charge: 0n, outcome: 'failed' })
      expect(await of()).toEqual([])
      expect(await opened().ledger.billedMonths('default')).toEqual([])
    })

    test('has free units too, and the request that nobody has counted', async () => {
      const each: Price = { request: pico(9n), input: pico(0n), source: 'config' }
      await settle({ price: each, charge: 9n })
      expect(await of()).toMatchObject([{ price: each, charge: 9n, counts: { billedRequests: 1, inputTokens: 100 } }])
    })

    test('is of the month in which a request came, in UTC, and of its account', async () => {
      await settle(
        { createdAt: inMarch(1) - 1 },
        { createdAt: inMarch(1) },
        { createdAt: inMarch(32) - 1 },
        { createdAt: inMarch(32), charge: undefined },
        { account: 'acct_B' },
      )
      expect((await of()).map(({ requests }) => requests)).toEqual([2])
      expect((await of('2026-02')).map(({ requests }) => requests)).toEqual([1])
      expect((await of('2026-03', 'acct_B')).map(({ requests }) => requests)).toEqual([1])
      for (const month of ['2026-04', '2026-3', '2026-13', '', '03-2026']) expect(await of(month)).toEqual([])
      expect(await of('2026-03', 'acct_of_nobody')).toEqual([])
      expect(await opened().ledger.billedMonths('default')).toEqual([
        { month: '2026-02', requests: 1, charge },
        { month: '2026-03', requests: 2, charge: 2n * charge },
      ])
      expect(await opened().ledger.billedMonths('acct_of_nobody')).toEqual([])
    })

    test('leaves out the keys that it is told to', async () => {
      await settle({}, { keyId: 'key_B' }, { keyId: undefined })
      const { ledger } = opened()
      const withoutKeys = ['key_A', 'key_of_nobody']
      const billed = await ledger.billed({ account: 'default', month: '2026-03', withoutKeys })
      expect(billed.map(({ keyId }) => keyId)).toEqual([undefined, 'key_B'])
      expect(await ledger.billedMonths('default', withoutKeys)).toMatchObject([{ requests: 2, charge: 2n * charge }])
    })

    test('has nothing of keys whose id says that they are test keys, nobody need tell it which', async () => {
      await settle(
        {},
        { keyId: `${TEST_KEY_ID}a` },
        { keyId: `${TEST_KEY_ID}\u{10FFFF}` },
        { keyId: 'key_config_teste' },
      )
      expect((await of()).map(({ keyId }) => keyId)).toEqual(['key_A', 'key_config_teste'])
      const { ledger } = opened()
      expect(await ledger.billedMonths('default')).toMatchObject([{ requests: 2, charge: 2n * charge }])
      expect(await ledger.billedMonths('default', ['key_A'])).toMatchObject([{ requests: 1, charge }])
    })

    test('is of the team that the key had then, whatever else was on the key', async () => {
      const { registry } = opened()
      const labelled = async (labels: LabelSet): Promise<number> => {
        const [{ record }] = await registry.change<['key']>([{ kind: 'key', after: keyRecord(labels) }], somebody)
        return record.labels
      }
      const [one, two, three] = [
        await labelled({ team: 'team_1', tags: ['a'] }),
        await labelled({ team: 'team_1', environment: 'prod' }),
        await labelled({ team: 'team_2' }),
      ]
      await settle({ labels: one }, { labels: two }, { labels: three }, {})
      expect((await of()).map(({ team, requests }) => [team, requests])).toEqual([
        [undefined, 1],
        ['team_1', 2],
        ['team_2', 1],
      ])
    })

    test('is exact beyond what one record can hold', async () => {
      const most = 2n ** 63n - 1n
      await settle({ charge: most }, { charge: most }, { charge: 1n })
      expect(await of()).toMatchObject([{ charge: 2n * most + 1n, requests: 3 }])
      expect(await opened().ledger.billedMonths('default')).toMatchObject([{ charge: 2n * most + 1n }])
    })
  })
}
