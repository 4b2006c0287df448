import { NodeOperationError } from 'n8n-workflow'
import { bodyOf, chat, completion, errorBody, reply, run } from './speka-node.fake.ts'

describe('items', () => {
  test.each([
    { options: {}, most: 4 },
    { options: { concurrency: 2 }, most: 2 },
    { options: { concurrency: 64 }, most: 20 },
    { options: { concurrency: 0 }, most: 4 },
    { options: { maxCostUsd: 1 }, most: 1 },
  ])('come out in order, $most at once with $options', async ({ options, most }) => {
    const { counts, send } = contrary()
    const { items } = await run({ ...many(20, options), send })
    expect(items.map(({ json }) => json['text'])).toEqual(Array.from({ length: 20 }, (_, n) => `Number ${n}`))
    expect(items.map(({ pairedItem }) => pairedItem)).toEqual(Array.from({ length: 20 }, (_, n) => ({ item: n })))
    expect(counts.most).toBe(most)
  })

  test('share the cost limit of a run: each may cost what is left', async () => {
    const { sent } = await run({
      ...many(3, { maxCostUsd: 0.5 }),
      send: async () => reply(200, completion('x'), { 'x-speka-cost-usd': '0.2' }),
    })
    expect(sent.map(({ headers }) => headers?.['x-speka-max-cost-usd'])).toEqual(['0.5', '0.3', '0.1'])
  })

  test('are told how the limit stands when it is why they are refused, and not that a bill is unpaid', async () => {
    const words = 'The request may cost more than the limit of 0.3 USD it came with.'
    const answers = [
      reply(200, completion('x'), { 'x-speka-cost-usd': '0.2' }),
      reply(402, errorBody('cost_limit_exceeded', words)),
    ]
    const failure: unknown = await run({
      ...many(2, { maxCostUsd: 0.5 }),
      send: async () => answers.shift(),
    }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(NodeOperationError)
    expect(failure).toMatchObject({
      message: `"Max Cost per Run (USD)" is 0.5, of which 0.2 is spent. ${words}`,
      description: expect.stringContaining('Raise "Max Cost per Run"'),
      context: { itemIndex: 1 },
    })
  })

  test('that failed leave what is left as it was, unless nobody knows what became of them', async () => {
    const answers = [
      () => reply(503, errorBody('no_healthy_target', 'All down.')),
      () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })),
      () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNRESET' })),
      () => reply(200, completion('x')),
    ]
    const { sent } = await run({
      ...many(4, { maxCostUsd: 0.5 }),
      continueOnFail: true,
      send: async ({ url }) => (url.includes('/generation') ? reply(404, {}) : answers.shift()?.()),
    })
    const limits = sent.map(({ headers }) => headers?.['x-speka-max-cost-usd']).filter((limit) => limit !== undefined)
    expect(limits).toEqual(['0.5', '0.5', '0.5', '0'])
  })

  test('of unknown cost use the limit up', async () => {
    const { sent } = await run({ ...many(2, { maxCostUsd: 0.5 }), send: async () => reply(200, completion('x')) })
    expect(sent.map(({ headers }) => headers?.['x-speka-max-cost-usd'])).toEqual(['0.5', '0'])
  })

  test('begin no more after one has failed', async () => {
    let asked = 0
    const send = async () => {
      asked += 1
      return asked === 3 ? reply(404, errorBody('model_not_found', 'No such model.')) : reply(200, completion('x'))
    }
    await expect(run({ ...many(50, { concurrency: 1 }), send })).rejects.toThrow('No such model.')
    expect(asked).toBe(3)
  })

  test('that failed say so under the names n8n looks for, when the node goes on', async () => {
    const { items } = await run({ parameters: chat('Hi'), continueOnFail: true, send: allDown })
    expect(items).toEqual([
      {
        json: {
          error: 'All down.',
          details: { code: 'no_healthy_target', status: 503, requestId: 'req-1', attempts: [] },
        },
        pairedItem: { item: 0 },
      },
    ])
  })

  test('have each their own key and address, where the credential is made of expressions', async () => {
    const gates = [
      { apiKey: 'sk-one', baseUrl: 'http://one.test' },
      { apiKey: 'sk-two', baseUrl: 'http://two.test' },
    ]
    const { sent, keys } = await run({ ...many(2, { concurrency: 1 }), credential: gates })
    expect(sent.map(({ url }, index) => ({ key: keys[index], host: new URL(url).host }))).toEqual([
      { key: 'sk-one', host: 'one.test' },
      { key: 'sk-two', host: 'two.test' },
    ])
  })

  test('of none at all are no request', async () => {
    expect((await run({ items: [], parameters: chat('Hi') })).sent).toEqual([])
  })
})

test('stops with the execution', async () => {
  const stop = new AbortController()
  const running = run({ parameters: chat('Hi'), signal: stop.signal, send: () => new Promise(() => {}) })
  stop.abort(new Error('The execution was cancelled'))
  await expect(running).rejects.toThrow('The execution was cancelled')
})

const many = (count: number, options: object = {}) => ({
  items: Array.from({ length: count }, (_, n) => ({ json: { n } })),
  parameters: Array.from({ length: count }, (_, n) => chat(`Number ${n}`, { options })),
})

/** Answers later the earlier it is asked, and counts how many wait at once. */
function contrary() {
  const counts = { now: 0, most: 0 }
  const send = async ({ body }: { body?: unknown }) => {
    counts.now += 1
    counts.most = Math.max(counts.most, counts.now)
    const said = String((bodyOf({ body })['messages'] as { content: string }[])[0]?.content)
    await new Promise((resolve) => setTimeout(resolve, 30 - Number(said.replace(/\D/g, ''))))
    counts.now -= 1
    return reply(200, completion(said))
  }
  return { counts, send }
}

const allDown = async ({ url }: { url: string }) =>
  url.includes('generation') ? reply(404, {}) : reply(503, errorBody('no_healthy_target', 'All down.'))
