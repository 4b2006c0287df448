import { createFakeClock, type FakeClock } from '../../sandbox/clock.fake.ts'
import { picoUsd, type PicoUsd } from '../../money.ts'
import { isRefusal, type Admission, type Hold, type Refusal } from '../admission.ts'
import type { Budget } from '../budgets.ts'
import { BudgetsByHand, budgetOf, holderOf, leaseOf, LineByHand, shortageOf } from './budgets.fake.ts'
import { createAdmission } from './lease-admission.ts'

const usd = (amount: number): PicoUsd => picoUsd(BigInt(amount))
const key = budgetOf('key')
const team = budgetOf('team')

let store: BudgetsByHand
let line: LineByHand
let clock: FakeClock
let admission: Admission

beforeEach(() => {
  store = new BudgetsByHand()
  line = new LineByHand()
  clock = createFakeClock()
  admission = createAdmission({ budgets: store, line, clock })
})

const admit = (amount: number, budgets: readonly Budget[] = [key], signal?: AbortSignal) =>
  admission.admit({ amount: usd(amount), budgets }, signal)

/** What came of a claim, as one word. */
const toldOf = async (outcome: ReturnType<typeof admit>): Promise<'held' | Refusal['kind']> => {
  const ended = await outcome
  return isRefusal(ended) ? ended.kind : 'held'
}

/** The hold of a claim for which there is enough in memory. */
function held(amount: number, budgets: readonly Budget[] = [key]): Hold {
  const outcome = admit(amount, budgets)
  if (outcome instanceof Promise || isRefusal(outcome)) throw new Error('was not admitted at once')
  return outcome
}

/** Has the process lent so much. */
async function lent(amounts: Record<string, number>): Promise<void> {
  const budgets = Object.keys(amounts).map((id) => budgetOf(id))
  const first = admit(0, budgets)
  await store.last.answer({ has: Object.entries(amounts).map(([id, amount]) => leaseOf(id, amount)) })
  const hold = await first
  if (isRefusal(hold)) throw new Error('was refused')
  hold.release()
}

/** What the store is told of what is set aside. */
function news({ areHeard = true } = {}) {
  const told = store.process?.news()
  store.process?.newsHeard(areHeard)
  return told
}

const standing = (budget = key) => [admission.idle(budget), admission.held(budget.id)]

test('what is set aside can be asked at any time, and what has changed of it is news once', async () => {
  await lent({ key: 100 })
  const { process } = store
  const hold = held(30)
  expect(process?.held('key')).toBe(30n)
  expect(news()).toEqual([{ budgetNumber: 7, held: 30n }])
  expect(news()).toEqual([])
  hold.release()
  expect(news()).toEqual([{ budgetNumber: 7, held: 0n }])
})

describe('news of what is set aside', () => {
  test('that may not have been heard are told anew, as it is by then', async () => {
    await lent({ key: 100 })
    const hold = held(30)
    expect(news({ areHeard: false })).toEqual([{ budgetNumber: 7, held: 30n }])
    hold.charge(usd(10))
    expect(news({ areHeard: false })).toEqual([{ budgetNumber: 7, held: 10n }])
    expect(news()).toEqual([{ budgetNumber: 7, held: 10n }])
    expect(news()).toEqual([])
  })

  test('that were not heard are told even if they are what was told before', async () => {
    await lent({ key: 100 })
    const hold = held(30)
    // It may have been heard all the same.
    expect(news({ areHeard: false })).toEqual([{ budgetNumber: 7, held: 30n }])
    hold.release()
    expect(news()).toEqual([{ budgetNumber: 7, held: 0n }])
  })

  test('are left to the call that is on its way, and say then what has changed since', async () => {
    await lent({ key: 100 })
    const hold = held(30)
    void admit(90)
    expect(store.last.call.has).toMatchObject([{ held: 30n }])
    hold.release()
    expect(news()).toEqual([])
    await store.last.answer({ has: [leaseOf('key', 100, 2)] })
    expect(news()).toEqual([{ budgetNumber: 7, held: 90n }])
  })

  test('that a call says as well while they are on their way are told once more: nobody knows which came last', async () => {
    await lent({ key: 100 })
    const hold = held(30)
    expect(store.process?.news()).toEqual([{ budgetNumber: 7, held: 30n }])
    hold.release()
    void admit(110)
    await store.last.answer({ has: [leaseOf('key', 100)], shortages: [[shortageOf('key', 0)]] })
    store.process?.newsHeard(true)
    expect(news()).toEqual([{ budgetNumber: 7, held: 0n }])
    expect(news()).toEqual([])
  })
})

