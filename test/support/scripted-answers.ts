import type { SeenRequest, Step } from './script.ts'

/** A whole response with a JSON body. */
export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Step[] {
  return whole(JSON.stringify(body), status, { 'content-type': 'application/json', ...headers })
}

/** A whole response with any body. */
export function whole(body: string, status = 200, headers: Readonly<Record<string, string>> = {}): Step[] {
  const all = { ...headers, 'content-length': `${Buffer.byteLength(body)}` }
  return [{ write: headOf(status, all) + body }]
}

export function headOf(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} As Scripted\r\n${lines.join('')}\r\n`
}

/** The head of an event stream in HTTP chunks; {@link event} and {@link endOfStream} go with it. */
export const streamHead: Step = {
  write: headOf(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }),
}

/** Text as one HTTP chunk. */
export const chunk = (text: string, tokens = 0): Step => ({
  write: `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`,
  tokens,
})

/** One event as one HTTP chunk. */
export const event = (data: unknown): Step =>
  chunk(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`, hasText(data) ? 1 : 0)

const hasText = (data: unknown): boolean => /"content":"[^"]/.test(JSON.stringify(data))

/** The last HTTP chunk: the response is over, the connection stays. */
const endOfStream: Step = { write: '0\r\n\r\n' }

const base = { id: 'chatcmpl-scripted', created: 1_700_000_000, model: 'scripted' }

/** How many tokens an answer says it used. */
export interface Counts {
  readonly input: number
  readonly output: number
}

const usageOf = ({ input, output }: Counts) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
})

/** A chat answer as OpenAI gives it. */
export const completion = (content: string, counts: Counts = { input: 10, output: 5 }) => ({
  ...base,
  object: 'chat.completion',
  choices: [
    { index: 0, message: { role: 'assistant', content, refusal: null }, logprobs: null, finish_reason: 'stop' },
  ],
  usage: usageOf(counts),
})

/** One piece of a streamed chat answer. */
export const delta = (content: string, first = false) => ({
  ...base,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { ...(first && { role: 'assistant' }), content }, finish_reason: null }],
})

/** The end of a streamed chat answer: finish, usage, end mark, end of the response. */
export const streamEnd = (counts: Counts = { input: 10, output: 5 }): Step[] => [
  event({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  event({ ...base, object: 'chat.completion.chunk', choices: [], usage: usageOf(counts) }),
  event('[DONE]'),
  endOfStream,
]

/** A whole streamed chat answer, with a pause before each piece. */
export const stream = (pieces: readonly string[], counts?: Counts, pauseMs = 0): Step[] => [
  streamHead,
  ...pieces.flatMap((piece, index): Step[] => [
    ...(pauseMs > 0 ? [{ sleepMs: pauseMs }] : []),
    event(delta(piece, index === 0)),
  ]),
  ...streamEnd(counts),
]

/** Answers in the way it was asked: streamed or not. */
export const sayHello = ({ body }: SeenRequest): Step[] =>
  body.includes('"stream":true') ? stream(['Hel', 'lo']) : json(completion('Hello'))
