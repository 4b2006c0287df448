import type { RateKind } from '../limit.ts'
import { RateAuthority, type RateAnswer, type RateReturn, type RateWant } from './rate-authority.ts'
import { RateCounts, type CountedEntry } from './rate-counts.ts'
import { BEYOND_MS, USABLE_MS } from './rate-kinds.ts'
import { isSlot, rate } from './rates.fake.ts'
import { SharedRates } from './shared-rates.ts'
import { createFakeClock } from '../../sandbox/clock.fake.ts'

/** Two processes and their authority, whose line takes 1 ms a way, while it is not cut. */
function open() {
  const clock = createFakeClock()
  const counts = new RateCounts({ beyondMs: BEYOND_MS })
  const kept: (readonly ['written' | 'noted', CountedEntry])[] = []
  const authority = new RateAuthority({
    counts,
    now: () => clock.monotonic(),
    journal: {
      write: (entry) => void kept.push(['written', entry]),
      note: (entry) => void kept.push(['noted', entry]),
    },
  })
  const line = {
    cut: false,
    isBroken: false,
    asked: 0,
    /** What was asked for last. */
    wants: [] as readonly RateWant[],
    told: [] as (readonly RateReturn[])[],
    backMs: 1,
  }
  const owner = (id: number): SharedRates =>
    new SharedRates({
      clock,
      line: {
        ask(wants: readonly RateWant[]) {
          line.asked += 1
          line.wants = wants
          if (line.isBroken) return Promise.reject(new Error('the line is broken'))
          return new Promise((resolve) => {
            clock.after(1, () => {
              if (line.cut) return
              const answers = authority.answer(id, wants)
              clock.after(line.backMs, () => resolve(answers))
            })
          })
        },
        tell(returned: readonly RateReturn[]) {
          line.told.push(returned)
          clock.after(1, () => authority.hear(id, returned))
        },
      },
    })
  const take = async (rates: SharedRates, kinds: Parameters<SharedRates['take']>[0], tokens = 0) => {
    const taken = Promise.resolve(rates.take(kinds, tokens))
    taken.catch(() => {})
    await clock.advance(2)
    return taken
  }
  return { clock, authority, kept, line, one: owner(1), two: owner(2), take }
}

