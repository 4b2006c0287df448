import type { Operation } from '../operation.ts'
import type { TranscriptionCall } from './recording-call.ts'
import { recordingOperation } from './recording-operation.ts'

/** What a recording says, in the language that is spoken. */
export const transcriptionOperation: Operation<TranscriptionCall> = recordingOperation(
  '/v1/audio/transcriptions',
  (recording) => ({
    ...recording,
    endpoint: 'transcription',
  }),
)
