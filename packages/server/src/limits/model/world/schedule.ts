import type { Amount, BudgetId, RequestId } from '../rules/messages.ts'
import { Random } from './random.ts'

export interface RequestPlan {
  readonly id: RequestId
  readonly budgets: readonly BudgetId[]
  readonly hold: Amount
  /** What is wanted beyond the hold when the answer turns out longer; 0 for most. */
  readonly grows: Amount
  /** `undefined` when nothing comes of it. */
  readonly charge: Amount | undefined
  readonly lasts: number
  /** When its caller leaves while it waits for money. */
  readonly patience: number | undefined
}

/** What happens at one moment; `place` is a process by where it runs. */
export type Happening =
  | { readonly what: 'request'; readonly place: number; readonly request: RequestPlan }
  | { readonly what: 'stop'; readonly place: number; readonly for: number }
  | { readonly what: 'cut'; readonly place: number; readonly for: number }
  | { readonly what: 'kill'; readonly place: number; readonly startsAfter: number }
  | { readonly what: 'replace'; readonly place: number }
  | { readonly what: 'store away'; readonly for: number }
  | { readonly what: 'power loss' }
  | { readonly what: 'cap'; readonly budget: BudgetId; readonly cap: Amount }

export interface Network {
  readonly least: number
  readonly most: number
  /** How often a message takes up to `tail` instead. */
  readonly slow: number
  readonly tail: number
  readonly lost: number
  readonly twice: number
}

export interface Schedule {
  readonly seed: number
  /** Whether anything is broken in it. */
  readonly faults: boolean
  readonly places: number
  /** `postgres` has a spool and synced leases, `sqlite` neither. */
  readonly store: 'postgres' | 'sqlite'
  readonly network: Network
  readonly caps: ReadonlyMap<BudgetId, Amount>
  readonly happenings: readonly { readonly at: number; readonly happening: Happening }[]
  readonly until: number
}

export interface Troubles {
  /** Stops, kills, cuts, losses. */
  readonly faults: boolean
  /** Upstreams that exceed the bound they were sent. */
  readonly dishonest: boolean
}

const HORIZON = 20_000

const calm: Network = { least: 1, most: 4, slow: 0, tail: 0, lost: 0, twice: 0 }
const stormy: [Network, ...Network[]] = [
  { least: 1, most: 8, slow: 0.05, tail: 200, lost: 0.02, twice: 0.05 },
  { least: 1, most: 60, slow: 0.1, tail: 900, lost: 0.1, twice: 0.1 },
  { least: 1, most: 30, slow: 0.08, tail: 4000, lost: 0.04, twice: 0.1 },
]

/** A schedule that a seed decides. */
export function scheduleOf(seed: number, { faults, dishonest }: Troubles): Schedule {
  const random = new Random(seed)
  const places = random.between(1, 4)
  const store = random.pick<'postgres' | 'sqlite'>(['postgres', 'postgres', 'sqlite'])
  const caps = new Map<BudgetId, Amount>()
  for (let i = random.between(1, 3); i > 0; i -= 1) caps.set(`b${i}`, random.between(15, 120))
  const happenings: { at: number; happening: Happening }[] = []
  const at = (happening: Happening, when = random.between(0, HORIZON)): void => {
    happenings.push({ at: when, happening })
  }

  const bursts = random.between(2, 6)
  for (let burst = 0; burst < bursts; burst += 1) {
    const from = random.between(50, HORIZON)
    const spread = random.pick([5, 100, 2000])
    for (let i = random.between(2, 12); i > 0; i -= 1) {
      const request = requestOf(random, `r${burst}.${i}`, [...caps.keys()], dishonest)
      at({ what: 'request', place: random.between(0, places - 1), request }, from + random.between(0, spread))
    }
  }
  for (let i = random.between(0, 3); i > 0; i -= 1) {
    at({ what: 'cap', budget: `b${random.between(1, caps.size)}`, cap: random.between(10, 150) })
  }
  if (faults) addFaults(random, places, store, at)
  return {
    seed,
    faults,
    places,
    store,
    network: faults ? random.pick(stormy) : calm,
    caps,
    happenings: happenings.toSorted((a, b) => a.at - b.at),
    until: HORIZON,
  }
}

function addFaults(random: Random, places: number, store: Schedule['store'], at: (happening: Happening) => void): void {
  const place = (): number => random.between(0, places - 1)
  const span = (): number => random.pick([300, 1500, 4000, 9000, 13_000])
  const kinds: [() => Happening, ...(() => Happening)[]] = [
    () => ({ what: 'stop', place: place(), for: span() }),
    () => ({ what: 'cut', place: place(), for: span() }),
    () => ({ what: 'kill', place: place(), startsAfter: random.pick([0, 500, 12_000]) }),
    () => ({ what: 'replace', place: place() }),
    () => (store === 'sqlite' ? { what: 'power loss' } : { what: 'store away', for: span() }),
  ]
  for (let i = random.between(1, 6); i > 0; i -= 1) at(random.pick(kinds)())
}

function requestOf(random: Random, id: RequestId, all: readonly BudgetId[], dishonest: boolean): RequestPlan {
  const some = all.filter(() => random.chance(0.6))
  const hold = random.between(1, random.pick([6, 20, 40]))
  const grows = random.chance(0.2) ? random.between(1, 15) : 0
  const most = dishonest && random.chance(0.2) ? 2 * hold : hold
  return {
    id,
    budgets: some.length > 0 ? some : all.slice(0, 1),
    hold,
    grows,
    charge: random.chance(0.1) ? undefined : random.between(0, most),
    lasts: random.between(1, random.pick([30, 800, 5000])),
    patience: random.chance(0.1) ? random.between(1, 1500) : undefined,
  }
}
