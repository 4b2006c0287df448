import type { Exchange, Headers, Transport, TransportFailure } from '../transport.ts'
import { dataOf, FrameCutter, isDone } from '../bytes/frames.ts'
import { createFakeClock } from './clock.fake.ts'
import { createSandbox, sandboxOrigin } from './sandbox.ts'

/** What came of a request to the sandbox in a test. */
export interface Heard {
  readonly status?: number
  readonly headers: Headers
  readonly body: string
  readonly end: 'end' | TransportFailure['kind'] | 'still open'
  /** The data of each event, parsed; what is not JSON stands as it is. */
  readonly events: readonly unknown[]
}

/** One sandbox on a clock of its own. `ask` waits a minute of the clock's time for the answer. */
export function openSandbox() {
  const clock = createFakeClock()
  const sandbox = createSandbox({ clock })
  return {
    clock,
    sandbox,
    async ask(path: string, body?: unknown, headers: Headers = {}, waitMs = 60_000): Promise<Heard> {
      const { heard, exchange } = send(sandbox, path, body, headers)
      await clock.advance(waitMs)
      const settled = heard()
      exchange.abort()
      await clock.advance(0)
      return settled
    },
  }
}

function send(
  sandbox: Transport,
  path: string,
  body: unknown,
  headers: Headers,
): { exchange: Exchange; heard: () => Heard } {
  const pieces: Buffer[] = []
  let head: { status: number; headers: Headers } | undefined
  let end: Heard['end'] = 'still open'
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const exchange = sandbox.send(
    { id: 'sandbox', origin: sandboxOrigin, credential: '' },
    body === undefined
      ? { method: 'GET', path, headers }
      : { method: 'POST', path, headers, body: [Buffer.from(text.slice(0, 5)), Buffer.from(text.slice(5))] },
    {
      head: (status, given) => (head = { status, headers: given }),
      data: (chunk) => pieces.push(Buffer.from(chunk)),
      end: () => (end = 'end'),
      fail: ({ kind }) => (end = kind),
    },
  )
  const heard = (): Heard => {
    const bytes = Buffer.concat(pieces)
    return { headers: {}, ...head, end, body: bytes.toString(), events: eventsIn(bytes) }
  }
  return { exchange, heard }
}

function eventsIn(bytes: Buffer): unknown[] {
  const events: unknown[] = []
  new FrameCutter().push(bytes, (frame) => {
    const data = dataOf(frame)
    if (data === undefined) return
    try {
      events.push(isDone(data) ? '[DONE]' : JSON.parse(data.toString()))
    } catch {
      events.push(data.toString())
    }
  })
  return events
}

/** A message of a user. */
export const user = (content: unknown) => ({ role: 'user', content })

/** The smallest chat request. */
export const hello = { model: 'speka/sandbox', messages: [user('Hello there')] }

/** Asks a fresh sandbox for a chat answer. */
export const chat = (request: object, headers = {}): Promise<Heard> =>
  openSandbox().ask('/chat/completions', request, headers)

const tool = (name: string, description: string, properties: object) => ({
  type: 'function',
  function: { name, description, parameters: { type: 'object', properties, required: Object.keys(properties) } },
})

/** Two tools to offer. */
export const tools = [
  tool('get_time', 'The time in a zone', { zone: { type: 'string' } }),
  tool('getWeather', 'Whether it will rain', { city: { type: 'string' }, days: { type: 'integer', minimum: 2 } }),
]
