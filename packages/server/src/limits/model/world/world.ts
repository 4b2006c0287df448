import type { Amount, Ask, BudgetId, OwnerId, Recall, RecallAnswer, Reply } from '../rules/messages.ts'
import { shortTiming, type Rules, type Timing } from '../rules/rules.ts'
import type { Budgets, Implementation, News, RunningOwner, Surroundings } from '../rules/seams.ts'
import { Callers } from './callers.ts'
import { Oracle } from './oracle.ts'
import { Place } from './place.ts'
import { Random } from './random.ts'
import type { Happening, Network, Schedule } from './schedule.ts'
import { Timeline } from './timeline.ts'

const SWEEP_MS = 250

/** Clock, network, machines and crashes around the rules, as a schedule says. */
export class World {
  readonly timeline = new Timeline()
  readonly random: Random
  readonly places: Place[]
  readonly store: Budgets
  readonly oracle: Oracle
  readonly callers: Callers
  readonly schedule: Schedule
  readonly #implementation: Implementation
  readonly #rules: Rules
  readonly #timing: Timing = shortTiming
  #network: Network
  #storeIsUp = true
  /** Counts absences: what was on its way is lost. */
  #storeLife = 0
  #boot = 1
  #synced = new Map<OwnerId, Map<BudgetId, Amount>>()

  constructor(schedule: Schedule, rules: Rules, implementation: Implementation) {
    this.#implementation = implementation
    this.schedule = schedule
    this.#rules = rules
    this.#network = schedule.network
    this.random = new Random(schedule.seed ^ 0x5eed)
    this.places = Array.from({ length: schedule.places }, (_, index) => {
      return new Place(index, 0.99 + this.random.next() * 0.02)
    })
    const now = (): number => this.timeline.now
    this.store = implementation.openStore({
      rules,
      timing: this.#timing,
      now,
      recall: (to, budget) => this.#recall(to, { id: 0, from: 0, budget }),
    })
    for (const [budget, cap] of schedule.caps) this.store.setCap(budget, cap)
    this.oracle = new Oracle(
      () => this.store.books,
      now,
      (owner) => this.#isWell(owner),
    )
    this.callers = new Callers(this.timeline, this.oracle)
    for (const place of this.places) this.#start(place)
    for (const { at, happening } of schedule.happenings) this.timeline.after(at, () => this.#happen(happening))
    this.#sweep()
  }

  /** Everything that was broken works again, and nothing new happens. */
  heal(): void {
    this.#network = { least: 1, most: 4, slow: 0, tail: 0, lost: 0, twice: 0 }
    this.#storeBack()
    for (const place of this.places) {
      this.#uncut(place)
      this.#wake(place)
      if (place.process === undefined) this.#start(place)
    }
  }

  owners(): RunningOwner[] {
    return this.places.flatMap(({ process }) => process?.owner ?? [])
  }

  #happen(happening: Happening): void {
    if (happening.what === 'power loss') return this.#losePower()
    if (happening.what === 'cap') return this.store.setCap(happening.budget, happening.cap)
    if (happening.what === 'store away') {
      if (!this.#storeIsUp) return
      this.#storeIsUp = false
      this.#storeLife += 1
      return this.timeline.after(happening.for, () => this.#storeBack())
    }
    const place = this.places[happening.place]
    if (place === undefined) return
    const { life } = place
    if (happening.what === 'request') {
      place.run(life, () => {
        const owner = place.process?.owner
        if (owner !== undefined) this.callers.send(happening.request, owner, (act) => place.run(life, act))
      })
    } else if (happening.what === 'stop') {
      place.stop()
      this.timeline.after(happening.for, () => {
        if (place.life === life && place.isStopped) this.#wake(place)
      })
    } else if (happening.what === 'cut') {
      place.isCut = true
      this.timeline.after(happening.for, () => this.#uncut(place))
    } else if (happening.what === 'kill') {
      this.#kill(place)
      this.timeline.after(happening.startsAfter, () => {
        if (place.process === undefined) this.#start(place)
      })
    } else {
      place.run(life, () =>
        place.process?.owner?.leave(() => {
          this.#kill(place)
          this.#start(place)
        }),
      )
    }
  }

  #start(place: Place): void {
    place.life += 1
    place.wellSince = this.timeline.now
    place.process = this.#implementation.startProcess(this.#around(place))
  }

  #kill(place: Place): void {
    const owner = place.process?.owner
    if (owner !== undefined) this.oracle.truth.gone(owner.id)
    place.kill()
  }

  #wake(place: Place): void {
    const inTurn = (act: () => void): void => this.timeline.after(0, act)
    place.wake(this.random, this.timeline.now, this.#implementation.answersLater === true ? inTurn : undefined)
  }

  #uncut(place: Place): void {
    if (!place.isCut) return
    place.isCut = false
    place.wellSince = this.timeline.now
  }

