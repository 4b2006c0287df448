import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pico, usageRecord } from '../packages/server/src/store/__fixtures__/usage-record.ts'
import { storeIn } from '../packages/server/src/store/open-store.ts'
import { runSpeka, type SpekaEnded } from './support/run-speka.ts'

const JANUARY = Date.UTC(2026, 0, 1)
const HOUR = 3_600_000

/** A store with rows of two accounts, each at 210,000,000 pico-dollars: the last of an hour in January is the first of February. */
async function filled(): Promise<string> {
  const data = mkdtempSync(join(tmpdir(), 'speka-reprice-'))
  const store = await storeIn(data).open()
  const price = { input: pico(2_000_000n), output: pico(1_000_000n), source: 'config' } as const
  const usage = { inputTokens: 100, outputTokens: 10 }
  for (const account of ['default', 'acct_B'])
    for (const createdAt of [JANUARY, JANUARY + HOUR, Date.UTC(2026, 1, 1)])
      await store.ledger.settle(usageRecord({ account, createdAt, price, usage, charge: 210_000_000n }))
  await store.ledger.settle(usageRecord({ createdAt: JANUARY, charge: undefined, usage: {} }))
  await store.close()
  return data
}

const reprice = (data: string, ...more: string[]): Promise<SpekaEnded> => {
  const span = ['--since', '2026-01-01', '--until', '2026-02-01T00:00:00.001Z']
  return runSpeka(['reprice', '--data', data, '--model', 'acme/*', ...span, '--price', 'input=1', 'output=2', ...more])
}

describe('speka reprice', () => {
  test('shows what it would come to, adjusts it when told to, and then has nothing left to adjust', async () => {
    const data = await filled()
    const table = [
      'account    month  rows  not repriced  charged usd  repriced usd  difference usd',
      'acct_B   2026-01     2             0      0.00042       0.00024        -0.00018',
      'acct_B   2026-02     1             0      0.00021       0.00012        -0.00009',
      'default  2026-01     2             1      0.00042       0.00024        -0.00018',
      'default  2026-02     1             0      0.00021       0.00012        -0.00009',
      'all                  6             1      0.00126       0.00072        -0.00054',
      '',
    ]
    const dry = await reprice(data)
    expect(dry).toMatchObject({ code: 0, error: '' })
    expect(dry.out.split('\n')).toEqual([
      ...table,
      'Nothing was written. With --apply, each difference becomes an adjustment.',
    ])
    const applied = await reprice(data, '--apply')
    expect(applied.out).toMatch(/\n4 adjustments were made, by rep_[0-9a-f]{22}, for the invoices of \d{4}-\d{2}\.$/)
    const again = await reprice(data, '--apply', '--json')
    expect(JSON.parse(again.out)).toMatchObject({ applied: true, charged_usd: '0.00072', difference_usd: '0' })
    expect(await kept(data)).toEqual({
      adjustments: [
        ['acct_B', '2026-01', '-0.00018'],
        ['acct_B', '2026-02', '-0.00009'],
        ['default', '2026-01', '-0.00018'],
        ['default', '2026-02', '-0.00009'],
      ],
      charges: 6n * 210_000_000n,
    })
    expect(await runSpeka(['ledger', 'verify', '--data', data])).toMatchObject({ code: 0 })
    const audit = JSON.parse((await runSpeka(['audit', '--data', data, '--json'])).out) as { action: string }[]
    expect(audit.filter(({ action }) => action === 'reprice.apply')).toHaveLength(5)
  })

  test.each([
    [['--price', 'input'], '--price must be a unit and what it costs, such as input=0.15, not "input"'],
    [['--price', 'input=0.2'], '--price has input twice'],
    [['--price', 'cached_input=-1'], 'must be a decimal string of US dollars'],
    [['--until', '2025-01-01'], '--until must be later than since'],
    [['--until', '2999-01-01'], '--until must not lie ahead'],
    [['--since', 'soon'], '--since must be a date'],
  ])('refuses %j', async (more, words) => {
    const { code, out, error } = await reprice(await filled(), ...more)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).toContain(words)
  })

  test('says what is missing', async () => {
    for (const [args, missing] of [
      ['', '--model'],
      ['--model x', '--since'],
      ['--model x --since 2026-01-01', '--until'],
      ['--model x --since 2026-01-01 --until 2026-01-02', '--price'],
    ]) {
      const { code, error } = await runSpeka(`reprice ${args}`.trim())
      expect(code).toBe(2)
      expect(error).toContain(`speka reprice needs ${missing}`)
    }
  })
})

/** Adjustments that there are, and what the rows charge, which never changes. */
async function kept(data: string): Promise<unknown> {
  const store = await storeIn(data).open({ foldWaitMs: Infinity })
  try {
    const adjustments = await store.registry.list('adjustment')
    const totals = await store.ledger.totals({ by: 'account' })
    return {
      adjustments: adjustments
        .map(({ record: { account, about, usd } }) => [account, about, usd])
        .toSorted((a, b) => String(a).localeCompare(String(b))),
      charges: totals.reduce((sum, { charge }) => sum + charge, 0n),
    }
  } finally {
    await store.close()
  }
}
