import type { Bytes } from '../transport.ts'
import { type Script, single } from './play-script.ts'
import { askedFor, refusalBody } from './refusal.ts'
import type { Fault } from './sandbox-model.ts'
import { HUMAN_PACE_MS } from './spoil-stream.ts'

const headers = { 'content-type': 'application/json' }
const head = { status: 200, headers }

/** As a proxy in trouble would answer. */
const notJson = Buffer.from('<html><body>Bad gateway</body></html>')

/**
 * The script of a JSON answer. Faults that a stream has after some chunks come where they would hurt here: a body ends
 * in its middle (`cut`, `eof`), is not JSON (`garbage`), is an error (`error`) or never comes (`stall`).
 */
export function spoilJson(
  value: unknown,
  { fault, tokens, model }: { fault: Fault | undefined; tokens: number; model: string },
): Script {
  switch (fault?.kind) {
    case 'slow':
      return { ...jsonScript(200, value), waitMs: tokens * HUMAN_PACE_MS }
    case 'wait':
      return { ...jsonScript(200, value), waitMs: fault.ms }
    case 'stall':
      return { body: [], ending: 'silence' }
    case 'cut':
      return { head, body: [single(firstHalf(toJson(value)))], ending: 'reset' }
    case 'eof':
      return { head, body: [single(firstHalf(toJson(value)))], ending: 'end' }
    case 'garbage':
      return { head, body: [single(notJson)], ending: 'end' }
    case 'error':
      return jsonScript(200, refusalBody(askedFor(500, model)))
    default:
      return jsonScript(200, value)
  }
}

/** A JSON body with a status, and nothing wrong with it. */
export const jsonScript = (status: number, value: unknown, more: Readonly<Record<string, string>> = {}): Script => ({
  head: { status, headers: { ...headers, ...more } },
  body: [single(toJson(value))],
  ending: 'end',
})

const toJson = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

const firstHalf = (bytes: Bytes): Bytes => bytes.subarray(0, bytes.length >> 1)