describe('an owner of a rate', () => {
  test('counts requests under way with those of others, and lets go of those of one that has ended', async () => {
    const { authority, one, two, take, clock } = open()
    const parallel = [rate('max_parallel', 2)]
    const first = await take(one, parallel)
    const second = await take(two, parallel)
    expect([first, second].map(isSlot)).toEqual([true, true])
    expect(await take(two, parallel)).toMatchObject({ retryAfterMs: expect.any(Number), standing: { remaining: 0 } })
    if (isSlot(first)) first.done(undefined)
    await clock.advance(10)
    expect(isSlot(await take(two, parallel))).toBe(true)
    authority.forget(2)
    await clock.advance(10)
    expect(isSlot(await take(one, parallel))).toBe(true)
    expect(isSlot(await take(one, parallel))).toBe(true)
    expect(isSlot(await take(one, parallel))).toBe(false)
  })

  test('takes nothing of a request that one of its rates refuses', async () => {
    const { one, take, clock } = open()
    const [many, few] = [rate('rpm', 10), rate('rpd', 1)]
    await take(one, [many, few])
    expect(await take(one, [many, few])).toMatchObject({ standing: { applied: few } })
    await clock.advance(300)
    const standing = one.standing([many])
    await clock.advance(2)
    expect(await standing).toMatchObject([{ applied: many, remaining: 9, resetMs: 59_948 }])
  })

  test('gives a place back that was for a request which another of its rates refuses', async () => {
    const { one, two, line, take, clock } = open()
    const both = [rate('max_parallel', 2), rate('rpd', 1)]
    const taken = [one.take(both, 0), one.take(both, 0)]
    await clock.advance(20)
    expect((await Promise.all(taken)).map(isSlot)).toEqual([true, false])
    expect(line.told).toEqual([[{ said: 'ended', place: 'max_parallel', ended: 1 }]])
    expect(isSlot(await take(two, [rate('max_parallel', 2)]))).toBe(true)
  })

  test('tells nothing, and waits for nothing, once it has used all that it was handed', async () => {
    const { one, line, take, clock } = open()
    await take(one, [rate('max_parallel', 2)])
    expect([line.told, clock.pending()]).toEqual([[], 0])
  })

  test('knows for a second how long it is until a rate that is full has room, or that it never will', async () => {
    const { one, line, take } = open()
    await take(one, [rate('rpm', 1)])
    const waits = async (kind: RateKind, amount: number, tokens: number): Promise<number | undefined> => {
      const taken = await take(one, [rate(kind, amount)], tokens)
      return isSlot(taken) ? undefined : taken.retryAfterMs
    }
    const first = await waits('rpm', 1, 0)
    const { asked } = line
    expect(await waits('rpm', 1, 0)).toBe(first)
    expect(line.asked).toBe(asked)
    expect(first).toBeLessThanOrEqual(60_000 + BEYOND_MS)
    expect([await waits('tpm', 100, 200), await waits('tpm', 100, 200)]).toEqual([Infinity, Infinity])
    expect(line.asked).toBe(asked + 1)
  })

  test('answers many that wait with few questions', async () => {
    const { one, line, clock } = open()
    const taken = Array.from({ length: 50 }, () => one.take([rate('rpm', 60)], 0))
    await clock.advance(10)
    expect((await Promise.all(taken)).every(isSlot)).toBe(true)
    expect(line.asked).toBeLessThanOrEqual(2)
  })

  test('says that it cannot know when nobody answers, and goes on when somebody does', async () => {
    const { one, line, clock, take } = open()
    line.cut = true
    const taken = Promise.resolve(one.take([rate('rpm', 5)], 0))
    taken.catch(() => {})
    await clock.advance(1000)
    await expect(taken).rejects.toMatchObject({ code: 'limit_unavailable', retryAfterMs: 1000 })
    line.cut = false
    expect(isSlot(await take(one, [rate('rpm', 5)]))).toBe(true)
  })

  test('gives back what it is handed too late to use, before it asks for more', async () => {
    const { one, line, clock, take } = open()
    line.backMs = 400
    const late = take(one, [rate('rpm', 2)])
    await clock.advance(10)
    line.backMs = 1
    await clock.advance(400)
    expect(isSlot(await late)).toBe(true)
    expect(isSlot(await take(one, [rate('rpm', 2)]))).toBe(true)
    expect(isSlot(await take(one, [rate('rpm', 2)]))).toBe(false)
  })

  test('says that it cannot know when for two seconds all that it is handed comes too late to use', async () => {
    const { one, line, clock } = open()
    line.backMs = 400
    await clock.advance(5000)
    let isOver = false
    const taken = Promise.resolve(one.take([rate('rpm', 5)], 0))
    taken.catch(() => (isOver = true))
    await clock.advance(1900)
    expect(isOver).toBe(false)
    await clock.advance(600)
    await expect(taken).rejects.toMatchObject({ code: 'limit_unavailable' })
  })

  test('says so at once where the line is broken, and goes on when it is mended', async () => {
    const { one, line, clock, take } = open()
    line.isBroken = true
    const taken = Promise.resolve(one.take([rate('rpm', 5)], 0))
    taken.catch(() => {})
    await clock.advance(0)
    await expect(taken).rejects.toMatchObject({ code: 'limit_unavailable', cause: { message: 'the line is broken' } })
    expect(clock.pending()).toBe(0)
    line.isBroken = false
    expect(isSlot(await take(one, [rate('rpm', 5)]))).toBe(true)
  })

  test('asks for what it lacks alone', async () => {
    const { one, line, take } = open()
    await take(one, [rate('rpm', 1200)])
    await take(one, [rate('rpm', 1200), rate('rpd', 5)])
    expect(line.wants).toEqual([{ kind: 'rpd', place: 'rpd', rate: 5, wanted: 1, least: 1 }])
  })

  test('asks for all that wait together, and takes less where that is enough for one of them', async () => {
    const { one, two, line, take, clock } = open()
    const tokens = [rate('tpm', 1000)]
    await take(two, tokens, 800)
    const served: number[] = []
    const both = [500, 100].map((amount) => one.take(tokens, amount))
    for (const [index, waiting] of both.entries())
      void Promise.resolve(waiting).then((taken) => isSlot(taken) && served.push(index))
    // The first is asked for alone, at once, and both of them behind that: it is remembered that there is no room for the first.
    await clock.advance(10)
    expect(served).toEqual([1])
    expect((await Promise.all(both)).map(isSlot)).toEqual([false, true])
    const three = [300, 50, 70].map((amount) => two.take([rate('tpm', 1000, 'other')], amount))
    await clock.advance(3)
    expect(line.wants).toMatchObject([{ place: 'other', wanted: 120, least: 50 }])
    await clock.advance(10)
    expect((await Promise.all(three)).map(isSlot)).toEqual([true, true, true])
  })

  test('has a place that ends here for one of those who wait for it, and no other', async () => {
    const { one, take, clock } = open()
    const only = [rate('max_parallel', 1)]
    const first = await take(one, only)
    await clock.advance(10)
    const two = [one.take(only, 0), one.take(only, 0)]
    const served: number[] = []
    for (const [index, waiting] of two.entries()) void Promise.resolve(waiting).then(() => served.push(index))
    if (isSlot(first)) first.done(undefined)
    await clock.advance(0)
    expect(served).toEqual([0])
    await clock.advance(10)
    expect((await Promise.all(two)).map(isSlot)).toEqual([true, false])
  })

  test('frees one place for each request that ends, however it does', async () => {
    const { one, two, take, clock } = open()
    const three = [rate('max_parallel', 3)]
    const taken = [await take(one, three), await take(one, three), await take(two, three)]
    const left = async () => {
      await clock.advance(10)
      const standing = two.standing(three)
      await clock.advance(2)
      return (await standing)[0]?.remaining
    }
    if (isSlot(taken[0]!)) taken[0].done(500)
    expect(await left()).toBe(1)
    if (isSlot(taken[1]!)) taken[1].giveBack()
    expect(await left()).toBe(2)
  })

  test('frees a place also while others wait here for something else', async () => {
    const { one, two, take, clock } = open()
    const only = [rate('max_parallel', 1)]
    const first = await take(one, only)
    const other = one.take([rate('rpm', 5)], 0)
    if (isSlot(first)) first.done(undefined)
    await clock.advance(10)
    expect(isSlot(await other)).toBe(true)
    expect(isSlot(await take(two, only))).toBe(true)
  })

  test('tells nothing of a request that used what it had taken, and counts it once, however many tokens it used', async () => {
    const { one, line, take, clock } = open()
    const both = [rate('rpm', 60), rate('tpm', 100)]
    const [first, second] = [await take(one, both, 40), await take(one, both, 40)]
    if (isSlot(first)) first.done(40)
    expect(line.told).toEqual([])
    if (isSlot(second)) second.done(50)
    await clock.advance(10)
    const standing = one.standing(both)
    await clock.advance(2)
    expect(await standing).toMatchObject([{ remaining: 58 }, { remaining: 10 }])
  })

  test('takes back once what a request that is over had taken, however often it is told', async () => {
    const { one, two, take, clock } = open()
    const all = [rate('tpm', 1000), rate('max_parallel', 2)]
    const [first, second] = [await take(one, all, 400), await take(two, all, 400)]
    if (isSlot(first) && isSlot(second)) {
      first.done(100)
      first.done(100)
      first.giveBack()
    }
    await clock.advance(1000)
    const standing = one.standing(all)
    await clock.advance(2)
    expect(await standing).toMatchObject([{ remaining: 500 }, { remaining: 1 }])
  })

  test('gives back what it is handed after it has given up waiting', async () => {
    const { one, two, line, clock, take } = open()
    line.backMs = 1500
    const all = [rate('rpm', 1), rate('max_parallel', 1)]
    const late = take(one, all)
    await clock.advance(1000)
    await expect(late).rejects.toMatchObject({ code: 'limit_unavailable' })
    await clock.advance(600)
    line.backMs = 1
    expect(isSlot(await take(two, all))).toBe(true)
  })

  test('tells once what it has used of a packet, though another has taken its place', async () => {
    const { one, line, clock, take } = open()
    const tokens = [rate('tpm', 60_000)]
    // 245 are handed out, of which 145 are left then: too few for the next.
    for (const wanted of [100, 200]) expect(isSlot(await take(one, tokens, wanted))).toBe(true)
    expect(line.told.flat()).toMatchObject([{ said: 'used', used: 100 }])
    await clock.advance(1000)
    // And in the end, of the other.
    expect(line.told.flat()).toMatchObject([{ used: 100 }, { used: 200 }])
  })

  test('corrects tokens with the authority', async () => {
    const { one, two, take, clock } = open()
    const tokens = [rate('tpm', 1000)]
    const slot = await take(one, tokens, 900)
    expect(await take(two, tokens, 500)).toMatchObject({ standing: { remaining: 100 } })
    if (isSlot(slot)) slot.done(200)
    await clock.advance(1000)
    expect(isSlot(await take(two, tokens, 500))).toBe(true)
  })

  test('has what a request did not use of its tokens for the next one at once, and tells what it used beyond them', async () => {
    const { one, line, take, clock } = open()
    const tokens = [rate('tpm', 100_000)]
    const left = async () => {
      await clock.advance(1000)
      const standing = one.standing(tokens)
      await clock.advance(2)
      return (await standing)[0]?.remaining
    }
    const first = await take(one, tokens, 400)
    if (isSlot(first)) first.done(100)
    expect(isSlot(await take(one, tokens, 300))).toBe(true)
    expect(line.asked).toBe(1)
    expect(await left()).toBe(99_600)
    const second = await take(one, tokens, 400)
    if (isSlot(second)) second.done(900)
    expect(line.told.at(-1)).toMatchObject([{ said: 'corrected', want: { kind: 'tpm', place: 'tpm' }, by: 500 }])
    expect(await left()).toBe(98_700)
  })

  test('gives back what a request that never began had taken', async () => {
    const { one, two, take, clock } = open()
    const all = [rate('rpm', 1), rate('max_parallel', 1)]
    const slot = await take(one, all)
    if (isSlot(slot)) slot.giveBack()
    await clock.advance(1000)
    expect(isSlot(await take(two, all))).toBe(true)
  })

  test('lets go of what it knows of rates that are whole again', async () => {
    const { one, take, clock } = open()
    for (let key = 0; key < 20; key += 1) await take(one, [rate('rpm', 5, `key ${key}`)])
    expect(one.size).toBe(20)
    await clock.advance(61_000)
    for (let count = 0; count < 20; count += 1) await take(one, [rate('rpm', 500, 'the last')])
    expect(one.size).toBe(1)
  })

  test('tells what it has heard last of where a rate stands', async () => {
    const { one, take, clock } = open()
    await take(one, [rate('rpm', 10)])
    expect(one.known([rate('rpm', 10), rate('tpm', 5)])).toMatchObject([
      { remaining: 9, resetMs: 60_250 },
      { remaining: 5, resetMs: 0 },
    ])
    await clock.advance(61_000)
    expect(one.known([rate('rpm', 10)])).toMatchObject([{ remaining: 10, resetMs: 0 }])
  })
})

