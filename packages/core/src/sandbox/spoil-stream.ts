import { jsonFrame } from '../bytes/frames.ts'
import { type Chunks, type Script, single } from './play-script.ts'
import { askedFor, refusalBody } from './refusal.ts'
import type { Fault } from './sandbox-model.ts'
import type { StreamParts } from './stream-chat.ts'

/** How fast a person would read along: 30 tokens a second. */
export const HUMAN_PACE_MS = 33

const head = {
  status: 200,
  headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
}

const garbage = single(Buffer.from('data: {"id":"chatcmpl-sandbox","choices":[{"ind\n\n'))

/** The script of a stream: everything in order, unless the fault has other plans. */
export function spoilStream(
  parts: StreamParts,
  { fault, includeUsage, model }: { fault: Fault | undefined; includeUsage: boolean; model: string },
): Script {
  const { roles, output, finishes, usage, done } = parts
  const last = includeUsage && fault?.kind !== 'nousage' ? [finishes, usage, done] : [finishes, done]
  const whole: Script = { head, body: [roles, output, ...last], ending: 'end' }
  switch (fault?.kind) {
    case 'slow':
      return { ...whole, paceMs: HUMAN_PACE_MS }
    case 'wait':
      return { ...whole, waitMs: fault.ms }
    case 'stall':
      return { head, body: upTo(fault.after, parts), ending: 'silence' }
    case 'cut':
      return { head, body: upTo(fault.after, parts), ending: 'reset' }
    case 'eof':
      return { head, body: upTo(fault.after, parts), ending: 'end' }
    case 'error': {
      const event = single(jsonFrame(refusalBody(askedFor(500, model))))
      return { head, body: [...upTo(fault.after, parts), event], ending: 'end' }
    }
    case 'garbage': {
      const rest = fault.after === 0 ? [roles, output] : [slice(output, fault.after, output.count)]
      return { head, body: [...upTo(fault.after, parts), garbage, ...rest, ...last], ending: 'end' }
    }
    default:
      return whole
  }
}

/** The stream through its first so many output chunks. Before the first, not even a role has come. */
const upTo = (count: number, { roles, output }: StreamParts): Chunks[] =>
  count === 0 ? [] : [roles, slice(output, 0, count)]

const slice = (chunks: Chunks, from: number, to: number): Chunks => ({
  count: Math.max(0, Math.min(to, chunks.count) - from),
  at: (index) => chunks.at(from + index),
})