  #storeBack(): void {
    if (this.#storeIsUp) return
    this.#storeIsUp = true
    this.store.started(this.#boot)
    this.store.sweep()
    this.oracle.check()
  }

  /** The machine is off: all its processes, and what of the store was not synced. */
  #losePower(): void {
    this.#boot += 1
    this.#storeLife += 1
    for (const place of this.places) this.#kill(place)
    this.store.books.loseUnsynced(this.#synced)
    this.store.started(this.#boot)
    this.oracle.check()
    for (const place of this.places) this.timeline.after(this.random.between(1, 500), () => this.#start(place))
  }

  #sweep(): void {
    if (this.#storeIsUp) {
      this.store.sweep()
      this.oracle.check()
    }
    if (this.random.chance(0.2)) {
      this.#synced = new Map(
        [...this.store.books.owners].map(([id, { leases }]) => [
          id,
          new Map([...leases].map(([budget, { granted }]) => [budget, granted])),
        ]),
      )
    }
    this.timeline.after(SWEEP_MS, () => this.#sweep())
  }

  #isWell(owner: OwnerId): boolean {
    const place = this.places.find(({ process }) => process?.owner?.id === owner)
    if (place === undefined || place.isCut || place.isStopped) return false
    return this.timeline.now - place.wellSince > this.#timing.lost + this.#timing.reserve / 2
  }

  #around(place: Place): Surroundings {
    const { life } = place
    const spools = this.schedule.store === 'postgres' || !this.#rules['no-spool-beside-unsynced-leases']
    return {
      rules: this.#rules,
      timing: this.#timing,
      boot: this.#boot,
      spools,
      spool: place.disk,
      now: () => this.timeline.now * place.rate,
      after: (ms, act) => this.timeline.after(ms, () => place.run(life, act)),
      ask: (ask, heard) => this.#ask(place, ask, (reply) => place.run(life, () => heard(reply))),
      recall: (to, recall) => {
        if (!place.isCut) this.#recall(to, recall)
      },
      answer: (to, answer) => {
        if (!place.isCut) this.#answer(to, answer)
      },
      tell: (owner, news) => this.#tell(owner, news),
    }
  }

  #tell(owner: OwnerId, news: News): void {
    this.oracle.heard(owner, news)
    this.callers.heard(news)
  }

  /** To the store and back. */
  #ask(place: Place, ask: Ask, heard: (reply: Reply) => void): void {
    if (place.isCut) return
    this.#send(() => {
      if (place.isCut || !this.#storeIsUp) return
      const storeLife = this.#storeLife
      const reply = this.#carryOut(ask)
      if (reply === undefined) return
      this.#send(() => {
        if (!place.isCut && storeLife === this.#storeLife) heard(reply)
      })
    })
  }

  #carryOut(ask: Ask): Reply | undefined {
    const granted = ask.kind === 'lease' ? this.oracle.beforeCall(ask) : undefined
    const reply = this.store.carryOut(ask)
    if (ask.kind === 'lease' && granted !== undefined && reply?.kind === 'leased') this.oracle.afterCall(ask, granted)
    if (ask.kind !== 'beat') this.oracle.check()
    return reply
  }

  #recall(to: OwnerId, recall: Recall): void {
    this.#toOwner(to, (owner) => owner.recalled(recall))
  }

  #answer(to: OwnerId, answer: RecallAnswer): void {
    if (to !== 0) this.#toOwner(to, (owner) => owner.heardAnswer(answer))
  }

  #toOwner(to: OwnerId, act: (owner: RunningOwner) => void): void {
    this.#send(() => {
      const place = this.places.find(({ process }) => process?.owner?.id === to)
      if (place === undefined || place.isCut) return
      place.run(place.life, () => {
        if (place.process?.owner?.id === to) act(place.process.owner)
      })
    })
  }

  #send(arrive: () => void): void {
    const { least, most, slow, tail, lost, twice } = this.#network
    const once = (): void => {
      if (this.random.chance(lost)) return
      const delay = this.random.chance(slow) ? this.random.between(most, tail) : this.random.between(least, most)
      this.timeline.after(delay, arrive)
    }
    once()
    if (this.random.chance(twice)) once()
  }
}
