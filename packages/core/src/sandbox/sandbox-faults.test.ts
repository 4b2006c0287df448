import { chat, type Heard, hello, openSandbox, tools } from './ask.fake.ts'

/** How many chunks of a stream carry output. */
const outputs = ({ events }: Heard) =>
  events.filter((event) => typeof event === 'object' && /"content":"[^"]|"tool_calls"/.test(JSON.stringify(event)))
    .length

const spoiledStream = (fault: string, more = {}) =>
  chat({ ...hello, model: `speka/sandbox:${fault}`, stream: true, ...more })

const spoiledJson = (fault: string) => chat({ ...hello, model: `speka/sandbox:${fault}` })

describe('a fault at once', () => {
  test.each([
    { fault: '400', type: 'invalid_request_error', code: null },
    { fault: '401', type: 'invalid_request_error', code: 'invalid_api_key' },
    { fault: '402', type: 'insufficient_quota', code: 'insufficient_quota' },
    { fault: '404', type: 'invalid_request_error', code: 'model_not_found' },
    { fault: '429', type: 'rate_limit_error', code: 'rate_limit_exceeded' },
    { fault: '500', type: 'server_error', code: null },
    { fault: '529', type: 'server_error', code: null },
  ])(':$fault is that status with a proper body, streamed or not', async ({ fault, type, code }) => {
    const model = `speka/sandbox:${fault}`
    for (const stream of [true, false]) {
      const { status, body, end, headers } = await chat({ ...hello, model, stream })
      expect({ status, end }).toEqual({ status: Number(fault), end: 'end' })
      expect(headers['content-type']).toBe('application/json')
      expect(JSON.parse(body).error).toEqual({
        message: expect.stringContaining(model),
        type,
        code,
        param: fault === '404' ? 'model' : null,
      })
    }
  })

  test.each([
    { fault: 'context_length', code: 'context_length_exceeded' },
    { fault: 'content_policy', code: 'content_policy_violation' },
  ])(':$fault is a 400 with its code', async ({ fault, code }) => {
    const { status, body } = await chat({ ...hello, model: `speka/sandbox:${fault}` })
    expect(status).toBe(400)
    expect(JSON.parse(body).error).toMatchObject({ type: 'invalid_request_error', code })
  })

  test('for the first tries ends with an answer', async () => {
    const { ask } = openSandbox()
    const request = { ...hello, model: 'speka/sandbox:429x2' }
    const tries = ['a', 'a', 'b', 'a', 'a'].map(async (id) => ask('/chat/completions', request, { 'x-request-id': id }))
    const heard = await Promise.all(tries)
    expect(heard.map(({ status }) => status)).toEqual([429, 429, 429, 200, 200])
    expect(heard[0]?.headers['retry-after-ms']).toBe('20')
  })

  test(':429 for ever asks to come back in a second', async () => {
    expect((await chat({ ...hello, model: 'speka/sandbox:429' })).headers).toMatchObject({ 'retry-after': '1' })
  })

  test(':refused never gets a head', async () => {
    const { ask } = openSandbox()
    const request = { ...hello, model: 'speka/sandbox:refusedx1' }
    expect(await ask('/chat/completions', request)).toMatchObject({ end: 'refused', body: '' })
    expect(await ask('/chat/completions', request)).toMatchObject({ end: 'end', status: 200 })
  })

  test(':wait@500 comes late', async () => {
    const request = { ...hello, model: 'speka/sandbox:wait@500' }
    for (const stream of [true, false]) {
      expect((await openSandbox().ask('/chat/completions', { ...request, stream }, {}, 499)).status).toBeUndefined()
      expect((await openSandbox().ask('/chat/completions', { ...request, stream }, {}, 500)).end).toBe('end')
    }
  })
})

