import type { ReplySink, TransportFailure, Upstream } from '../transport.ts'
import { createFetchTransport } from './fetch-transport.ts'

const to: Upstream = { id: 'up', origin: 'https://up.example/v1', credential: 'secret' }

interface Heard {
  asked: [url: string, init: RequestInit][]
  head?: [status: number, headers: object]
  body: string
  failure?: TransportFailure
}

function ask(answer: () => Response | Promise<Response>, upstream = to): Promise<Heard> {
  const heard: Heard = { asked: [], body: '' }
  const transport = createFetchTransport({
    fetch: async (url, init) => {
      heard.asked.push([String(url), init ?? {}])
      return answer()
    },
  })
  return new Promise((resolve) => {
    const sink: ReplySink = {
      head: (status, headers) => void (heard.head = [status, headers]),
      data: (chunk) => void (heard.body += Buffer.from(chunk).toString()),
      end: () => resolve(heard),
      fail: (failure) => resolve({ ...heard, failure }),
    }
    const body = [Buffer.from('{"a":'), Buffer.from('1}')]
    transport.send(upstream, { method: 'POST', path: '/chat', headers: { 'x-a': 'b' }, body }, sink)
  })
}

test('asks with the credential, and follows nothing', async () => {
  const { asked } = await ask(() => new Response('Hi'))
  const [[url, init]] = asked as [[string, RequestInit]]
  expect(url).toBe('https://up.example/v1/chat')
  expect(init).toMatchObject({ method: 'POST', redirect: 'manual' })
  expect(Object.fromEntries(new Headers(init.headers))).toEqual({ 'x-a': 'b', authorization: 'Bearer secret' })
  expect(Buffer.from(init.body as Uint8Array).toString()).toBe('{"a":1}')
})

test('takes a credential under another name, or none', async () => {
  const named = await ask(() => new Response(''), { ...to, credentialHeader: 'x-api-key' })
  expect(new Headers(named.asked[0]?.[1].headers).get('x-api-key')).toBe('secret')
  const bare = await ask(() => new Response(''), { ...to, credential: '' })
  expect(new Headers(bare.asked[0]?.[1].headers).has('authorization')).toBe(false)
})

test('what the runtime has decoded is not told to be encoded', async () => {
  const headers = { 'content-encoding': 'gzip', 'content-length': '3', 'X-Request-Id': '1' }
  const { head, body } = await ask(() => new Response('Hi', { status: 201, headers }))
  expect(head).toEqual([201, expect.objectContaining({ 'x-request-id': '1' })])
  expect(head?.[1]).not.toHaveProperty('content-encoding')
  expect(body).toBe('Hi')
})

test('an answer without a body ends', async () => {
  expect(await ask(() => new Response(null, { status: 204 }))).toMatchObject({ head: [204, {}], body: '' })
})

test.each([
  { code: 'ECONNREFUSED', kind: 'refused' },
  { code: 'ENOTFOUND', kind: 'dns' },
  { code: 'ECONNRESET', kind: 'reset' },
  { code: undefined, kind: 'other' },
])('a failure with the code $code is $kind', async ({ code, kind }) => {
  const { failure } = await ask(() => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) })
  })
  expect(failure).toMatchObject({ kind, sent: kind === 'reset' })
})

test('an address that somebody else than the operator has named is not asked', async () => {
  const { asked, failure } = await ask(() => new Response('Hi'), { ...to, mustBePublic: true })
  expect(asked).toEqual([])
  expect(failure).toMatchObject({ kind: 'not_public', sent: false })
})
