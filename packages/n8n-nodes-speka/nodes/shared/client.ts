import {
  assembleGateway,
  type AnswerDetails,
  type CallOptions,
  type ChatCompletion,
  type ChatRequest,
  type EmbeddingsAnswer,
  type EmbeddingsRequest,
  type Gateway,
  type ImagesAnswer,
  type ImagesRequest,
  type Layers,
  type ModelEntry,
} from '@speka/core'
import { clock } from './clock.ts'
import { modelsIn } from './model-list.ts'
import { isRecord, parsed } from './read-json.ts'
import { RequestFailure } from './request-failure.ts'
import {
  createN8nTransport,
  KEY_OF_N8N,
  type Gate,
  type HttpContext,
  type N8nTransportOptions,
  type RawReply,
} from './transport.ts'

/** One try of the gateway at one provider. */
export interface Attempt {
  [field: string]: string | number | undefined
  provider: string
  model: string
  /** `answered`, or what kind of failure it was. */
  outcome: string
  /** The provider's HTTP status. */
  status?: number
  message?: string
  durationMs?: number
}

/** What is known of an answer besides its body. */
export interface Course {
  /** The catalog id of the model that answered. */
  readonly model: string | undefined
  readonly provider: string | undefined
  /** What it cost in US dollars; `undefined` when the gateway does not know. */
  readonly costUsd: number | undefined
  readonly attempts: Attempt[]
  /** Under which the gateway keeps its record of the request. */
  readonly requestId: string | undefined
}

export interface Asked<Body> {
  readonly body: Body
  readonly course: Course
}

export type AskOptions = Pick<CallOptions, 'signal' | 'timeoutMs' | 'maxCostUsd'>

/** How long an answer may take when nobody says, in ms: the gateway's own limit. */
const DEFAULT_TIMEOUT_MS = 600_000

/** The gateway keeps the time, and says how far it came; this much later, in ms, it is given up on. */
const GRACE_MS = 2000

const LOOKUP_TIMEOUT_MS = 30_000

/** A gateway, as the nodes see it. */
export class SpekaClient {
  readonly #context: HttpContext
  readonly #baseUrl: string
  readonly #credential: Gate['credential']
  readonly #layers: Layers | undefined

  /** @param layers what stands around the engine of this client, as around any other. Default: nothing. */
  constructor(context: HttpContext, { baseUrl, credential }: Gate, layers?: Layers) {
    this.#context = context
    this.#baseUrl = baseUrl
    this.#credential = credential
    this.#layers = layers
  }

  /** @throws RequestFailure */
  chat(request: ChatRequest, options: AskOptions = {}): Promise<Asked<ChatCompletion>> {
    return this.#ask((gateway, limits) => gateway.chat(request, limits), options)
  }

  /** @throws RequestFailure */
  embed(request: EmbeddingsRequest, options: AskOptions = {}): Promise<Asked<EmbeddingsAnswer>> {
    return this.#ask((gateway, limits) => gateway.embed(request, limits), options)
  }

  /** @throws RequestFailure */
  draw(request: ImagesRequest, options: AskOptions = {}): Promise<Asked<ImagesAnswer>> {
    return this.#ask((gateway, limits) => gateway.generateImages(request, limits), options)
  }

