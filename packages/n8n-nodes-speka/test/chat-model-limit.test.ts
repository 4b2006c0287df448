import { NodeOperationError } from 'n8n-workflow'
import { headersOf, original, refusal, supply } from './chat-model.fake.ts'
import type { FakeChatOpenAI } from './chat-openai.fake.ts'

test.each([0.5, '0.5', ' 0.50 '])('takes the limit %j', async (maxCostUsd) => {
  const supplied = await supply({ options: { maxCostUsd } })
  await supplied.invoke()
  expect(original(supplied).asked[0]?.options).toMatchObject({ headers: { 'x-speka-max-cost-usd': '0.5' } })
})

describe('the cost limit', () => {
  test('holds for calls made at once, as n8n makes five: they take turns', async () => {
    const supplied = await Promise.all(
      Array.from({ length: 5 }, () => supply({ options: { maxCostUsd: 1 } }, { executionId: 'batch' })),
    )
    await Promise.all(supplied.map((each, index) => (index % 2 === 0 ? each.invoke() : each.bindTools().stream())))
    const limits = supplied.flatMap(headersOf).map((headers) => Number((headers as Limited)['x-speka-max-cost-usd']))
    expect(limits.toSorted((a, b) => b - a)).toEqual([1, 0.75, 0.5, 0.25, 0])
  })

  test('holds for fifty calls at once, and refuses none that can be paid', async () => {
    const supplied = await supply({ options: { maxCostUsd: 12.5 } }, { executionId: 'fifty' })
    await Promise.all(Array.from({ length: 50 }, () => supplied.invoke()))
    const limits = headersOf(supplied).map((headers) => Number((headers as Limited)['x-speka-max-cost-usd']))
    expect(limits).toEqual(Array.from({ length: 50 }, (_, before) => 12.5 - before * 0.25))
  })

  test('lets the next one go when one has failed, and when the stream before was left', async () => {
    const supplied = await supply({ options: { maxCostUsd: 1 } })
    const answers = [refusal(503, 'no_healthy_target', 'All down.'), undefined]
    original(supplied).answer = () => {
      const next = answers.shift()
      if (next !== undefined) throw next
      return { usage: { cost: 0.25 } }
    }
    const [failed, left, last] = await Promise.allSettled([supplied.invoke(), leave(supplied), supplied.invoke()])
    expect([failed, left, last].map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect(headersOf(supplied)).toEqual(['1', '1', '0'].map((limit) => ({ 'x-speka-max-cost-usd': limit })))
  })

  test('lets nobody wait for an execution that was stopped', async () => {
    const stop = new AbortController()
    const supplied = await supply({ options: { maxCostUsd: 1 } }, { signal: stop.signal })
    const stream = supplied.completions._streamResponseChunks([], {})
    await stream.next()
    const waiting = supplied.invoke()
    stop.abort(new Error('The execution was cancelled'))
    await expect(waiting).rejects.toThrow('The execution was cancelled')
    expect(original(supplied).asked).toHaveLength(1)
  })

  test('says how it stands when it refuses, and is no unpaid bill', async () => {
    const supplied = await supply({ options: { maxCostUsd: 0.3 } })
    await supplied.invoke()
    const words = 'The request may cost more than the limit of 0.05 USD it came with. "m" at "p": it may cost 0.07 USD.'
    original(supplied).answer = () => {
      throw refusal(402, 'cost_limit_exceeded', words)
    }
    const failure: unknown = await supplied.invoke().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(NodeOperationError)
    expect(failure).toMatchObject({
      message: `"Max Cost per Run (USD)" is 0.3, of which 0.25 is spent. ${words}`,
      description: expect.stringContaining('Raise "Max Cost per Run"'),
      context: { itemIndex: 0 },
    })
    expect(JSON.stringify(failure)).not.toMatch(/payment/i)
  })

  test('is used up by a call that nobody answered, which may have to be paid', async () => {
    const supplied = await supply({ options: { maxCostUsd: 1 } })
    original(supplied).answer = () => {
      throw Object.assign(new Error('Request timed out.'), { name: 'TimeoutError' })
    }
    await expect(supplied.invoke()).rejects.toMatchObject({ description: expect.stringContaining('Raise "Timeout"') })
    original(supplied).answer = () => ({ usage: { cost: 0 } })
    await supplied.invoke()
    expect(headersOf(supplied).at(-1)).toEqual({ 'x-speka-max-cost-usd': '0' })
  })

  test('holds for models that LangChain would ask at another endpoint', async () => {
    const supplied = await supply({ options: { maxCostUsd: 1 } })
    expect(supplied.responses).toBe(supplied.completions)
    expect(supplied.bindTools().responses).toBe(supplied.completions)
  })

  test('goes along as what is left of the run', async () => {
    const supplied = await supply({ options: { maxCostUsd: 1 } })
    await supplied.invoke()
    await supplied.bindTools().stream()
    await supplied.invoke()
    expect(headersOf(supplied)).toEqual(['1', '0.75', '0.5'].map((left) => ({ 'x-speka-max-cost-usd': left })))
  })

  test('holds for all models that one execution is supplied with: an agent asks for one in each round', async () => {
    const options = { maxCostUsd: 1 }
    const first = await supply({ options }, { executionId: 'one' })
    await first.invoke()
    const second = await supply({ options }, { executionId: 'one' })
    await second.invoke()
    const other = await supply({ options }, { executionId: 'other' })
    await other.invoke()
    expect([first, second, other].flatMap(headersOf)).toEqual(
      ['1', '0.75', '1'].map((left) => ({ 'x-speka-max-cost-usd': left })),
    )
  })

  test('does not go along when there is none', async () => {
    const supplied = await supply()
    await supplied.invoke()
    expect(headersOf(supplied)).toEqual([undefined])
  })

  test('is used up by an answer of unknown cost, and by a stream that was left early', async () => {
    const supplied = await supply({ options: { maxCostUsd: 1 } })
    for await (const _ of supplied.completions._streamResponseChunks([], {})) break
    await supplied.invoke()
    expect(headersOf(supplied).at(-1)).toEqual({ 'x-speka-max-cost-usd': '0' })
  })

  test('is not touched by a call that was refused', async () => {
    const supplied = await supply({ options: { maxCostUsd: 1 } })
    const completions = original(supplied)
    completions.answer = () => {
      throw new Error('refused')
    }
    await expect(supplied.invoke()).rejects.toThrow('refused')
    await expect(supplied.stream()).rejects.toThrow('refused')
    completions.answer = () => ({ usage: { cost: 0 } })
    await supplied.invoke()
    expect(headersOf(supplied).at(-1)).toEqual({ 'x-speka-max-cost-usd': '1' })
  })
})

interface Limited {
  readonly 'x-speka-max-cost-usd': string
}

/** Takes the first piece of a stream, and no more. */
async function leave({ completions }: FakeChatOpenAI): Promise<void> {
  for await (const _ of completions._streamResponseChunks([], {})) break
}
