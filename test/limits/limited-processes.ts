import type { HonestUpstream } from './honest-upstream.ts'
import type { Prompt } from './prompts.ts'

/** In pico-dollars a token. */
export const PRICE = { input: 200_000n, output: 800_000n } as const

/** What upstreams may add to a prompt by themselves, in tokens: allowed for where there is enough, and where money is short. */
export const HIDDEN_TOKENS = { most: 8192, few: 1024 } as const

/** Processes that share limits, an upstream that is honest, and what is needed to look at both. */
export interface LimitedProcesses {
  readonly upstream: HonestUpstream
  readonly prompts: readonly Prompt[]
  /** Where the next request goes: what the SDKs call the base URL. */
  baseURL(): string
  /** Resolves when all processes run. */
  whole(): Promise<void>
  /** A command of `speka`, beside the running gateway. @throws Error unless it ends with 0. */
  speka(command: string): Promise<string>
  /** Makes a key; `options` as the command line has them. */
  createKey(name: string, options: string): Promise<{ readonly id: string; readonly key: string }>
  /** Resolves when what was changed by a command is in force in every process. */
  inForce(): Promise<void>
  /** What the ledger charged to a key, read by plain SQL. */
  charges(keyId: string): Promise<Charges>
  close(): Promise<void>
}

/** What the ledger has of a key. */
export interface Charges {
  readonly sum: bigint
  /** Of each request, by its own id and by the upstream's; `undefined`: without a charge. */
  readonly of: ReadonlyMap<string, bigint | undefined>
}

/** A row of the ledger, as far as {@link addUp} needs it. */
export interface ChargedRow {
  readonly id: string
  readonly charge: bigint | undefined
  /** The upstream's id of the answer. */
  readonly name: string | undefined
}

export function addUp(rows: readonly ChargedRow[]): Charges {
  const of = new Map<string, bigint | undefined>()
  let sum = 0n
  for (const { id, name, charge } of rows) {
    sum += charge ?? 0n
    of.set(id, charge)
    if (name !== undefined) of.set(name, charge)
  }
  return { sum, of }
}

/** So many dollars, as the command line takes them. */
export const usd = (pico: bigint): string =>
  `${pico / 10n ** 12n}.${String(pico % 10n ** 12n).padStart(12, '0')}`.replace(/\.?0+$/, '')

const usdOfMillion = (pico: bigint): string => `${Number(pico) / 1_000_000}`

/** What a gateway in front of the honest upstream is told. */
export const honestConfig = (baseURL: string): object => ({
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
