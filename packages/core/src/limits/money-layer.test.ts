import { createEngine } from '../create-engine.ts'
import type { AnswerSink } from '../engine.ts'
import { ask, config, type AskOptions } from '../front/ask.fake.ts'
import { SpekaError } from '../errors.ts'
import {
  completion,
  createFakeTransport,
  finish,
  json,
  role,
  saying,
  stream,
  usageEvent,
  word,
} from '../attempt/transport.fake.ts'
import { formatUsd, parseUsd } from '../money.ts'
import { operations } from '../operations/operations.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { mintRequestId } from '../uuid.ts'
import { createFakeAdmission } from './admission.fake.ts'
import type { Budget } from './budgets.ts'
import type { AppliedMoney } from './limit.ts'
import { budgetOf, limitedBy, moneyLimit } from './limits.fake.ts'
import { moneyLayer, type PlanningEngine } from './money-layer.ts'
import type { Notices } from './notices.ts'
import type { OnRefused } from './on-refused.ts'

/** The prompt of the tests has fewer bytes than this, and a token of it costs 1 µ$. */
const roomy = moneyLimit({ usd: '10' })

function asked(money: readonly AppliedMoney[], script: Parameters<typeof ask>[0], options: AskOptions = {}) {
  const admission = createFakeAdmission()
  return { admission, call: ask(script, { limits: limitedBy(money, admission), ...options }) }
}

describe.each([{ stream: true }, { stream: false }])('an answer (stream: $stream)', ({ stream: streams }) => {
  const script = [streams ? stream(saying('Hi')) : json(200, completion())]

  test('holds the most that it may cost until its row is there, and is then charged what it cost', async () => {
    let held: string | undefined
    const { admission, call } = asked([roomy], script, {
      stream: streams,
      settle: () => void (held = formatUsd(admission.held(budgetOf('limit')))),
    })
    expect(admission.held(budgetOf('limit'))).toBe(admission.asked[0])
    await call.over()
    expect(Number(held)).toBeGreaterThan(0)
    expect(call.record).toMatchObject({ charge: parseUsd('0.00002'), budgets: [1] })
    expect(admission.of(budgetOf('limit'))).toEqual({ held: 0n, spent: parseUsd('0.00002') })
  })

  test('that cannot be recorded keeps its charge set aside', async () => {
    const { admission, call } = asked([roomy], script, {
      stream: streams,
      settle: () => Promise.reject(new Error('disk full')),
    })
    await call.over()
    expect(call.error?.code).toBe('storage_unavailable')
    expect(admission.of(budgetOf('limit')).held).toBeGreaterThan(0n)
  })

  test('that a ledger has refused, and has nothing of, is free again', async () => {
    const { admission, call } = asked([roomy], script, {
      stream: streams,
      settle: () => {
        const refused = new SpekaError('storage_unavailable', 'taken for ended')
        refused.isUnrecorded = true
        return Promise.reject(refused)
      },
    })
    await call.over()
    expect(call.error?.code).toBe('storage_unavailable')
    expect(admission.of(budgetOf('limit'))).toEqual({ held: 0n, spent: 0n })
  })

  test('that never came costs nothing', async () => {
    const { admission, call } = asked([roomy], () => json(500, {}), { stream: streams })
    await call.over()
    expect(call.record).toMatchObject({ outcome: 'failed', charge: 0n })
    expect(call.record.budgets).toBeUndefined()
    expect(admission.of(budgetOf('limit'))).toEqual({ held: 0n, spent: 0n })
  })
})

test('what may be more than is known refuses nobody for good', async () => {
  const uncertain = moneyLimit({ usd: '0.000001', mayBeMore: true })
  const { call } = asked([uncertain], [])
  await call.clock.advance(0)
  expect(call.error).toMatchObject({ code: 'limit_unavailable', retry: true, retryAfterMs: 1000 })
  expect(call.error?.message).toContain('the credit beside it is being added up')
})

test('a limit says how to go on', async () => {
  const { call } = asked([moneyLimit({ usd: '0.000001', remedy: 'take a larger plan' })], [])
  await call.clock.advance(0)
  expect(call.error?.message).toMatch(/Shorten the prompt, lower max_tokens, or take a larger plan\.$/)
})

