import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startPostgres, type TestPostgres } from '../../test/support/services/postgres.ts'
import type { Contestant } from '../contestants/contestant.ts'
import type { Figures } from '../ledger/figures.ts'
import { startLoad, type Load } from '../load/load.ts'
import { errorsIn } from '../measure/refuse.ts'
import { chooseCores } from '../processes/cores.ts'
import { Stage } from '../stage.ts'
import { newDatabaseOn, type BenchDatabase } from './databases.ts'
import { answersOf, CONNECTIONS, inHaste, REPLICAS, replicaOn } from './gateways.ts'

/** How long replicas are left alone before their statements are counted, and how long they are counted, in ms. */
const SETTLE_MS = 5000
const COUNTED_MS = 20_000
/** How many answers each gives while they are counted. */
const ANSWERS = { warmUp: 10_000, window: 10_000 }
/** What one of several may ask more than one alone, a second. */
const MOST_MORE = 0.5

/** What a database was asked, by its own count. */
const COUNT = `
  SELECT coalesce(sum(calls) FILTER (WHERE query LIKE '%INSERT INTO usage_record%'), 0)::int AS settles,
    coalesce(sum(calls) FILTER (WHERE query NOT LIKE '%INSERT INTO usage_record%'), 0)::int AS others
  FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid
  WHERE datname = current_database() AND query NOT LIKE '%pg_stat_statements%'`

interface Counted {
  readonly idle: number
  readonly busy: number
  readonly settles: number
}

/** How many statements replicas send, as the database counts them: that stays the same, whatever else a machine does. */
export async function measureStatements(
  _: TestPostgres,
  { haste }: { readonly haste: number },
  figures: Figures,
): Promise<void> {
  const postgres = await startPostgres({
    place: tmpdir(),
    settings: ['max_wal_size = 1GB', 'shared_preload_libraries = pg_stat_statements'],
  })
  try {
    const one = await countOf(postgres, 1, haste)
    const three = await countOf(postgres, REPLICAS, haste)
    figures.say('statements of an idle replica on its own, a second', one.idle, '')
    figures.say('  of one of three', three.idle, '', { atMost: one.idle + MOST_MORE })
    figures.say('of a busy replica on its own, beside settles, a second', one.busy, '')
    figures.say('  of one of three', three.busy, '', { atMost: one.busy + MOST_MORE })
    figures.say('settles for each answer, of a replica on its own', one.settles, '')
    figures.say('  of one of three', three.settles, '')
  } finally {
    await postgres.stop()
  }
}

async function countOf(postgres: TestPostgres, replicas: number, haste: number): Promise<Counted> {
  const database = await newDatabaseOn(postgres)
  await database.read('CREATE EXTENSION pg_stat_statements')
  const stage = await Stage.open({ ...chooseCores(), server: undefined })
  const folder = await mkdtemp(join(tmpdir(), 'speka-bench-loads-'))
  const loads: Load[] = []
  try {
    const entrant = replicaOn(database)
    const gateways: Contestant[] = []
    for (let count = 0; count < replicas; count += 1) {
      loads.push(await startLoad(stage.cores.load, folder))
      gateways.push(await stage.enter(entrant))
    }
    await wait(SETTLE_MS)
    const idle = await counted(database, () => wait(COUNTED_MS))
    let answers = 0
    const busy = await counted(database, async () => {
      const asked = gateways.map((gateway, index) =>
        answersOf(stage, loads[index] ?? stage.load, gateway, {
          ...inHaste(ANSWERS, haste),
          connections: CONNECTIONS,
        }),
      )
      const results = await Promise.all(asked)
      const wrong = results.flatMap(errorsIn)
      if (wrong.length > 0) throw new Error(wrong.join('; '))
      const [row] = await database.read('SELECT sum(last_n)::int AS rows FROM speka.owner')
      answers = Number(row?.['rows'])
    })
    return {
      idle: idle.others / idle.seconds / replicas,
      busy: busy.others / busy.seconds / replicas,
      settles: busy.settles / answers,
    }
  } finally {
    await Promise.all(loads.map((load) => load.process.stop()))
    await stage.close()
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function counted(
  { read }: BenchDatabase,
  work: () => Promise<void>,
): Promise<{ readonly others: number; readonly settles: number; readonly seconds: number }> {
  await read('SELECT pg_stat_statements_reset()')
  const began = performance.now()
  await work()
  const seconds = (performance.now() - began) / 1000
  const [row] = await read(COUNT)
  return { others: Number(row?.['others']), settles: Number(row?.['settles']), seconds }
}
