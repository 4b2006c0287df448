import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { runSpeka } from '../support/run-speka.ts'
import { spawnGateway, type Gateway } from '../support/spawn-gateway.ts'
import { startHonestUpstream, type HonestUpstream } from './honest-upstream.ts'
import { AROUND, makePrompts, type Prompt } from './prompts.ts'

/** In pico-dollars a token. */
export const PRICE = { input: 200_000n, output: 800_000n } as const

/** What upstreams may add to a prompt by themselves, in tokens: allowed for where there is enough, and where money is short. */
export const HIDDEN_TOKENS = { most: 8192, few: 1024 } as const

/** Another process's change of a limit is known everywhere after so long, in ms. */
const KNOWN_EVERYWHERE_MS = 1500

/** Three processes on one SQLite, an upstream that is honest, and what is needed to look at both. */
export interface LimitedGateway {
  readonly gateway: Gateway
  readonly upstream: HonestUpstream
  readonly prompts: readonly Prompt[]
  /** The processes that settle. */
  workers(): readonly number[]
  /** Resolves when all of them run. */
  whole(): Promise<void>
  /** A command of `speka`, beside the running gateway. @throws Error unless it ends with 0. */
  speka(command: string): Promise<string>
  /** Makes a key; `options` as the command line has them. */
  createKey(name: string, options: string): Promise<{ readonly id: string; readonly key: string }>
  /** Resolves when what was changed by a command is in force in every process. */
  inForce(): Promise<void>
  close(): Promise<void>
}

const WORKERS = 3

export async function startLimitedGateway(workers = WORKERS): Promise<LimitedGateway> {
  const prompts = makePrompts()
  const tokens = new Map(prompts.map((prompt) => [prompt.text, prompt.tokens]))
  const upstream = await startHonestUpstream((text) => tokens.get(text) ?? AROUND)
  const gateway = await spawnGateway(configOf(upstream.baseURL), {
    unwatched: true,
    args: ['--workers', String(workers)],
    env: { SPEKA_LOG_LEVEL: 'fatal' },
  }).catch(async (error: unknown) => {
    await upstream.close()
    throw error
  })
  const running = (): readonly number[] => (workers === 1 ? [gateway.pid()] : childrenOf(gateway.pid()))
  const started: LimitedGateway = {
    gateway,
    upstream,
    prompts,
    workers: running,
    whole: () => eventually(() => running().length === workers, 'all processes run'),
    async speka(command) {
      const { code, out, error } = await runSpeka(command, { SPEKA_DATA_DIR: gateway.data })
      if (code !== 0) throw new Error(`speka ${command} ends with ${code}: ${error}`)
      return out
    },
    async createKey(name, options) {
      const made = await started.speka(`keys create --name ${name} ${options} --json`.replace(/ +/g, ' '))
      return JSON.parse(made) as { id: string; key: string }
    },
    inForce: () => wait(KNOWN_EVERYWHERE_MS),
    async close() {
      await gateway.close().finally(() => upstream.close())
    },
  }
  await started.whole()
  return started
}

const usdOfMillion = (pico: bigint): string => `${Number(pico) / 1_000_000}`

const configOf = (baseURL: string): object => ({
  providers: { honest: { type: 'openai-compatible', base_url: baseURL, api_key: 'k' } },
  models: {
    'honest/*': {
      targets: [{ provider: 'honest' }],
      // Longer than anything that is asked for: one request may be all that a budget has.
      context_window: 10_000_000,
      price: { input: usdOfMillion(PRICE.input), output: usdOfMillion(PRICE.output) },
    },
  },
  // Else a worker that is stopped, and what it left unanswered, would count against the upstream.
  timeouts: { first_token_ms: 60_000, idle_ms: 60_000, total_ms: 120_000 },
  routing: { max_attempts: 1 },
})

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

/** What the ledger has of a key, read by plain SQL. */
export interface Charges {
  readonly sum: bigint
  /** Of each request, by its own id and by the upstream's; `undefined`: without a charge. */
  readonly of: ReadonlyMap<string, bigint | undefined>
}

export function chargesOf({ data }: Gateway, keyId: string): Charges {
  const db = new DatabaseSync(join(data, 'speka.sqlite'), { readOnly: true })
  try {
    const rows = db
      .prepare(`SELECT id, charge_pico AS charge, record ->> 'upstreamId' AS name FROM usage_record WHERE key_id = ?`)
      .all(keyId) as unknown as { id: string; charge: number | null; name: string | null }[]
    const of = new Map<string, bigint | undefined>()
    let sum = 0n
    for (const { id, name, charge } of rows) {
      const amount = charge === null ? undefined : BigInt(charge)
      sum += amount ?? 0n
      of.set(id, amount)
      if (name !== null) of.set(name, amount)
    }
    return { sum, of }
  } finally {
    db.close()
  }
}

/** So many dollars, as the command line takes them. */
export const usd = (pico: bigint): string =>
  `${pico / 10n ** 12n}.${String(pico % 10n ** 12n).padStart(12, '0')}`.replace(/\.?0+$/, '')
