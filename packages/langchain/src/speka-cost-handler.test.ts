import { jest } from '@jest/globals'
import { AIMessage } from '@langchain/core/messages'
import { createGateway, formatUsd, parseUsd, picoUsd } from '@speka/core/node'
import fc from 'fast-check'
import { ChatSpeka } from './chat-speka.ts'
import { dearGateway, gatewaySaying, watchedGateway } from './gateway.fake.ts'
import { SpekaCostHandler } from './speka-cost-handler.ts'
import { SpekaEmbeddings } from './speka-embeddings.ts'
import { SpekaSpendCapError } from './speka-spend-cap-error.ts'

const sandbox = 'speka/sandbox'
const gateway = createGateway({ config: {} })
const model = new ChatSpeka({ model: sandbox, gateway })
/** What `Hello!` costs at the sandbox. */
const HELLO = '0.0000044'

async function thrown(run: () => Promise<unknown>): Promise<SpekaSpendCapError> {
  try {
    await run()
  } catch (error) {
    if (error instanceof SpekaSpendCapError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const drain = async (stream: Promise<AsyncIterable<unknown>>): Promise<void> => {
  for await (const _ of await stream) continue
}

describe('an account', () => {
  test('adds up exactly what answers cost, in every way to ask', async () => {
    const costs = new SpekaCostHandler()
    const callbacks = [costs]
    await model.invoke('Hello!', { callbacks })
    await drain(model.stream('Hello!', { callbacks }))
    await model.batch(['Hello!', 'Hello!'], { callbacks })
    await model.streamEvents('Hello!', { callbacks })
    expect(costs).toMatchObject({ totalUsd: '0.000022', calls: 5, callsOfUnknownCost: 0, remainingUsd: undefined })
    expect(costs.byModel).toEqual({ [sandbox]: '0.000022' })
  })

  test('can be given to the model once', async () => {
    const costs = new SpekaCostHandler()
    const own = new ChatSpeka({ model: sandbox, gateway, callbacks: [costs] })
    await own.invoke('Hello!')
    await own.invoke('Hello!', { callbacks: [costs] })
    expect(costs.calls).toBe(2)
  })

  test('counts under the model that answered', async () => {
    const costs = new SpekaCostHandler()
    const falling = new ChatSpeka({ model: 'speka/sandbox:503', models: [sandbox], gateway, callbacks: [costs] })
    await falling.invoke('Hello!')
    expect(costs.byModel).toEqual({ [sandbox]: HELLO })
  })

  test('counts a failed call as a call that cost nothing', async () => {
    const costs = new SpekaCostHandler()
    const broken = new ChatSpeka({ model: 'speka/sandbox:cut@3', gateway, callbacks: [costs] })
    await expect(drain(broken.stream('Hello!'))).rejects.toThrow('sandbox')
    expect(costs).toMatchObject({ totalUsd: '0', calls: 1 })
  })

  test.each(['invoke', 'stream'] as const)('gives back what was set aside for a call that failed: %s', async (way) => {
    const costs = new SpekaCostHandler({ maxCostUsd: 1 })
    const broken = new ChatSpeka({ model: 'speka/sandbox:400', gateway, callbacks: [costs] })
    const call = way === 'invoke' ? broken.invoke('Hello!') : drain(broken.stream('Hello!'))
    await expect(call).rejects.toThrow('sandbox')
    expect(costs).toMatchObject({ totalUsd: '0', remainingUsd: '1', calls: 1, callsOfUnknownCost: 0 })
  })

  test('tells of each call', async () => {
    const heard: object[] = []
    const costs = new SpekaCostHandler({ onCost: (entry) => heard.push(entry) })
    await model.invoke('Hello!', { callbacks: [costs] })
    expect(heard).toEqual([{ model: sandbox, cost: HELLO, isEstimated: false }])
  })

  test('knows what it does not know', async () => {
    const costs = new SpekaCostHandler()
    const free = gatewaySaying({ content: 'Hi' }, {}, { cost: undefined })
    await new ChatSpeka({ model: 'x', gateway: free, callbacks: [costs] }).invoke('?')
    expect(costs).toMatchObject({ totalUsd: '0', calls: 1, callsOfUnknownCost: 1 })
  })

  test("counts what came through a gateway by LangChain's own model for OpenAI", () => {
    const costs = new SpekaCostHandler()
    const usage = { cost: 0.0000044, cost_details: { total: HELLO } }
    const message = new AIMessage({ content: 'Hi', response_metadata: { model_name: 'a/b', usage } as never })
    costs.handleLLMEnd({ generations: [[{ text: 'Hi', message } as never]] })
    costs.handleLLMEnd({ generations: [[{ text: 'Hi' }]] })
    expect(costs.byModel).toEqual({ 'a/b': HELLO })
  })

  test('adds embeddings that are given it', async () => {
    const costs = new SpekaCostHandler()
    await new SpekaEmbeddings({ model: sandbox, gateway, costs }).embedQuery('Hello!')
    expect(costs).toMatchObject({ calls: 1, totalUsd: '0.0000002' })
  })

  test('is known across copies of the package: an application may have one of each kind of module', async () => {
    const costs = new SpekaCostHandler()
    const ofAnotherCopy = new Proxy(costs, {
      getPrototypeOf: () => Object.prototype,
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    expect(ofAnotherCopy).not.toBeInstanceOf(SpekaCostHandler)
    await model.invoke('Hello!', { callbacks: [ofAnotherCopy] })
    expect(costs.calls).toBe(1)
  })

  test('stays one account where LangChain copies it', () => {
    const costs = new SpekaCostHandler()
    expect(costs.copy()).toBe(costs)
  })
})

const capped = (maxCostUsd: number | string) => new SpekaCostHandler({ maxCostUsd })

describe('a limit of the gateway', () => {
  test('holds for all of a batch, and is told with what it refuses', async () => {
    const limited = createGateway({ config: {}, limits: [{ usd: '0.002', window: 'day' }, { max_parallel: 100 }] })
    const short = new ChatSpeka({ model: sandbox, gateway: limited, maxTokens: 50 })
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => short.invoke('Hello!')))
    const refused = all.filter((one) => one.status === 'rejected')
    expect(refused.length).toBeLessThan(50)
    for (const { reason } of refused)
      expect(reason).toMatchObject({
        name: 'SpekaModelError',
        code: 'insufficient_quota',
        limit: { kind: 'usd', window: 'day', limit: '0.002' },
      })
    const [{ spent = '' } = {}] = await limited.limits()
    expect(Number(spent)).toBeGreaterThan(0)
    expect(Number(spent)).toBeLessThanOrEqual(0.002)
  })
})

describe('a cap', () => {
  test('lets calls through while there is enough, and then stops with the state of things', async () => {
    const costs = capped('0.00005')
    const limited = new ChatSpeka({ model: sandbox, gateway, maxTokens: 50, callbacks: [costs] })
    let answers = 0
    const error = await thrown(async () => {
      for (; answers < 100; answers += 1) await limited.invoke('Hello!')
    })
    expect(answers).toBeGreaterThan(3)
    expect(error).toMatchObject({ code: 'cost_limit_exceeded', status: 402, retry: false, capUsd: '0.00005' })
    expect(error.message).toMatch(
      /^The call may cost [\d.]+ USD, so it was not made\. This run may spend 0\.00005 USD, has spent [\d.]+\.$/,
    )
    expect(Number(costs.totalUsd)).toBeLessThanOrEqual(0.00005)
    expect(Number(costs.remainingUsd)).toBeLessThan(0.00003)
  })

  test('asks nobody once it is reached', async () => {
    const watched = watchedGateway()
    const costs = capped(0)
    await thrown(() => new ChatSpeka({ model: sandbox, gateway: watched, callbacks: [costs] }).invoke('Hello!'))
    expect(watched.asked).toEqual([])
  })

  test('holds for a batch that runs at once', async () => {
    const costs = capped('0.0001')
    const limited = new ChatSpeka({ model: sandbox, gateway, maxTokens: 50, callbacks: [costs] })
    const settled = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) => limited.invoke(`Number ${index}`)),
    )
    const refused = settled.filter(({ status }) => status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThan(40)
    for (const { reason } of refused as PromiseRejectedResult[]) {
      expect(reason).toBeInstanceOf(SpekaSpendCapError)
      // Nobody is refused as long as others may give back.
      expect(reason.heldUsd).toBe('0')
    }
    expect(Number(costs.totalUsd)).toBeLessThanOrEqual(0.0001)
    // All is given back that was set aside.
    expect(Number(costs.remainingUsd) + Number(costs.totalUsd)).toBeCloseTo(0.0001, 12)
  })

  const many = Array.from({ length: 50 }, (_, index) => `Number ${index}`)

  /** What all of them cost, and then the most that one of them may: each of them sets aside several times what it costs. */
  async function justEnough(short: ChatSpeka): Promise<SpekaCostHandler> {
    const costs = new SpekaCostHandler()
    await short.batch(many, { callbacks: [costs] })
    return capped(formatUsd(picoUsd(parseUsd(costs.totalUsd) + parseUsd('0.00002'))))
  }

  const answered = {
    invoke: (short: ChatSpeka, costs: SpekaCostHandler) =>
      Promise.all(many.map((text) => short.invoke(text, { callbacks: [costs] }))),
    batch: (short: ChatSpeka, costs: SpekaCostHandler) => short.batch(many, { callbacks: [costs] }),
    'batch, five at once': (short: ChatSpeka, costs: SpekaCostHandler) =>
      short.batch(many, { callbacks: [costs], maxConcurrency: 5 }),
    stream: (short: ChatSpeka, costs: SpekaCostHandler) =>
      Promise.all(many.map((text) => drain(short.stream(text, { callbacks: [costs] })))),
  } as const

  test.each(Object.entries(answered))(
    'has fifty calls at once wait for each other, and refuses none that can be paid: %s',
    async (_, run) => {
      const short = new ChatSpeka({ model: sandbox, gateway, maxTokens: 50 })
      const costs = await justEnough(short)
      await run(short, costs)
      expect(costs).toMatchObject({ calls: 50, callsOfUnknownCost: 0 })
      expect(Number(costs.remainingUsd)).toBeGreaterThan(0)
    },
  )

  test.each([
    ['base64', 'Qk1CaWduIHRoaW5n'],
    ['UUIDs', '0f8e3c1a-5b7d-4e2f-9a6b-1c2d3e4f5a6b '],
    ['emoji', '👩‍👩‍👧‍👦🏳️‍🌈'],
  ])('holds for fifty calls at once whose prompts of %s have more tokens than they look', async (_, words) => {
    const costs = capped('0.05')
    const dear = new ChatSpeka({ model: 'dear/model', gateway: dearGateway(), callbacks: [costs] })
    const texts = Array.from({ length: 50 }, (_each, index) => words.repeat(1 + (index % 7) * 5))
    const settled = await Promise.allSettled(texts.map((text) => dear.invoke(text)))
    expect(parseUsd(costs.totalUsd)).toBeLessThanOrEqual(parseUsd('0.05'))
    expect(settled.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(10)
    for (const one of settled)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ name: 'SpekaSpendCapError', heldUsd: '0' })
  })

  test('has calls of an unknown price take turns', async () => {
    const costs = capped('0.00001')
    const free = gatewaySaying({ content: 'Hi' }, {}, { cost: '0.000002' })
    const unpriced = new ChatSpeka({ model: 'nobody/knows', gateway: free, callbacks: [costs] })
    await unpriced.batch(['1', '2', '3', '4', '5'])
    expect(costs).toMatchObject({ calls: 5, totalUsd: '0.00001' })
  })

  test('of two kinds holds for calls that name them in either order', async () => {
    // Enough for all, and for a third of them at once.
    const [one, other] = [capped('0.000105'), capped('0.000105')]
    const short = new ChatSpeka({ model: sandbox, gateway, maxTokens: 50 })
    const calls = Array.from({ length: 20 }, (_, index) =>
      short.invoke('Hello!', { callbacks: index % 2 === 0 ? [one, other] : [other, one] }),
    )
    await Promise.all(calls)
    expect([one.calls, other.totalUsd]).toEqual([20, one.totalUsd])
  })

  test('keeps nobody waiting who has left', async () => {
    const costs = capped('0.00002')
    const short = new ChatSpeka({ model: sandbox, gateway, maxTokens: 25, callbacks: [costs] })
    const leaves = new AbortController()
    const [first, second] = [short.invoke('Hello!'), short.invoke('Hello!', { signal: leaves.signal })]
    leaves.abort(new Error('left'))
    await expect(second).rejects.toThrow('left')
    await first
    expect(costs.calls).toBe(1)
  })

  test('refuses a call that is made in the loop over another’s stream, rather than have it wait for itself', async () => {
    jest.useFakeTimers()
    try {
      const costs = capped('0.00004')
      const short = new ChatSpeka({ model: sandbox, gateway, maxTokens: 60, callbacks: [costs] })
      const inner = thrown(async () => {
        for await (const _ of await short.stream('Hello!')) await short.invoke('Hello!')
      })
      await jest.advanceTimersByTimeAsync(2000)
      expect((await inner).message).toContain('are set aside for calls under way')
    } finally {
      jest.useRealTimers()
    }
  })

  test('holds for streams that run at once, left in the middle or not', async () => {
    const costs = capped('0.0001')
    const limited = new ChatSpeka({ model: sandbox, gateway, maxTokens: 50, callbacks: [costs] })
    const reading = Array.from({ length: 20 }, async (_, index) => {
      for await (const _chunk of await limited.stream('Hello!')) if (index % 2 === 0) break
    })
    await Promise.allSettled(reading)
    expect(Number(costs.totalUsd)).toBeLessThanOrEqual(0.0001)
    // What was left in the middle may have cost all that was set aside.
    expect(costs.callsOfUnknownCost).toBeGreaterThan(0)
  })

  test('does not stand in the way of what is far below it', async () => {
    const costs = capped(1)
    await model.batch(Array(10).fill('Hello!'), { callbacks: [costs] })
    expect(costs).toMatchObject({ totalUsd: '0.000044', remainingUsd: '0.999956' })
  })

  test('never passes off half an answer as a whole one', async () => {
    const costs = capped('0.000005')
    const error = await thrown(() => model.invoke('Hello!', { callbacks: [costs] }))
    expect(error.message).toContain('The answer was cut off')
    expect(costs.calls).toBe(1)
    expect(Number(costs.totalUsd)).toBeLessThanOrEqual(0.000005)
  })

  test('ends a stream that it cuts off with an error', async () => {
    const costs = capped('0.000005')
    const error = await thrown(() => drain(model.stream('Hello!', { callbacks: [costs] })))
    expect(error.message).toContain('The answer was cut off')
  })

  test('leaves an answer alone that the caller wanted short', async () => {
    const costs = capped('0.0001')
    const answer = await new ChatSpeka({ model: sandbox, gateway, maxTokens: 3, callbacks: [costs] }).invoke('Hello!')
    expect(answer.response_metadata['finish_reason']).toBe('length')
  })

  test('is spent by an answer of unknown cost as far as was set aside', async () => {
    const costs = capped('0.5')
    const free = gatewaySaying({ content: 'Hi' }, {}, { cost: undefined })
    const unpriced = new ChatSpeka({ model: 'nobody/knows', gateway: free, callbacks: [costs] })
    await unpriced.invoke('?')
    expect(costs).toMatchObject({ totalUsd: '0.5', callsOfUnknownCost: 1 })
    await thrown(() => unpriced.invoke('?'))
  })

  test('goes along with a limit for each call', async () => {
    const watched = watchedGateway()
    const costs = capped('0.001')
    await new ChatSpeka({ model: sandbox, gateway: watched, maxCostUsd: '0.0003', callbacks: [costs] }).invoke('Hello!')
    expect(watched.asked[0]?.options).toMatchObject({ maxCostUsd: '0.0003' })
  })

  test.each(['-1', 'much', '1e3'])('is an amount of money, which %p is not', (maxCostUsd) => {
    expect(() => capped(maxCostUsd)).toThrow(RangeError)
  })

  test('is held whatever is set aside and settled in whatever order', () => {
    const step = fc.record({
      most: fc.bigInt({ min: 0n, max: 200n }),
      limited: fc.boolean(),
      part: fc.integer({ min: 0, max: 100 }),
      later: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const costs = new SpekaCostHandler({ maxCostUsd: '0.000000001' })
        const open: (() => void)[] = []
        for (const { most, limited, part, later } of steps) {
          try {
            const { amount, settle } = costs.reserve(() => picoUsd(most), limited)
            // A gateway that was told the amount keeps to it.
            const settled = () => settle('m', picoUsd(((amount ?? 0n) * BigInt(part)) / 100n))
            if (later) open.push(settled)
            else settled()
          } catch (error) {
            if (!(error instanceof SpekaSpendCapError)) throw error
          }
          expect(parseUsd(costs.totalUsd)).toBeLessThanOrEqual(1000n)
        }
        for (const settled of open) settled()
        expect(parseUsd(costs.totalUsd) + parseUsd(costs.remainingUsd ?? '')).toBe(1000n)
      }),
    )
  })
})
