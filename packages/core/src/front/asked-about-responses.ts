import type { ConfiguredEngine } from '../create-engine.ts'
import { readResponses } from '../dialects/responses/responses.ts'
import type { Bytes } from '../transport.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import { keptQuery, keptQuestions, type KeptQuestion } from '../wire/kept-question.ts'
import { ESTIMATED_HEADER, eventStreamHeaders, jsonHeaders } from './answer-headers.ts'

/** What is asked about responses beside making them. */
export type ResponsesEngine = Pick<ConfiguredEngine, 'askKept' | 'relayKept' | 'countInput'>

/**
 * Answers what is asked about responses, through a gateway as a fetch function.
 *
 * @param path below the base URL.
 * @returns `undefined` where it is something else.
 * @throws SpekaError as the engine does.
 */
export function answerAboutResponses(
  engine: ResponsesEngine,
  request: Request,
  path: string,
  facts: CallFacts,
): Promise<Response> | undefined {
  const [, id, below] = BELOW.exec(path) ?? []
  if (id === undefined) return undefined
  if (request.method === 'POST' && id === 'input_tokens' && below === undefined) return count(engine, request, facts)
  const question = (Object.keys(keptQuestions) as KeptQuestion[]).find(
    (one) => keptQuestions[one].method === request.method && keptQuestions[one].below === (below ?? ''),
  )
  return question && ask(engine, question, id, request, facts)
}

const BELOW = /\/responses\/([^/]+)(\/[^/]+)?$/

async function count(engine: ResponsesEngine, request: Request, facts: CallFacts): Promise<Response> {
  const { call } = readResponses(new Uint8Array(await request.arrayBuffer()), facts)
  const { tokens, isEstimated } = await engine.countInput(call, request.signal)
  const headers = { 'x-request-id': facts.id, ...(isEstimated && { [ESTIMATED_HEADER]: 'true' }) }
  return Response.json({ object: 'response.input_tokens', input_tokens: tokens }, { headers })
}

async function ask(
  engine: ResponsesEngine,
  question: KeptQuestion,
  id: string,
  { url, signal }: Request,
  facts: CallFacts,
): Promise<Response> {
  const query = keptQuery(question, new URL(url).searchParams)
  const asked = { question, id, query: query.toString() }
  const headers = { 'x-request-id': facts.id }
  if (question === 'retrieve' && query.get('stream') === 'true') {
    const body = await told(engine, asked, facts, signal)
    return new Response(body, { headers: { ...eventStreamHeaders, ...headers } })
  }
  const body = await engine.askKept(asked, facts, signal)
  return new Response(Buffer.from(body), { headers: { ...jsonHeaders, ...headers } })
}

/** The events, once there is one: what fails before is thrown. */
function told(
  engine: ResponsesEngine,
  asked: Parameters<ResponsesEngine['askKept']>[0],
  facts: CallFacts,
  signal: AbortSignal,
): Promise<ReadableStream<Bytes>> {
  return new Promise((resolve, reject) => {
    /** Unset once nobody reads any more: a closed stream throws at whoever writes to it. */
    let reader: ReadableStreamDefaultController<Bytes> | undefined
    let hasBegun = false
    const body = new ReadableStream<Bytes>({
      start: (controller) => void (reader = controller),
      pull: () => relay.resume(),
      cancel() {
        reader = undefined
        relay.abort()
      },
    })
    const begin = (): void => {
      if (!hasBegun) resolve(body)
      hasBegun = true
    }
    const relay = engine.relayKept(asked, facts, {
      write(frames) {
        begin()
        reader?.enqueue(frames)
        return (reader?.desiredSize ?? 0) > 0
      },
      finish() {
        begin()
        reader?.close()
      },
      fail(error, events) {
        if (!hasBegun) return reject(error)
        reader?.enqueue(events)
        reader?.close()
      },
    })
    const leave = (): void => {
      relay.abort()
      reject(signal.reason)
      reader?.error(signal.reason)
      reader = undefined
    }
    signal.addEventListener('abort', leave, { once: true })
  })
}