test('a call that the caller leaves before it is begun gives back what it held', async () => {
  const admission = createFakeAdmission(true)
  const call = ask([], { limits: limitedBy([roomy], admission) })
  call.run.abort()
  await call.clock.advance(1000)
  expect(call.calls).toEqual(['refuse'])
  expect(admission.of(budgetOf('limit')).held).toBe(0n)
})

test('a call that the caller leaves at any moment of its beginning gives back what it held', async () => {
  for (let turns = 0; turns < 12; turns += 1) {
    const admission = createFakeAdmission(true)
    const call = ask([stream(saying('Hi'))], { limits: limitedBy([roomy], admission) })
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
    call.run.abort()
    await call.clock.advance(3_600_000)
    expect(admission.of(budgetOf('limit')).held).toBe(0n)
  }
})

test('a call that waits for its lease is answered', async () => {
  const admission = createFakeAdmission(true)
  const call = ask([stream(saying('Hi'))], { limits: limitedBy([roomy], admission) })
  await call.over()
  expect([call.text, call.record.budgets]).toEqual(['Hi', [1]])
})

describe('a budget that has too little', () => {
  test('refuses, and says whose it is, how much is spent, and when it resets', () => {
    const limit = moneyLimit({
      usd: '0.0001',
      window: 'day',
      subject: { kind: 'team', id: 'research', account: 'default' },
    })
    const { call } = asked([limit], [])
    return call.clock.advance(0).then(() => {
      expect(call.calls).toEqual(['refuse'])
      expect(call.error).toMatchObject({
        code: 'insufficient_quota',
        status: 402,
        limit: { subject: 'team research', kind: 'usd', window: 'day', limit: '0.0001', spent: '0', held: '0' },
      })
      expect(call.error?.limit?.resets_at).toMatch(/T00:00:00\.000Z$/)
      const ends = Date.parse(call.error?.limit?.resets_at ?? '')
      expect(call.error?.retryAfterMs).toBe(ends - call.clock.now())
      expect(call.error?.message).toMatch(
        /^The daily limit of 0\.0001 USD for the team research has 0\.0001 USD left, and this request may cost up to 0\.\d+ USD: /,
      )
    })
  })

  test('has it counted which limit has refused whom', async () => {
    const told: string[] = []
    const limits = limitedBy([roomy, moneyLimit({ usd: '0.0001', id: 'tight' })], createFakeAdmission())
    const onRefused: OnRefused = ({ outline }, { limit }) => void told.push(`${outline.model}: ${limit.id}`)
    const call = ask([], { limits: { ...limits, onRefused } })
    await call.clock.advance(0)
    expect(told).toEqual(['a: tight'])
  })

  test('is told to nobody as something that comes back, where it does not', async () => {
    const { call } = asked([moneyLimit({ usd: '0' })], [])
    await call.clock.advance(0)
    expect(call.error?.limit?.resets_at).toBeNull()
    expect(call.error?.retryAfterMs).toBeUndefined()
  })

  test('of a limit that only tells lets the call go on, and counts', async () => {
    const { admission, call } = asked([moneyLimit({ usd: '0', onReached: 'notify' })], [stream(saying('Hi'))])
    await call.over()
    expect(call.sent[0]?.body).not.toHaveProperty('max_tokens')
    expect([call.text, call.record.budgets]).toEqual(['Hi', [1]])
    expect(admission.of(budgetOf('limit'))).toEqual({ held: 0n, spent: parseUsd('0.00002') })
  })

  test('of a limit with models to fall back to has the call planned with those', async () => {
    const limit = moneyLimit({ usd: '0', id: 'cheap', onReached: 'fallback', fallback: ['nowhere', 'b'] })
    const { admission, call } = asked([limit, roomy], [stream(saying('Hi'))])
    await call.over()
    expect(call.record).toMatchObject({ requestedModel: 'a', model: 'b', notes: { limit_fallback: 'cheap' } })
    expect(call.record.budgets).toHaveLength(2)
    expect(admission.of(budgetOf('cheap')).spent).toBe(parseUsd('0.00002'))
  })

  test('of a limit with models to fall back to has the call kept within the limits of those', async () => {
    const limit = moneyLimit({ usd: '0', id: 'cheap', onReached: 'fallback', fallback: ['b'] })
    const ofThose = moneyLimit({ usd: '0.000001', id: 'of b' })
    const limits = limitedBy(
      ({ outline }) => (outline.model === 'b' ? [limit, ofThose] : [limit]),
      createFakeAdmission(),
    )
    const call = ask([stream(saying('Hi'))], { limits })
    await call.clock.advance(0)
    expect([call.sent, call.error?.code]).toEqual([[], 'insufficient_quota'])
    expect(call.error?.limit?.limit).toBe('0.000001')
  })

  test('of a limit with models to fall back to has the answer counted in the limits of those', async () => {
    const limit = moneyLimit({ usd: '0', id: 'cheap', onReached: 'fallback', fallback: ['b'] })
    const ofThose = moneyLimit({ usd: '10', id: 'of b' })
    const admission = createFakeAdmission()
    const limits = limitedBy(({ outline }) => (outline.model === 'b' ? [limit, ofThose] : [limit]), admission)
    const call = await ask([stream(saying('Hi'))], { limits }).over()
    expect(call.record.budgets).toHaveLength(2)
    expect(admission.of(budgetOf('of b'))).toEqual({ held: 0n, spent: parseUsd('0.00002') })
  })

  test('refuses where none of the models to fall back to can be called', async () => {
    const { call } = asked([moneyLimit({ usd: '0', onReached: 'fallback', fallback: ['nowhere'] })], [])
    await call.clock.advance(0)
    expect(call.error?.code).toBe('insufficient_quota')
  })
})

