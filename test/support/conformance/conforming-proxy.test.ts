import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startConformingProxy } from './conforming-proxy.ts'
import { examples } from './examples.ts'

const [chunk] = examples['chat completion chunk']
const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
const sse = { 'content-type': 'text/event-stream', 'x-request-id': 'r' }

const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A gateway that answers in this way, and a proxy in front of it. */
async function before(listener: RequestListener) {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy = await startConformingProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  closing.push(proxy.close, () => void server.close().closeAllConnections())
  return proxy
}

const ask = (baseURL: string, signal?: AbortSignal): Promise<Response> =>
  fetch(`${baseURL}/chat/completions?a=b`, { method: 'POST', body: '{"stream":true}', ...(signal && { signal }) })

describe('a proxy in front of a gateway', () => {
  test('passes request and answer as they are, and counts what it saw', async () => {
    const wire = `${event(chunk)}: speka\n\n${event(chunk)}data: [DONE]\n\n`
    const proxy = await before(async (request, response) => {
      let body = ''
      for await (const piece of request) body += String(piece)
      response.writeHead(200, { ...sse, 'x-asked': `${request.method} ${request.url} ${body}` })
      response.end(wire)
    })
    const response = await ask(proxy.baseURL)
    expect(response.headers.get('x-asked')).toBe('POST /v1/chat/completions?a=b {"stream":true}')
    expect(await response.text()).toBe(wire)
    proxy.verify()
    expect(Object.fromEntries(proxy.checked)).toEqual({ 'chat completion chunk': 2 })
  })

  test('reports what deviates', async () => {
    const proxy = await before((_, response) => void response.writeHead(400, sse).end('{"detail":"No."}'))
    await (await ask(proxy.baseURL)).text()
    expect(() => proxy.verify()).toThrow('is text/event-stream, not application/json')
  })

  test('breaks off where the gateway does, and calls that no end', async () => {
    const proxy = await before((_, response) => {
      response.writeHead(200, sse).write(event(chunk), () => setImmediate(() => response.destroy()))
    })
    const response = await ask(proxy.baseURL)
    await expect(response.text()).rejects.toThrow('terminated')
    proxy.verify()
    expect(proxy.checked.get('chat completion chunk')).toBe(1)
  })

  test('leaves the gateway when the client leaves', async () => {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>()
    const proxy = await before((_, response) => {
      response
        .on('close', () => leave())
        .writeHead(200, sse)
        .write(event(chunk))
    })
    const leaving = new AbortController()
    const response = await ask(proxy.baseURL, leaving.signal)
    await response.body?.getReader().read()
    leaving.abort()
    await left
    proxy.verify()
  })

  test('has no answer of its own when there is no gateway', async () => {
    const proxy = await startConformingProxy('http://127.0.0.1:1')
    closing.push(proxy.close)
    await expect(ask(proxy.baseURL)).rejects.toThrow('fetch failed')
  })
})
