import {
  EXACT_RATE,
  BEYOND_MS,
  PARALLEL_WAIT_MS,
  rateCounting,
  shareOf,
  type CountedBefore,
  type CounterAnswer,
  type RateCounter,
  type RateKind,
  type RateWant,
  type UnderWayBefore,
} from '@speka/core/internal'
import type { RedisLink } from './open-redis.ts'
import { ASK, BEGIN, FILL, FORGET, TELL } from './rate-scripts.ts'

/** So much is put in at once, so that the server is not kept from others, and answers within what a question may take. */
const FILLED_AT_ONCE = 200

/** Waits for an answer only so long. */
type InTime = <T>(answer: Promise<T>) => Promise<T>

/** Rates that are counted in a Redis. */
export interface RedisRates extends RateCounter {
  /** Begins an epoch with what counts in it. Nobody uses it before. @param inTime - Waits for each of the answers. */
  begin(
    epoch: number,
    counted: readonly CountedBefore[],
    underWay: readonly UnderWayBefore[],
    inTime: InTime,
  ): Promise<void>
  /** An owner has ended in good order: nothing of it is under way any more. */
  forget(epoch: number, owner: string): Promise<void>
}

function redisRates(link: Pick<RedisLink, 'run'>, series: string): RedisRates {
  const keys = [`speka:${series}:rates`]
  return {
    async ask(epoch, owner, wants) {
      const reply = await link.run(ASK, keys, [epoch, owner, JSON.stringify(wants.map(questionOf))])
      return Array.isArray(reply) ? answerOf(reply as unknown as Reply, wants) : 'over'
    },
    async tell(epoch, owner, told) {
      const said = told.map((one) => (one.kind === 'max_parallel' ? one : { ...one, ...stretchOf(one.kind, one.rate) }))
      return 1 === (await link.run(TELL, keys, [epoch, owner, JSON.stringify(said)]))
    },
    async begin(epoch, counted, underWay, inTime) {
      const filled = [...counted.map(({ kind, rate, ...one }) => ({ ...one, ...stretchOf(kind, rate) })), ...underWay]
      for (let from = 0; from < filled.length; from += FILLED_AT_ONCE)
        await inTime(link.run(FILL, keys, [epoch, JSON.stringify(filled.slice(from, from + FILLED_AT_ONCE))]))
      await inTime(link.run(BEGIN, keys, [epoch]))
    },
    async forget(epoch, owner) {
      await link.run(FORGET, keys, [epoch, owner])
    },
  }
}

/** Rates in a Redis, and whether it is there. */
export interface CountingRedis extends Pick<RedisLink, 'life' | 'suspect'> {
  /** @param series Names whose rates these are: others may have theirs in the same database. */
  counter(series: string): RedisRates
}

export function countingRedis(link: Pick<RedisLink, 'run' | 'life' | 'suspect'>): CountingRedis {
  const counters = new Map<string, RedisRates>()
  return {
    get life() {
      return link.life
    },
    suspect: () => link.suspect(),
    counter(series) {
      const counter = counters.get(series) ?? redisRates(link, series)
      counters.set(series, counter)
      return counter
    },
  }
}

/** The time, and for each want: slots, in how many ms it is free, what is left, and when all of it is there. */
type Reply = readonly [at: number, ...answers: (readonly [number, number, number, number])[]]

const questionOf = ({ kind, place, rate, wanted, least }: RateWant) => ({
  place,
  rate,
  wanted,
  least,
  share: shareOf(kind, rate),
  wait: PARALLEL_WAIT_MS,
  ...stretchOf(kind, rate),
})

/** How long something counts, and how much of the time is counted together, in ms. */
function stretchOf(kind: RateKind, rate: number): { readonly span: number; readonly together: number } {
  const { spanMs, bucketMs, of } = rateCounting[kind]
  return {
    span: spanMs === 0 ? 0 : spanMs + BEYOND_MS,
    together: of === 'requests' && rate <= EXACT_RATE ? 1 : bucketMs,
  }
}

function answerOf([at, ...answers]: Reply, wants: readonly RateWant[]): CounterAnswer {
  return {
    at,
    answers: wants.map((_, index) => {
      const [slots, full, remaining, resetMs] = answers[index] ?? [0, -2, 0, 0]
      return {
        ...(slots > 0 && { packet: { id: 0, slots, at } }),
        ...(full !== NOT_FULL && { fullMs: full === NEVER ? null : full }),
        remaining,
        resetMs,
      }
    }),
  }
}

const NEVER = -1
const NOT_FULL = -2
