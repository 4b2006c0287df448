import type { Operation } from '../operation.ts'
import type { TranslationCall } from '../transcription/recording-call.ts'
import { recordingOperation } from '../transcription/recording-operation.ts'

/** What a recording says, in English, whatever is spoken. */
export const translationOperation: Operation<TranslationCall> = recordingOperation(
  '/v1/audio/translations',
  (recording) => ({
    ...recording,
    endpoint: 'translation',
  }),
)
