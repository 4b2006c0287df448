import { parseUsd, type PicoUsd } from '@speka/core'
import type { Budget } from '@speka/core/internal'
import { createFakeClock, type FakeClock } from '../../../core/src/sandbox/clock.fake.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import type { Alerts } from '../store/alerts.ts'
import { alertRulesOf } from './alert-rules.ts'
import { LimitWatch, OTHERS_SPEND_MS } from './limit-watch.ts'

const DAY_MS = 86_400_000

let alerts: Alerts
let clock: FakeClock
/** What all processes have spent, by the budget's id. */
let spent: Map<string, PicoUsd>
/** Which budgets were asked about, each time. */
let asked: string[][]
let watch: LimitWatch

beforeEach(() => {
  alerts = openMemoryStore().alerts
  clock = createFakeClock()
  spent = new Map()
  asked = []
  watch = newWatch()
})

function newWatch(percentages = [50, 80, 100]): LimitWatch {
  const made = new LimitWatch({
    clock,
    raise: async (alert) => void (await alerts.raise(alert)),
    budgets: {
      async standing(budgets) {
        asked.push(budgets.map(({ id }) => id))
        return budgets.map(({ id }) => ({ spent: spent.get(id) ?? parseUsd('0'), held: parseUsd('0') }))
      },
    },
  })
  made.configure(alertRulesOf([{ when: { spend_of_limit: percentages } }]))
  return made
}

function budgetOf(cap: string, { id = 'limit_1 key_1 day', revision = 1 } = {}): Budget {
  const startsAt = Date.UTC(2026, 0, 1)
  return {
    id,
    startsAt,
    endsAt: startsAt + DAY_MS,
    cap: parseUsd(cap),
    applied: {
      place: 'limit_1 key_1',
      subjectId: 'key_1',
      limit: {
        id: 'limit_1',
        subject: { kind: 'key', account: 'acct_A' },
        rule: { kind: 'usd', amount: parseUsd(cap), window: 'day' },
        onReached: 'stop',
        since: 0,
        revision,
      },
    },
  }
}

/** A request is charged, in this process and so in all. */
async function spend(usd: string, budget = budgetOf('10')): Promise<void> {
  spendElsewhere(usd, budget)
  watch.spent([budget], parseUsd(usd))
  await watch.look()
}

const spendElsewhere = (usd: string, { id } = budgetOf('10')): void =>
  void spent.set(id, ((spent.get(id) ?? 0n) + parseUsd(usd)) as PicoUsd)

const told = async () => (await alerts.list()).toReversed().map(({ body }) => JSON.parse(body).data)
const percentages = async () => (await told()).map(({ percent }) => percent)

test('each percentage is told once, when it is reached', async () => {
  await spend('4.999999999999')
  expect(await percentages()).toEqual([])
  await spend('0.000000000001')
  await spend('1')
  expect(await percentages()).toEqual([50])
  await spend('4')
  expect(await percentages()).toEqual([50, 80, 100])
  await spend('5')
  expect(await percentages()).toEqual([50, 80, 100])
})

test('an alert says whose limit it is, and how much is spent until when', async () => {
  await spend('5.5')
  expect(await told()).toEqual([
    {
      account: 'acct_A',
      percent: 50,
      spent_usd: '5.5',
      limit_usd: '10',
      refused: false,
      limit: { id: 'limit_1', subject: { kind: 'key', id: 'key_1' }, models: null, window: 'day', on_reached: 'stop' },
      window_starts_at: '2026-01-01T00:00:00.000Z',
      resets_at: '2026-01-02T00:00:00.000Z',
    },
  ])
  expect(await alerts.list()).toMatchObject([{ kind: 'limit.threshold_reached', account: 'acct_A' }])
})

test('another process, or the next life, does not tell it again', async () => {
  await spend('6')
  watch = newWatch()
  await spend('1')
  expect(await percentages()).toEqual([50])
})

test('another window is told anew, and so is another cap', async () => {
  await spend('6')
  await spend('6', budgetOf('10', { id: 'limit_1 key_1 the next day' }))
  await spend('4', budgetOf('20', { revision: 2 }))
  expect(await percentages()).toEqual([50, 50, 50])
  expect((await told()).map(({ limit_usd: usd }) => usd)).toEqual(['10', '10', '20'])
})

test('calls that began under a cap before this one do not bring it back', async () => {
  await spend('11', budgetOf('20', { revision: 2 }))
  await spend('1', budgetOf('10', { revision: 1 }))
  expect((await told()).map(({ limit_usd: usd, percent }) => [usd, percent])).toEqual([['20', 50]])
})

test('nothing is asked while too little was spent here to matter, but others’ spending is seen after a while', async () => {
  await spend('1')
  expect(asked).toHaveLength(1)
  spendElsewhere('4')
  await spend('0.5')
  await spend('0.5')
  expect(asked).toHaveLength(1)
  await clock.advance(OTHERS_SPEND_MS)
  await watch.look()
  expect(await percentages()).toEqual([50])
})

test('a budget is asked about no more once all is told', async () => {
  await spend('10')
  const before = asked.length
  await spend('1')
  await clock.advance(OTHERS_SPEND_MS)
  await spend('1')
  expect(asked).toHaveLength(before)
})

test('a limit that refuses with hardly anything left is reached', async () => {
  await spend('9.6')
  expect(await percentages()).toEqual([50, 80])
  watch.refused(budgetOf('10'))
  await clock.advance(OTHERS_SPEND_MS)
  await watch.look()
  expect((await told()).at(-1)).toMatchObject({ percent: 100, spent_usd: '9.6', refused: true })
})

test('a limit that refuses what is too large is not reached', async () => {
  await spend('6')
  watch.refused(budgetOf('10'))
  await clock.advance(OTHERS_SPEND_MS)
  await watch.look()
  expect(await percentages()).toEqual([50])
})

test('what was spent when a process was killed is told with the next request, a refused one too', async () => {
  spendElsewhere('10')
  watch.refused(budgetOf('10'))
  await watch.look()
  expect(await percentages()).toEqual([50, 80, 100])
})

test('what cannot be kept is tried again', async () => {
  const whole = alerts
  alerts = { ...whole, raise: () => Promise.reject(new Error('locked')) }
  await expect(spend('6')).rejects.toThrow('locked')
  alerts = whole
  await watch.look()
  expect(await percentages()).toEqual([50])
})

test('at the end all that was spent from is looked at, due or not', async () => {
  await spend('1')
  spendElsewhere('4')
  await spend('0.5')
  await watch.look(true)
  expect(await percentages()).toEqual([50])
})

test('of very many budgets some are forgotten, and told all the same', async () => {
  const budgets = Array.from({ length: 12_000 }, (_, n) => budgetOf('10', { id: `customer_${n}` }))
  for (const budget of budgets) spendElsewhere('6', budget)
  watch.spent(budgets, parseUsd('6'))
  await watch.look(true)
  expect(await alerts.list()).toHaveLength(12_000)
})

test('a limit of nothing, and a request that costs nothing, are not worth an alert', async () => {
  watch.refused(budgetOf('0'))
  watch.spent([budgetOf('10')], parseUsd('0'))
  await watch.look(true)
  expect(asked).toEqual([])
})

test('without a percentage that anybody wants nothing is watched', async () => {
  watch.configure(alertRulesOf([{ when: { target_down: true } }]))
  await spend('10')
  watch.refused(budgetOf('10'))
  await watch.look(true)
  expect(asked).toEqual([])
})
