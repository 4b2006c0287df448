import { Agent, request as httpRequest } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Gateway } from '../support/spawn-gateway.ts'

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

/** What clients have seen. */
export interface Seen {
  readonly answers: SeenAnswer[]
  /** How many answers were broken off. */
  broken: number
  /**
   * How many clients gave up, having heard nothing: a connection that is on its way to a worker when that is killed stays
   * open with the supervisor, as Node's cluster has it.
   */
  unheard: number
}

/** For how long a client waits that hears nothing, in ms. */
const PATIENCE_MS = 15_000

/** Clients that ask one thing after the other until told to stop, every other one for a stream. */
export function startClients(gateway: Gateway, seen: Seen): { stop(): Promise<void> } {
  const agent = new Agent({ keepAlive: true })
  const load = { going: true }
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let count = client; load.going; count += 1) {
      const answer = await ask(gateway, agent, count % 2 === 0, () => (seen.unheard += 1))
      if (answer === undefined) {
        seen.broken += 1
        await wait(5)
      } else seen.answers.push(answer)
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

/** One request; resolves with the answer when it was complete, whatever became of the gateway. */
function ask(gateway: Gateway, agent: Agent, stream: boolean, onUnheard: () => void): Promise<SeenAnswer | undefined> {
  const body = JSON.stringify({
    model: 'counting/echo',
    messages: [{ role: 'user', content: 'Count to three.' }],
    ...(stream && { stream, stream_options: { include_usage: true } }),
  })
  const headers = { authorization: `Bearer ${gateway.key}`, 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve) => {
    const request = httpRequest(
      `${gateway.baseURL}/chat/completions`,
      { agent, method: 'POST', headers },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        response.on('error', () => {})
        response.on('close', () => {
          const whole = response.complete && response.statusCode === 200 && (!stream || text.includes('data: [DONE]'))
          resolve(whole ? { id: String(response.headers['x-request-id']), ...countsIn(text) } : undefined)
        })
      },
    )
    request.on('error', () => resolve(undefined))
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
