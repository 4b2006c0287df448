// `npm run bench -- ledger [--rows N] [--keep FOLDER]`: how long reports and starts take on a large ledger, and how fast its sums are made.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { storeIn } from '../packages/server/src/store/open-store.ts'
import type { Store, UsageQuery } from '../packages/server/src/store/store.ts'
import { measureCustomers } from './ledger/customers.ts'
import { Figures } from './ledger/figures.ts'
import { fillLedger } from './ledger/fill.ts'
import { measureLag } from './ledger/lag.ts'
import { keyId, MONTH_MS, START } from './ledger/record.ts'
import { recompute } from './ledger/recompute.ts'
import { discard, folderOfKeys, timeCommand, timeStart } from './ledger/starts.ts'
import { median } from './measure/statistics.ts'

/** How often a process is started; the median counts. */
const STARTS = 7
const MANY_KEYS = 10_000
const REQUESTS_A_SECOND = 3000
/** What SQLite keeps of its files, and a batch of rows with what is remembered of their texts. */
const MOST_GROWTH_MIB = 384

const { values } = parseArgs({ options: { rows: { type: 'string' }, keep: { type: 'string' } } })
const rows = Number(values.rows ?? 1_000_000)
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'speka-bench-ledger-'))
const place = storeIn(folder)
const figures = new Figures()

try {
  if (!(await place.exists())) await using((store) => fillLedger(store, rows, figures))
  const projections = join(folder, 'projections.sqlite')
  for (const suffix of ['', '-wal', '-shm']) rmSync(projections + suffix, { force: true })

  const opened = performance.now()
  await using(async () =>
    figures.say('opened beside rows that are not added up', performance.now() - opened, 'ms', { atMost: 1000 }),
  )
  figures.say('ready, beside rows that are not added up', await timeStart(folder), 'ms', { atMost: 1000 })
  for (const suffix of ['', '-wal', '-shm']) rmSync(projections + suffix, { force: true })

  await using(async (store) => {
    const [began, cpu] = [performance.now(), process.cpuUsage()]
    await store.ledger.totals({ by: 'key' })
    const used = process.cpuUsage(cpu)
    const rate = (rows * 1000) / (performance.now() - began)
    figures.say('folded', rate, 'rows/s', { atLeast: 100_000 })
    figures.say('CPU a row', (used.user + used.system) / rows, 'µs')
  })
  figures.say('projections', existsSync(projections) ? statSync(projections).size / rows : 0, 'bytes a row')
  await using((store) => ask(store))
  await startProcesses()
  await using(async (store) => {
    const { compared, differ } = await recompute(place.name, store)
    for (const line of differ.slice(0, 10)) console.log(line)
    figures.say('sums compared with those of the rows', compared, '')
    figures.say('sums that differ', differ.length, '', { atMost: 0 })
  })
  const { mostMs, rate } = await measureLag(REQUESTS_A_SECOND, 10)
  figures.say('settled, as a gateway does', rate, 'rows/s', { atLeast: REQUESTS_A_SECOND * 0.95 })
  figures.say('sums behind the rows meanwhile, at most', mostMs, 'ms', { atMost: 1000 })
  const customers = await measureCustomers(rows)
  figures.say('folded, each of another customer', customers.perSecond, 'rows/s')
  figures.say('memory grew meanwhile by', customers.grownMiB, 'MiB', { atMost: MOST_GROWTH_MIB })
  figures.say('sums of customers that are wrong', customers.wrong, '', { atMost: 0 })
} finally {
  if (values.keep === undefined) discard(folder)
}
process.exitCode = figures.missed === 0 ? 0 : 1

async function ask({ ledger }: Store): Promise<void> {
  const month: UsageQuery = { by: ['hour', 'model', 'key'], since: START, until: START + MONTH_MS }
  figures.say('groups of the month', (await ledger.totals(month)).length, '')
  await figures.time('month by hour, model and key', () => ledger.totals(month), { atMost: 10 })
  await figures.time('month by day and model', () => ledger.totals({ ...month, by: ['day', 'model'] }))
  await figures.time('month by model, of one key', () => ledger.totals({ ...month, by: 'model', keyId: keyId(1) }))
  await figures.time('all by key', () => ledger.totals({ by: 'key' }))
  await figures.time('one key, as /v1/key asks', () => ledger.totals({ by: 'key', keyId: keyId(1) }))
  await figures.time('customers of the month', () => ledger.totals({ ...month, by: 'customer' }))
  await figures.time('an unknown id', () => ledger.find('chatcmpl-unknown', keyId(1)), { atMost: 2 })
  await figures.time('the first, by its upstream’s id', () => ledger.find('chatcmpl-1', keyId(1)))
  await figures.time('a page of one key’s requests', () => ledger.requests({ keyId: keyId(1) }, undefined, 100))
  await figures.time('a page of failed ones', () => ledger.requests({ outcome: 'failed' }, undefined, 100))
}

/** What takes a process of its own: the built command line, and the gateway until it is ready. */
async function startProcesses(): Promise<void> {
  const usage = Array.from({ length: STARTS }, () => timeCommand(folder, 'usage', '--by', 'key'))
  figures.say('speka usage --by key, all in', median(usage), 'ms', { atMost: 300 })
  const [empty, full] = [await folderOfKeys(0), await folderOfKeys(MANY_KEYS)]
  const times = { large: [] as number[], empty: [] as number[], full: [] as number[] }
  for (let round = 0; round < STARTS; round += 1) {
    times.large.push(await timeStart(folder))
    times.empty.push(await timeStart(empty))
    times.full.push(await timeStart(full))
  }
  for (const each of [empty, full]) discard(each)
  figures.say('ready', median(times.large), 'ms', { atMost: 1000 })
  figures.say('ready, with nothing there', median(times.empty), 'ms')
  const ratio = median(times.full.map((ms, round) => ms / (times.empty[round] ?? NaN)))
  figures.say(`ready with ${MANY_KEYS} keys, of that`, ratio, 'times', { atMost: 1.2 })
}

async function using(work: (store: Store) => Promise<unknown>): Promise<void> {
  const store = await place.open({ durability: 'relaxed', foldWaitMs: Infinity })
  try {
    await work(store)
  } finally {
    await store.close()
  }
}
