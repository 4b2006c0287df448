import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { TestPostgres } from '../../test/support/services/postgres.ts'
import { startRedis } from '../../test/support/services/redis.ts'
import type { Contestant, Entrant } from '../contestants/contestant.ts'
import { newKey, speka, spekaWith } from '../contestants/speka.ts'
import type { Figures } from '../ledger/figures.ts'
import type { Answers, WindowResult } from '../load/job.ts'
import { startLoad, type Load } from '../load/load.ts'
import { intervalOfMedian } from '../measure/interval.ts'
import { processUsage } from '../measure/process-usage.ts'
import { errorsIn } from '../measure/refuse.ts'
import { plan } from '../plan.ts'
import { chooseCores } from '../processes/cores.ts'
import { measureRound } from '../side-by-side.ts'
import { Stage } from '../stage.ts'
import { newDatabaseOn, type BenchDatabase } from './databases.ts'

/** CPU of a gateway's whole process on PostgreSQL over that on SQLite, and of three replicas over one. */
const MOST_OVER_SQLITE = 1.15
const MOST_OVER_ONE = 1.15
const MOST_IDLE_MB = 150
const MB = 1e6

export const REPLICAS = 3
/** By how many each replica is asked. */
export const CONNECTIONS = 16
/** So few that a commit of one replica has fewer rows than one of three that wait for the same disk. */
const FEW = 6
/** How many answers each replica gives before it is measured, and while it is: so few that all rounds of all ways take minutes. */
const ANSWERS = { warmUp: 2000, window: 2000 }
/** How long a replica is left alone before its memory is looked at, in ms. */
const IDLE_MS = 10_000

interface Size {
  readonly rounds: number
  readonly haste: number
}

/** Replicas that share a database, a pepper and a key. */
export const replicaOn = ({ url }: BenchDatabase, more: Readonly<Record<string, string>> = {}) => {
  const key = newKey()
  const env = { SPEKA_DATABASE_URL: url, SPEKA_KEY_PEPPER: randomBytes(32).toString('hex'), ...more }
  return spekaWith('speka-replica', 'a replica', { key, env })
}

/** What a request costs on PostgreSQL, over what it costs on SQLite: each gateway started afresh for every round, taking turns. */
export async function measureCpu(postgres: TestPostgres, { rounds, haste }: Size, figures: Figures): Promise<void> {
  const scenarios = plan.filter(({ name }) => name === 'requests-16')
  const database = await newDatabaseOn(postgres)
  const onPostgres = spekaWith('speka-postgres', 'on PostgreSQL', {
    key: newKey(),
    env: { SPEKA_DATABASE_URL: database.url, SPEKA_KEY_PEPPER: randomBytes(32).toString('hex') },
  })
  const stage = await Stage.open(chooseCores())
  const ratios: number[] = []
  const costs: { readonly sqlite: number[]; readonly postgres: number[] } = { sqlite: [], postgres: [] }
  try {
    for (let round = 0; round < rounds; round += 1) {
      const { each } = await measureRound(scenarios, [speka, onPostgres], { stage, round, haste })
      for (const [sqlite = NaN, other = NaN] of each.values()) {
        ratios.push(other / sqlite)
        costs.sqlite.push(sqlite)
        costs.postgres.push(other)
      }
    }
    const [rows] = await database.read('SELECT sum(last_n) / sum(heard) AS each FROM speka.owner WHERE last_n > 0')
    figures.say('rows that PostgreSQL was given at a time', Number(rows?.['each']), 'rows')
  } finally {
    await stage.close()
    await database.drop()
  }
  figures.say('CPU of a request on SQLite', intervalOfMedian(costs.sqlite)?.median ?? NaN, 'µs')
  figures.say('CPU of a request on PostgreSQL', intervalOfMedian(costs.postgres)?.median ?? NaN, 'µs')
  sayRatio('  over that on SQLite', ratios, MOST_OVER_SQLITE, figures)
}

