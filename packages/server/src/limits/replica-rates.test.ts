import { setImmediate as turn } from 'node:timers/promises'
import type { CounterAnswer, CounterTold, RateWant } from '@speka/core/internal'
import type { CountingRedis } from '../redis/rate-counter.ts'
import type { RateDatabase, RateEpoch } from '../store/rate-database.ts'
import { ReplicaRateLine } from './replica-rates.ts'

/** A clock that stands still until it is moved, with all that is due on the way in order. */
function handClock() {
  let now = 0
  let timers: { at: number; run: () => void }[] = []
  return {
    monotonic: () => now,
    after(ms: number, run: () => void) {
      const timer = { at: now + ms, run }
      timers.push(timer)
      return () => {
        timers = timers.filter((one) => one !== timer)
      }
    },
    async moveOn(ms: number) {
      const until = now + ms
      for (;;) {
        await turn()
        const [next] = timers.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)
        if (next === undefined) break
        timers = timers.filter((one) => one !== next)
        now = Math.max(now, next.at)
        next.run()
      }
      now = until
      await turn()
    },
    /** As `moveOn`, of a process that is kept busy meanwhile: what is due is only looked at behind that. */
    skip: (ms: number) => void (now += ms),
  }
}

const one = (slots: number): CounterAnswer => ({
  at: 1,
  answers: [{ packet: { id: 0, slots, at: 1 }, remaining: 0, resetMs: 0 }],
})

/** A database that answers at once while it is there, and counts from when it has taken over. */
function fakeDatabase() {
  const did: string[] = []
  const all: CounterTold[] = []
  let isThere = true
  let ended = 0
  const there = async (): Promise<void> => {
    if (!isThere) throw new Error('connection refused')
  }
  let epoch: RateEpoch = { epoch: 1, life: 'a', series: 's', everybodySees: 'a', wantsReport: false }
  let heard: ((epoch: number) => void) | undefined
  /** How many others have to report first. */
  let awaited = 0
  /** While a Redis is handed what counts, nobody else asks. */
  let handing: Promise<void> | undefined
  const database: RateDatabase = {
    async beat() {
      did.push('beat')
      await there()
      return epoch
    },
    async ask() {
      did.push('ask')
      await there()
      await handing
      if (awaited > 0) return 'closed'
      return epoch.life === undefined ? one(1) : 'over'
    },
    async tell(_, __, told) {
      all.push(...told)
      ended += told.reduce((sum, one) => sum + ('ended' in one ? one.ended : 0), 0)
      return true
    },
    async takeOver() {
      did.push('take over')
      await there()
      epoch = { ...epoch, epoch: 2, life: undefined }
      heard?.(2)
      return 2
    },
    async handOver(_, __, ___, fill) {
      did.push('hand over')
      await there()
      const filling = fill(3, [{ kind: 'rpm', place: 'p', rate: 60, ageMs: 0, amount: 1 }], [])
      handing = filling.catch(() => {})
      await filling
    },
    async report() {
      did.push('report')
    },
    leave: async () => {},
    onChange: (listener) => void (heard = listener),
    close: async () => {},
  }
  return {
    database,
    did,
    told: all,
    ended: () => ended,
    /** So many others have to report, or do. */
    others(count: number, isTold = true) {
      awaited = count
      if (isTold) heard?.(epoch.epoch)
    },
    /** Somebody else has begun an epoch. */
    begin(next: RateEpoch) {
      epoch = next
      heard?.(next.epoch)
    },
    be(what: 'there' | 'gone') {
      isThere = what === 'there'
    },
  }
}

function fakeRedis(
  answer: () => Promise<CounterAnswer | 'over' | 'closed'>,
  begin: () => Promise<void> = async () => {},
) {
  const suspected: number[] = []
  const redis: CountingRedis = {
    life: 'a',
    suspect: () => void suspected.push(1),
    counter: () => ({
      ask: answer,
      tell: async () => true,
      begin: (_, __, ___, inTime) => inTime(begin()),
      forget: async () => {},
    }),
  }
  return { redis, suspected }
}

const WANT: RateWant = { kind: 'rpm', place: 'p', rate: 60, wanted: 1, least: 1 }
const never = (): Promise<never> => new Promise(() => {})

