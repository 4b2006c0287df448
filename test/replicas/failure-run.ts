import { setTimeout as wait } from 'node:timers/promises'
import { openBudgets, type Budgets } from '../crash/budgets.ts'
import { seenNothing, startClients, type Seen } from '../crash/clients.ts'
import { MOST_ANSWERS, startCountingUpstream, type CountingUpstream } from '../crash/counting-upstream.ts'
import { reconcile, type Reconciled } from '../crash/reconcile.ts'
import { eventually } from '../support/eventually.ts'
import { randomFrom } from '../support/random-from.ts'
import { faults, type FaultName, type Lasting } from './faults.ts'
import { rowsOf } from './look-at-ledger.ts'
import { startReplicas, type Replicas } from './replicas.ts'

export interface FailureOptions {
  /** What happens, one after the other. */
  readonly faults: readonly FaultName[]
  /** With which of them it begins, counted from 1: a run that was broken off goes on there, on replicas of its own. @default 1 */
  readonly from?: number | undefined
  /** After so long no further one begins, in ms. @default never */
  readonly mostMs?: number | undefined
  readonly lasting: Lasting
  /** How many answers are complete before each of them. */
  readonly answers: number
  readonly seed: number
  /** Told how far it is. */
  readonly say: (text: string) => void
}

/** More than come while one thing happens. */
const SPARE_ANSWERS = 30_000

/** What has come of it. */
export interface Failed extends Reconciled, Omit<Seen, 'answers'> {
  readonly complete: number
  readonly rows: number
  /** How many of what was to happen did, of those that it began with. */
  readonly befallen: number
  /** What `speka ledger verify`, the sums and the budgets had to say. */
  readonly troubles: readonly string[]
}

/** Breaks what three replicas stand on while they answer, again and again, and holds the books to each other each time all is there again. */
export async function runFailures(options: FailureOptions): Promise<Failed> {
  const { say, from = 1, mostMs = Infinity } = options
  const random = randomFrom(options.seed)
  const until = performance.now() + mostMs
  const seen = seenNothing()
  const troubles: string[] = []
  const upstream = await startCountingUpstream(() => {})
  let replicas: Replicas | undefined
  try {
    replicas = await startReplicas(configOf(upstream.baseURL))
    const running = replicas
    const budgets = await openBudgets({
      baseURL: () => running.baseURL(),
      speka: (command) => running.speka(command),
      rows: () => rowsOf(running, { withLate: false }),
    })
    let looked: Looked = { books: reconcile([], upstream.said, []), rows: 0 }
    let befallen = 0
    for (const [index, name] of options.faults.entries()) {
      const victim = running.all[Math.floor(random() * running.all.length)]
      const pause = random() * 300
      if (victim === undefined) throw new Error('There is no replica.')
      if (index + 1 < from) continue
      const began = performance.now()
      if (began >= until || upstream.said.size >= MOST_ANSWERS - SPARE_ANSWERS) {
        say(`the time is up, or answers are no longer told apart: --from ${index + 1} goes on with what is left`)
        break
      }
      const found: string[] = []
      await budgets.raise()
      await running.inForce()
      const load = startLoad(running, budgets, seen)
      try {
        await comeIn(seen, options.answers, 'enough is answered')
        await wait(pause)
        await faults[name](running, victim, options.lasting)
        await comeIn(seen, options.answers, 'answers come again')
      } catch (error) {
        // What has happened before counts all the same, and what is amiss with the books shows what this has led to.
        found.push(error instanceof Error ? error.message : String(error))
      } finally {
        await load.stop()
      }
      befallen += 1
      upstream.forget()
      found.push(...(await endedByThemselves(running)))
      looked = await lookAround(running, seen, upstream)
      found.push(...(await budgets.lookAround(seen)), ...(await verdictOf(running)))
      troubles.push(...found.map((trouble) => `${index + 1}, ${name}: ${trouble}`))
      const { lost, doubled, wrong, gaps } = looked.books
      const amiss = lost.length + doubled.length + wrong.length + gaps.length + troubles.length
      const seconds = Math.round((performance.now() - began) / 1000)
      say(
        `${index + 1} of ${options.faults.length}, ${name}: ${seconds} s, ${seen.answers.length} answers, ${amiss} amiss`,
      )
      for (const trouble of found) say(`  ${trouble}`)
    }
    looked = await lookAround(running, seen, upstream)
    const { answers, ...counts } = seen
    return { ...looked.books, ...counts, complete: answers.length, rows: looked.rows, troubles, befallen }
  } finally {
    await replicas?.close()
    await upstream.close()
  }
}

const configOf = (baseURL: string): object => ({
  providers: { counting: { type: 'openai-compatible', base_url: baseURL, api_key: 'k' } },
  models: { 'counting/*': { targets: [{ provider: 'counting' }], price: { input: '1', output: '2' } } },
  // A replica that is stopped must not make its upstream look bad.
  routing: { max_attempts: 1 },
})

function startLoad({ all }: Replicas, { keys }: Budgets, seen: Seen): { stop(): Promise<void> } {
  const clients = all.map(({ gateway }) => startClients(gateway, keys, seen, () => {}))
  return {
    async stop() {
      await Promise.all(clients.map((some) => some.stop()))
    },
  }
}

function comeIn({ answers }: Seen, count: number, what: string): Promise<void> {
  const before = answers.length
  return eventually(() => answers.length >= before + count, what)
}

/** Replicas that are gone though nobody killed them. They are started again. */
async function endedByThemselves({ all }: Replicas): Promise<string[]> {
  const troubles: string[] = []
  for (const { gateway } of all) {
    const isThere = await fetch(`${gateway.origin}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isThere) continue
    troubles.push(`a replica has ended by itself: ${gateway.logs().slice(-4000)}`)
    await gateway.restart()
  }
  return troubles
}

interface Looked {
  readonly books: Reconciled
  readonly rows: number
}

/** Holds the books to each other; what a replica kept for itself while the database was away is there a little later. */
async function lookAround(replicas: Replicas, seen: Seen, upstream: CountingUpstream): Promise<Looked> {
  const look = async (): Promise<Looked> => {
    const rows = await rowsOf(replicas)
    return { books: reconcile(seen.answers, upstream.said, rows), rows: rows.length }
  }
  let looked = await look()
  const nothingLost = async (): Promise<boolean> => {
    looked = await look()
    return looked.books.lost.length === 0
  }
  await eventually(nothingLost, 'all is in the ledger').catch(() => {})
  return looked
}

/** What the gateway's own look at its ledger says. */
async function verdictOf(replicas: Replicas): Promise<string[]> {
  const troubles: string[] = []
  const verdict = await replicas.run('ledger verify')
  if (verdict.code !== 0) troubles.push(`verify ends with ${verdict.code}: ${verdict.error} ${verdict.out}`)
  const { out } = await replicas.run('usage --by account --json')
  const rows = await rowsOf(replicas)
  const [sum] = JSON.parse(out) as { requests: number; cost_usd: string }[]
  if (sum?.requests !== rows.length) troubles.push(`${sum?.requests} requests are added up, ${rows.length} rows there`)
  const charged = rows.reduce((total, { charge }) => total + BigInt(charge ?? 0), 0n)
  if (picoOf(sum?.cost_usd) !== charged)
    troubles.push(`${sum?.cost_usd} is added up, the rows say ${charged} pico-dollars`)
  return troubles
}

function picoOf(usd = ''): bigint {
  const [whole = '', rest = ''] = usd.split('.')
  return BigInt(`${whole}${rest.padEnd(12, '0')}`)
}
