import { jsonFrame } from '../../bytes/frames.ts'
import { isRecord } from '../../json.ts'
import type { Bytes } from '../../transport.ts'
import type { TranscriptUsage } from './transcription.ts'

/** One event of a transcript as it is made. */
export interface TranscriptEvent {
  /** `transcript.text.delta`, `transcript.text.segment` or, in the end, `transcript.text.done`. */
  type: string
  /** What comes next. */
  delta?: string
  /** All of it, in the last event. */
  text?: string
  usage?: TranscriptUsage
  [field: string]: unknown
}

/** A whole transcript as the events that a caller of a stream asked for: its text, and that it is done. */
export function transcriptEvents(body: Buffer): Bytes[] {
  const answer: unknown = JSON.parse(body.toString('utf8'))
  const { text, usage } = isRecord(answer) ? answer : {}
  return [
    jsonFrame({ type: 'transcript.text.delta', delta: text }),
    jsonFrame({ type: 'transcript.text.done', text, ...(usage !== undefined && { usage }) }),
  ]
}
