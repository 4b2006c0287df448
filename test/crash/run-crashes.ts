import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { randomFrom } from '../support/random-from.ts'
import { runSpeka } from '../support/run-speka.ts'
import { spawnGateway, type Gateway } from '../support/spawn-gateway.ts'
import { openBudgets, type BudgetedPlace, type Budgets } from './budgets.ts'
import { seenNothing, startClients } from './clients.ts'
import { startCountingUpstream, upstreamPoints } from './counting-upstream.ts'
import { aMoment, kill, settlersOf, type Victim } from './kill.ts'
import { lookAtLedger, type LedgerRow } from './look-at-ledger.ts'
import { reconcile, type Reconciled } from './reconcile.ts'

export interface CrashOptions {
  readonly kills: number
  /** How many answers are to be complete at least, over all kills. */
  readonly answers: number
  readonly workers: number
  readonly durability: 'strict' | 'relaxed'
  /** Whether keys have budgets. */
  readonly budgets: boolean
  readonly seed: number
  /** Told how far it is. */
  readonly say: (text: string) => void
}

/** The moments at which somebody is killed, in turn. At random: whatever is under way then. */
const points = ['at random', ...upstreamPoints, 'seen', 'refused'] as const

export type Point = (typeof points)[number]

/** What has come of it. */
export interface Crashed extends Reconciled {
  readonly kills: Readonly<Record<Victim, number>>
  readonly at: Readonly<Record<Point, number>>
  readonly complete: number
  readonly broken: number
  readonly refused: number
  readonly unknown: number
  readonly unheard: number
  readonly rows: number
  /** What `speka ledger verify`, the owners and the sums had to say after a restart. */
  readonly troubles: readonly string[]
}

/** Kills a gateway under load, again and again, and holds the books to each other each time it is there again. */
export async function runCrashes(options: CrashOptions): Promise<Crashed> {
  const random = randomFrom(options.seed)
  const seen = seenNothing()
  const kills = { worker: 0, supervisor: 0, whole: 0 }
  const at = Object.fromEntries(points.map((point) => [point, 0])) as Record<Point, number>
  const troubles: string[] = []
  let waited: { readonly point: Point; readonly reached: () => void } | undefined
  const tell = (point: Point): void => {
    if (waited?.point === point) waited.reached()
  }
  const upstream = await startCountingUpstream(tell)
  let gateway: Gateway | undefined
  try {
    gateway = await spawnGateway(configOf(upstream.baseURL, options), {
      unwatched: true,
      args: ['--workers', String(options.workers)],
      env: { SPEKA_LOG_LEVEL: 'fatal' },
    })
    const { data } = gateway
    const budgets: Budgets | undefined = options.budgets ? await openBudgets(placeOf(gateway)) : undefined
    let books = reconcile([], upstream.said, [])
    let rows = 0
    for (let count = 1; count <= options.kills; count += 1) {
      const running = gateway
      await eventually(() => settlersOf(running, options.workers).length === options.workers, 'all processes run')
      const victim = victimOf(options.workers, random())
      const enough = Math.ceil((options.answers * count) / options.kills)
      const point = pointOf(count, options)
      await budgets?.raise()
      const clients = startClients(gateway, budgets?.keys ?? [gateway.key], seen, tell)
      await eventually(() => seen.answers.length >= enough, 'enough is answered')
      await wait(random() * 300)
      const reached = new Promise<void>((resolve) => (waited = { point, reached: resolve }))
      if (point !== 'at random') await Promise.race([reached, wait(LONGEST_MS)])
      waited = undefined
      // With a worker gone, others go on answering.
      await kill[victim](gateway, () => (victim === 'worker' ? aMoment() : clients.stop()))
      await clients.stop()
      kills[victim] += 1
      at[point] += 1
      upstream.forget()
      const found = [...((await budgets?.lookAround(seen)) ?? []), ...(await lookAround(gateway, options))]
      troubles.push(...found.map((trouble) => `kill ${count} (${victim}, ${point}): ${trouble}`))
      const ledger = lookAtLedger(data)
      rows = ledger.rows.length
      books = reconcile(seen.answers, upstream.said, ledger.rows)
      const amiss = books.lost.length + books.doubled.length + books.wrong.length + books.gaps.length + troubles.length
      options.say(`kill ${count} of ${options.kills} (${victim}): ${seen.answers.length} answers, ${amiss} amiss`)
    }
    await gateway.stop()
    const verdict = await runSpeka('ledger verify', { SPEKA_DATA_DIR: data })
    if (verdict.code !== 0) troubles.push(`stopped, verify ends with ${verdict.code}: ${verdict.error}`)
    const { answers, ...counts } = seen
    return { ...books, ...counts, kills, at, complete: answers.length, rows, troubles }
  } finally {
    await gateway?.close()
    await upstream.close()
  }
}

const placeOf = (gateway: Gateway): BudgetedPlace => ({
  baseURL: () => gateway.baseURL,
  async speka(command) {
    const { code, out, error } = await runSpeka(command, { SPEKA_DATA_DIR: gateway.data })
    if (code !== 0) throw new Error(`speka ${command} ends with ${code}: ${error}`)
    return out
  },
  rows: async () => lookAtLedger(gateway.data).rows,
})

const configOf = (baseURL: string, { durability }: CrashOptions): object => ({
  providers: { counting: { type: 'openai-compatible', base_url: baseURL, api_key: 'k' } },
  models: { 'counting/*': { targets: [{ provider: 'counting' }], price: { input: '1', output: '2' } } },
  ledger: { durability },
})

/** For so long a moment is waited for. */
const LONGEST_MS = 5000

function pointOf(count: number, { budgets }: CrashOptions): Point {
  const some = budgets ? points : points.filter((point) => point !== 'refused')
  return some[count % some.length] ?? 'at random'
}

function victimOf(workers: number, chance: number): Victim {
  if (workers === 1) return 'whole'
  return chance < 0.5 ? 'worker' : chance < 0.75 ? 'supervisor' : 'whole'
}

/** What the gateway says of itself once it is there again. */
async function lookAround(gateway: Gateway, { workers }: CrashOptions): Promise<string[]> {
  const troubles: string[] = []
  const alive = (): number[] =>
    lookAtLedger(gateway.data)
      .owners.filter(({ state }) => state === 'alive')
      .map(({ pid }) => pid)
  await eventually(
    () => alive().every((pid) => settlersOf(gateway, workers).includes(pid)),
    'owners whose process was killed are found ended',
  ).catch((error: unknown) => troubles.push(String(error)))
  const env = { SPEKA_DATA_DIR: gateway.data }
  const verdict = await runSpeka('ledger verify', env)
  if (verdict.code !== 0) troubles.push(`verify ends with ${verdict.code}: ${verdict.error}`)
  const { out } = await runSpeka('usage --by account --json', env)
  const [sum] = JSON.parse(out) as { requests: number; cost_usd: string }[]
  const { rows } = lookAtLedger(gateway.data)
  if (sum?.requests !== rows.length) troubles.push(`${sum?.requests} requests are added up, ${rows.length} rows there`)
  if (picoOf(sum?.cost_usd) !== chargeOf(rows))
    troubles.push(`${sum?.cost_usd} is added up, the rows say ${chargeOf(rows)} pico-dollars`)
  return troubles
}

const chargeOf = (rows: readonly LedgerRow[]): bigint => rows.reduce((sum, row) => sum + BigInt(row.charge ?? 0), 0n)

function picoOf(usd = ''): bigint {
  const [whole = '', rest = ''] = usd.split('.')
  return BigInt(`${whole}${rest.padEnd(12, '0')}`)
}