/**
 * What a request costs where three replicas are asked at once, over what it costs where there is one that has as many rows to a commit; and over
 * what it costs where three are asked that have a database each, so that what many processes on few cores cost each other is in both.
 */
export async function measureReplicas(
  postgres: TestPostgres,
  { rounds, haste }: Size,
  figures: Figures,
): Promise<void> {
  const stage = await Stage.open({ ...chooseCores(), server: undefined })
  const folder = await mkdtemp(join(tmpdir(), 'speka-bench-loads-'))
  const loads: Load[] = []
  const overOne: number[] = []
  const overEqual: number[] = []
  const overApart: number[] = []
  const rows: { readonly one: number[]; readonly few: number[]; readonly shared: number[] } = {
    one: [],
    few: [],
    shared: [],
  }
  try {
    for (let count = 0; count < REPLICAS; count += 1) loads.push(await startLoad(stage.cores.load, folder))
    const ways = {
      one: () => costOf(stage, postgres, { loads: loads.slice(0, 1), databases: 1, haste }),
      few: () => costOf(stage, postgres, { loads: loads.slice(0, 1), databases: 1, haste, connections: FEW }),
      shared: () => costOf(stage, postgres, { loads, databases: 1, haste }),
      apart: () => costOf(stage, postgres, { loads, databases: REPLICAS, haste }),
    }
    const order: (keyof typeof ways)[] = ['one', 'shared', 'few', 'apart']
    for (let round = 0; round < rounds; round += 1) {
      const costs = { one: NOTHING, few: NOTHING, shared: NOTHING, apart: NOTHING }
      for (const way of round % 2 === 0 ? order : order.toReversed()) costs[way] = await ways[way]()
      const { one, few, shared, apart } = costs
      overOne.push(shared.cpu / one.cpu)
      overEqual.push(shared.cpu / cpuAt(shared.rows, one, few))
      overApart.push(shared.cpu / apart.cpu)
      for (const way of ['one', 'few', 'shared'] as const) rows[way].push(costs[way].rows)
    }
  } finally {
    await Promise.all(loads.map((load) => load.process.stop()))
    await stage.close()
    await rm(folder, { recursive: true, force: true })
  }
  figures.say('rows to a commit of three replicas', middle(rows.shared), 'rows')
  figures.say('  of one that is asked as much as each', middle(rows.one), 'rows')
  figures.say(`  of one that is asked by ${FEW}`, middle(rows.few), 'rows')
  sayRatio('CPU of a request, three replicas over one of as many rows to a commit', overEqual, MOST_OVER_ONE, figures)
  sayRatio('  over three that share nothing', overApart, MOST_OVER_ONE, figures)
  sayRatio('  over one that is asked as much as each', overOne, undefined, figures)
}

/** CPU µs of a request, and how many rows went with one commit. */
interface Cost {
  readonly cpu: number
  readonly rows: number
}

const middle = (of: readonly number[]): number => intervalOfMedian(of)?.median ?? NaN

const NOTHING: Cost = { cpu: NaN, rows: NaN }

/** What a request costs a gateway at so many rows to a commit, by what it costs at two others: a commit costs the same, however many share it. */
function cpuAt(rows: number, one: Cost, other: Cost): number {
  const share = (1 / rows - 1 / one.rows) / (1 / other.rows - 1 / one.rows)
  // Between the two it is measured; beyond them it would be guessed.
  return one.cpu + Math.min(1, Math.max(0, share)) * (other.cpu - one.cpu)
}

interface Asked {
  /** Each asks a replica of its own. */
  readonly loads: readonly Load[]
  /** How many the replicas have between them. */
  readonly databases: number
  readonly haste: number
  /** By how many each replica is asked. @default 16 */
  readonly connections?: number | undefined
}

