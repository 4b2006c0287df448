// `npm run bench -- ledger [--rows N] [--keep FOLDER]`: how long reports take on a large ledger, and how fast its sums are made.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { PicoUsd, Price, RequestId, UsageRecord } from '@speka/core'
import { storeIn } from '../packages/server/src/store/open-store.ts'
import type { Store, UsageQuery } from '../packages/server/src/store/store.ts'

const PRICE: Price = {
  input: 270_000n as PicoUsd,
  output: 1_100_000n as PicoUsd,
  source: 'config',
  asOf: '2026-01',
}
const MONTH_MS = 30 * 86_400_000
const START = Date.UTC(2026, 9, 1)
const KEYS = 5
const MODELS = 4
/** How many records are settled at once. */
const AT_ONCE = 5000
/** How often each question is asked; the median counts. */
const TIMES = 15

const { values } = parseArgs({ options: { rows: { type: 'string' }, keep: { type: 'string' } } })
const rows = Number(values.rows ?? 1_000_000)
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'speka-bench-ledger-'))
const place = storeIn(folder)

try {
  if (!place.exists()) await using((store) => fill(store))
  const projections = join(folder, 'projections.sqlite')
  for (const suffix of ['', '-wal', '-shm']) rmSync(projections + suffix, { force: true })

  const opened = performance.now()
  await using(async () => say('opened beside rows that are not added up', performance.now() - opened, 'ms'))

  await using(async (store) => {
    const [began, cpu] = [performance.now(), process.cpuUsage()]
    await store.ledger.totals({ by: 'key' })
    const used = process.cpuUsage(cpu)
    say('folded', (rows * 1000) / (performance.now() - began), 'rows/s')
    say('CPU a row', (used.user + used.system) / rows, 'µs')
  })
  say('projections', existsSync(projections) ? statSync(projections).size / rows : 0, 'bytes a row')

  await using(async ({ ledger }) => {
    const month: UsageQuery = { by: ['hour', 'model', 'key'], since: START, until: START + MONTH_MS }
    say('groups of the month', (await ledger.totals(month)).length, '')
    await median('month by hour, model and key', () => ledger.totals(month))
    await median('month by day and model', () => ledger.totals({ ...month, by: ['day', 'model'] }))
    await median('month by model, of one key', () => ledger.totals({ ...month, by: 'model', keyId: keyId(1) }))
    await median('all by key', () => ledger.totals({ by: 'key' }))
    await median('one key, as /v1/key asks', () => ledger.totals({ by: 'key', keyId: keyId(1) }))
    await median('customers of the month', () => ledger.totals({ ...month, by: 'customer' }))
    await median('an unknown id', () => ledger.find('chatcmpl-unknown', keyId(1)))
    await median('the first, by its upstream’s id', () => ledger.find('chatcmpl-1', keyId(1)))
    await median('a page of one key’s requests', () => ledger.requests({ keyId: keyId(1) }, undefined, 100))
    await median('a page of failed ones', () => ledger.requests({ outcome: 'failed' }, undefined, 100))
  })
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true })
}

async function using(work: (store: Store) => Promise<unknown>): Promise<void> {
  const store = await place.open({ durability: 'relaxed', foldWaitMs: Infinity })
  try {
    await work(store)
  } finally {
    await store.close()
  }
}

async function fill({ ledger }: Store): Promise<void> {
  const began = performance.now()
  for (let from = 0; from < rows; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, rows - from) }, (_, index) =>
      ledger.settle(record(from + index)),
    )
    await Promise.all(some)
    // As long as a batch is on its way, so that not all of them wait in memory.
    await ledger.find(record(from).id)
  }
  say('settled', (rows * 1000) / (performance.now() - began), 'rows/s')
}

function keyId(of: number): string {
  return `key_${String(of).padStart(22, '0')}`
}

function record(n: number): UsageRecord {
  const createdAt = START + Math.floor((n / rows) * MONTH_MS)
  const time = createdAt.toString(16).padStart(12, '0')
  const model = `acme/model-${n % MODELS}`
  return {
    id: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}` as RequestId,
    keyId: keyId((n * 7 + (n >> 5)) % KEYS),
    customer: n % 3 === 0 ? undefined : `customer-${n % 1000}`,
    session: n % 2 === 0 ? undefined : `session-${n >> 4}`,
    endpoint: 'chat',
    stream: true,
    createdAt,
    period: '2026-10',
    requestedModel: model,
    model,
    provider: `acme-${n % 2}`,
    upstreamModel: 'model-large-2',
    upstreamId: `chatcmpl-${n}`,
    outcome: n % 97 === 0 ? 'failed' : 'complete',
    finishReason: 'stop',
    usage: { inputTokens: 1200 + (n % 100), cachedInputTokens: 1000, outputTokens: 340, reasoningTokens: 100 },
    price: PRICE,
    charge: (698_000_000n + BigInt(n)) as PicoUsd,
    attempts: [
      {
        provider: `acme-${n % 2}`,
        upstreamModel: 'model-large-2',
        model,
        startedMs: 0.25,
        durationMs: 812.5,
        firstOutputMs: 130.75,
        outcome: 'answered',
        status: 200,
      },
    ],
    durationMs: 813.125 + (n % 3000),
    firstOutputMs: 131 + (n % 200),
  }
}

async function median(what: string, ask: () => Promise<unknown>): Promise<void> {
  const times: number[] = []
  for (let time = 0; time < TIMES; time += 1) {
    const began = performance.now()
    await ask()
    times.push(performance.now() - began)
  }
  say(what, times.toSorted((a, b) => a - b)[TIMES >> 1] ?? 0, 'ms')
}

function say(what: string, figure: number, unit: string): void {
  console.log(`${what.padEnd(44)} ${figure.toFixed(figure < 100 ? 2 : 0).padStart(10)} ${unit}`)
}
