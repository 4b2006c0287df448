import { setTimeout as wait } from 'node:timers/promises'
import type { Bytes, Exchange, Headers, Transport, TransportFailure, Upstream, UpstreamRequest } from './transport.ts'

/** A request to some upstream, and what is to come of it. */
export interface TransportCase {
  readonly to: Upstream
  readonly request: UpstreamRequest
}

/** Upstreams behind one transport, one for each way that a reply can go. */
export interface TransportCases {
  readonly transport: Transport
  /** Answers whole, with this text in its body. */
  readonly whole: TransportCase & { readonly says: string }
  /** Answers in many pieces, with this at its end. */
  readonly pieces: TransportCase & { readonly endsWith: string }
  /** Begins to answer, and does not go on. */
  readonly hangs: TransportCase
  /** Begins to answer, and breaks off. */
  readonly breaks: TransportCase
  /** Answers with what it was sent, which comes while it is sent. @default it sends only what is there */
  readonly echoes?: TransportCase | undefined
  /** Takes no connection. */
  readonly refuses: TransportCase
  /** Lets what is under way happen. @default time passes by itself */
  readonly pass?: () => Promise<void>
  close(): Promise<void>
}

/** All that a sink heard. */
interface Heard {
  readonly order: ('head' | 'data' | 'end' | 'fail')[]
  status: number
  headers: Headers
  readonly chunks: Bytes[]
  failure: TransportFailure | undefined
  readonly exchange: Exchange
  readonly text: string
  /** Resolves once it has heard the end, or a failure. */
  over(): Promise<void>
  /** Resolves once it has heard any of the body. */
  begun(): Promise<void>
}

/** Ends what hangs. */
const PATIENCE_MS = 60_000

/** What every transport must do. A new one starts as one line, and is done when this is green. */
export function describeTransport(name: string, open: () => Promise<TransportCases>): void {
  describe(`${name} as a transport`, () => {
    let cases: TransportCases
    beforeAll(async () => {
      cases = await open()
    })
    afterAll(() => cases.close())

    const send = ({ to, request }: TransportCase): Heard => hear(cases, to, request)

    test('tells head, body and end, in this order, and nothing before send has returned', async () => {
      const heard = send(cases.whole)
      await heard.over()
      expect(heard.order[0]).toBe('head')
      expect(heard.order.at(-1)).toBe('end')
      expect(heard.order.filter((what) => what === 'end' || what === 'fail')).toHaveLength(1)
      expect(heard.status).toBe(200)
      expect(heard.text).toContain(cases.whole.says)
    })

    test('gives names of headers in lower case', async () => {
      const heard = send(cases.whole)
      await heard.over()
      expect(heard.headers['content-type']).toContain('application/json')
      for (const header of Object.keys(heard.headers)) expect(header).toBe(header.toLowerCase())
    })

    test('gives pieces as they come, all of them', async () => {
      const heard = send(cases.pieces)
      await heard.over()
      expect(heard.order.filter((what) => what === 'data').length).toBeGreaterThan(1)
      expect(heard.text.endsWith(cases.pieces.endsWith)).toBe(true)
    })

    test('an abort closes the upstream and is told once, however often it is said', async () => {
      const heard = send(cases.hangs)
      await heard.begun()
      heard.exchange.abort()
      heard.exchange.abort()
      await heard.over()
      heard.exchange.abort()
      expect(heard.failure?.kind).toBe('aborted')
      expect(heard.order.filter((what) => what === 'fail')).toHaveLength(1)
    })

    test('an abort at once is heard as well', async () => {
      const heard = send(cases.hangs)
      heard.exchange.abort()
      await heard.over()
      expect(heard.failure?.kind).toBe('aborted')
    })

    test('an abort behind the end changes nothing', async () => {
      const heard = send(cases.whole)
      await heard.over()
      heard.exchange.abort()
      await settled(cases)
      expect(heard.order.at(-1)).toBe('end')
    })

    test('what broke off is a failure that may have been billed, never an end', async () => {
      const heard = send(cases.breaks)
      await heard.over()
      expect(heard.order).not.toContain('end')
      expect(heard.failure).toMatchObject({ kind: 'reset', sent: true })
    })

    test('what takes no connection has not been sent', async () => {
      const heard = send(cases.refuses)
      await heard.over()
      expect(heard.order).toEqual(['fail'])
      expect(heard.failure).toMatchObject({ kind: 'refused', sent: false })
    })

    test('sends a body that comes while it is sent, or none, and says so', async () => {
      const { to, request } = cases.echoes ?? cases.whole
      const heard = hear(cases, to, { ...withoutBody(request), streamed: { open: () => pieces(3) } })
      await heard.over()
      if (cases.echoes === undefined) expect(heard.status).not.toBe(200)
      else expect(heard.text).toBe('piece 0piece 1piece 2')
    })

    test('a body that breaks off is a failure with its cause', async () => {
      if (cases.echoes === undefined) return
      const { to, request } = cases.echoes
      const broken = new Error('the caller left')
      const heard = hear(cases, to, { ...withoutBody(request), streamed: { open: () => pieces(3, broken) } })
      await heard.over()
      expect(heard.order.at(-1)).toBe('fail')
      expect(causesOf(heard.failure?.cause)).toContain(broken)
    })

    test('a pause holds the body back, and resuming gives all of it', async () => {
      const heard = send(cases.pieces)
      await heard.begun()
      heard.exchange.pause()
      heard.exchange.pause()
      await settled(cases)
      const before = heard.order.length
      await settled(cases)
      expect(heard.order.length).toBe(before)
      heard.exchange.resume()
      heard.exchange.resume()
      await heard.over()
      expect(heard.text.endsWith(cases.pieces.endsWith)).toBe(true)
    })
  })
}

