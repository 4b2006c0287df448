import { createHash, randomUUID } from 'node:crypto'
import type { Clock } from '@speka/core'
import {
  OwnUses,
  type CounterAnswer,
  type CounterTold,
  type RateAnswer,
  type RateCounter,
  type RateKind,
  type RateLine,
  type RateReturn,
  type RateWant,
} from '@speka/core/internal'
import type { CountingRedis } from '../redis/rate-counter.ts'
import type { FillEpoch, RateDatabase, RateEpoch } from '../store/rate-database.ts'

export interface ReplicaRatesOptions {
  readonly database: RateDatabase
  /** Default: none, and the database counts. */
  readonly redis?: CountingRedis | undefined
  readonly clock: Pick<Clock, 'monotonic' | 'after'>
  /** After how long without an answer the database takes over from a Redis, in ms. Default: 20. */
  readonly redisMs?: number | undefined
}

/**
 * A Redis that takes longer than this is not asked again before it has answered a look in the background, in ms. A request that finds it hung
 * costs 50 ms at the most: the rest is for the database, which takes over by some messages of each replica.
 */
const REDIS_MS = 20
/** Less than after what a question is given up. */
const DATABASE_MS = 900
/** How long a question waits until all have told what they had been handed before, in ms. */
const CLOSED_MS = 900
const AGAIN_MS = 10
/** A turn of the event loop, and not much more. */
const LAST_STEP_MS = 1
const BEAT_MS = 1000
/** How often what was handed out is told, for the case that this process ends: once in so many beats. */
const BEATS_A_REPORT = 30
/** Who has not heard of the database for so long uses no Redis any more, in ms: others may count elsewhere. As long as a lease is trusted. */
const TRUST_MS = 120_000
/** A Redis that is back counts again after so many beats in which everybody has reached it. */
const BEATS_BACK = 3

/**
 * The rates of a replica: counted in Redis, or else in the database, as all replicas agree on there. Where neither can be reached
 * nothing is handed out.
 */
export class ReplicaRateLine implements RateLine {
  readonly #owner: string = randomUUID()
  readonly #database: RateDatabase
  readonly #redis: CountingRedis | undefined
  readonly #clock: Pick<Clock, 'monotonic' | 'after'>
  readonly #redisMs: number
  readonly #uses = new OwnUses()
  #epoch: RateEpoch | undefined
  /** When the last beat that was answered was sent. */
  #heardAt = -Infinity
  /** The clock of who counts, less that of this process. */
  #ahead = 0
  #beats = 0
  #beatsSeen = 0
  #beating: Promise<void> | undefined
  #beatsAgain: Promise<void> | undefined
  /** The epoch in which what it is handed counts. */
  #countsIn = 0
  /** When the database last did not answer. */
  #missedAt = -Infinity
  #moving: Promise<void> | undefined
  #lastId = 0
  readonly #handed = new Map<number, Handed>()
  /** What nobody could be told yet. */
  #untold: CounterTold[] = []
  /** Where what was told or handed out of requests under way may be lost: there, how many they are is told anew. */
  readonly #unsure = new Set<string>()
  /** How many questions are on their way: what they are answered is in no total yet. */
  #asking = 0
  /** While a total is on its way: a question has to come behind it. */
  #restating: Promise<unknown> | undefined
  #isTelling = false
  /** Those who wait until all have told what they had been handed before. */
  #waiting: (() => void)[] = []
  #closed = false
  #cancel = (): void => {}