/** What a request costs as many replicas as there are loads. */
async function costOf(
  stage: Stage,
  postgres: TestPostgres,
  { loads, databases, haste, connections = CONNECTIONS }: Asked,
): Promise<Cost> {
  const made: BenchDatabase[] = []
  const replicas: Contestant[] = []
  try {
    for (let count = 0; count < databases; count += 1) made.push(await newDatabaseOn(postgres))
    const entrants = made.map((database) => replicaOn(database))
    const enter = async (index: number): Promise<void> => {
      const entrant = entrants[index % entrants.length]
      if (entrant !== undefined) replicas.push(await stage.enter(entrant))
    }
    // At once, as they are upgraded: one of them makes the tables.
    await Promise.all(loads.map((_, index) => enter(index)))
    const results = await Promise.all(
      replicas.map((replica, index) =>
        answersOf(stage, loads[index] ?? stage.load, replica, { ...inHaste(ANSWERS, haste), connections }),
      ),
    )
    const wrong = results.flatMap(errorsIn)
    if (wrong.length > 0) throw new Error(wrong.join('; '))
    const used = results.reduce((sum, { cpu }) => sum + (cpu.server ?? NaN), 0)
    const count = results.reduce((sum, result) => sum + result.count, 0)
    const owners = (await Promise.all(made.map(({ read }) => read(ROWS_TO_A_COMMIT)))).flat()
    const kept = owners.reduce((sum, { rows }) => sum + Number(rows), 0)
    return {
      cpu: (used * 1e6) / count,
      rows: kept / owners.reduce((sum, { commits }) => sum + Number(commits), 0),
    }
  } finally {
    await Promise.all(replicas.map((replica) => stage.leave(replica)))
    for (const database of made) await database.drop()
  }
}

/** Whoever is busy is heard by its commits alone. */
const ROWS_TO_A_COMMIT = 'SELECT last_n AS rows, heard AS commits FROM speka.owner WHERE last_n > 0'

export const inHaste = ({ warmUp, window }: Answers, haste: number): Answers => ({
  warmUp: Math.ceil(warmUp / haste),
  window: Math.ceil(window / haste),
})

export const answersOf = (
  stage: Stage,
  load: Load,
  replica: Contestant,
  { connections, ...answers }: Answers & { readonly connections: number },
): Promise<WindowResult> =>
  load.run({
    kind: 'saturate',
    endpoint: replica.endpoint,
    ask: { model: 'mock-small', stream: false, prompt: { kind: 'prose', bytes: 1000 } },
    connections,
    warmUpMs: 0,
    windowMs: 0,
    answers,
    watched: stage.watched(replica),
  })

/** What a gateway that nobody asks keeps in memory: one of several, with a Redis beside the database, and one on its own. */
export async function measureMemory(postgres: TestPostgres, _: Size, figures: Figures): Promise<void> {
  const database = await newDatabaseOn(postgres)
  const redis = await startRedis()
  try {
    const replica = replicaOn(database, { SPEKA_REDIS_URL: redis.url })
    figures.say('memory of an idle replica', await idleMemory(replica), 'MB', { atMost: MOST_IDLE_MB })
    figures.say('  of an idle gateway on SQLite', await idleMemory(speka), 'MB', { atMost: MOST_IDLE_MB })
  } finally {
    await redis.stop()
    await database.drop()
  }
}

async function idleMemory(entrant: Entrant): Promise<number> {
  const stage = await Stage.open(chooseCores())
  try {
    const gateway = await stage.enter(entrant)
    await wait(IDLE_MS)
    return (processUsage(gateway.process.pid)?.rssBytes ?? NaN) / MB
  } finally {
    await stage.close()
  }
}

function sayRatio(what: string, ratios: readonly number[], most: number | undefined, figures: Figures): void {
  const { median = NaN, low = NaN, high = NaN } = intervalOfMedian(ratios) ?? {}
  figures.say(
    `${what}, from ${low.toFixed(2)} to ${high.toFixed(2)}`,
    median,
    '',
    most === undefined ? undefined : { atMost: most },
  )
}
