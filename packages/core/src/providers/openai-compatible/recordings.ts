import type { Json } from '../../json.ts'
import type { RecordingCall } from '../../operations/transcription/recording-call.ts'
import type { UpstreamRequest } from '../../transport.ts'
import type { ProviderOperation, TranslationTarget } from '../provider.ts'
import { formRequest } from './form-request.ts'
import { readTranscript } from './read-transcript.ts'

import { streamTranscript, TranscriptStreamTranslator } from './transcript-stream.ts'

/** What an upstream does with recordings in another way than OpenAI. */
export interface RecordingRules {
  /** Where it takes them. */
  readonly path: string
  /** Fields as it wants them; `undefined` leaves one out that loses nothing by it. Default: as the caller sent them. */
  readonly writes?: (call: RecordingCall, target: TranslationTarget) => Json
  /** Fields that it cannot take: they are left out, and named to the caller. */
  readonly leavesOut?: readonly string[]
  /**
   * Whether it can tell a transcript as it is made. One that cannot is asked for all of it.
   * @default true
   */
  readonly streams?: boolean
  /** Whether it is a gateway that falls back by itself: it gets every field as it is. */
  readonly isGateway?: boolean
}

/** Transcripts of an upstream that takes OpenAI's forms, within its rules. */
export function recordingsByRules<Asked extends RecordingCall>(rules: RecordingRules): ProviderOperation<Asked> {
  const { path, writes, leavesOut = [], streams = true, isGateway = false } = rules
  const without = Object.fromEntries(leavesOut.map((field) => [field, undefined]))
  const request = (given: Asked, target: TranslationTarget, stream: boolean): UpstreamRequest => {
    const call = { ...given, stream }
    return formRequest(path, call, target, { isGateway, writes: { ...without, ...writes?.(call, target) } })
  }
  return {
    *answer(call, target) {
      const reply = yield { send: request(call, target, false) }
      return readTranscript(reply, call, isGateway)
    },
    stream: (call, target) =>
      streams
        ? {
            request: request(call, target, true),
            translator: new TranscriptStreamTranslator(call, isGateway),
            fromAnswer: (body, emit) => streamTranscript(body, call, isGateway, emit),
          }
        : undefined,
    unsupported: ({ outline }) => leavesOut.filter((field) => outline[field] != null),
  }
}
