import type OpenAI from 'openai'
import { type PythonSdk, pythonSdk } from '../support/python/python-sdk.ts'
import { type Gateway, spawnGateway } from '../support/spawn-gateway.ts'

type Answer = OpenAI.ChatCompletion & { usage: { cost: number; cost_details: { total: string } } }
type Chunk = OpenAI.ChatCompletionChunk & { usage?: { cost?: number } | null }
type Streamed = { chunks: Chunk[]; error: { class: string; code: string; is_api_error: boolean } | null }

let gateway: Gateway
let python: PythonSdk

beforeAll(async () => {
  gateway = await spawnGateway()
  python = await pythonSdk(gateway)
})

afterAll(() => gateway?.close())

describe('the official OpenAI SDK for Python', () => {
  test('runs the example of the documentation as it stands', async () => {
    const { stdout, stderr, code } = await python.script('example.py')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(textOf(await answered('answer', 'speka/sandbox')))
  })

  test('reads an answer with its usage and cost', async () => {
    const answer = await answered<Answer>('answer', 'speka/sandbox')
    expect(answer).toMatchObject({ object: 'chat.completion', model: 'speka/sandbox' })
    expect(answer.choices).toHaveLength(1)
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant' } })
    expect(textOf(answer)).not.toBe('')
    const { prompt_tokens, completion_tokens, total_tokens, cost, cost_details } = answer.usage
    expect(total_tokens).toBe(prompt_tokens + completion_tokens)
    expect(cost).toBeGreaterThan(0)
    expect(Number(cost_details.total)).toBe(cost)
  })

  test('streams every piece as a chunk with a choice, and no usage, unless it was asked for', async () => {
    const { chunks, error } = await answered<Streamed>('stream', 'speka/sandbox')
    expect(error).toBeNull()
    expect(chunks.filter((chunk) => chunk.choices.length !== 1)).toEqual([])
    expect(chunks.filter((chunk) => chunk.usage)).toEqual([])
    expect(piecesOf(chunks).join('')).toBe(textOf(await answered('answer', 'speka/sandbox')))
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant')
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop')
  })

  test('ends a stream that asked for usage with one chunk of usage and cost', async () => {
    const { chunks } = await answered<Streamed>('stream', 'speka/sandbox', 'usage')
    const { usage } = await answered<Answer>('answer', 'speka/sandbox')
    expect(chunks.filter((chunk) => chunk.usage)).toHaveLength(1)
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: usage.total_tokens, cost: usage.cost } })
  })

  test('puts a stream together with its own helper', async () => {
    const { events, answer } = await answered<{ events: string[]; answer: Answer }>('stream_helper')
    expect(events).toContain('content.delta')
    expect(events.filter((event) => event === 'content.done')).toHaveLength(1)
    expect(textOf(answer)).toBe(textOf(await answered('answer', 'speka/sandbox')))
  })

  test('gets an answer without retries of its own where the upstream is limited twice', async () => {
    expect(textOf(await answered('answer', 'speka/sandbox:429x2'))).not.toBe('')
  })

  test('raises after the pieces that arrived when the upstream breaks off', async () => {
    const { chunks, error } = await answered<Streamed>('stream', 'speka/sandbox:cut@5')
    expect(piecesOf(chunks)).toHaveLength(5)
    expect(error).toMatchObject({ class: 'APIError', is_api_error: true })
    expect(error?.code).toMatch(/^upstream_/)
  })

  test('raises when the upstream ends without a finish', async () => {
    const { chunks, error } = await answered<Streamed>('stream', 'speka/sandbox:eof@5')
    expect(piecesOf(chunks)).toHaveLength(5)
    expect(error).toMatchObject({ class: 'APIError', code: 'upstream_incomplete' })
  })

  test('can leave a stream early and go on', async () => {
    const { pieces, next } = await answered<{ pieces: string[]; next: Answer }>('leave_early')
    expect(pieces).toHaveLength(3)
    expect(textOf(next)).not.toBe('')
  })

  test.each([
    {
      what: 'a wrong key',
      run: ['wrong_key'],
      error: { class: 'AuthenticationError', status: 401, code: 'invalid_api_key' },
    },
    {
      what: 'an unknown model',
      run: ['answer', 'speka/sandbx'],
      error: { class: 'NotFoundError', status: 404, code: 'model_not_found', param: 'model' },
    },
    {
      what: 'a parameter of the wrong type',
      run: ['bad_parameter'],
      error: { class: 'BadRequestError', status: 400, code: 'invalid_value', param: 'temperature' },
    },
    {
      what: 'an upstream that always fails',
      run: ['answer', 'speka/sandbox:500'],
      error: { class: 'InternalServerError', status: 502, code: 'upstream_error' },
    },
    {
      what: 'a prompt that does not fit',
      run: ['answer', 'speka/sandbox:context_length'],
      error: { class: 'BadRequestError', status: 400, code: 'context_length_exceeded' },
    },
  ])('raises its own kind of error for $what', async ({ run: [name = '', ...args], error }) => {
    const outcome = await python.run(name, ...args)
    expect(outcome.error).toMatchObject(error)
    expect(outcome.error?.request_id).toEqual(expect.any(String))
  })

  test('is told which models have a similar name', async () => {
    const { error } = await python.run('answer', 'speka/sandbx')
    expect(error?.message).toContain('speka/sandbox')
  })

  test('falls back to the models it names', async () => {
    const answer = await answered<Answer>('fallback')
    expect(answer.model).toBe('speka/sandbox')
    expect(textOf(answer)).not.toBe('')
  })

  test('lists the models', async () => {
    const models = await answered<OpenAI.Model[]>('models')
    expect(models).toContainEqual(expect.objectContaining({ id: 'speka/sandbox', object: 'model' }))
  })

  test('finds a model whose id has a slash', async () => {
    expect(await answered('model', 'speka/sandbox')).toMatchObject({ id: 'speka/sandbox', object: 'model' })
  })

  test('runs the tools that the model asks for', async () => {
    const { asked, told } = await answered<{ asked: Answer; told: Answer }>('tools')
    expect(asked.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ type: 'function', function: { name: 'get_weather' } }] },
    })
    expect(told.choices[0]?.finish_reason).toBe('stop')
    expect(textOf(told)).not.toBe('')
  })

  test('reads the arguments of a streamed tool call into a pydantic model', async () => {
    expect(await answered('streamed_tools')).toEqual({
      finish_reason: 'tool_calls',
      name: 'GetWeather',
      parsed_as: 'GetWeather',
    })
  })

  test('reads a structured answer into a pydantic model', async () => {
    expect(await answered('parse', 'speka/sandbox')).toEqual({
      parsed_as: 'Weather',
      parsed: { city: expect.any(String), degrees: expect.any(Number), clear: expect.any(Boolean) },
    })
  })

  test('reads responses, whole and streamed', async () => {
    const { text, streamed, usage, events } = await answered<{
      text: string
      streamed: string
      usage: { cost: number }
      events: string[]
    }>('respond', 'speka/sandbox')
    expect(text).toBe(textOf(await answered('answer', 'speka/sandbox')))
    expect(streamed).toBe(text)
    expect(usage.cost).toBeGreaterThan(0)
    expect(events.at(-1)).toBe('response.completed')
  })

  test('raises after the pieces of a response that arrived when the upstream breaks off', async () => {
    const { pieces, error } = await answered<{ pieces: string[]; error: Streamed['error'] }>(
      'respond_until_error',
      'speka/sandbox:cut@5',
    )
    expect(pieces).toHaveLength(5)
    expect(error).toMatchObject({ class: 'APIError', is_api_error: true, code: 'upstream_incomplete' })
  })

  test('reads completions', async () => {
    const { choices } = await answered<OpenAI.Completion>('complete', 'speka/sandbox')
    expect(choices[0]?.text).toBe(textOf(await answered('answer', 'speka/sandbox')))
  })

  test('serves its asynchronous client', async () => {
    const { texts } = await answered<{ texts: string[] }>('use_async_client')
    const text = textOf(await answered('answer', 'speka/sandbox'))
    expect(texts).toEqual([text, text, text])
  })
})

/** The result of a case that must not raise. */
async function answered<Result>(name: string, ...args: string[]): Promise<Result> {
  const { result, error } = await python.run<Result>(name, ...args)
  expect(error).toBeNull()
  return result
}

function textOf(answer: Answer): string {
  return answer.choices[0]?.message.content ?? ''
}

/** The content of each chunk that has some. */
function piecesOf(chunks: Chunk[]): string[] {
  return chunks.flatMap((chunk) => chunk.choices[0]?.delta.content || [])
}