  constructor({ database, redis, clock, redisMs = REDIS_MS }: ReplicaRatesOptions) {
    this.#redisMs = redisMs
    this.#database = database
    this.#redis = redis
    this.#clock = clock
    database.onChange((epoch) => this.#notified(epoch))
    this.#beatLater()
  }

  async ask(wants: readonly RateWant[]): Promise<readonly RateAnswer[]> {
    this.#asking += 1
    try {
      return await this.#ask(wants)
    } finally {
      this.#asking -= 1
      if (this.#unsure.size > 0) void this.#sendUntold()
    }
  }

  async #ask(wants: readonly RateWant[]): Promise<readonly RateAnswer[]> {
    const began = this.#clock.monotonic()
    this.#uses.tidy(began)
    this.#forgetHanded(began)
    const placed = wants.map((want) => ({ ...want, place: placeOf(want.place) }))
    let answer = await this.#answerOf(placed, began)
    // What was answered in an epoch of which it has told already what it was handed is in no count.
    while (answer !== undefined && answer.epoch !== this.#countsIn) {
      this.#doubt(placed)
      answer = await this.#answerOf(placed, began)
    }
    // What others are handed meanwhile nobody here can know: a guess would come on top of it.
    if (answer === undefined) throw new Error('neither Redis nor the database answers')
    const from = answer
    return answer.answers.map((one, index) => this.#hand(placed[index], one, from))
  }

  tell(returned: readonly RateReturn[]): void {
    for (const one of returned) {
      const told = this.#told(one)
      if (told !== undefined) this.#untold.push(told)
    }
    void this.#sendUntold()
  }

  /** Nothing is asked any more. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancel()
    await this.#beating
    const epoch = this.#epoch
    try {
      await this.#database.leave(this.#owner, this.#uses.report(this.#clock.monotonic()))
      if (epoch?.life !== undefined && this.#redis?.life === epoch.life)
        await this.#redis.counter(epoch.series).forget(epoch.epoch, this.#owner)
    } catch {
      // It is taken for ended by and by.
    }
  }

  /** @returns `undefined` when nobody counts for all. */
  async #answerOf(wants: readonly RateWant[], began: number): Promise<Answered | undefined> {
    for (;;) {
      if (this.#epoch === undefined) await this.#beat()
      const epoch = this.#epoch
      if (epoch === undefined) return undefined
      const answered = await (epoch.life === undefined ? this.#askDatabase(epoch, wants) : this.#askRedis(epoch, wants))
      if (typeof answered === 'object') {
        return { ...answered, epoch: epoch.epoch }
      }
      if (answered === 'gone') return undefined
      if (this.#clock.monotonic() - began >= CLOSED_MS) throw new Error('who counts this rate has changed a moment ago')
      if (answered === 'closed') await this.#waitForReport()
    }
  }

  /** @returns `over` when another epoch has begun, which is known by then. */
  async #askRedis(epoch: RateEpoch, wants: readonly RateWant[]): Promise<CounterAnswer | 'over' | 'gone'> {
    const redis = this.#redis
    const isTrusted = this.#clock.monotonic() - this.#heardAt < TRUST_MS
    if (isTrusted && redis !== undefined && redis.life === epoch.life) {
      const counter = redis.counter(epoch.series)
      const ask = () => counter.ask(epoch.epoch, this.#owner, wants)
      let asked: Asked | undefined
      try {
        void this.#sendUntoldTo(counter, epoch.epoch).catch(() => {})
        asked = this.#restating?.then(ask) ?? ask()
        const answer = await this.#within(this.#redisMs, asked)
        if (typeof answer === 'object') return answer
      } catch {
        redis.suspect()
        this.#miss(epoch, wants, asked)
      }
    }
    await this.#takeOver(epoch)
    return this.#epoch === epoch ? 'gone' : 'over'
  }

  /** What a question is answered that was given up goes back: nobody is handed it. */
  #miss(epoch: RateEpoch, wants: readonly RateWant[], asked: Asked | undefined): void {
    this.#doubt(wants)
    asked
      ?.then((late) => {
        if (typeof late === 'string' || epoch.epoch !== this.#countsIn) return
        for (const [index, { kind, place, rate }] of wants.entries()) {
          const slots = late.answers[index]?.packet?.slots ?? 0
          // Places among those under way are in the total that is told.
          if (kind !== 'max_parallel' && slots > 0) this.#untold.push({ kind, place, rate, at: late.at, by: -slots })
        }
        return this.#sendUntold()
      })
      .catch(() => {})
  }

  /** Nobody knows whether a question, or what was told, has arrived. */
  #doubt(of: readonly (RateWant | CounterTold)[]): void {
    for (const { kind, place } of of) if (kind === 'max_parallel') this.#unsure.add(place)
  }

  async #askDatabase(
    epoch: RateEpoch,
    wants: readonly RateWant[],
  ): Promise<CounterAnswer | 'over' | 'closed' | 'gone'> {
    if (this.#isMissed) return 'gone'
    let asked: Asked | undefined
    try {
      await this.#sendUntoldTo(this.#database, epoch.epoch)
      asked = this.#database.ask(epoch.epoch, this.#owner, wants)
      const answer = await this.#within(DATABASE_MS, asked)
      if (answer === 'over') await this.#beat()
      return answer === 'over' && this.#epoch === epoch ? 'gone' : answer
    } catch {
      this.#miss(epoch, wants, asked)
      this.#missedAt = this.#clock.monotonic()
      // Late as it is, an answer says that it is there.
      asked?.then(
        () => (this.#missedAt = -Infinity),
        () => {},
      )
      return 'gone'
    }
  }

  /** Once for all who ask at the moment. */
  async #takeOver(epoch: RateEpoch): Promise<void> {
    if (this.#isMissed) return
    this.#moving ??= (async () => {
      try {
        const begun = await this.#within(DATABASE_MS, this.#database.takeOver(epoch.epoch))
        await this.#beat(
          begun === undefined
            ? undefined
            : { epoch: begun, life: undefined, series: epoch.series, everybodySees: undefined, wantsReport: true },
        )
      } catch {
        this.#missedAt = this.#clock.monotonic()
        // Nobody counts for all: the next beat that is answered says who does.
      } finally {
        this.#moving = undefined
      }
    })()
    await this.#moving
  }

  /** Whether the database did not answer a moment ago: then nobody waits for it. */
  get #isMissed(): boolean {
    return this.#clock.monotonic() - this.#missedAt < BEAT_MS
  }

