import { type Chunks, type Script } from './play-script.ts'
import type { Fault } from './sandbox-model.ts'
import { HUMAN_PACE_MS } from './spoil-stream.ts'

/** The script of an answer that is neither JSON nor events. What a fault has after so many chunks it has after as many pieces. */
export function spoilBytes(
  pieces: Chunks,
  { fault, contentType }: { fault: Fault | undefined; contentType: string },
): Script {
  const head = { status: 200, headers: { 'content-type': contentType } }
  const whole: Script = { head, body: [pieces], ending: 'end' }
  switch (fault?.kind) {
    case 'slow':
      return { ...whole, paceMs: HUMAN_PACE_MS }
    case 'wait':
      return { ...whole, waitMs: fault.ms }
    case 'stall':
      return { head, body: [upTo(fault.after, pieces)], ending: 'silence' }
    case 'cut':
      return { head, body: [upTo(fault.after, pieces)], ending: 'reset' }
    case 'eof':
      return { head, body: [], ending: 'end' }
    case 'garbage':
    case 'error':
      return { head: { status: 200, headers: { 'content-type': 'text/html' } }, body: [pieces], ending: 'end' }
    default:
      return whole
  }
}

const upTo = (count: number, pieces: Chunks): Chunks => ({
  count: Math.min(count, pieces.count),
  at: (index) => pieces.at(index),
})
