import type { UsageRecord } from '@speka/core'
import fc from 'fast-check'
import { pico, usageRecord } from '../store/__fixtures__/usage-record.ts'
import { keyRecord, put } from '../store/__fixtures__/records.ts'
import type { AdjustmentRecord } from '../store/records.ts'
import { operator, operationParts, NOON } from './__fixtures__/two-accounts.ts'
import { listReprices } from './list-reprices.ts'
import type { OperationParts } from './operation.ts'
import type { RepriceResult } from './reprice-view.ts'
import { reprice } from './reprice.ts'

const OCTOBER = Date.UTC(2026, 9, 1)
const DAY = 86_400_000

interface Said {
  readonly models: string
  readonly since: string
  readonly until: string
  readonly price: Readonly<Record<string, string>>
}

const inOctober: Said = {
  models: 'acme/*',
  since: '2026-10-01T00:00:00Z',
  until: '2026-11-01T00:00:00Z',
  price: { input: '1', output: '2' },
}

/** 100 tokens of a prompt and 10 of an answer, at 210,000,000 pico-dollars; by {@link inOctober} they are 120,000,000. */
const row = (changes: Parameters<typeof usageRecord>[0] = {}): UsageRecord =>
  usageRecord({
    createdAt: OCTOBER + DAY,
    usage: { inputTokens: 100, outputTokens: 10 },
    price: { input: pico(2_000_000n), output: pico(1_000_000n), source: 'config' },
    charge: 210_000_000n,
    ...changes,
  })

const settle = async ({ store }: OperationParts, ...records: UsageRecord[]): Promise<void> => {
  for (const record of records) await store.ledger.settle(record)
}

const dry = (parts: OperationParts, said: Partial<Said> = {}): Promise<RepriceResult> =>
  reprice(parts, operator, { ...inOctober, ...said })

const apply = (parts: OperationParts, said: Partial<Said> = {}): Promise<RepriceResult> =>
  reprice(parts, operator, { ...inOctober, ...said, apply: true })

const adjustments = async ({ store }: OperationParts): Promise<AdjustmentRecord[]> =>
  (await store.registry.list('adjustment')).map(({ record }) => record)

const sumOf = (records: readonly AdjustmentRecord[]): bigint => records.reduce((sum, { usd }) => sum + picoOf(usd), 0n)