describe('what memory suffices for', () => {
  test('is admitted at once, without a call', async () => {
    await lent({ key: 100, team: 50 })
    const hold = held(30, [key, team])
    expect([hold.amount, hold.budgetNumbers]).toEqual([30n, [7, 7]])
    expect([standing(key), standing(team)]).toEqual([
      [70n, 30n],
      [20n, 30n],
    ])
    expect(store.asked).toHaveLength(1)
  })

  test('a claim in no budget is held at once', () => {
    expect(held(5, []).budgetNumbers).toEqual([])
  })

  test('grows at once', async () => {
    await lent({ key: 100 })
    const hold = held(30)
    expect(hold.grow(usd(20))).toBe('held')
    expect([hold.amount, ...standing()]).toEqual([50n, 50n, 50n])
  })

  test('is set aside for the charge until the store has answered, and spent then', async () => {
    await lent({ key: 100 })
    const hold = held(30)
    hold.charge(usd(10))
    expect(standing()).toEqual([90n, 10n])
    hold.settled()
    expect(standing()).toEqual([90n, 0n])
  })

  test('comes back when nothing came of the request, once', async () => {
    await lent({ key: 100 })
    const hold = held(30)
    hold.release()
    hold.release()
    hold.settled()
    expect(standing()).toEqual([100n, 0n])
  })

  test('is less by what an upstream charged beyond the hold', async () => {
    await lent({ key: 100 })
    const hold = held(90)
    hold.charge(usd(120))
    hold.settled()
    expect(standing()).toEqual([-20n, 0n])
  })

  test('a charge counts in the budgets that are named with it, held in or not', async () => {
    await lent({ key: 100, team: 100 })
    const hold = held(30)
    hold.charge(usd(10), [team])
    hold.settled()
    expect([standing(key), standing(team)]).toEqual([
      [100n, 0n],
      [90n, 0n],
    ])
  })
})

describe('a claim for which there is too little in memory', () => {
  test('asks for what it lacks in each budget, and says what there is', async () => {
    await lent({ key: 10, team: 100 })
    held(4)
    const claim = admit(30, [key, team])
    expect(store.said).toEqual({ key: 10n })
    expect(store.wanted).toEqual([{ key: 24n }])
    await store.last.answer({ has: [leaseOf('key', 60)] })
    expect(await toldOf(claim)).toBe('held')
    expect([standing(key), standing(team)]).toEqual([
      [26n, 34n],
      [70n, 30n],
    ])
  })

  test('waits for the call that is on its way, and goes with the next, with all that wait', async () => {
    const claims = [admit(1), admit(2), admit(3)]
    expect(store.wanted).toEqual([{ key: 1n }])
    await store.last.answer({ has: [leaseOf('key', 1)] })
    expect(store.wanted).toEqual([{ key: 2n }, { key: 3n }])
    await store.last.answer({ has: [leaseOf('key', 6)] })
    expect(await Promise.all(claims.map(toldOf))).toEqual(['held', 'held', 'held'])
  })

  test('is admitted by what others free', async () => {
    await lent({ key: 10 })
    const hold = held(10)
    const claim = admit(5)
    hold.release()
    expect(await toldOf(claim)).toBe('held')
  })

  test('waits no longer when its caller leaves', async () => {
    const caller = new AbortController()
    const claim = admit(5, [key], caller.signal)
    caller.abort()
    expect(await toldOf(claim)).toBe('unknown')
    await store.last.answer({ has: [leaseOf('key', 100)] })
    expect(standing()).toEqual([100n, 0n])
    expect(clock.pending()).toBe(0)
  })

  test('is unknown after 2 s without an answer of the store, and not before', async () => {
    const claim = admit(5)
    let told: string | undefined
    void toldOf(claim).then((kind) => (told = kind))
    await clock.advance(1999)
    expect(told).toBeUndefined()
    await clock.advance(1)
    expect(told).toBe('unknown')
  })

  test('goes on waiting for a store and holders that answer slowly, for 10 s at the most', async () => {
    const claim = admit(5)
    let told: string | undefined
    void toldOf(claim).then((kind) => (told = kind))
    for (let waited = 900; waited < 10_000; waited += 900) {
      await clock.advance(900)
      expect(told).toBeUndefined()
      await store.last.answer({ has: [leaseOf('key', 0)], shortages: [[shortageOf('key', 0, holderOf(2, 50))]] })
      await line.recalls.at(-1)?.answer({ said: 'returned', grants: 1 })
    }
    await clock.advance(1000)
    expect(told).toBe('unknown')
  })
})

