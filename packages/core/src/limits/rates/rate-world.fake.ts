import type { Random } from '../../clock.ts'
import type { RateKind } from '../limit.ts'
import { RateAuthority, type RateAnswer, type RateReturn, type RateWant } from './rate-authority.ts'
import { RateCounts, type CountedEntry } from './rate-counts.ts'
import { BEYOND_MS, rateCounting } from './rate-kinds.ts'
import { rate } from './rates.fake.ts'
import { SharedRates } from './shared-rates.ts'

export interface RatePlan {
  readonly random: Random
  readonly kind: RateKind
  readonly amount: number
  readonly owners: number
  /** How many times the rate arrives. */
  readonly load: number
  readonly until: number
  /** `slow`: messages are. `all`: they are lost and come twice too, processes are killed, and the machine is started again. */
  readonly troubles?: 'slow' | 'all'
}

export interface RateRun {
  /** When what was admitted. */
  readonly admitted: readonly (readonly [at: number, amount: number])[]
  /** How many an ideal limiter without any delay admits of the same arrivals. */
  readonly ideal: number
  /** Nobody could tell. */
  readonly unknown: number
}

/** Lets requests arrive at the owners of one rate, each with a clock of its own. */
export async function runRates(plan: RatePlan): Promise<RateRun> {
  const { kind, amount, until, random } = plan
  const troubled = plan.troubles === 'all'
  const { spanMs } = rateCounting[kind]
  const size = kind === 'tpm' ? Math.max(1, amount / 100) : 1
  const timeline = new Timeline()
  const admitted: [number, number][] = []
  const ideal: number[] = []
  let unknown = 0

  let written: CountedEntry[] = []
  let noted: CountedEntry[] = []
  const journal = {
    write(entry: CountedEntry) {
      written.push(...noted, entry)
      noted = []
    },
    note: (entry: CountedEntry) => void noted.push(entry),
  }
  let fullUntil = -Infinity
  const begin = (): RateAuthority => {
    const counts = new RateCounts({ beyondMs: BEYOND_MS, fullUntil })
    for (const entry of written) counts.restore(entry)
    return new RateAuthority({ counts, now: () => timeline.now, journal })
  }
  let authority = begin()

  const send = (arrive: () => void, mayRepeat: boolean): void => {
    if (troubled && random() < 0.05) return
    const slow = plan.troubles !== undefined && random() < 0.1
    timeline.after(slow ? 50 + random() * 650 : 0.1 + random() * 4, arrive)
    if (troubled && mayRepeat && random() < 0.1) timeline.after(random() * 900, arrive)
  }

  let lives = 0
  const ownerOf = (): { life: number; rates: SharedRates } => {
    const life = (lives += 1)
    const speed = 0.995 + random() / 100
    const isAlive = (): boolean => owners.some((owner) => owner.life === life)
    const line = {
      ask: (wants: readonly RateWant[]) =>
        new Promise<RateAnswer[]>((resolve) => {
          send(() => {
            const answers = authority.answer(life, wants)
            send(() => resolve(answers), false)
          }, troubled)
        }),
      tell: (returned: readonly RateReturn[]) =>
        send(
          () => authority.hear(life, returned),
          returned.every(({ said }) => said === 'used'),
        ),
    }
    const clock = {
      monotonic: () => timeline.now * speed,
      after(ms: number, run: () => void) {
        let cancelled = false
        timeline.after(ms / speed, () => {
          if (!cancelled && isAlive()) run()
        })
        return () => {
          cancelled = true
        }
      },
    }
    return { life, rates: new SharedRates({ line, clock }) }
  }
  const owners: { life: number; rates: SharedRates }[] = []
  for (let one = 0; one < plan.owners; one += 1) owners.push(ownerOf())

  const restart = (place: number): void => {
    const { life } = owners[place] ?? { life: 0 }
    authority.forget(life)
    owners[place] = ownerOf()
  }
  const trouble = (): void => {
    const what = random()
    if (what < 0.5) restart(Math.floor(random() * plan.owners))
    else if (what < 0.85) {
      noted = []
      authority = begin()
    } else {
      for (let place = 0; place < plan.owners; place += 1) restart(place)
      noted = []
      // What was not synced is gone with the power.
      written = kind === 'rpd' ? written : []
      fullUntil = timeline.now + 60_000
      authority = begin()
    }
    timeline.after(5000 + random() * 35_000, trouble)
  }
  if (troubled) timeline.after(1000 + random() * 19_000, trouble)

  const applied = [rate(kind, amount)]
  const arrive = async (): Promise<void> => {
    timeline.after((-Math.log(1 - random()) * spanMs * size) / (amount * plan.load), () => void arrive())
    if ((ideal.at(-amount / size) ?? -Infinity) + spanMs <= timeline.now) ideal.push(timeline.now)
    const owner = owners[Math.floor(random() * plan.owners)]
    if (owner === undefined) return
    const taken = owner.rates.take(applied, size)
    try {
      const outcome = taken instanceof Promise ? await taken : taken
      // One that was killed meanwhile admits nothing.
      if ('done' in outcome && owners.includes(owner)) admitted.push([timeline.now, size])
    } catch {
      unknown += 1
    }
  }
  timeline.after(0, () => void arrive())
  await timeline.runTo(until)
  return { admitted, ideal: ideal.length, unknown }
}

interface Moment {
  readonly at: number
  readonly act: () => void
}

/** Goes from one moment to the next, and lets promises settle between two. */
class Timeline {
  now = 0
  /** The latest first. */
  readonly #moments: Moment[] = []

  after(ms: number, act: () => void): void {
    const at = this.now + Math.max(0, ms)
    let place = this.#moments.length
    while (place > 0 && (this.#moments[place - 1]?.at ?? 0) <= at) place -= 1
    this.#moments.splice(place, 0, { at, act })
  }

  async runTo(until: number): Promise<void> {
    for (let next = this.#moments.pop(); next !== undefined && next.at <= until; next = this.#moments.pop()) {
      this.now = next.at
      next.act()
      for (let turn = 0; turn < TURNS; turn += 1) await undefined
    }
  }
}

/** As many as any chain of promises here has. */
const TURNS = 6
