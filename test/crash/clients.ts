import { Agent, request as httpRequest } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

/** How many ask at once. */
const CLIENTS = 16

/** An answer that a client has seen whole. */
export interface SeenAnswer {
  /** The request's id, by which it stands in the ledger. */
  readonly id: string
  /** What the answer said was used. */
  readonly input: number
  readonly output: number
}

/** So long that it may have as many tokens as the upstream says. */
const QUESTION = 'Count to three. '.repeat(750)

/** What clients have seen. */
export interface Seen {
  readonly answers: SeenAnswer[]
  /** How many answers were broken off. */
  broken: number
  /** How many were refused with 402, and how many since nobody could know what is left. */
  refused: number
  unknown: number
  /**
   * How many clients gave up, having heard nothing: a connection that is on its way to a worker when that is killed stays
   * open with the supervisor, as Node's cluster has it.
   */
  unheard: number
}

/** For how long a client waits that hears nothing, in ms. */
const PATIENCE_MS = 15_000

export const seenNothing = (): Seen => ({ answers: [], broken: 0, refused: 0, unknown: 0, unheard: 0 })

/**
 * Clients that ask one thing after the other until told to stop, every other one for a stream.
 *
 * @param keys which they use in turn.
 * @param tell told of each answer that was whole, and of each refusal.
 */
export function startClients(
  { baseURL }: { readonly baseURL: string },
  keys: readonly string[],
  seen: Seen,
  tell: (what: 'seen' | 'refused') => void,
): { stop(): Promise<void> } {
  const agent = new Agent({ keepAlive: true })
  const load = { going: true }
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    const key = keys[client % keys.length] ?? ''
    for (let count = client; load.going; count += 1) {
      const answer = await ask({ baseURL, key, agent }, count % 4 < 2, () => (seen.unheard += 1))
      if (typeof answer === 'string') {
        seen[answer] += 1
        if (answer === 'refused') tell('refused')
        await wait(5)
      } else {
        seen.answers.push(answer)
        tell('seen')
      }
    }
  })
  return {
    async stop() {
      load.going = false
      await Promise.all(clients)
      agent.destroy()
    },
  }
}

interface Asker {
  readonly baseURL: string
  readonly key: string
  /** Default: a connection of its own. */
  readonly agent?: Agent | undefined
}

/** One request; resolves with the answer when it was complete, else with what became of it, whatever became of the gateway. */
export function ask(
  { baseURL, key, agent }: Asker,
  stream: boolean,
  onUnheard: () => void,
  most?: number,
): Promise<SeenAnswer | 'broken' | 'refused' | 'unknown'> {
  const body = JSON.stringify({
    model: 'counting/echo',
    messages: [{ role: 'user', content: QUESTION }],
    ...(most !== undefined && { max_tokens: most }),
    ...(stream && { stream, stream_options: { include_usage: true } }),
  })
  const headers = { authorization: `Bearer ${key}`, 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve) => {
    const request = httpRequest(
      `${baseURL}/chat/completions`,
      { agent: agent ?? false, method: 'POST', headers },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        response.on('error', () => {})
        response.on('close', () => {
          const { statusCode, complete } = response
          const whole = complete && statusCode === 200 && (!stream || text.includes('data: [DONE]'))
          if (whole) resolve({ id: String(response.headers['x-request-id']), ...countsIn(text) })
          else if (statusCode === 402) resolve('refused')
          else resolve(statusCode === 503 && text.includes('limit_unavailable') ? 'unknown' : 'broken')
        })
      },
    )
    request.on('error', () => resolve('broken'))
    request.setTimeout(PATIENCE_MS, () => {
      onUnheard()
      request.destroy()
    })
    request.end(body)
  })
}

function countsIn(text: string): { input: number; output: number } {
  const said = (name: string): number => Number([...text.matchAll(new RegExp(`"${name}": ?(\\d+)`, 'g'))].at(-1)?.[1])
  return { input: said('prompt_tokens'), output: said('completion_tokens') }
}
