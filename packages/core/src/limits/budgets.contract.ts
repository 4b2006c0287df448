import fc from 'fast-check'
import { zeroUsd } from '../money.ts'
import { testBudget, withCap } from './__fixtures__/budget.ts'
import { anyStep, runSchedule } from './__fixtures__/random-schedule.ts'
import { TestOwner } from './__fixtures__/test-owner.ts'
import type { Budgets, RecallLine } from './budgets.ts'

/** What a row of a test says. */
export interface ChargedRow {
  readonly charge: bigint
  readonly budgets: readonly number[]
}

/** A process that settles. */
export interface BudgetsProcess {
  readonly budgets: Budgets
  /** How it reaches the others. Default: at once, by whoever runs the suite. */
  readonly line?: RecallLine
  /** Keeps a row. @throws when it is not kept. */
  settle(row: ChargedRow): Promise<void>
  /** Somebody has seen that it ended. It goes on here, as one does that was taken for ended. */
  end(): Promise<void>
}

/** A store that several processes share. */
export interface BudgetsWorld {
  start(): Promise<BudgetsProcess>
  close(): Promise<void>
}

export interface BudgetsSuite {
  /** Opens a store with nothing in it. */
  open(): Promise<BudgetsWorld>
  /** How many random schedules are run. */
  readonly runs: number
}