describe('calls', () => {
  test('one without an answer is given up after 1 s; the next says the same again, and its answer alone is heard', async () => {
    const claim = admit(5)
    const [lost] = store.asked
    await clock.advance(1000)
    expect(store.asked.map(({ call }) => call.number)).toEqual([1, 2])
    expect([store.said, store.wanted]).toEqual([{ key: 0n }, [{ key: 5n }]])
    await lost?.answer({ has: [leaseOf('key', 40)] })
    expect(admission.idle(key)).toBeUndefined()
    await store.last.answer({ has: [leaseOf('key', 50)] })
    expect(await toldOf(claim)).toBe('held')
    expect(standing()).toEqual([45n, 5n])
  })

  test('one in place of one that was given up has twice as long: a store that is slow is heard in the end', async () => {
    const claim = admit(10)
    const [first] = store.asked
    await clock.advance(1000)
    expect(store.asked).toHaveLength(2)
    await clock.advance(500)
    // It is not taken, and shows that somebody is there.
    await first?.answer({ has: [leaseOf('key', 10)] })
    await clock.advance(1400)
    expect(store.asked).toHaveLength(2)
    await store.last.answer({ has: [leaseOf('key', 10)] })
    expect(await toldOf(claim)).toBe('held')
  })

  test('has as little time as before once the store answers quickly again', async () => {
    const claim = admit(10)
    await clock.advance(1000)
    await store.last.answer({ has: [leaseOf('key', 10)] })
    await claim
    void admit(20)
    await clock.advance(1000)
    expect(store.asked).toHaveLength(4)
  })

  test('one that nobody answers has twice as long each time, up to 8 s', async () => {
    void admit(1)
    for (const ms of [1000, 2000, 4000, 8000, 8000]) {
      const { length } = store.asked
      await clock.advance(ms - 1)
      expect(store.asked).toHaveLength(length)
      await clock.advance(1)
      expect(store.asked).toHaveLength(length + 1)
    }
  })

  test('has as long as before while the store takes half of it, and half of it once the store takes less', async () => {
    void admit(1)
    await clock.advance(3000)
    let budgets = 0
    /** The last one is answered after so long, and not given up before; and somebody else asks for another. */
    async function answered(ms: number): Promise<void> {
      const { length } = store.asked
      await clock.advance(ms)
      expect(store.asked).toHaveLength(length)
      await store.last.answer({ has: store.last.call.has.map(({ budget }) => leaseOf(budget.id, 1)) })
      budgets += 1
      void admit(1, [budgetOf(`budget ${budgets}`)])
    }
    // Two were given up: it has 4 s.
    await answered(2000)
    await answered(3999)
    await answered(1999)
    // It has 2 s.
    await answered(1999)
    await answered(0)
    // No less than 1 s.
    await answered(0)
    await answered(999)
    const { length } = store.asked
    await clock.advance(1000)
    expect(store.asked).toHaveLength(length + 1)
  })

  test('whoever waits for its answer goes on waiting while the store answers something else, for 10 s in all', async () => {
    const claim = admit(10)
    for (let second = 0; second < 9; second += 1) {
      await clock.advance(1000)
      store.process?.storeAnswered()
    }
    await clock.advance(999)
    expect(await Promise.race([claim, 'waits'])).toBe('waits')
    await clock.advance(1)
    expect(await toldOf(claim)).toBe('unknown')
  })

  test('one that failed is repeated after a moment, although nobody waits any more, until the store knows what there is', async () => {
    await lent({ key: 10 })
    const caller = new AbortController()
    const claim = admit(50, [key], caller.signal)
    caller.abort()
    await claim
    await store.last.fail()
    const before = store.asked.length
    await clock.advance(250)
    expect(store.asked).toHaveLength(before + 1)
    expect([store.said, store.wanted]).toEqual([{ key: 10n }, []])
    await store.last.answer({ has: [leaseOf('key', 10)] })
    await clock.advance(10_000)
    expect(store.asked).toHaveLength(before + 1)
  })
})