test.each([
  ['first', 0],
  ['last', 1],
] as const)('the budget that has the least bounds an answer at once, be it the %s', async (_, place) => {
  const models = {
    ...config.models,
    long: { targets: [{ provider: 'one', model: 'up' }], price: { input: '1', output: '2' }, context_window: 200_000 },
  }
  const money = [roomy, roomy].with(place, moneyLimit({ usd: '0.1', id: 'least' }))
  const { admission, call } = asked(money, [stream(saying('Hi'))], { model: 'long', config: { models } })
  await call.over()
  expect(admission.asked).toHaveLength(1)
  expect(call.sent[0]?.body['max_tokens']).toBeGreaterThan(4096)
})

test('a call for which there seems to be enough each time that it is refused is not asked for again for ever', async () => {
  let asks = 0
  const never = {
    ...createFakeAdmission(),
    admit({ budgets: [budget] }: { readonly budgets: readonly Budget[] }) {
      if (budget === undefined) throw new Error('no budget')
      asks += 1
      if (asks > 100) throw new Error('asked for ever')
      return { kind: 'exhausted', budget, left: parseUsd('1') } as const
    },
  }
  const call = ask([], { limits: limitedBy([roomy], never) })
  await call.clock.advance(0)
  expect([call.error?.code, asks]).toEqual(['insufficient_quota', 17])
})

test('what is left cannot be known: the call may be sent again in a second', async () => {
  const admission = createFakeAdmission()
  const unsure = {
    ...admission,
    admit: ({ budgets: [budget] }: Parameters<typeof admission.admit>[0]) => {
      if (budget === undefined) throw new Error('no budget')
      return { kind: 'unknown', budget } as const
    },
  }
  const call = ask([], { limits: limitedBy([roomy], unsure) })
  await call.clock.advance(0)
  expect(call.error).toMatchObject({ code: 'limit_unavailable', status: 503, retryAfterMs: 1000 })
})

describe('a model without a price', () => {
  test('is refused where a limit on money stops, before anything is sent', () => {
    expect(() => asked([roomy], [], { model: 'free' })).toThrow(
      expect.objectContaining({ code: 'model_not_allowed', message: expect.stringContaining('"free" has no price') }),
    )
  })

  test('is asked where limits do not stop', async () => {
    const { call } = asked([moneyLimit({ usd: '1', onReached: 'notify' })], [stream(saying('Hi'))], { model: 'free' })
    await call.over()
    expect([call.text, call.record.budgets]).toEqual(['Hi', undefined])
  })

  test('is asked where the limits on money have others asked once they are reached', async () => {
    const limit = moneyLimit({ usd: '1', onReached: 'fallback', fallback: ['b'] })
    const { admission, call } = asked([limit], [stream(saying('Hi'))], { model: 'free' })
    await call.over()
    expect([call.text, call.record.budgets, admission.asked]).toEqual(['Hi', undefined, [0n]])
    expect(() => asked([limit, roomy], [], { model: 'free' })).toThrow(
      expect.objectContaining({ code: 'model_not_allowed' }),
    )
  })

  test('is nobody to fall back to, and what the others may cost is set aside', async () => {
    const { admission, call } = asked([roomy], [json(500, {})], { stream: false, request: { models: ['free'] } })
    expect(admission.held(budgetOf('limit'))).toBeGreaterThan(0n)
    await call.over()
    expect(call.sent).toHaveLength(1)
  })
})

