import type { IHttpRequestOptions } from 'n8n-workflow'
import { createN8nTransport, KEY_OF_N8N } from '../nodes/shared/transport.ts'
import { clock } from '../nodes/shared/clock.ts'
import { inOrder } from '../nodes/shared/in-order.ts'
import { SpekaClient } from '../nodes/shared/client.ts'
import { toNodeError } from '../nodes/shared/node-error.ts'
import { Speka } from '../nodes/Speka/Speka.node.ts'
import { fakeContext } from './context.fake.ts'

const gate = { baseUrl: 'http://gateway.test/v1', credential: {} }

/** Sends one request, and resolves with all that the sink heard. */
function send(answer: (options: IHttpRequestOptions) => Promise<unknown>, body = '{}') {
  const { context, sent } = fakeContext({ parameters: {}, send: answer })
  const heard: unknown[] = []
  const { promise: over, resolve } = Promise.withResolvers<unknown[]>()
  const exchange = createN8nTransport(context, { credential: {}, timeoutMs: 1000 }).send(
    { id: 'speka', origin: 'http://gateway.test/v1', credential: KEY_OF_N8N },
    {
      method: 'POST',
      path: '/x',
      headers: { a: 'b' },
      body: [Buffer.from(body.slice(0, 1)), Buffer.from(body.slice(1))],
    },
    {
      head: (status, headers) => void heard.push({ status, headers }),
      data: (chunk) => void heard.push(Buffer.from(chunk).toString()),
      end: () => resolve([...heard, 'end']),
      fail: ({ kind, sent: mayHaveArrived }) => resolve([...heard, { kind, mayHaveArrived }]),
    },
  )
  return { over, exchange, sent, heard }
}

test('a reply comes whole, whatever its status, with header names in lower case', async () => {
  const { over, sent } = send(async () => ({ statusCode: 503, headers: { 'X-A': 'b' }, body: Buffer.from('no') }))
  expect(await over).toEqual([{ status: 503, headers: { 'x-a': 'b' } }, 'no', 'end'])
  expect(sent[0]).toMatchObject({
    url: 'http://gateway.test/v1/x',
    body: '{}',
    headers: { a: 'b' },
    timeout: 1000,
    ignoreHttpStatusErrors: true,
  })
})

test.each([
  ['bytes', Buffer.from('x'), 'x'],
  ['an array of bytes', new Uint8Array([120]).buffer, 'x'],
  ['a text', 'x', 'x'],
  ['nothing', undefined, ''],
  ['parsed JSON', { a: 1 }, '{"a":1}'],
])('a body that n8n hands over as %s is bytes', async (_, body, text) => {
  expect((await send(async () => ({ statusCode: 200, headers: {}, body })).over)[1]).toBe(text)
})

test.each([
  ['ECONNREFUSED', { kind: 'refused', mayHaveArrived: false }],
  ['ENOTFOUND', { kind: 'dns', mayHaveArrived: false }],
  ['EHOSTUNREACH', { kind: 'refused', mayHaveArrived: false }],
  ['CERT_HAS_EXPIRED', { kind: 'tls', mayHaveArrived: false }],
  ['ECONNRESET', { kind: 'reset', mayHaveArrived: true }],
  ['ERR_CANCELED', { kind: 'aborted', mayHaveArrived: true }],
  ['ECONNABORTED', { kind: 'other', mayHaveArrived: true }],
])('%s is told apart, however often n8n has wrapped it', async (code, failure) => {
  const cause = Object.assign(new Error('inner'), { code })
  const wrapped = new Error('outer', { cause: new AggregateError([cause], 'middle') })
  for (const error of [cause, wrapped]) {
    expect(await send(async () => Promise.reject(error)).over).toEqual([failure])
  }
})

test('an abort is heard at once, and once, whatever comes later', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const { exchange, over, heard } = send(() => promise)
  exchange.abort()
  exchange.abort()
  expect(await over).toEqual([{ kind: 'aborted', mayHaveArrived: true }])
  resolve({ statusCode: 200, headers: {}, body: 'late' })
  await promise
  expect(heard).toEqual([])
})

describe('the clock', () => {
  test('runs what is due, and not what was called off', async () => {
    const ran: string[] = []
    const calledOff = clock.after(5, () => void ran.push('called off'))
    calledOff()
    clock.after(0, () => void ran.push('at once'))
    expect(ran).toEqual([])
    await new Promise<void>((resolve) => {
      clock.after(20, () => {
        ran.push('later')
        resolve()
      })
    })
    expect(ran).toEqual(['at once', 'later'])
  })
})

describe('work in order', () => {
  test.each([0, 1, 7])('of %d pieces gives as many results', async (count) => {
    expect(await inOrder(count, 3, async (index) => index * 2)).toEqual(Array.from({ length: count }, (_, n) => n * 2))
  })
})

describe('a gateway that is none', () => {
  const chat = { model: 'a', messages: [{ role: 'user', content: 'Hi' }] }

  test.each([
    { what: 'nobody listens', answer: refused, code: 'gateway_unreachable' },
    { what: 'a page', answer: says(200, '<html>'), code: 'not_a_gateway' },
    { what: 'a page that is not there', answer: says(404, 'Not Found'), code: 'not_a_gateway' },
    { what: 'a redirect', answer: says(302, ''), code: 'not_a_gateway' },
    { what: 'JSON of its own', answer: says(200, '[]'), code: 'not_a_gateway' },
    {
      what: "a gateway's own word",
      answer: says(403, '{"error":{"message":"No.","code":"model_not_allowed"}}'),
      code: 'model_not_allowed',
    },
  ])('is told apart: $what', async ({ answer, code }) => {
    const node = fakeContext({ parameters: {} }).context.getNode()
    const failure: unknown = await client(answer)
      .chat(chat)
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code })
    const shown = toNodeError(failure, { node, itemIndex: 2 })
    expect(shown).toMatchObject({ context: { itemIndex: 2 }, description: expect.stringContaining(`Code: ${code}.`) })
    expect(String(shown.description).length).toBeGreaterThan(40)
    await expect(client(answer).models()).rejects.toMatchObject({ code })
  })

  test('is not asked what the engine refuses already', async () => {
    const { context, sent } = fakeContext({ parameters: {} })
    const asked = new SpekaClient(context, gate).chat({ ...chat, temperature: 'hot' as never })
    await expect(asked).rejects.toMatchObject({ code: 'invalid_value', param: 'temperature', status: undefined })
    expect(sent).toEqual([])
  })

  test('shows in the list of models why there is none', async () => {
    const { context } = fakeContext({
      parameters: {},
      send: says(401, '{"error":{"message":"A wrong key.","code":"invalid_api_key"}}'),
    })
    const { searchChatModels } = new Speka().methods.listSearch
    await expect(searchChatModels.call(context as never)).rejects.toMatchObject({
      message: 'A wrong key.',
      description: expect.stringContaining('credential'),
    })
  })
})

function client(answer: () => Promise<unknown>): SpekaClient {
  return new SpekaClient(fakeContext({ parameters: {}, send: answer }).context, gate)
}

async function refused(): Promise<never> {
  throw Object.assign(new Error('x'), { code: 'ECONNREFUSED' })
}

function says(statusCode: number, body: string) {
  return async () => ({ statusCode, headers: {}, body })
}
