import type { Dialect } from '../dialects/dialect.ts'
import type { AnswerSink, Engine, Run } from '../engine.ts'
import { SpekaError, toSpekaError } from '../errors.ts'
import type { Bytes } from '../transport.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import type { Call } from '../operations/call.ts'
import { whyAbsent } from '../wire/absent-apis.ts'
import { anthropicModel, anthropicPage, isForMessages } from '../wire/anthropic-models.ts'
import { decisiveMembersOf } from '../wire/decisive-members.ts'
import { FormBody, type FormStore } from '../wire/form/form-body.ts'
import { isForm } from '../wire/form/multipart-reader.ts'
import type { ModelEntry } from '../wire/models.ts'
import type { OperationName } from '../wire/operation-name.ts'
import { answerAboutResponses, type ResponsesEngine } from './asked-about-responses.ts'
import {
  asksForCount,
  asksForMessage,
  countTokens,
  isAnthropics,
  readMessage,
  type InMessages,
} from './asked-in-messages.ts'
import { errorResponse, JsonResponse, namedHeaders, StreamResponse, type Resolve } from './fetch-answer.ts'
import { interpret } from './in-dialect.ts'
import { aborted, type Settle } from './iterate.ts'

/** What the fetch function stands on. */
export interface FetchParts {
  readonly engine: Engine
  readonly settle: Settle
  /** Who answers what is asked about responses. Default: nobody does. */
  readonly responses?: ResponsesEngine | undefined
  /** Who answers in Anthropic's API. Default: nobody does. */
  readonly messages?: InMessages | undefined
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

/**
 * The gateway as a fetch function. Errors come as responses in the shape of whose API was asked, which SDKs turn into their own
 * classes; only an abort rejects, as it does in `fetch`.
 */
export function createFetch(parts: FetchParts): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const { pathname } = new URL(request.url)
    const facts = isAnthropics(pathname, request) ? { ...parts.facts(), surface: 'messages' as const } : parts.facts()
    try {
      return await respond(parts, request, facts)
    } catch (error) {
      if (request.signal.aborted) throw aborted(request.signal)
      return errorResponse(toSpekaError(error), facts)
    }
  }
}

async function respond(parts: FetchParts, request: Request, facts: CallFacts): Promise<Response> {
  const { pathname } = new URL(request.url)
  const path = pathname.replace(/^(?:\/anthropic)?(?:\/v1)?\//, '/')
  const endpoint = request.method === 'POST' ? Object.keys(parts.readers).find((end) => path.endsWith(end)) : undefined
  const contentType = request.headers.get('content-type') ?? undefined
  if (request.method === 'POST' && contentType !== undefined && isForm(contentType)) {
    const end = Object.keys(parts.formReaders).find((one) => path.endsWith(one))
    const reader = end === undefined ? undefined : parts.formReaders[end]
    if (reader !== undefined) return answer(parts, await formCall(reader, request, contentType, facts), request.signal)
  }
  const read = endpoint === undefined ? undefined : parts.readers[endpoint]
  if (read !== undefined) {
    return answer(parts, read(new Uint8Array(await request.arrayBuffer()), facts), request.signal)
  }
  if (parts.messages !== undefined && request.method === 'POST') {
    if (asksForMessage(pathname))
      return answer(parts, await readMessage(request, facts, parts.messages), request.signal)
    if (asksForCount(pathname)) return countTokens(request, facts, parts.messages)
  }
  const aboutResponses = parts.responses && answerAboutResponses(parts.responses, request, path, facts)
  if (aboutResponses !== undefined) return aboutResponses
  if (request.method === 'HEAD') return headOf(await respond(parts, new Request(request.url), facts))
  if (request.method === 'GET' && path === '/models') return asJson(listOf(parts, request, facts), facts)
  if (request.method === 'GET' && path.startsWith('/models/')) {
    const model = oneModel(parts, decoded(path.slice('/models/'.length)))
    return asJson(facts.surface === 'messages' ? anthropicModel(model) : model, facts)
  }
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

/** What can be called, in the shape of whose client asks. */
function listOf({ models }: FetchParts, { url }: Request, { surface }: CallFacts): object {
  const data = models()
  return surface === 'messages'
    ? anthropicPage(data.filter(isForMessages), new URL(url).searchParams)
    : { object: 'list', data }
}

function oneModel(parts: FetchParts, id: string): ModelEntry {
  const entry = parts.models().find((model) => model.id === id)
  if (entry === undefined)
    throw new SpekaError('model_not_found', `No model is called "${id.slice(0, 100)}".`, { param: 'model' })
  return entry
}

const asJson = (value: object, facts: CallFacts): Response => Response.json(value, { headers: namedHeaders(facts) })

function answer(parts: FetchParts, asked: Call | Dialect, signal: AbortSignal): Promise<Response> {
  const [engine, call] = interpret(parts.engine, asked)
  return new Promise((resolve, reject) => {
    const sink = call.stream
      ? new StreamResponse(call, parts.settle, resolve)
      : new JsonResponse(call, parts.settle, resolve)
    const run = started(engine, call, sink, resolve)
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
function started(engine: Engine, call: Call, sink: AnswerSink, resolve: Resolve): Run | undefined {
  try {
    return engine.start(call, sink)
  } catch (error) {
    resolve(errorResponse(toSpekaError(error), call))
    return undefined
  }
}