describe('a limit for some models', () => {
  const dear = moneyLimit({ usd: '10', id: 'dear', models: 'b*' })

  test('has nothing set aside for others', async () => {
    const { admission, call } = asked([dear], [stream(saying('Hi'))])
    await call.over()
    expect(admission.asked).toEqual([0n])
    expect(call.record.budgets).toBeUndefined()
  })

  test('counts by the model that answered, not by the one that was asked for', async () => {
    const { admission, call } = asked([dear, roomy], [json(500, {}), json(200, completion())], {
      stream: false,
      request: { models: ['b'] },
      model: 'a',
    })
    expect(admission.held(budgetOf('dear'))).toBeGreaterThan(0n)
    await call.over()
    expect([call.record.model, call.record.budgets?.length]).toEqual(['b', 2])
    const first = asked([dear, roomy], [json(200, completion())], { stream: false, request: { models: ['b'] } })
    await first.call.over()
    expect(first.call.record.budgets).toHaveLength(1)
    expect(first.admission.of(budgetOf('dear'))).toEqual({ held: 0n, spent: 0n })
  })
})

test.each(['context_window_fallbacks', 'content_policy_fallbacks'])(
  'a limit for models that only %s may ask has as much set aside',
  (fallbacks) => {
    const dear = moneyLimit({ usd: '10', id: 'dear', models: 'b*' })
    const { admission } = asked([dear], [], { config: { routing: { [fallbacks]: { a: ['b'] } } } })
    expect(admission.held(budgetOf('dear'))).toBeGreaterThan(0n)
  },
)

test('a limit that takes the place of another while an answer is on its way counts it, and that one does not', async () => {
  const admission = createFakeAdmission()
  let money: readonly AppliedMoney[] = [roomy, moneyLimit({ usd: '1', id: 'old' })]
  const limits = limitedBy(({ outline }) => (outline.model === 'a' ? money : []), admission)
  const call = ask([stream(saying('Hi'))], { limits })
  money = [roomy, moneyLimit({ usd: '1', id: 'new' })]
  await call.over()
  expect(call.record.budgets).toEqual([1, 3])
  expect(admission.of(budgetOf('new'))).toEqual({ held: 0n, spent: parseUsd('0.00002') })
  expect(admission.of(budgetOf('old'))).toEqual({ held: 0n, spent: 0n })
})

test('an answer waits for the number of a budget that only the store can tell', async () => {
  const admission = createFakeAdmission()
  let money: readonly AppliedMoney[] = [roomy]
  const slow = {
    ...admission,
    numbers: async (budgets: Parameters<typeof admission.numbers>[0]) => admission.numbers(budgets),
  }
  const call = ask([stream(saying('Hi'))], { limits: limitedBy(() => money, slow) })
  money = [moneyLimit({ usd: '1', id: 'new' }), roomy]
  await call.over()
  expect([call.text, call.endedWithDone, call.record.budgets]).toEqual(['Hi', true, [2, 1]])
  expect(admission.of(budgetOf('new')).spent).toBe(parseUsd('0.00002'))
})

test('a limit that was made while an answer was on its way counts it', async () => {
  const admission = createFakeAdmission()
  let money: readonly AppliedMoney[] = [roomy]
  const call = ask([stream(saying('Hi'))], { limits: limitedBy(() => money, admission) })
  money = [roomy, moneyLimit({ usd: '1', id: 'new' })]
  await call.over()
  expect(call.record.budgets).toEqual([1, 2])
  expect(admission.of(budgetOf('new'))).toEqual({ held: 0n, spent: parseUsd('0.00002') })
})

test.each([
  ['what its limit has set aside', roomy, expect.stringMatching(/^0\.\d+$/)],
  ['no limit of cost where none holds anything for it', moneyLimit({ usd: '10', onReached: 'notify' }), undefined],
])('a gateway further on is told of a call %s', async (_, limit, told) => {
  const { call } = asked([limit], [stream(saying('Hi'))], { model: 'g' })
  await call.over()
  expect(call.sent[0]?.headers['x-speka-max-cost-usd']).toEqual(told)
})