/** Of a decimal string that may have a sign. */
function picoOf(usd: string): bigint {
  const [, sign, whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(usd) ?? []
  const amount = BigInt(whole) * 10n ** 12n + BigInt(fraction.padEnd(12, '0'))
  return sign === '-' ? -amount : amount
}

describe('a reprice', () => {
  test('shows by account and month what rows come to, and writes nothing', async () => {
    const { parts } = operationParts()
    await settle(
      parts,
      row(),
      row(),
      row({ account: 'acct_B' }),
      row({ createdAt: OCTOBER - 1 }),
      row({ charge: undefined }),
    )
    const before = await parts.store.registry.version()
    expect(await dry(parts, { since: '2026-09-01T00:00:00+00:00' })).toEqual({
      id: null,
      applied: false,
      models: 'acme/*',
      since: '2026-09-01T00:00:00.000Z',
      until: '2026-11-01T00:00:00.000Z',
      price: { input: '1', output: '2' },
      rows: 4,
      not_repriced: 1,
      charged_usd: '0.00084',
      repriced_usd: '0.00048',
      difference_usd: '-0.00036',
      caught_up_usd: '0',
      accounts: [
        shown('acct_B', '2026-10', 1, '0.00021', '0.00012', '-0.00009'),
        shown('default', '2026-09', 1, '0.00021', '0.00012', '-0.00009'),
        { ...shown('default', '2026-10', 2, '0.00042', '0.00024', '-0.00018'), not_repriced: 1 },
      ],
    })
    expect(await parts.store.registry.version()).toBe(before)
  })

  test('is an adjustment of usage for each account and month, on the invoice of the month that runs', async () => {
    const { parts } = operationParts()
    await settle(
      parts,
      row(),
      row({ account: 'acct_B', createdAt: NOON - DAY }),
      row({ account: 'acct_C', charge: 120_000_000n }),
    )
    const { id, accounts } = await apply(parts, { until: '2026-11-22T00:00:00Z' })
    expect(accounts.map(({ account, invoiced_in: month }) => [account, month])).toEqual([
      ['acct_B', '2026-11'],
      ['acct_C', null],
      ['default', '2026-11'],
    ])
    expect(await adjustments(parts)).toEqual([
      expect.not.objectContaining({ about: expect.anything() }),
      expect.objectContaining({ account: 'default', month: '2026-11', about: '2026-10' }),
    ])
    for (const one of await adjustments(parts))
      expect(one).toMatchObject({ kind: 'usage', usd: '-0.00009', reprice: id, createdAt: NOON })
    expect(await listReprices(parts, operator, {})).toEqual([
      expect.objectContaining({ id, models: 'acme/*', completed_at: new Date(NOON).toISOString() }),
    ])
  })

  test('is on the next invoice where that of the month has been issued', async () => {
    const { parts } = operationParts()
    await settle(parts, row(), row({ account: 'acct_B' }))
    await parts.store.invoices.issue([{ account: 'acct_B', month: '2026-11', issuedAt: NOON, body: '{}' }])
    await apply(parts)
    expect((await adjustments(parts)).map(({ account, month }) => [account, month])).toEqual([
      ['acct_B', '2026-12'],
      ['default', '2026-11'],
    ])
  })

  test('that is said twice makes no difference the second time', async () => {
    const { parts } = operationParts()
    await settle(parts, row())
    const first = await apply(parts)
    const version = await parts.store.registry.version()
    const again = await apply(parts, { price: { output: '2.0', input: '1.00' } })
    expect(again).toMatchObject({ id: first.id, charged_usd: '0.00012', difference_usd: '0' })
    expect(await parts.store.registry.version()).toBe(version)
    expect(await adjustments(parts)).toHaveLength(1)
  })

  test('that is another for the same rows gives the difference to the one before', async () => {
    const { parts } = operationParts()
    await settle(parts, row(), row({ model: 'acme/slow' }))
    await apply(parts)
    const second = await apply(parts, { models: 'acme/fast', price: { input: '3', output: '3' } })
    expect(second).toMatchObject({ charged_usd: '0.00012', repriced_usd: '0.00033', difference_usd: '0.00021' })
    expect(sumOf(await adjustments(parts))).toBe(330_000_000n + 120_000_000n - 2n * 210_000_000n)
    // Back to the first: it is the newest then.
    expect(await apply(parts)).toMatchObject({ difference_usd: '-0.00021' })
    expect(sumOf(await adjustments(parts))).toBe(2n * (120_000_000n - 210_000_000n))
  })

  test('said again gives its own to rows that have come since, and so does a later one', async () => {
    const { parts } = operationParts()
    await settle(parts, row())
    await apply(parts)
    await settle(parts, row())
    expect(await apply(parts)).toMatchObject({ difference_usd: '-0.00009' })
    await settle(parts, row())
    const price = { input: '3', output: '3' }
    expect(await apply(parts, { price })).toMatchObject({ difference_usd: '0.00063', caught_up_usd: '-0.00009' })
    expect(sumOf(await adjustments(parts))).toBe(3n * (330_000_000n - 210_000_000n))
    expect(await apply(parts, { price })).toMatchObject({ difference_usd: '0', caught_up_usd: '0' })
  })

  test('leaves test keys out', async () => {
    const { parts } = operationParts()
    await put(parts.store, 'key', keyRecord({ id: 'key_test', mode: 'test' }))
    await settle(parts, row({ keyId: 'key_test' }), row({ keyId: undefined }))
    expect(await dry(parts)).toMatchObject({ rows: 1 })
  })

  test('of nothing, or without a difference, is not on record', async () => {
    const { parts } = operationParts()
    expect(await apply(parts)).toMatchObject({ id: null, applied: true, accounts: [] })
    await settle(parts, row({ charge: 120_000_000n }))
    expect(await apply(parts)).toMatchObject({ id: null, difference_usd: '0' })
    expect(await listReprices(parts, operator, {})).toEqual([])
  })

  test.each([
    [{ until: '2026-10-01T00:00:00Z' }, 'until'],
    [{ until: '2026-11-22T12:00:00.001Z' }, 'until'],
    [{ since: 'October' }, 'since'],
    [{ models: '' }, 'models'],
    [{ price: {} }, 'price'],
    [{ price: { input: '-1' } }, 'price.input'],
    [{ price: { input: '0.0000001' } }, 'price.input'],
    [{ price: { inputs: '1' } }, 'inputs'],
    [{ price: { input: 1 as unknown as string } }, 'price.input'],
  ])('that says %j is refused', async (said, param) => {
    const { parts } = operationParts()
    await expect(dry(parts, said)).rejects.toMatchObject({ code: 'invalid_value', param })
  })

  test('that was interrupted goes on where it ended, and holds up others of that time until then', async () => {
    const { parts } = operationParts()
    const accounts = Array.from({ length: 1100 }, (_, index) => `acct_${index}`)
    await settle(parts, ...accounts.map((account) => row({ account })))
    const { registry } = parts.store
    let changes = 0
    const failing: OperationParts = {
      ...parts,
      store: {
        ...parts.store,
        registry: {
          ...registry,
          change: (writes, by) => {
            changes += 1
            if (changes === 3) throw new Error('killed')
            return registry.change(writes, by)
          },
        },
      },
    }
    await expect(apply(failing)).rejects.toThrow('killed')
    expect(await adjustments(parts)).toHaveLength(500)
    const other = { price: { input: '3', output: '3' } }
    await expect(apply(parts, other)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('interrupted'),
    })
    await dry(parts, other)
    expect(await apply(parts)).toMatchObject({ difference_usd: '-0.054' })
    const made = await adjustments(parts)
    expect([new Set(made.map(({ account }) => account)).size, made.length]).toEqual([1100, 1100])
    expect(sumOf(made)).toBe(-1100n * 90_000_000n)
    await apply(parts, other)
    expect(sumOf(await adjustments(parts))).toBe(1100n * 120_000_000n)
  })

  test('that is applied twice at once is applied once', async () => {
    const { parts } = operationParts()
    await settle(parts, row())
    const done = await Promise.allSettled([apply(parts), apply(parts), apply(parts)])
    for (const one of done) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'conflict' })
    expect(sumOf(await adjustments(parts))).toBe(-90_000_000n)
  })

  test('makes of all rows what the newest says that covers each, however they overlap', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { maxLength: 25 }), fc.array(steps, { maxLength: 6 }), async (first, then) => {
        const { parts } = operationParts()
        const all = [...first]
        await settle(parts, ...first)
        const said: Said[] = []
        for (const { late, ...one } of then) {
          await settle(parts, ...late)
          all.push(...late)
          said.push(one)
          await apply(parts, one)
        }
        // Rows that came behind the last that covers them have it when it is said again.
        for (const one of new Set(said)) await apply(parts, one)
        const order = [...said, ...new Set(said)]
        const made = await adjustments(parts)
        for (const account of ['default', 'acct_B'])
          for (const month of ['2026-09', '2026-10']) {
            const of = made.filter((each) => each.account === account && (each.about ?? each.month) === month)
            const wanted = all.filter((each) => each.account === account && monthIn(each) === month)
            expect(sumOf(of)).toBe(wanted.reduce((sum, each) => sum + differenceByHand(each, order), 0n))
          }
      }),
      { numRuns: 60 },
    )
  })
})