describe('a refusal', () => {
  test('is made at once where the room and all that others have is too little', async () => {
    const claim = admit(50)
    await store.last.answer({ shortages: [[shortageOf('key', 10, holderOf(2, 39))]] })
    expect(await claim).toMatchObject({ kind: 'exhausted', budget: key, left: 49n })
    expect(line.recalls).toEqual([])
  })

  test('is made without another call, for a second, where nothing can have come', async () => {
    const first = admit(50)
    await store.last.answer({ has: [leaseOf('key', 0)], shortages: [[shortageOf('key', 10, holderOf(2, 20))]] })
    await first
    expect(admit(31)).toMatchObject({ kind: 'exhausted', left: 30n })
    expect(store.asked).toHaveLength(1)
    expect(admit(30)).toBeInstanceOf(Promise)
    await store.last.answer({ has: [leaseOf('key', 30)] })
    await clock.advance(1001)
    expect(admit(500)).toBeInstanceOf(Promise)
  })

  test('waits until who has something left has said that nothing is idle, and the store has been asked again', async () => {
    const claim = admit(50)
    await store.last.answer({ shortages: [[shortageOf('key', 10, holderOf(2, 60, 4))]] })
    expect(line.recalls).toMatchObject([{ owner: 2, budgetId: 'key' }])
    expect(store.asked).toHaveLength(1)
    await line.recalls[0]?.answer({ said: 'nothing idle', grants: 4 })
    await store.last.answer({ shortages: [[shortageOf('key', 10, holderOf(2, 60, 4))]] })
    expect(await toldOf(claim)).toBe('exhausted')
  })

  test.each([
    ['it has returned something', { said: 'returned', grants: 4 }],
    ['it was granted something since', { said: 'nothing idle', grants: 3 }],
  ] as const)('asks a holder again when %s', async (_, answer) => {
    const claim = admit(50)
    const shortages = [[shortageOf('key', 10, holderOf(2, 60, 4))]]
    await store.last.answer({ shortages })
    await line.recalls[0]?.answer(answer)
    await store.last.answer({ shortages })
    expect(line.recalls).toHaveLength(2)
    await clock.advance(2000)
    expect(await toldOf(claim)).toBe('unknown')
  })

  test('is not made while a holder that is silent may have enough: that is unknown, and it is not waited for again', async () => {
    const claim = admit(50)
    const shortages = [[shortageOf('key', 10, holderOf(2, 60, 4))]]
    await store.last.answer({ shortages })
    await line.recalls[0]?.answer(undefined)
    // It may be busy, and the store may not have heard it for as long: it is asked once more.
    await store.last.answer({ shortages })
    expect(line.recalls).toHaveLength(2)
    await line.recalls[1]?.answer(undefined)
    await store.last.answer({ shortages })
    expect(await toldOf(claim)).toBe('unknown')
    const next = admit(50)
    await store.last.answer({ shortages })
    expect(await toldOf(next)).toBe('unknown')
    // It is asked all the same, and what it says then ends its silence.
    expect(line.recalls.length).toBeGreaterThan(2)
    await line.recalls.at(-1)?.answer({ said: 'nothing idle', grants: 4 })
    const last = admit(50)
    await store.last.answer({ shortages })
    await line.recalls.at(-1)?.answer({ said: 'nothing idle', grants: 4 })
    await store.last.answer({ shortages })
    expect(await toldOf(last)).toBe('exhausted')
  })

  test('a silent holder is waited for when the store has heard it since', async () => {
    const claim = admit(50)
    for (const silent of [0, 1]) {
      await store.last.answer({ shortages: [[shortageOf('key', 10, holderOf(2, 60, 4, 1))]] })
      await line.recalls[silent]?.answer(undefined)
    }
    await store.last.answer({ shortages: [[shortageOf('key', 10, holderOf(2, 60, 4, 2))]] })
    expect(line.recalls).toHaveLength(3)
    await line.recalls[2]?.answer({ said: 'nothing idle', grants: 4 })
    await store.last.answer({ shortages: [[shortageOf('key', 10, holderOf(2, 60, 4, 2))]] })
    expect(await toldOf(claim)).toBe('exhausted')
  })

  test('a holder that is heard by the store now and then is never silent, however late it answers', async () => {
    const claim = admit(50)
    for (const heard of [1, 2, 3, 4]) {
      await store.last.answer({ shortages: [[shortageOf('key', 10, holderOf(2, 60, 4, heard))]] })
      await line.recalls.at(-1)?.answer(undefined)
    }
    expect(line.recalls).toHaveLength(4)
    await store.last.answer({ has: [leaseOf('key', 50)] })
    expect(await toldOf(claim)).toBe('held')
  })

  test('recalls for two budgets that nobody answers at the same time are one silence, not two', async () => {
    const claims = [admit(50), admit(50, [team])]
    const shortages = [[shortageOf('key', 10, holderOf(2, 60))], [shortageOf('team', 10, holderOf(2, 60))]]
    await store.last.answer({ shortages: [shortages[0]] })
    await store.last.answer({ shortages: [shortages[1]] })
    expect(line.recalls).toMatchObject([{ budgetId: 'key' }, { budgetId: 'team' }])
    for (const { answer } of line.recalls.slice()) await answer(undefined)
    await store.last.answer({ shortages: [shortages[0]] })
    await store.last.answer({ shortages: [shortages[1]] })
    expect(line.recalls).toHaveLength(4)
    expect(await Promise.race([...claims, 'they wait'])).toBe('they wait')
    await clock.advance(2000)
    expect(await Promise.all(claims.map(toldOf))).toEqual(['unknown', 'unknown'])
  })

  test('a claim on two budgets waits for who is not silent, and for nobody else', async () => {
    const shortages = [shortageOf('key', 10, holderOf(2, 60)), shortageOf('team', 10, holderOf(3, 60))]
    void admit(50)
    for (const place of [0, 1]) {
      await store.last.answer({ shortages: [shortages.slice(0, 1)] })
      await line.recalls[place]?.answer(undefined)
    }
    await store.last.answer({ shortages: [shortages.slice(0, 1)] })
    void admit(50, [key, team])
    await store.last.answer({ shortages: [shortages] })
    const { length } = store.asked
    await line.recalls.find(({ owner }) => owner === 3)?.answer({ said: 'returned', grants: 1 })
    expect(store.asked).toHaveLength(length + 1)
  })

  test('a silent holder is not asked for the same once more while it has not answered', async () => {
    const shortages = [[shortageOf('key', 10, holderOf(2, 60))]]
    const claim = admit(50)
    await store.last.answer({ shortages })
    await line.recalls[0]?.answer(undefined)
    await store.last.answer({ shortages })
    const other = admit(50)
    await store.last.answer({ shortages })
    expect(line.recalls).toHaveLength(3)
    // It has answered neither of two. The third is on its way still.
    await line.recalls[1]?.answer(undefined)
    await store.last.answer({ shortages })
    expect([await toldOf(claim), line.recalls.length]).toEqual(['unknown', 3])
    await line.recalls[2]?.answer(undefined)
    await store.last.answer({ shortages })
    expect([await toldOf(other), line.recalls.length]).toEqual(['unknown', 4])
  })

  test('is not made by a process that does not trust its leases', async () => {
    const claim = admit(50)
    store.isTrusted = false
    await store.last.answer({ shortages: [[shortageOf('key', 0)]] })
    expect(await toldOf(claim)).toBe('unknown')
    expect(await toldOf(admit(1))).toBe('unknown')
  })
})