test.each([
  ['less than is set aside for it', '0.00001', '0.00001'],
  ['more than is set aside for it', '9', expect.not.stringMatching(/^9$/)],
])(
  'a gateway further on is told the least of what a call may cost where its caller allows %s',
  async (_, allows, told) => {
    const facts = { maxCost: parseUsd(allows) }
    const { call } = asked([roomy], [stream(saying('Hi'))], { model: 'g', facts })
    await call.over()
    expect(call.sent[0]?.headers['x-speka-max-cost-usd']).toEqual(told)
  },
)

const tooLong = json(400, { error: { code: 'context_length_exceeded', message: 'too long' } })
const declined = json(400, { error: { code: 'content_filter', message: 'declined' } })

test.each([
  { as: 'a fallback', options: { request: { models: ['g'] } }, first: json(500, {}) },
  {
    as: 'one with more room',
    options: { config: { routing: { context_window_fallbacks: { a: ['g'] } } } },
    first: tooLong,
  },
  {
    as: 'one that declines less',
    options: { config: { routing: { content_policy_fallbacks: { a: ['g'] } } } },
    first: declined,
  },
])(
  'a gateway that is asked as $as is told as well, and who is asked before it is sent no bound',
  async ({ options, first }) => {
    const { call } = asked([roomy], [first, json(200, completion())], { ...options, stream: false })
    await call.over()
    expect(call.sent[0]?.body).not.toHaveProperty('max_tokens')
    expect(call.sent[1]?.headers['x-speka-max-cost-usd']).toMatch(/^0\.\d+$/)
  },
)

test('a call that is set aside whole is sent without a bound', async () => {
  const { call } = asked([roomy], [stream(saying('Hi'))])
  await call.over()
  expect(call.sent[0]?.body).not.toHaveProperty('max_tokens')
})

/** What a call had told of budgets by its end. */
async function noticesOf(money: readonly AppliedMoney[], script: Parameters<typeof ask>[0], options: AskOptions = {}) {
  const told: string[] = []
  const notices: Notices = {
    spent: (budgets, charge) => void told.push(`${budgets.map(({ id }) => id).join(' ')}: ${formatUsd(charge)}`),
    refused: ({ id }) => void told.push(`${id} refused`),
  }
  const call = ask(script, { ...options, limits: { ...limitedBy(money, createFakeAdmission()), notices } })
  await call.clock.advance(3_600_000)
  return told
}

describe('who is told of budgets', () => {
  const script = [stream(saying('Hi'))]
  const ofModels = moneyLimit({ usd: '10', id: 'some', models: 'a*' })

  test('hears what an answer has cost, in which of them, once its row is kept', async () => {
    expect(await noticesOf([roomy], script)).toEqual(['limit@0: 0.00002'])
    expect(await noticesOf([ofModels, roomy], script)).toEqual(['some@0 limit@0: 0.00002'])
    expect(await noticesOf([moneyLimit({ usd: '10', id: 'some', models: 'b*' })], script)).toEqual([])
    expect(await noticesOf([roomy], script, { settle: () => Promise.reject(new Error('disk full')) })).toEqual([])
  })

  test('hears which one has refused, or has had others asked', async () => {
    expect(await noticesOf([roomy, moneyLimit({ usd: '0.0001', id: 'tight' })], [])).toEqual(['tight@0 refused'])
    const cheap = moneyLimit({ usd: '0', id: 'cheap', onReached: 'fallback', fallback: ['b'] })
    expect(await noticesOf([cheap], script)).toEqual(['cheap@0 refused', 'cheap@0: 0.00002'])
  })
})

test('where the number of a budget cannot be had by then, an answer counts in those whose numbers are known', async () => {
  const admission = createFakeAdmission()
  let money: readonly AppliedMoney[] = [moneyLimit({ usd: '1', id: 'gone' }), roomy]
  const unsure = { ...admission, numbers: () => Promise.reject(new Error('no store')) }
  const call = ask([stream(saying('Hi'))], { limits: limitedBy(() => money, unsure) })
  money = [moneyLimit({ usd: '1', id: 'new' }), roomy]
  await call.over()
  expect([call.text, call.endedWithDone, call.record.budgets]).toEqual(['Hi', true, [2]])
  expect(admission.of(budgetOf('new'))).toEqual({ held: 0n, spent: 0n })
  expect(admission.of(budgetOf('gone'))).toEqual({ held: 0n, spent: 0n })
  expect(admission.of(budgetOf('limit')).spent).toBe(parseUsd('0.00002'))
})

