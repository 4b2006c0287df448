import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { examples } from './examples.ts'
import { watchServer } from './watch-answers.ts'

const json = { 'content-type': 'application/json', 'x-request-id': 'r' }
const sse = { 'content-type': 'text/event-stream', 'x-request-id': 'r' }
const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

const [answer] = examples['chat completion']
const [chunk] = examples['chat completion chunk']

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** What was found out about the one answer that a server gives. */
async function watching(listener: RequestListener, path = '/v1/chat/completions') {
  const server = createServer(listener)
  const findings = watchServer(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => void server.close().closeAllConnections())
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { method: 'POST' })
  const text = await response.text().catch((error: unknown) => error)
  return { ...findings, text }
}

describe('a server that is watched', () => {
  test('answers as before, whole or in pieces, in text or in bytes', async () => {
    const whole = await watching((_, response) => void response.writeHead(200, json).end(JSON.stringify(answer)))
    expect(whole.text).toBe(JSON.stringify(answer))
    const pieces = await watching((_, response) => {
      response.setHeader('x-request-id', 'r')
      response.writeHead(200, 'OK', { 'Content-Type': 'text/event-stream' })
      response.write(event(chunk).slice(0, 9))
      response.write(Buffer.from(event(chunk).slice(9)))
      response.end('data: [DONE]\n\n', () => undefined)
      response.end()
    })
    expect(pieces.text).toBe(`${event(chunk)}data: [DONE]\n\n`)
    const inTurn = Object.entries(json).flat()
    const listed = await watching((_, response) => void response.writeHead(200, inTurn).end(JSON.stringify(answer)))
    for (const { verify } of [whole, pieces, listed]) verify()
    expect(listed.checked).toEqual(whole.checked)
    expect([...whole.checked, ...pieces.checked]).toEqual([
      ['chat completion', 1],
      ['chat completion chunk', 1],
    ])
  })

  test.each<{ what: string; listener: RequestListener; says: string }>([
    { what: 'a shape', listener: (_, response) => void response.writeHead(200, json).end('{}'), says: 'lacks choices' },
    {
      what: 'a header',
      listener: (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
      says: 'has no x-request-id',
    },
    {
      what: 'an end',
      listener: (_, response) => void response.writeHead(200, sse).end(event(chunk)),
      says: 'ends as if',
    },
  ])('is told of $what that deviates', async ({ listener, says }) => {
    const { verify } = await watching(listener)
    expect(verify).toThrow(says)
  })

  test('may break off', async () => {
    const { verify, checked, text } = await watching((_, response) => {
      response.writeHead(200, sse).write(event(chunk), () => setImmediate(() => response.destroy()))
    })
    expect(text).not.toBe(event(chunk))
    expect(checked.get('chat completion chunk')).toBe(1)
    verify()
  })

  test('may say what it likes outside of /v1', async () => {
    const { verify } = await watching((_, response) => void response.end('ok'), '/healthz')
    verify()
  })
})
