import { setTimeout as wait } from 'node:timers/promises'
import { openBudgets, type Budgets } from '../crash/budgets.ts'
import { seenNothing, startClients, type Seen } from '../crash/clients.ts'
import { startCountingUpstream, type CountingUpstream } from '../crash/counting-upstream.ts'
import { reconcile, type Reconciled } from '../crash/reconcile.ts'
import { eventually } from '../support/eventually.ts'
import { randomFrom } from '../support/random-from.ts'
import { faults, type FaultName, type Lasting } from './faults.ts'
import { rowsOf } from './look-at-ledger.ts'
import { startReplicas, type Replicas } from './replicas.ts'

export interface FailureOptions {
  /** What happens, one after the other. */
  readonly faults: readonly FaultName[]
  readonly lasting: Lasting
  /** How many answers are complete before each of them. */
  readonly answers: number
  readonly seed: number
  /** Told how far it is. */
  readonly say: (text: string) => void
}

/** What has come of it. */
export interface Failed extends Reconciled, Omit<Seen, 'answers'> {
  readonly complete: number
  readonly rows: number
  /** What `speka ledger verify`, the sums and the budgets had to say. */
  readonly troubles: readonly string[]
}

/** Breaks what three replicas stand on while they answer, again and again, and holds the books to each other each time all is there again. */
export async function runFailures(options: FailureOptions): Promise<Failed> {
  const { say } = options
  const random = randomFrom(options.seed)
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
    for (const [count, name] of options.faults.entries()) {
      const victim = running.all[Math.floor(random() * running.all.length)]
      if (victim === undefined) throw new Error('There is no replica.')
      await budgets.raise()
      await running.inForce()
      const stop = startLoad(running, budgets, seen)
      const before = seen.answers.length
      await eventually(() => seen.answers.length >= before + options.answers, 'enough is answered')
      await wait(random() * 300)
      await faults[name](running, victim, options.lasting)
      const after = seen.answers.length
      await eventually(() => seen.answers.length >= after + options.answers, 'answers come again').catch(
        (error: unknown) => troubles.push(`${name}: ${String(error)}`),
      )
      await stop()
      upstream.forget()
      troubles.push(...(await endedByThemselves(running)).map((trouble) => `${count + 1}, ${name}: ${trouble}`))
      looked = await lookAround(running, seen, upstream)
      const found = [...(await budgets.lookAround(seen)), ...(await verdictOf(running))]
      troubles.push(...found.map((trouble) => `${count + 1}, ${name}: ${trouble}`))
      const { lost, doubled, wrong, gaps } = looked.books
      const amiss = lost.length + doubled.length + wrong.length + gaps.length + troubles.length
      say(`${count + 1} of ${options.faults.length}, ${name}: ${seen.answers.length} answers, ${amiss} amiss`)
      for (const trouble of found) say(`  ${trouble}`)
    }
    looked = await lookAround(running, seen, upstream)
    const { answers, ...counts } = seen
    return { ...looked.books, ...counts, complete: answers.length, rows: looked.rows, troubles }
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

function startLoad({ all }: Replicas, { keys }: Budgets, seen: Seen): () => Promise<void> {
  const clients = all.map(({ gateway }) => startClients(gateway, keys, seen, () => {}))
  return async () => {
    await Promise.all(clients.map((some) => some.stop()))
  }
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
