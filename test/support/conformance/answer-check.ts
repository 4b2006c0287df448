import { deviationsFrom } from './conforms.ts'
import { type Endpoint, endpointOf, type StreamShape } from './endpoints.ts'
import { EventReader, type SentEvent } from './event-reader.ts'
import type { Shape } from './shapes.ts'

const DONE = '[DONE]'

/** What was asked, as far as it decides what the answer must be. */
export interface Asked {
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** The request body: it says whether a stream was wanted. Without it, either is taken for what was wanted. */
  readonly body?: unknown
}

/** The beginning of an answer. */
export interface AnswerHead {
  readonly status: number
  header(name: string): string | null | undefined
}

/** Told of each thing that was validated, and what deviates. */
export interface CheckListener {
  checked(shape: Shape): void
  deviates(what: string): void
}

/**
 * Checks one answer of the gateway as it passes: its head, its JSON or each of its events, and how it ends. An answer that
 * is broken off is checked as far as it came; nothing is said of its end.
 */
export class AnswerCheck {
  readonly #listener: CheckListener
  readonly #endpoint: Endpoint | undefined
  readonly #failed: boolean
  readonly #isStream: boolean
  /** The answer is neither JSON nor events, as it may be. */
  readonly #isOther: boolean
  readonly #what: string
  readonly #pieces: Uint8Array[] = []
  readonly #reader = new EventReader()
  #ended = false

  constructor(asked: Asked, { status, header }: AnswerHead, listener: CheckListener) {
    this.#what = `${asked.method} ${asked.path} (${status})`
    this.#listener = listener
    this.#failed = status >= 400
    this.#endpoint = endpointOf(asked.method, asked.path)
    const contentType = header('content-type') ?? ''
    this.#isOther = !this.#failed && this.#endpoint?.otherwise?.test(contentType) === true
    this.#isStream = contentType.startsWith('text/event-stream')
    if (!header('x-request-id')) this.#say('has no x-request-id')
    if (!this.#isOther && (this.#failed || this.#endpoint !== undefined))
      this.#checkType(contentType, wantsStream(asked.body))
  }

  push(bytes: Uint8Array): void {
    if (!this.#isStream) this.#pieces.push(bytes)
    else for (const event of this.#read(bytes)) this.#checkEvent(event)
  }

  /** To be called when the body ended without an error. */
  end(): void {
    if (this.#isOther) return
    if (this.#isStream) this.#checkEnd()
    else this.#checkJson(Buffer.concat(this.#pieces).toString('utf8'))
  }

  #read(bytes: Uint8Array): SentEvent[] {
    try {
      return this.#reader.read(bytes)
    } catch (error) {
      this.#say(`cannot be read: ${String(error)}`)
      return []
    }
  }

  #checkType(contentType: string, streamWanted: boolean | undefined): void {
    const mayStream = !this.#failed && this.#endpoint?.stream !== undefined
    const streams = mayStream && (streamWanted ?? this.#isStream)
    const expected = streams ? 'text/event-stream' : 'application/json'
    if (contentType.split(';', 1)[0] !== expected) this.#say(`is ${contentType || 'of no type'}, not ${expected}`)
  }

  #checkJson(text: string): void {
    const shape = this.#failed ? 'error' : this.#endpoint?.answer
    if (shape === undefined) return
    const value = parse(text)
    if (value === undefined) this.#say(`is not JSON: ${text.slice(0, 100)}`)
    else this.#validate(shape, value)
  }

  #checkEvent({ name, data }: SentEvent): void {
    const stream = this.#endpoint?.stream
    if (stream === undefined) return this.#say('streams, where OpenAI does not')
    // Parsers of several SDKs throw on them.
    if (data === undefined || data === '') return this.#say(`has an event without data (event: ${name ?? 'none'})`)
    const value = data === DONE ? DONE : parse(data)
    if (value === undefined) return this.#say(`has an event that is not JSON: ${data.slice(0, 100)}`)
    const isLast = isFailure(value) || stream.isEnd(value)
    // A response may fail in two events, for clients that know one of them; and it may be done in so many words.
    const mayFollow = stream.named && (isLast || value === DONE)
    if (this.#ended && !mayFollow) this.#say(`goes on after its end: ${data.slice(0, 100)}`)
    this.#ended ||= isLast
    if (value === DONE) return
    this.#validate(isFailure(value) ? stream.failure : stream.event, value)
    this.#checkName(stream, name, value)
  }

  #checkName({ named }: StreamShape, name: string | undefined, value: unknown): void {
    const own = named ? (value as { type?: string }).type : undefined
    const allowed = isFailure(value) ? [undefined, 'error'] : [own]
    if (!allowed.includes(name)) this.#say(`names an event ${name ?? 'nothing'}, not ${own ?? 'nothing'}`)
  }

  #checkEnd(): void {
    if (this.#reader.rest !== '') this.#say(`ends inside an event: ${this.#reader.rest.slice(0, 100)}`)
    if (this.#endpoint?.stream !== undefined && !this.#ended) this.#say('ends as if it were whole, without saying so')
  }

  #validate(shape: Shape, value: unknown): void {
    this.#listener.checked(shape)
    for (const deviation of deviationsFrom(shape, value)) this.#say(`is no ${shape}: ${deviation}`)
  }

  #say(what: string): void {
    this.#listener.deviates(`${this.#what} ${what}`)
  }
}

/** The events of responses have a `type` instead. */
const isFailure = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'error' in value && !('type' in value)

function wantsStream(body: unknown): boolean | undefined {
  if (body === undefined || body === null) return undefined
  const text = body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : body
  const request = typeof text === 'string' ? parse(text) : undefined
  return (request as { stream?: unknown } | null | undefined)?.stream === true
}

/** `undefined` is no JSON value, and so says that there was none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
