import type { Shape } from './shapes.ts'

/** What an endpoint of OpenAI's answers with. Those of our own are not described by anyone but us. */
export interface Endpoint {
  readonly method: 'GET' | 'POST'
  readonly path: RegExp
  readonly answer?: Shape
  /** What it answers with that is no JSON, by its content type: nothing more is known of that. */
  readonly otherwise?: RegExp
  /** Absent when the endpoint does not stream. */
  readonly stream?: StreamShape
}

/** How a stream of events looks. */
export interface StreamShape {
  readonly event: Shape
  /** What an event that reports a failure is; the events of responses describe their own. */
  readonly failure: Shape
  /** Whether an event names its type in an `event` line too. */
  readonly named: boolean
  /** The last event of a stream that was not broken off. `data` is parsed, unless it is `[DONE]`. */
  readonly isEnd: (data: unknown) => boolean
}

const isDone = (data: unknown): boolean => data === '[DONE]'

const hasType =
  (...types: readonly string[]) =>
  (data: unknown): boolean =>
    types.includes((data as { type?: string } | null)?.type ?? '')

const chunks = (event: Shape): StreamShape => ({ event, failure: 'error', named: false, isEnd: isDone })

const responseEvents: StreamShape = {
  event: 'response event',
  failure: 'response event',
  named: true,
  isEnd: hasType('response.completed', 'response.incomplete', 'response.failed', 'error'),
}

const endpoints: readonly Endpoint[] = [
  { method: 'GET', path: /^\/v1\/models$/, answer: 'models' },
  { method: 'GET', path: /^\/v1\/models\/.+$/, answer: 'model' },
  {
    method: 'POST',
    path: /^\/v1\/chat\/completions$/,
    answer: 'chat completion',
    stream: chunks('chat completion chunk'),
  },
  { method: 'POST', path: /^\/v1\/completions$/, answer: 'completion', stream: chunks('completion chunk') },
  { method: 'POST', path: /^\/v1\/embeddings$/, answer: 'embeddings' },
  {
    method: 'POST',
    path: /^\/v1\/images\/generations$/,
    answer: 'images',
    stream: {
      event: 'image event',
      failure: 'error',
      named: true,
      isEnd: hasType('image_generation.completed'),
    },
  },
  {
    method: 'POST',
    path: /^\/v1\/images\/edits$/,
    answer: 'images',
    stream: { event: 'image edit event', failure: 'error', named: true, isEnd: hasType('image_edit.completed') },
  },
  {
    method: 'POST',
    path: /^\/v1\/audio\/(?:transcriptions|translations)$/,
    answer: 'transcript',
    otherwise: /^(?:text\/(?:plain|vtt)|application\/x-subrip)/,
    stream: { event: 'transcript event', failure: 'error', named: false, isEnd: hasType('transcript.text.done') },
  },
  {
    method: 'POST',
    path: /^\/v1\/audio\/speech$/,
    otherwise: /^(?:audio\/|application\/octet-stream)/,
    stream: { event: 'speech event', failure: 'error', named: false, isEnd: hasType('speech.audio.done') },
  },
  { method: 'POST', path: /^\/v1\/responses$/, answer: 'response', stream: responseEvents },
  { method: 'GET', path: /^\/v1\/responses\/[^/]+$/, answer: 'response', stream: responseEvents },
  { method: 'POST', path: /^\/v1\/responses\/[^/]+\/cancel$/, answer: 'response' },
]

/** The endpoint that a request goes to; `undefined` for what OpenAI does not have. */
export function endpointOf(method: string, path: string): Endpoint | undefined {
  return endpoints.find((endpoint) => endpoint.method === method && endpoint.path.test(path))
}