describe('a process that does not trust its leases', () => {
  test('asks the store what it has, one call at a time, and admits when it has heard', async () => {
    await lent({ key: 100 })
    store.isTrusted = false
    expect(await toldOf(admit(10))).toBe('unknown')
    expect(await toldOf(admit(10))).toBe('unknown')
    expect(store.asked).toHaveLength(2)
    store.isTrusted = true
    await store.last.answer({})
    expect(held(10).amount).toBe(10n)
  })

  test('begins with nothing when it hears that it was taken for ended', async () => {
    await lent({ key: 100 })
    store.isTrusted = false
    expect(await toldOf(admit(10))).toBe('unknown')
    store.isTrusted = true
    await store.last.answer({ owner: 2 })
    expect(admission.idle(key)).toBeUndefined()
    const claim = admit(10)
    expect(store.wanted).toEqual([{ key: 10n }])
    await store.last.answer({ owner: 2, has: [leaseOf('key', 10)] })
    expect(await toldOf(claim)).toBe('held')
  })

  test('asks nothing once it is closed', async () => {
    await lent({ key: 100 })
    void admission.close()
    const { length } = store.asked
    store.isTrusted = false
    expect(await toldOf(admit(10))).toBe('unknown')
    expect(store.asked).toHaveLength(length)
  })
})

