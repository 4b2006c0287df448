import {
  RateAuthority,
  BEYOND_MS,
  RateCounts,
  rateCounting,
  type RateKind,
  type RateWant,
  type RateAnswer,
} from '@speka/core/internal'
import type { CounterTold } from '@speka/core/internal'
import { statement, type Session } from './session.ts'

/** What is counted of one rate, as it is kept in its row. */
export interface RateState {
  readonly kind: RateKind
  readonly rate: number
  /** Times, by the database's clock in ms, and amounts. */
  readonly entries: readonly (readonly [at: number, amount: number])[]
  /** Of `max_parallel`: how many each owner has under way. */
  readonly owners: Readonly<Record<string, number>>
}

const LOCK_ROWS = statement('SELECT place, state FROM rate WHERE place = ANY($1) ORDER BY place FOR UPDATE')
const ADD_ROWS = statement(`
  INSERT INTO rate (place, state, until)
  SELECT place, '\\x'::bytea, now() FROM unnest($1::text[]) AS place ORDER BY place
  ON CONFLICT (place) DO UPDATE SET place = excluded.place RETURNING place, state`)
const WRITE_ROWS = statement(`
  UPDATE rate SET state = convert_to(new.state, 'UTF8'), until = to_timestamp(new.until / 1000)
  FROM unnest($1::text[], $2::text[], $3::float8[]) AS new (place, state, until) WHERE rate.place = new.place`)

const NOTHING = (kind: RateKind, rate: number): RateState => ({ kind, rate, entries: [], owners: {} })

/** The rows of some rates, for the length of a transaction. */
export class RateRows {
  readonly #states = new Map<string, RateState>()

  /** Takes the rows, so that nobody else counts in them meanwhile. */
  static async lock(session: Session, places: readonly string[]): Promise<RateRows> {
    const wanted = [...new Set(places)].toSorted()
    const rows = new RateRows()
    if (wanted.length === 0) return rows
    let found = (await session.run(LOCK_ROWS, [wanted])).rows
    if (found.length < wanted.length) found = (await session.run(ADD_ROWS, [wanted])).rows
    for (const { place, state } of found) {
      const text = Buffer.from(state as Uint8Array).toString()
      if (text !== '') rows.#states.set(String(place), JSON.parse(text) as RateState)
    }
    return rows
  }

  /** @param living whose requests under way count. */
  answer(owner: string, want: RateWant, now: number, living: ReadonlySet<string>): RateAnswer {
    const { kind, place, rate } = want
    const before = this.#states.get(place) ?? NOTHING(kind, rate)
    const counts = new RateCounts({ beyondMs: BEYOND_MS })
    const count = counts.of(kind, place)
    for (const [at, amount] of before.entries) count.count(Math.max(rate, before.rate), at, amount)
    const owners = Object.fromEntries(Object.entries(before.owners).filter(([one]) => living.has(one)))
    for (const amount of Object.values(owners)) count.count(rate, now, amount)
    const [answer] = new RateAuthority({ counts, now: () => now }).answer(0, [want])
    if (answer === undefined) throw new Error('An authority answers each want')
    const slots = answer.packet?.slots ?? 0
    if (kind === 'max_parallel' && slots > 0) owners[owner] = (owners[owner] ?? 0) + slots
    // An authority lets go of counts that are empty, and makes them anew.
    const after = counts.of(kind, place).entries(place, Infinity)
    this.#states.set(place, { kind, rate, entries: after.map(({ at, amount }) => [at, amount]), owners })
    return answer
  }

  tell(owner: string, told: CounterTold, now: number): void {
    const { place } = told
    if (told.kind === 'max_parallel') {
      const before = this.#states.get(place) ?? NOTHING(told.kind, 0)
      const left = 'underWay' in told ? told.underWay : (before.owners[owner] ?? 0) - told.ended
      const { [owner]: _, ...others } = before.owners
      this.#states.set(place, { ...before, owners: left > 0 ? { ...others, [owner]: left } : others })
      return
    }
    this.change(told, told.by > 0 ? now : told.at, told.by, now)
  }

  /** Counts so much more from a moment on, or below zero so much less. */
  change({ kind, place, rate }: Pick<RateWant, 'kind' | 'place' | 'rate'>, at: number, by: number, now: number): void {
    const before = this.#states.get(place) ?? NOTHING(kind, rate)
    const count = new RateCounts({ beyondMs: BEYOND_MS }).of(kind, place)
    for (const [time, amount] of before.entries) count.count(Math.max(rate, before.rate), time, amount)
    if (by > 0) count.count(rate, at, by)
    else count.takeBack(at, -by)
    count.free(rate, now)
    const entries = count.entries(place, Infinity).map((one) => [one.at, one.amount] as const)
    this.#states.set(place, { ...before, entries })
  }

  setUnderWay(owner: string, { kind, place, rate }: Pick<RateWant, 'kind' | 'place' | 'rate'>, amount: number): void {
    const before = this.#states.get(place) ?? NOTHING(kind, rate)
    this.#states.set(place, { ...before, owners: { ...before.owners, [owner]: amount } })
  }

  async write(session: Session): Promise<void> {
    const all = [...this.#states]
    if (all.length === 0) return
    await session.run(WRITE_ROWS, [
      all.map(([place]) => place),
      all.map(([, state]) => JSON.stringify(state)),
      all.map(([, state]) => endOf(state)),
    ])
  }
}

/** From when on nothing of it counts: requests under way count for a day at the most. */
function endOf({ kind, entries, owners }: RateState): number {
  const { spanMs, bucketMs } = rateCounting[kind]
  const last = entries.at(-1)?.[0] ?? 0
  const underWay = Object.keys(owners).length > 0 ? Date.now() + UNDER_WAY_MS : 0
  return Math.max(last + spanMs + bucketMs + BEYOND_MS, underWay)
}

const UNDER_WAY_MS = 86_400_000

export const readState = (state: unknown): RateState | undefined => {
  const text = Buffer.from(state as Uint8Array).toString()
  return text === '' ? undefined : (JSON.parse(text) as RateState)
}
