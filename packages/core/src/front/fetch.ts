import type { Dialect } from '../dialects/dialect.ts'
import type { AnswerSink, Commitment, Engine, Run } from '../engine.ts'
import { SpekaError, toSpekaError } from '../errors.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { Bytes, Headers as PlainHeaders } from '../transport.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import type { Call } from '../operations/call.ts'
import { whyAbsent } from '../wire/absent-apis.ts'
import { errorBody, errorFrame } from '../wire/error-body.ts'
import { decisiveMembersOf } from '../wire/decisive-members.ts'
import { FormBody, type FormStore } from '../wire/form/form-body.ts'
import { isForm } from '../wire/form/multipart-reader.ts'
import type { ModelEntry } from '../wire/models.ts'
import type { OperationName } from '../wire/operation-name.ts'
import { join } from '../bytes/splice.ts'
import {
  commitmentHeaders,
  costHeaders,
  errorHeaders,
  eventStreamHeaders,
  jsonHeaders,
  ratesHeaders,
} from './answer-headers.ts'
import { answerAboutResponses, type ResponsesEngine } from './asked-about-responses.ts'
import { interpret } from './in-dialect.ts'
import { aborted, type Settle } from './iterate.ts'

/** What the fetch function stands on. */
export interface FetchParts {
  readonly engine: Engine
  readonly settle: Settle
  /** Who answers what is asked about responses. Default: nobody does. */
  readonly responses?: ResponsesEngine | undefined
  /** How to read the body of a POST, by the end of its path. */
  readonly readers: Readonly<Record<string, (body: Bytes, facts: CallFacts) => Call | Dialect>>
  /** How to read a form, by the end of its path. */
  readonly formReaders: Readonly<Record<string, FormReader>>
  /** The id of a request and when it came: every answer names its request, whatever becomes of it. */
  facts(): CallFacts
  models(): ModelEntry[]
}

/** Where a form belongs, and what makes a call of it. */
export interface FormReader {
  readonly endpoint: OperationName
  readForm(form: FormBody, facts: CallFacts): Call
}

/** Bytes a slow reader may leave waiting before the upstream is paused. */
const MOST_WAITING_BYTES = 64 * 1024

/**
 * The gateway as a fetch function. Errors come as OpenAI-shaped responses, which SDKs turn into their own classes; only
 * an abort rejects, as it does in `fetch`.
 */
export function createFetch(parts: FetchParts): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const facts = parts.facts()
    try {
      return await respond(parts, request, facts)
    } catch (error) {
      if (request.signal.aborted) throw aborted(request.signal)
      return errorResponse(toSpekaError(error), requestHeaders(facts))
    }
  }
}