const want = (wanted: number): RateWant => ({ kind: 'rpm', place: 'rpm', rate: 60, wanted, least: wanted })

describe('the authority of a rate', () => {
  test('writes down what it hands out, by the moment at which it may be used at the latest, and what comes back of it', async () => {
    const { one, kept, take, clock } = open()
    const at = clock.monotonic() + 1 + USABLE_MS
    await take(one, [rate('rpm', 1200)])
    const written = { kind: 'rpm', place: 'rpm', at, amount: 5 }
    expect(kept).toEqual([['written', written]])
    await clock.advance(1000)
    expect(kept).toEqual([
      ['written', written],
      ['noted', { ...written, amount: -4 }],
    ])
  })

  test.each([
    { after: 1999, left: 60, is: 'is free again' },
    { after: 2000, left: 59, is: 'counts as used' },
  ])('that hears of an unused packet after $after ms: what it held $is', async ({ after, left }) => {
    const { authority, clock } = open()
    const id = authority.answer(1, [want(1)])[0]?.packet?.id ?? 0
    await clock.advance(after)
    authority.answer(1, [want(0)])
    authority.hear(1, [{ said: 'used', id, used: 0 }])
    expect(authority.answer(1, [want(0)])).toMatchObject([{ remaining: left }])
  })
})

