import { Random } from '../world/random.ts'
import { Timeline } from '../world/timeline.ts'
import { Authority, emptyBooks, type Boot, type RateBooks } from './authority.ts'
import { RateOwner } from './rate-owner.ts'
import { WINDOW_MS, type RateRules } from './rate-rules.ts'

export interface RatePlan {
  readonly seed: number
  readonly rpm: number
  readonly owners: number
  /** How many times the rate arrives. */
  readonly load: number
  readonly until: number
  /** `all`: messages are slow, lost and come twice, owners and the authority are killed, the power fails. */
  readonly troubles: 'none' | 'repeats' | 'all'
}

export interface RateRun {
  /** When requests were admitted. */
  readonly admitted: readonly number[]
  /** How many an ideal limiter without any delay admits of the same arrivals. */
  readonly ideal: number
  /** The most that any 60 s window has. */
  readonly most: number
}

/** Lets requests arrive at the owners of one rate. */
export function runRate(plan: RatePlan, rules: RateRules): RateRun {
  const { rpm, until, troubles } = plan
  const faults = troubles === 'all'
  const random = new Random(plan.seed)
  const timeline = new Timeline()
  const admitted: number[] = []
  const ideal: number[] = []
  let boot: Boot = { id: 1, at: 0 }
  let books = emptyBooks(1)
  let synced = emptyBooks(1)
  const begin = (): Authority => new Authority(rpm, books, boot, () => timeline.now, rules)
  let authority = begin()
  let lives = Array.from({ length: plan.owners }, () => 0)

  const send = (arrive: () => void): void => {
    const slow = faults && random.chance(0.1)
    if (faults && random.chance(0.05)) return
    timeline.after(slow ? random.between(50, 700) : random.between(1, 8), arrive)
    if (troubles !== 'none' && random.chance(0.1)) timeline.after(random.between(1, 900), arrive)
  }
  const ownerAt = (place: number): RateOwner => {
    const life = lives[place]
    const rate = 0.995 + random.next() / 100
    const alive = (act: () => void) => (): void => {
      if (lives[place] === life) act()
    }
    return new RateOwner({
      rules,
      now: () => timeline.now * rate,
      after: (ms, act) => timeline.after(ms / rate, alive(act)),
      ask: (wanted, heard) =>
        send(() => {
          const handed = authority.hand(wanted)
          send(alive(() => heard(handed)))
        }),
      handBack: (packet, used) => send(() => authority.handBack(packet, used)),
    })
  }
  const owners = lives.map((_, place) => ownerAt(place))

  const arrive = (): void => {
    const gap = (-Math.log(1 - random.next()) * WINDOW_MS) / (rpm * plan.load)
    timeline.after(gap, arrive)
    if ((ideal.at(-rpm) ?? -Infinity) + WINDOW_MS <= timeline.now) ideal.push(timeline.now)
    owners[random.between(0, owners.length - 1)]?.admit((outcome) => {
      if (outcome === 'admitted') admitted.push(timeline.now)
    })
  }
  timeline.after(0, arrive)

  const restart = (place: number): void => {
    lives = lives.map((life, index) => (index === place ? life + 1 : life))
    owners[place] = ownerAt(place)
  }
  const trouble = (): void => {
    const what = random.between(1, 8)
    if (what <= 4) restart(random.between(0, owners.length - 1))
    else if (what <= 7) {
      if (!rules['written-before-use']) books = emptyBooks(boot.id)
      authority = begin()
    } else {
      for (let place = 0; place < owners.length; place += 1) restart(place)
      boot = { id: boot.id + 1, at: timeline.now }
      books = copyOf(synced)
      authority = begin()
    }
    timeline.after(random.between(5000, 40_000), trouble)
  }
  const sync = (): void => {
    synced = copyOf(books)
    timeline.after(random.between(100, 60_000), sync)
  }
  if (faults) {
    timeline.after(random.between(1000, 20_000), trouble)
    sync()
  }
  timeline.runTo(until)
  return { admitted, ideal: ideal.length, most: mostIn(admitted) }
}

const copyOf = (books: RateBooks): RateBooks => ({ ...books, packets: books.packets.map((packet) => ({ ...packet })) })

/** Looks at the 60 s from each admission on, which is where any window that has the most can begin. */
function mostIn(times: readonly number[]): number {
  let most = 0
  for (const [first, from] of times.entries()) {
    let next = first + most
    while (next < times.length && (times[next] ?? Infinity) < from + WINDOW_MS) next += 1
    most = Math.max(most, next - first)
  }
  return most
}
