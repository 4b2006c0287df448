import { SpekaError, type UsageRecord } from '@speka/core'
import { pico, usageRecord } from './__fixtures__/usage-record.ts'
import { describeAlerts } from './alerts.contract.ts'
import { describeRefusals } from './refusals.contract.ts'
import { describeBilledUsage } from './billed-usage.contract.ts'
import { describeAudit } from './audit.contract.ts'
import { describeInvoices } from './invoices.contract.ts'
import { describeStoreBudgets } from './budgets.contract.ts'
import { keyRecord } from './__fixtures__/records.ts'
import { describeRegistry } from './registry.contract.ts'
import { describeResponses } from './responses.contract.ts'
import { describeSignInCodes } from './sign-in-codes.contract.ts'
import type { LabelSet } from './registry.ts'
import { timeAt } from './time-buckets.ts'
import type { TimesQuery } from './usage-times.ts'
import type { RequestFilter, Store, StoreOptions, UsageGroup, UsageQuery } from './store.ts'

/**
 * How every store behaves. A new database starts as one line in its own test, `describeStore('name', open)`, and is done
 * when this is green.
 *
 * @param open - Opens a store that holds nothing yet.
 */
export function describeStore(name: string, open: (options?: StoreOptions) => Promise<Store>): void {
  describe(`${name} store`, () => {
    let store: Store
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    describe('ledger', () => {
      test('a settled record is found as it was', async () => {
        const record = usageRecord()
        await store.ledger.settle(record)
        expect(await store.ledger.find(record.id)).toEqual(record)
      })

      test('what is unknown stays unknown, and zero stays zero', async () => {
        const unknown = usageRecord({ usage: {}, charge: undefined, price: undefined, upstreamId: undefined })
        const zero = usageRecord({
          usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, images: 0 },
          charge: 0n,
        })
        await Promise.all([store.ledger.settle(unknown), store.ledger.settle(zero)])
        expect(await store.ledger.find(unknown.id)).toEqual(unknown)
        expect(await store.ledger.find(zero.id)).toEqual(zero)
      })

      test('keeps who answered in place of a provider, and what layers noted', async () => {
        const notes = { guard: 'addresses', hits: 2, sure: true }
        const record = usageRecord({
          provider: undefined,
          upstreamModel: undefined,
          answeredBy: 'cache',
          notes,
          attempts: [],
        })
        await store.ledger.settle(record)
        expect(await store.ledger.find(record.id)).toEqual(record)
      })

      test('keeps whom it was made for, in which session, and what the key was labelled', async () => {
        const record = usageRecord({
          account: 'acct_A',
          labels: 7,
          customer: 'Zoë “the 🐢” 李',
          session: 'a-session',
        })
        await store.ledger.settle(record)
        expect(await store.ledger.find(record.id)).toEqual(record)
      })

      test('a record of no account is one of the account that is always there', async () => {
        const record = usageRecord({ account: undefined })
        await store.ledger.settle(record)
        expect(await store.ledger.find(record.id)).toEqual({ ...record, account: 'default' })
      })

      test('counts of our own and counts held to what can be are marked', async () => {
        for (const mark of [{ estimated: true }, { capped: true }, { estimated: true, capped: true }]) {
          const record = usageRecord({ usage: { inputTokens: 9, outputTokens: 8, ...mark } })
          await store.ledger.settle(record)
          expect(await store.ledger.find(record.id)).toEqual(record)
        }
      })

      test('a failed request keeps its reason and every attempt', async () => {
        const [answered] = usageRecord().attempts
        const record = usageRecord({
          outcome: 'failed',
          stream: false,
          model: undefined,
          errorCode: 'upstream_error',
          finishReason: undefined,
          charge: 0n,
          attempts: [
            { ...answered!, outcome: 'rate_limit', status: 429, message: 'Slow down, "please" – ünïcode 🐢' },
            {
              ...answered!,
              outcome: 'timeout',
              status: undefined,
              firstOutputMs: undefined,
              cost: pico(9_007_199_254_740_993n),
            },
          ],
        })
        await store.ledger.settle(record)
        expect(await store.ledger.find(record.id)).toEqual(record)
      })

      test('settling an id again changes nothing', async () => {
        const record = usageRecord({ charge: 5n })
        await store.ledger.settle(record)
        await Promise.all([
          store.ledger.settle(record),
          store.ledger.settle({ ...record, charge: pico(7n), keyId: 'key_other' }),
        ])
        expect(await store.ledger.find(record.id)).toEqual(record)
        expect(await store.ledger.totals({ by: 'key' })).toMatchObject([{ group: 'key_A', requests: 1, charge: 5n }])
      })

      test('hundreds settled at once are all there', async () => {
        const records = Array.from({ length: 700 }, () => usageRecord({ charge: 3n }))
        await Promise.all(records.map((record) => store.ledger.settle(record)))
        expect(await store.ledger.totals({ by: 'key' })).toMatchObject([{ requests: 700, charge: 2100n }])
      })

      test.each([2, 3, 7, 23, 64])('each of %d settled at once is found as it was', async (count) => {
        const records = Array.from({ length: count }, (_, index) => usageRecord({ charge: BigInt(index) }))
        await Promise.all(records.map((record) => store.ledger.settle(record)))
        const found = await Promise.all(records.map(({ id }) => store.ledger.find(id)))
        expect(found).toEqual(records)
      })

      test('a record is found by the upstream id, the newest when several share it', async () => {
        const older = usageRecord({ upstreamId: 'chatcmpl-same', createdAt: 1000 })
        const newer = usageRecord({ upstreamId: 'chatcmpl-same', createdAt: 2000 })
        const oldest = usageRecord({ upstreamId: 'chatcmpl-same', createdAt: 500 })
        for (const record of [older, newer, oldest]) await store.ledger.settle(record)
        expect(await store.ledger.find('chatcmpl-same')).toEqual(newer)
      })

      test('a key finds only its own records', async () => {
        const mine = usageRecord({ upstreamId: 'shared', createdAt: 1000 })
        const theirs = usageRecord({ upstreamId: 'shared', createdAt: 2000, keyId: 'key_B' })
        const nobodys = usageRecord({ keyId: undefined })
        for (const record of [mine, theirs, nobodys]) await store.ledger.settle(record)
        expect(await store.ledger.find(mine.id, 'key_A')).toEqual(mine)
        expect(await store.ledger.find('shared', 'key_A')).toEqual(mine)
        expect(await store.ledger.find(theirs.id, 'key_A')).toBeUndefined()
        expect(await store.ledger.find(nobodys.id, 'key_A')).toBeUndefined()
        expect(await store.ledger.find('nothing')).toBeUndefined()
      })

      test('totals add up by key, and count what is unknown apart', async () => {
        await Promise.all(
          [
            usageRecord({ charge: 10n }),
            usageRecord({ charge: undefined, usage: { inputTokens: 7 } }),
            usageRecord({ charge: 0n, usage: {}, outcome: 'failed' }),
            usageRecord({ charge: 1n, usage: { outputTokens: 2 }, outcome: 'interrupted' }),
            usageRecord({ charge: 0n, usage: {}, outcome: 'cancelled' }),
            usageRecord({ charge: 4n, keyId: 'key_B' }),
            usageRecord({ charge: 2n, keyId: undefined }),
          ].map((record) => store.ledger.settle(record)),
        )
        const tokens = { inputTokens: 1200, cachedInputTokens: 1000, outputTokens: 340, reasoningTokens: 100, cost: 0n }
        expect(await store.ledger.totals({ by: 'key' })).toEqual([
          { group: undefined, requests: 1, failed: 0, unpriced: 0, charge: 2n, ...tokens },
          {
            group: 'key_A',
            requests: 5,
            failed: 2,
            unpriced: 1,
            charge: 11n,
            inputTokens: 1207,
            cachedInputTokens: 1000,
            outputTokens: 342,
            reasoningTokens: 100,
            cost: 0n,
          },
          { group: 'key_B', requests: 1, failed: 0, unpriced: 0, charge: 4n, ...tokens },
        ])
      })

      test('totals by model and by day, within a span of time, of one key', async () => {
        await Promise.all(
          [
            usageRecord({ createdAt: day(1) - 1 }),
            usageRecord({ createdAt: day(1) }),
            usageRecord({ createdAt: day(2) - 1, model: 'acme/slow' }),
            usageRecord({ createdAt: day(2), model: undefined }),
            usageRecord({ createdAt: day(3), keyId: 'key_B' }),
          ].map((record) => store.ledger.settle(record)),
        )

        expect(await groups(store, { by: 'day' })).toEqual([
          ['2026-02-28', 1],
          ['2026-03-01', 2],
          ['2026-03-02', 1],
          ['2026-03-03', 1],
        ])
        expect(await groups(store, { by: 'model', since: day(1), until: day(3) })).toEqual([
          [undefined, 1],
          ['acme/fast', 1],
          ['acme/slow', 1],
        ])
        expect(await groups(store, { by: 'key', since: day(2), keyId: 'key_B' })).toEqual([['key_B', 1]])
        expect(await groups(store, { by: 'key', until: 0 })).toEqual([])
      })

      test('totals by several groups have all of them, in the order asked', async () => {
        await Promise.all(
          [
            usageRecord({ createdAt: at('2026-03-01T00:00:00Z') - 1 }),
            usageRecord({ createdAt: at('2026-03-01T09:59:59.999Z') }),
            usageRecord({ createdAt: at('2026-03-01T10:00Z'), model: undefined, keyId: undefined }),
            usageRecord({ createdAt: at('2026-03-01T10:30Z'), provider: 'other', account: 'acct_B' }),
          ].map((record) => store.ledger.settle(record)),
        )
        expect(await listed(store, { by: ['hour', 'model', 'key'] })).toEqual([
          ['2026-02-28T23:00Z', 'acme/fast', 'key_A', 1],
          ['2026-03-01T09:00Z', 'acme/fast', 'key_A', 1],
          ['2026-03-01T10:00Z', undefined, undefined, 1],
          ['2026-03-01T10:00Z', 'acme/fast', 'key_A', 1],
        ])
        expect(await listed(store, { by: ['provider'] })).toEqual([
          ['acme', 3],
          ['other', 1],
        ])
        expect(await listed(store, { by: ['account', 'day'], provider: 'acme' })).toEqual([
          ['default', '2026-02-28', 1],
          ['default', '2026-03-01', 2],
        ])
        expect(await listed(store, { by: ['model'], account: 'acct_B' })).toEqual([['acme/fast', 1]])
        expect(await listed(store, { by: ['model'], account: 'acct_C' })).toEqual([])
      })

      test('totals are exact within any span of time, whole hours or not', async () => {
        const times = ['09:10Z', '09:20Z', '10:00Z', '10:59:59.999Z', '11:00Z', '11:30Z', '12:00Z'].map((time) =>
          at(`2026-03-01T${time}`),
        )
        await Promise.all(
          times.map((createdAt, index) =>
            store.ledger.settle(usageRecord({ createdAt, charge: 10n ** BigInt(index) })),
          ),
        )
        for (const [from, since] of times.entries()) {
          for (const [to, until] of times.entries()) {
            const charges = times.slice(from, to).map((_, index) => 10n ** BigInt(from + index))
            const sum = charges.reduce((total, charge) => total + charge, 0n)
            const totals = await store.ledger.totals({ by: 'key', since, until })
            expect(totals.map(({ charge }) => charge)).toEqual(charges.length === 0 ? [] : [sum])
          }
        }
      })

      test('splits are the totals of the same records, by one after the other', async () => {
        const [day, start] = [86_400_000, at('2026-03-01T09:10Z')]
        for (let n = 0; n < 40; n += 1)
          await store.ledger.settle(
            usageRecord({
              keyId: `key_${n % 3}`,
              model: `m-${n % 2}`,
              account: n % 5 === 0 ? 'acc_b' : 'acc_a',
              createdAt: start + n * (day / 7),
              charge: BigInt(n),
            }),
          )
        const splits = ['day', 'hour', 'model', 'key', 'team'] as const
        for (const query of [
          {},
          { account: 'acc_a' },
          { since: start + day / 5, until: start + 3 * day + 1 },
          { account: 'acc_none' },
        ]) {
          const expected = await Promise.all(splits.map((by) => store.ledger.totals({ by, ...query })))
          expect(await store.ledger.splits({ splits, ...query })).toEqual(expected)
        }
        const days = ['day', 'provider'] as const
        expect(await store.ledger.splits({ splits: days, keyId: 'key_1' })).toEqual([
          await store.ledger.totals({ by: 'day', keyId: 'key_1' }),
          await store.ledger.totals({ by: 'provider', keyId: 'key_1' }),
        ])
        await expect(store.ledger.splits({ splits: ['key'], most: 2 })).rejects.toMatchObject({ param: 'by' })
      })

      test('totals of more groups than can be taken are refused with how many there are', async () => {
        for (const customer of ['a', 'b', 'c']) await store.ledger.settle(usageRecord({ customer }))
        expect(await store.ledger.totals({ by: 'customer', most: 3 })).toHaveLength(3)
        await expect(store.ledger.totals({ by: 'customer', most: 2 })).rejects.toMatchObject({
          code: 'invalid_value',
          param: 'by',
          message: expect.stringContaining('3 groups'),
        })
      })

      test('totals by customer, by day and account besides, within any span of time', async () => {
        const noon = at('2026-03-01T12:00Z')
        await Promise.all(
          [
            usageRecord({ customer: 'Zoë', createdAt: noon, charge: 1n }),
            usageRecord({ customer: 'Zoë', createdAt: noon + 1, charge: 2n }),
            usageRecord({ customer: 'Zoë', createdAt: noon + 86_400_000, charge: 4n, account: 'acct_B' }),
            usageRecord({ customer: '', createdAt: noon, charge: 8n }),
            usageRecord({ createdAt: noon, charge: 16n }),
          ].map((record) => store.ledger.settle(record)),
        )
        expect(await charges(store, { by: 'customer' })).toEqual([
          [undefined, 16n],
          ['', 8n],
          ['Zoë', 7n],
        ])
        expect(await charges(store, { by: 'customer', since: noon + 1 })).toEqual([['Zoë', 6n]])
        expect(await charges(store, { by: 'customer', account: 'acct_B' })).toEqual([['Zoë', 4n]])
        expect(await charges(store, { by: 'day', customer: 'Zoë' })).toEqual([
          ['2026-03-01', 3n],
          ['2026-03-02', 4n],
        ])
        for (const refused of [{ by: ['customer', 'model'] }, { by: 'customer', keyId: 'key_A' }] as const) {
          await expect(store.ledger.totals(refused)).rejects.toMatchObject({ code: 'invalid_value' })
        }
      })

      test('times by hour and by day, of all and of one account', async () => {
        const noon = at('2026-03-01T12:30Z')
        const settle = (changes: Parameters<typeof usageRecord>[0]) => store.ledger.settle(usageRecord(changes))
        await settle({ createdAt: noon, durationMs: 100, firstOutputMs: 10 })
        await settle({ createdAt: noon + 1, durationMs: 400, firstOutputMs: undefined, model: 'acme/slow' })
        await settle({ createdAt: noon + 3_600_000, durationMs: 100, firstOutputMs: 10, account: 'acct_B' })
        await settle({ createdAt: noon + 86_400_000, durationMs: 100, firstOutputMs: 10 })
        const told = async (query: TimesQuery) =>
          (await store.ledger.times(query)).map(({ at, durations, firstOutputs }) => [
            new Date(at).toISOString().slice(0, 13),
            [...durations.values()].toSorted(),
            [...firstOutputs.values()],
          ])
        expect(await told({ by: 'hour' })).toEqual([
          ['2026-03-01T12', [1, 1], [1]],
          ['2026-03-01T13', [1], [1]],
          ['2026-03-02T12', [1], [1]],
        ])
        expect(await told({ by: 'day' })).toEqual([
          ['2026-03-01T00', [1, 2], [2]],
          ['2026-03-02T00', [1], [1]],
        ])
        expect(await told({ by: 'day', account: 'acct_B' })).toEqual([['2026-03-01T00', [1], [1]]])
        expect(await told({ by: 'day', account: 'acct_C' })).toEqual([])
        const [first] = await store.ledger.times({ by: 'hour', until: noon + 1 })
        expect(timeAt(first?.durations ?? new Map(), 1)).toBeCloseTo(400, -2)
        // What comes later is in them at once, though they were asked for before.
        await settle({ createdAt: noon + 2, durationMs: 100, firstOutputMs: 10 })
        expect(await told({ by: 'hour', since: noon, until: noon + 1 })).toEqual([['2026-03-01T12', [1, 2], [2]]])
      })

      test('who has failed by whose fault, by hour and model', async () => {
        const noon = at('2026-03-01T12:30Z')
        const fail = (errorCode: UsageRecord['errorCode'], changes: Parameters<typeof usageRecord>[0] = {}) =>
          store.ledger.settle(usageRecord({ createdAt: noon, outcome: 'failed', errorCode, ...changes }))
        await store.ledger.settle(usageRecord({ createdAt: noon }))
        await fail('upstream_error')
        await fail('upstream_timeout', { outcome: 'interrupted', createdAt: noon + 1 })
        await fail('invalid_request', { model: 'acme/slow' })
        await fail('upstream_auth_failed', { createdAt: noon + 3_600_000, model: undefined })
        await fail('client_closed_request', { outcome: 'cancelled' })
        const told = async (since?: number) =>
          (await store.ledger.faults({ since })).map(({ at, model, fault, requests }) =>
            [new Date(at).toISOString().slice(11, 13), model, fault, requests].join(' '),
          )
        expect((await told()).slice(0, 2).toSorted()).toEqual(['12 acme/fast upstream 2', '12 acme/slow caller 1'])
        expect((await told()).slice(2)).toEqual(['13  gateway 1'])
        expect(await told(noon + 3_600_000)).toEqual(['13  gateway 1'])
        // What comes later is in them at once.
        await fail('internal_error', { createdAt: noon + 3_600_000, model: undefined })
        expect(await told(noon + 3_600_000)).toEqual(['13  gateway 2'])
      })

      test('how far the sums are is told, and after a question they are all there', async () => {
        for (const _ of [1, 2, 3]) await store.ledger.settle(usageRecord())
        expect((await store.ledger.folding()).total).toBe(3)
        await store.ledger.totals({ by: 'key' })
        expect(await store.ledger.folding()).toEqual({ folded: 3, total: 3 })
      })

      test('totals by what was on the key at that time, and for each of its tags', async () => {
        const { registry, ledger } = store
        const by = { at: 1, actor: 'operator:cli', action: 'key.create' }
        const labelled = async (labels: LabelSet): Promise<number> => {
          const after = keyRecord(labels)
          const [{ record }] = await registry.change<['key']>([{ kind: 'key', after }], by)
          return record.labels
        }
        const one = await labelled({ team: 'team_1', environment: 'prod', tags: ['a', 'b'] })
        const two = await labelled({ team: 'team_1', member: 'mem_1', tags: ['b'] })
        for (const [labels, charge] of [
          [one, 1n],
          [two, 2n],
          [undefined, 4n],
          [0, 8n],
        ] as const) {
          await ledger.settle(usageRecord({ labels, charge }))
        }
        const expected: Partial<Record<UsageGroup, unknown>> = {
          team: [
            [undefined, 12n],
            ['team_1', 3n],
          ],
          environment: [
            [undefined, 14n],
            ['prod', 1n],
          ],
          member: [
            [undefined, 13n],
            ['mem_1', 2n],
          ],
          tag: [
            [undefined, 12n],
            ['a', 1n],
            ['b', 3n],
          ],
        }
        for (const [group, sums] of Object.entries(expected))
          expect(await charges(store, { by: group as UsageGroup })).toEqual(sums)
        expect(await listed(store, { by: ['team', 'tag'] })).toEqual([
          [undefined, undefined, 2],
          ['team_1', 'a', 1],
          ['team_1', 'b', 2],
        ])
      })

      test('totals have every unit that occurs, and what attempts cost the operator', async () => {
        const [attempt] = usageRecord().attempts
        await Promise.all(
          [
            usageRecord({ usage: { images: 2, searches: 1 }, attempts: [{ ...attempt!, cost: pico(3n) }, attempt!] }),
            usageRecord({ usage: { images: 3, inputTokens: 0 }, attempts: [{ ...attempt!, cost: pico(4n) }] }),
          ].map((record) => store.ledger.settle(record)),
        )
        const [totals] = await store.ledger.totals({ by: 'key' })
        expect(totals).toMatchObject({ images: 5, searches: 1, inputTokens: 0, cost: 7n })
        expect(totals).not.toHaveProperty('seconds')
      })

      test.each(['newest', 'oldest'] as const)('records come in pages, the %s first, each once', async (first) => {
        const records = Array.from({ length: 7 }, (_, index) => usageRecord({ createdAt: 1000 + (index % 3) }))
        for (const record of records) await store.ledger.settle(record)
        const ids: string[] = []
        let cursor: string | undefined
        do {
          const page = await store.ledger.requests({ first }, cursor, 2)
          expect(page.records.length).toBeLessThanOrEqual(2)
          ids.push(...page.records.map(({ id }) => id))
          cursor = page.next
        } while (cursor !== undefined)
        const sorted = records
          .toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
          .map(({ id }) => id)
        expect(ids).toEqual(first === 'oldest' ? sorted : sorted.toReversed())
      })

      test('records are found by what they were made with, for and by, and as they were', async () => {
        const plain = usageRecord({ account: 'default' })
        const marked = {
          account: 'acct_B',
          keyId: 'key_B',
          customer: 'Zoë',
          session: 'a session',
          model: 'acme/slow',
          provider: 'other',
          outcome: 'failed',
        } as const
        const record = usageRecord({ ...marked, createdAt: plain.createdAt + 1 })
        await Promise.all([plain, record].map((each) => store.ledger.settle(each)))
        for (const [field, value] of Object.entries(marked))
          expect(await all(store, { [field]: value })).toEqual([record])
        expect(await all(store, { ...marked, since: record.createdAt, until: record.createdAt + 1 })).toEqual([record])
        expect(await all(store, { outcome: 'complete' })).toEqual([plain])
        expect(await all(store, { until: record.createdAt })).toEqual([plain])
        for (const field of ['account', 'keyId', 'customer', 'session', 'model', 'provider'])
          expect(await all(store, { [field]: 'of nobody' })).toEqual([])
        expect(await all(store, { keyId: 'key_B', model: 'acme/fast' })).toEqual([])
      })

      test.each(['nonsense', 'WyJhIiwxXQ', '', '¡', 'x'.repeat(10_000)])(
        'a made-up cursor is refused: %s',
        async (cursor) => {
          await store.ledger.settle(usageRecord())
          await expect(store.ledger.requests({}, cursor, 2)).rejects.toMatchObject({
            code: 'invalid_value',
            param: 'after',
          })
        },
      )

      test('a cursor with a letter changed is refused', async () => {
        for (const record of [usageRecord(), usageRecord()]) await store.ledger.settle(record)
        const { next = '' } = await store.ledger.requests({}, undefined, 1)
        const changed = `${next.slice(0, 12)}${next[12] === 'A' ? 'B' : 'A'}${next.slice(13)}`
        await expect(store.ledger.requests({}, changed, 1)).rejects.toMatchObject({ code: 'invalid_value' })
      })

      test('whoever settles is an owner, whose rows are counted once each', async () => {
        expect(await store.ledger.owners()).toEqual([])
        const records = Array.from({ length: 5 }, () => usageRecord())
        await Promise.all([...records, ...records].map((record) => store.ledger.settle(record)))
        await store.ledger.settle(records[2] ?? usageRecord())
        await store.ledger.settle(usageRecord())
        expect(await store.ledger.owners()).toMatchObject([{ id: 1, pid: process.pid, rows: 6, ended: undefined }])
      })

      test('an owner that was taken for ended is refused, and goes on as another', async () => {
        await settleAll(store, [usageRecord(), usageRecord()])
        while ((await store.ledger.owners())[0]?.rows !== 2) await pause()
        await store.ledger.endOwnersOf(process.pid + 1)
        await store.ledger.endOwnersOf(process.pid)
        expect(await store.ledger.owners()).toMatchObject([{ rows: 2, ended: { how: 'exit_seen' } }])
        const late = usageRecord()
        // One that counts as settled at once is sent again until it is.
        const refused = await store.ledger.settle(late).then(
          () => undefined,
          (error: unknown) => error,
        )
        if (refused !== undefined) expect(refused).toMatchObject({ code: 'storage_unavailable' })
        while ((await store.ledger.settle(late).catch(() => 'refused')) === 'refused') await pause()
        while ((await store.ledger.owners()).at(-1)?.rows !== 1) await pause()
        expect(await store.ledger.owners()).toMatchObject([
          { id: 1, rows: 2 },
          { id: 2, rows: 1, ended: undefined },
        ])
        expect(await store.ledger.find(late.id)).toEqual(late)
      })

      test('rows that are as they were written are found right', async () => {
        await settleAll(store, [
          usageRecord(),
          usageRecord({ charge: undefined, keyId: undefined, customer: 'Zoë\u2028🐢' }),
        ])
        expect(await store.ledger.verify()).toEqual({ rows: 2, problems: [] })
      })

      test('sums stay exact beyond what one record can hold', async () => {
        const most = 2n ** 63n - 1n
        await Promise.all([most, most, 1n].map((charge) => store.ledger.settle(usageRecord({ charge }))))
        expect(await store.ledger.totals({ by: 'key' })).toMatchObject([{ charge: 2n * most + 1n }])
      })
    })

    describeBilledUsage(() => store)
    describeRegistry(() => store)
    describeAudit(() => store)
    describeInvoices(() => store)
    describeAlerts(() => store)
    describeRefusals(() => store)
    describeSignInCodes(() => store)
    describeResponses(() => store)
    describeStoreBudgets(() => store)

    describe('replies', () => {
      const asked = { fingerprint: 'a', now: 1000, until: 2000 }

      test('a place is one’s own until its reply is there, and then the reply is everybody’s', async () => {
        expect(await store.replies.claim('p', asked)).toEqual({ state: 'yours' })
        expect(await store.replies.claim('p', { ...asked, fingerprint: 'b' })).toEqual({
          state: 'running',
          fingerprint: 'a',
        })
        await store.replies.keep('p', reply(3), 5000)
        const kept = await store.replies.claim('p', { ...asked, now: 4999 })
        expect(kept).toEqual({ state: 'kept', fingerprint: 'a', reply: reply(3) })
        expect(await store.replies.claim('q', asked)).toEqual({ state: 'yours' })
      })

      test('of many who claim at once, one has it', async () => {
        const all = await Promise.all(Array.from({ length: 20 }, () => store.replies.claim('p', asked)))
        expect(all.filter(({ state }) => state === 'yours')).toHaveLength(1)
      })

      test('a place that was given up, or whose time has come, is to be had again', async () => {
        await store.replies.claim('p', asked)
        await store.replies.release('p')
        expect(await store.replies.claim('p', asked)).toEqual({ state: 'yours' })
        expect(await store.replies.claim('p', { ...asked, now: 2000, until: 3000 })).toEqual({ state: 'yours' })
        await store.replies.keep('p', reply(1), 4000)
        expect(await store.replies.claim('p', { ...asked, now: 4000 })).toEqual({ state: 'yours' })
      })

      test('a reply whose place is nobody’s any more is not kept', async () => {
        await store.replies.claim('p', asked)
        await store.replies.release('p')
        await store.replies.keep('p', reply(1), 5000)
        expect(await store.replies.claim('p', asked)).toEqual({ state: 'yours' })
      })

      test('the oldest make room, and what is under way stays', async () => {
        const small = await open({ replyBytes: 10 })
        for (const place of ['a', 'b', 'running', 'c']) await small.replies.claim(place, asked)
        for (const place of ['a', 'b', 'c']) await small.replies.keep(place, reply(4), 5000)
        const states = []
        for (const place of ['a', 'b', 'c', 'running'])
          states.push((await small.replies.claim(place, { ...asked, until: 1001 })).state)
        expect(states).toEqual(['yours', 'kept', 'kept', 'running'])
        await small.close()
      })
    })

    test('closing keeps what was asked before, and refuses what is asked after', async () => {
      const settled = store.ledger.settle(usageRecord())
      await Promise.all([store.close(), store.close()])
      await settled
      const late = [store.ledger.settle(usageRecord()), store.ledger.find('x'), store.registry.list('key')]
      for (const { status, reason } of (await Promise.allSettled(late)) as PromiseRejectedResult[]) {
        expect(status).toBe('rejected')
        expect(SpekaError.is(reason) && reason.code).toBe('storage_unavailable')
      }
    })
  })
}

const reply = (bytes: number) => new Uint8Array(bytes).fill(7)

const at = (moment: string) => Date.parse(moment)

const settleAll = (store: Store, records: readonly UsageRecord[]) =>
  Promise.all(records.map((record) => store.ledger.settle(record)))

const pause = () => new Promise((resolve) => setTimeout(resolve, 10))

const day = (ofMarch: number) => Date.UTC(2026, 2, ofMarch)

const groups = async (store: Store, query: UsageQuery) =>
  (await store.ledger.totals(query)).map(({ group, requests }) => [group, requests])

const charges = async (store: Store, query: UsageQuery) =>
  (await store.ledger.totals(query)).map(({ group, charge }) => [group, charge])

const all = async (store: Store, filter: RequestFilter) => (await store.ledger.requests(filter, undefined, 9)).records

const listed = async (store: Store, query: UsageQuery) =>
  (await store.ledger.totals(query)).map(({ groups: names = [], requests }) => [...names, requests])