/** An owner whose questions are answered by hand. */
function asking() {
  const clock = createFakeClock()
  const questions: PromiseWithResolvers<readonly RateAnswer[]>[] = []
  const told: RateReturn[] = []
  const rates = new SharedRates({
    clock,
    line: {
      ask() {
        const question = Promise.withResolvers<readonly RateAnswer[]>()
        questions.push(question)
        return question.promise
      },
      tell: (returned) => void told.push(...returned),
    },
  })
  const outcomes: unknown[] = []
  const take = (...applied: Parameters<SharedRates['take']>[0]) =>
    void Promise.resolve(rates.take(applied, 0)).then(
      (taken) => outcomes.push(isSlot(taken) ? 'taken' : 'refused'),
      ({ code }: { code: string }) => outcomes.push(code),
    )
  return { clock, questions, told, outcomes, take }
}

const packet = (id: number): RateAnswer => ({ packet: { id, slots: 1, at: 0 }, remaining: 0, resetMs: 60_000 })

describe('a question that is given up', () => {
  test('hands what it brings back to everybody, and does not disturb the one that is under way', async () => {
    const { clock, questions, told, outcomes, take } = asking()
    take(rate('rpm', 1), rate('rpd', 1), rate('max_parallel', 1))
    await clock.advance(1000)
    take(rate('rpm', 1, 'other'))
    questions[0]?.resolve([packet(1), { fullMs: 500, remaining: 0, resetMs: 60_000 }, packet(3)])
    await clock.advance(0)
    expect(told).toEqual([
      { said: 'used', id: 1, used: 0 },
      { said: 'ended', place: 'max_parallel', ended: 1 },
    ])
    expect([outcomes, questions.length]).toEqual([['limit_unavailable'], 2])
    questions[1]?.resolve([packet(4)])
    await clock.advance(0)
    expect(outcomes).toEqual(['limit_unavailable', 'taken'])
  })

  test('and fails in the end, fails nobody who has asked since', async () => {
    const { clock, questions, outcomes, take } = asking()
    take(rate('rpm', 1))
    await clock.advance(1000)
    take(rate('rpm', 1))
    questions[0]?.reject(new Error('the line is broken'))
    await clock.advance(0)
    expect(outcomes).toEqual(['limit_unavailable'])
    questions[1]?.resolve([packet(4)])
    await clock.advance(0)
    expect(outcomes).toEqual(['limit_unavailable', 'taken'])
  })
})