describe('an answer that ends at the bound that was set for it', () => {
  /** Enough for a prompt as closely as it can be looked at, and some two thousand tokens of answer at 2 µ$. */
  const little = moneyLimit({ usd: '0.006' })
  const ended = finish().replace('"stop"', '"length"')

  test('says so, as a whole', async () => {
    const whole = JSON.stringify(completion()).replace('"stop"', '"length"')
    const { call } = asked([little], [json(200, whole)], { stream: false })
    await call.over()
    expect(call.sent[0]?.body['max_tokens']).toBeGreaterThanOrEqual(16)
    expect(call.completion.choices[0]?.finish_reason).toBe('budget_exhausted')
    expect(call.completion.usage?.cost_details?.total).toBe('0.00002')
    expect(call.record).toMatchObject({ outcome: 'complete', finishReason: 'budget_exhausted' })
  })

  test('says so, as a stream, and is charged', async () => {
    const { admission, call } = asked([little], [stream([role(), word('Hi'), ended, usageEvent])])
    await call.over()
    expect([call.text, call.error?.code, call.endedWithDone]).toEqual(['Hi', 'budget_exhausted', false])
    expect(call.record).toMatchObject({
      outcome: 'interrupted',
      errorCode: 'budget_exhausted',
      charge: parseUsd('0.00002'),
      budgets: [1],
    })
    expect(admission.of(budgetOf('limit'))).toEqual({ held: 0n, spent: parseUsd('0.00002') })
  })

  test('delivers what came with its last event', async () => {
    const last = word('Bye').replace('"finish_reason":null', '"finish_reason":"length"')
    const { call } = asked([little], [stream([role(), word('Hi'), last, usageEvent])])
    await call.over()
    expect([call.text, call.error?.code]).toEqual(['HiBye', 'budget_exhausted'])
    expect(call.written).not.toContain('length')
  })

  test('is cut off where its upstream does not keep to it', async () => {
    const words = Array.from({ length: 4000 }, () => word('Hi'))
    const { admission, call } = asked([little], [stream([role(), ...words, finish(), usageEvent])])
    await call.over()
    expect([call.error?.code, call.endedWithDone, call.sent[0]?.aborted]).toEqual(['budget_exhausted', false, true])
    expect(call.text.length).toBeLessThan(8000)
    expect(call.record).toMatchObject({ outcome: 'interrupted', errorCode: 'budget_exhausted', budgets: [1] })
    expect(call.record.charge).toBeGreaterThan(0n)
    expect(admission.overshoot()).toBe(0n)
  })

  test('is as it was where the caller has set the bound', async () => {
    const { call } = asked([little], [stream([role(), word('Hi'), ended, usageEvent])], { request: { max_tokens: 9 } })
    await call.over()
    expect(call.sent[0]?.body['max_tokens']).toBe(9)
    expect([call.error, call.record.finishReason]).toEqual([undefined, 'length'])
  })
})

test('a call that no limit on money applies to is sent as it is', async () => {
  const { admission, call } = asked([], [stream(saying('Hi'))])
  await call.over()
  expect([admission.asked, call.record.budgets]).toEqual([[], undefined])
})

test('what was set aside for a call that cannot be carried out is free again', () => {
  const admission = createFakeAdmission()
  const clock = createFakeClock()
  const engine = createEngine({
    config,
    instanceId: 'here',
    transport: createFakeTransport(clock, []),
    clock,
    random: () => 0.5,
  })
  const next: PlanningEngine = {
    maxAttempts: 1,
    plan: (call) => engine.plan(call),
    start: (call, sink) => engine.start(call, sink),
    carryOut() {
      expect(admission.of(budgetOf('limit')).held).toBeGreaterThan(0n)
      throw new Error('nobody can be asked')
    },
  }
  const facts = { id: mintRequestId(clock.now()), receivedAt: clock.now() }
  const call = operations.chat.write({ model: 'a', messages: [{ role: 'user', content: 'hi' }] }, facts)
  const layer = moneyLayer(next, { ...limitedBy([roomy], admission), clock })
  expect(() => layer.start(call, {} as AnswerSink)).toThrow('nobody can be asked')
  expect(admission.of(budgetOf('limit')).held).toBe(0n)
})
