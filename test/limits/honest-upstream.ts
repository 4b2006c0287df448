import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { streamEnd, completion, delta } from '../support/scripted-answers.ts'

/** One request as the upstream has it in its own books. */
export interface Served {
  /** By the upstream's own clock, `performance.now()`. */
  readonly at: number
  /** What names the request, for whoever asked it: the first word of its first message. The answer's id, too. */
  readonly name: string
  readonly input: number
  /** Tokens that it has made so far. */
  output: number
  /** The bound that came with the request. */
  readonly most: number
  whole: boolean
}

/**
 * An upstream that does what it is asked: never more tokens than it is allowed, all of them counted and told. What it writes
 * and how long that takes is in the request's first message: `NAME TOKENS MILLISECONDS`, and behind that the prompt.
 */
export interface HonestUpstream {
  readonly baseURL: string
  readonly served: readonly Served[]
  /** How many requests are under way now, and how many were at the most. */
  readonly underWay: { now: number; most: number }
  forget(): void
  close(): Promise<void>
}

/** So many pieces has a stream. */
const PIECES = 12

/** @param tokensOf what a prompt counts for. */
export async function startHonestUpstream(tokensOf: (prompt: string) => number): Promise<HonestUpstream> {
  const served: Served[] = []
  const underWay = { now: 0, most: 0 }
  const server = createServer((request, response) => {
    const at = performance.now()
    underWay.now += 1
    underWay.most = Math.max(underWay.most, underWay.now)
    response.on('close', () => (underWay.now -= 1))
    answer(request, response, { at, served, tokensOf }).catch(() => response.destroy())
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve),
  )
  return {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    served,
    underWay,
    forget: () => void served.splice(0),
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

interface Asked {
  readonly messages: readonly { readonly content: string }[]
  readonly max_tokens?: number
  readonly max_completion_tokens?: number
  readonly stream?: boolean
}

interface Books {
  readonly at: number
  readonly served: Served[]
  readonly tokensOf: (prompt: string) => number
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { at, served, tokensOf }: Books,
): Promise<void> {
  const asked = JSON.parse(await bodyOf(request)) as Asked
  const [name = '', tokens, ms] = (asked.messages[0]?.content ?? '').split(' ')
  const most = asked.max_completion_tokens ?? asked.max_tokens ?? Infinity
  const wanted = Number(tokens)
  const record: Served = {
    at,
    name,
    input: tokensOf(asked.messages[1]?.content ?? ''),
    output: 0,
    most,
    whole: false,
  }
  served.push(record)
  const output = Math.min(wanted, most)
  const end = wanted > most ? 'length' : 'stop'
  if (asked.stream === true) await stream(response, record, { output, end, ms: Number(ms) })
  else {
    await wait(Number(ms))
    if (response.destroyed) return
    record.output = output
    const whole = completion(words(output), record)
    const body = JSON.stringify({ ...whole, id: name, choices: [{ ...whole.choices[0], finish_reason: end }] })
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  }
  record.whole = !response.destroyed
}

/** A token each, and each of more than one byte. */
const words = (tokens: number): string => ' word'.repeat(tokens)

async function stream(
  response: ServerResponse,
  record: Served,
  { output, end, ms }: { output: number; end: string; ms: number },
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (let piece = 1; piece <= PIECES; piece += 1) {
    if (ms > 0) await wait(ms / PIECES)
    if (response.destroyed) return
    const upTo = Math.round((output * piece) / PIECES)
    if (upTo === record.output) continue
    const said = { ...delta(words(upTo - record.output), record.output === 0), id: record.name }
    response.write(`data: ${JSON.stringify(said)}\n\n`)
    record.output = upTo
  }
  // The script's last step closes its HTTP chunks, which Node does by itself.
  for (const step of streamEnd(record).slice(0, -1)) {
    if (typeof step !== 'object' || !('write' in step)) continue
    const [, event = ''] = String(step.write).split('\r\n')
    response.write(event.replace('"finish_reason":"stop"', `"finish_reason":"${end}"`))
  }
  response.end()
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8')
}
