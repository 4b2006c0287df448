import { picoUsd, type AttemptRecord, type UsageRecord } from '@speka/core'
import { pico, usageRecord } from '../store/__fixtures__/usage-record.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import type { Store } from '../store/store.ts'
import { bytesOf } from './__fixtures__/bytes-of.ts'
import type { Difference } from './difference.ts'
import { reconcile, type Reconciled, type ReconcileOptions } from './reconcile.ts'

const DAY = Date.UTC(2026, 10, 22)
const HOUR_MS = 3_600_000

let store: Store
beforeEach(() => {
  store = openMemoryStore()
})

interface Told {
  readonly id?: string | undefined
  readonly at?: number
  readonly cost?: bigint | undefined
  readonly input?: number
  readonly output?: number
  readonly model?: string
}

/** Puts a request on record that the provider has answered. */
async function answered(told: Told, changes: Partial<UsageRecord> = {}): Promise<string> {
  const { at = DAY, cost, input = 100, output = 10, model = 'fast-large-2' } = told
  const record = usageRecord({
    upstreamId: told.id,
    createdAt: at,
    upstreamModel: model,
    usage: { inputTokens: input, outputTokens: output },
    attempts: [attempt({ upstreamModel: model, cost: cost === undefined ? undefined : pico(cost) })],
    ...(changes as object),
  })
  await store.ledger.settle(record)
  return record.id
}

const attempt = (changes: Partial<AttemptRecord> = {}): AttemptRecord => ({
  provider: 'acme',
  upstreamModel: 'fast-large-2',
  model: 'acme/fast',
  startedMs: 0,
  durationMs: 10,
  outcome: 'answered',
  status: 200,
  ...changes,
})

interface Found extends Reconciled {
  readonly all: readonly Difference[]
  readonly counts: readonly number[]
}

/** Holds a file against what is on record. The counts: matched, different, missing here, missing there, double. */
async function held(file: string, options: Partial<ReconcileOptions> = {}): Promise<Found> {
  const all: Difference[] = []
  const found = await reconcile(store.ledger, {
    provider: 'acme',
    bytes: bytesOf(file, 17),
    compare: ['cost', 'tokens'],
    tolerance: picoUsd(0n),
    tell: (difference) => void all.push(difference),
    ...options,
  })
  const { tally } = found
  const counts = (['matched', 'different', 'missing_in_ledger', 'missing_in_export', 'double'] as const).map(
    (verdict) => tally.of(verdict).count,
  )
  return { ...found, all, counts }
}

const HEAD = 'id,time,input_tokens,output_tokens,cost_usd\n'
const csv = (...lines: readonly string[]): string => `${HEAD}${lines.join('\n')}\n`
const time = (at: number): string => new Date(at).toISOString()