const shown = (
  account: string,
  month: string,
  count: number,
  charged: string,
  repriced: string,
  difference: string,
) => ({
  account,
  month,
  rows: count,
  not_repriced: 0,
  charged_usd: charged,
  repriced_usd: repriced,
  difference_usd: difference,
  adjustment: null,
  invoiced_in: null,
})

const monthIn = ({ createdAt }: UsageRecord): string => (createdAt < OCTOBER ? '2026-09' : '2026-10')

/** What a row's adjustments must come to, by fractions and by nothing of what is tested. */
function differenceByHand({ charge, usage, model, createdAt }: UsageRecord, said: readonly Said[]): bigint {
  if (charge === undefined || charge === 0n) return 0n
  const covering = said.filter(
    ({ models, since, until }) =>
      createdAt >= Date.parse(since) &&
      createdAt < Date.parse(until) &&
      new RegExp(`^${models.replaceAll('*', '.*')}$`).test(model ?? ''),
  )
  const price = covering.at(-1)?.price
  if (price === undefined || usage.inputTokens === undefined || usage.outputTokens === undefined) return 0n
  const cached = price['cached_input'] === undefined ? 0 : Math.min(usage.cachedInputTokens ?? 0, usage.inputTokens)
  const parts: [count: number, usdOfMillion: string | undefined][] = [
    [usage.inputTokens - cached, price['input']],
    [cached, price['cached_input']],
    [usage.outputTokens, price['output']],
  ]
  // In trillionths of a dollar, of which a millionth of the price is a part.
  const trillionths = parts.reduce(
    (sum, [count, usd]) => sum + BigInt(count) * BigInt(Math.round(Number(usd ?? 0) * 100)) * 10_000n,
    0n,
  )
  return trillionths - charge
}

const count = fc.option(fc.nat(10_000), { nil: undefined, freq: 6 })

const rows = fc
  .record({
    account: fc.constantFrom('default', 'acct_B'),
    model: fc.constantFrom('acme/fast', 'acme/slow', 'other/one'),
    createdAt: fc.integer({ min: OCTOBER - 3 * DAY, max: OCTOBER + 3 * DAY }),
    usage: fc.record({ inputTokens: count, cachedInputTokens: count, outputTokens: count }),
    charge: fc.option(fc.bigInt(0n, 10n ** 12n), { nil: undefined, freq: 6 }),
  })
  .map((fields) => row(fields))

const usd = fc.integer({ min: 0, max: 999 }).map((cents) => (cents / 100).toFixed(2))
const day = (ms: number): string => new Date(ms).toISOString()

const steps = fc.record({
  models: fc.constantFrom('*', 'acme/*', 'acme/fast', 'other/*'),
  since: fc.integer({ min: -3, max: 0 }).map((days) => day(OCTOBER + days * DAY)),
  until: fc.integer({ min: 1, max: 3 }).map((days) => day(OCTOBER + days * DAY)),
  price: fc.oneof(fc.record({ input: usd, output: usd }), fc.record({ input: usd, cached_input: usd, output: usd })),
  late: fc.array(rows, { maxLength: 4 }),
})
