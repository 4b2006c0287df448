import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '../../../../../test/support/eventually.ts'
import type { AppliedRate, RateKind } from '../limit.ts'
import type { RateRefusal, Rates, Slot } from '../rates.ts'
import { BEYOND_MS, rateCounting } from './rate-kinds.ts'
import { isSlot, rate } from './rates.fake.ts'

/** Processes that have their rates counted by the same authority, which has counted nothing yet. */
export interface RatesWorld {
  /** At least one. */
  readonly processes: readonly Rates[]
  close(): Promise<void>
}

/** As often as nobody can know it, it is asked again: an engine on a busy machine answers late. */
async function take(rates: Rates, applied: readonly AppliedRate[], tokens = 0): Promise<Slot | RateRefusal> {
  for (;;) {
    try {
      return await rates.take(applied, tokens)
    } catch (error) {
      expect(error).toMatchObject({ code: 'limit_unavailable' })
      await wait(10)
    }
  }
}

async function slot(rates: Rates, applied: readonly AppliedRate[], tokens = 0): Promise<Slot> {
  const taken = await take(rates, applied, tokens)
  if (!isSlot(taken)) throw new Error('it was refused')
  return taken
}
async function refusal(rates: Rates, applied: readonly AppliedRate[], tokens = 0): Promise<RateRefusal> {
  const taken = await take(rates, applied, tokens)
  if (isSlot(taken)) throw new Error('it was admitted')
  return taken
}
const isAdmitted = async (rates: Rates, applied: readonly AppliedRate[], tokens = 0): Promise<boolean> =>
  isSlot(await take(rates, applied, tokens))

/** Resolves when there is room. What was heard to be full is not asked about again for a while. */
const inTime = (rates: Rates, applied: readonly AppliedRate[], tokens = 0): Promise<void> =>
  eventually(() => isAdmitted(rates, applied, tokens), 'there is room')

/**
 * How many of so many requests at each process at once are admitted, asked again until they are as many: what an engine on a busy machine hands
 * out too late to be used is handed back, and missed until then.
 */
async function admittedByAll(
  { processes }: RatesWorld,
  applied: readonly AppliedRate[],
  { each, tokens, until }: { readonly each: number; readonly tokens?: number; readonly until: number },
): Promise<number> {
  let admitted = 0
  await eventually(async () => {
    const asked = processes.flatMap((rates) => Array.from({ length: each }, () => isAdmitted(rates, applied, tokens)))
    admitted += (await Promise.all(asked)).filter(Boolean).length
    return admitted >= until
  }, 'all of it is admitted')
  return admitted
}

/** Processes of which messages to the authority can be lost. */
export interface LossyRatesWorld extends RatesWorld {
  /** The next message of the kind is lost: on its way, or its answer is on the way back. */
  lose(what: 'question' | 'hand-back', where: 'there' | 'back'): void
}

/** What is lost between a process and who counts costs nobody a place among those under way for longer than a moment. */
export function describeLosses(name: string, open: () => Promise<LossyRatesWorld>): void {
  describe(`rates that are counted ${name}, where messages are lost`, () => {
    let world: LossyRatesWorld
    beforeAll(async () => {
      world = await open()
    })
    afterAll(() => world?.close())

    test.each([
      { what: 'hand-back', where: 'there' },
      { what: 'hand-back', where: 'back' },
      { what: 'question', where: 'there' },
      { what: 'question', where: 'back' },
    ] as const)('admit as many as there are places, and no more, after a $what is lost ($where)', async (row) => {
      const applied = [rate('max_parallel', 2, `${row.what} ${row.where}`)]
      const one = world.processes[0] as Rates
      const other = world.processes.at(-1) as Rates
      const [held, ends] = [await slot(one, applied), await slot(one, applied)]
      if (row.what === 'hand-back') {
        world.lose(row.what, row.where)
        ends.done(undefined)
      } else {
        ends.done(undefined)
        await eventually(async () => (await other.standing(applied))[0]?.remaining === 1, 'a place is free')
        world.lose(row.what, row.where)
        await Promise.resolve(one.take(applied, 0)).then(
          (taken) => isSlot(taken) && taken.done(undefined),
          () => {},
        )
      }
      await eventually(() => isAdmitted(other, applied), 'there is room')
      expect(await isAdmitted(other, applied)).toBe(false)
      held.done(undefined)
      await eventually(() => isAdmitted(other, applied), 'there is room')
      expect(await isAdmitted(one, applied)).toBe(false)
    })
  })
}