describe('requests by their ids', () => {
  test('what both say alike matches, and the sums are those of both', async () => {
    await answered({ id: 'a', cost: 1_500_000n })
    await answered({ id: 'b', cost: 2n })
    const found = await held(csv(`b,${time(DAY)},100,10,0.000000000002`, `a,${time(DAY)},100,10,1.5e-6`))
    expect(found.counts).toEqual([2, 0, 0, 0, 0])
    expect(found.tally.of('matched')).toEqual({ count: 2, exported: 1_500_002n, ledger: 1_500_002n })
    expect(found.by).toBe('request')
  })

  test('a line that is missing, one too many, one that differs and one that is there twice are each told', async () => {
    const [at, request] = [DAY + 1000, await answered({ id: 'costs', cost: 5n, at: DAY + 1000 })]
    await answered({ id: 'tokens', cost: 5n, at })
    await answered({ id: 'twice', cost: 5n, at })
    const lost = await answered({ id: 'lost', cost: 7n, at })
    const found = await held(
      csv(
        `costs,${time(at)},100,10,0.000000000006`,
        `tokens,${time(at)},101,10,0.000000000005`,
        `twice,${time(at)},100,10,0.000000000005`,
        `unknown,${time(at)},3,4,0.25`,
        `twice,${time(at + 1)},100,10,0.000000000005`,
      ),
    )
    expect(found.counts).toEqual([1, 2, 1, 1, 1])
    expect(found.all).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ verdict: 'different', id: 'costs', request, line: 2 }),
        expect.objectContaining({ verdict: 'different', id: 'tokens', line: 3 }),
        expect.objectContaining({ verdict: 'missing_in_ledger', id: 'unknown', line: 5, request: undefined }),
        expect.objectContaining({ verdict: 'missing_in_export', id: 'lost', request: lost, line: undefined }),
        expect.objectContaining({ verdict: 'double', id: 'twice', line: 6 }),
      ]),
    )
    // The largest first.
    expect(found.tally.largest.map(({ id }) => id).slice(0, 2)).toEqual(['unknown', 'lost'])
    expect(found.tally.of('double')).toEqual({ count: 1, exported: 5n, ledger: 0n })
  })

  test('an id that both have twice is no double, and the cheap go with the cheap', async () => {
    await answered({ id: 'same', cost: 9n })
    await answered({ id: 'same', cost: 1n })
    const lines = [`same,${time(DAY)},100,10,0.000000000001`, `same,${time(DAY)},100,10,0.000000000009`]
    expect((await held(csv(...lines))).counts).toEqual([2, 0, 0, 0, 0])
    expect((await held(csv(...lines, lines[0] ?? ''))).counts[4]).toBe(1)
  })

  test('only this provider’s attempts count, and of a request only those', async () => {
    await answered({ id: 'a', cost: 1n }, { attempts: [attempt({ provider: 'other', cost: pico(1n) })] })
    await answered({ id: 'b' }, { attempts: [attempt({ outcome: 'transient' }), attempt({ provider: 'other' })] })
    const found = await held(csv(`z,${time(DAY)},1,1,0`))
    expect(found.counts).toEqual([0, 0, 1, 0, 0])
    // The first try of the second one was here, and failed.
    expect(found.apart).toEqual({ failed: 1, withoutId: 0, withoutIdCost: 0n })
  })

  test('attempts that failed, and answers without an id, are counted apart and are no mistake', async () => {
    await answered({ id: 'a', cost: 1n }, { attempts: [attempt({ outcome: 'timeout' }), attempt({ cost: pico(1n) })] })
    await answered({ cost: 4n })
    const found = await held(csv(`a,${time(DAY)},100,10,0.000000000001`))
    expect(found.counts).toEqual([1, 0, 0, 0, 0])
    expect(found.apart).toEqual({ failed: 1, withoutId: 1, withoutIdCost: 4n })
  })

  test('a cost that one side does not know is not compared, and counted apart', async () => {
    await answered({ id: 'a' })
    await answered({ id: 'b', cost: 3n })
    const found = await held(csv(`a,${time(DAY)},100,10,2`, `b,${time(DAY)},100,10,`))
    expect(found.counts).toEqual([2, 0, 0, 0, 0])
    expect(found.tally.uncosted).toEqual({ count: 2, exported: 2_000_000_000_000n, ledger: 3n })
  })

  test('a request that was broken off says so', async () => {
    const attempts = [attempt({ outcome: 'cancelled' })]
    await answered({ id: 'a', output: 3 }, { outcome: 'cancelled', attempts })
    const [difference] = (await held(csv(`a,${time(DAY)},100,10,1`))).all
    expect(difference).toMatchObject({ verdict: 'different', note: 'cancelled' })
  })

  test('a cost may differ by the tolerance, and what is compared can be said', async () => {
    await answered({ id: 'a', cost: 1_000_000n })
    const file = csv(`a,${time(DAY)},7,10,0.00000102`)
    expect((await held(file)).counts[1]).toBe(1)
    expect((await held(file, { compare: ['cost'] })).counts[1]).toBe(1)
    expect((await held(file, { compare: ['cost'], tolerance: pico(20_000n) })).counts[1]).toBe(0)
    expect((await held(file, { compare: ['cost'], tolerance: pico(19_999n) })).counts[1]).toBe(1)
    expect((await held(file, { compare: ['tokens'], tolerance: pico(20_000n) })).counts[1]).toBe(1)
  })

  test('requests from before the first line and after the last are not missing, unless the time is said', async () => {
    await answered({ id: 'before', at: DAY - 1 })
    await answered({ id: 'first', at: DAY })
    await answered({ id: 'last', at: DAY + 1000 })
    await answered({ id: 'after', at: DAY + 1001 })
    const file = csv(`last,${time(DAY + 1000)},100,10,`, `first,${time(DAY)},100,10,`)
    expect((await held(file)).counts).toEqual([2, 0, 0, 0, 0])
    const said = await held(file, { since: DAY - 1, until: DAY + 1000 })
    expect(said.all.map(({ id }) => id)).toEqual(['before'])
    expect(said.outside).toBe(1)
    // What is asked for finds its other side a little beyond.
    expect(said.counts[0]).toBe(2)
  })

  test('a file that names days alone is of the whole of the last one', async () => {
    await answered({ id: 'a', at: DAY + 5 * HOUR_MS })
    await answered({ id: 'b', at: DAY + 20 * HOUR_MS })
    expect((await held(csv('a,2026-11-22,100,10,'))).counts).toEqual([1, 0, 0, 1, 0])
  })

  test('lines without an id are in no record, and not the same for that', async () => {
    expect((await held(csv(`,${time(DAY)},1,1,1`, `,${time(DAY)},1,1,1`, `a,${time(DAY)},1,1,1`))).counts).toEqual([
      0, 0, 3, 0, 0,
    ])
  })
})