describe('a hold that grows beyond what is idle', () => {
  test('waits for more', async () => {
    await lent({ key: 10 })
    const hold = held(10)
    const more = hold.grow(usd(5))
    expect(store.wanted).toEqual([{ key: 5n }])
    await store.last.answer({ has: [leaseOf('key', 20)] })
    expect(await more).toBe('held')
    expect([hold.amount, ...standing()]).toEqual([15n, 5n, 15n])
  })

  test('is told that nothing is left', async () => {
    await lent({ key: 10 })
    const hold = held(10)
    const more = hold.grow(usd(5))
    await store.last.answer({ has: [leaseOf('key', 10)], shortages: [[shortageOf('key', 0)]] })
    expect(await more).toBe('exhausted')
  })

  test('is told of beforehand to whoever wants to know why it cannot', async () => {
    const told: unknown[] = []
    const onGrowRefused = (hold: Hold, refusal: Refusal): void => void told.push(hold.amount, refusal.kind)
    admission = createAdmission({ budgets: store, line, clock, onGrowRefused })
    await lent({ key: 10 })
    const more = Promise.resolve(held(10).grow(usd(5))).then((outcome) => told.push(outcome))
    await store.last.answer({ has: [leaseOf('key', 10)], shortages: [[shortageOf('key', 0)]] })
    await more
    expect(told).toEqual([10n, 'exhausted', 'exhausted'])
  })

  test('waits no longer when its request is over', async () => {
    await lent({ key: 10 })
    const hold = held(10)
    const more = hold.grow(usd(5))
    hold.release()
    expect(await more).toBe('unknown')
    expect(standing()).toEqual([10n, 0n])
  })
})

describe('a recall from another process', () => {
  test('is answered at once when nothing is idle and no call is on its way', async () => {
    await lent({ key: 10 })
    held(10)
    expect(await line.recallHere('key')).toEqual({ said: 'nothing idle', grants: 1 })
    expect(await line.recallHere('unheard of')).toEqual({ said: 'nothing idle', grants: 0 })
  })

  test('is answered without a call by a process that was lent nothing', async () => {
    expect(await line.recallHere('key')).toEqual({ said: 'nothing idle', grants: 0 })
    expect(store.asked).toEqual([])
  })

  test('is answered when what was idle has arrived at the store', async () => {
    await lent({ key: 10 })
    held(4)
    const answer = line.recallHere('key')
    expect(store.said).toEqual({ key: 4n })
    expect(admission.idle(key)).toBe(0n)
    let told: unknown
    void answer.then((said) => (told = said))
    await clock.advance(0)
    expect(told).toBeUndefined()
    await store.last.answer({ has: [leaseOf('key', 4)] })
    expect(told).toEqual({ said: 'returned', grants: 1 })
  })

  test('waits for the call that is on its way, and gives back what that has brought', async () => {
    void admit(5)
    const answer = line.recallHere('key')
    await store.last.answer({ has: [leaseOf('key', 9, 2)] })
    expect(store.said).toEqual({ key: 5n })
    await store.last.answer({ has: [leaseOf('key', 5, 2)] })
    expect(await answer).toEqual({ said: 'returned', grants: 2 })
  })

  test('is answered by the next call when the one that gives back has failed', async () => {
    await lent({ key: 10 })
    const answer = line.recallHere('key')
    await store.last.fail()
    await clock.advance(250)
    expect(store.said).toEqual({ key: 0n })
    await store.last.answer({ has: [leaseOf('key', 0)] })
    expect(await answer).toEqual({ said: 'returned', grants: 1 })
  })
})

test('a lowered cap gives back what is idle before anybody is admitted', async () => {
  await lent({ key: 100 })
  held(30)
  const claim = admit(1, [budgetOf('key', 20, 2)])
  expect(store.said).toEqual({ key: 30n })
  expect(store.last.call.has[0]?.budget.cap).toBe(20n)
  await store.last.answer({ has: [leaseOf('key', 30)], shortages: [[shortageOf('key', -10)]] })
  expect(await toldOf(claim)).toBe('exhausted')
})