/** Long enough, and turns of the event loop enough, for what was on its way to arrive. */
const settled = async ({ pass }: TransportCases): Promise<void> => {
  if (pass !== undefined) return pass()
  for (let turn = 0; turn < 10; turn += 1) await wait(2)
}

const withoutBody = ({ method, path, headers }: UpstreamRequest): UpstreamRequest => ({ method, path, headers })

async function* pieces(count: number, error?: Error): AsyncGenerator<Bytes> {
  for (let piece = 0; piece < count; piece += 1) yield await Promise.resolve(Buffer.from(`piece ${piece}`))
  if (error !== undefined) throw error
}

/** An error, and whatever it was caused by. */
function causesOf(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [error]
}

function hear(cases: TransportCases, to: Upstream, request: UpstreamRequest): Heard {
  let returned = false
  const note = (what: Heard['order'][number]): void => {
    if (!returned) throw new Error(`${what} before send had returned`)
    heard.order.push(what)
  }
  const until = async (met: () => boolean): Promise<void> => {
    const deadline = performance.now() + PATIENCE_MS
    while (!met()) {
      if (performance.now() > deadline) throw new Error(`only heard ${heard.order.join(', ')}`)
      await (cases.pass?.() ?? wait(2))
    }
  }
  const heard: { -readonly [Key in keyof Heard]: Heard[Key] } = {
    order: [],
    status: 0,
    headers: {},
    chunks: [],
    failure: undefined,
    exchange: { pause() {}, resume() {}, abort() {} },
    get text() {
      return Buffer.concat(heard.chunks).toString('utf8')
    },
    over: () => until(() => ['end', 'fail'].includes(heard.order.at(-1) ?? '')),
    begun: () => until(() => heard.chunks.length > 0 || heard.failure !== undefined),
  }
  heard.exchange = cases.transport.send(to, request, {
    head(status, headers) {
      note('head')
      heard.status = status
      heard.headers = headers
    },
    data(chunk) {
      note('data')
      heard.chunks.push(chunk)
    },
    end: () => note('end'),
    fail(failure) {
      note('fail')
      heard.failure = failure
    },
  })
  returned = true
  return heard
}