describe('sums by day and model', () => {
  const HEADING = 'time,model,input_tokens,output_tokens,cost_usd\n'

  test('are compared with the sums of attempts, versions of a model with it', async () => {
    await answered({ id: 'a', at: DAY, cost: 5n, model: 'gpt-4o' })
    await answered({ id: 'b', at: DAY + 23 * HOUR_MS, cost: 6n, model: 'gpt-4o' })
    await answered({ id: 'c', at: DAY + 24 * HOUR_MS, cost: 7n, model: 'gpt-4o' })
    await answered({ id: 'd', at: DAY, cost: 8n, model: 'gpt-4o-mini' })
    const found = await held(
      `${HEADING}2026-11-22,gpt-4o-2024-08-06,150,15,0.000000000010\n2026-11-22,GPT-4o,50,5,0.000000000001\n` +
        '2026-11-23,gpt-4o,100,10,0.000000000008\n2026-11-22,gpt-5,1,1,1\n',
    )
    expect(found.by).toBe('day')
    expect(found.counts).toEqual([1, 1, 1, 1, 0])
    expect(found.all).toEqual([
      expect.objectContaining({ verdict: 'missing_in_export', at: DAY, model: 'gpt-4o-mini' }),
      expect.objectContaining({ verdict: 'missing_in_ledger', at: DAY, model: 'gpt-5', line: 5 }),
      expect.objectContaining({ verdict: 'different', at: DAY + 24 * HOUR_MS, model: 'gpt-4o', line: 4 }),
    ])
  })

  test('a line that is there twice counts once', async () => {
    await answered({ id: 'a', cost: 5n, model: 'm' })
    const line = '2026-11-22,m,100,10,0.000000000005\n'
    const found = await held(HEADING + line + line)
    expect(found.counts).toEqual([1, 0, 0, 0, 1])
    expect(found.all).toEqual([expect.objectContaining({ verdict: 'double', line: 3, at: DAY, model: 'm' })])
  })

  test('a cost that is not known of each request is not compared', async () => {
    await answered({ id: 'a', cost: 5n, model: 'm' })
    await answered({ id: 'b', model: 'm' })
    expect((await held(`${HEADING}2026-11-22,m,200,20,9\n`)).counts).toEqual([1, 0, 0, 0, 0])
    expect((await held(`${HEADING}2026-11-22,m,201,20,9\n`)).counts).toEqual([0, 1, 0, 0, 0])
  })

  test('many large amounts are added up to the pico-dollar', async () => {
    const lines = Array.from({ length: 30 }, (_, n) => `2026-11-22,m,${n},1,999999.999999999999\n`)
    const found = await held(HEADING + lines.join(''))
    expect(found.tally.of('missing_in_ledger').exported).toBe(30n * 999_999_999_999_999_999n)
  })

  test('only days that are wholly within the time asked for are compared', async () => {
    await answered({ id: 'a', model: 'm', at: DAY - 1 })
    await answered({ id: 'b', model: 'm', at: DAY })
    const file = `${HEADING}2026-11-21,m,1,1,\n2026-11-22,m,100,10,\n`
    expect((await held(file)).counts).toEqual([1, 1, 0, 0, 0])
    const said = await held(file, { since: DAY - HOUR_MS, until: DAY + 24 * HOUR_MS })
    expect(said.counts).toEqual([1, 0, 0, 0, 0])
    expect(said.outside).toBe(1)
  })
})