test('what a lowered cap has had set aside by then goes back as it becomes idle', async () => {
  await lent({ key: 100 })
  const hold = held(30)
  const lowered = [budgetOf('key', 20, 2)]
  const claim = admit(1, lowered)
  await store.last.answer({
    has: [{ ...leaseOf('key', 30), recalled: usd(10) }],
    shortages: [[shortageOf('key', -10)]],
  })
  expect(await toldOf(claim)).toBe('exhausted')
  await clock.advance(1001)
  hold.release()
  void admit(1, lowered)
  expect([store.said, store.wanted]).toEqual([{ key: 0n }, [{ key: 1n }]])
})

test('a cap that an older revision knows does not count', async () => {
  await lent({ key: 100 })
  held(1, [budgetOf('key', 100, 3)])
  held(1, [budgetOf('key', 5, 2)])
  expect(store.asked).toHaveLength(1)
})

test('a raised cap is asked for at once', async () => {
  const first = admit(150)
  await store.last.answer({ has: [leaseOf('key', 0)], shortages: [[shortageOf('key', 100)]] })
  expect(await toldOf(first)).toBe('exhausted')
  const claim = admit(150, [budgetOf('key', 200, 2)])
  await store.last.answer({ has: [leaseOf('key', 200)] })
  expect(await toldOf(claim)).toBe('held')
})

test('what is told under a cap that has been raised meanwhile refuses nobody under the new one', async () => {
  const raised = [budgetOf('key', 200, 2)]
  const first = admit(150)
  void admit(130, raised)
  await store.last.answer({ has: [leaseOf('key', 0)], shortages: [[shortageOf('key', 100)]] })
  expect(await toldOf(first)).toBe('exhausted')
  expect(admit(140, raised)).toBeInstanceOf(Promise)
})

test('what the store recalls goes back at once, as far as it is idle', async () => {
  await lent({ key: 10 })
  held(4)
  const claim = admit(10)
  await store.last.answer({
    has: [{ ...leaseOf('key', 10), recalled: usd(20) }],
    shortages: [[shortageOf('key', -20)]],
  })
  expect([await toldOf(claim), store.said]).toEqual(['exhausted', { key: 4n }])
  const { length } = store.asked
  await store.last.answer({ has: [{ ...leaseOf('key', 4), recalled: usd(14) }] })
  expect(store.asked).toHaveLength(length)
})

describe('another owner in the place of this one', () => {
  test('has been lent nothing, and holds under way stay set aside', async () => {
    await lent({ key: 100, team: 100 })
    const hold = held(30)
    held(10, [team])
    const claim = admit(80)
    await store.last.answer({ owner: 2, shortages: [[]] })
    expect([admission.idle(key), admission.idle(team)]).toEqual([undefined, undefined])
    expect(line.owners).toEqual([1, 2])
    // What is set aside of no lease is nothing to tell.
    expect(news()).toEqual([])
    expect([store.said, store.wanted]).toEqual([{ key: 0n }, [{ key: 110n }]])
    await store.last.answer({ owner: 2, has: [leaseOf('key', 110)] })
    expect(await toldOf(claim)).toBe('held')
    hold.charge(usd(30))
    hold.settled()
    expect(standing()).toEqual([0n, 80n])
  })

  test('learns the numbers of budgets that the one before has asked for', async () => {
    await lent({ key: 100 })
    const numbers = admission.numbers([team])
    await store.last.answer({ owner: 2 })
    await store.last.answer({ owner: 2, has: [leaseOf('team', 0)] })
    expect(await numbers).toEqual([7])
  })
})

