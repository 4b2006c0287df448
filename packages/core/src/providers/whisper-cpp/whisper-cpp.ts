import type { TranscriptionCall, TranslationCall } from '../../operations/transcription/recording-call.ts'
import { classifyReply } from '../openai-compatible/classify.ts'
import { recordingsByRules } from '../openai-compatible/recordings.ts'
import type { Provider } from '../provider.ts'

/**
 * The server that comes with whisper.cpp: it has one model, at one place, which transcribes or translates as it is told.
 *
 * https://github.com/ggml-org/whisper.cpp/tree/master/examples/server
 */
export const whisperCpp: Provider = {
  type: 'whisper-cpp',
  transcription: recordingsByRules<TranscriptionCall>({ path: '/inference', streams: false, writes: asked }),
  translation: recordingsByRules<TranslationCall>({
    path: '/inference',
    streams: false,
    writes: (call) => ({ ...asked(call), translate: true }),
  }),
  classify: classifyReply,
}

/** It has no names for models, and all of a transcript is wanted as JSON where it is to be told in events. */
function asked({ outline }: TranscriptionCall | TranslationCall) {
  return { model: undefined, ...(outline.stream === true && { response_format: 'json' }) }
}
