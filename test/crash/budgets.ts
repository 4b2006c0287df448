import { eventually } from '../support/eventually.ts'
import { standingsOf } from '../limits/standing.ts'
import { ask, type Seen } from './clients.ts'
import type { LedgerRow } from './look-at-ledger.ts'

/** Where budgets are: a gateway, and the rows that it writes. */
export interface BudgetedPlace {
  /** Where the next request goes: what the SDKs call the base URL. */
  baseURL(): string
  /** A command of `speka`, beside the running gateway. @throws Error unless it ends with 0. */
  speka(command: string): Promise<string>
  /** The rows of the ledger, read by plain SQL. */
  rows(): Promise<readonly LedgerRow[]>
}

/** A key with a budget. */
export interface BudgetedKey {
  readonly id: string
  readonly key: string
}

/** More than any run spends. */
const WIDE_USD = '100000'
/** What a budget has left after it was raised, in pico-dollars: some ten requests hold that much, and so they spend it to the end. */
const STEP = 250_000_000_000n

/** In pico-dollars a token. */
const PRICE = { input: 1_000_000n, output: 2_000_000n } as const
/** More tokens than the question that asks for all that is left can hold: its body, and what upstreams add to it. */
const MOST_INPUT = 17_000n

/** Two keys with a budget each, one of which is never spent, so that there are always answers, and one of both together. */
export interface Budgets {
  readonly keys: readonly string[]
  /** Gives the narrow one a little more than is spent. */
  raise(): Promise<void>
  /** What is amiss at rest: sums, holds, and money that nobody can have. */
  lookAround(seen: Seen): Promise<readonly string[]>
}

export async function openBudgets(place: BudgetedPlace): Promise<Budgets> {
  const { speka } = place
  const make = async (name: string, cap: string): Promise<BudgetedKey> =>
    JSON.parse(await speka(`keys create --name ${name} --limit-usd ${cap} --reset never --json`)) as BudgetedKey
  const [wide, narrow] = [await make('wide', WIDE_USD), await make('narrow', usd(STEP))]
  await speka(`limits set --usd ${WIDE_USD} --reset monthly`)
  let cap = STEP

  return {
    keys: [wide.key, narrow.key],
    async raise() {
      cap = (await chargedTo(place, narrow)) + STEP
      await speka(`limits set --key ${narrow.id} --usd ${usd(cap)} --reset never`)
    },
    async lookAround(seen) {
      const troubles: string[] = []
      for (const each of [wide, narrow]) troubles.push(...(await standsRight(place, each)))
      const left = cap - (await chargedTo(place, narrow))
      if (left < 0n) troubles.push(`the narrow budget is exceeded by ${-left} pico-dollars`)
      const most = (left - MOST_INPUT * PRICE.input) / PRICE.output
      if (most < 1n) return troubles
      const all = await ask({ baseURL: place.baseURL(), key: narrow.key }, false, () => {}, Number(most))
      if (typeof all === 'string') troubles.push(`all that is left, ${left} pico-dollars, is not to be had: ${all}`)
      else seen.answers.push(all)
      return troubles
    },
  }
}

async function standsRight(place: BudgetedPlace, each: BudgetedKey): Promise<readonly string[]> {
  const standing = async () => (await standingsOf(place.baseURL(), each.key)).at(-1)
  const nothingHeld = async (): Promise<boolean> => (await standing())?.held === 0n
  await eventually(nothingHeld, 'nothing is held at rest').catch(() => {})
  const { spent, held } = (await standing()) ?? {}
  const charged = await chargedTo(place, each)
  return [
    ...(held === 0n ? [] : [`${held} is held at rest`]),
    ...(spent === charged ? [] : [`/v1/key says that ${spent} is spent, the rows ${charged} pico-dollars`]),
  ]
}

async function chargedTo(place: BudgetedPlace, { id }: BudgetedKey): Promise<bigint> {
  const own = (await place.rows()).filter(({ key }) => key === id)
  return own.reduce((sum, { charge }) => sum + BigInt(charge ?? 0), 0n)
}

const usd = (pico: bigint): string => `${pico / 10n ** 12n}.${String(pico % 10n ** 12n).padStart(12, '0')}`
