import type { Clock } from '../clock.ts'
import type {
  Exchange,
  Headers,
  ReplySink,
  Transport,
  TransportFailure,
  Upstream,
  UpstreamRequest,
} from '../transport.ts'

/** One thing that an upstream does; `after` is how many ms pass before it. */
export type ReplyStep =
  | { readonly head: number; readonly headers?: Headers; readonly after?: number }
  | { readonly data: string | Uint8Array; readonly after?: number }
  | { readonly end: true; readonly after?: number }
  | { readonly fail: TransportFailure['kind']; readonly sent?: boolean; readonly after?: number }

/** A reply, step by step. What does not end or fail hangs. */
export type ReplyScript = readonly ReplyStep[]

/** A request that was sent, and what became of it. */
export interface SentRequest {
  readonly to: Upstream
  readonly headers: Headers
  readonly path: string
  /** The body, parsed; empty when there is none. */
  readonly body: Readonly<Record<string, unknown>>
  /** The clock's `monotonic()` when it was sent. */
  readonly at: number
  aborted: boolean
  paused: boolean
  /** How often it was paused. */
  pauses: number
  /** Whether its script has been played to its end. */
  over: boolean
}

export interface FakeTransport extends Transport {
  /** Every request, in order. */
  readonly sent: SentRequest[]
}

/**
 * An upstream for tests: the nth request gets the nth script. A request that nobody expected throws, in `send`.
 *
 * @param script picks the reply: by order, or by looking at the request.
 */
export function createFakeTransport(
  clock: Clock,
  script: readonly ReplyScript[] | ((request: SentRequest, index: number) => ReplyScript),
): FakeTransport {
  const sent: SentRequest[] = []
  return {
    sent,
    send(to, request, sink) {
      const record = recordOf(clock, to, request)
      const scripted = typeof script === 'function' ? script(record, sent.length) : script[sent.length]
      // It knows its requests by their bodies.
      const steps = request.streamed === undefined ? scripted : json(415, {})
      if (steps === undefined) throw new Error(`nobody expected request ${sent.length + 1}`)
      sent.push(record)
      return play(clock, steps, sink, record)
    },
  }
}

function recordOf(clock: Clock, to: Upstream, { headers, path, body = [] }: UpstreamRequest): SentRequest {
  const text = Buffer.concat(body).toString()
  const parsed = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
  return {
    to,
    headers,
    path,
    body: parsed,
    at: clock.monotonic(),
    aborted: false,
    paused: false,
    pauses: 0,
    over: false,
  }
}

function play(clock: Clock, steps: ReplyScript, sink: ReplySink, record: SentRequest): Exchange {
  let next = 0
  let cancel: (() => void) | undefined
  const stop = (): void => {
    cancel?.()
    record.over = true
  }
  const wait = (): void => {
    const step = steps[next]
    if (step !== undefined && !record.over) cancel = clock.after(step.after ?? 0, run)
  }
  const run = (): void => {
    const step = steps[next]
    if (record.over || record.paused || step === undefined) return
    next += 1
    if ('head' in step) sink.head(step.head, step.headers ?? {})
    else if ('data' in step) sink.data(typeof step.data === 'string' ? Buffer.from(step.data) : step.data)
    else {
      stop()
      if ('end' in step) sink.end()
      else sink.fail({ kind: step.fail, sent: step.sent ?? true, cause: new Error(step.fail) })
      return
    }
    wait()
  }
  wait()
  return {
    pause() {
      if (!record.paused) record.pauses += 1
      record.paused = true
    },
    // Like a socket's parser, it delivers what it holds before it returns.
    resume() {
      if (!record.paused) return
      record.paused = false
      do {
        cancel?.()
        run()
      } while (!record.over && !record.paused && steps[next] !== undefined && steps[next]?.after === undefined)
    },
    abort() {
      if (record.over) return
      record.aborted = true
      stop()
      clock.after(0, () => sink.fail({ kind: 'aborted', sent: true, cause: undefined }))
    },
  }
}

/** A JSON reply, at once. */
export const json = (status: number, body: unknown, headers: Headers = {}): ReplyScript => [
  { head: status, headers: { 'content-type': 'application/json', ...headers } },
  { data: typeof body === 'string' ? body : JSON.stringify(body) },
  { end: true },
]

/** The head of a stream. */
export const streamHead = { head: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' } } as const

/** A stream whose events come one after the other, then whatever follows. */
export const stream = (events: readonly string[], ...then: ReplyScript): ReplyScript => [
  streamHead,
  ...events.map((data) => ({ data })),
  ...(then.length === 0 ? [{ end: true } as const] : then),
]

/** The bytes of one event. */
export const event = (value: unknown): string =>
  `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`

const chunk = (choice: object, more: object = {}): string =>
  event({
    id: 'up-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'up',
    choices: [choice],
    ...more,
  })

export const role = (index = 0): string =>
  chunk({ index, delta: { role: 'assistant', content: '' }, finish_reason: null })
export const word = (content: string, index = 0): string => chunk({ index, delta: { content }, finish_reason: null })
export const finish = (index = 0): string => chunk({ index, delta: {}, finish_reason: 'stop' })
export const usageEvent = event({
  id: 'up-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'up',
  choices: [],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, cost: 99 },
})
export const done = 'data: [DONE]\n\n'

/** A whole stream that says these words. */
export const saying = (...words: string[]): string[] => [
  role(),
  ...words.map((text) => word(text)),
  finish(),
  usageEvent,
  done,
]

/** A whole JSON answer. */
export const completion = (content = 'Hi'): object => ({
  id: 'up-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'up',
  choices: [
    { index: 0, message: { role: 'assistant', content, refusal: null }, logprobs: null, finish_reason: 'stop' },
  ],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, cost: 99 },
})