  #notified(epoch: number): void {
    for (const goOn of this.#waiting.slice()) goOn()
    // Whoever takes over hears it from the database itself.
    if (epoch !== this.#countsIn && this.#moving === undefined) void this.#beat()
  }

  /**
   * Says that it is there, hears who counts, and tells what it has been handed where that is not known.
   *
   * @param begun what the database has just said besides: then it is not asked.
   */
  #beat(begun?: RateEpoch): Promise<void> {
    if (this.#beating === undefined) {
      this.#beating = this.#beatOnce(begun).finally(() => {
        this.#beating = undefined
      })
      return this.#beating
    }
    // What has happened meanwhile may not be in the one that is on its way.
    return (this.#beatsAgain ??= this.#beating.then(() => {
      this.#beatsAgain = undefined
      return this.#beat()
    }))
  }

  async #beatOnce(begun: RateEpoch | undefined): Promise<void> {
    const sentAt = this.#clock.monotonic()
    try {
      let epoch = begun ?? (await this.#database.beat(this.#owner, this.#redis?.life))
      this.#beats += 1
      const isNew = epoch.epoch !== this.#countsIn
      this.#countsIn = epoch.epoch
      // Whatever is handed back of an earlier epoch is in the report, or stays counted.
      if (isNew && epoch.wantsReport) this.#unsure.clear()
      if (isNew)
        this.#untold = epoch.wantsReport ? [] : this.#untold.filter((one) => one.kind === 'max_parallel' || one.by > 0)
      if (epoch.wantsReport || this.#beats % BEATS_A_REPORT === 0) {
        await this.#database.report(epoch.epoch, this.#owner, this.#uses.report(this.#clock.monotonic()))
        epoch = { ...epoch, wantsReport: false }
      }
      this.#heardAt = sentAt
      this.#missedAt = -Infinity
      if (this.#epoch?.epoch !== epoch.epoch) this.#epoch = epoch
      if (this.#unsure.size > 0) void this.#sendUntold()
      await this.#handOver(epoch)
    } catch {
      this.#missedAt = this.#clock.monotonic()
      // Asked again with the next beat; meanwhile what is known holds for as long as it is trusted.
    }
  }

  async #handOver(epoch: RateEpoch): Promise<void> {
    const redis = this.#redis
    const isBack = redis?.life !== undefined && epoch.everybodySees === redis.life && epoch.life === undefined
    this.#beatsSeen = isBack ? this.#beatsSeen + 1 : 0
    if (redis?.life === undefined || this.#beatsSeen < BEATS_BACK) return
    this.#beatsSeen = 0
    const counter = redis.counter(epoch.series)
    let isTaken = true
    // Meanwhile nobody is handed anything: a Redis that falls silent just then must not keep everybody waiting until it is looked at.
    const fill: FillEpoch = async (next, counted, underWay) => {
      try {
        await counter.begin(next, counted, underWay, (answer) => this.#within(this.#redisMs, answer))
      } catch (error) {
        isTaken = false
        redis.suspect()
        throw new Error('Redis does not take what counts', { cause: error })
      }
    }
    try {
      await this.#database.handOver(epoch.epoch, this.#owner, redis.life, fill)
    } catch (error) {
      // The database has answered, and goes on counting.
      if (isTaken) throw error
    }
  }

  #beatLater(): void {
    if (this.#closed) return
    this.#cancel = this.#clock.after(BEAT_MS, () => {
      void this.#beat().then(() => this.#beatLater())
    })
  }

  /** Notes what was handed out, under a number of its own. */
  #hand(want: RateWant | undefined, answer: RateAnswer, from: Answered): RateAnswer {
    if (want === undefined || answer.packet === undefined) return answer
    const { kind, place, rate } = want
    const { slots } = answer.packet
    const now = this.#clock.monotonic()
    if (kind !== 'max_parallel') this.#ahead = from.at - now
    this.#uses.add(kind, place, rate, now, slots)
    this.#lastId += 1
    const id = this.#lastId
    const at = stampOf(from.epoch, from.at)
    if (kind !== 'max_parallel') this.#handed.set(id, { kind, place, rate, at, slots, heardAt: now })
    return { ...answer, packet: { id, slots, at } }
  }

  /** @returns what who counts is told of it. */
  #told(returned: RateReturn): CounterTold | undefined {
    if (returned.said === 'ended') {
      const place = placeOf(returned.place)
      this.#uses.takeBack('max_parallel', place, 0, returned.ended)
      return { kind: 'max_parallel', place, ended: returned.ended }
    }
    if (returned.said === 'used') {
      const handed = this.#handed.get(returned.id)
      this.#handed.delete(returned.id)
      return handed === undefined ? undefined : this.#changed(handed, handed.at, returned.used - handed.slots)
    }
    const { kind, rate, place } = returned.want
    if (kind === 'max_parallel') return undefined
    return this.#changed({ kind, rate, place: placeOf(place) }, returned.at, returned.by)
  }

  #changed({ kind, place, rate }: Rated, stamp: number, by: number): CounterTold | undefined {
    if (by > 0) this.#uses.add(kind, place, rate, this.#clock.monotonic(), by)
    // What was handed out in an earlier epoch counts in this one as it was told of: it stays.
    else if (!isOfEpoch(stamp, this.#epoch?.epoch) || by === 0) return undefined
    else this.#uses.takeBack(kind, place, timeOf(stamp) - this.#ahead, -by)
    return { kind, place, rate, at: timeOf(stamp), by }
  }

  async #sendUntold(): Promise<void> {
    if (this.#isTelling || this.#closed) return
    this.#isTelling = true
    try {
      let epoch: RateEpoch | undefined
      do {
        // What is told in one turn of the event loop goes together.
        await undefined
        epoch = this.#epoch
        const counter = this.#counterOf(epoch)
        if (epoch === undefined || counter === undefined) return
        await this.#sendUntoldTo(counter, epoch.epoch)
        // What was told meanwhile goes behind it: nobody else may come to send it.
      } while (this.#untold.length > 0 && this.#epoch === epoch)
    } catch {
      // It counts as used, until the next epoch.
    } finally {
      this.#isTelling = false
    }
  }

  /** @returns `undefined` while it does not answer. */
  #counterOf(epoch: RateEpoch | undefined): RateCounter | undefined {
    if (epoch?.life === undefined) return this.#database
    return this.#redis?.life === epoch.life ? this.#redis.counter(epoch.series) : undefined
  }

  async #sendUntoldTo(counter: RateCounter, epoch: number): Promise<void> {
    const totals = this.#asking === 0 && this.#restating === undefined && !this.#isMissed ? this.#totals() : []
    if (this.#untold.length + totals.length === 0) return
    const told = this.#untold
    this.#untold = []
    const sent = this.#within(DATABASE_MS, counter.tell(epoch, this.#owner, [...told, ...totals]))
    if (totals.length > 0) this.#restating = sent
    try {
      if (await sent) return
    } catch (error) {
      this.#doubt([...told, ...totals])
      throw error
    } finally {
      if (this.#restating === sent) this.#restating = undefined
    }
    // Another epoch has begun. Had it a report of this process, that was made behind this, and has it.
    if (this.#countsIn === epoch) this.#untold.unshift(...told)
    this.#doubt(totals)
  }

  /** How many are under way where that has to be told anew. */
  #totals(): CounterTold[] {
    if (this.#unsure.size === 0) return []
    const places = [...this.#unsure]
    this.#unsure.clear()
    return places.map((place) => ({ kind: 'max_parallel', place, underWay: this.#uses.underWay(place) }))
  }

  #forgetHanded(now: number): void {
    for (const [id, { heardAt }] of this.#handed) {
      if (heardAt + HANDED_MS > now) return
      this.#handed.delete(id)
    }
  }

  /** Resolves when somebody has reported, or that may have been missed. */
  #waitForReport(): Promise<void> {
    return new Promise((resolve) => {
      const goOn = (): void => {
        stop()
        this.#waiting = this.#waiting.filter((one) => one !== goOn)
        resolve()
      }
      const stop = this.#clock.after(AGAIN_MS, goOn)
      this.#waiting.push(goOn)
    })
  }

  /** @throws When it takes longer. */
  async #within<T>(ms: number, answer: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>()
    // In two steps: where this process was kept busy until then, the answer is there before the second one.
    let cancel = this.#clock.after(ms - LAST_STEP_MS, () => {
      cancel = this.#clock.after(LAST_STEP_MS, () => late.reject(new Error(`no answer within ${ms} ms`)))
    })
    try {
      return await Promise.race([answer, late.promise])
    } finally {
      cancel()
    }
  }
}

type Asked = ReturnType<RateCounter['ask']>

interface Answered extends CounterAnswer {
  readonly epoch: number
}

interface Rated {
  readonly kind: Exclude<RateKind, 'max_parallel'>
  readonly place: string
  readonly rate: number
}

/** A packet that may be handed back. */
interface Handed extends Rated {
  readonly at: number
  readonly slots: number
  readonly heardAt: number
}

/** For so long a packet may be handed back, in ms. */
const HANDED_MS = 2000

/** A time and the epoch that it is of in one number: times are below 2^41 until the year 2039. */
const EPOCH_STEP = 2 ** 41
const EPOCHS = 2 ** 11
const stampOf = (epoch: number, at: number): number => (epoch % EPOCHS) * EPOCH_STEP + at
const timeOf = (stamp: number): number => stamp % EPOCH_STEP
const isOfEpoch = (stamp: number, epoch: number | undefined): boolean =>
  epoch !== undefined && Math.floor(stamp / EPOCH_STEP) === epoch % EPOCHS

/** Names of customers have anything in them; keys and columns do not take all of that. */
const placeOf = (place: string): string => createHash('sha256').update(place).digest('base64url')