  /**
   * The models that can be called now.
   *
   * @throws RequestFailure
   */
  async models(): Promise<ModelEntry[]> {
    const models = modelsIn(await this.get('/models'))
    if (models !== undefined) return models
    throw RequestFailure.notAGateway(this.#baseUrl)
  }

  /**
   * Whatever the gateway has at a path below `/v1`.
   *
   * @throws RequestFailure
   */
  async get(path: string): Promise<object> {
    const reply = await this.#fetch(path)
    const value = parsed(reply.body)
    if (reply.status >= 200 && reply.status < 300 && isRecord(value)) return value
    throw RequestFailure.of(undefined, { reply, baseUrl: this.#baseUrl })
  }

  #fetch(path: string): Promise<RawReply> {
    return new Promise((resolve, reject) => {
      let received: RawReply | undefined
      const transport = createN8nTransport(this.#context, {
        credential: this.#credential,
        timeoutMs: LOOKUP_TIMEOUT_MS,
        onReply: (reply) => {
          received = reply
        },
      })
      transport.send(
        { id: 'speka', origin: this.#baseUrl, credential: KEY_OF_N8N },
        { method: 'GET', path, headers: { accept: 'application/json' } },
        {
          head: () => {},
          data: () => {},
          end: () => received !== undefined && resolve(received),
          fail: (failure) => reject(RequestFailure.of(failure.cause, { failure, baseUrl: this.#baseUrl })),
        },
      )
    })
  }

  async #ask<Answer extends object>(
    ask: (gateway: Gateway, options: CallOptions) => Promise<Answer & AnswerDetails>,
    { timeoutMs = DEFAULT_TIMEOUT_MS, ...options }: AskOptions,
  ): Promise<Asked<Answer>> {
    let reply: RawReply | undefined
    let sent = false
    const gateway = this.#gateway(timeoutMs, {
      onSent: (mayHaveArrived) => {
        sent = mayHaveArrived
      },
      onReply: (latest) => {
        reply = latest
      },
    })
    try {
      const answer = await ask(gateway, { ...options, timeoutMs: timeoutMs + GRACE_MS })
      return { body: withoutDetails(answer), course: await this.#courseOf(reply) }
    } catch (error) {
      const attempts = reply === undefined ? [] : await this.#attemptsOf(reply)
      throw RequestFailure.of(error, { reply, attempts, sent, baseUrl: this.#baseUrl })
    }
  }

  #gateway(timeoutMs: number, heard: Pick<N8nTransportOptions, 'onSent' | 'onReply'>): Gateway {
    const name = 'speka'
    const targets = [{ provider: name }]
    return assembleGateway({
      config: {
        providers: { [name]: { type: 'speka', base_url: this.#baseUrl, api_key: KEY_OF_N8N } },
        // The sandbox too is the far gateway's: what it answers is recorded there.
        models: { '*': { targets }, 'speka/sandbox': { targets } },
      },
      transport: createN8nTransport(this.#context, {
        credential: this.#credential,
        timeoutMs: timeoutMs + 2 * GRACE_MS,
        headers: { 'x-speka-timeout-ms': String(timeoutMs) },
        ...heard,
      }),
      clock,
      random: Math.random,
      layers: this.#layers,
    })
  }

  async #courseOf(reply: RawReply | undefined): Promise<Course> {
    const headers = reply?.headers ?? {}
    return {
      model: headers['x-speka-model'],
      provider: headers['x-speka-provider'],
      // The gateway's word, not what the engine would make of the usage.
      costUsd: numberIn(headers['x-speka-cost-usd']),
      attempts: reply === undefined ? [] : await this.#attemptsOf(reply),
      requestId: headers['x-request-id'],
    }
  }

  /** One attempt needs no question; of several, and of failures, the gateway keeps a record. */
  async #attemptsOf({ headers, status }: RawReply): Promise<Attempt[]> {
    const {
      'x-speka-attempts': count,
      'x-speka-model': model,
      'x-speka-provider': provider,
      'x-request-id': id,
    } = headers
    const one = count === '1' && model !== undefined && provider !== undefined
    if (status === 200 && one) return [{ provider, model, outcome: 'answered' }]
    const recorded = status === 200 ? count !== undefined : !refusedAtOnce.includes(status)
    if (id === undefined || !recorded) return []
    try {
      return attemptsIn(await this.get(`/generation?id=${encodeURIComponent(id)}`))
    } catch (error) {
      // What came of the request is known already; how, is not worth failing for.
      if (error instanceof RequestFailure) return []
      throw RequestFailure.of(error, { baseUrl: this.#baseUrl })
    }
  }
}

/** With these statuses the gateway refuses a request itself, and has no record of it. */
const refusedAtOnce: readonly number[] = [401, 402, 403, 404, 405, 413, 415]

/** What the engine says of its own way to the gateway: the gateway's word counts. */
const details: ReadonlySet<string> = new Set<keyof AnswerDetails>(['requestId', 'cost', 'provider', 'attempts'])

const withoutDetails = <Body extends object>(answer: Body): Body =>
  Object.fromEntries(Object.entries(answer).filter(([name]) => !details.has(name))) as Body

function attemptsIn(record: object): Attempt[] {
  const { attempts } = record as { attempts?: unknown }
  if (!Array.isArray(attempts)) return []
  return (attempts as Record<string, unknown>[]).map((each) => ({
    provider: String(each['provider']),
    model: String(each['model']),
    outcome: String(each['outcome']),
    ...(typeof each['status'] === 'number' && { status: each['status'] }),
    ...(typeof each['message'] === 'string' && { message: each['message'] }),
    ...(typeof each['duration_ms'] === 'number' && { durationMs: each['duration_ms'] }),
  }))
}

const numberIn = (text: string | undefined): number | undefined => {
  const value = Number(text)
  return text === undefined || Number.isNaN(value) ? undefined : value
}
