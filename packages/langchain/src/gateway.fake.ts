import type {
  AnswerDetails,
  CallOptions,
  ChatAnswered,
  ChatChunk,
  ChatRequest,
  EmbeddingsRequest,
  Gateway,
  UsageRecord,
} from '@speka/core'
import { mintRequestId } from '@speka/core/internal'
import { assembleGateway, createGateway, realClock } from '@speka/core/node'

type Asked = ChatRequest | EmbeddingsRequest

/** A gateway over the sandbox that remembers what it was asked, and how that ended. */
export interface WatchedGateway extends Gateway {
  readonly asked: { request: Asked; options: CallOptions | undefined }[]
  readonly records: UsageRecord[]
}

export function watchedGateway(): WatchedGateway {
  const records: UsageRecord[] = []
  const asked: WatchedGateway['asked'] = []
  const real = createGateway({ config: {}, onUsage: (record) => void records.push(record) })
  return {
    ...real,
    asked,
    records,
    chat(request, options) {
      asked.push({ request, options })
      return real.chat(request, options)
    },
    streamChat(request, options) {
      asked.push({ request, options })
      return real.streamChat(request, options)
    },
    embed(request, options) {
      asked.push({ request, options })
      return real.embed(request, options)
    },
  }
}

const details = (): AnswerDetails => ({
  requestId: mintRequestId(0),
  cost: '0.000001',
  isEstimated: false,
  provider: 'fake',
  attempts: [
    {
      provider: 'fake',
      upstreamModel: 'x',
      model: 'fake/model',
      startedMs: 0,
      durationMs: 1,
      outcome: 'answered',
      cost: 7n as never,
    },
  ],
})

type Message = Partial<ChatAnswered['choices'][number]['message']> & Record<string, unknown>

/** A gateway whose every answer says this. */
export function gatewaySaying(
  message: Message,
  more: Partial<ChatAnswered> = {},
  otherDetails: Partial<AnswerDetails> = {},
): Gateway {
  const answer: ChatAnswered = {
    id: 'chatcmpl-fake',
    object: 'chat.completion',
    created: 0,
    model: 'fake/model',
    choices: [
      {
        index: 0,
        logprobs: null,
        finish_reason: 'stop',
        message: { role: 'assistant', content: null, refusal: null, ...message },
      },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    ...more,
    ...details(),
    ...otherDetails,
  }
  return { ...createGateway({ config: {} }), chat: async () => answer }
}

type Delta = ChatChunk['choices'][number]['delta']

/** A gateway that streams these deltas, then the finish, then the usage. */
export function gatewayStreaming(deltas: readonly Delta[], finish = 'stop'): Gateway {
  const head = { id: 'chatcmpl-fake', object: 'chat.completion.chunk', created: 0, model: 'fake/model' } as const
  return {
    ...createGateway({ config: {} }),
    async *streamChat() {
      for (const delta of deltas) yield { ...head, choices: [{ index: 0, delta, finish_reason: null }] }
      yield { ...head, choices: [{ index: 0, delta: {}, finish_reason: finish }] }
      yield { ...head, choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } }
      return details()
    },
  }
}

/**
 * A gateway whose upstream keeps to the bound that it is sent, and is else as dear as it may be: a token for each byte of the
 * prompt, for 1 µ$, and an answer as long as it may be, up to 400 tokens for 2 µ$ each.
 */
export function dearGateway(): Gateway {
  return assembleGateway({
    config: {
      providers: { dear: { type: 'openai-compatible', base_url: 'http://dear', api_key: 'key' } },
      models: { 'dear/model': { targets: [{ provider: 'dear' }], price: { input: '1', output: '2' } } },
    },
    clock: realClock,
    random: Math.random,
    transport: {
      send(_, { body = [] }, sink) {
        const bytes = Buffer.concat(body)
        const { max_tokens: most = Infinity } = JSON.parse(bytes.toString()) as { max_tokens?: number }
        const usage = { prompt_tokens: bytes.length, completion_tokens: Math.min(most, 400) }
        const message = { role: 'assistant', content: 'Hi' }
        const finish_reason = most <= 400 ? 'length' : 'stop'
        const answer = { id: 'up', object: 'chat.completion', created: 0, model: 'dear/model', usage }
        const left = { yet: false }
        setImmediate(() => {
          if (left.yet) return sink.fail({ kind: 'aborted', sent: true, cause: undefined })
          sink.head(200, { 'content-type': 'application/json' })
          sink.data(Buffer.from(JSON.stringify({ ...answer, choices: [{ index: 0, message, finish_reason }] })))
          sink.end()
        })
        return { pause() {}, resume() {}, abort: () => void (left.yet = true) }
      },
    },
  })
}
