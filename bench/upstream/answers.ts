/**
 * What the benchmark's upstream can be asked for, by model. A number at the end sets the length: `mock-events-200` is a stream of 200
 * events, `mock-paced-600` one of 600 chunks at the pace, `mock-anthropic-200`, `mock-gemini-200` and
 * `mock-responses-200` are streams in words of others, `mock-padded-200` is one whose events are padded as OpenAI's are,
 * `mock-vectors` is an embedding.
 */
export type AnswerKind =
  | 'small'
  | 'vectors'
  | 'events'
  | 'padded'
  | 'anthropic'
  | 'gemini'
  | 'responses'
  | 'paced'
  | 'first'
  | 'idle'

/** Where the time a paced chunk was due stands: after this mark, in microseconds, with leading zeros. */
export const DUE_MARK = '"@'
/** How many digits follow {@link DUE_MARK}. */
export const DUE_DIGITS = 16

/** Chunks a second of one paced stream. */
export const PACE = 200

/** The text by which the first token of `mock-first` is known. */
export const FIRST_TOKEN = '"content":"token'

/** The words of the small answer. */
export const smallContent =
  'Requests arrive, are counted, priced and sent on their way; the answers come back unchanged. '.repeat(8).trim()

/** The numbers of the embedding: 30 KB of them. */
export const vector: readonly number[] = Array.from({ length: 1536 }, (_, index) => Math.sin(index + 1) / 2)

/** The word that event number `index` of a stream says. */
export const wordAt = (index: number): string => `token ${index} `

/** What hides how long the word of event number `index` is: up to fifteen of a letter. */
export const paddingAt = (index: number, letter: string): string => letter.repeat((index * 7 + 3) % 16)

const usage = { prompt_tokens: 25, completion_tokens: 200, total_tokens: 225 }
const created = 1_750_000_000

/** A whole chat answer, head and body. */
export function chatResponse(model: string): Buffer {
  const message = { role: 'assistant', content: smallContent }
  const choice = { index: 0, message, logprobs: null, finish_reason: 'stop' }
  return jsonResponse({ id: 'chatcmpl-bench', object: 'chat.completion', created, model, choices: [choice], usage })
}

/** A whole answer of one embedding, head and body. */
export function vectorsResponse(model: string): Buffer {
  const data = [{ object: 'embedding', index: 0, embedding: vector }]
  return jsonResponse({ object: 'list', data, model, usage: { prompt_tokens: 200, total_tokens: 200 } })
}

function jsonResponse(answer: object): Buffer {
  const body = JSON.stringify(answer)
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
  return Buffer.from(head + body)
}

/** Ends every stream. */
export const lastChunk = Buffer.from('0\r\n\r\n')

/** The head of a stream. */
export const streamHead = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n',
)

/** An event that says `content`, in an HTTP chunk of its own, as model servers send them. The first also names the role. */
export function contentEvent(model: string, content: string, first = false): Buffer {
  const delta = first ? { role: 'assistant', content } : { content }
  return event(model, { choices: [{ index: 0, delta, logprobs: null, finish_reason: null }] })
}

/** What ends a stream: the finish, the usage, the mark of the end. */
export function streamTail(model: string): Buffer {
  return Buffer.concat([
    event(model, { choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }], usage: null }),
    event(model, { choices: [], usage }),
    httpChunk('data: [DONE]\n\n'),
    lastChunk,
  ])
}

/** A stream of `length` events that say something, from head to end. */
export function wholeStream(model: string, length: number): Buffer {
  const events = Array.from({ length }, (_, index) => contentEvent(model, wordAt(index), index === 0))
  return Buffer.concat([streamHead, ...events, streamTail(model)])
}

/** The same with what OpenAI has in each event of its own besides, and with padding. */
export function paddedStream(model: string, length: number): Buffer {
  const more = { service_tier: 'default', system_fingerprint: 'fp_0123456789' }
  const padded = (choices: readonly object[], index: number, end: object = {}): Buffer =>
    event(model, { ...more, choices, ...end, obfuscation: paddingAt(index, 'x') })
  return Buffer.concat([
    streamHead,
    ...Array.from({ length }, (_, index) =>
      padded(choice({ ...(index === 0 && { role: 'assistant' }), content: wordAt(index) }), index),
    ),
    padded(choice({}, 'stop'), length, { usage: null }),
    padded([], length + 1, { usage }),
    httpChunk('data: [DONE]\n\n'),
    lastChunk,
  ])
}

const choice = (delta: object, finish_reason: string | null = null): object[] => [
  { index: 0, delta, logprobs: null, finish_reason },
]

/** The text of a paced chunk that was due at `microseconds`. */
export const dueContent = (microseconds: number): string =>
  `@${String(Math.floor(microseconds)).padStart(DUE_DIGITS, '0')} token`

function event(model: string, fields: object): Buffer {
  const chunk = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created, model, ...fields }
  return httpChunk(`data: ${JSON.stringify(chunk)}\n\n`)
}

/** What a stream sends at once, in an HTTP chunk of its own. */
export const httpChunk = (text: string): Buffer => Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`)