describe('rates of a replica', () => {
  test('a Redis that hangs is waited for by 20 ms, and then the database counts', async () => {
    const clock = handClock()
    const { database, did } = fakeDatabase()
    const { redis, suspected } = fakeRedis(never)
    const line = new ReplicaRateLine({ database, redis, clock })
    const answered = line.ask([WANT])
    await clock.moveOn(19)
    expect([did.splice(0), suspected]).toEqual([['beat'], []])
    await clock.moveOn(1)
    expect(await answered).toMatchObject([{ packet: { slots: 1 } }])
    // All that stands between is a report: whoever asks waits for each word with the database.
    expect([did, suspected]).toEqual([['take over', 'report', 'ask'], [1]])
    expect(await line.ask([WANT])).toMatchObject([{ packet: { slots: 1 } }])
    expect(suspected).toEqual([1])
    await line.close()
  })

  test.each([
    ['hangs', never],
    ['is lost', () => Promise.reject(new Error('Connection is closed.'))],
  ])('a Redis that %s while it is handed what counts keeps nobody from the database', async (_, begin) => {
    const clock = handClock()
    const { database, did } = fakeDatabase()
    await database.takeOver(1)
    const { redis, suspected } = fakeRedis(never, begin)
    const line = new ReplicaRateLine({ database, redis, clock })
    await clock.moveOn(3000)
    expect(did).toContain('hand over')
    const answered = line.ask([WANT])
    await clock.moveOn(20)
    expect(await answered).toMatchObject([{ packet: { slots: 1 } }])
    expect(suspected).toEqual([1])
    await line.close()
  })

  test('an epoch that somebody else begins is heard of at once, and a report in one that is known is not asked about', async () => {
    const clock = handClock()
    const { database, did, others, begin } = fakeDatabase()
    const line = new ReplicaRateLine({ database, clock })
    begin({ epoch: 3, life: undefined, series: 's', everybodySees: undefined, wantsReport: true })
    await clock.moveOn(0)
    expect(did.splice(0)).toEqual(['beat', 'report'])
    others(1)
    const answered = line.ask([WANT])
    await clock.moveOn(0)
    expect(did.splice(0)).toEqual(['ask'])
    others(0)
    expect(await answered).toMatchObject([{ packet: { slots: 1 } }])
    expect(did).toEqual(['ask'])
    await line.close()
  })

  test('a report of which nobody was told is found out about', async () => {
    const clock = handClock()
    const { database, others } = fakeDatabase()
    await database.takeOver(1)
    const line = new ReplicaRateLine({ database, clock })
    others(1)
    const answered = line.ask([WANT])
    await clock.moveOn(0)
    others(0, false)
    await clock.moveOn(10)
    expect(await answered).toMatchObject([{ packet: { slots: 1 } }])
    await line.close()
  })

  test('an answer that is there when a process that was kept busy looks is not late', async () => {
    const clock = handClock()
    const { database, did } = fakeDatabase()
    const reply = Promise.withResolvers<CounterAnswer>()
    const { redis, suspected } = fakeRedis(() => reply.promise)
    const line = new ReplicaRateLine({ database, redis, clock })
    const answered = line.ask([WANT])
    await turn()
    clock.skip(500)
    // Timers come first in a turn of the event loop, what sockets have received behind them.
    clock.after(0, () => setImmediate(() => reply.resolve(one(1))))
    await clock.moveOn(1)
    expect(await answered).toMatchObject([{ packet: { slots: 1 } }])
    expect([did, suspected]).toEqual([['beat'], []])
    await line.close()
  })

  test('nothing is handed out while neither answers, however long, and no request waits for them', async () => {
    const clock = handClock()
    const { database, be, did } = fakeDatabase()
    const { redis } = fakeRedis(never)
    const line = new ReplicaRateLine({ database, redis, clock })
    await clock.moveOn(1000)
    be('gone')
    const first = line.ask([WANT])
    first.catch(() => {})
    await clock.moveOn(20)
    await expect(first).rejects.toThrow('neither Redis nor the database answers')
    const kinds: RateWant[] = [WANT, { ...WANT, kind: 'rpd' }, { ...WANT, kind: 'max_parallel' }]
    for (const minutes of [0, 1, 2, 5]) {
      await clock.moveOn(minutes * 60_000 + 500)
      const asked = line.ask(kinds)
      asked.catch(() => {})
      await clock.moveOn(20)
      await expect(asked).rejects.toThrow('neither Redis nor the database answers')
    }
    be('there')
    await clock.moveOn(2000)
    const answered = line.ask([WANT])
    await clock.moveOn(20)
    expect(await answered).toMatchObject([{ packet: { slots: 1 } }])
    expect(did.at(-1)).toBe('ask')
    await line.close()
  })

  test('what comes too late goes back: nobody was handed it', async () => {
    const clock = handClock()
    const { database, told } = fakeDatabase()
    await database.takeOver(1)
    const reply = Promise.withResolvers<CounterAnswer>()
    const line = new ReplicaRateLine({ database: { ...database, ask: () => reply.promise }, clock })
    const asked = line.ask([WANT, { ...WANT, place: 'parallel', kind: 'max_parallel' }])
    asked.catch(() => {})
    await clock.moveOn(900)
    await expect(asked).rejects.toThrow('neither Redis nor the database answers')
    const packet = { id: 0, slots: 3, at: 7 }
    const answer = { packet, remaining: 0, resetMs: 0 }
    reply.resolve({ at: 7, answers: [answer, answer] })
    await clock.moveOn(2000)
    expect(told).toMatchObject([
      { kind: 'rpm', at: 7, by: -3 },
      { kind: 'max_parallel', underWay: 0 },
    ])
    await line.close()
  })

  test('a database that has answered late is asked again at once', async () => {
    const clock = handClock()
    const { database, did } = fakeDatabase()
    await database.takeOver(1)
    const late = Promise.withResolvers<CounterAnswer>()
    let isFirst = true
    const ask: RateDatabase['ask'] = (...question) => {
      if (!isFirst) return database.ask(...question)
      isFirst = false
      return late.promise
    }
    const line = new ReplicaRateLine({ database: { ...database, ask }, clock })
    const asked = line.ask([WANT])
    asked.catch(() => {})
    await clock.moveOn(900)
    await expect(asked).rejects.toThrow('neither Redis nor the database answers')
    await expect(line.ask([WANT])).rejects.toThrow('neither Redis nor the database answers')
    late.resolve(one(1))
    await turn()
    expect(await line.ask([WANT])).toMatchObject([{ packet: { slots: 1 } }])
    // No beat had to say so.
    expect(did).toEqual(['take over', 'beat', 'ask'])
    await line.close()
  })

  test('how many are under way is told anew once a hand-back may be lost, and only while nothing is asked', async () => {
    const clock = handClock()
    const { database, told } = fakeDatabase()
    await database.takeOver(1)
    let isLost = false
    const replies: (() => void)[] = []
    const slowly: RateDatabase = {
      ...database,
      async ask(...question) {
        const answer = await database.ask(...question)
        await new Promise<void>((resolve) => void replies.push(resolve))
        return answer
      },
      tell: (...hand) => (isLost ? Promise.reject(new Error('connection reset')) : database.tell(...hand)),
    }
    const line = new ReplicaRateLine({ database: slowly, clock })
    const want: RateWant = { ...WANT, kind: 'max_parallel' }
    const asked = async (): Promise<() => void> => {
      void line.ask([want])
      await turn()
      return replies.pop() ?? (() => {})
    }
    for (let places = 0; places < 3; places += 1) (await asked())()
    await turn()
    isLost = true
    line.tell([{ said: 'ended', place: 'p', ended: 1 }])
    await turn()
    isLost = false
    const answer = await asked()
    await clock.moveOn(800)
    expect(told).toEqual([])
    answer()
    await turn()
    // Of three one has ended, and one has come.
    expect(told).toMatchObject([{ kind: 'max_parallel', underWay: 3 }])
    await clock.moveOn(3000)
    expect(told).toHaveLength(1)
    await line.close()
  })

  test('what has ended is told, whatever is on its way just then, and though nothing comes behind it', async () => {
    const clock = handClock()
    const { database, ended } = fakeDatabase()
    const line = new ReplicaRateLine({ database, clock })
    await database.takeOver(1)
    await line.ask([WANT])
    for (let turns = 0; turns < 12; turns += 1) {
      line.tell([])
      for (let passed = 0; passed < turns; passed += 1) await undefined
      line.tell([{ said: 'ended', place: 'p', ended: 1 }])
      await turn()
      expect(ended()).toBe(turns + 1)
    }
    await line.close()
  })
})