/** How rates behave, whoever counts them. Time is real, so nothing here asks when a window ends. */
export function describeRates(name: string, open: () => Promise<RatesWorld>): void {
  describe(`rates that are counted ${name}`, () => {
    let world: RatesWorld
    let tests = 0
    beforeAll(async () => {
      world = await open()
    })
    beforeEach(() => void (tests += 1))
    afterAll(() => world?.close())

    /** A rate that no other test has. */
    const here = (kind: RateKind, amount: number, place: string = kind): AppliedRate =>
      rate(kind, amount, `${tests} ${place}`)

    /** The first process, and another one where there are several. */
    const one = (): Rates => world.processes[0] as Rates
    const other = (): Rates => world.processes.at(-1) as Rates

    test.each([
      { kind: 'rpm', amount: 1 },
      { kind: 'rpm', amount: 7 },
      { kind: 'rpm', amount: 121 },
      { kind: 'rpd', amount: 7 },
      { kind: 'rpd', amount: 200 },
      { kind: 'max_parallel', amount: 3 },
    ] as const)('admit $amount ($kind) of as many as all processes are asked for, and no more', async (row) => {
      const applied = [here(row.kind, row.amount)]
      expect(await admittedByAll(world, applied, { each: row.amount + 2, until: row.amount })).toBe(row.amount)
    })

    test('admit tokens up to the rate, and never a request that asks for more than a window has', async () => {
      const applied = [here('tpm', 1000)]
      expect(await admittedByAll(world, applied, { each: 12, tokens: 100, until: 10 })).toBe(10)
      expect(await refusal(one(), [here('tpm', 1000, 'another')], 1001)).toMatchObject({ retryAfterMs: Infinity })
    })

    test.each([
      { kind: 'rpm', amount: 2 },
      { kind: 'rpm', amount: 240 },
      { kind: 'rpd', amount: 2 },
      { kind: 'tpm', amount: 2 },
    ] as const)(
      'say of $amount ($kind) when there is room again: at the end of a window at the latest',
      async (row) => {
        const applied = here(row.kind, row.amount)
        const { spanMs, bucketMs } = rateCounting[row.kind]
        const began = performance.now()
        for (let taken = 0; taken < row.amount; taken += 1) await slot(one(), [applied], 1)
        const { standing, retryAfterMs } = await refusal(one(), [applied], 1)
        expect(standing).toMatchObject({ applied, remaining: 0 })
        // Since the first of them, which is the first to be there again. Each clock is cut to whole ms.
        expect(retryAfterMs).toBeGreaterThan(spanMs - (performance.now() - began) - 5)
        expect(retryAfterMs).toBeLessThanOrEqual(spanMs + bucketMs + BEYOND_MS)
        expect(standing.resetMs).toBeGreaterThanOrEqual(retryAfterMs - bucketMs)
        expect(standing.resetMs).toBeLessThanOrEqual(spanMs + bucketMs + BEYOND_MS)
      },
    )

    test('count nothing of a request that one of its rates refuses', async () => {
      // What an owner is too slow to hand back counts as used: then it is tried anew, with rates that nobody has used.
      let tries = 0
      await eventually(async () => {
        tries += 1
        const [many, few] = [here('rpm', 10, `many ${tries}`), here('rpd', 1, `few ${tries}`)]
        await slot(one(), [many, few])
        expect((await refusal(one(), [many, few])).standing.applied).toBe(few)
        expect((await refusal(other(), [few, many])).standing.applied).toBe(few)
        for (let looks = 0; looks < 500; looks += 1) {
          if ((await other().standing([many]))[0]?.remaining === 9) return true
          await wait(5)
        }
        return false
      }, 'what was not used is back')
    })

    test('count nothing of a request that never began, and a request once', async () => {
      const applied = [here('rpm', 1), here('tpm', 50), here('max_parallel', 1)]
      const first = await slot(one(), applied, 50)
      first.giveBack()
      first.giveBack()
      await inTime(other(), applied, 50)
      expect(await isAdmitted(one(), applied, 50)).toBe(false)
    })

    test('correct tokens to what they were, both ways', async () => {
      const applied = [here('tpm', 100)]
      const less = await slot(one(), applied, 60)
      less.done(10)
      less.done(0)
      await inTime(other(), applied, 90)
      const more = here('tpm', 100, 'more')
      const overdrawn = await slot(one(), [more], 50)
      overdrawn.done(100)
      await eventually(async () => (await other().standing([more]))[0]?.remaining === 0, 'all of it is used')
      await refusal(other(), [more], 1)
    })

    test('have the place of a request that ended for whoever asks', async () => {
      const applied = [here('max_parallel', 2)]
      const [first] = [await slot(one(), applied), await slot(other(), applied)]
      expect((await refusal(other(), applied)).standing.remaining).toBe(0)
      first.done(undefined)
      first.done(undefined)
      await inTime(other(), applied)
      expect(await isAdmitted(one(), applied)).toBe(false)
    })

    test('are apart by their place, whatever that is called', async () => {
      const places = ['', ' ', 'a', 'A', 'a:b', '"', "'", '\\', '\0', '\n', 'ü', '\ud800', '{}', 'x'.repeat(5000)]
      for (const place of places) await slot(one(), [here('rpm', 1, place)])
      for (const place of places) await refusal(other(), [here('rpm', 1, place)])
    })

    test('go by the amount that is asked with: one that came down is full, one that went up has room', async () => {
      for (let taken = 0; taken < 5; taken += 1) await slot(one(), [here('rpm', 5)])
      await refusal(other(), [here('rpm', 3)])
      await slot(other(), [here('rpm', 6)])
      await refusal(other(), [here('rpm', 6)])
    })

    test('are told without anything being taken', async () => {
      const [rpm, parallel] = [here('rpm', 10), here('max_parallel', 4)]
      expect(await one().standing([rpm, parallel])).toMatchObject([
        { applied: rpm, remaining: 10, resetMs: 0 },
        { applied: parallel, remaining: 4, resetMs: 0 },
      ])
      await slot(one(), [rpm, parallel])
      const [after, underWay] = await other().standing([rpm, parallel])
      expect([after?.remaining, underWay?.remaining]).toEqual([9, 3])
      expect(after?.resetMs).toBeGreaterThan(0)
    })
  })
}