describe('budgets that nobody needs', () => {
  test('are let go of when there are too many, those that were not used for longest first', async () => {
    admission = createAdmission({ budgets: store, line, clock, mostBudgets: 3 })
    await lent({ a: 10 })
    await lent({ b: 10 })
    await lent({ c: 10 })
    const busy = held(1, [budgetOf('b')])
    await lent({ d: 10 })
    expect(store.said).toMatchObject({ a: 'ends' })
    await lent({ e: 10 })
    expect(store.said).toMatchObject({ c: 'ends' })
    expect(['a', 'b', 'c', 'd'].map((id) => admission.idle(budgetOf(id)))).toEqual([undefined, 9n, undefined, 10n])
    busy.release()
    void admit(1, [budgetOf('a')])
    expect(store.said['a']).toBe(0n)
  })

  test('are kept while they are used, and others go in their place', async () => {
    admission = createAdmission({ budgets: store, line, clock, mostBudgets: 3 })
    for (const id of ['a', 'b', 'c', 'd']) await lent({ [id]: 10 })
    held(1, [budgetOf('b')]).release()
    await lent({ e: 10 })
    expect(['b', 'c'].map((id) => admission.idle(budgetOf(id)))).toEqual([10n, undefined])
  })

  test('are let go of by a few with each call, until there are no more than are to be kept', async () => {
    admission = createAdmission({ budgets: store, line, clock })
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, one) => [`customer ${one}`, 10]))
    await lent(many)
    await clock.advance(24 * 3_600_000)
    const gone: number[] = []
    for (const one of [1, 2]) {
      const claim = admit(one, [budgetOf(`team ${one}`, 100, 1, Infinity)])
      const ending = Object.values(store.said).filter((said) => said === 'ends').length
      gone.push(ending)
      await store.last.answer({ has: [leaseOf(`team ${one}`, 10)] })
      await claim
    }
    expect(gone).toEqual([64, 36])
  })

  test('a customer with each request does not let memory grow', async () => {
    admission = createAdmission({ budgets: store, line, clock, mostBudgets: 50 })
    const lentNow = new Set<string>()
    for (let one = 0; one < 2000; one += 1) {
      await lent({ [`customer ${one}`]: 10 })
      lentNow.add(`customer ${one}`)
      for (const [id, said] of Object.entries(store.said)) if (said === 'ends') lentNow.delete(id)
    }
    expect(lentNow.size).toBeLessThan(400)
  })

  test('those whose window is over are let go of with the next call', async () => {
    await lent({ key: 10 })
    await clock.advance(24 * 3_600_000)
    void admit(1, [team])
    expect(store.said).toEqual({ key: 'ends', team: 0n })
  })
})

describe('the numbers of budgets', () => {
  test('are told at once when they are known', async () => {
    await lent({ key: 10 })
    expect(admission.numbers([key])).toEqual([7])
  })

  test('are asked for when they are not', async () => {
    const numbers = admission.numbers([key, team])
    expect([store.said, store.wanted]).toEqual([{ key: 0n, team: 0n }, [{ key: 0n, team: 0n }]])
    await store.last.answer({ has: [leaseOf('key', 0), leaseOf('team', 0)] })
    expect(await numbers).toEqual([7, 7])
    expect(clock.pending()).toBe(0)
  })

  test('are not told when the store does not answer', async () => {
    const numbers = admission.numbers([key])
    await Promise.all([clock.advance(2000), expect(numbers).rejects.toMatchObject({ code: 'storage_unavailable' })])
  })
})

describe('closing', () => {
  test('gives back everything idle, and admits nothing more', async () => {
    await lent({ key: 10, team: 10 })
    held(4)
    const claim = admit(50)
    let isClosed = false
    const closed = admission.close().then(() => (isClosed = true))
    expect(await toldOf(claim)).toBe('unknown')
    expect(isClosed).toBe(false)
    await store.last.answer({ has: [leaseOf('key', 10)], shortages: [[]] })
    expect(store.said).toEqual({ key: 4n, team: 'ends' })
    expect(isClosed).toBe(false)
    await store.last.answer({ has: [leaseOf('key', 4)] })
    await closed
    expect(await toldOf(admit(1))).toBe('unknown')
    expect(clock.pending()).toBe(0)
  })

  test('lets a request under way have more all the same', async () => {
    await lent({ key: 10 })
    const more = held(10).grow(usd(5))
    const closed = admission.close()
    await store.last.answer({ has: [leaseOf('key', 15)] })
    expect(await more).toBe('held')
    await store.last.answer({ has: [leaseOf('key', 15)] })
    await closed
  })

  test('of a process that was lent nothing asks nothing', async () => {
    await admission.close()
    expect(store.asked).toEqual([])
  })

  test('leaves nothing behind that would ask a store again that has just failed', async () => {
    store.isTrusted = false
    await toldOf(admit(1))
    await store.last.fail()
    await admission.close()
    expect(clock.pending()).toBe(0)
  })

  test('ends although the store does not answer', async () => {
    await lent({ key: 10 })
    const closed = admission.close()
    await clock.advance(1000)
    await closed
    expect(clock.pending()).toBe(0)
  })
})