async function respond(parts: FetchParts, request: Request, facts: CallFacts): Promise<Response> {
  const { pathname } = new URL(request.url)
  const path = pathname.replace(/^(?:\/v1)?\//, '/')
  const endpoint = request.method === 'POST' ? Object.keys(parts.readers).find((end) => path.endsWith(end)) : undefined
  const contentType = request.headers.get('content-type') ?? undefined
  if (request.method === 'POST' && contentType !== undefined && isForm(contentType)) {
    const end = Object.keys(parts.formReaders).find((one) => path.endsWith(one))
    const reader = end === undefined ? undefined : parts.formReaders[end]
    if (reader !== undefined) return answer(parts, await formCall(reader, request, contentType, facts), request.signal)
  }
  const read = endpoint === undefined ? undefined : parts.readers[endpoint]
  if (read !== undefined) {
    const [engine, call] = interpret(parts.engine, read(new Uint8Array(await request.arrayBuffer()), facts))
    return answer({ ...parts, engine }, call, request.signal)
  }
  const aboutResponses = parts.responses && answerAboutResponses(parts.responses, request, path, facts)
  if (aboutResponses !== undefined) return aboutResponses
  if (request.method === 'HEAD') return headOf(await respond(parts, new Request(request.url), facts))
  if (request.method === 'GET' && path === '/models') return asJson({ object: 'list', data: parts.models() }, facts)
  if (request.method === 'GET' && path.startsWith('/models/'))
    return asJson(oneModel(parts, decoded(path.slice('/models/'.length))), facts)
  throw new SpekaError('unknown_url', `There is nothing at ${request.method} ${pathname}.${hint(path)}`)
}

/** What to do instead, as far as it is known what was wanted. */
function hint(path: string): string {
  const says = whyAbsent(path)
  return says === undefined ? '' : ` ${says}`
}

/** What decides something may stand behind a long file: the caller's own process holds it anyway. */
async function formCall(
  { endpoint, readForm }: FormReader,
  request: Request,
  contentType: string,
  facts: CallFacts,
): Promise<Call> {
  const form = await FormBody.open(chunksOf(request.body), contentType, {
    limit: Infinity,
    decides: decisiveMembersOf(endpoint),
    store: () => Promise.resolve(inMemory()),
  })
  return readForm(form, facts)
}

async function* chunksOf(body: ReadableStream<Bytes> | null): AsyncGenerator<Bytes, void> {
  const reader = body?.getReader()
  if (reader === undefined) return
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
}

function inMemory(): FormStore {
  const held: Bytes[] = []
  return {
    write(bytes) {
      held.push(bytes)
      return Promise.resolve()
    },
    async *read() {
      yield* held
    },
  }
}

const headOf = ({ status, headers }: Response): Response => new Response(null, { status, headers })

/** An id as it stands in a path; one that cannot be decoded names nothing, and is looked up as it is. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}

function oneModel(parts: FetchParts, id: string): ModelEntry {
  const entry = parts.models().find((model) => model.id === id)
  if (entry === undefined)
    throw new SpekaError('model_not_found', `No model is called "${id.slice(0, 100)}".`, { param: 'model' })
  return entry
}

const asJson = (value: object, facts: CallFacts): Response => Response.json(value, { headers: requestHeaders(facts) })

const requestHeaders = ({ id }: CallFacts): PlainHeaders => ({ 'x-request-id': id })

function answer(parts: FetchParts, call: Call, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sink = call.stream
      ? new StreamResponse(call, parts.settle, resolve)
      : new JsonResponse(call, parts.settle, resolve)
    const run = started(parts, call, sink, resolve)
    if (run === undefined) return
    sink.attach(run)
    const abort = (): void => {
      run.abort()
      sink.abandon(aborted(signal))
      reject(aborted(signal))
    }
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}

/** Starts the call; what is refused at once is answered under its id as well. */
function started({ engine }: FetchParts, call: Call, sink: AnswerSink, resolve: Resolve): Run | undefined {
  try {
    return engine.start(call, sink)
  } catch (error) {
    resolve(errorResponse(toSpekaError(error), requestHeaders(call)))
    return undefined
  }
}

type Resolve = (response: Response) => void

class JsonResponse implements AnswerSink {
  readonly #call: Call
  readonly #settle: Settle
  readonly #resolve: Resolve
  #headers: PlainHeaders
  #run: Run | undefined
  /** Set once the answer turns out to be bytes, and once some of them have come: then they come as a stream does. */
  #by: Commitment | undefined
  #bytes: StreamResponse | undefined

  constructor(call: Call, settle: Settle, resolve: Resolve) {
    this.#call = call
    this.#settle = settle
    this.#resolve = resolve
    this.#headers = requestHeaders(call)
  }

  attach(run: Run): void {
    this.#run = run
  }

  abandon(reason: unknown): void {
    this.#bytes?.abandon(reason)
  }

  commit(by: Commitment): void {
    this.#headers = { ...this.#headers, ...commitmentHeaders(by) }
    if (by.contentType !== undefined) this.#by = by
  }

  write(bytes: Bytes): boolean {
    if (this.#by === undefined) return true
    this.#bytes ??= this.#opened(this.#by)
    return this.#bytes.write(bytes)
  }

  #opened(by: Commitment): StreamResponse {
    const bytes = new StreamResponse(this.#call, this.#settle, this.#resolve)
    if (this.#run !== undefined) bytes.attach(this.#run)
    bytes.commit(by)
    return bytes
  }

  settle(record: UsageRecord): void | Promise<void> {
    return this.#settle(record)
  }

  finish(tail: readonly Bytes[], record: UsageRecord): void {
    if (this.#bytes !== undefined) return this.#bytes.finish(tail)
    const kind = this.#by?.contentType === undefined ? jsonHeaders : { 'content-type': this.#by.contentType }
    const headers = { ...kind, ...this.#headers, ...costHeaders(record), ...ratesHeaders(this.#run?.rates) }
    this.#resolve(new Response(join(tail), { headers }))
  }

  fail(error: SpekaError, record?: UsageRecord): void {
    if (this.#bytes !== undefined && record !== undefined) this.#bytes.fail(error, record)
    else this.#resolve(errorResponse(error, { ...this.#headers, ...ratesHeaders(this.#run?.rates) }))
  }

  refuse(error: SpekaError): void {
    this.fail(error)
  }
}

class StreamResponse implements AnswerSink {
  readonly #settle: Settle
  readonly #resolve: Resolve
  readonly #body: ReadableStream<Bytes>
  /** Unset once nobody reads any more: a closed stream throws at whoever writes to it. */
  #controller: ReadableStreamDefaultController<Bytes> | undefined
  #run: Run | undefined
  readonly #headers: PlainHeaders
  #committed = false
  /** The answer is bytes, which no event can be written behind. */
  #relays = false

  constructor(call: Call, settle: Settle, resolve: Resolve) {
    this.#settle = settle
    this.#resolve = resolve
    this.#headers = requestHeaders(call)
    this.#body = new ReadableStream<Bytes>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#run?.resume(),
        cancel: () => {
          this.#controller = undefined
          this.#run?.abort()
        },
      },
      { highWaterMark: MOST_WAITING_BYTES, size: (frames) => frames.length },
    )
  }

  attach(run: Run): void {
    this.#run = run
  }

  abandon(reason: unknown): void {
    this.#controller?.error(reason)
    this.#controller = undefined
  }

  commit(by: Commitment): void {
    this.#committed = true
    this.#relays = by.contentType !== undefined
    const kind = by.contentType === undefined ? eventStreamHeaders : { 'content-type': by.contentType }
    const headers = { ...kind, ...this.#headers, ...commitmentHeaders(by), ...ratesHeaders(this.#run?.rates) }
    this.#resolve(new Response(this.#body, { headers }))
  }

  write(frames: Bytes): boolean {
    this.#controller?.enqueue(frames)
    return (this.#controller?.desiredSize ?? 0) > 0
  }

  settle(record: UsageRecord): void | Promise<void> {
    return this.#settle(record)
  }

  finish(tail: readonly Bytes[]): void {
    for (const frames of tail) this.#controller?.enqueue(frames)
    this.#controller?.close()
  }

  fail(error: SpekaError, _record: UsageRecord, events: Bytes = errorFrame(error)): void {
    if (!this.#committed) {
      this.#resolve(errorResponse(error, { ...this.#headers, ...ratesHeaders(this.#run?.rates) }))
      return
    }
    if (this.#relays) return this.abandon(error)
    this.#controller?.enqueue(events)
    this.#controller?.close()
  }

  refuse(error: SpekaError): void {
    // A stream is opened by its commitment alone, which has not come.
    this.#resolve(errorResponse(error, this.#headers))
  }
}

const errorResponse = (error: SpekaError, headers: PlainHeaders): Response =>
  Response.json(errorBody(error), { status: error.status, headers: { ...headers, ...errorHeaders(error) } })
