import { request as httpRequest, type Agent } from 'node:http'
import type { Prompt } from './prompts.ts'

/** What is asked for. */
export interface Question {
  /** By which the upstream knows it. */
  readonly name: string
  readonly prompt: Prompt
  /** How many tokens the upstream would write, and how long it takes for them, in ms. */
  readonly wants: number
  readonly ms: number
  /** The caller's own bound on the answer; `undefined`: it sets none. */
  readonly most?: number | undefined
  readonly stream: boolean
  /** Whom it is asked for. Default: nobody. */
  readonly user?: string | undefined
  /** The line is cut after so long, in ms. */
  readonly cutAfterMs?: number | undefined
}

/** How a request ended, as its client saw it. */
export type Ending =
  /** Whole. */
  | 'complete'
  /** 402, or the same in a stream whose head was sent already. */
  | 'refused'
  /** 429. */
  | 'limited'
  /** 503 `limit_unavailable`: what is left cannot be known. */
  | 'unknown'
  /** Cut short at what the budget allowed, and said so. */
  | 'exhausted'
  /** The client left. */
  | 'cut'
  /** The line broke, or nothing came. */
  | 'broken'
  /** Anything else. */
  | 'other'

export interface Answered {
  readonly question: Question
  readonly bodyBytes: number
  readonly sentAt: number
  readonly endedAt: number
  readonly status: number
  readonly ending: Ending
  /** By which it stands in the ledger. */
  readonly id: string | undefined
  /** In s. */
  readonly retryAfter: number | undefined
  readonly text: string
}

/** After so long a client gives up that hears nothing. */
const PATIENCE_MS = 15_000

export interface Caller {
  readonly baseURL: string
  readonly key: string
  /** Default: a connection of its own, so that any worker may get it. */
  readonly agent?: Agent | undefined
}

export function bodyOf({ name, prompt, wants, ms, most, stream, user }: Question): string {
  return JSON.stringify({
    model: 'honest/echo',
    messages: [
      { role: 'system', content: `${name} ${wants} ${ms}` },
      { role: 'user', content: prompt.text },
    ],
    ...(most !== undefined && { max_tokens: most }),
    ...(user !== undefined && { user }),
    ...(stream && { stream, stream_options: { include_usage: true } }),
  })
}

/** One request to its end, however that comes. */
export function ask({ baseURL, key, agent }: Caller, question: Question): Promise<Answered> {
  const body = bodyOf(question)
  const bodyBytes = Buffer.byteLength(body)
  const sentAt = performance.now()
  return new Promise((resolve) => {
    let cut = false
    let status = 0
    let id: string | undefined
    let retryAfter: number | undefined
    let text = ''
    const end = (ending: Ending): void => {
      clearTimeout(cutting)
      resolve({ question, bodyBytes, sentAt, endedAt: performance.now(), status, ending, id, retryAfter, text })
    }
    const asking = httpRequest(
      `${baseURL}/chat/completions`,
      {
        agent: agent ?? false,
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-length': bodyBytes },
      },
      (response) => {
        status = response.statusCode ?? 0
        const { 'x-request-id': requestId, 'retry-after': seconds } = response.headers
        id = typeof requestId === 'string' ? requestId : undefined
        retryAfter = seconds === undefined ? undefined : Number(seconds)
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        response.on('error', () => {})
        response.on('close', () => end(cut ? 'cut' : response.complete ? endingOf(status, text, question) : 'broken'))
      },
    )
    asking.on('error', () => end(cut ? 'cut' : 'broken'))
    asking.setTimeout(PATIENCE_MS, () => asking.destroy())
    const leave = (): void => {
      cut = true
      asking.destroy()
    }
    const { cutAfterMs } = question
    const cutting = cutAfterMs === undefined ? undefined : setTimeout(leave, cutAfterMs)
    asking.end(body)
  })
}

function endingOf(status: number, text: string, { stream }: Question): Ending {
  if (status === 402) return 'refused'
  if (status === 429) return 'limited'
  if (status === 503 && text.includes('limit_unavailable')) return 'unknown'
  if (status !== 200) return 'other'
  if (text.includes('budget_exhausted')) return 'exhausted'
  // Whoever waited long for it has had the head of a stream before.
  if (stream && text.includes('"cost_limit_exceeded"')) return 'refused'
  if (stream && text.includes('"limit_unavailable"')) return 'unknown'
  if (stream && !text.includes('data: [DONE]')) return 'other'
  return 'complete'
}