describe('a fault amid a stream', () => {
  test.each([
    { fault: 'stall@20', end: 'still open', chunks: 20, events: 21 },
    { fault: 'stall@0', end: 'still open', chunks: 0, events: 0 },
    { fault: 'cut@40', end: 'reset', chunks: 40, events: 41 },
    { fault: 'cut@0', end: 'reset', chunks: 0, events: 0 },
    { fault: 'eof@40', end: 'end', chunks: 40, events: 41 },
    { fault: 'error@0', end: 'end', chunks: 0, events: 1 },
    { fault: 'error@5', end: 'end', chunks: 5, events: 7 },
    { fault: 'cut@5000', end: 'reset', chunks: 5000, events: 5001 },
  ])(':$fault strikes after exactly so many chunks', async ({ fault, end, chunks, events }) => {
    const heard = await spoiledStream(fault)
    expect({ status: heard.status, end: heard.end, chunks: outputs(heard), events: heard.events.length }).toEqual({
      status: 200,
      end,
      chunks,
      events,
    })
    expect(heard.body).not.toContain('[DONE]')
    expect(heard.body).not.toContain('"finish_reason":"')
  })

  test(':error sends an event with all four fields', async () => {
    const { events } = await spoiledStream('error@3')
    expect(events.at(-1)).toEqual({
      error: { message: expect.any(String), type: 'server_error', param: null, code: null },
    })
  })

  test.each([0, 10])(':garbage@%i is not JSON, and the stream goes on', async (after) => {
    const heard = await spoiledStream(`garbage@${after}`)
    const bad = heard.events.findIndex((event) => typeof event === 'string')
    expect(bad).toBe(after === 0 ? 0 : after + 1)
    expect(heard.events.at(-1)).toBe('[DONE]')
    expect(outputs(heard)).toBeGreaterThan(after)
  })

  test.each([
    { what: 'a tool call', more: { tools } },
    { what: 'a short answer', more: { max_tokens: 5 } },
    { what: 'JSON', more: { response_format: { type: 'json_object' } } },
  ])('strikes $what before its finish, however short', async ({ more }) => {
    const heard = await spoiledStream('cut@40', more)
    expect(heard.end).toBe('reset')
    expect(outputs(heard)).toBeGreaterThan(1)
    expect(heard.body).not.toContain('"finish_reason":"')
  })

  test('counts the chunks of all choices', async () => {
    expect(outputs(await spoiledStream('cut@40', { n: 2 }))).toBe(40)
  })

  test(':slow comes at human speed', async () => {
    const request = { ...hello, model: 'speka/sandbox:slow', stream: true }
    const soon = await openSandbox().ask('/chat/completions', request, {}, 500)
    expect(soon).toMatchObject({ status: 200, end: 'still open' })
    expect(outputs(soon)).toBe(14)
    expect((await chat(request)).end).toBe('end')
  })

  test.each([1, 7, 3000])(':long@%i has exactly so many chunks', async (count) => {
    const heard = await spoiledStream(`long@${count}`, { stream_options: { include_usage: true } })
    expect(outputs(heard)).toBe(count)
    expect(heard.events.at(-2)).toMatchObject({ usage: { completion_tokens: count } })
  })

  test(':nousage reports none', async () => {
    const heard = await spoiledStream('nousage', { stream_options: { include_usage: true } })
    expect(heard.events.at(-1)).toBe('[DONE]')
    expect(heard.body).not.toContain('"usage"')
  })
})

describe('a fault in a JSON answer', () => {
  test.each([
    { fault: 'cut@40', end: 'reset' },
    { fault: 'eof@40', end: 'end' },
  ])(':$fault breaks the body in its middle', async ({ fault, end }) => {
    const heard = await spoiledJson(fault)
    expect(heard).toMatchObject({ status: 200, end, body: expect.stringMatching(/^\{"id":/) })
    expect(() => JSON.parse(heard.body)).toThrow(SyntaxError)
  })

  test(':stall never answers', async () => {
    expect(await spoiledJson('stall@20')).toEqual({ headers: {}, end: 'still open', body: '', events: [] })
  })

  test(':garbage is not JSON', async () => {
    const { status, end, body } = await spoiledJson('garbage@10')
    expect({ status, end }).toEqual({ status: 200, end: 'end' })
    expect(() => JSON.parse(body)).toThrow(SyntaxError)
  })

  test(':error is an error despite its status', async () => {
    const { status, body } = await spoiledJson('error@0')
    expect(status).toBe(200)
    expect(JSON.parse(body).error.type).toBe('server_error')
  })

  test(':slow takes as long as reading it along', async () => {
    const request = { ...hello, model: 'speka/sandbox:slow' }
    expect((await openSandbox().ask('/chat/completions', request, {}, 659)).status).toBeUndefined()
    expect((await openSandbox().ask('/chat/completions', request, {}, 660)).end).toBe('end')
  })

  test(':nousage reports none', async () => {
    expect(JSON.parse((await spoiledJson('nousage')).body)).not.toHaveProperty('usage')
  })
})