/** How the store's side of leases behaves, whatever it is kept in. */
export function describeBudgets(name: string, { open, runs }: BudgetsSuite): void {
  describe(`budgets in ${name}`, () => {
    let world: BudgetsWorld
    beforeEach(async () => {
      world = await open()
    })
    afterEach(() => world.close())

    const start = async () => new TestOwner(await world.start())

    /** Another process, which has been heard of. */
    async function another(): Promise<TestOwner> {
      const owner = await start()
      await owner.ask([[[testBudget(1), 1]]])
      return owner
    }

    test('one owner alone is lent all there is', async () => {
      const budget = testBudget(100)
      const one = await start()
      const reply = await one.ask([[[budget, 7]], [[budget, 93]], [[budget, 1]]])
      expect(reply.shortages).toEqual([undefined, undefined, [{ budgetId: budget.id, room: 0n, holders: [] }]])
      expect(reply.has).toMatchObject([{ budgetId: budget.id, granted: 100n, recalled: 0n }])
    })

    test('one of several is lent its share of half the room, or what it lacks', async () => {
      const budget = testBudget(100)
      const [one, other] = [await another(), await another()]
      await one.ask([[[budget, 1]]])
      expect(one.granted(budget)).toBe(25n)
      await other.ask([[[budget, 60]]])
      expect(other.granted(budget)).toBe(60n)
      await one.ask([[[budget, 2]]])
      expect(one.granted(budget)).toBe(28n)
    })

    test('requests that ask in one call are lent one share together, or what they lack', async () => {
      const [budget, small] = [testBudget(100), testBudget(100)]
      const [one] = [await another(), await another()]
      const reply = await one.ask([[[budget, 10]], [[budget, 10]], [[budget, 0]], [[budget, 4]], [[budget, 1]]])
      expect(reply.shortages).toEqual([undefined, undefined, undefined, undefined, undefined])
      expect(one.granted(budget)).toBe(25n)
      await one.ask([[[small, 40]], [[small, 50]], [[small, 20]], [[small, 10]]])
      expect(one.granted(small)).toBe(100n)
    })

    test('what nobody has is refused, with the room and who else holds how much', async () => {
      const budget = testBudget(100)
      const [one, other] = [await another(), await another()]
      await one.ask([[[budget, 70]]])
      await one.settle(20, budget)
      const reply = await other.ask([[[budget, 31]]])
      expect(reply.shortages).toEqual([
        [{ budgetId: budget.id, room: 30n, holders: [{ owner: one.id, left: 50n, ...anyHolder }] }],
      ])
      expect(other.granted(budget)).toBe(0n)
    })

    test('a want is granted in all of its budgets, or in none', async () => {
      const [wide, narrow] = [testBudget(100), testBudget(10)]
      const one = await start()
      const reply = await one.ask([
        [
          [wide, 11],
          [narrow, 11],
        ],
      ])
      expect(reply.shortages).toEqual([[{ budgetId: narrow.id, room: 10n, holders: [] }]])
      expect([one.granted(wide), one.granted(narrow)]).toEqual([0n, 0n])
    })

    test('who has charged all that it was lent has nothing to give back, and who has a unit left has that', async () => {
      const budget = testBudget(100)
      const [one, other] = [await another(), await another()]
      const holders = async () => (await other.ask([[[budget, 100]]])).shortages[0]?.[0]?.holders
      await one.ask([[[budget, 70]]])
      await one.settle(69, budget)
      expect(await holders()).toEqual([{ owner: one.id, left: 1n, ...anyHolder }])
      await one.settle(1, budget)
      expect(await holders()).toEqual([])
    })

    test('of a want that is not granted only what is too little is told: not what is just enough, nor what it does not lack', async () => {
      const [exact, narrow, lowered] = [testBudget(100), testBudget(10), testBudget(100)]
      const one = await start()
      await one.ask([[[lowered, 60]]])
      const reply = await one.ask([
        [
          [exact, 100],
          [narrow, 11],
          [withCap(lowered, 40), 0],
        ],
      ])
      expect(reply.shortages).toEqual([[{ budgetId: narrow.id, room: 10n, holders: [] }]])
    })

    test('what one want of a call does not get takes nothing from those behind it', async () => {
      const budget = testBudget(100)
      const one = await start()
      const reply = await one.ask([[[budget, 101]], [[budget, 100]]])
      expect(reply.shortages).toEqual([[{ budgetId: budget.id, room: 0n, holders: [] }], undefined])
    })

    test('what is given back can be lent to others', async () => {
      const budget = testBudget(100)
      const [one, other] = [await another(), await another()]
      await one.ask([[[budget, 100]]])
      await one.settle(5, budget)
      await one.giveBack(budget, 90)
      expect(one.granted(budget)).toBe(10n)
      expect((await other.ask([[[budget, 91]]])).shortages[0]).toMatchObject([{ room: 90n, holders: [{ left: 5n }] }])
      expect((await other.ask([[[budget, 90]]])).shortages).toEqual([undefined])
    })

    test('who says that it has more than it was lent is not believed', async () => {
      const budget = testBudget(100)
      const [one, other] = [await another(), await another()]
      await one.ask([[[budget, 30]]])
      await one.giveBack(budget, -50)
      expect(one.granted(budget)).toBe(30n)
      expect((await other.ask([[[budget, 71]]])).shortages).toMatchObject([[{ room: 70n, holders: [{ left: 30n }] }]])
      expect((await other.ask([[[budget, 70]]])).shortages).toEqual([undefined])
    })

    test('a grant whose answer was lost returns when its owner says what it has', async () => {
      const budget = testBudget(100)
      const one = await start()
      await one.ask([[[budget, 10]]], { lost: true })
      expect(one.granted(budget)).toBe(0n)
      expect((await one.ask([[[budget, 100]]])).shortages).toEqual([undefined])
      expect(one.granted(budget)).toBe(100n)
    })

    test('of a budget that a call does not name its owner has what it had', async () => {
      const [named, other] = [testBudget(100), testBudget(100)]
      const [one, asks] = [await another(), await another()]
      await one.ask([[[other, 100]]])
      const reply = await one.ask([[[named, 10]]])
      expect(reply.has.map(({ budgetId }) => budgetId)).toEqual([named.id])
      expect((await asks.ask([[[other, 1]]])).shortages).toMatchObject([[{ room: 0n, holders: [{ left: 100n }] }]])
    })

    test('a call that comes after a later one, or twice, is not carried out', async () => {
      const budget = testBudget(100)
      const one = await start()
      await one.ask([[[budget, 10]]])
      const early = one.call([], [{ budget, granted: zeroUsd, held: zeroUsd }])
      const late = one.call([], [])
      await one.budgets.exchange(late)
      for (const call of [early, late])
        await expect(one.budgets.exchange(call)).rejects.toMatchObject({ code: 'storage_unavailable' })
      expect((await one.ask([[[budget, 1]]])).has).toMatchObject([{ granted: 100n }])
    })

    test('a lease of one that has ended returns, less exactly what its rows charged', async () => {
      const [budget, untouched] = [testBudget(100), testBudget(100)]
      const [one, other] = [await another(), await another()]
      await one.ask([
        [
          [budget, 80],
          [untouched, 80],
        ],
      ])
      await one.settle(13, budget)
      await one.settle(4, budget)
      await one.process.end()
      const shortages = (await other.ask([[[budget, 84]]])).shortages
      expect(shortages).toEqual([[{ budgetId: budget.id, room: 83n, holders: [] }]])
      expect((await other.ask([[[budget, 83]]])).shortages).toEqual([undefined])
      expect((await other.ask([[[untouched, 100]]])).shortages).toEqual([undefined])
    })

    test('one that was taken for ended hears who it is now, and begins with nothing', async () => {
      const budget = testBudget(100)
      const one = await start()
      await one.ask([[[budget, 10]]])
      await one.settle(6, budget)
      const before = one.id
      await one.process.end()
      const reply = await one.ask([[[budget, 1]]])
      expect(reply).toEqual({ owner: expect.any(Number), has: [], shortages: [[]] })
      expect(reply.owner).not.toBe(before)
      one.forget()
      await one.ask([[[budget, 1]]])
      expect(one.granted(budget)).toBe(94n)
    })

    test('rows of one that was taken for ended charge nothing', async () => {
      const budget = testBudget(100)
      const one = await start()
      await one.ask([[[budget, 100]]])
      await one.process.end()
      await expect(one.settle(6, budget)).rejects.toMatchObject({ code: 'storage_unavailable' })
      expect(await one.budgets.standing([budget])).toEqual([{ spent: 0n, held: 0n }])
    })

    test('what rows charged beyond the lease is lent to their owner, and lacks less', async () => {
      const budget = testBudget(100)
      const [one] = [await another(), await another()]
      await one.ask([[[budget, 30]]])
      expect(one.granted(budget)).toBe(30n)
      await one.settle(45, budget)
      // To have the 55 that are left it lacks 70: 15 of them are what was charged too much.
      await one.ask([[[budget, 70]]])
      expect(one.granted(budget)).toBe(100n)
      expect((await one.ask([[[budget, 1]]])).shortages).toEqual([[{ budgetId: budget.id, room: 0n, holders: [] }]])
    })

    test('an owner whose rows charged more than there was is lent nothing more, whatever it has given back', async () => {
      const budget = testBudget(100)
      const one = await start()
      await one.ask([[[budget, 1]]])
      await one.giveBack(budget, 100)
      await one.settle(150, budget)
      const { shortages } = await one.ask([[[budget, 10]]])
      expect(shortages).toEqual([[{ budgetId: budget.id, room: -50n, holders: [] }]])
    })

    test('a charge beyond the cap is seen as such', async () => {
      const budget = testBudget(100)
      const one = await start()
      await one.ask([[[budget, 100]]])
      await one.settle(130, budget)
      const reply = await one.ask([[[budget, 1]]])
      expect(reply.shortages).toEqual([[{ budgetId: budget.id, room: -30n, holders: [] }]])
      expect(reply.has).toMatchObject([{ granted: 130n, recalled: 30n }])
      expect(await one.budgets.standing([budget])).toEqual([{ spent: 130n, held: 0n }])
    })

    test('a cap that comes down recalls, and of two amounts that of the later revision is in force', async () => {
      const budget = testBudget(100)
      const lowered = withCap(budget, 40)
      const [one, other] = [await another(), await another()]
      await one.ask([[[budget, 60]]])
      expect((await other.ask([[[lowered, 1]]])).shortages).toMatchObject([[{ room: -20n, holders: [{ left: 60n }] }]])
      // One that has not heard of it yet.
      const reply = await one.ask([[[budget, 1]]])
      expect(reply.shortages).toMatchObject([[{ room: -20n }]])
      expect(reply.has).toMatchObject([{ granted: 60n, recalled: 20n }])
      await one.giveBack(budget, 30)
      expect((await other.ask([[[budget, 10]]])).shortages).toEqual([undefined])
    })

    test('a change of a cap that is told late does not undo a later one', async () => {
      const budget = testBudget(100)
      const lowered = withCap(budget, 50)
      const raised = withCap(lowered, 80)
      const one = await start()
      await one.ask([[[budget, 1]]])
      expect((await one.ask([[[raised, 1]]])).has).toMatchObject([{ granted: 100n, recalled: 20n }])
      expect((await one.ask([[[lowered, 1]]])).has).toMatchObject([{ granted: 100n, recalled: 20n }])
    })

    test('a cap that goes up is there at once', async () => {
      const budget = testBudget(100)
      const one = await start()
      await one.ask([[[budget, 100]]])
      await one.ask([[[withCap(budget, 150), 50]]])
      expect(one.granted(budget)).toBe(150n)
    })

    test('grants grow when something is granted, and at no other time', async () => {
      const budget = testBudget(100)
      const [one] = [await another(), await another()]
      const grants = async (lack: number): Promise<number> => (await one.ask([[[budget, lack]]])).has[0]?.grants ?? -1
      const first = await grants(1)
      expect(await grants(1000)).toBe(first)
      const second = await grants(1)
      expect(second).toBeGreaterThan(first)
      await one.giveBack(budget, 1)
      expect(await grants(1000)).toBe(second)
    })

    test('a lease that was let go of and begun anew has other grants', async () => {
      const budget = testBudget(100)
      const [one, other] = [await another(), await another()]
      const seen = async () => (await other.ask([[[budget, 100]]])).shortages[0]?.[0]?.holders[0]?.grants
      await one.ask([[[budget, 10]]])
      const before = await seen()
      await one.letGo(budget)
      expect(await seen()).toBeUndefined()
      await one.giveBack(budget, 0)
      await one.ask([[[budget, 10]]])
      expect(await seen()).not.toBe(before)
    })

    test('who is heard of again is seen to be', async () => {
      const budget = testBudget(100)
      const [one, other] = [await another(), await another()]
      const heard = async () => (await other.ask([[[budget, 100]]])).shortages[0]?.[0]?.holders[0]?.heard ?? -1
      await one.ask([[[budget, 10]]])
      const before = await heard()
      await one.ask([])
      expect(await heard()).toBeGreaterThan(before)
    })

    test('a lease that is let go of leaves what its rows charged', async () => {
      const budget = testBudget(100)
      const [one, other] = [await another(), await another()]
      await one.ask([[[budget, 50]]])
      await one.settle(20, budget)
      await one.letGo(budget)
      expect((await other.ask([[[budget, 81]]])).shortages).toEqual([[{ budgetId: budget.id, room: 80n, holders: [] }]])
      const again = await one.ask([[[budget, 5]]])
      expect(again.has).toMatchObject([{ granted: 20n }])
    })

    test('to lack nothing makes a lease where nothing is left, and rows count by its number', async () => {
      const budget = testBudget(0)
      const one = await start()
      const reply = await one.ask([[[budget, 0]]])
      expect(reply.shortages).toEqual([undefined])
      await one.settle(5, budget)
      expect(await one.budgets.standing([budget])).toEqual([{ spent: 5n, held: 0n }])
    })

    test('a row counts in each of its budgets, whether they are leased or not, and once', async () => {
      const [leased, other] = [testBudget(100), testBudget(100)]
      const [one, lender] = [await another(), await another()]
      await lender.ask([[[other, 10]]])
      await one.ask([[[leased, 10]]])
      await one.process.settle({ charge: 3n, budgets: [one.numberOf(leased), lender.numberOf(other)] })
      expect(await lender.budgets.standing([leased, other])).toEqual([
        { spent: 3n, held: 0n },
        { spent: 3n, held: 0n },
      ])
      await one.ask([])
      await one.process.end()
      expect((await lender.budgets.standing([leased, other])).map(({ spent }) => spent)).toEqual([3n, 3n])
      expect((await lender.ask([[[leased, 98]]])).shortages).toMatchObject([[{ room: 97n }]])
    })

    test('says what is set aside, as it was told', async () => {
      const budget = testBudget(100)
      const [one, other] = [await another(), await another()]
      for (const [owner, held] of [
        [one, 7],
        [other, 4],
      ] as const) {
        await owner.ask([[[budget, 10]]])
        owner.hold(budget, held)
        await owner.giveBack(budget, 0)
      }
      const unknown = testBudget(5)
      expect(await one.budgets.standing([budget, unknown])).toEqual([
        { spent: 0n, held: 11n },
        { spent: 0n, held: 0n },
      ])
      await other.process.end()
      expect(await one.budgets.standing([budget])).toEqual([{ spent: 0n, held: 7n }])
    })

    test('says what is set aside of a lease from the call on that makes it', async () => {
      const budget = testBudget(100)
      const one = await start()
      // As of one that was taken for ended, and has requests under way from before.
      one.hold(budget, 7)
      await one.ask([[[budget, 10]]])
      expect(await one.budgets.standing([budget])).toEqual([{ spent: 0n, held: 7n }])
    })

    test('amounts are exact beyond what a number holds', async () => {
      const cap = 9_000_000_000_000_000_001n
      const budget = testBudget(cap)
      const one = await start()
      await one.ask([[[budget, 1]]])
      expect(one.granted(budget)).toBe(cap)
      await one.settle(cap - 1n, budget)
      await one.process.end()
      const other = await start()
      expect((await other.ask([[[budget, 2]]])).shortages).toMatchObject([[{ room: 1n }]])
      expect(await other.budgets.standing([budget])).toEqual([{ spent: cap - 1n, held: 0n }])
    })

    test('never lends more than the cap, whoever asks, dies, loses answers or repeats calls', async () => {
      const schedule = fc.array(anyStep, { minLength: 5, maxLength: 60 })
      await fc.assert(
        fc.asyncProperty(schedule, async (steps) => {
          const world = await open()
          try {
            await runSchedule(world, steps)
          } finally {
            await world.close()
          }
        }),
        { numRuns: runs },
      )
    }, 600_000)
  })
}

const anyHolder = { grants: expect.any(Number), heard: expect.any(Number) }
